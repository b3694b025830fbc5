/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/response.h>
#include "api/routes.h"

#include <string.h>

/* In all the answer is what is in memory; nothing is looked up. */
static void
answer_health (const HablaRequest *request)
{
  g_autoptr (GBytes) body =
      habla_health_get_live (request->context->health, request->connection->is_loopback);

  habla_response_with (request->message, SOUP_STATUS_OK, "application/json", body);
}

static void
answer_ready (const HablaRequest *request)
{
  gboolean is_ready;
  g_autoptr (GBytes) body = habla_health_get_ready (
      request->context->health, request->connection->is_loopback, &is_ready);

  habla_response_with (request->message,
      is_ready ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, "application/json", body);
}

static void
answer_metrics (const HablaRequest *request)
{
  char *text = habla_metrics_expose (request->context->metrics);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  habla_response_with (
      request->message, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8", body);
}

const HablaRoute habla_routes_monitoring[] = {
  { .path = "/health",
      .methods = "GET",
      .is_open = TRUE,
      .is_free = TRUE,
      .answer = answer_health },
  { .path = "/health/ready",
      .methods = "GET",
      .is_open = TRUE,
      .is_free = TRUE,
      .answer = answer_ready },
  { .path = "/metrics", .methods = "GET", .answer = answer_metrics },
  {},
};
