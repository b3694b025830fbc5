/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* WAVE files of 16 bit samples, one channel, in the form that Habla writes: the header, then
 * samples up to the end of the file. */
#define HABLA_WAV_FILE_HEADER_SIZE 44

/* The size of a file that grows: players take what is there. */
#define HABLA_WAV_FILE_GROWS G_MAXUINT64

void habla_wav_file_make_header (guint8 *header, guint rate, guint64 size);
gboolean habla_wav_file_set_size (int fd, guint rate);
GBytes *habla_wav_file_read (const char *path, guint rate, gsize max_size, GError **error);

G_END_DECLS
