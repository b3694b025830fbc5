/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/client-registry.h"

static const char *const roles[] = { "authenticating", "waiting", "owner", "listener", NULL };

/* In the order of HablaCommandType, then HABLA_CLIENT_RECEIVED_… */
static const char *const received[] = { "end_room", "hello", "new_session", "ping",
  "rename_speaker", "segment_end", "set_engines", "set_language", "set_languages", "set_mode",
  "start_listening", "stop_listening", "take_over", "text_input", "toggle_direction", "audio",
  "invalid", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (received) == HABLA_CLIENT_RECEIVED_INVALID + 2);

/* In the order of HablaEventType, then HABLA_CLIENT_SENT_… */
static const char *const sent[] = { "status", "partial", "partial_translation", "transcript_final",
  "translation", "speakers_updated", "direction_changed", "mode_changed", "listening_started",
  "listening_stopped", "session_reset", "overload", "playback_started", "playback_progress",
  "playback_finished", "playback_stopped", "exchange_stored", "audience", "room_ended",
  "room_moved", "error", "pong", "languages_changed", "waiting", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (sent) == HABLA_CLIENT_SENT_WAITING + 2);

static const char *const closes[] = { "1000", "1001", "1002", "1005", "1006", "1007", "1008",
  "1009", "1013", "4422", "other", NULL };

/* In the order of HablaFrameVerdict, then HABLA_CLIENT_REFUSED_… The first is never counted. */
static const char *const refusals[] = { "none", "control_rate", "malformed", "fragmented",
  "message_size", "message_time", "unfinished_size", "hello", "message_rate", "code", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (refusals) == HABLA_CLIENT_REFUSED_CODE + 2);

struct _HablaClientRegistry {
  GQueue clients; /* of HablaClientEntry.link */
  guint64 unfinished_bytes;

  HablaMetrics *metrics;
  HablaMetric *by_role;
  HablaMetric *received;
  HablaMetric *sent;
  HablaMetric *backlog;
  HablaMetric *backlog_peak;
  HablaMetric *dropped_partials;
  HablaMetric *suppressed_errors;
  HablaMetric *closes;
  HablaMetric *refusals;
  HablaMetric *pauses;
  HablaMetric *unfinished;
};

/* @link: of HablaClientEntry, whose first field it is */
static const HablaClientInterface *
client_registry_get_interface (GList *link)
{
  return ((HablaClientEntry *) link)->interface;
}

static void
client_registry_collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaClientRegistry *self = user_data;
  guint by_role[HABLA_CLIENT_LISTENER + 1] = { 0 };
  double backlog = 0;

  for (GList *link = self->clients.head; link != NULL; link = link->next) {
    const HablaClientInterface *interface = client_registry_get_interface (link);

    by_role[interface->get_role (link->data)]++;
    backlog += interface->get_backlog (link->data);
  }
  habla_metric_set (self->backlog, 0, backlog);
  habla_metric_set (self->unfinished, 0, self->unfinished_bytes);
  for (guint i = 0; i < G_N_ELEMENTS (by_role); i++)
    habla_metric_set (self->by_role, i, by_role[i]);
}

HablaClientRegistry *
habla_client_registry_new (HablaMetrics *metrics)
{
  HablaClientRegistry *self = g_new0 (HablaClientRegistry, 1);

  self->metrics = metrics;
  self->by_role = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_clients",
      "WebSocket connections, by role in the room.", "role", roles);
  self->received =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_messages_received_total",
          "Messages received from clients, by type.", "type", received);
  self->sent = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_messages_sent_total",
      "Messages sent to clients, by type.", "type", sent);
  self->backlog = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_client_backlog_bytes",
      "Bytes queued for slow clients, in total.", NULL, NULL);
  self->backlog_peak =
      habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_client_backlog_peak_bytes",
          "Largest number of bytes queued for a single client so far.", NULL, NULL);
  self->dropped_partials =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_dropped_partials_total",
          "Partial texts dropped for slow clients because a newer one replaced them.", NULL, NULL);
  self->suppressed_errors =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_suppressed_errors_total",
          "Error messages not sent to a client because of the rate limit.", NULL, NULL);
  self->closes = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_closes_total",
      "Closed WebSocket connections, by close code.", "code", closes);
  self->refusals = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_refusals_total",
      "WebSocket connections closed because the client exceeded a limit, by limit.", "reason",
      refusals);
  self->pauses = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_client_pauses_total",
      "Pauses in reading from clients that sent too many messages.", NULL, NULL);
  self->unfinished =
      habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_client_unfinished_bytes",
          "Bytes of incomplete messages from all clients.", NULL, NULL);
  habla_metrics_add_collector (metrics, client_registry_collect, self);
  return self;
}

void
habla_client_registry_free (HablaClientRegistry *self)
{
  g_return_if_fail (g_queue_is_empty (&self->clients));

  habla_metrics_remove_collector (self->metrics, self);
  g_free (self);
}

void
habla_client_registry_add (HablaClientRegistry *self, HablaClientEntry *entry,
    const HablaClientInterface *interface, gpointer client)
{
  entry->link.data = client;
  entry->interface = interface;
  g_queue_push_tail_link (&self->clients, &entry->link);
}

static void
client_registry_count_close (HablaClientRegistry *self, guint code)
{
  g_autofree char *name = g_strdup_printf ("%u", code);
  guint i = 0;

  while (i < G_N_ELEMENTS (closes) - 2 && !g_str_equal (closes[i], name))
    i++;
  habla_metric_add (self->closes, i, 1);
}

void
habla_client_registry_remove (HablaClientRegistry *self, HablaClientEntry *entry, guint close_code)
{
  client_registry_count_close (self, close_code);
  g_queue_unlink (&self->clients, &entry->link);
}

guint
habla_client_registry_get_length (HablaClientRegistry *self)
{
  return self->clients.length;
}

void
habla_client_registry_close_all (HablaClientRegistry *self, gushort code, const char *reason)
{
  for (GList *link = self->clients.head; link != NULL; link = link->next)
    client_registry_get_interface (link)->close (link->data, code, reason);
}

void
habla_client_registry_notify_code_renewed (HablaClientRegistry *self, const char *room)
{
  for (GList *link = self->clients.head; link != NULL; link = link->next)
    client_registry_get_interface (link)->code_renewed (link->data, room);
}

guint64 *
habla_client_registry_get_unfinished_bytes (HablaClientRegistry *self)
{
  return &self->unfinished_bytes;
}

void
habla_client_registry_count_received (HablaClientRegistry *self, guint type)
{
  habla_metric_add (self->received, type, 1);
}

void
habla_client_registry_count_sent (HablaClientRegistry *self, guint type, gsize backlog)
{
  habla_metric_add (self->sent, type, 1);
  if (backlog > habla_metric_get (self->backlog_peak, 0))
    habla_metric_set (self->backlog_peak, 0, backlog);
}

void
habla_client_registry_count_refusal (HablaClientRegistry *self, guint reason)
{
  habla_metric_add (self->refusals, reason, 1);
}

void
habla_client_registry_count_pause (HablaClientRegistry *self)
{
  habla_metric_add (self->pauses, 0, 1);
}

void
habla_client_registry_count_dropped_partial (HablaClientRegistry *self)
{
  habla_metric_add (self->dropped_partials, 0, 1);
}

void
habla_client_registry_count_suppressed_error (HablaClientRegistry *self)
{
  habla_metric_add (self->suppressed_errors, 0, 1);
}
