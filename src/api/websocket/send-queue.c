/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/send-queue.h"

#include <util/token-bucket.h>
#include <util/source.h>

#define ERRORS_PER_SECOND 2
#define ERRORS_AT_ONCE 20
#define DRAIN_INTERVAL 50 /* in milliseconds */

enum { PARTIAL, PARTIAL_TRANSLATION, N_PARTIALS };

static const HablaEventType partial_types[N_PARTIALS] = {
  [PARTIAL] = HABLA_EVENT_PARTIAL,
  [PARTIAL_TRANSLATION] = HABLA_EVENT_PARTIAL_TRANSLATION,
};

struct _HablaSendQueue {
  HablaSendQueueOptions options;
  gboolean is_stopped;
  GBytes *partials[N_PARTIALS]; /* (nullable): the newest, beyond the soft limit */
  HablaTokenBucket errors;
  GSource *drain_source;
};

HablaSendQueue *
habla_send_queue_new (const HablaSendQueueOptions *options)
{
  HablaSendQueue *self = g_new0 (HablaSendQueue, 1);

  self->options = *options;
  habla_token_bucket_init (
      &self->errors, ERRORS_PER_SECOND, ERRORS_AT_ONCE, g_get_monotonic_time ());
  return self;
}

void
habla_send_queue_free (HablaSendQueue *self)
{
  habla_send_queue_stop (self);
  for (guint i = 0; i < N_PARTIALS; i++)
    g_clear_pointer (&self->partials[i], g_bytes_unref);
  g_free (self);
}

void
habla_send_queue_stop (HablaSendQueue *self)
{
  self->is_stopped = TRUE;
  habla_source_clear (&self->drain_source);
}

gsize
habla_send_queue_get_backlog (HablaSendQueue *self)
{
  return habla_websocket_meter_get_backlog (self->options.meter);
}

gboolean
habla_send_queue_is_open (HablaSendQueue *self)
{
  return !self->is_stopped &&
         soup_websocket_connection_get_state (self->options.websocket) == SOUP_WEBSOCKET_STATE_OPEN;
}

static void
send_queue_send_now (HablaSendQueue *self, guint type, GBytes *message)
{
  gsize backlog;

  if (!habla_send_queue_is_open (self))
    return;
  soup_websocket_connection_send_message (
      self->options.websocket, SOUP_WEBSOCKET_DATA_TEXT, message);
  backlog = habla_send_queue_get_backlog (self);
  habla_client_registry_count_sent (self->options.registry, type, backlog);
  if (backlog > self->options.hard_limit && habla_send_queue_is_open (self))
    self->options.on_overflow (backlog, self->options.user_data);
}

static void
send_queue_discard_partial (HablaSendQueue *self, guint i)
{
  if (self->partials[i] != NULL)
    habla_client_registry_count_dropped_partial (self->options.registry);
  g_clear_pointer (&self->partials[i], g_bytes_unref);
}

/* libsoup does not report that it has written, so the backlog is polled while a partial is kept. */
static gboolean
send_queue_on_drain (gpointer user_data)
{
  HablaSendQueue *self = user_data;

  if (habla_send_queue_get_backlog (self) > self->options.soft_limit)
    return G_SOURCE_CONTINUE;
  habla_source_clear (&self->drain_source);
  for (guint i = 0; i < N_PARTIALS; i++) {
    g_autoptr (GBytes) message = g_steal_pointer (&self->partials[i]);

    if (message != NULL)
      send_queue_send_now (self, partial_types[i], message);
  }
  return G_SOURCE_REMOVE;
}

static void
send_queue_send_partial (HablaSendQueue *self, guint i, GBytes *message)
{
  if (!habla_send_queue_is_open (self))
    return;
  send_queue_discard_partial (self, i);
  if (habla_send_queue_get_backlog (self) <= self->options.soft_limit) {
    send_queue_send_now (self, partial_types[i], message);
    return;
  }
  self->partials[i] = g_bytes_ref (message);
  if (self->drain_source == NULL)
    habla_source_start_timer (&self->drain_source, DRAIN_INTERVAL, "[habla] HablaSendQueue drain",
        send_queue_on_drain, self);
}

void
habla_send_queue_send (HablaSendQueue *self, guint type, GBytes *message)
{
  for (guint i = 0; i < N_PARTIALS; i++) {
    if (type == partial_types[i]) {
      send_queue_send_partial (self, i, message);
      return;
    }
  }
  /* Both end the live line; a partial that is sent later would open it again. */
  if (type == HABLA_EVENT_TRANSCRIPT || type == HABLA_EVENT_SESSION_RESET)
    for (guint i = 0; i < N_PARTIALS; i++)
      send_queue_discard_partial (self, i);
  send_queue_send_now (self, type, message);
}

void
habla_send_queue_send_error (HablaSendQueue *self, const char *text)
{
  g_autoptr (GBytes) message = NULL;

  if (!habla_token_bucket_take (&self->errors, g_get_monotonic_time ())) {
    habla_client_registry_count_suppressed_error (self->options.registry);
    return;
  }
  message = habla_protocol_encode_error (text);
  send_queue_send_now (self, HABLA_EVENT_ERROR, message);
}
