/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _HablaSpeechQueue HablaSpeechQueue;

HablaSpeechQueue *habla_speech_queue_new (guint max_buffers);
void habla_speech_queue_free (HablaSpeechQueue *self);

void habla_speech_queue_set_flushing (HablaSpeechQueue *self, gboolean flushing);
void habla_speech_queue_clear (HablaSpeechQueue *self);

GstFlowReturn habla_speech_queue_push_buffer (HablaSpeechQueue *self, GstBuffer *buffer);
GstFlowReturn habla_speech_queue_push_event (HablaSpeechQueue *self, GstEvent *event);
GstFlowReturn habla_speech_queue_drain (HablaSpeechQueue *self);

GstMiniObject *habla_speech_queue_pop (HablaSpeechQueue *self);
gboolean habla_speech_queue_fail (HablaSpeechQueue *self, GstFlowReturn flow);
void habla_speech_queue_recover (HablaSpeechQueue *self, GstFlowReturn flow);

guint habla_speech_queue_get_n_buffers (HablaSpeechQueue *self);

G_END_DECLS
