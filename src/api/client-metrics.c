/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/client-metrics.h"

static const char *const roles[] = { "waiting", "owner", "listener", NULL };

/* In the order of HablaCommandType, and HABLA_CLIENT_RECEIVED_… */
static const char *const received[] = { "hello", "new_session", "ping", "rename_speaker",
  "segment_end", "set_language", "set_mode", "start_listening", "stop_listening", "text_input",
  "toggle_direction", "audio", "invalid", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (received) == HABLA_CLIENT_RECEIVED_INVALID + 2);

/* In the order of HablaEventType, and HABLA_CLIENT_SENT_… */
static const char *const sent[] = { "status", "partial", "partial_translation", "transcript_final",
  "translation", "speakers_updated", "direction_changed", "mode_changed", "listening_started",
  "listening_stopped", "session_reset", "overload", "exchange_stored", "playback_started",
  "playback_progress", "playback_finished", "playback_stopped", "error", "pong", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (sent) == HABLA_CLIENT_SENT_PONG + 2);

static const char *const closes[] = { "1000", "1001", "1002", "1005", "1006", "1007", "1008",
  "1009", "1013", "other", NULL };

/* In the order of HablaFrameVerdict, and HABLA_CLIENT_REFUSED_… The first is never counted. */
static const char *const refusals[] = { "none", "control_rate", "malformed", "fragmented",
  "message_size", "message_time", "unfinished_size", "hello", "message_rate", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (refusals) == HABLA_CLIENT_REFUSED_MESSAGE_RATE + 2);

static void
collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaClientMetrics *self = user_data;
  guint clients[HABLA_CLIENT_LISTENER + 1] = { 0 };
  double backlog = 0;

  for (GList *l = self->all.head; l != NULL; l = l->next) {
    clients[habla_websocket_client_get_role (l->data)]++;
    backlog += habla_websocket_client_get_backlog (l->data);
  }
  habla_metric_set (self->backlog, 0, backlog);
  habla_metric_set (self->unfinished, 0, self->unfinished_bytes);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    habla_metric_set (self->clients, i, clients[i]);
}

HablaClientMetrics *
habla_client_metrics_new (HablaMetrics *metrics)
{
  HablaClientMetrics *self = g_new0 (HablaClientMetrics, 1);

  self->metrics = metrics;
  self->clients = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_clients",
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
  habla_metrics_add_collector (metrics, collect, self);
  return self;
}

/* All clients must be gone. */
void
habla_client_metrics_free (HablaClientMetrics *self)
{
  g_return_if_fail (g_queue_is_empty (&self->all));

  habla_metrics_remove_collector (self->metrics, self);
  g_free (self);
}

void
habla_client_metrics_count_close (HablaClientMetrics *self, guint code)
{
  g_autofree char *name = g_strdup_printf ("%u", code);
  guint i = 0;

  while (i < G_N_ELEMENTS (closes) - 2 && !g_str_equal (closes[i], name))
    i++;
  habla_metric_add (self->closes, i, 1);
}
