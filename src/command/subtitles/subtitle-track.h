/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_subtitle_track_connect:
 * @pipeline: a pipeline, in state NULL, with a decodebin named `input-0-tracks` and a
 * subtitlereader named `input-0-reader`
 * @wanted: number of a subtitle track from 1, in the order of the file, or a BCP 47 language
 *
 * Makes @pipeline link the track when it is known, and post a %HABLA_ERROR_PARAMETER if there is
 * none, or a %HABLA_ERROR_INPUT if there are no subtitles as text.
 */
void habla_subtitle_track_connect (GstElement *pipeline, const char *wanted);

G_END_DECLS
