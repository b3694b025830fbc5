/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/wav-file.h"

#include <util/regular-file.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FRAME 2 /* bytes */

static void
put (guint8 *at, guint size, guint32 value)
{
  for (guint i = 0; i < size; i++)
    at[i] = value >> (8 * i);
}

void
habla_wav_file_make_header (guint8 *header, guint rate, guint64 size)
{
  guint32 length = MIN (size, G_MAXUINT32 - HABLA_WAV_FILE_HEADER_SIZE);

  memcpy (header, "RIFF", 4);
  put (header + 4, 4, length + HABLA_WAV_FILE_HEADER_SIZE - 8);
  memcpy (header + 8, "WAVEfmt ", 8);
  put (header + 16, 4, 16);
  put (header + 20, 2, 1); /* PCM */
  put (header + 22, 2, 1); /* channels */
  put (header + 24, 4, rate);
  put (header + 28, 4, rate * FRAME);
  put (header + 32, 2, FRAME);
  put (header + 34, 2, 16); /* bits */
  memcpy (header + 36, "data", 4);
  put (header + 40, 4, length);
}

static guint32
get (const guint8 *at, guint size)
{
  guint32 value = 0;

  for (guint i = 0; i < size; i++)
    value |= (guint32) at[i] << (8 * i);
  return value;
}

gboolean
habla_wav_file_set_size (int fd, guint rate)
{
  guint8 header[HABLA_WAV_FILE_HEADER_SIZE];
  struct stat status;

  if (fstat (fd, &status) != 0 || status.st_size < HABLA_WAV_FILE_HEADER_SIZE)
    return FALSE;
  if (rate == 0) {
    if (pread (fd, header, sizeof header, 0) != sizeof header || memcmp (header, "RIFF", 4) != 0)
      return FALSE;
    rate = get (header + 24, 4);
  }
  habla_wav_file_make_header (
      header, rate, (status.st_size - HABLA_WAV_FILE_HEADER_SIZE) / FRAME * FRAME);
  return pwrite (fd, header, sizeof header, 0) == sizeof header;
}

GBytes *
habla_wav_file_read (const char *path, guint rate, gsize max_size, GError **error)
{
  guint8 expected[HABLA_WAV_FILE_HEADER_SIZE];
  g_autofree char *contents = NULL;
  gsize length;

  habla_wav_file_make_header (expected, rate, 0);
  contents = habla_regular_file_read (path, max_size + HABLA_WAV_FILE_HEADER_SIZE, &length, error);
  if (contents == NULL)
    return NULL;
  /* All but the sizes. */
  if (length < HABLA_WAV_FILE_HEADER_SIZE + FRAME || memcmp (contents, expected, 4) != 0 ||
      memcmp (contents + 8, expected + 8, 32) != 0) {
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is not what Habla has written there", path);
    return NULL;
  }
  length = (length - HABLA_WAV_FILE_HEADER_SIZE) / FRAME * FRAME;
  return g_bytes_new (contents + HABLA_WAV_FILE_HEADER_SIZE, length);
}
