/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaMuxTrack:
 * @path: path of SubRip subtitles or of a recording of speech
 * @language: BCP 47 code
 * @is_speech: whether it is speech
 *
 * A track that is added to a recording.
 */
typedef struct {
  char *path;
  char *language;
  gboolean is_speech;
} HablaMuxTrack;

/**
 * HablaMuxJob:
 * @input: path of the recording
 * @output: (nullable): path of the file to write; %NULL = see whether it could be written
 * @muxer: name of the element that writes it
 * @tracks: (element-type HablaMuxTrack): what is added, after the streams of the recording
 * @skipped: (element-type utf8): return location for the types of streams that are left out
 * @n_original: return location for the number of streams of the recording in the output
 *
 * What to mux.
 */
typedef struct {
  const char *input;
  const char *output;
  const char *muxer;
  GPtrArray *tracks;
  GPtrArray *skipped;
  guint n_original;
} HablaMuxJob;

/**
 * habla_mux_graph_run:
 * @job: what to mux
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Runs the default main context until the file is written. SIGINT and SIGTERM stop it, with 128 +
 * the number of the signal as the code of the error.
 *
 * Returns: %FALSE on error
 */
gboolean habla_mux_graph_run (HablaMuxJob *job, GError **error);

G_END_DECLS
