/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/interpret-run.h>

G_BEGIN_DECLS

/**
 * habla_subtitle_options_peek:
 * @self: options
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Looks into a pipe, which may wait for its first bytes, and sets the kind of the input.
 *
 * Returns: %FALSE if a signal ended the wait, or a subtitle track is asked of another input
 */
gboolean habla_subtitle_options_peek (const HablaInterpretOptions *self, GError **error);

/**
 * habla_subtitle_options_has_subtitles:
 * @self: options
 *
 * Returns: whether the input is subtitles, or a track of them in a recording
 */
gboolean habla_subtitle_options_has_subtitles (const HablaInterpretOptions *self);

/**
 * habla_subtitle_options_check:
 * @self: options
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: whether the encoding exists, and the subtitle track is a number or a language
 */
gboolean habla_subtitle_options_check (const HablaInterpretOptions *self, GError **error);

/**
 * habla_subtitle_options_describe_source:
 * @self: options, whose input has subtitles
 *
 * Returns: (transfer full): a launch line whose element `input-0` reads the input
 */
char *habla_subtitle_options_describe_source (const HablaInterpretOptions *self);

/**
 * habla_subtitle_options_apply:
 * @self: options
 * @pipeline: a pipeline, in state NULL
 * @error: return location for a %HABLA_EXIT_ERROR if @pipeline has no element for an option
 *
 * Sets the language and encoding of all subtitlereader elements.
 *
 * Returns: whether all options apply to @pipeline
 */
gboolean habla_subtitle_options_apply (
    const HablaInterpretOptions *self, GstElement *pipeline, GError **error);

G_END_DECLS
