/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/recorder.h>

G_BEGIN_DECLS

/* What passes a pad of decoded audio. */
typedef struct _HablaHeardAudio HablaHeardAudio;

HablaHeardAudio *habla_heard_audio_new (GstPad *pad, gboolean counts_time, HablaRecorder *recorder);
void habla_heard_audio_unref (HablaHeardAudio *self);
guint64 habla_heard_audio_get_time (HablaHeardAudio *self);
gint64 habla_heard_audio_find (HablaHeardAudio *self, GstClockTime end);

G_END_DECLS
