/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/container-format.h"

#include <string.h>

/* WebM: EBML elements, each an id, a size and a payload (RFC 8794, RFC 9559). The Segment
 * and its Clusters are entered regardless of their sizes, so that parsing is flat and can start at
 * any element. */

enum {
  EBML = 0x1a45dfa3,
  SEGMENT = 0x18538067,
  CLUSTER = 0x1f43b675,
  TIMESTAMP = 0xe7,
  SIMPLE_BLOCK = 0xa3,
  BLOCK_GROUP = 0xa0,
};

/* Other elements of a Segment or a Cluster: SeekHead, Info, Tracks, Cues, Tags, Chapters,
 * Attachments, Void, CRC-32, Position, PrevSize. */
static const guint32 others[] = { 0x114d9b74, 0x1549a966, 0x1654ae6b, 0x1c53bb6b, 0x1254c367,
  0x1043a770, 0x1941a469, 0xec, 0xbf, 0xa7, 0xab };

#define UNKNOWN_SIZE G_MAXUINT64
#define MAX_ELEMENT (1024 * 1024)
/* Upper bound of a block found by searching, in bytes; twice 120 ms of Opus at its highest rate. */
#define MAX_FOUND_BLOCK 16384
/* Between two blocks of one recorder, in milliseconds. */
#define MAX_STEP 400

typedef struct {
  guint32 id;
  guint64 size; /* of the payload */
  guint head;   /* bytes of id and size */
} Element;

/* Returns: size of the number whose first byte is @first, 1 to 8 bytes; 0 = invalid */
static guint
number_length (guint8 first)
{
  return first == 0 ? 0 : (guint) __builtin_clz (first) - 23;
}

static HablaContainerAnswer
read_element (const guint8 *data, gsize size, Element *element)
{
  guint id_length, length;

  if (size < 1)
    return HABLA_CONTAINER_MORE;
  id_length = number_length (data[0]);
  if (id_length == 0 || id_length > 4)
    return HABLA_CONTAINER_NO;
  if (size < id_length + 1)
    return HABLA_CONTAINER_MORE;
  element->id = 0;
  for (guint i = 0; i < id_length; i++)
    element->id = element->id << 8 | data[i];

  length = number_length (data[id_length]);
  if (length == 0)
    return HABLA_CONTAINER_NO;
  if (size < id_length + length)
    return HABLA_CONTAINER_MORE;
  element->head = id_length + length;
  element->size = data[id_length] & (0xff >> length);
  for (guint i = 1; i < length; i++)
    element->size = element->size << 8 | data[id_length + i];
  if (element->size == (G_GUINT64_CONSTANT (1) << (7 * length)) - 1)
    element->size = UNKNOWN_SIZE;
  return HABLA_CONTAINER_YES;
}

static gboolean
is_other (guint32 id)
{
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (id == others[i])
      return TRUE;
  }
  return FALSE;
}

static HablaContainerAnswer
webm_starts (const guint8 *data, gsize size)
{
  static const guint8 magic[] = { 0x1a, 0x45, 0xdf, 0xa3 };

  if (size < sizeof magic)
    return HABLA_CONTAINER_MORE;
  return memcmp (data, magic, sizeof magic) == 0 ? HABLA_CONTAINER_YES : HABLA_CONTAINER_NO;
}

/* A Cluster, or a likely SimpleBlock: of one of the first four tracks, without lacing and reserved
 * flags. Random bytes match once in three million positions. */
static HablaContainerAnswer
may_resume (const guint8 *data, gsize size, Element *element)
{
  HablaContainerAnswer answer = read_element (data, size, element);

  if (answer != HABLA_CONTAINER_YES)
    return answer;
  if (element->id == CLUSTER)
    return HABLA_CONTAINER_YES;
  if (element->id != SIMPLE_BLOCK || element->size < 5 || element->size > MAX_FOUND_BLOCK)
    return HABLA_CONTAINER_NO;
  if (size < element->head + 4)
    return HABLA_CONTAINER_MORE;
  return data[element->head] >= 0x81 && data[element->head] <= 0x84 &&
                 (data[element->head + 3] & 0x7f) == 0
             ? HABLA_CONTAINER_YES
             : HABLA_CONTAINER_NO;
}

/* One match in three million is too many in a long recording, so another block or a Cluster must
 * follow. */
static HablaContainerAnswer
webm_resumes (const guint8 *data, gsize size)
{
  Element element, next;
  HablaContainerAnswer answer = may_resume (data, size, &element);
  gsize end;

  if (answer != HABLA_CONTAINER_YES || element.id == CLUSTER)
    return answer;
  end = element.head + element.size;
  return size > end ? may_resume (data + end, size - end, &next) : HABLA_CONTAINER_MORE;
}

static HablaContainerAnswer
webm_read (const guint8 *data, gsize size, HablaContainerUnit *unit)
{
  Element element;
  HablaContainerAnswer answer = read_element (data, size, &element);

  if (answer != HABLA_CONTAINER_YES)
    return answer;
  unit->size = element.head;
  unit->is_media = element.id == CLUSTER;
  unit->edit = 0;
  if (element.id == SEGMENT || element.id == CLUSTER)
    return HABLA_CONTAINER_YES;
  if (element.size > MAX_ELEMENT)
    return HABLA_CONTAINER_NO;

  unit->size += element.size;
  if (element.id == TIMESTAMP) {
    unit->is_media = TRUE;
    unit->edit = unit->size;
    return element.size >= 1 && element.size <= 8 ? HABLA_CONTAINER_YES : HABLA_CONTAINER_NO;
  }
  if (element.id == SIMPLE_BLOCK) {
    unit->is_media = TRUE;
    unit->edit = element.head + 4;
    return element.size >= 4 ? HABLA_CONTAINER_YES : HABLA_CONTAINER_NO;
  }
  unit->is_media = element.id == BLOCK_GROUP;
  return unit->is_media || element.id == EBML || is_other (element.id) ? HABLA_CONTAINER_YES
                                                                       : HABLA_CONTAINER_NO;
}

/* A continuation that starts with a block lacks its Cluster's head, to which the block's time is
 * relative: generate a Cluster that starts with this block. */
static void
webm_begin (HablaContainerTimes *times, const guint8 *data, gsize size, GByteArray *out)
{
  /* Cluster of unknown size, Timestamp 0 */
  static const guint8 cluster[] = { 0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xe7, 0x81, 0x00 };
  Element element;

  if (read_element (data, size, &element) != HABLA_CONTAINER_YES || element.id != SIMPLE_BLOCK)
    return;
  g_byte_array_append (out, cluster, sizeof cluster);
  times->generated = TRUE;
  times->block_base = (gint16) (data[element.head + 1] << 8 | data[element.head + 2]);
  times->block_time = -20; /* one Opus packet of 20 ms before that block */
}

/* The first Cluster starts at 0, and a Cluster after a generated one at the end of its blocks. */
static void
edit_timestamp (HablaContainerTimes *times, guint8 *payload, guint length)
{
  guint64 time = 0;

  for (guint i = 0; i < length; i++)
    time = time << 8 | payload[i];
  if (!times->has_offset) {
    guint64 begin = times->generated ? (guint64) MAX (times->block_time + times->block_step, 0) : 0;

    times->offset = time > begin ? time - begin : 0;
    times->has_offset = TRUE;
    times->generated = FALSE;
  }
  time = time > times->offset ? time - times->offset : 0;
  for (guint i = length; i-- > 0; time >>= 8)
    payload[i] = time & 0xff;
}

static void
webm_edit (HablaContainerTimes *times, guint8 *data, gsize size)
{
  Element element;
  gint time;

  if (read_element (data, size, &element) != HABLA_CONTAINER_YES)
    return;
  if (element.id == TIMESTAMP)
    edit_timestamp (times, data + element.head, (guint) element.size);
  else if (times->generated) {
    time = (gint16) (data[element.head + 1] << 8 | data[element.head + 2]) - times->block_base;
    time = CLAMP (time, 0, G_MAXINT16);
    data[element.head + 1] = time >> 8;
    data[element.head + 2] = time & 0xff;
    times->block_step = CLAMP (time - times->block_time, 0, 120);
    times->block_time = time;
  }
}

/* Blocks of one recorder follow each other without a gap. Another recorder began earlier, so that
 * its times are later. */
static gboolean
webm_note_time (HablaContainerTimes *times, gint64 time)
{
  gboolean follows = !times->has_last || (time >= times->last && time - times->last <= MAX_STEP);

  times->last = time;
  times->has_last = TRUE;
  return follows;
}

static gboolean
webm_follows (HablaContainerTimes *times, const guint8 *data, gsize size)
{
  Element element;
  gint64 time = 0;

  if (read_element (data, size, &element) != HABLA_CONTAINER_YES)
    return FALSE;
  if (element.id == TIMESTAMP) {
    for (guint i = 0; i < element.size; i++)
      time = time << 8 | data[element.head + i];
    times->cluster = time;
    return webm_note_time (times, time);
  }
  if (element.id != SIMPLE_BLOCK)
    return TRUE;
  time = (gint16) (data[element.head + 1] << 8 | data[element.head + 2]);
  return webm_note_time (times, times->cluster + time);
}

/* A header for Opus as browsers write it. Each packet carries its other parameters. */
static void
webm_make_header (const guint8 *data, gsize size, GByteArray *header)
{
  /* clang-format off */
  static const guint8 fixed[] = {
    0x1a, 0x45, 0xdf, 0xa3, 0x8b, /* EBML */
      0x42, 0x82, 0x84, 'w', 'e', 'b', 'm', /* DocType */
      0x42, 0x87, 0x81, 0x04, /* DocTypeVersion */
    0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* Segment */
      0x15, 0x49, 0xa9, 0x66, 0x87, /* Info */
        0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40, /* TimestampScale: 1 ms */
      0x16, 0x54, 0xae, 0x6b, 0xbc, /* Tracks */
        0xae, 0xba, /* TrackEntry */
          0x73, 0xc5, 0x81, 0x01, /* TrackUID */
          0x83, 0x81, 0x02, /* TrackType: audio */
          0x86, 0x86, 'A', '_', 'O', 'P', 'U', 'S', /* CodecID */
          0x56, 0xbb, 0x84, 0x04, 0xc4, 0xb4, 0x00, /* SeekPreRoll: 80 ms */
          0x63, 0xa2, 0x93, /* CodecPrivate: version 1, mono, no pre-skip, 48 kHz */
            'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0,
          0xe1, 0x89, /* Audio */
            0xb5, 0x84, 0x47, 0x3b, 0x80, 0x00, /* SamplingFrequency: 48000.0 */
            0x9f, 0x81, 0x01, /* Channels */
          0xd7, 0x81, /* TrackNumber follows */
  };
  /* clang-format on */
  Element element;
  guint8 track = 1;

  if (read_element (data, size, &element) == HABLA_CONTAINER_YES && element.id == SIMPLE_BLOCK)
    track = data[element.head] & 0x7f;
  g_byte_array_append (header, fixed, sizeof fixed);
  g_byte_array_append (header, &track, 1);
}

const HablaContainerFormat habla_container_webm = {
  .starts = webm_starts,
  .resumes = webm_resumes,
  .read = webm_read,
  .begin = webm_begin,
  .edit = webm_edit,
  .follows = webm_follows,
  .make_header = webm_make_header,
};
