/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/container-format.h"

#include "media/media-type.h"

#include <string.h>

/* Files that are passed on unchanged, recognised by their first bytes. */

static HablaContainerAnswer
starts_with (const guint8 *data, gsize size, HablaContainer container)
{
  const char *magic = habla_media_type_get (container)->magic;
  gsize length = strlen (magic);

  if (memcmp (data, magic, MIN (length, size)) != 0)
    return HABLA_CONTAINER_NO;
  return size >= length ? HABLA_CONTAINER_YES : HABLA_CONTAINER_MORE;
}

/* Returns: bytes of the MPEG audio frame (ISO/IEC 11172-3, layer III) that begins at @data,
 * which has 4 bytes; 0 = none */
static gsize
frame_size (const guint8 *data)
{
  static const guint16 rates[2][15] = {
    { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 }, /* kbit/s, MPEG 1 */
    { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 },     /* MPEG 2 and 2.5 */
  };
  static const guint32 frequencies[] = { 44100, 48000, 32000 };
  guint version = data[1] >> 3 & 3, bit_rate = data[2] >> 4, frequency = data[2] >> 2 & 3;
  gboolean is_first = version == 3;

  if (data[0] != 0xff || (data[1] & 0xe6) != 0xe2 || version == 1 || frequency == 3)
    return 0;
  if (bit_rate == 0 || bit_rate == 15)
    return 0;
  return (is_first ? 144000u : 72000u) * rates[is_first ? 0 : 1][bit_rate] /
             (frequencies[frequency] >> (is_first          ? 0
                                            : version == 2 ? 1
                                                           : 2)) +
         (data[2] >> 1 & 1);
}

/* Requires two consecutive frames: a single one occurs by chance. */
static HablaContainerAnswer
starts_mpeg (const guint8 *data, gsize size)
{
  gsize length;

  if (data[0] != 0xff)
    return HABLA_CONTAINER_NO;
  if (size < 4)
    return HABLA_CONTAINER_MORE;
  length = frame_size (data);
  if (length == 0)
    return HABLA_CONTAINER_NO;
  if (size < length + 4)
    return HABLA_CONTAINER_MORE;
  return frame_size (data + length) > 0 ? HABLA_CONTAINER_YES : HABLA_CONTAINER_NO;
}

HablaContainerAnswer
habla_container_find_file (const guint8 *data, gsize size, HablaContainer *container)
{
  const struct {
    HablaContainer container;
    HablaContainerAnswer answer;
  } candidates[] = {
    { HABLA_CONTAINER_WAV, starts_with (data, size, HABLA_CONTAINER_WAV) },
    { HABLA_CONTAINER_FLAC, starts_with (data, size, HABLA_CONTAINER_FLAC) },
    { HABLA_CONTAINER_MP3, starts_with (data, size, HABLA_CONTAINER_MP3) },
    { HABLA_CONTAINER_MP3, starts_mpeg (data, size) },
  };
  HablaContainerAnswer result = HABLA_CONTAINER_NO;

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++) {
    if (candidates[i].answer == HABLA_CONTAINER_YES)
      *container = candidates[i].container;
    if (candidates[i].answer != HABLA_CONTAINER_NO)
      result = candidates[i].answer;
    if (result == HABLA_CONTAINER_YES)
      break;
  }
  return result;
}
