/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-private.h"

#include <decoder/decoder-text.h>
#include <habla/error.h>
#include <habla/language.h>
#include <string.h>
#include <util/source.h>

/* How long a recorder's last audio is waited for after a stop, in milliseconds. */
#define LAST_AUDIO_TIMEOUT 2000
/* How often the figures are looked at, in milliseconds. */
#define LOOK_INTERVAL 500
/* How long a pipeline may take to be taken down, in milliseconds; before that, it may have to
 * finish loading an engine. */
#ifdef HABLA_SANITIZED
#define TEARDOWN_LIMIT 20000
#define LOADING_LIMIT 300000
#else
#define TEARDOWN_LIMIT 4000
#define LOADING_LIMIT 60000
#endif

static guint signals[HABLA_PIPELINE_N_SIGNALS];

/* Sessions that are not closed; the main thread's own. */
static guint n_sessions;
/* Sessions that are closed although their pipeline is not taken down; atomic. */
static guint n_stuck;

static guint teardown_limit = TEARDOWN_LIMIT;

G_DEFINE_FINAL_TYPE (HablaPipeline, habla_pipeline, G_TYPE_OBJECT)

static void run_jobs (HablaPipeline *self);

void
habla_pipeline_set_teardown_limit (guint limit)
{
  teardown_limit = limit;
}

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

/* Jobs. */

static HablaPipelineEvent
get_started_event (HablaPipeline *self)
{
  if (self->options.input == HABLA_PIPELINE_INPUT_TYPED)
    return HABLA_PIPELINE_EVENT_TYPES;
  if (self->options.is_played || (self->options.input == HABLA_PIPELINE_INPUT_SOURCE &&
                                     !habla_pipeline_graph_is_live (self->graph)))
    return HABLA_PIPELINE_EVENT_PLAYS;
  return HABLA_PIPELINE_EVENT_LISTENS;
}

/* All languages at the beginning are there before anything flows. */
static void
finish_build (HablaPipeline *self, HablaPipelineTask *job, const GError *error)
{
  GHashTableIter iter;
  gpointer language;

  if (error != NULL) {
    habla_pipeline_fail (self, error);
    return;
  }
  self->graph = g_steal_pointer (&job->graph);
  if (self->state != HABLA_PIPELINE_STARTING)
    return;
  habla_pipeline_watch_bus (self);
  g_hash_table_iter_init (&iter, self->languages);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    if (!g_str_equal (language, self->options.from))
      habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_ADD_LANGUAGE, language);
  habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_PLAY, NULL);
}

static void
finish_language (HablaPipeline *self, HablaPipelineTask *job, const GError *error)
{
  g_autofree char *language = NULL;
  g_autoptr (GError) reason = NULL;

  language = g_steal_pointer (&self->warning_language);
  reason = g_steal_pointer (&self->warning);
  if (error == NULL) {
    if (reason != NULL)
      g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_WARNING], 0, reason);
    return;
  }
  if (reason == NULL)
    reason = g_error_copy (error);
  /* Jobs that wait for it to be there need not. */
  g_hash_table_remove (self->languages, job->language);
  for (GList *l = self->jobs.head, *next; l != NULL; l = next) {
    HablaPipelineTask *waiting = l->data;

    next = l->next;
    if (waiting->kind == HABLA_PIPELINE_TASK_REMOVE_LANGUAGE &&
        g_str_equal (waiting->language, job->language)) {
      g_queue_delete_link (&self->jobs, l);
      habla_pipeline_task_free (waiting);
      break;
    }
  }
  g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_LANGUAGE_FAILED], 0, job->language, reason);
}

static void
check_gone (HablaPipeline *self)
{
  if (!self->is_torn_down || self->n_aside > 0)
    return;
  habla_source_clear (&self->teardown_timer);
  if (self->is_stuck) {
    self->is_stuck = FALSE;
    g_atomic_int_add (&n_stuck, -1);
    habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, "the stuck pipeline has ended after all");
  }
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_GONE);
}

/* Its jobs go on, and hold it, until they end. */
static gboolean
teardown_timed_out (gpointer data)
{
  HablaPipeline *self = data;

  habla_source_clear (&self->teardown_timer);
  self->is_stuck = TRUE;
  g_atomic_int_inc (&n_stuck);
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_STUCK);
  return G_SOURCE_REMOVE;
}

static void
job_done (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (HablaPipeline) self = data;
  g_autoptr (GError) error = NULL;
  HablaPipelineTask *job = habla_pipeline_task_finish (self, result, &error);

  if (habla_pipeline_task_is_aside (job)) {
    self->n_aside--;
    check_gone (self);
    return;
  }
  /* What it warned of is its own: nothing else begins before that is read. */
  if (job->kind == HABLA_PIPELINE_TASK_ADD_LANGUAGE)
    habla_pipeline_read_bus (self);
  self->is_busy = FALSE;
  if (job->kind == HABLA_PIPELINE_TASK_BUILD)
    finish_build (self, job, error);
  else if (job->kind == HABLA_PIPELINE_TASK_ADD_LANGUAGE)
    finish_language (self, job, error);
  else if (job->kind == HABLA_PIPELINE_TASK_PLAY && error != NULL)
    habla_pipeline_fail (self, error);
  else if (job->kind == HABLA_PIPELINE_TASK_PLAY)
    habla_pipeline_dispatch (self, get_started_event (self));
  else if (job->kind == HABLA_PIPELINE_TASK_TEAR_DOWN)
    self->is_torn_down = TRUE;
  run_jobs (self);
  check_gone (self);
}

/* Those that run beside others begin in their turn: what comes in ends when the languages
 * that were asked for before are there. */
static void
run_jobs (HablaPipeline *self)
{
  HablaPipelineTask *job = NULL;

  while (!self->is_busy && (job = g_queue_pop_head (&self->jobs)) != NULL &&
         habla_pipeline_task_is_aside (job)) {
    job->graph = habla_pipeline_graph_ref (self->graph);
    habla_input_queue_end_audio (self->backlog);
    self->n_aside++;
    habla_pipeline_task_start (job, self, &self->options, job_done);
    job = NULL;
  }
  if (job == NULL)
    return;
  if (job->kind == HABLA_PIPELINE_TASK_TEAR_DOWN && self->graph == NULL) {
    self->is_torn_down = TRUE;
    habla_pipeline_task_free (job);
    check_gone (self);
    return;
  }
  if (job->kind == HABLA_PIPELINE_TASK_TEAR_DOWN) {
    job->graph = g_steal_pointer (&self->graph);
    if (!self->is_stuck)
      habla_source_start_timer (&self->teardown_timer, teardown_limit, "habla: session teardown",
          teardown_timed_out, self);
  } else if (job->kind != HABLA_PIPELINE_TASK_BUILD)
    job->graph = habla_pipeline_graph_ref (self->graph);
  if (job->kind == HABLA_PIPELINE_TASK_ADD_LANGUAGE)
    self->warning_language = g_strdup (job->language);
  self->is_busy = TRUE;
  habla_pipeline_task_start (job, self, &self->options, job_done);
}

void
habla_pipeline_add_task (HablaPipeline *self, HablaPipelineTaskKind kind, const char *language)
{
  g_queue_push_tail (&self->jobs, habla_pipeline_task_new (kind, language));
  run_jobs (self);
}

static void
on_decoded (const GError *error, gpointer data)
{
  HablaPipeline *self = data;

  self->is_decoding = FALSE;
  if (error != NULL)
    habla_pipeline_fail (self, error);
  else if (self->is_drained)
    habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_DRAINED);
}

static void
build (HablaPipeline *self)
{
  HablaPipelineTask *job = habla_pipeline_task_new (HABLA_PIPELINE_TASK_BUILD, NULL);
  g_autoptr (GError) error = NULL;

  if (self->options.input == HABLA_PIPELINE_INPUT_PUSHED && self->options.raw_caps == NULL) {
    self->is_decoding = habla_input_queue_start_decoder (
        self->backlog, self->options.header, &job->samples, on_decoded, self, &error);
    if (!self->is_decoding) {
      habla_pipeline_task_free (job);
      habla_pipeline_fail (self, error);
      return;
    }
  }
  g_queue_push_tail (&self->jobs, job);
  run_jobs (self);
}

/* Returns: (nullable): what audio and text go into; %NULL while it starts */
static HablaPipelineGraph *
get_fed_graph (HablaPipeline *self)
{
  return self->state == HABLA_PIPELINE_STARTING ? NULL : self->graph;
}

static void
take_audio (HablaPipeline *self, GBytes *audio)
{
  gsize size = g_bytes_get_size (audio);
  gboolean was_losing = habla_input_queue_is_losing (self->backlog);

  self->figures.audio_received += size;
  habla_decode_watchdog_take (&self->no_audio, size);
  if (habla_input_queue_push_audio (self->backlog, get_fed_graph (self), audio))
    return;
  self->figures.audio_lost += size;
  if (was_losing)
    return;
  habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, "audio is lost: too much waits");
  g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_AUDIO_LOST], 0, (guint64) size);
}

/* What the table asks for. */

static void
look_at_graph (HablaPipeline *self)
{
  if (self->graph == NULL)
    return;
  habla_pipeline_graph_look (self->graph, self->figures.overload, &self->figures);
  self->figures.audio_waiting = habla_input_queue_get_waiting (self->backlog, get_fed_graph (self));
}

static gboolean
look (gpointer data)
{
  HablaPipeline *self = data;
  guint level;

  if (self->graph == NULL)
    return G_SOURCE_CONTINUE;
  if (self->options.input == HABLA_PIPELINE_INPUT_PUSHED &&
      self->state == HABLA_PIPELINE_LISTENING &&
      habla_decode_watchdog_check (&self->no_audio, habla_pipeline_graph_has_heard (self->graph),
          habla_input_queue_get_waiting (self->backlog, self->graph))) {
    g_autoptr (GError) error =
        g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);

    habla_pipeline_fail (self, error);
    return G_SOURCE_REMOVE;
  }
  look_at_graph (self);
  level = habla_overload_update (&self->overload, self->figures.lag, gst_util_get_timestamp ());
  if (level != self->figures.overload) {
    self->figures.overload = level;
    /* At once, not at the next look. */
    look_at_graph (self);
    g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_OVERLOAD], 0, level);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
last_audio_timed_out (gpointer data)
{
  HablaPipeline *self = data;

  habla_source_clear (&self->last_audio_timer);
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  return G_SOURCE_REMOVE;
}

/* Returns: whether anything has come of what was said since the last time */
static gboolean
has_progressed (HablaPipeline *self)
{
  const HablaPipelineStats *was = &self->drained, *is = &self->figures;
  gboolean has;

  look_at_graph (self);
  has = is->audio_waiting < was->audio_waiting || is->recognised > was->recognised ||
        is->queue < was->queue ||
        is->utterances + is->translations > was->utterances + was->translations;
  self->drained = self->figures;
  return has;
}

static gboolean
drain_timed_out (gpointer data)
{
  HablaPipeline *self = data;
  gint64 limit = self->options.max_drain * G_GINT64_CONSTANT (1000);

  if (has_progressed (self) && (limit == 0 || g_get_monotonic_time () - self->state_since < limit))
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->drain_timer);
  habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, "what was said is cut off: it takes too long");
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_LATE);
  return G_SOURCE_REMOVE;
}

/* A recorder gives its last audio after it was stopped, and the client tells of the stop
 * first: the one message that comes after the stop is the last, whatever its size. If none
 * comes, it is over LAST_AUDIO_TIMEOUT after the stop. */
static void
await_audio (HablaPipeline *self)
{
  gint64 waited = (g_get_monotonic_time () - self->stopped) / 1000;

  if (self->last_audio_timer != NULL)
    return;
  if (self->options.input != HABLA_PIPELINE_INPUT_PUSHED || self->has_last_audio ||
      waited >= LAST_AUDIO_TIMEOUT)
    habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  else
    habla_source_start_timer (&self->last_audio_timer, LAST_AUDIO_TIMEOUT - waited,
        "habla: last audio", last_audio_timed_out, self);
}

static void
tear_down (HablaPipeline *self)
{
  look_at_graph (self);
  habla_source_clear (&self->bus_watch);
  habla_source_clear (&self->last_audio_timer);
  habla_source_clear (&self->drain_timer);
  habla_source_clear (&self->look_timer);
  habla_input_queue_drop (self->backlog);
  self->figures.audio_waiting = 0;
  self->figures.lag = 0;
  g_queue_clear_full (&self->jobs, (GDestroyNotify) habla_pipeline_task_free);
  habla_source_start_timer (
      &self->teardown_timer, LOADING_LIMIT, "habla: session teardown", teardown_timed_out, self);
  habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_TEAR_DOWN, NULL);
}

static void
act (HablaPipeline *self, HablaPipelineActions actions)
{
  if (actions & HABLA_PIPELINE_BUILD) {
    g_object_ref (self); /* until it is closed */
    build (self);
  }
  if (actions & HABLA_PIPELINE_FEED) {
    habla_input_queue_feed (self->backlog, self->graph);
    habla_pipeline_graph_release_audio (self->graph);
    habla_source_start_timer (
        &self->look_timer, LOOK_INTERVAL, "habla: session figures", look, self);
    /* While it started. */
    if (self->stopped != 0)
      habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_STOP);
    if (self->is_input_over)
      habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  }
  if (actions & HABLA_PIPELINE_AWAIT_AUDIO)
    await_audio (self);
  if (actions & HABLA_PIPELINE_END_INPUT) {
    habla_source_clear (&self->last_audio_timer);
    has_progressed (self);
    habla_source_start_timer (
        &self->drain_timer, self->options.drain_timeout, "habla: drain", drain_timed_out, self);
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_END_INPUT, NULL);
  }
  if (actions & HABLA_PIPELINE_TEAR_DOWN)
    tear_down (self);
  if (actions & HABLA_PIPELINE_NOTIFY_FAILED) {
    habla_pipeline_log (self, G_LOG_LEVEL_MESSAGE, self->error->message);
    g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_FAILED], 0, self->error);
  }
  if (actions & HABLA_PIPELINE_NOTIFY_CLOSED) {
    n_sessions--;
    g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_CLOSED], 0);
  }
}

/* The only one that changes the state. */
static void
set_state (HablaPipeline *self, HablaPipelineState state, HablaPipelineEvent event)
{
  HablaPipelineState from = self->state;
  gint64 now = g_get_monotonic_time ();
  guint64 lasted = now - self->state_since;
  const char *from_name = habla_pipeline_state_get_name (from);
  const char *to_name = habla_pipeline_state_get_name (state);

  if (state == from)
    return;
  self->state = state;
  self->state_since = now;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "HABLA_SESSION", self->options.label,
      "HABLA_STATE", to_name, "MESSAGE", "%s: %s after %.3f s %s, on %s", self->options.label,
      to_name, lasted / 1e6, from_name, habla_pipeline_event_get_name (event));
  g_signal_emit (self, signals[HABLA_PIPELINE_SIGNAL_STATE_CHANGED], 0, from, state, lasted);
}

/* One event after another, also those that come of what is done. */
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
    set_state (self, state, event);
    act (self, actions);
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
    n_sessions--;
  g_clear_pointer (&self->backlog, habla_input_queue_free);
  g_hash_table_unref (self->languages);
  g_queue_clear (&self->events);
  g_clear_error (&self->error);
  g_clear_error (&self->warning);
  g_free (self->warning_language);
  g_free ((char *) self->options.label);
  g_free ((char *) self->options.pipeline);
  g_free ((char *) self->options.source);
  g_free ((char *) self->options.raw_caps);
  g_free ((char *) self->options.from);
  g_strfreev (to);
  g_clear_pointer (&self->options.header, g_bytes_unref);
  G_OBJECT_CLASS (habla_pipeline_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second, GType third)
{
  return g_signal_new (name, HABLA_TYPE_PIPELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, n_params, first, second, third);
}

static void
habla_pipeline_class_init (HablaPipelineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_pipeline_finalize;

  signals[HABLA_PIPELINE_SIGNAL_STATE_CHANGED] =
      add_signal ("state-changed", 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT64);
  signals[HABLA_PIPELINE_SIGNAL_UTTERANCE] = add_signal ("utterance", 2, G_TYPE_STRING,
      HABLA_TYPE_UTTERANCE | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_AUDIO_LOST] =
      add_signal ("audio-lost", 1, G_TYPE_UINT64, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_OVERLOAD] =
      add_signal ("overload", 1, G_TYPE_UINT, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_LANGUAGE_FAILED] =
      add_signal ("language-failed", 2, G_TYPE_STRING, G_TYPE_ERROR, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_FAILED] =
      add_signal ("failed", 1, G_TYPE_ERROR, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_WARNING] =
      add_signal ("warning", 1, G_TYPE_ERROR, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_PIPELINE_SIGNAL_CLOSED] =
      add_signal ("closed", 0, G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
}

static void
habla_pipeline_init (HablaPipeline *self)
{
  n_sessions++;
  self->state_since = g_get_monotonic_time ();
  self->languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Returns: (transfer full): as pads are named; what is no code is told when it is added */
static char *
normalize (const char *language)
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
  self->options.from = normalize (options->from);
  self->options.to = NULL;
  self->options.header = options->header != NULL ? g_bytes_ref (options->header) : NULL;
  self->backlog = habla_input_queue_new (options);
  g_hash_table_add (self->languages, g_strdup (self->options.from));
  for (guint i = 0; options->to != NULL && options->to[i] != NULL; i++)
    g_hash_table_add (self->languages, normalize (options->to[i]));
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
habla_pipeline_close (HablaPipeline *self)
{
  habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_CLOSE);
}

gboolean
habla_pipeline_push_audio (HablaPipeline *self, GBytes *audio)
{
  if (self->options.input != HABLA_PIPELINE_INPUT_PUSHED || self->has_last_audio ||
      (self->state != HABLA_PIPELINE_STARTING && self->state != HABLA_PIPELINE_LISTENING &&
          self->state != HABLA_PIPELINE_PLAYING))
    return FALSE;
  take_audio (self, audio);
  if (self->stopped != 0) {
    self->has_last_audio = TRUE;
    if (self->state == HABLA_PIPELINE_LISTENING)
      habla_pipeline_dispatch (self, HABLA_PIPELINE_EVENT_INPUT_OVER);
  }
  return !habla_input_queue_is_losing (self->backlog);
}

gboolean
habla_pipeline_push_text (HablaPipeline *self, const char *text, const char *speaker)
{
  g_autoptr (HablaUtterance) utterance = NULL;

  if (self->state == HABLA_PIPELINE_IDLE || self->state >= HABLA_PIPELINE_DRAINING)
    return FALSE;
  utterance = habla_utterance_new (0, text, self->options.from);
  utterance->speaker = g_strdup (speaker);
  return habla_input_queue_push_text (self->backlog, get_fed_graph (self), utterance);
}

/* Returns: whether the graph is there, and to be changed */
static gboolean
is_changeable (HablaPipeline *self)
{
  return self->bus_watch != NULL && self->state < HABLA_PIPELINE_DRAINING;
}

void
habla_pipeline_add_language (HablaPipeline *self, const char *language)
{
  g_autofree char *code = normalize (language);

  if (g_hash_table_add (self->languages, g_strdup (code)) && is_changeable (self))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_ADD_LANGUAGE, code);
}

void
habla_pipeline_remove_language (HablaPipeline *self, const char *language)
{
  g_autofree char *code = normalize (language);

  if (!g_str_equal (code, self->options.from) && g_hash_table_remove (self->languages, code) &&
      is_changeable (self))
    habla_pipeline_add_task (self, HABLA_PIPELINE_TASK_REMOVE_LANGUAGE, code);
}

gint64
habla_pipeline_find_heard (HablaPipeline *self, guint64 end)
{
  return self->graph != NULL ? habla_pipeline_graph_find_heard (self->graph, end) : 0;
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
habla_pipeline_get_stats (HablaPipeline *self, HablaPipelineStats *figures)
{
  if (self->state < HABLA_PIPELINE_FAILED)
    self->figures.audio_waiting =
        habla_input_queue_get_waiting (self->backlog, get_fed_graph (self));
  *figures = self->figures;
}

GBytes *
habla_pipeline_get_header (HablaPipeline *self)
{
  GBytes *header = habla_input_queue_get_header (self->backlog);

  if (header == NULL && self->options.header != NULL)
    header = g_bytes_ref (self->options.header);
  return header;
}

gboolean
habla_pipeline_is_stuck (HablaPipeline *self)
{
  return self->is_stuck;
}

guint
habla_pipeline_count (void)
{
  return n_sessions;
}

guint
habla_pipeline_count_stuck (void)
{
  return g_atomic_int_get (&n_stuck);
}
