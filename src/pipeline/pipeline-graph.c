/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-graph.h"

#include "pipeline/audio-devices.h"
#include "pipeline/decoded-audio-probe.h"
#include "pipeline/pipeline-template.h"

#include <decoder/decoder.h>
#include <habla/error.h>
#include <habla/utterance-meta.h>
#include <string.h>
#include <unistd.h>

/* Pushed audio without a container. */
#define RAW_SOURCE "appsrc name=audio ! rawaudioparse use-sink-caps=true"

/* Bytes of a buffer of decoded audio: 20 ms, as most containers have. */
#define SAMPLES_SIZE (HABLA_DECODER_RATE / 50 * 2)

struct _HablaPipelineGraph {
  GstElement *pipeline;
  GstElement *interpreter;
  GstElement *text;  /* appsrc */
  GstElement *audio; /* appsrc for raw audio, fdsrc for decoded audio; NULL = not pushed */
  int samples;       /* the pipe that the fdsrc reads; -1 = none */
  HablaDecodedAudioProbe *heard;
  GstPad *sinkpad;  /* of the interpreter, for audio */
  gulong hold;      /* a probe that holds audio back until the session listens; 0 = none */
  gboolean is_live; /* set on the way to PAUSED */
};

/* What lies on the bus when a state change has failed. Nobody else reads it yet. */
static void
take_error (HablaPipelineGraph *self, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  if (message != NULL)
    gst_message_parse_error (message, error, NULL);
  else
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The pipeline does not start; GST_DEBUG=3 tells more");
}

static GstElement *
create_pipeline (const HablaPipelineOptions *options, GError **error)
{
  g_autoptr (HablaPipelineTemplate) description =
      habla_pipeline_template_load (options->pipeline, error);

  if (description == NULL ||
      !habla_pipeline_template_set (description, "from", options->from, error))
    return NULL;
  if (options->input == HABLA_PIPELINE_INPUT_TYPED &&
      !habla_pipeline_template_set (description, "audio", "", error))
    return NULL;
  if (options->input == HABLA_PIPELINE_INPUT_SOURCE &&
      !habla_pipeline_template_set (description, "source", options->source, error))
    return NULL;
  if (options->input == HABLA_PIPELINE_INPUT_PUSHED && options->raw_caps != NULL &&
      !habla_pipeline_template_set (description, "source", RAW_SOURCE, error))
    return NULL;
  return habla_pipeline_template_create (description, error);
}

static gboolean
has_property (GstElement *element, const char *name)
{
  return element != NULL &&
         g_object_class_find_property (G_OBJECT_GET_CLASS (element), name) != NULL;
}

static gboolean
find_elements (HablaPipelineGraph *self, const HablaPipelineOptions *options, GError **error)
{
  self->interpreter = gst_bin_get_by_name (GST_BIN (self->pipeline), "interpreter");
  self->text = gst_bin_get_by_name (GST_BIN (self->pipeline), "text");
  self->audio = gst_bin_get_by_name (GST_BIN (self->pipeline), "audio");
  if (self->interpreter != NULL && self->text != NULL &&
      (self->audio != NULL) == (options->input == HABLA_PIPELINE_INPUT_PUSHED) &&
      (self->samples < 0 || has_property (self->audio, "fd")))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "The pipeline %s does not suit a session: it needs a hablainterpreter with the name "
      "“interpreter”, an appsrc “text”, and, for pushed audio, an fdsrc “audio”; see "
      "“session”",
      options->pipeline);
  return FALSE;
}

static GstPadProbeReturn
hold_audio (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* Streaming thread: an own source has come to its end. */
static GstPadProbeReturn
watch_end (GstPad *pad, GstPadProbeInfo *info, gpointer data)
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
prepare_input (HablaPipelineGraph *self, const HablaPipelineOptions *options)
{
  self->sinkpad = gst_element_get_static_pad (self->interpreter, "sink");
  self->heard = habla_decoded_audio_probe_new (
      self->sinkpad, options->input == HABLA_PIPELINE_INPUT_PUSHED, options->tap);
  if (self->audio != NULL && options->raw_caps != NULL)
    gst_util_set_object_arg (G_OBJECT (self->audio), "caps", options->raw_caps);
  if (self->samples >= 0)
    g_object_set (self->audio, "fd", self->samples, "blocksize", SAMPLES_SIZE, NULL);
  if (options->input == HABLA_PIPELINE_INPUT_SOURCE)
    gst_pad_add_probe (self->sinkpad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch_end, NULL, NULL);
  else if (self->samples < 0)
    return;
  self->hold = gst_pad_add_probe (
      self->sinkpad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, hold_audio, NULL, NULL);
}

/**
 * habla_pipeline_graph_new:
 * @samples: (transfer full): reading end of a pipe of samples, from habla_decoder_steal_output();
 *   -1 = the audio comes from somewhere else
 * @error: return location: what habla_pipeline_template_create() gives, or what an
 *   element said
 *
 * Returns: (transfer full) (nullable): a pipeline in PAUSED with the language that is spoken;
 *   habla_pipeline_graph_stop() it
 */
HablaPipelineGraph *
habla_pipeline_graph_new (const HablaPipelineOptions *options, int samples, GError **error)
{
  g_autoptr (HablaPipelineGraph) self = g_atomic_rc_box_new0 (HablaPipelineGraph);
  gboolean has_source = options->input == HABLA_PIPELINE_INPUT_SOURCE;
  GstStateChangeReturn ret;

  self->samples = samples;
  if (has_source && !habla_audio_devices_prepare (options->source, error))
    return NULL;
  self->pipeline = create_pipeline (options, error);
  if (self->pipeline == NULL || !find_elements (self, options, error))
    return NULL;
  prepare_input (self, options);
  if (!habla_pipeline_graph_add_language (self, options->from, error))
    return NULL;
  ret = gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  if (has_source)
    habla_audio_devices_report (options->source, ret != GST_STATE_CHANGE_FAILURE);
  self->is_live = ret == GST_STATE_CHANGE_NO_PREROLL;
  if (ret != GST_STATE_CHANGE_FAILURE)
    return g_steal_pointer (&self);
  take_error (self, error);
  habla_pipeline_graph_stop (self);
  return NULL;
}

static void
graph_clear (HablaPipelineGraph *self)
{
  g_clear_pointer (&self->heard, habla_decoded_audio_probe_unref);
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

/* Returns: (transfer full): what must be gone when nobody has a reference on it any more */
HablaPipelineLeakCheck *
habla_pipeline_graph_start_leak_check (HablaPipelineGraph *self)
{
  return habla_pipeline_leak_check_new (self->pipeline);
}

/* Takes it down: afterwards no thread of it is left, and nothing but references. */
void
habla_pipeline_graph_stop (HablaPipelineGraph *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

/* Returns: (transfer full): its bus */
GstBus *
habla_pipeline_graph_get_bus (HablaPipelineGraph *self)
{
  return gst_element_get_bus (self->pipeline);
}

/* Whether its audio comes as it is spoken. */
gboolean
habla_pipeline_graph_is_live (HablaPipelineGraph *self)
{
  return self->is_live;
}

/* Whether any audio was decoded. */
gboolean
habla_pipeline_graph_has_heard (HablaPipelineGraph *self)
{
  return habla_decoded_audio_probe_get_time (self->heard) > 0;
}

/* Returns: when the audio up to running time @end had come: see habla_decoded_audio_probe_find() */
gint64
habla_pipeline_graph_find_heard (HablaPipelineGraph *self, guint64 end)
{
  return habla_decoded_audio_probe_find (self->heard, end);
}

/**
 * habla_pipeline_graph_add_language:
 * @language: a normalised BCP 47 code that it does not have
 * @error: return location; the bus has a warning with the reason
 *
 * Returns: whether there are captions in it from now on
 */
gboolean
habla_pipeline_graph_add_language (HablaPipelineGraph *self, const char *language, GError **error)
{
  g_autofree char *pad_name = g_strconcat ("captions_", language, NULL);
  g_autofree char *sink_name = g_strconcat ("captions-", language, NULL);
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (self->interpreter, pad_name);
  GstElement *sink;

  if (pad == NULL) {
    g_set_error (
        error, HABLA_ERROR, HABLA_ERROR_LANGUAGE, "There are no captions in “%s”", language);
    return FALSE;
  }
  sink = gst_element_factory_make ("captionsink", sink_name);
  if (sink == NULL) {
    gst_element_release_request_pad (self->interpreter, pad);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “captionsink”; install Habla's plugins");
    return FALSE;
  }
  gst_bin_add (GST_BIN (self->pipeline), sink);
  /* A source of the daemon's own with a decodebin takes the pipeline to PAUSED and back to PLAYING
   * by itself; in between, the sink would be left behind in PAUSED. */
  GST_STATE_LOCK (self->pipeline);
  gst_element_sync_state_with_parent (sink);
  GST_STATE_UNLOCK (self->pipeline);
  gst_element_link_pads (self->interpreter, pad_name, sink, "sink");
  return TRUE;
}

/* Of a language that it has. */
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

/* Lets everything flow. */
gboolean
habla_pipeline_graph_play (HablaPipelineGraph *self, GError **error)
{
  if (gst_element_set_state (self->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The pipeline does not play; GST_DEBUG=3 tells more");
    return FALSE;
  }
  return TRUE;
}

/* Lets audio that comes by itself through; not before, so that nobody hears of an utterance before
 * the session listens. */
void
habla_pipeline_graph_release_audio (HablaPipelineGraph *self)
{
  if (self->hold != 0)
    gst_pad_remove_probe (self->sinkpad, self->hold);
  self->hold = 0;
}

void
habla_pipeline_graph_take_new_clock (HablaPipelineGraph *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

void
habla_pipeline_graph_take_new_latency (HablaPipelineGraph *self)
{
  gst_bin_recalculate_latency (GST_BIN (self->pipeline));
}

static void
end_source (const GValue *value, gpointer data)
{
  HablaPipelineGraph *self = data;
  GstElement *source = g_value_get_object (value);

  if (source != self->text && source != self->audio)
    gst_element_send_event (source, gst_event_new_eos ());
}

/* Audio and text that have been pushed are processed before the end; audio that the daemon's own
 * source has not produced yet is not. Decoded audio ends with its pipe. May block on a streaming
 * thread. */
void
habla_pipeline_graph_end_input (HablaPipelineGraph *self)
{
  g_autoptr (GstIterator) sources = gst_bin_iterate_sources (GST_BIN (self->pipeline));
  GstFlowReturn flow;

  g_signal_emit_by_name (self->text, "end-of-stream", &flow);
  if (self->audio != NULL && self->samples < 0)
    g_signal_emit_by_name (self->audio, "end-of-stream", &flow);
  while (gst_iterator_foreach (sources, end_source, self) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (sources);
}

/* Raw audio. Never blocks, and copies nothing: the buffer waits in the appsrc. */
void
habla_pipeline_graph_push_audio (HablaPipelineGraph *self, GBytes *audio)
{
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (audio);
  GstFlowReturn flow;

  g_signal_emit_by_name (self->audio, "push-buffer", buffer, &flow);
}

/* Returns: bytes of raw audio that the pipeline has not taken */
guint64
habla_pipeline_graph_get_waiting (HablaPipelineGraph *self)
{
  guint64 waiting = 0;

  if (self->audio != NULL && self->samples < 0)
    g_object_get (self->audio, "current-level-bytes", &waiting, NULL);
  return waiting;
}

/* Returns: in how many pieces that audio waits */
guint64
habla_pipeline_graph_get_waiting_pieces (HablaPipelineGraph *self)
{
  guint64 pieces = 0;

  if (self->audio != NULL && self->samples < 0)
    g_object_get (self->audio, "current-level-buffers", &pieces, NULL);
  return pieces;
}

/* Returns: bytes of pushed text that the pipeline has not taken */
guint64
habla_pipeline_graph_get_waiting_text (HablaPipelineGraph *self)
{
  guint64 waiting;

  g_object_get (self->text, "current-level-bytes", &waiting, NULL);
  return waiting;
}

/* Returns: whether it was taken */
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

/* What a look at all elements adds up. */
typedef struct {
  HablaPipelineStats *figures;
  guint overload;
  guint64 recognised; /* ns of audio */
  guint64 restarts;
  gboolean has_transcriber;
} Look;

/* Leaves partial hypotheses out, or no longer; what the pipeline never had it does not get. */
static void
set_partials (GstElement *element, gboolean are_wanted)
{
  static const char mark[] = "habla-session-left-out";
  gboolean left_out = g_object_get_data (G_OBJECT (element), mark) != NULL;
  gboolean has_them;

  if (left_out != are_wanted ||
      g_object_class_find_property (G_OBJECT_GET_CLASS (element), "partials") == NULL)
    return;
  g_object_get (element, "partials", &has_them, NULL);
  if (!are_wanted && !has_them)
    return;
  g_object_set (element, "partials", are_wanted, NULL);
  g_object_set_data (G_OBJECT (element), mark, are_wanted ? NULL : element);
}

static void
look_at_stats (Look *look, GstElement *element)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 retried = 0;
  guint in_flight = 0;

  g_object_get (element, "stats", &stats, NULL);
  if (stats != NULL && gst_structure_has_name (stats, "habla/transcriber-stats")) {
    gst_structure_get_uint64 (stats, "speech-time", &look->figures->speech_time);
    look->has_transcriber = gst_structure_get_uint64 (stats, "audio-time", &look->recognised);
    set_partials (element, look->overload < 2);
  } else if (stats != NULL && gst_structure_has_name (stats, "habla/translator-stats")) {
    gst_structure_get_uint (stats, "in-flight", &in_flight);
    gst_structure_get_uint64 (stats, "retried", &retried);
    look->figures->in_flight += in_flight;
    look->restarts += retried;
    set_partials (element, look->overload < 1);
  }
}

static void
look_at (const GValue *value, gpointer data)
{
  Look *look = data;
  GstElement *element = g_value_get_object (value);
  GstElementFactory *factory = gst_element_get_factory (element);
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), "stats");
  guint level = 0;

  if (factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "queue")) {
    g_object_get (element, "current-level-buffers", &level, NULL);
    look->figures->queue += level;
  } else if (pspec != NULL && pspec->value_type == GST_TYPE_STRUCTURE) {
    look_at_stats (look, element);
  }
}

/**
 * habla_pipeline_graph_look:
 * @overload: what is to be left out: see #HablaPipelineStats
 * @figures: those that the elements know are brought up to date
 */
void
habla_pipeline_graph_look (HablaPipelineGraph *self, guint overload, HablaPipelineStats *figures)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (self->pipeline));
  Look look = { figures, overload };
  GstIteratorResult result;
  guint64 heard = habla_decoded_audio_probe_get_time (self->heard);

  do {
    figures->queue = 0;
    figures->in_flight = 0;
    look.restarts = 0;
    result = gst_iterator_foreach (elements, look_at, &look);
    gst_iterator_resync (elements);
  } while (result == GST_ITERATOR_RESYNC);
  figures->queue_peak = MAX (figures->queue_peak, figures->queue);
  figures->engine_restarts = MAX (figures->engine_restarts, look.restarts);
  figures->recognised = MAX (figures->recognised, look.recognised);
  figures->lag = look.has_transcriber && heard > look.recognised ? heard - look.recognised : 0;
}
