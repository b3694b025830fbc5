/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/archiver.h"

#include "archive/exchange-record.h"

#include <store/phrases/speaker-names.h>
#include <store/sessions/empty-sessions.h>

static const char *const results[] = { "stored", "lost", NULL };
enum { STORED, LOST };

struct _HablaArchiver {
  HablaStore *store;
  HablaRoomManager *manager;
  guint n_pending;            /* requests that the store has not answered */
  HablaRoomSettings settings; /* in the store; without languages = unknown */

  HablaMetrics *metrics;
  HablaStoreStats counted;
  HablaMetric *queue;
  HablaMetric *writes;
  HablaMetric *failures;
  HablaMetric *corruptions;
  HablaMetric *status;
  HablaMetric *durations;
};

/* An exchange that the store is writing. */
typedef struct {
  HablaArchiver *archiver;
  guint64 session_id;
  guint64 exchange_id;
  gint64 finished_at; /* in monotonic time */
} Pending;

static void
archiver_on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pending *pending = user_data;
  HablaArchiver *self = pending->archiver;

  self->n_pending--;
  if (!habla_store_finish (self->store, result, NULL))
    return;
  habla_metric_observe (self->durations, 0,
      (g_get_monotonic_time () - pending->finished_at) / (double) G_USEC_PER_SEC);
  habla_room_manager_notify_stored (self->manager, pending->session_id, pending->exchange_id);
}

static void
archiver_settings_changed (const HablaRoomSettings *settings, gpointer user_data)
{
  HablaArchiver *self = user_data;
  g_autofree char *direction = NULL;

  if (self->settings.source_language != NULL && self->settings.mode == settings->mode &&
      habla_room_settings_have_same_languages (&self->settings, settings))
    return;
  habla_room_settings_copy (&self->settings, settings);
  direction = habla_exchange_record_format_languages (
      settings->source_language, (const char *const *) settings->target_languages);
  habla_store_set_settings (self->store, direction, habla_mode_get_name (settings->mode));
}

/* New rooms begin with the settings of the last room that had an exchange. */
static void
archiver_exchange_finished (HablaRoom *room, const HablaExchange *exchange, gpointer user_data)
{
  HablaArchiver *self = user_data;
  Pending *pending = g_new0 (Pending, 1);

  pending->archiver = self;
  pending->session_id = habla_room_get_session_id (room);
  pending->exchange_id = exchange->id;
  pending->finished_at = g_get_monotonic_time ();
  self->n_pending++;
  archiver_settings_changed (habla_room_get_settings (room), self);
  habla_store_add_utterance_async (
      self->store, habla_exchange_record_new (room, exchange), archiver_on_stored, pending);
}

static char *
archiver_make_owner (HablaRoom *room)
{
  return habla_speaker_names_make_owner (habla_room_get_key (room));
}

static void
archiver_speakers_changed (HablaRoom *room, gpointer user_data)
{
  HablaArchiver *self = user_data;

  g_autofree char *owner = archiver_make_owner (room);

  habla_store_update_speakers (
      self->store, habla_room_get_session_id (room), habla_exchange_record_speakers_new (room));
  habla_speaker_names_save (self->store, owner, habla_exchange_record_speakers_new (room));
}

static void
archiver_names_forgotten (HablaRoom *room, gpointer user_data)
{
  HablaArchiver *self = user_data;
  g_autofree char *owner = archiver_make_owner (room);

  habla_speaker_names_drop (self->store, owner);
}

static void
archiver_topic_changed (HablaRoom *room, const char *topic, gpointer user_data)
{
  HablaArchiver *self = user_data;

  habla_store_set_topic (self->store, habla_room_get_session_id (room), topic);
}

static void
archiver_session_began (HablaRoom *room, gpointer user_data)
{
  HablaArchiver *self = user_data;
  const HablaRoomSettings *settings = habla_room_get_settings (room);
  HablaSessionRecord *session = habla_session_record_new ();
  const char *targets[] = { settings->target_languages[0], NULL };
  g_autofree char *owner = habla_exchange_record_owner_new (room);

  session->id = habla_room_get_session_id (room);
  session->room = g_utf8_make_valid (habla_room_get_name (room), -1);
  session->direction = habla_exchange_record_format_languages (settings->source_language, targets);
  session->mode = g_strdup (habla_mode_get_name (settings->mode));
  session->started_at = g_get_real_time ();
  habla_empty_sessions_add (self->store, session, owner);
}

static void
archiver_on_names (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaArchiver *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = habla_store_list_finish (self->store, result, &error);

  self->n_pending--;
  if (names == NULL)
    g_message ("The names of speakers are not remembered: %s", error->message);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    const HablaSpeakerNameRecord *record = names->pdata[i];
    const HablaSpeaker speaker = {
      .id = record->id, .custom_name = record->custom_name, .role_hint = record->role_hint
    };

    habla_speaker_names_set (habla_room_manager_get_names (self->manager), record->owner, &speaker);
  }
}

static void
archiver_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaArchiver *self = user_data;
  HablaStoreStats now;
  HablaStoreStatus status = habla_store_get_status (self->store, NULL);

  habla_store_get_stats (self->store, &now);
  habla_metric_set (self->queue, 0, now.pending);
  habla_metric_add (self->writes, STORED, now.stored - self->counted.stored);
  habla_metric_add (self->writes, LOST, now.lost - self->counted.lost);
  habla_metric_add (self->failures, 0, now.failures - self->counted.failures);
  habla_metric_add (self->corruptions, 0, now.corruptions - self->counted.corruptions);
  for (guint i = 0; i <= HABLA_STORE_FAILED; i++)
    habla_metric_set (self->status, i, i == status);
  self->counted = now;
}

static void
archiver_add_metrics (HablaArchiver *self)
{
  HablaMetrics *metrics = self->metrics;

  self->queue = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_store_queue",
      "Changes waiting to be written to the store.", NULL, NULL);
  self->writes = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_store_exchanges_total",
      "Exchanges handed to the store, by result.", "result", results);
  self->failures = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_store_failures_total",
      "Failed attempts to open or write the store; pending changes are kept and retried.", NULL,
      NULL);
  self->corruptions = habla_metrics_add (metrics, HABLA_METRIC_COUNTER,
      "habla_store_corruptions_total", "Damaged store files that were quarantined.", NULL, NULL);
  self->status = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_store_status",
      "1 for the current status of the store, 0 for all others.", "status",
      habla_store_status_names);
  self->durations = habla_metrics_add (metrics, HABLA_METRIC_DURATIONS, "habla_store_write_seconds",
      "Time from the completion of an exchange until it is on disk, in seconds.", NULL, NULL);
  habla_metrics_add_collector (metrics, archiver_collect, self);
}

HablaArchiver *
habla_archiver_new (HablaStore *store, HablaRoomManager *manager, HablaMetrics *metrics)
{
  HablaArchiver *self = g_new0 (HablaArchiver, 1);
  const HablaRoomObserver observer = {
    .exchange_finished = archiver_exchange_finished,
    .session_began = archiver_session_began,
    .speakers_changed = archiver_speakers_changed,
    .names_forgotten = archiver_names_forgotten,
    .topic_changed = archiver_topic_changed,
    .settings_changed = archiver_settings_changed,
    .user_data = self,
  };

  self->store = store;
  self->manager = manager;
  self->metrics = metrics;
  archiver_add_metrics (self);
  habla_room_manager_set_observer (manager, &observer);
  self->n_pending++;
  habla_speaker_names_list_async (store, archiver_on_names, self);
  return self;
}

void
habla_archiver_free (HablaArchiver *self)
{
  guint64 session_id, exchange_id;

  habla_room_manager_set_observer (self->manager, NULL);
  habla_room_manager_get_next_ids (self->manager, &session_id, &exchange_id);
  habla_store_release_ids (self->store, session_id, exchange_id);
  habla_metrics_remove_collector (self->metrics, self);
  habla_store_free (self->store);
  while (self->n_pending > 0)
    g_main_context_iteration (NULL, TRUE);
  /* Requests of others to the store end in the main loop, too. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  habla_room_settings_clear (&self->settings);
  g_free (self);
}

gboolean
habla_archiver_check (gpointer store, char **message)
{
  HablaStoreStatus status = habla_store_get_status (store, NULL);
  HablaStoreStats stats;

  habla_store_get_stats (store, &stats);
  if (status != HABLA_STORE_OK && status != HABLA_STORE_OPENING) {
    *message =
        g_strdup_printf ("the store is %s: %u exchanges are kept in memory, %" G_GUINT64_FORMAT
                         " were lost; see the log",
            habla_store_status_names[status], stats.pending, stats.lost);
    return FALSE;
  }
  if (stats.corruptions > 0) {
    *message = g_strdup ("a damaged file was renamed and replaced by a new one; see the log");
    return FALSE;
  }
  *message = g_strdup ("exchanges are written to disk");
  return TRUE;
}
