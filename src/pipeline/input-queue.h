/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pipeline/pipeline-graph.h>

G_BEGIN_DECLS

/**
 * HablaInputQueue:
 *
 * Audio and text on their way into the graph of a pipeline. While there is no graph, raw audio and
 * text wait here for habla_input_queue_flush(). Audio in a container goes to a decoder, which is
 * there before the graph. Main thread only.
 *
 * Functions with an argument @graph take %NULL as long as the graph takes no input.
 */
typedef struct _HablaInputQueue HablaInputQueue;

/**
 * HablaInputQueueDecoded:
 * @error: (nullable): a %HABLA_ERROR that says why not all audio was decoded
 * @user_data: the argument of habla_input_queue_start_decoder()
 *
 * Called when the decoder has finished.
 */
typedef void (*HablaInputQueueDecoded) (const GError *error, gpointer user_data);

/**
 * habla_input_queue_new:
 * @options: the options of the pipeline
 *
 * Returns: (transfer full): an empty queue
 */
HablaInputQueue *habla_input_queue_new (const HablaPipelineOptions *options);

/**
 * habla_input_queue_free:
 * @self: (transfer full): a queue
 */
void habla_input_queue_free (HablaInputQueue *self);

/**
 * habla_input_queue_start_decoder:
 * @self: a queue
 * @header: (nullable): see habla_decoder_new()
 * @samples: (out) (transfer full): argument of habla_pipeline_graph_new()
 * @decoded: called once, unless the queue is cleared before
 * @user_data: passed to @decoded
 * @error: return location for an error of habla_decoder_new()
 *
 * From now on, pushed audio must be in a container.
 *
 * Returns: whether the decoder was started
 */
gboolean habla_input_queue_start_decoder (HablaInputQueue *self, GBytes *header, int *samples,
    HablaInputQueueDecoded decoded, gpointer user_data, GError **error);

/**
 * habla_input_queue_push_audio:
 * @self: a queue
 * @graph: (nullable): the graph
 * @audio: a chunk, which is not copied; an empty one is ignored
 *
 * Returns: whether @audio was taken; if not, the queue is full
 */
gboolean habla_input_queue_push_audio (
    HablaInputQueue *self, HablaPipelineGraph *graph, GBytes *audio);

/**
 * habla_input_queue_push_text:
 * @self: a queue
 * @graph: (nullable): the graph
 * @text: a typed utterance
 *
 * Returns: whether @text was taken; if not, the queue is full
 */
gboolean habla_input_queue_push_text (
    HablaInputQueue *self, HablaPipelineGraph *graph, const HablaUtterance *text);

/**
 * habla_input_queue_end_audio:
 * @self: a queue
 *
 * Tells the decoder that no more audio comes. It decodes what has been pushed.
 */
void habla_input_queue_end_audio (HablaInputQueue *self);

/**
 * habla_input_queue_flush:
 * @self: a queue
 * @graph: the graph, which now takes input
 *
 * Moves raw audio and text that were pushed before into the graph.
 */
void habla_input_queue_flush (HablaInputQueue *self, HablaPipelineGraph *graph);

/**
 * habla_input_queue_clear:
 * @self: a queue
 *
 * Discards what waits, and kills the decoder.
 */
void habla_input_queue_clear (HablaInputQueue *self);

/**
 * habla_input_queue_get_waiting:
 * @self: a queue
 * @graph: (nullable): the graph
 *
 * Returns: pushed audio that the graph or the decoder has not read, in bytes
 */
guint64 habla_input_queue_get_waiting (HablaInputQueue *self, HablaPipelineGraph *graph);

/**
 * habla_input_queue_is_full:
 * @self: a queue
 *
 * Returns: whether the last chunk of audio was not taken
 */
gboolean habla_input_queue_is_full (HablaInputQueue *self);

/**
 * habla_input_queue_get_header:
 * @self: a queue
 *
 * Returns: (transfer full) (nullable): see habla_pipeline_get_header()
 */
GBytes *habla_input_queue_get_header (HablaInputQueue *self);

G_END_DECLS
