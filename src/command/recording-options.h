/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/interpret-run.h>

G_BEGIN_DECLS

/**
 * habla_recording_options_parse_channel:
 * @text: (nullable): "auto", "mix", or the number of a channel; %NULL = "auto"
 * @channel: (out): for the property of monomixer
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: whether @text is valid
 */
gboolean habla_recording_options_parse_channel (const char *text, int *channel, GError **error);

/**
 * habla_recording_options_apply:
 * @self: options
 * @pipeline: a pipeline, in state NULL
 * @error: return location for a %HABLA_EXIT_ERROR if @pipeline has no element for an option
 *
 * Sets the language, the audio track and the channel of all recordingsrc and monomixer elements,
 * and switches speechgain off for transcribers that it does not help.
 *
 * Returns: whether all options apply to @pipeline
 */
gboolean habla_recording_options_apply (
    const HablaInterpretOptions *self, GstElement *pipeline, GError **error);

G_END_DECLS
