/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/pipeline-graph.h>

G_BEGIN_DECLS

/* Audio and text on their way into a session's pipeline; the main thread's own. A graph that
 * is %NULL is not there yet: raw audio and text wait for habla_input_queue_feed(). Audio in a
 * container goes to a decoder, which is there before the graph. */
typedef struct _HablaInputQueue HablaInputQueue;

/* The decoder has come to its end. @error: (nullable): of %HABLA_ERROR; why not all was decoded */
typedef void (*HablaPipelineDecoded) (const GError *error, gpointer data);

HablaInputQueue *habla_input_queue_new (const HablaPipelineOptions *options);
void habla_input_queue_free (HablaInputQueue *self);

gboolean habla_input_queue_start_decoder (HablaInputQueue *self, GBytes *header, int *samples,
    HablaPipelineDecoded decoded, gpointer data, GError **error);
gboolean habla_input_queue_push_audio (
    HablaInputQueue *self, HablaPipelineGraph *graph, GBytes *audio);
gboolean habla_input_queue_push_text (
    HablaInputQueue *self, HablaPipelineGraph *graph, HablaUtterance *text);
void habla_input_queue_end_audio (HablaInputQueue *self);
void habla_input_queue_feed (HablaInputQueue *self, HablaPipelineGraph *graph);
void habla_input_queue_drop (HablaInputQueue *self);

guint64 habla_input_queue_get_waiting (HablaInputQueue *self, HablaPipelineGraph *graph);
gboolean habla_input_queue_is_losing (HablaInputQueue *self);
GBytes *habla_input_queue_get_header (HablaInputQueue *self);

G_END_DECLS
