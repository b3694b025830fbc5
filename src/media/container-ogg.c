/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/container-format.h"

#include <string.h>

/* Ogg: pages, each a head of 27 bytes, a table of segments and these (RFC 3533). The header
 * is the pages whose granule position is 0. */

#define HEAD 27
#define CHECKSUM 22 /* offset in the head */
#define CONTINUED 0x01
#define FIRST 0x02

static HablaContainerAnswer
is_page (const guint8 *data, gsize size)
{
  if (memcmp (data, "OggS", MIN (size, 5)) != 0)
    return HABLA_CONTAINER_NO;
  if (size < HEAD)
    return HABLA_CONTAINER_MORE;
  return data[5] < 8 ? HABLA_CONTAINER_YES : HABLA_CONTAINER_NO;
}

static HablaContainerAnswer
ogg_starts (const guint8 *data, gsize size)
{
  HablaContainerAnswer answer = is_page (data, size);

  return answer == HABLA_CONTAINER_YES && !(data[5] & FIRST) ? HABLA_CONTAINER_NO : answer;
}

static HablaContainerAnswer
ogg_resumes (const guint8 *data, gsize size)
{
  HablaContainerAnswer answer = is_page (data, size);

  return answer == HABLA_CONTAINER_YES && (data[5] & FIRST) ? HABLA_CONTAINER_NO : answer;
}

static HablaContainerAnswer
ogg_read (const guint8 *data, gsize size, HablaContainerUnit *unit)
{
  static const guint8 none[8];
  HablaContainerAnswer answer = is_page (data, size);

  if (answer != HABLA_CONTAINER_YES)
    return answer;
  if (size < (gsize) HEAD + data[HEAD - 1])
    return HABLA_CONTAINER_MORE;
  unit->size = HEAD + data[HEAD - 1];
  for (guint i = 0; i < data[HEAD - 1]; i++)
    unit->size += data[HEAD + i];
  unit->is_media = memcmp (data + 6, none, sizeof none) != 0;
  unit->edit = unit->is_media ? (gsize) unit->size : 0;
  return HABLA_CONTAINER_YES;
}

/* Samples in a packet of Opus, at 48 kHz (RFC 6716, section 3.1). */
static guint
packet_duration (const guint8 *packet, gsize size)
{
  static const guint silk[] = { 480, 960, 1920, 2880 }, celt[] = { 120, 240, 480, 960 };
  guint config, frame;

  if (size < 2)
    return 0;
  config = packet[0] >> 3;
  if (config >= 16)
    frame = celt[config & 3];
  else
    frame = silk[config >= 12 ? config & 1 : config & 3];
  switch (packet[0] & 3) {
  case 0:
    return frame;
  case 3:
    return MIN (frame * (packet[1] & 0x3f), 5760);
  default:
    return 2 * frame;
  }
}

/* Duration of the packets that end in a page, in samples at 48 kHz. */
static guint
page_duration (const guint8 *page)
{
  gsize at = HEAD + page[HEAD - 1], size = 0;
  gboolean continued = page[5] & CONTINUED;
  guint duration = 0;

  for (guint i = 0; i < page[HEAD - 1]; i++) {
    size += page[HEAD + i];
    if (page[HEAD + i] == 255)
      continue;
    if (!continued)
      duration += packet_duration (page + at, size);
    continued = FALSE;
    at += size;
    size = 0;
  }
  return duration;
}

/* The checksum covers the page with its own four bytes set to 0. */
static void
write_checksum (guint8 *page, gsize size)
{
  guint32 sum = 0;

  memset (page + CHECKSUM, 0, 4);
  for (gsize i = 0; i < size; i++) {
    sum ^= (guint32) page[i] << 24;
    for (guint bit = 0; bit < 8; bit++)
      sum = sum << 1 ^ (sum >> 31 ? 0x04c11db7 : 0);
  }
  for (guint i = 0; i < 4; i++)
    page[CHECKSUM + i] = sum >> (8 * i) & 0xff;
}

/* The granule position is the time at the end of a page; all bits set: no packet ends. */
static void
ogg_edit (HablaContainerTimes *times, guint8 *data, gsize size)
{
  guint64 time = 0;

  for (guint i = 8; i-- > 0;)
    time = time << 8 | data[6 + i];
  if (time == G_MAXUINT64)
    return;
  if (!times->has_offset) {
    guint duration = page_duration (data);

    times->offset = time > duration ? time - duration : 0;
    times->has_offset = TRUE;
  }
  time = time > times->offset ? time - times->offset : 0;
  for (guint i = 0; i < 8; i++, time >>= 8)
    data[6 + i] = time & 0xff;
  write_checksum (data, size);
}

/* Appends a page with one packet to @header, with the serial number of the page at @data. */
static void
append_page (GByteArray *header, const guint8 *data, guint number, const char *packet, gsize size)
{
  guint8 page[HEAD + 1 + 64] = { 'O', 'g', 'g', 'S', 0 };

  g_assert (size <= 64);
  page[5] = number == 0 ? FIRST : 0;
  memcpy (page + 14, data + 14, 4); /* serial number */
  page[18] = number;
  page[HEAD - 1] = 1;
  page[HEAD] = size;
  memcpy (page + HEAD + 1, packet, size);
  write_checksum (page, HEAD + 1 + size);
  g_byte_array_append (header, page, HEAD + 1 + size);
}

/* An Opus header, mono. Each packet carries its other parameters. */
static void
ogg_make_header (const guint8 *data, gsize size, GByteArray *header)
{
  static const char head[] = "OpusHead\1\1\0\0\200\273\0\0\0\0"; /* the final NUL is mapping 0 */
  static const char tags[] =
      "OpusTags\5\0\0\0habla\0\0\0"; /* the final NUL belongs to the number of comments, 0 */

  append_page (header, data, 0, head, sizeof head);
  append_page (header, data, 1, tags, sizeof tags);
}

const HablaContainerFormat habla_container_ogg = {
  .starts = ogg_starts,
  .resumes = ogg_resumes,
  .read = ogg_read,
  .edit = ogg_edit,
  .make_header = ogg_make_header,
};
