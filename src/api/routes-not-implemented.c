/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths of the protocol's contract that this version does not implement. */
#include "api/api-private.h"

#include <http/response.h>

static void
answer_not_implemented (const HablaRequest *request)
{
  habla_response_set_error (request->message, SOUP_STATUS_NOT_IMPLEMENTED,
      "This version does not support %s; live translation does not need it", request->path);
}

/* clang-format off */
const HablaRoute habla_routes_not_implemented[] = {
  { .path = "/api/llm/providers", .methods = "GET", .handler = answer_not_implemented },
  { .path = "/api/llm/models", .methods = "GET", .handler = answer_not_implemented },
  { .path = "/api/llm/current", .methods = "GET", .handler = answer_not_implemented },
  { .path = "/api/llm/select", .methods = "POST", .handler = answer_not_implemented },
  {},
};
/* clang-format on */
