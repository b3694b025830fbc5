/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-graph.h"

#include "pipeline/audio-devices.h"
#include "pipeline/decoded-audio-probe.h"
#include "pipeline/engines/engine-registry.h"
#include "pipeline/engines/server-stats.h"
#include "pipeline/engines/topic.h"
#include "pipeline/glossary.h"
#include "pipeline/speech/speech-branch.h"
#include "pipeline/template/pipeline-template.h"

#include <decoder/decoder.h>
#include <habla/error.h>
#include <habla/utterance-meta.h>
#include <string.h>
#include <unistd.h>

/* Launch fragment for pushed audio without a container. */
#define RAW_SOURCE "appsrc name=audio ! rawaudioparse use-sink-caps=true"

/* Bytes of a buffer of decoded audio: 20 ms, like the frames of most containers. */
#define SAMPLES_SIZE (HABLA_DECODER_RATE / 50 * 2)

/* Audio that may arrive at once without being a backlog: recorders send chunks of a second. */
#define LARGEST_CHUNK (2 * GST_SECOND)

struct _HablaPipelineGraph {
  GstElement *pipeline;
  GstElement *interpreter;
  GstElement *text;  /* appsrc */
  GstElement *audio; /* appsrc for raw audio, fdsrc for decoded audio; NULL = not pushed */
  int samples;       /* the pipe that the fdsrc reads; -1 = none */
  HablaDecodedAudioProbe *probe;
  GstPad *sinkpad;   /* of the interpreter, for audio */
  gulong hold_probe; /* holds audio back; 0 = none */
  HablaPipelineGlossary *glossary;
  HablaPipelineTopic *topic;
  gboolean is_live;
};

/* After a failed state change. The bus is not watched yet. */
static void
graph_pop_error (HablaPipelineGraph *self, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message != NULL)
    gst_message_parse_error (message, error, NULL);
  else
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The pipeline cannot start; run hablad with GST_DEBUG=3 for details");
}

static GstElement *
graph_create_pipeline (const HablaPipelineOptions *options, GError **error)
{
  g_autoptr (HablaPipelineTemplate) template =
      habla_pipeline_template_load (options->pipeline, error);
  g_autofree char *source = NULL;

  if (template == NULL || !habla_pipeline_template_set (template, "from", options->from, error))
    return NULL;
  if (options->input == HABLA_PIPELINE_INPUT_TYPED &&
      !habla_pipeline_template_set (template, "audio", "", error))
    return NULL;
  if (options->input == HABLA_PIPELINE_INPUT_SOURCE) {
    /* Clients send one channel; microphones and sound cards have several. */
    source = g_strconcat (options->source, " ! audioconvert ! monomixer", NULL);
    if (!habla_pipeline_template_set (template, "source", source, error))
      return NULL;
  }
  if (options->input == HABLA_PIPELINE_INPUT_PUSHED && options->raw_caps != NULL &&
      !habla_pipeline_template_set (template, "source", RAW_SOURCE, error))
    return NULL;
  return habla_pipeline_template_create (template, error);
}

static gboolean
element_has_property (GstElement *element, const char *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), name) != NULL;
}

static gboolean
graph_find_elements (HablaPipelineGraph *self, const HablaPipelineOptions *options, GError **error)
{
  self->interpreter = gst_bin_get_by_name (GST_BIN (self->pipeline), "interpreter");
  self->text = gst_bin_get_by_name (GST_BIN (self->pipeline), "text");
  self->audio = gst_bin_get_by_name (GST_BIN (self->pipeline), "audio");
  if (self->interpreter != NULL && self->text != NULL &&
      (self->audio != NULL) == (options->input == HABLA_PIPELINE_INPUT_PUSHED) &&
      (self->samples < 0 || element_has_property (self->audio, "fd")))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "The pipeline template “%s” cannot be used by hablad: it must have a hablainterpreter named "
      "“interpreter”, an appsrc named “text” and, for pushed audio, an fdsrc named “audio”, as the "
      "template “session” has",
      options->pipeline);
  return FALSE;
}

/* @launch: (nullable): NULL = the interpreter chooses */
static gboolean
graph_set_engine (
    HablaPipelineGraph *self, HablaEngineKind kind, const char *launch, GError **error)
{
  g_autoptr (GstElement) engine = NULL;

  if (launch == NULL)
    return TRUE;
  engine = habla_engine_create_named (launch, error);
  if (engine == NULL)
    return FALSE;
  g_object_set (self->interpreter, habla_engine_kind_get_name (kind), engine, NULL);
  return TRUE;
}

static GstPadProbeReturn
graph_hold_audio (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* Streaming thread: reports the end of a source element. */
static GstPadProbeReturn
graph_watch_eos (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_autoptr (GstElement) element = NULL;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  element = gst_pad_get_parent_element (pad);
  if (element != NULL)
    gst_element_post_message (element, gst_message_new_application (GST_OBJECT (element),
                                           gst_structure_new_empty (HABLA_PIPELINE_INPUT_OVER)));
  return GST_PAD_PROBE_OK;
}

static void
graph_prepare_input (HablaPipelineGraph *self, const HablaPipelineOptions *options)
{
  self->sinkpad = gst_element_get_static_pad (self->interpreter, "sink");
  self->probe = habla_decoded_audio_probe_new (
      self->sinkpad, options->input == HABLA_PIPELINE_INPUT_PUSHED, options->tap);
  if (self->audio != NULL && options->raw_caps != NULL)
    gst_util_set_object_arg (G_OBJECT (self->audio), "caps", options->raw_caps);
  if (self->samples >= 0)
    g_object_set (self->audio, "fd", self->samples, "blocksize", SAMPLES_SIZE, NULL);
  if (options->input == HABLA_PIPELINE_INPUT_SOURCE)
    gst_pad_add_probe (
        self->sinkpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, graph_watch_eos, NULL, NULL);
  else if (self->samples < 0)
    return;
  self->hold_probe = gst_pad_add_probe (
      self->sinkpad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, graph_hold_audio, NULL, NULL);
}

HablaPipelineGraph *
habla_pipeline_graph_new (const HablaPipelineOptions *options, int samples, GError **error)
{
  g_autoptr (HablaPipelineGraph) self = g_atomic_rc_box_new0 (HablaPipelineGraph);
  gboolean has_source = options->input == HABLA_PIPELINE_INPUT_SOURCE;
  GstStateChangeReturn ret;

  self->samples = samples;
  if (has_source && !habla_audio_devices_prepare (options->source, error))
    return NULL;
  self->pipeline = graph_create_pipeline (options, error);
  if (self->pipeline == NULL || !graph_find_elements (self, options, error) ||
      !graph_set_engine (self, HABLA_ENGINE_TRANSCRIBER, options->transcriber, error) ||
      !graph_set_engine (self, HABLA_ENGINE_TRANSLATOR, options->translator, error) ||
      !graph_set_engine (self, HABLA_ENGINE_SYNTHESIZER, options->synthesizer, error))
    return NULL;
  g_object_set (self->interpreter, "preferred-transcriber", options->preferred_transcriber,
      "preferred-translator", options->preferred_translator, NULL);
  if (options->detected != NULL)
    g_object_set (self->interpreter, "input-language-code", options->detected, NULL);
  self->glossary =
      habla_pipeline_glossary_new (options->glossary, options->glossaries, options->glossary_room);
  habla_pipeline_glossary_attach (self->glossary, GST_BIN (self->interpreter));
  self->topic = habla_pipeline_topic_new (options->topic);
  habla_pipeline_topic_attach (self->topic, GST_BIN (self->interpreter));
  if (options->annotator != NULL)
    habla_annotator_attach (options->annotator, GST_BIN (self->interpreter), options->from);
  graph_prepare_input (self, options);
  if (!habla_pipeline_graph_add_language (self, options->from, error))
    return NULL;
  ret = gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  if (has_source)
    habla_audio_devices_report (options->source, ret != GST_STATE_CHANGE_FAILURE);
  self->is_live = ret == GST_STATE_CHANGE_NO_PREROLL;
  if (ret != GST_STATE_CHANGE_FAILURE)
    return g_steal_pointer (&self);
  graph_pop_error (self, error);
  habla_pipeline_graph_tear_down (self);
  return NULL;
}

static void
graph_clear (HablaPipelineGraph *self)
{
  g_clear_pointer (&self->glossary, habla_pipeline_glossary_unref);
  g_clear_pointer (&self->topic, habla_pipeline_topic_unref);
  g_clear_pointer (&self->probe, habla_decoded_audio_probe_unref);
  gst_clear_object (&self->sinkpad);
  gst_clear_object (&self->audio);
  gst_clear_object (&self->text);
  gst_clear_object (&self->interpreter);
  gst_clear_object (&self->pipeline);
  if (self->samples >= 0)
    close (self->samples);
}

HablaPipelineGraph *
habla_pipeline_graph_ref (HablaPipelineGraph *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
habla_pipeline_graph_unref (HablaPipelineGraph *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) graph_clear);
}

void
habla_pipeline_graph_update_glossary (HablaPipelineGraph *self)
{
  habla_pipeline_glossary_update (self->glossary, GST_BIN (self->interpreter));
}

void
habla_pipeline_graph_set_topic (HablaPipelineGraph *self, const char *topic)
{
  habla_pipeline_topic_set (self->topic, GST_BIN (self->interpreter), topic);
}

HablaPipelineLeakCheck *
habla_pipeline_graph_start_leak_check (HablaPipelineGraph *self)
{
  return habla_pipeline_leak_check_new (self->pipeline);
}

void
habla_pipeline_graph_tear_down (HablaPipelineGraph *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

GstBus *
habla_pipeline_graph_get_bus (HablaPipelineGraph *self)
{
  return gst_element_get_bus (self->pipeline);
}

gboolean
habla_pipeline_graph_is_live (HablaPipelineGraph *self)
{
  return self->is_live;
}

gboolean
habla_pipeline_graph_has_audio (HablaPipelineGraph *self)
{
  return habla_decoded_audio_probe_get_duration (self->probe) > 0;
}

gint64
habla_pipeline_graph_find_decode_time (HablaPipelineGraph *self, guint64 end)
{
  return habla_decoded_audio_probe_find_time (self->probe, end);
}

gboolean
habla_pipeline_graph_add_language (HablaPipelineGraph *self, const char *language, GError **error)
{
  g_autofree char *pad_name = g_strconcat ("captions_", language, NULL);
  g_autofree char *sink_name = g_strconcat ("captions-", language, NULL);
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (self->interpreter, pad_name);
  GstElement *sink;

  if (pad == NULL) {
    g_set_error (
        error, HABLA_ERROR, HABLA_ERROR_LANGUAGE, "There cannot be captions in “%s”", language);
    return FALSE;
  }
  sink = gst_element_factory_make ("captionsink", sink_name);
  if (sink == NULL) {
    gst_element_release_request_pad (self->interpreter, pad);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “captionsink”; reinstall Habla");
    return FALSE;
  }
  gst_bin_add (GST_BIN (self->pipeline), sink);
  /* A source element that contains a decodebin sets the pipeline to PAUSED and back to PLAYING.
   * Without the lock, the sink could stay in PAUSED. */
  GST_STATE_LOCK (self->pipeline);
  gst_element_sync_state_with_parent (sink);
  GST_STATE_UNLOCK (self->pipeline);
  gst_element_link_pads (self->interpreter, pad_name, sink, "sink");
  return TRUE;
}

void
habla_pipeline_graph_remove_language (HablaPipelineGraph *self, const char *language)
{
  g_autofree char *pad_name = g_strconcat ("captions_", language, NULL);
  g_autofree char *sink_name = g_strconcat ("captions-", language, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->interpreter, pad_name);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (self->pipeline), sink_name);

  g_return_if_fail (pad != NULL && sink != NULL);
  gst_element_release_request_pad (self->interpreter, pad);
  gst_element_set_locked_state (sink, TRUE);
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), sink);
}

gboolean
habla_pipeline_graph_add_speech (
    HablaPipelineGraph *self, const char *language, HablaSpeechTap *tap, GError **error)
{
  return habla_speech_branch_add (
      GST_BIN (self->pipeline), self->interpreter, language, tap, error);
}

void
habla_pipeline_graph_remove_speech (HablaPipelineGraph *self, const char *language)
{
  habla_speech_branch_remove (GST_BIN (self->pipeline), self->interpreter, language);
}

gboolean
habla_pipeline_graph_play (HablaPipelineGraph *self, GError **error)
{
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The pipeline cannot play; run hablad with GST_DEBUG=3 for details");
    return FALSE;
  }
  return TRUE;
}

void
habla_pipeline_graph_release_audio (HablaPipelineGraph *self)
{
  if (self->hold_probe != 0)
    gst_pad_remove_probe (self->sinkpad, self->hold_probe);
  self->hold_probe = 0;
}

void
habla_pipeline_graph_reset_clock (HablaPipelineGraph *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

void
habla_pipeline_graph_update_latency (HablaPipelineGraph *self)
{
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
}

static void
graph_end_source (const GValue *value, gpointer data)
{
  HablaPipelineGraph *self = data;
  GstElement *source = g_value_get_object (value);

  if (source != self->text && source != self->audio)
    gst_element_send_event (source, gst_event_new_eos ());
}

void
habla_pipeline_graph_end_input (HablaPipelineGraph *self)
{
  g_autoptr (GstIterator) sources = gst_bin_iterate_sources (GST_BIN (self->pipeline));
  GstFlowReturn flow;

  g_signal_emit_by_name (self->text, "end-of-stream", &flow);
  if (self->audio != NULL && self->samples < 0)
    g_signal_emit_by_name (self->audio, "end-of-stream", &flow);
  while (gst_iterator_foreach (sources, graph_end_source, self) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (sources);
}

void
habla_pipeline_graph_push_audio (HablaPipelineGraph *self, GBytes *audio)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (audio);
  GstFlowReturn flow;

  g_signal_emit_by_name (self->audio, "push-buffer", buffer, &flow);
}

guint64
habla_pipeline_graph_get_waiting (HablaPipelineGraph *self)
{
  guint64 waiting = 0;

  if (self->audio != NULL && self->samples < 0)
    g_object_get (self->audio, "current-level-bytes", &waiting, NULL);
  return waiting;
}

guint64
habla_pipeline_graph_get_waiting_chunks (HablaPipelineGraph *self)
{
  guint64 chunks = 0;

  if (self->audio != NULL && self->samples < 0)
    g_object_get (self->audio, "current-level-buffers", &chunks, NULL);
  return chunks;
}

guint64
habla_pipeline_graph_get_waiting_text (HablaPipelineGraph *self)
{
  guint64 waiting;

  g_object_get (self->text, "current-level-bytes", &waiting, NULL);
  return waiting;
}

gboolean
habla_pipeline_graph_push_text (HablaPipelineGraph *self, const HablaUtterance *text)
{
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  buffer = habla_utterance_to_buffer (text, &segment);
  g_signal_emit_by_name (self->text, "push-buffer", buffer, &flow);
  return flow == GST_FLOW_OK;
}

/* Sums over the elements of a graph. */
typedef struct {
  HablaPipelineStats *stats;
  guint overload;
  guint64 recognised; /* in ns of audio */
  guint64 restarts;
  gboolean has_transcriber;
} Sample;

/* Turns partial hypotheses of @element off, or on again if they were turned off here. */
static void
element_set_partials (GstElement *element, gboolean are_wanted)
{
  static const char mark[] = "habla-partials-turned-off";
  gboolean are_turned_off = g_object_get_data (G_OBJECT (element), mark) != NULL;
  gboolean are_on;

  if (are_turned_off != are_wanted || !element_has_property (element, "partials"))
    return;
  g_object_get (element, "partials", &are_on, NULL);
  if (!are_wanted && !are_on)
    return;
  g_object_set (element, "partials", are_wanted, NULL);
  g_object_set_data (G_OBJECT (element), mark, are_wanted ? NULL : element);
}

static void
sample_add_stats (Sample *sample, GstElement *element)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 retried = 0;
  guint in_flight = 0;

  g_object_get (element, "stats", &stats, NULL);
  if (stats != NULL && gst_structure_has_name (stats, "habla/transcriber-stats")) {
    gst_structure_get_uint64 (stats, "speech-time", &sample->stats->speech_time);
    sample->has_transcriber = gst_structure_get_uint64 (stats, "audio-time", &sample->recognised);
    element_set_partials (element, sample->overload < 2);
  } else if (stats != NULL && gst_structure_has_name (stats, "habla/translator-stats")) {
    gst_structure_get_uint (stats, "in-flight", &in_flight);
    gst_structure_get_uint64 (stats, "retried", &retried);
    sample->stats->in_flight += in_flight;
    sample->restarts += retried;
    element_set_partials (element, sample->overload < 1);
  }
}

static void
sample_add_element (const GValue *value, gpointer data)
{
  Sample *sample = data;
  GstElement *element = g_value_get_object (value);
  GstElementFactory *factory = gst_element_get_factory (element);
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), "stats");
  guint level = 0;

  if (factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "queue")) {
    g_object_get (element, "current-level-buffers", &level, NULL);
    sample->stats->queue += level;
  } else if (pspec != NULL && pspec->value_type == GST_TYPE_STRUCTURE) {
    sample_add_stats (sample, element);
    habla_server_stats_collect (element);
  }
}

/* @lag: in nanoseconds. Returns: how long the audio after @recognised has waited, or will have */
static guint64
graph_get_delay (HablaPipelineGraph *self, guint64 recognised, guint64 lag)
{
  gint64 arrival = habla_decoded_audio_probe_find_time (self->probe, recognised + 1);
  gint64 now = g_get_monotonic_time ();
  guint64 excess = lag > LARGEST_CHUNK ? lag - LARGEST_CHUNK : 0;

  /* The time of arrival of much older audio is not kept. */
  if (arrival == 0)
    return lag;
  return MAX (excess, MIN (lag, (guint64) MAX (now - arrival, 0) * 1000));
}

void
habla_pipeline_graph_sample (HablaPipelineGraph *self, guint overload, HablaPipelineStats *stats)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (self->pipeline));
  Sample sample = { stats, overload };
  GstIteratorResult result;
  guint64 decoded = habla_decoded_audio_probe_get_duration (self->probe);

  do {
    stats->queue = 0;
    stats->in_flight = 0;
    sample.restarts = 0;
    result = gst_iterator_foreach (elements, sample_add_element, &sample);
    gst_iterator_resync (elements);
  } while (result == GST_ITERATOR_RESYNC);
  stats->queue_peak = MAX (stats->queue_peak, stats->queue);
  stats->engine_restarts = MAX (stats->engine_restarts, sample.restarts);
  stats->recognised = MAX (stats->recognised, sample.recognised);
  stats->lag =
      sample.has_transcriber && decoded > sample.recognised ? decoded - sample.recognised : 0;
  stats->delay = graph_get_delay (self, sample.recognised, stats->lag);
}
