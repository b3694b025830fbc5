/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "failover.h"

#include "local-engine.h"

gboolean
failover_allows (const Failover *self)
{
  return !self->is_degraded || g_get_monotonic_time () >= self->retry_at;
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
  local_engine_post_notice (element, "habla/engine-degraded", fallback, error->message);
}

void
failover_succeed (Failover *self, GstElement *element, const char *fallback)
{
  self->backoff = 0;
  if (!self->is_degraded)
    return;
  self->is_degraded = FALSE;
  GST_INFO_OBJECT (element, "the server works again");
  local_engine_post_notice (element, "habla/engine-recovered", fallback, NULL);
}
