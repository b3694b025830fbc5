/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/media-type.h"

#include <string.h>

static const HablaMediaType types[] = {
  { HABLA_CONTAINER_WEBM, 0, "\x1a\x45\xdf\xa3", ".webm", "audio/webm" },
  { HABLA_CONTAINER_OGG, 0, "OggS", ".ogg", "audio/ogg" },
  { HABLA_CONTAINER_MP4, 4, "ftyp", ".mp4", "audio/mp4" },
  { HABLA_CONTAINER_WAV, 0, "RIFF", ".wav", "audio/wav" },
  { HABLA_CONTAINER_FLAC, 0, "fLaC", ".flac", "audio/flac" },
  { HABLA_CONTAINER_MP3, 0, "ID3", ".mp3", "audio/mpeg" },
};

const HablaMediaType *
habla_media_type_get (HablaContainer container)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].container == container)
      return &types[i];
  g_return_val_if_reached (NULL);
}

const HablaMediaType *
habla_media_type_find_by_content (const guint8 *data, gsize size)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    gsize length = strlen (types[i].magic);

    if (size >= types[i].offset + length &&
        memcmp (data + types[i].offset, types[i].magic, length) == 0)
      return &types[i];
  }
  return NULL;
}

const HablaMediaType *
habla_media_type_find_by_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      return &types[i];
  return NULL;
}
