/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output/output-file.h>

G_BEGIN_DECLS

/**
 * HablaMuxedFile:
 *
 * A copy of a recording, in Matroska (`.mkv`) or MP4 (`.mp4`), with captions and speech as
 * additional tracks. The streams of the recording are not encoded again. The tracks are collected
 * as files in a temporary folder.
 */
typedef struct _HablaMuxedFile HablaMuxedFile;

/**
 * habla_muxed_file_knows:
 * @path: path of a file
 *
 * Returns: whether its extension is `.mkv` or `.mp4`
 */
gboolean habla_muxed_file_knows (const char *path);

/**
 * habla_muxed_file_new:
 * @path: the final path, which ends in `.mkv` or `.mp4`
 * @input: path of the recording
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: (transfer full) (nullable): a file without tracks; %NULL on error
 */
HablaMuxedFile *habla_muxed_file_new (const char *path, const char *input, GError **error);

/**
 * habla_muxed_file_free:
 * @self: (transfer full): a file
 *
 * Deletes the temporary files. See habla_output_file_free() for the file itself.
 */
void habla_muxed_file_free (HablaMuxedFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaMuxedFile, habla_muxed_file_free)

/**
 * habla_muxed_file_get_output:
 * @self: a file
 *
 * Returns: (transfer none): the underlying file
 */
HablaOutputFile *habla_muxed_file_get_output (HablaMuxedFile *self);

/**
 * habla_muxed_file_name_track:
 * @self: a file
 * @language: language of the track
 * @extension: with its dot
 *
 * Returns: (transfer full): path for the contents of a track, in the temporary folder
 */
char *habla_muxed_file_name_track (
    HablaMuxedFile *self, const char *language, const char *extension);

/**
 * habla_muxed_file_add_captions:
 * @self: a file
 * @path: path of SubRip subtitles, complete when the file is written; no track is made of an empty
 *   file
 * @language: their language
 */
void habla_muxed_file_add_captions (HablaMuxedFile *self, const char *path, const char *language);

/**
 * habla_muxed_file_add_speech:
 * @self: a file
 * @path: path of a recording of speech, complete when the file is written; no track is made of an
 *   empty file
 * @language: its language
 */
void habla_muxed_file_add_speech (HablaMuxedFile *self, const char *path, const char *language);

/**
 * habla_muxed_file_check:
 * @self: a file
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Reads the beginning of the recording, running the default main context meanwhile. SIGINT and
 * SIGTERM stop it.
 *
 * Returns: %FALSE if the container cannot have the audio or the video of the recording
 */
gboolean habla_muxed_file_check (HablaMuxedFile *self, GError **error);

/**
 * habla_muxed_file_write:
 * @self: a file with all tracks
 * @skipped: (element-type utf8): return location for the types of streams of the recording, neither
 *   audio nor video, that the container cannot have
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Writes the file, running the default main context meanwhile. The added tracks are called “Habla”
 * and, in Matroska, are not played by default. SIGINT and SIGTERM stop it. Commit the file
 * afterwards.
 *
 * Returns: %FALSE on error
 */
gboolean habla_muxed_file_write (HablaMuxedFile *self, GPtrArray *skipped, GError **error);

G_END_DECLS
