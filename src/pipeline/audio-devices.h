/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Microphones of this machine. The functions ask the kernel instead of GStreamer, whose PulseAudio
 * elements (1.22) leak a thread and two descriptors at each attempt without a server. Any thread
 * may call them; they block for a short time. */

/**
 * habla_audio_devices_have_microphone:
 *
 * Returns: whether the kernel has a device that captures audio
 */
gboolean habla_audio_devices_have_microphone (void);

/**
 * habla_audio_devices_have_server:
 *
 * Returns: whether a sound server accepts connections
 */
gboolean habla_audio_devices_have_server (void);

/**
 * habla_audio_devices_prepare:
 * @source: launch fragment of an audio source, which need not open a device
 * @error: return location for a %HABLA_ERROR_INPUT that says what to do
 *
 * To be called before @source is opened. A source that has failed is not retried at once: the
 * backoff begins with one second and doubles with each failure, up to ten minutes.
 *
 * Returns: whether to open @source
 */
gboolean habla_audio_devices_prepare (const char *source, GError **error);

/**
 * habla_audio_devices_report:
 * @source: launch fragment of an audio source
 * @works: whether it could be opened
 *
 * To be called after the attempt to open @source.
 */
void habla_audio_devices_report (const char *source, gboolean works);

G_END_DECLS
