/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "failover.h"

#include <habla/engine.h>

gboolean
failover_allows (const Failover *self)
{
  return !self->is_degraded || g_get_monotonic_time () >= self->retry_at;
}

/* @reason: (nullable) */
static void
failover_post (GstElement *element, const char *message, const char *fallback, const char *reason)
{
  GstStructure *structure = gst_structure_new (message, "engine", G_TYPE_STRING,
      habla_engine_get_element_name (element), "fallback", G_TYPE_STRING, fallback, NULL);

  if (reason != NULL)
    gst_structure_set (structure, "reason", G_TYPE_STRING, reason, NULL);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

void
failover_fail (Failover *self, GstElement *element, const char *fallback, const GError *error)
{
  self->backoff = CLAMP (2 * self->backoff, FAILOVER_MIN_BACKOFF, FAILOVER_MAX_BACKOFF);
  self->retry_at = g_get_monotonic_time () + self->backoff;
  if (self->is_degraded)
    return;
  self->is_degraded = TRUE;
  GST_WARNING_OBJECT (element, "%s replaces the server: %s", fallback, error->message);
  failover_post (element, "habla/engine-degraded", fallback, error->message);
}

void
failover_succeed (Failover *self, GstElement *element, const char *fallback)
{
  self->backoff = 0;
  if (!self->is_degraded)
    return;
  self->is_degraded = FALSE;
  GST_INFO_OBJECT (element, "the server works again");
  failover_post (element, "habla/engine-recovered", fallback, NULL);
}
