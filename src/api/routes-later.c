/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <http/response.h>
#include "api/routes.h"

/* What clients may ask for by contract and this version does not have. */
static void
answer_later (const HablaRequest *request)
{
  habla_response_with_detail (request->message, SOUP_STATUS_NOT_IMPLEMENTED,
      "This version has no %s yet; live translation does not need it", request->path);
}

/* clang-format off */
const HablaRoute habla_routes_later[] = {
  { .path = "/api/exchanges/{}/bookmark", .methods = "POST", .answer = answer_later },
  { .path = "/api/bookmarks/recent", .methods = "GET", .answer = answer_later },
  { .path = "/api/vocab", .methods = "GET, POST", .answer = answer_later },
  { .path = "/api/vocab/due", .methods = "GET", .answer = answer_later },
  { .path = "/api/vocab/search", .methods = "GET", .answer = answer_later },
  { .path = "/api/vocab/stats", .methods = "GET", .answer = answer_later },
  { .path = "/api/vocab/export/anki", .methods = "GET", .answer = answer_later },
  { .path = "/api/vocab/export/json", .methods = "GET", .answer = answer_later },
  { .path = "/api/vocab/{}/review", .methods = "POST", .answer = answer_later },
  { .path = "/api/vocab/{}", .methods = "DELETE", .answer = answer_later },
  { .path = "/api/idioms", .methods = "POST", .answer = answer_later },
  { .path = "/api/llm/providers", .methods = "GET", .answer = answer_later },
  { .path = "/api/llm/models", .methods = "GET", .answer = answer_later },
  { .path = "/api/llm/current", .methods = "GET", .answer = answer_later },
  { .path = "/api/llm/select", .methods = "POST", .answer = answer_later },
  {},
};
/* clang-format on */
