/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/container-format.h"

#include <string.h>

/* Fragmented MP4: boxes, each a size, a type and a payload (ISO/IEC 14496-12). `ftyp` and
 * `moov` are the header; each `moof` describes the audio in the `mdat` after it. Their times need
 * no change: GStreamer's demuxer starts at the first one. `moof` begins with `mfhd`, which has its
 * number in the recording. */

#define TYPE(a, b, c, d) ((guint32) (a) << 24 | (b) << 16 | (c) << 8 | (d))
#define MAX_BOX (64 * 1024 * 1024)
/* Of a `moof`, to the end of the number in its `mfhd`. */
#define NUMBER_END 24

static const guint32 types[] = {
  TYPE ('f', 't', 'y', 'p'),
  TYPE ('m', 'o', 'o', 'v'),
  TYPE ('m', 'o', 'o', 'f'),
  TYPE ('m', 'd', 'a', 't'),
  TYPE ('s', 't', 'y', 'p'),
  TYPE ('s', 'i', 'd', 'x'),
  TYPE ('e', 'm', 's', 'g'),
  TYPE ('p', 'r', 'f', 't'),
  TYPE ('f', 'r', 'e', 'e'),
  TYPE ('s', 'k', 'i', 'p'),
  TYPE ('w', 'i', 'd', 'e'),
  TYPE ('m', 'e', 't', 'a'),
  TYPE ('u', 'u', 'i', 'd'),
  TYPE ('m', 'f', 'r', 'a'),
};

static guint32
read_32 (const guint8 *data)
{
  return (guint32) data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3];
}

static guint64
read_64 (const guint8 *data)
{
  return (guint64) read_32 (data) << 32 | read_32 (data + 4);
}

static HablaContainerAnswer
mp4_starts (const guint8 *data, gsize size)
{
  if (size < 8)
    return HABLA_CONTAINER_MORE;
  return read_32 (data + 4) == TYPE ('f', 't', 'y', 'p') ? HABLA_CONTAINER_YES : HABLA_CONTAINER_NO;
}

/* A `moof` whose first box is `mfhd`, which always has 16 bytes. */
static HablaContainerAnswer
mp4_resumes (const guint8 *data, gsize size)
{
  if (size < 16)
    return HABLA_CONTAINER_MORE;
  return read_32 (data + 4) == TYPE ('m', 'o', 'o', 'f') && read_32 (data) >= 24 &&
                 read_32 (data) <= MAX_BOX && read_32 (data + 8) == 16 &&
                 read_32 (data + 12) == TYPE ('m', 'f', 'h', 'd')
             ? HABLA_CONTAINER_YES
             : HABLA_CONTAINER_NO;
}

static gboolean
is_type (guint32 type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (type == types[i])
      return TRUE;
  }
  return FALSE;
}

static HablaContainerAnswer
mp4_read (const guint8 *data, gsize size, HablaContainerUnit *unit)
{
  guint32 type;

  if (size < 16)
    return HABLA_CONTAINER_MORE;
  type = read_32 (data + 4);
  if (!is_type (type))
    return HABLA_CONTAINER_NO;
  unit->size = read_32 (data);
  unit->is_media = type == TYPE ('m', 'o', 'o', 'f') || type == TYPE ('m', 'd', 'a', 't');
  if (unit->size == 0) /* to the end of the recording */
    unit->size = G_MAXUINT64;
  else if (unit->size == 1)
    unit->size = read_64 (data + 8);
  if (unit->size < 8 || (unit->size > MAX_BOX && unit->size != G_MAXUINT64))
    return HABLA_CONTAINER_NO;
  unit->edit = type == TYPE ('m', 'o', 'o', 'f') && unit->size >= NUMBER_END &&
                       read_32 (data + 12) == TYPE ('m', 'f', 'h', 'd')
                   ? NUMBER_END
                   : 0;
  return HABLA_CONTAINER_YES;
}

/* Fragments of one recorder count from 0 or 1. Another recorder began earlier, so that it has
 * counted further. Two that began within one fragment count alike: the one whose fragment comes
 * first continues, as both hear the same. */
static gboolean
mp4_follows (HablaContainerTimes *times, const guint8 *data, gsize size)
{
  guint32 number = read_32 (data + NUMBER_END - 4);
  gboolean follows = times->has_last ? number == times->last + 1 || number == 0 : number <= 1;

  times->last = number;
  times->has_last = TRUE;
  return follows;
}

const HablaContainerFormat habla_container_mp4 = {
  .starts = mp4_starts,
  .resumes = mp4_resumes,
  .read = mp4_read,
  .follows = mp4_follows,
  .is_distinct = TRUE,
};
