/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/utterance.h>
#include <pipeline/pipeline-leak-check.h>
#include <pipeline/pipeline-options.h>
#include <pipeline/pipeline-stats.h>
#include <pipeline/speech/speech-tap.h>

G_BEGIN_DECLS

/**
 * HablaPipelineGraph:
 *
 * The #GstPipeline of a #HablaPipeline and its elements. Worker threads build, change and tear it
 * down, one call at a time; the main thread feeds it and samples it. Its fields do not change after
 * habla_pipeline_graph_new(), except for the probe that holds audio back, which belongs to the main
 * thread. It therefore needs no lock.
 */
typedef struct _HablaPipelineGraph HablaPipelineGraph;

/* Name of a message of type APPLICATION on the bus: the source element has ended. */
#define HABLA_PIPELINE_INPUT_OVER "habla/input-over"

/**
 * habla_pipeline_graph_new:
 * @options: what to build
 * @samples: (transfer full): reading end of the pipe of habla_decoder_steal_output(); -1 if there
 *   is no decoder
 * @error: return location for an error of habla_pipeline_template_create() or of an element
 *
 * Blocks while engines load.
 *
 * Returns: (transfer full) (nullable): a graph in state PAUSED, with captions in the source
 *   language. Call habla_pipeline_graph_tear_down() before the last
 *   habla_pipeline_graph_unref()
 */
HablaPipelineGraph *habla_pipeline_graph_new (
    const HablaPipelineOptions *options, int samples, GError **error);

/**
 * habla_pipeline_graph_ref:
 * @self: a graph
 *
 * Any thread may call this function.
 *
 * Returns: (transfer full): @self
 */
HablaPipelineGraph *habla_pipeline_graph_ref (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_unref:
 * @self: (transfer full): a graph
 *
 * Any thread may call this function.
 */
void habla_pipeline_graph_unref (HablaPipelineGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineGraph, habla_pipeline_graph_unref)

/**
 * habla_pipeline_graph_add_language:
 * @self: a graph
 * @language: a normalised BCP 47 code that the graph does not have
 * @error: return location; a warning on the bus has the reason
 *
 * Adds captions in @language. Blocks while engines load.
 *
 * Returns: whether it succeeded
 */
gboolean habla_pipeline_graph_add_language (
    HablaPipelineGraph *self, const char *language, GError **error);

/**
 * habla_pipeline_graph_remove_language:
 * @self: a graph
 * @language: a normalised BCP 47 code that the graph has
 *
 * Removes the captions in @language. May block.
 */
void habla_pipeline_graph_remove_language (HablaPipelineGraph *self, const char *language);

/**
 * habla_pipeline_graph_add_speech:
 * @self: a graph
 * @language: a normalised BCP 47 code whose speech the graph does not have
 * @tap: gets the speech
 * @error: return location; a warning on the bus has the reason
 *
 * Adds synthesized speech in @language. Blocks while engines load.
 *
 * Returns: whether it succeeded
 */
gboolean habla_pipeline_graph_add_speech (
    HablaPipelineGraph *self, const char *language, HablaSpeechTap *tap, GError **error);

/**
 * habla_pipeline_graph_remove_speech:
 * @self: a graph
 * @language: a normalised BCP 47 code
 *
 * Removes the speech in @language. May block. No-op if the graph does not have it.
 */
void habla_pipeline_graph_remove_speech (HablaPipelineGraph *self, const char *language);

/**
 * habla_pipeline_graph_play:
 * @self: a graph
 * @error: return location for an error
 *
 * Sets the state PLAYING. May block.
 *
 * Returns: whether it succeeded
 */
gboolean habla_pipeline_graph_play (HablaPipelineGraph *self, GError **error);

/**
 * habla_pipeline_graph_reset_clock:
 * @self: a graph whose clock was lost
 *
 * Selects another clock. May block.
 */
void habla_pipeline_graph_reset_clock (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_update_latency:
 * @self: a graph with an element whose latency has changed
 *
 * May block.
 */
void habla_pipeline_graph_update_latency (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_end_input:
 * @self: a graph
 *
 * Ends audio and text. What has been pushed is processed; audio that a source element has not
 * produced yet is not. The input of a decoder ends with its pipe. May block on a streaming thread.
 */
void habla_pipeline_graph_end_input (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_set_topic:
 * @self: a graph
 * @topic: (nullable): a topic; %NULL = a new session
 *
 * Sets the topic in the translators that use a language model. Does not block. Any thread may call
 * this function.
 */
void habla_pipeline_graph_set_topic (HablaPipelineGraph *self, const char *topic);

/**
 * habla_pipeline_graph_update_glossary:
 * @self: a graph
 *
 * Lets the translators use the glossaries of their room as they are now. Any thread may call this
 * function.
 */
void habla_pipeline_graph_update_glossary (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_start_leak_check:
 * @self: a graph before habla_pipeline_graph_tear_down()
 *
 * Returns: (transfer full): a check of the objects that must be freed with the last reference to
 *   the graph
 */
HablaPipelineLeakCheck *habla_pipeline_graph_start_leak_check (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_tear_down:
 * @self: a graph
 *
 * Sets the state NULL: afterwards it has no streaming threads. Blocks until they have ended.
 */
void habla_pipeline_graph_tear_down (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_get_bus:
 * @self: a graph
 *
 * Returns: (transfer full): its bus
 */
GstBus *habla_pipeline_graph_get_bus (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_is_live:
 * @self: a graph
 *
 * Returns: whether its source element is live
 */
gboolean habla_pipeline_graph_is_live (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_release_audio:
 * @self: a graph that plays
 *
 * Lets audio of a source element or a decoder through. It is held back until then, so that no
 * utterance can precede the change to %HABLA_PIPELINE_LISTENING. Main thread only, as the following
 * functions.
 */
void habla_pipeline_graph_release_audio (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_has_audio:
 * @self: a graph
 *
 * Returns: whether any audio was decoded
 */
gboolean habla_pipeline_graph_has_audio (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_find_decode_time:
 * @self: a graph
 * @end: running time, in nanoseconds
 *
 * Returns: see habla_decoded_audio_probe_find_time()
 */
gint64 habla_pipeline_graph_find_decode_time (HablaPipelineGraph *self, guint64 end);

/**
 * habla_pipeline_graph_push_audio:
 * @self: a graph for pushed audio without a container
 * @audio: raw audio, which is not copied
 */
void habla_pipeline_graph_push_audio (HablaPipelineGraph *self, GBytes *audio);

/**
 * habla_pipeline_graph_push_text:
 * @self: a graph
 * @text: a typed utterance
 *
 * Returns: whether it was taken
 */
gboolean habla_pipeline_graph_push_text (HablaPipelineGraph *self, const HablaUtterance *text);

/**
 * habla_pipeline_graph_get_waiting:
 * @self: a graph
 *
 * Returns: pushed raw audio that has not been read, in bytes
 */
guint64 habla_pipeline_graph_get_waiting (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_get_waiting_chunks:
 * @self: a graph
 *
 * Returns: pushed raw audio that has not been read, in chunks
 */
guint64 habla_pipeline_graph_get_waiting_chunks (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_get_waiting_text:
 * @self: a graph
 *
 * Returns: pushed text that has not been read, in bytes
 */
guint64 habla_pipeline_graph_get_waiting_text (HablaPipelineGraph *self);

/**
 * habla_pipeline_graph_sample:
 * @self: a graph
 * @overload: level of overload; see #HablaOverload
 * @stats: (inout): statistics, of which those that elements keep are updated
 *
 * Reads the statistics of all elements, and turns their partial hypotheses on or off as @overload
 * says.
 */
void habla_pipeline_graph_sample (
    HablaPipelineGraph *self, guint overload, HablaPipelineStats *stats);

G_END_DECLS
