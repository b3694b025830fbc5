/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-private.h"

#include <decoder/decoder-text.h>
#include <habla/error.h>
#include <habla/language.h>
#include <string.h>
#include <util/source.h>

/* How long to wait for the last chunk of a recorder after a stop, in milliseconds. */
#define LAST_AUDIO_TIMEOUT 2000
/* In milliseconds. */
#define SAMPLE_INTERVAL 500
static guint signals[HABLA_PIPELINE_N_SIGNALS];

/* Number of pipelines that have not closed. Main thread only. */
static guint n_open;

G_DEFINE_FINAL_TYPE (HablaPipeline, habla_pipeline, G_TYPE_OBJECT)

void
habla_pipeline_log (HablaPipeline *self, GLogLevelFlags level, const char *message)
{
  g_log_structured (G_LOG_DOMAIN, level, "HABLA_SESSION", self->options.label, "MESSAGE", "%s: %s",
      self->options.label, message);
}

void
habla_pipeline_emit (HablaPipeline *self, HablaPipelineSignal signal, ...)
{
  va_list args;

  va_start (args, signal);
  g_signal_emit_valist (self, signals[signal], 0, args);
  va_end (args);
}

void
habla_pipeline_fail (HablaPipeline *self, const GError *error)
{
  if (self->error == NULL)
    self->error = g_error_copy (error);
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_ERROR);
}

/* Returns: (nullable): the graph, if it takes input */
static HablaPipelineGraph *
pipeline_get_input_graph (HablaPipeline *self)
{
  return self->state == HABLA_PIPELINE_STARTING ? NULL : self->graph;
}

static void
pipeline_queue_audio (HablaPipeline *self, GBytes *audio)
{
  gsize size = g_bytes_get_size (audio);
  gboolean was_full = habla_input_queue_is_full (self->input_queue);

  self->stats.audio_received += size;
  habla_decode_watchdog_add_input (&self->decode_watchdog, size);
  if (habla_input_queue_push_audio (self->input_queue, pipeline_get_input_graph (self), audio))
    return;
  self->stats.audio_lost += size;
  if (was_full)
    return;
  habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, "Audio dropped: input queue is full");
  g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_AUDIO_LOST], 0, (guint64) size);
}

static void
pipeline_sample_graph (HablaPipeline *self)
{
  if (self->graph == NULL)
    return;
  habla_pipeline_graph_sample (self->graph, self->stats.overload, &self->stats);
  self->stats.audio_waiting =
      habla_input_queue_get_waiting (self->input_queue, pipeline_get_input_graph (self));
}

/* Returns: whether pushed audio is decoded to nothing */
static gboolean
pipeline_has_no_audio (HablaPipeline *self)
{
  return self->options.input == HABLA_PIPELINE_INPUT_PUSHED &&
         self->state == HABLA_PIPELINE_LISTENING &&
         habla_decode_watchdog_check (&self->decode_watchdog,
             habla_pipeline_graph_has_audio (self->graph),
             habla_input_queue_get_waiting (self->input_queue, self->graph));
}

static gboolean
pipeline_on_sample (gpointer data)
{
  HablaPipeline *self = data;
  guint level;

  if (self->graph == NULL)
    return G_SOURCE_CONTINUE;
  if (pipeline_has_no_audio (self)) {
    g_autoptr (GError) error =
        g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);

    habla_pipeline_fail (self, error);
    return G_SOURCE_REMOVE;
  }
  pipeline_sample_graph (self);
  level = habla_overload_update (&self->overload, self->stats.delay, gst_util_get_timestamp ());
  if (level != self->stats.overload) {
    self->stats.overload = level;
    /* Turns partial hypotheses on or off now. */
    pipeline_sample_graph (self);
    g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_OVERLOAD], 0, level);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
pipeline_on_last_audio_timeout (gpointer data)
{
  HablaPipeline *self = data;

  habla_source_clear (&self->last_audio_timer);
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  return G_SOURCE_REMOVE;
}

/* Returns: whether pending work has become less since the last call */
static gboolean
pipeline_has_progressed (HablaPipeline *self)
{
  const HablaPipelineStats *before = &self->drain_stats, *now = &self->stats;
  gboolean has;

  pipeline_sample_graph (self);
  has = now->audio_waiting < before->audio_waiting || now->recognised > before->recognised ||
        now->queue < before->queue ||
        now->utterances + now->translations > before->utterances + before->translations;
  self->drain_stats = self->stats;
  return has;
}

static gboolean
pipeline_on_drain_timeout (gpointer data)
{
  HablaPipeline *self = data;
  gint64 limit = self->options.max_drain * G_GINT64_CONSTANT (1000);

  if (pipeline_has_progressed (self) &&
      (limit == 0 || g_get_monotonic_time () - self->state_since < limit))
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->drain_timer);
  habla_pipeline_log (
      self, G_LOG_LEVEL_MESSAGE, "Pending speech dropped: draining has taken too long");
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_DRAIN_TIMEOUT);
  return G_SOURCE_REMOVE;
}

/* A client requests the stop before its recorder delivers the last chunk. That chunk may be empty;
 * without it, the input ends after LAST_AUDIO_TIMEOUT. */
static void
pipeline_await_last_audio (HablaPipeline *self)
{
  gint64 waited = (g_get_monotonic_time () - self->stopped) / 1000;

  if (self->last_audio_timer != NULL)
    return;
  if (self->options.input != HABLA_PIPELINE_INPUT_PUSHED || self->has_last_audio ||
      waited >= LAST_AUDIO_TIMEOUT)
    habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  else
    habla_source_start_timer (&self->last_audio_timer, LAST_AUDIO_TIMEOUT - waited,
        "[habla] HablaPipeline last audio", pipeline_on_last_audio_timeout, self);
}

static void
pipeline_feed (HablaPipeline *self)
{
  habla_input_queue_flush (self->input_queue, self->graph);
  habla_pipeline_graph_release_audio (self->graph);
  habla_source_start_timer (&self->sample_timer, SAMPLE_INTERVAL, "[habla] HablaPipeline sample",
      pipeline_on_sample, self);
  /* Both may have happened during the start. */
  if (self->stopped != 0)
    habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_STOP);
  if (self->is_input_over)
    habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
}

static void
pipeline_drain (HablaPipeline *self)
{
  habla_source_clear (&self->last_audio_timer);
  pipeline_has_progressed (self);
  habla_source_start_timer (&self->drain_timer, self->options.drain_timeout,
      "[habla] HablaPipeline drain", pipeline_on_drain_timeout, self);
  habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_END_INPUT, NULL);
}

static void
pipeline_tear_down (HablaPipeline *self)
{
  pipeline_sample_graph (self);
  habla_source_clear (&self->bus_watch);
  habla_source_clear (&self->last_audio_timer);
  habla_source_clear (&self->drain_timer);
  habla_source_clear (&self->sample_timer);
  habla_input_queue_clear (self->input_queue);
  self->stats.audio_waiting = 0;
  self->stats.lag = 0;
  self->stats.delay = 0;
  habla_pipeline_tear_down (self);
}

static void
pipeline_act (HablaPipeline *self, HablaPipelineActions actions)
{
  if (actions & HABLA_PIPELINE_BUILD) {
    g_object_ref (self); /* until it has closed */
    habla_pipeline_build (self);
  }
  if (actions & HABLA_PIPELINE_FEED)
    pipeline_feed (self);
  if (actions & HABLA_PIPELINE_AWAIT_AUDIO)
    pipeline_await_last_audio (self);
  if (actions & HABLA_PIPELINE_END_INPUT)
    pipeline_drain (self);
  if (actions & HABLA_PIPELINE_TEAR_DOWN)
    pipeline_tear_down (self);
  if (actions & HABLA_PIPELINE_NOTIFY_FAILED) {
    habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, self->error->message);
    g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_FAILED], 0, self->error);
  }
  if (actions & HABLA_PIPELINE_NOTIFY_CLOSED) {
    n_open--;
    g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_CLOSED], 0);
  }
}

/* The only function that changes the state. */
static void
pipeline_set_state (HablaPipeline *self, HablaPipelineState state, HablaPipelineEvent event)
{
  HablaPipelineState from = self->state;
  gint64 now = g_get_monotonic_time ();
  guint64 duration = now - self->state_since;
  const char *from_name = habla_pipeline_state_get_name (from);
  const char *to_name = habla_pipeline_state_get_name (state);

  if (state == from)
    return;
  self->state = state;
  self->state_since = now;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "HABLA_SESSION", self->options.label,
      "HABLA_STATE", to_name, "MESSAGE", "%s: %s after %.3f s %s, on %s", self->options.label,
      to_name, duration / 1e6, from_name, habla_pipeline_event_get_name (event));
  g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_STATE_CHANGED], 0, from, state, duration);
}

void
habla_pipeline_dispatch (HablaPipeline *self, HablaPipelineEvent event)
{
  g_autoptr (HablaPipeline) alive = NULL;

  g_queue_push_tail (&self->events, GUINT_TO_POINTER (event + 1));
  if (self->is_dispatching)
    return;
  alive = g_object_ref (self);
  self->is_dispatching = TRUE;
  while (!g_queue_is_empty (&self->events)) {
    HablaPipelineActions actions;
    HablaPipelineState state;
    gboolean was_started = self->state != HABLA_PIPELINE_IDLE;

    event = GPOINTER_TO_UINT (g_queue_pop_head (&self->events)) - 1;
    state = habla_pipeline_state_next (self->state, event, &actions);
    pipeline_set_state (self, state, event);
    pipeline_act (self, actions);
    if (actions & HABLA_PIPELINE_NOTIFY_CLOSED && was_started)
      g_object_unref (self);
  }
  self->is_dispatching = FALSE;
}

static void
habla_pipeline_finalize (GObject *object)
{
  HablaPipeline *self = HABLA_PIPELINE (object);
  char **to = (char **) self->options.to;

  if (self->state == HABLA_PIPELINE_IDLE)
    n_open--;
  g_clear_pointer (&self->input_queue, habla_input_queue_free);
  g_hash_table_unref (self->languages);
  g_hash_table_unref (self->speech);
  g_queue_clear (&self->events);
  g_clear_error (&self->error);
  g_clear_error (&self->warning);
  g_clear_pointer (&self->leak_check, habla_pipeline_leak_check_free);
  g_free (self->warning_language);
  g_free ((char *) self->options.label);
  g_free ((char *) self->options.pipeline);
  g_free ((char *) self->options.source);
  g_free ((char *) self->options.raw_caps);
  g_free ((char *) self->options.from);
  g_free ((char *) self->options.detected);
  g_free ((char *) self->options.transcriber);
  g_free ((char *) self->options.translator);
  g_free ((char *) self->options.synthesizer);
  g_free ((char *) self->options.preferred_transcriber);
  g_free ((char *) self->options.preferred_translator);
  g_free ((char *) self->options.glossary);
  g_free ((char *) self->options.glossary_room);
  g_free ((char *) self->options.topic);
  g_clear_pointer (&self->options.glossaries, habla_glossary_folder_unref);
  g_clear_object (&self->options.annotator);
  g_strfreev (to);
  g_clear_pointer (&self->options.header, g_bytes_unref);
  G_OBJECT_CLASS (habla_pipeline_parent_class)->finalize (object);
}

static guint
pipeline_add_signal (const char *name, guint n_params, GType first, GType second, GType third)
{
  return g_signal_new (name, HABLA_TYPE_PIPELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, n_params, first, second, third);
}

static void
habla_pipeline_class_init (HablaPipelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_pipeline_finalize;

  signals[HABLA_PIPELINE_SIGNAL_STATE_CHANGED] =
      pipeline_add_signal ("state-changed", 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT64);
  signals[HABLA_PIPELINE_SIGNAL_UTTERANCE] = pipeline_add_signal ("utterance", 2, G_TYPE_STRING,
      HABLA_TYPE_UTTERANCE | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_AUDIO_LOST] =
      pipeline_add_signal ("audio-lost", 1, G_TYPE_UINT64, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_OVERLOAD] =
      pipeline_add_signal ("overload", 1, G_TYPE_UINT, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_LANGUAGE_FAILED] =
      pipeline_add_signal ("language-failed", 2, G_TYPE_STRING, G_TYPE_ERROR, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_FAILED] =
      pipeline_add_signal ("failed", 1, G_TYPE_ERROR, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_WARNING] =
      pipeline_add_signal ("warning", 1, G_TYPE_ERROR, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_TOPIC] =
      pipeline_add_signal ("topic", 1, G_TYPE_STRING, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_CLOSED] =
      pipeline_add_signal ("closed", 0, G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
}

static void
habla_pipeline_init (HablaPipeline *self)
{
  n_open++;
  self->state_since = g_get_monotonic_time ();
  self->languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->speech = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/* Returns: (transfer full): the normalised code; @language itself if it is malformed, so that
 * adding it fails */
static char *
pipeline_normalize (const char *language)
{
  char *code = habla_language_normalize (language, NULL);

  return code != NULL ? code : g_strdup (language);
}

HablaPipeline *
habla_pipeline_new (const HablaPipelineOptions *options)
{
  HablaPipeline *self = g_object_new (HABLA_TYPE_PIPELINE, NULL);

  self->options = *options;
  self->options.label = g_strdup (options->label);
  self->options.pipeline = g_strdup (options->pipeline);
  self->options.source = g_strdup (options->source);
  self->options.raw_caps = g_strdup (options->raw_caps);
  self->options.from = pipeline_normalize (options->from);
  self->options.detected = g_strdup (options->detected);
  self->options.to = NULL;
  self->options.transcriber = g_strdup (options->transcriber);
  self->options.translator = g_strdup (options->translator);
  self->options.synthesizer = g_strdup (options->synthesizer);
  self->options.preferred_transcriber = g_strdup (options->preferred_transcriber);
  self->options.preferred_translator = g_strdup (options->preferred_translator);
  self->options.glossary = g_strdup (options->glossary);
  self->options.glossary_room = g_strdup (options->glossary_room);
  self->options.topic = g_strdup (options->topic);
  if (options->glossaries != NULL)
    self->options.glossaries = habla_glossary_folder_ref (options->glossaries);
  self->options.header = options->header != NULL ? g_bytes_ref (options->header) : NULL;
  if (options->annotator != NULL)
    g_object_ref (options->annotator);
  self->input_queue = habla_input_queue_new (options);
  g_hash_table_add (self->languages, g_strdup (self->options.from));
  for (guint i = 0; options->to != NULL && options->to[i] != NULL; i++)
    g_hash_table_add (self->languages, pipeline_normalize (options->to[i]));
  return self;
}

void
habla_pipeline_start (HablaPipeline *self)
{
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_START);
}

void
habla_pipeline_stop (HablaPipeline *self)
{
  if (self->stopped == 0)
    self->stopped = g_get_monotonic_time ();
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_STOP);
}

void
habla_pipeline_abort (HablaPipeline *self)
{
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_ABORT);
}

gboolean
habla_pipeline_push_audio (HablaPipeline *self, GBytes *audio)
{
  if (self->options.input != HABLA_PIPELINE_INPUT_PUSHED || self->has_last_audio ||
      (self->state != HABLA_PIPELINE_STARTING && self->state != HABLA_PIPELINE_LISTENING &&
          self->state != HABLA_PIPELINE_PLAYING))
    return FALSE;
  pipeline_queue_audio (self, audio);
  if (self->stopped != 0) {
    self->has_last_audio = TRUE;
    if (self->state == HABLA_PIPELINE_LISTENING)
      habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  }
  return !habla_input_queue_is_full (self->input_queue);
}

gboolean
habla_pipeline_push_text (HablaPipeline *self, const char *text, const char *speaker)
{
  g_autoptr (HablaUtterance) utterance = NULL;

  if (self->state == HABLA_PIPELINE_IDLE || self->state >= HABLA_PIPELINE_DRAINING)
    return FALSE;
  utterance = habla_utterance_new (0, text, self->options.from);
  utterance->speaker = g_strdup (speaker);
  return habla_input_queue_push_text (
      self->input_queue, pipeline_get_input_graph (self), utterance);
}

/* Returns: whether there is a graph that still needs its languages */
static gboolean
pipeline_is_changeable (HablaPipeline *self)
{
  return self->bus_watch != NULL && self->state < HABLA_PIPELINE_DRAINING;
}

void
habla_pipeline_add_language (HablaPipeline *self, const char *language)
{
  g_autofree char *code = pipeline_normalize (language);

  if (g_hash_table_add (self->languages, g_strdup (code)) && pipeline_is_changeable (self))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_ADD_LANGUAGE, code);
}

void
habla_pipeline_remove_language (HablaPipeline *self, const char *language)
{
  g_autofree char *code = pipeline_normalize (language);

  if (!g_str_equal (code, self->options.from) && g_hash_table_remove (self->languages, code) &&
      pipeline_is_changeable (self))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_REMOVE_LANGUAGE, code);
}

void
habla_pipeline_update_glossary (HablaPipeline *self)
{
  if (self->graph != NULL)
    habla_pipeline_graph_update_glossary (self->graph);
}

void
habla_pipeline_set_topic (HablaPipeline *self, const char *topic)
{
  if (self->graph != NULL)
    habla_pipeline_graph_set_topic (self->graph, topic);
}

void
habla_pipeline_add_speech (HablaPipeline *self, const char *language, HablaSpeechTap *tap)
{
  g_autofree char *code = pipeline_normalize (language);

  if (g_hash_table_contains (self->speech, code))
    return;
  g_hash_table_insert (self->speech, g_strdup (code), g_object_ref (tap));
  if (pipeline_is_changeable (self))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_ADD_SPEECH, code);
}

void
habla_pipeline_remove_speech (HablaPipeline *self, const char *language)
{
  g_autofree char *code = pipeline_normalize (language);

  if (g_hash_table_remove (self->speech, code) && pipeline_is_changeable (self))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_REMOVE_SPEECH, code);
}

gint64
habla_pipeline_find_decode_time (HablaPipeline *self, guint64 end)
{
  return self->graph != NULL ? habla_pipeline_graph_find_decode_time (self->graph, end) : 0;
}

HablaPipelineState
habla_pipeline_get_state (HablaPipeline *self)
{
  return self->state;
}

const char *
habla_pipeline_get_label (HablaPipeline *self)
{
  return self->options.label;
}

void
habla_pipeline_get_stats (HablaPipeline *self, HablaPipelineStats *stats)
{
  if (self->state < HABLA_PIPELINE_FAILED)
    self->stats.audio_waiting =
        habla_input_queue_get_waiting (self->input_queue, pipeline_get_input_graph (self));
  *stats = self->stats;
}

GBytes *
habla_pipeline_get_header (HablaPipeline *self)
{
  GBytes *header = habla_input_queue_get_header (self->input_queue);

  if (header == NULL && self->options.header != NULL)
    header = g_bytes_ref (self->options.header);
  return header;
}

gboolean
habla_pipeline_is_stuck (HablaPipeline *self)
{
  return self->is_stuck;
}

void
habla_pipeline_watch_leaks (HablaPipeline *self, HablaInvariantsNotify notify, gpointer user_data)
{
  habla_pipeline_leak_check_watch (
      g_steal_pointer (&self->leak_check), G_OBJECT (self), self->options.label, notify, user_data);
}

guint
habla_pipeline_count (void)
{
  return n_open;
}
