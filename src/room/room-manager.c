/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "room/room-manager-private.h"

#include "room/languages/language-check.h"

#include <broadcast/speech-encoder.h>
#include <decoder/decoder.h>
#include <pipeline/engines/engine-registry.h>
#include <util/source.h>

#include <string.h>

/* Interval of the log line with levels, in seconds. */
#define LOG_INTERVAL 60

/* Time for the teardown of pipelines beyond the time to drain, in milliseconds. */
#define CUT_GRACE 2000

/* During a shutdown, interval of the check for open files, in milliseconds. */
#define WAIT_INTERVAL 20

/* Returns: whether a recording is being written or played */
static gboolean
room_manager_has_open_files (HablaRoomManager *self)
{
  HablaRecordingLibrary *recordings = self->context.recordings;

  return habla_player_count () > 0 ||
         (recordings != NULL && habla_recording_library_count_open (recordings) > 0);
}

static void
room_manager_check_shut_down (HablaRoomManager *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->shut_down == NULL || self->context.n_sessions > 0 || room_manager_has_open_files (self))
    return;
  habla_source_clear (&self->cut_timer);
  habla_source_clear (&self->wait_timer);
  task = g_steal_pointer (&self->shut_down);
  g_task_return_boolean (task, TRUE);
}

static gboolean
room_manager_on_sweep (gpointer user_data)
{
  HablaRoomManager *self = user_data;

  habla_source_clear (&self->sweep);
  for (guint i = self->rooms->len; i > 0; i--)
    if (habla_room_is_empty (g_ptr_array_index (self->rooms, i - 1)))
      g_ptr_array_remove_index (self->rooms, i - 1);
  room_manager_check_shut_down (self);
  return G_SOURCE_REMOVE;
}

/* Later, because a function of the room is still running. */
void
habla_room_manager_sweep_later (HablaRoomManager *self)
{
  if (self->sweep == NULL)
    habla_source_attach (&self->sweep, g_idle_source_new (), "[habla] HablaRoomManager sweep",
        room_manager_on_sweep, self);
}

static void
room_manager_on_session_ended (gpointer user_data)
{
  habla_room_manager_sweep_later (user_data);
}

static void
room_manager_on_room_emptied (gpointer user_data)
{
  habla_room_manager_sweep_later (user_data);
}

static void
room_manager_get_levels (HablaRoomManager *self, HablaPipelineLevels *levels)
{
  memset (levels, 0, sizeof *levels);
  levels->rooms = self->rooms->len;
  levels->decoders = habla_decoder_count ();
  levels->stuck = habla_pipeline_count_stuck ();
  for (guint i = 0; i < self->rooms->len; i++)
    habla_room_add_levels (g_ptr_array_index (self->rooms, i), levels);
}

static void
room_manager_set_broadcast_levels (HablaRoomManager *self)
{
  HablaBroadcastMetrics *metrics = &self->context.broadcasts;
  guint n = 0, n_webrtc = 0;
  double lag = 0.0;

  for (guint i = 0; i < self->rooms->len; i++) {
    HablaHeadphonesStats stats = habla_room_get_headphones_stats (self->rooms->pdata[i]);

    n += stats.n_listeners;
    n_webrtc += stats.n_packet_listeners;
    lag = MAX (lag, stats.lag);
  }
  habla_metric_set (metrics->encoders, 0, habla_speech_encoder_count ());
  habla_metric_set (metrics->listeners, 0, n);
  habla_metric_set (metrics->webrtc_listeners, 0, n_webrtc);
  habla_metric_set (metrics->lag, 0, lag);
}

static void
room_manager_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaRoomManager *self = user_data;
  HablaPipelineLevels levels;

  room_manager_set_broadcast_levels (self);

  room_manager_get_levels (self, &levels);
  habla_room_metrics_set_levels (self->context.metrics, &levels);
}

static gboolean
room_manager_on_log (gpointer user_data)
{
  HablaRoomManager *self = user_data;
  HablaPipelineLevels levels;

  if (!self->has_news)
    return G_SOURCE_CONTINUE;
  room_manager_get_levels (self, &levels);
  habla_room_metrics_log (self->context.metrics, &levels);
  self->has_news = self->context.n_sessions > 0;
  return G_SOURCE_CONTINUE;
}

static void
room_manager_on_session_began (gpointer user_data)
{
  ((HablaRoomManager *) user_data)->has_news = TRUE;
}

static void
room_manager_update_languages (HablaRoomManager *self)
{
  HablaLanguages languages = { NULL };
  g_autofree char *heard = NULL;

  habla_engine_registry_collect_languages (self->context.engines, &languages);
  if (habla_languages_equal (&languages, &self->context.languages)) {
    habla_languages_clear (&languages);
    return;
  }
  habla_languages_clear (&self->context.languages);
  self->context.languages = languages;
  heard = g_strjoinv (", ", languages.heard);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE",
      "Languages changed: heard are %s; %u pairs are translated, %u languages spoken",
      *heard != '\0' ? heard : "none", g_strv_length (languages.translated),
      g_strv_length (languages.spoken));
}

static void
room_manager_set_named_engines (HablaRoomManager *self, GPtrArray *engines)
{
  habla_engine_registry_set_named (engines, HABLA_ENGINE_TRANSCRIBER, self->context.transcriber);
  habla_engine_registry_set_named (engines, HABLA_ENGINE_TRANSLATOR, self->context.translator);
  habla_engine_registry_set_named (engines, HABLA_ENGINE_SYNTHESIZER, self->context.synthesizer);
}

/* For the languages of new rooms. */
static void
room_manager_update_preloader (HablaRoomManager *self)
{
  HablaRoomSettings first = { NULL };

  habla_room_settings_copy (&first, &self->context.settings);
  habla_languages_adapt_settings (&self->context.languages, &first);
  habla_engine_preloader_set_engines (
      self->preloader, self->context.engines, first.source_language, first.target_languages[0]);
  habla_room_settings_clear (&first);
  if (self->loader != NULL)
    g_thread_pool_push (self->loader, self, NULL);
}

/* A model was installed or removed. The next pipelines use the engines that are the best now. */
static void
room_manager_on_engines_changed (GPtrArray *engines, gpointer user_data)
{
  HablaRoomManager *self = user_data;
  HablaRoomContext *context = &self->context;
  gboolean has_changed;

  room_manager_set_named_engines (self, engines);
  has_changed = !habla_engine_registry_are_equal (engines, context->engines);
  g_ptr_array_unref (context->engines);
  context->engines = g_ptr_array_ref (engines);
  room_manager_update_languages (self);
  /* The same engine may have a better model. */
  room_manager_update_preloader (self);
  if (!has_changed)
    return;
  for (guint i = 0; i < self->rooms->len; i++)
    habla_room_notify_available (g_ptr_array_index (self->rooms, i));
}

HablaRoomManager *
habla_room_manager_new (const HablaRoomManagerOptions *options)
{
  HablaRoomManager *self = g_new0 (HablaRoomManager, 1);
  HablaRoomContext *context = &self->context;
  HablaRoomSettings first = { NULL };

  habla_room_context_init (context, options);
  context->session_began = room_manager_on_session_began;
  context->session_ended = room_manager_on_session_ended;
  context->room_emptied = room_manager_on_room_emptied;
  /* Before the list, so that no change is missed in between. */
  self->engine_monitor = habla_engine_monitor_new (room_manager_on_engines_changed, self);
  context->engines = habla_engine_list ();
  room_manager_set_named_engines (self, context->engines);
  habla_engine_registry_collect_languages (context->engines, &context->languages);
  context->metrics = habla_room_metrics_new (options->metrics);
  habla_playback_metrics_init (&context->playback, options->metrics);
  habla_broadcast_metrics_init (&context->broadcasts, options->metrics);
  if (options->recordings != NULL) {
    HablaRecordingLibraryOptions recordings = { .root = options->recordings,
      .keep_days = options->keep_days,
      .max_size = options->max_recordings,
      .max_recording_size = options->max_recording_size,
      .max_undecoded = options->max_audio_backlog };

    context->recordings = habla_recording_library_new (&recordings, options->metrics);
  }
  context->is_recording = context->recordings != NULL && options->is_recording;
  context->manager = self;
  self->metrics = options->metrics;
  self->drain_timeout = options->drain_timeout;
  if (options->max_shut_down != 0)
    self->drain_timeout = MIN (self->drain_timeout, options->max_shut_down);
  habla_room_settings_copy (&first, &options->settings);
  habla_languages_adapt_settings (&context->languages, &first);
  self->preloader = habla_engine_preloader_new (
      context->engines, first.source_language, first.target_languages[0]);
  habla_room_settings_clear (&first);
  self->leaks_tracer = habla_leaks_tracer_new (options->metrics);
  self->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_room_free);
  self->next_room = 1;
  habla_source_start_timer (&self->log_timer, LOG_INTERVAL * 1000, "[habla] HablaRoomManager log",
      room_manager_on_log, self);
  habla_metrics_add_collector (options->metrics, room_manager_collect, self);
  return self;
}

void
habla_room_manager_free (HablaRoomManager *self)
{
  HablaRoomContext *context = &self->context;

  habla_engine_monitor_free (self->engine_monitor);
  if (self->loader != NULL)
    g_thread_pool_free (self->loader, TRUE, TRUE);
  habla_metrics_remove_collector (self->metrics, self);
  habla_source_clear (&self->sweep);
  habla_source_clear (&self->log_timer);
  habla_source_clear (&self->cut_timer);
  habla_source_clear (&self->wait_timer);
  for (guint i = 0; i < self->rooms->len; i++)
    g_assert (habla_room_is_empty (g_ptr_array_index (self->rooms, i)));
  g_ptr_array_unref (self->rooms);
  g_clear_pointer (&context->recordings, habla_recording_library_free);
  g_clear_pointer (&self->leaks_tracer, habla_leaks_tracer_free);
  habla_engine_preloader_free (self->preloader);
  habla_room_metrics_free (context->metrics);
  habla_room_context_clear (context);
  g_free (self);
}

void
habla_room_manager_set_observer (HablaRoomManager *self, const HablaRoomObserver *observer)
{
  self->context.observer = observer != NULL ? *observer : (HablaRoomObserver){ NULL };
}

void
habla_room_manager_set_relay (HablaRoomManager *self, const HablaRoomRelay *relay)
{
  g_return_if_fail (relay == NULL || self->rooms->len == 0);

  self->relay = relay != NULL ? *relay : (HablaRoomRelay){ NULL };
  self->context.relay = relay != NULL ? &self->relay : NULL;
  for (guint i = 0; relay == NULL && i < self->rooms->len; i++)
    while (habla_room_count_uncommitted (g_ptr_array_index (self->rooms, i)) > 0)
      habla_room_commit (g_ptr_array_index (self->rooms, i));
}

void
habla_room_manager_raise_ids (HablaRoomManager *self, guint64 session_id, guint64 exchange_id)
{
  HablaRoomContext *context = &self->context;

  context->next_session_id = MAX (context->next_session_id, session_id);
  context->next_exchange_id = MAX (context->next_exchange_id, exchange_id);
}

void
habla_room_manager_get_next_ids (HablaRoomManager *self, guint64 *session_id, guint64 *exchange_id)
{
  *session_id = self->context.next_session_id;
  *exchange_id = self->context.next_exchange_id;
}

void
habla_room_manager_notify_stored (HablaRoomManager *self, guint64 session_id, guint64 exchange_id)
{
  for (guint i = 0; i < self->rooms->len; i++) {
    HablaRoom *room = g_ptr_array_index (self->rooms, i);

    if (habla_room_get_session_id (room) == session_id) {
      habla_room_notify_stored (room, exchange_id);
      return;
    }
  }
}

static void
room_manager_report_settings (HablaRoomManager *self)
{
  const HablaRoomObserver *observer = &self->context.observer;

  if (observer->settings_changed != NULL)
    observer->settings_changed (&self->context.settings, observer->user_data);
}

const HablaRoomSettings *
habla_room_manager_get_settings (HablaRoomManager *self)
{
  return &self->context.settings;
}

void
habla_room_manager_set_languages (
    HablaRoomManager *self, const char *source, const char *const *targets)
{
  habla_room_settings_set_languages (&self->context.settings, source, targets);
  room_manager_report_settings (self);
}

void
habla_room_manager_set_mode (HablaRoomManager *self, HablaMode mode)
{
  self->context.settings.mode = mode;
  room_manager_report_settings (self);
}

void
habla_room_manager_set_detection (HablaRoomManager *self, gboolean detects_language)
{
  self->context.settings.detects_language = detects_language;
}

gboolean
habla_room_manager_can_detect_language (HablaRoomManager *self, const HablaRoomSettings *settings)
{
  return habla_languages_find_detecting (settings, self->context.engines) != NULL;
}

gboolean
habla_room_manager_set_translator (HablaRoomManager *self, const char *translator, GError **error)
{
  g_autoptr (GstElement) engine =
      translator != NULL ? habla_engine_create_named (translator, error) : NULL;

  if (translator != NULL && engine == NULL)
    return FALSE;
  g_free ((char *) self->context.translator);
  self->context.translator = g_strdup (translator);
  habla_engine_monitor_refresh (self->engine_monitor);
  return TRUE;
}

gboolean
habla_room_manager_get_recording (HablaRoomManager *self)
{
  return self->context.is_recording;
}

void
habla_room_manager_set_recording (HablaRoomManager *self, gboolean enabled)
{
  self->context.is_recording = enabled && self->context.recordings != NULL;
  for (guint i = 0; !enabled && i < self->rooms->len; i++)
    habla_room_end_recording (g_ptr_array_index (self->rooms, i));
}

const char *
habla_room_manager_get_recordings (HablaRoomManager *self)
{
  HablaRecordingLibrary *recordings = self->context.recordings;

  return recordings != NULL ? habla_recording_library_get_root (recordings) : NULL;
}

HablaGlossaryFolder *
habla_room_manager_get_glossaries (HablaRoomManager *self)
{
  return self->context.glossaries;
}

HablaSpeakerNames *
habla_room_manager_get_names (HablaRoomManager *self)
{
  return self->context.names;
}

void
habla_room_manager_update_glossary (HablaRoomManager *self, const char *room_name)
{
  for (guint i = 0; i < self->rooms->len; i++) {
    HablaRoom *room = g_ptr_array_index (self->rooms, i);

    if (g_str_equal (habla_room_get_name (room), room_name))
      habla_room_update_glossary (room);
  }
}

const HablaLanguages *
habla_room_manager_get_languages (HablaRoomManager *self)
{
  return &self->context.languages;
}

guint
habla_room_manager_count_sessions (HablaRoomManager *self)
{
  return self->context.n_sessions;
}

guint
habla_room_manager_count_members (HablaRoomManager *self)
{
  guint n = 0;

  for (guint i = 0; i < self->rooms->len; i++)
    n += habla_room_count_members (g_ptr_array_index (self->rooms, i));
  return n;
}

void
habla_room_manager_get_totals (HablaRoomManager *self, HablaRoomTotals *totals)
{
  HablaRoomMetrics *metrics = self->context.metrics;

  totals->confidence = habla_room_metrics_get_confidence (metrics);
  totals->low_confidence = habla_room_metrics_get_low_confidence (metrics);
  totals->processing = habla_room_metrics_get_processing (metrics);
  habla_room_metrics_get_found (
      metrics, &totals->corrections, &totals->idioms, &totals->model_idioms);
}

/* In a thread of the loader. */
static void
room_manager_load (gpointer data, gpointer user_data)
{
  HablaRoomManager *self = data;
  g_autoptr (GError) error = NULL;

  if (!habla_engine_preloader_load (self->preloader, &error))
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE", "Failed to preload engines: %s",
        error->message);
}

void
habla_room_manager_warm_up (HablaRoomManager *self)
{
  if (self->loader == NULL) {
    self->loader = g_thread_pool_new (room_manager_load, NULL, 1, FALSE, NULL);
    g_thread_pool_push (self->loader, self, NULL);
  }
  if (self->context.recordings != NULL)
    habla_recording_library_start_maintenance (self->context.recordings);
}

gboolean
habla_room_manager_is_warm (HablaRoomManager *self)
{
  return habla_engine_preloader_are_loaded (self->preloader);
}

gboolean
habla_room_manager_check_engines (HablaRoomManager *self, GError **error)
{
  return habla_engine_preloader_probe (self->preloader, error);
}

static gboolean
room_manager_on_wait (gpointer user_data)
{
  room_manager_check_shut_down (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
room_manager_on_cut (gpointer user_data)
{
  HablaRoomManager *self = user_data;

  habla_source_clear (&self->cut_timer);
  for (guint i = 0; i < self->rooms->len; i++)
    habla_room_cut (g_ptr_array_index (self->rooms, i));
  return G_SOURCE_REMOVE;
}

void
habla_room_manager_shut_down (HablaRoomManager *self, GAsyncReadyCallback done, gpointer user_data)
{
  g_return_if_fail (!self->is_closing);

  self->is_closing = TRUE;
  self->shut_down = g_task_new (NULL, NULL, done, user_data);
  g_task_set_source_tag (self->shut_down, habla_room_manager_shut_down);
  habla_source_start_timer (&self->cut_timer, self->drain_timeout + CUT_GRACE,
      "[habla] HablaRoomManager cut", room_manager_on_cut, self);
  for (guint i = 0; i < self->rooms->len; i++)
    habla_room_close (g_ptr_array_index (self->rooms, i));
  habla_source_start_timer (&self->wait_timer, WAIT_INTERVAL, "[habla] HablaRoomManager open files",
      room_manager_on_wait, self);
  habla_room_manager_sweep_later (self);
}

gboolean
habla_room_manager_shut_down_finish (HablaRoomManager *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
