/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fallback/server-health.h"

#include "fallback/local-engine.h"

#include <gio/gio.h>

void
server_health_init (ServerHealth *self)
{
  g_mutex_init (&self->lock);
  server_health_reset (self);
}

void
server_health_destroy (ServerHealth *self)
{
  g_mutex_clear (&self->lock);
}

void
server_health_reset (ServerHealth *self)
{
  g_mutex_lock (&self->lock);
  self->breaker = (HablaCircuitBreaker){ .max_failures = 1 };
  self->is_degraded = FALSE;
  self->n_replaced = 0;
  g_mutex_unlock (&self->lock);
}

gboolean
server_health_allow (ServerHealth *self, gboolean is_final)
{
  gboolean allowed;

  g_mutex_lock (&self->lock);
  if (is_final)
    allowed = habla_circuit_breaker_allow (&self->breaker, gst_util_get_timestamp ());
  else
    allowed = self->breaker.state == HABLA_CIRCUIT_BREAKER_CLOSED;
  g_mutex_unlock (&self->lock);
  return allowed;
}

gboolean
server_health_is_due (ServerHealth *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  HablaCircuitBreaker copy = self->breaker;

  return habla_circuit_breaker_allow (&copy, gst_util_get_timestamp ());
}

gboolean
server_health_is_degraded (ServerHealth *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->is_degraded;
}

/* Called with lock held. Returns: whether this is news */
static gboolean
server_health_update (ServerHealth *self, const GError *error)
{
  gboolean was_degraded = self->is_degraded;

  if (error == NULL) {
    habla_circuit_breaker_succeed (&self->breaker);
    self->is_degraded = FALSE;
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    habla_circuit_breaker_cancel (&self->breaker);
  } else {
    habla_circuit_breaker_fail (&self->breaker, gst_util_get_timestamp ());
    self->is_degraded = TRUE;
  }
  return self->is_degraded != was_degraded;
}

void
server_health_report (
    ServerHealth *self, GstElement *element, const char *fallback, const GError *error)
{
  gboolean is_news;

  g_mutex_lock (&self->lock);
  is_news = server_health_update (self, error);
  g_mutex_unlock (&self->lock);
  if (is_news && error != NULL) {
    GST_WARNING_OBJECT (element, "%s replaces the server: %s", fallback, error->message);
    local_engine_post_notice (element, "habla/engine-degraded", fallback, error->message);
  } else if (is_news) {
    GST_INFO_OBJECT (element, "the server works again");
    local_engine_post_notice (element, "habla/engine-recovered", fallback, NULL);
  }
}

void
server_health_cancel (ServerHealth *self)
{
  g_mutex_lock (&self->lock);
  habla_circuit_breaker_cancel (&self->breaker);
  g_mutex_unlock (&self->lock);
}

void
server_health_count_replaced (ServerHealth *self)
{
  g_mutex_lock (&self->lock);
  self->n_replaced++;
  g_mutex_unlock (&self->lock);
}

void
server_health_add_to_stats (ServerHealth *self, GstStructure *stats)
{
  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "degraded", G_TYPE_BOOLEAN, self->is_degraded, "replaced",
      G_TYPE_UINT64, self->n_replaced, "breaker", G_TYPE_STRING,
      habla_circuit_breaker_get_name (&self->breaker), NULL);
  g_mutex_unlock (&self->lock);
}
