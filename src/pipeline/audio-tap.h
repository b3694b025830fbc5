/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/**
 * HablaAudioTap:
 *
 * An object that receives a copy of a pipeline's audio input, for example to record it. The
 * pipeline holds a reference from habla_pipeline_new() until its teardown has ended.
 */
#define HABLA_TYPE_AUDIO_TAP (habla_audio_tap_get_type ())

G_DECLARE_INTERFACE (HablaAudioTap, habla_audio_tap, HABLA, AUDIO_TAP, GObject)

/**
 * HablaAudioTapInterface:
 * @push_stream: see habla_audio_tap_push_stream()
 * @push_decoded: see habla_audio_tap_push_decoded()
 *
 * Both are called in any thread, one at a time each, and must not block.
 */
struct _HablaAudioTapInterface {
  GTypeInterface parent;

  void (*push_stream) (HablaAudioTap *self, GBytes *audio);
  void (*push_decoded) (
      HablaAudioTap *self, GstBuffer *audio, const GstAudioInfo *info, GstClockTime time);
};

/**
 * habla_audio_tap_push_stream:
 * @self: a tap
 * @audio: bytes of the stream as the client sent them, without a gap
 */
void habla_audio_tap_push_stream (HablaAudioTap *self, GBytes *audio);

/**
 * habla_audio_tap_push_decoded:
 * @self: a tap
 * @audio: decoded samples
 * @info: the format of @audio
 * @time: running time of the first sample, in ns
 */
void habla_audio_tap_push_decoded (
    HablaAudioTap *self, GstBuffer *audio, const GstAudioInfo *info, GstClockTime time);

G_END_DECLS
