/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* WAVE files of 16 bit samples, one channel, in the form that Habla writes: the header, then
 * samples up to the end of the file. */
#define HABLA_WAV_FILE_HEADER_SIZE 44

/* The size of a file that still grows: players read to its end. */
#define HABLA_WAV_FILE_GROWS G_MAXUINT64

/**
 * habla_wav_file_make_header:
 * @header: (out): HABLA_WAV_FILE_HEADER_SIZE bytes
 * @rate: samples a second
 * @size: bytes of all samples, or HABLA_WAV_FILE_GROWS
 */
void habla_wav_file_make_header (guint8 *header, guint rate, guint64 size);

/**
 * habla_wav_file_set_size:
 * @fd: a file with a header
 * @rate: samples a second; 0 = as the header says
 *
 * Writes the file's present size to its header.
 *
 * Returns: whether the header was written
 */
gboolean habla_wav_file_set_size (int fd, guint rate);

/**
 * habla_wav_file_read:
 * @path: of a file that Habla wrote
 * @rate: samples a second that the file must have
 * @max_size: upper bound of the samples, in bytes
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the samples
 */
GBytes *habla_wav_file_read (const char *path, guint rate, gsize max_size, GError **error);

G_END_DECLS
