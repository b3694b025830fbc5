/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Microphones of this machine. All functions ask the kernel, not GStreamer: each try of
 * GStreamer 1.22's PulseAudio elements without a server leaves a thread and two descriptors
 * behind. They block for a moment: for worker threads. */

/* Returns: whether the kernel knows a device that captures audio */
gboolean habla_audio_devices_have_microphone (void);
/* Returns: whether a sound server accepts connections */
gboolean habla_audio_devices_have_server (void);

/**
 * habla_audio_devices_prepare:
 * @source: launch fragment of an audio source; any that opens no device is fine
 * @error: return location for a %HABLA_ERROR_INPUT that says what to do
 *
 * To be called before @source is opened. A source that fails is not tried again at once: after a
 * second, then after twice as long each time, up to ten minutes.
 *
 * Returns: whether it is worth trying
 */
gboolean habla_audio_devices_prepare (const char *source, GError **error);
/* @works: whether @source could be opened */
void habla_audio_devices_report (const char *source, gboolean works);

G_END_DECLS
