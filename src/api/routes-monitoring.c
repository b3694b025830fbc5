/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/api-private.h"

#include <http/response.h>
#include <string.h>

/* The responses are in memory already. */
static void
answer_health (const HablaRequest *request)
{
  g_autoptr (GBytes) body = habla_health_get_live (
      habla_api_from_request (request)->health, habla_connection_is_loopback (request->connection));

  habla_response_set (request->message, SOUP_STATUS_OK, "application/json", body);
}

static void
answer_ready (const HablaRequest *request)
{
  gboolean is_ready;
  g_autoptr (GBytes) body = habla_health_get_ready (habla_api_from_request (request)->health,
      habla_connection_is_loopback (request->connection), &is_ready);

  habla_response_set (request->message, is_ready ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE,
      "application/json", body);
}

static void
answer_metrics (const HablaRequest *request)
{
  char *text = habla_metrics_expose (habla_api_from_request (request)->metrics);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  habla_response_set (
      request->message, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8", body);
}

static void
answer_cluster (const HablaRequest *request)
{
  HablaApi *api = habla_api_from_request (request);
  g_autoptr (GBytes) body = NULL;

  if (api->get_cluster == NULL) {
    habla_response_set_error (request->message, SOUP_STATUS_NOT_FOUND,
        "This hablad is alone; see [cluster] of its configuration");
    return;
  }
  body = api->get_cluster (api->cluster);
  habla_response_set (request->message, SOUP_STATUS_OK, "application/json", body);
}

const HablaRoute habla_routes_monitoring[] = {
  { .path = "/health",
      .methods = "GET",
      .flags = HABLA_ROUTE_PUBLIC | HABLA_ROUTE_NOT_LIMITED,
      .handler = answer_health },
  { .path = "/health/ready",
      .methods = "GET",
      .flags = HABLA_ROUTE_PUBLIC | HABLA_ROUTE_NOT_LIMITED,
      .handler = answer_ready },
  { .path = "/metrics", .methods = "GET", .handler = answer_metrics },
  { .path = "/api/cluster", .methods = "GET", .handler = answer_cluster },
  {},
};
