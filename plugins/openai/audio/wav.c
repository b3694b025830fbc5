/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wav.h"

#include <habla/error.h>
#include <string.h>

#define HEADER 44
#define CHUNK_HEADER 8
#define FORMAT_SIZE 16

#define FORMAT_PCM 1
#define FORMAT_FLOAT 3
#define FORMAT_EXTENSIBLE 0xfffe
/* Offset of the format's first two bytes in an extensible one. */
#define SUBFORMAT 24

#define MIN_RATE 8000
#define MAX_RATE 192000

GBytes *
habla_wav_encode (const gint16 *samples, gsize n_samples, guint rate)
{
  guint32 size = n_samples * sizeof (gint16);
  guint8 *wav = g_malloc (HEADER + size);
  gint16 *data = (gint16 *) (wav + HEADER);

  memcpy (wav, "RIFF", 4);
  GST_WRITE_UINT32_LE (wav + 4, HEADER - CHUNK_HEADER + size);
  memcpy (wav + 8, "WAVEfmt ", 8);
  GST_WRITE_UINT32_LE (wav + 16, FORMAT_SIZE);
  GST_WRITE_UINT16_LE (wav + 20, FORMAT_PCM);
  GST_WRITE_UINT16_LE (wav + 22, 1);
  GST_WRITE_UINT32_LE (wav + 24, rate);
  GST_WRITE_UINT32_LE (wav + 28, rate * sizeof (gint16));
  GST_WRITE_UINT16_LE (wav + 32, sizeof (gint16));
  GST_WRITE_UINT16_LE (wav + 34, 16);
  memcpy (wav + 36, "data", 4);
  GST_WRITE_UINT32_LE (wav + 40, size);
  for (gsize i = 0; i < n_samples; i++)
    data[i] = GINT16_TO_LE (samples[i]);
  return g_bytes_new_take (wav, HEADER + size);
}

/* Unlike those of GStreamer, these need no alignment. */
static guint16
read_uint16 (const guint8 *bytes)
{
  return bytes[0] | bytes[1] << 8;
}

static guint32
read_uint32 (const guint8 *bytes)
{
  return read_uint16 (bytes) | (guint32) read_uint16 (bytes + 2) << 16;
}

static gboolean
set_error (GError **error, const char *what)
{
  g_set_error (
      error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The speech is no usable WAV file: %s", what);
  return FALSE;
}

static GstAudioFormat
wav_get_format (guint code, guint width)
{
  if (code == FORMAT_FLOAT)
    return width == 32   ? GST_AUDIO_FORMAT_F32LE
           : width == 64 ? GST_AUDIO_FORMAT_F64LE
                         : GST_AUDIO_FORMAT_UNKNOWN;
  if (code != FORMAT_PCM)
    return GST_AUDIO_FORMAT_UNKNOWN;
  if (width == 8)
    return GST_AUDIO_FORMAT_U8;
  return width % 8 == 0 && width <= 32
             ? gst_audio_format_build_integer (TRUE, G_LITTLE_ENDIAN, width, width)
             : GST_AUDIO_FORMAT_UNKNOWN;
}

static gboolean
wav_read_format (const guint8 *chunk, gsize size, GstAudioInfo *info, GError **error)
{
  guint code, channels, rate, width;
  GstAudioFormat format;

  if (size < FORMAT_SIZE)
    return set_error (error, "its format is too short");
  code = read_uint16 (chunk);
  channels = read_uint16 (chunk + 2);
  rate = read_uint32 (chunk + 4);
  width = read_uint16 (chunk + 14);
  if (code == FORMAT_EXTENSIBLE && size >= SUBFORMAT + 2)
    code = read_uint16 (chunk + SUBFORMAT);
  format = wav_get_format (code, width);
  if (format == GST_AUDIO_FORMAT_UNKNOWN || channels < 1 || channels > 2 || rate < MIN_RATE ||
      rate > MAX_RATE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The speech has format %u with %u bits, %u channels and %u Hz; expected PCM with one or "
        "two "
        "channels and %d to %d Hz",
        code, width, channels, rate, MIN_RATE, MAX_RATE);
    return FALSE;
  }
  gst_audio_info_set_format (info, format, rate, channels, NULL);
  return TRUE;
}

gboolean
habla_wav_parse_header (const guint8 *data, gsize size, HablaWavHeader *header, GError **error)
{
  gsize offset = 12;

  gst_audio_info_init (&header->info);
  if (memcmp (data, "RIFF", MIN (size, 4)) != 0 ||
      (size >= offset && memcmp (data + 8, "WAVE", 4) != 0))
    return set_error (error, "it does not begin with RIFF and WAVE");
  while (size >= offset + CHUNK_HEADER) {
    const guint8 *chunk = data + offset;
    guint32 length = read_uint32 (chunk + 4);

    offset += CHUNK_HEADER;
    if (memcmp (chunk, "data", 4) == 0) {
      if (!GST_AUDIO_INFO_IS_VALID (&header->info))
        return set_error (error, "it has samples without a format");
      header->offset = offset;
      header->size = length == 0 || length >= G_MAXUINT32 - HEADER ? G_MAXUINT64 : length;
      return TRUE;
    }
    if (length > HABLA_WAV_MAX_HEADER || offset + length > HABLA_WAV_MAX_HEADER)
      return set_error (error, "its header is too long");
    if (size < offset + length)
      return FALSE;
    if (memcmp (chunk, "fmt ", 4) == 0 &&
        !wav_read_format (data + offset, length, &header->info, error))
      return FALSE;
    offset += length + length % 2;
  }
  return FALSE;
}
