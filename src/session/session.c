/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/session-private.h"

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

static guint signals[HABLA_SESSION_N_SIGNALS];

/* Sessions that are not closed; the main thread's own. */
static guint n_sessions;
/* Sessions that are closed although their pipeline is not taken down; atomic. */
static guint n_stuck;

static guint teardown_limit = TEARDOWN_LIMIT;

G_DEFINE_FINAL_TYPE (HablaSession, habla_session, G_TYPE_OBJECT)

static void run_jobs (HablaSession *self);

void
habla_session_set_teardown_limit (guint limit)
{
  teardown_limit = limit;
}

void
habla_session_log (HablaSession *self, GLogLevelFlags level, const char *message)
{
  g_log_structured (G_LOG_DOMAIN, level, "HABLA_SESSION", self->options.label, "MESSAGE", "%s: %s",
      self->options.label, message);
}

void
habla_session_emit (HablaSession *self, HablaSessionSignal signal, ...)
{
  va_list args;

  va_start (args, signal);
  g_signal_emit_valist (self, signals[signal], 0, args);
  va_end (args);
}

void
habla_session_fail (HablaSession *self, const GError *error)
{
  if (self->error == NULL)
    self->error = g_error_copy (error);
  habla_session_dispatch (self, HABLA_SESSION_EVENT_ERROR);
}

/* Jobs. */

static HablaSessionEvent
get_started_event (HablaSession *self)
{
  if (self->options.input == HABLA_SESSION_INPUT_TYPED)
    return HABLA_SESSION_EVENT_TYPES;
  if (self->options.is_played || (self->options.input == HABLA_SESSION_INPUT_SOURCE &&
                                     !habla_session_graph_is_live (self->graph)))
    return HABLA_SESSION_EVENT_PLAYS;
  return HABLA_SESSION_EVENT_LISTENS;
}

/* All languages at the beginning are there before anything flows. */
static void
finish_build (HablaSession *self, HablaSessionJob *job, const GError *error)
{
  GHashTableIter iter;
  gpointer language;

  if (error != NULL) {
    habla_session_fail (self, error);
    return;
  }
  self->graph = g_steal_pointer (&job->graph);
  if (self->state != HABLA_SESSION_STARTING)
    return;
  habla_session_watch_bus (self);
  g_hash_table_iter_init (&iter, self->languages);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    if (!g_str_equal (language, self->options.from))
      habla_session_add_job (self, HABLA_SESSION_JOB_ADD_LANGUAGE, language);
  habla_session_add_job (self, HABLA_SESSION_JOB_PLAY, NULL);
}

static void
finish_language (HablaSession *self, HablaSessionJob *job, const GError *error)
{
  g_autofree char *language = NULL;
  g_autoptr (GError) reason = NULL;

  language = g_steal_pointer (&self->warning_language);
  reason = g_steal_pointer (&self->warning);
  if (error == NULL) {
    if (reason != NULL)
      g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_WARNING], 0, reason);
    return;
  }
  if (reason == NULL)
    reason = g_error_copy (error);
  /* Jobs that wait for it to be there need not. */
  g_hash_table_remove (self->languages, job->language);
  for (GList *l = self->jobs.head, *next; l != NULL; l = next) {
    HablaSessionJob *waiting = l->data;

    next = l->next;
    if (waiting->kind == HABLA_SESSION_JOB_REMOVE_LANGUAGE &&
        g_str_equal (waiting->language, job->language)) {
      g_queue_delete_link (&self->jobs, l);
      habla_session_job_free (waiting);
      break;
    }
  }
  g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_LANGUAGE_FAILED], 0, job->language, reason);
}

static void
check_gone (HablaSession *self)
{
  if (!self->is_torn_down || self->n_aside > 0)
    return;
  habla_source_clear (&self->teardown_timer);
  if (self->is_stuck) {
    self->is_stuck = FALSE;
    g_atomic_int_add (&n_stuck, -1);
    habla_session_log (self, G_LOG_LEVEL_MESSAGE, "the stuck pipeline has ended after all");
  }
  habla_session_dispatch (self, HABLA_SESSION_EVENT_GONE);
}

/* Its jobs go on, and hold it, until they end. */
static gboolean
teardown_timed_out (gpointer data)
{
  HablaSession *self = data;

  habla_source_clear (&self->teardown_timer);
  self->is_stuck = TRUE;
  g_atomic_int_inc (&n_stuck);
  habla_session_dispatch (self, HABLA_SESSION_EVENT_STUCK);
  return G_SOURCE_REMOVE;
}

static void
job_done (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (HablaSession) self = data;
  g_autoptr (GError) error = NULL;
  HablaSessionJob *job = habla_session_job_finish (self, result, &error);

  if (habla_session_job_is_aside (job)) {
    self->n_aside--;
    check_gone (self);
    return;
  }
  /* What it warned of is its own: nothing else begins before that is read. */
  if (job->kind == HABLA_SESSION_JOB_ADD_LANGUAGE)
    habla_session_read_bus (self);
  self->is_busy = FALSE;
  if (job->kind == HABLA_SESSION_JOB_BUILD)
    finish_build (self, job, error);
  else if (job->kind == HABLA_SESSION_JOB_ADD_LANGUAGE)
    finish_language (self, job, error);
  else if (job->kind == HABLA_SESSION_JOB_PLAY && error != NULL)
    habla_session_fail (self, error);
  else if (job->kind == HABLA_SESSION_JOB_PLAY)
    habla_session_dispatch (self, get_started_event (self));
  else if (job->kind == HABLA_SESSION_JOB_TEAR_DOWN)
    self->is_torn_down = TRUE;
  run_jobs (self);
  check_gone (self);
}

/* Those that run beside others begin in their turn: what comes in ends when the languages
 * that were asked for before are there. */
static void
run_jobs (HablaSession *self)
{
  HablaSessionJob *job = NULL;

  while (!self->is_busy && (job = g_queue_pop_head (&self->jobs)) != NULL &&
         habla_session_job_is_aside (job)) {
    job->graph = habla_session_graph_ref (self->graph);
    habla_session_backlog_end_audio (self->backlog);
    self->n_aside++;
    habla_session_job_start (job, self, &self->options, job_done);
    job = NULL;
  }
  if (job == NULL)
    return;
  if (job->kind == HABLA_SESSION_JOB_TEAR_DOWN && self->graph == NULL) {
    self->is_torn_down = TRUE;
    habla_session_job_free (job);
    check_gone (self);
    return;
  }
  if (job->kind == HABLA_SESSION_JOB_TEAR_DOWN) {
    job->graph = g_steal_pointer (&self->graph);
    if (!self->is_stuck)
      habla_source_start_timer (&self->teardown_timer, teardown_limit, "habla: session teardown",
          teardown_timed_out, self);
  } else if (job->kind != HABLA_SESSION_JOB_BUILD)
    job->graph = habla_session_graph_ref (self->graph);
  if (job->kind == HABLA_SESSION_JOB_ADD_LANGUAGE)
    self->warning_language = g_strdup (job->language);
  self->is_busy = TRUE;
  habla_session_job_start (job, self, &self->options, job_done);
}

void
habla_session_add_job (HablaSession *self, HablaSessionJobKind kind, const char *language)
{
  g_queue_push_tail (&self->jobs, habla_session_job_new (kind, language));
  run_jobs (self);
}

static void
on_decoded (const GError *error, gpointer data)
{
  HablaSession *self = data;

  self->is_decoding = FALSE;
  if (error != NULL)
    habla_session_fail (self, error);
  else if (self->is_drained)
    habla_session_dispatch (self, HABLA_SESSION_EVENT_DRAINED);
}

static void
build (HablaSession *self)
{
  HablaSessionJob *job = habla_session_job_new (HABLA_SESSION_JOB_BUILD, NULL);
  g_autoptr (GError) error = NULL;

  if (self->options.input == HABLA_SESSION_INPUT_PUSHED && self->options.raw_caps == NULL) {
    self->is_decoding = habla_session_backlog_start_decoder (
        self->backlog, self->options.header, &job->samples, on_decoded, self, &error);
    if (!self->is_decoding) {
      habla_session_job_free (job);
      habla_session_fail (self, error);
      return;
    }
  }
  g_queue_push_tail (&self->jobs, job);
  run_jobs (self);
}

/* Returns: (nullable): what audio and text go into; %NULL while it starts */
static HablaSessionGraph *
get_fed_graph (HablaSession *self)
{
  return self->state == HABLA_SESSION_STARTING ? NULL : self->graph;
}

static void
take_audio (HablaSession *self, GBytes *audio)
{
  gsize size = g_bytes_get_size (audio);
  gboolean was_losing = habla_session_backlog_is_losing (self->backlog);

  self->figures.audio_received += size;
  habla_no_audio_take (&self->no_audio, size);
  if (habla_session_backlog_push_audio (self->backlog, get_fed_graph (self), audio))
    return;
  self->figures.audio_lost += size;
  if (was_losing)
    return;
  habla_session_log (self, G_LOG_LEVEL_MESSAGE, "audio is lost: too much waits");
  g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_AUDIO_LOST], 0, (guint64) size);
}

/* What the table asks for. */

static void
look_at_graph (HablaSession *self)
{
  if (self->graph == NULL)
    return;
  habla_session_graph_look (self->graph, self->figures.overload, &self->figures);
  self->figures.audio_waiting =
      habla_session_backlog_get_waiting (self->backlog, get_fed_graph (self));
}

static gboolean
look (gpointer data)
{
  HablaSession *self = data;
  guint level;

  if (self->graph == NULL)
    return G_SOURCE_CONTINUE;
  if (self->options.input == HABLA_SESSION_INPUT_PUSHED && self->state == HABLA_SESSION_LISTENING &&
      habla_no_audio_look (&self->no_audio, habla_session_graph_has_heard (self->graph),
          habla_session_backlog_get_waiting (self->backlog, self->graph))) {
    g_autoptr (GError) error = g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT, HABLA_NO_AUDIO);

    habla_session_fail (self, error);
    return G_SOURCE_REMOVE;
  }
  look_at_graph (self);
  level = habla_overload_update (&self->overload, self->figures.lag, gst_util_get_timestamp ());
  if (level != self->figures.overload) {
    self->figures.overload = level;
    /* At once, not at the next look. */
    look_at_graph (self);
    g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_OVERLOAD], 0, level);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
last_audio_timed_out (gpointer data)
{
  HablaSession *self = data;

  habla_source_clear (&self->last_audio_timer);
  habla_session_dispatch (self, HABLA_SESSION_EVENT_INPUT_OVER);
  return G_SOURCE_REMOVE;
}

/* Returns: whether anything has come of what was said since the last time */
static gboolean
has_progressed (HablaSession *self)
{
  const HablaSessionFigures *was = &self->drained, *is = &self->figures;
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
  HablaSession *self = data;
  gint64 limit = self->options.max_drain * G_GINT64_CONSTANT (1000);

  if (has_progressed (self) && (limit == 0 || g_get_monotonic_time () - self->state_since < limit))
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->drain_timer);
  habla_session_log (self, G_LOG_LEVEL_MESSAGE, "what was said is cut off: it takes too long");
  habla_session_dispatch (self, HABLA_SESSION_EVENT_LATE);
  return G_SOURCE_REMOVE;
}

/* A recorder gives its last audio after it was stopped, and the client tells of the stop
 * first: the one message that comes after the stop is the last, whatever its size. If none
 * comes, it is over LAST_AUDIO_TIMEOUT after the stop. */
static void
await_audio (HablaSession *self)
{
  gint64 waited = (g_get_monotonic_time () - self->stopped) / 1000;

  if (self->last_audio_timer != NULL)
    return;
  if (self->options.input != HABLA_SESSION_INPUT_PUSHED || self->has_last_audio ||
      waited >= LAST_AUDIO_TIMEOUT)
    habla_session_dispatch (self, HABLA_SESSION_EVENT_INPUT_OVER);
  else
    habla_source_start_timer (&self->last_audio_timer, LAST_AUDIO_TIMEOUT - waited,
        "habla: last audio", last_audio_timed_out, self);
}

static void
tear_down (HablaSession *self)
{
  look_at_graph (self);
  habla_source_clear (&self->bus_watch);
  habla_source_clear (&self->last_audio_timer);
  habla_source_clear (&self->drain_timer);
  habla_source_clear (&self->look_timer);
  habla_session_backlog_drop (self->backlog);
  self->figures.audio_waiting = 0;
  self->figures.lag = 0;
  g_queue_clear_full (&self->jobs, (GDestroyNotify) habla_session_job_free);
  habla_source_start_timer (
      &self->teardown_timer, LOADING_LIMIT, "habla: session teardown", teardown_timed_out, self);
  habla_session_add_job (self, HABLA_SESSION_JOB_TEAR_DOWN, NULL);
}

static void
act (HablaSession *self, HablaSessionActions actions)
{
  if (actions & HABLA_SESSION_BUILD) {
    g_object_ref (self); /* until it is closed */
    build (self);
  }
  if (actions & HABLA_SESSION_FEED) {
    habla_session_backlog_feed (self->backlog, self->graph);
    habla_session_graph_release_audio (self->graph);
    habla_source_start_timer (
        &self->look_timer, LOOK_INTERVAL, "habla: session figures", look, self);
    /* While it started. */
    if (self->stopped != 0)
      habla_session_dispatch (self, HABLA_SESSION_EVENT_STOP);
    if (self->is_input_over)
      habla_session_dispatch (self, HABLA_SESSION_EVENT_INPUT_OVER);
  }
  if (actions & HABLA_SESSION_AWAIT_AUDIO)
    await_audio (self);
  if (actions & HABLA_SESSION_END_INPUT) {
    habla_source_clear (&self->last_audio_timer);
    has_progressed (self);
    habla_source_start_timer (
        &self->drain_timer, self->options.drain_timeout, "habla: drain", drain_timed_out, self);
    habla_session_add_job (self, HABLA_SESSION_JOB_END_INPUT, NULL);
  }
  if (actions & HABLA_SESSION_TEAR_DOWN)
    tear_down (self);
  if (actions & HABLA_SESSION_TELL_FAILED) {
    habla_session_log (self, G_LOG_LEVEL_MESSAGE, self->error->message);
    g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_FAILED], 0, self->error);
  }
  if (actions & HABLA_SESSION_TELL_CLOSED) {
    n_sessions--;
    g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_CLOSED], 0);
  }
}

/* The only one that changes the state. */
static void
set_state (HablaSession *self, HablaSessionState state, HablaSessionEvent event)
{
  HablaSessionState from = self->state;
  gint64 now = g_get_monotonic_time ();
  guint64 lasted = now - self->state_since;
  const char *from_name = habla_session_state_get_name (from);
  const char *to_name = habla_session_state_get_name (state);

  if (state == from)
    return;
  self->state = state;
  self->state_since = now;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "HABLA_SESSION", self->options.label,
      "HABLA_STATE", to_name, "MESSAGE", "%s: %s after %.3f s %s, on %s", self->options.label,
      to_name, lasted / 1e6, from_name, habla_session_event_get_name (event));
  g_signal_emit (self, signals[HABLA_SESSION_SIGNAL_STATE_CHANGED], 0, from, state, lasted);
}

/* One event after another, also those that come of what is done. */
void
habla_session_dispatch (HablaSession *self, HablaSessionEvent event)
{
  g_autoptr (HablaSession) alive = NULL;

  g_queue_push_tail (&self->events, GUINT_TO_POINTER (event + 1));
  if (self->is_dispatching)
    return;
  alive = g_object_ref (self);
  self->is_dispatching = TRUE;
  while (!g_queue_is_empty (&self->events)) {
    HablaSessionActions actions;
    HablaSessionState state;
    gboolean was_started = self->state != HABLA_SESSION_IDLE;

    event = GPOINTER_TO_UINT (g_queue_pop_head (&self->events)) - 1;
    state = habla_session_state_next (self->state, event, &actions);
    set_state (self, state, event);
    act (self, actions);
    if (actions & HABLA_SESSION_TELL_CLOSED && was_started)
      g_object_unref (self);
  }
  self->is_dispatching = FALSE;
}

static void
habla_session_finalize (GObject *object)
{
  HablaSession *self = HABLA_SESSION (object);
  char **to = (char **) self->options.to;

  if (self->state == HABLA_SESSION_IDLE)
    n_sessions--;
  g_clear_pointer (&self->backlog, habla_session_backlog_free);
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
  G_OBJECT_CLASS (habla_session_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType first, GType second, GType third)
{
  return g_signal_new (name, HABLA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, n_params, first, second, third);
}

static void
habla_session_class_init (HablaSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_session_finalize;

  signals[HABLA_SESSION_SIGNAL_STATE_CHANGED] =
      add_signal ("state-changed", 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT64);
  signals[HABLA_SESSION_SIGNAL_UTTERANCE] = add_signal ("utterance", 2, G_TYPE_STRING,
      HABLA_TYPE_UTTERANCE | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_NONE);
  signals[HABLA_SESSION_SIGNAL_AUDIO_LOST] =
      add_signal ("audio-lost", 1, G_TYPE_UINT64, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_SESSION_SIGNAL_OVERLOAD] =
      add_signal ("overload", 1, G_TYPE_UINT, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_SESSION_SIGNAL_LANGUAGE_FAILED] =
      add_signal ("language-failed", 2, G_TYPE_STRING, G_TYPE_ERROR, G_TYPE_NONE);
  signals[HABLA_SESSION_SIGNAL_FAILED] =
      add_signal ("failed", 1, G_TYPE_ERROR, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_SESSION_SIGNAL_WARNING] =
      add_signal ("warning", 1, G_TYPE_ERROR, G_TYPE_NONE, G_TYPE_NONE);
  signals[HABLA_SESSION_SIGNAL_CLOSED] =
      add_signal ("closed", 0, G_TYPE_NONE, G_TYPE_NONE, G_TYPE_NONE);
}

static void
habla_session_init (HablaSession *self)
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

HablaSession *
habla_session_new (const HablaSessionOptions *options)
{
  HablaSession *self = g_object_new (HABLA_TYPE_SESSION, NULL);

  self->options = *options;
  self->options.label = g_strdup (options->label);
  self->options.pipeline = g_strdup (options->pipeline);
  self->options.source = g_strdup (options->source);
  self->options.raw_caps = g_strdup (options->raw_caps);
  self->options.from = normalize (options->from);
  self->options.to = NULL;
  self->options.header = options->header != NULL ? g_bytes_ref (options->header) : NULL;
  self->backlog = habla_session_backlog_new (options);
  g_hash_table_add (self->languages, g_strdup (self->options.from));
  for (guint i = 0; options->to != NULL && options->to[i] != NULL; i++)
    g_hash_table_add (self->languages, normalize (options->to[i]));
  return self;
}

void
habla_session_start (HablaSession *self)
{
  habla_session_dispatch (self, HABLA_SESSION_EVENT_START);
}

void
habla_session_stop (HablaSession *self)
{
  if (self->stopped == 0)
    self->stopped = g_get_monotonic_time ();
  habla_session_dispatch (self, HABLA_SESSION_EVENT_STOP);
}

void
habla_session_close (HablaSession *self)
{
  habla_session_dispatch (self, HABLA_SESSION_EVENT_CLOSE);
}

gboolean
habla_session_push_audio (HablaSession *self, GBytes *audio)
{
  if (self->options.input != HABLA_SESSION_INPUT_PUSHED || self->has_last_audio ||
      (self->state != HABLA_SESSION_STARTING && self->state != HABLA_SESSION_LISTENING &&
          self->state != HABLA_SESSION_PLAYING))
    return FALSE;
  take_audio (self, audio);
  if (self->stopped != 0) {
    self->has_last_audio = TRUE;
    if (self->state == HABLA_SESSION_LISTENING)
      habla_session_dispatch (self, HABLA_SESSION_EVENT_INPUT_OVER);
  }
  return !habla_session_backlog_is_losing (self->backlog);
}

gboolean
habla_session_push_text (HablaSession *self, const char *text, const char *speaker)
{
  g_autoptr (HablaUtterance) utterance = NULL;

  if (self->state == HABLA_SESSION_IDLE || self->state >= HABLA_SESSION_DRAINING)
    return FALSE;
  utterance = habla_utterance_new (0, text, self->options.from);
  utterance->speaker = g_strdup (speaker);
  return habla_session_backlog_push_text (self->backlog, get_fed_graph (self), utterance);
}

/* Returns: whether the graph is there, and to be changed */
static gboolean
is_changeable (HablaSession *self)
{
  return self->bus_watch != NULL && self->state < HABLA_SESSION_DRAINING;
}

void
habla_session_add_language (HablaSession *self, const char *language)
{
  g_autofree char *code = normalize (language);

  if (g_hash_table_add (self->languages, g_strdup (code)) && is_changeable (self))
    habla_session_add_job (self, HABLA_SESSION_JOB_ADD_LANGUAGE, code);
}

void
habla_session_remove_language (HablaSession *self, const char *language)
{
  g_autofree char *code = normalize (language);

  if (!g_str_equal (code, self->options.from) && g_hash_table_remove (self->languages, code) &&
      is_changeable (self))
    habla_session_add_job (self, HABLA_SESSION_JOB_REMOVE_LANGUAGE, code);
}

gint64
habla_session_find_heard (HablaSession *self, guint64 end)
{
  return self->graph != NULL ? habla_session_graph_find_heard (self->graph, end) : 0;
}

HablaSessionState
habla_session_get_state (HablaSession *self)
{
  return self->state;
}

const char *
habla_session_get_label (HablaSession *self)
{
  return self->options.label;
}

void
habla_session_get_figures (HablaSession *self, HablaSessionFigures *figures)
{
  if (self->state < HABLA_SESSION_FAILED)
    self->figures.audio_waiting =
        habla_session_backlog_get_waiting (self->backlog, get_fed_graph (self));
  *figures = self->figures;
}

GBytes *
habla_session_get_header (HablaSession *self)
{
  GBytes *header = habla_session_backlog_get_header (self->backlog);

  if (header == NULL && self->options.header != NULL)
    header = g_bytes_ref (self->options.header);
  return header;
}

gboolean
habla_session_is_stuck (HablaSession *self)
{
  return self->is_stuck;
}

guint
habla_session_count (void)
{
  return n_sessions;
}

guint
habla_session_count_stuck (void)
{
  return g_atomic_int_get (&n_stuck);
}
