/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/response.h"

#include <json/json-writer.h>
#include <util/message-code.h>

void
habla_response_set (SoupServerMessage *message, guint status, const char *type, GBytes *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_append (headers, "Content-Type", type);
  soup_message_headers_append (headers, "X-Content-Type-Options", "nosniff");
  if (soup_message_headers_get_one (headers, "Cache-Control") == NULL)
    soup_message_headers_append (headers, "Cache-Control", "no-store");
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

void
habla_response_set_json (SoupServerMessage *message, guint status, JsonBuilder *builder)
{
  g_autoptr (GBytes) body = habla_json_to_bytes (builder);

  habla_response_set (message, status, "application/json", body);
}

void
habla_response_set_error (SoupServerMessage *message, guint status, const char *format, ...)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *detail = NULL;
  const char *code;
  va_list arguments;

  va_start (arguments, format);
  detail = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  code = habla_message_code_find (detail);
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "detail", detail);
  if (code != NULL)
    habla_json_add_string (builder, "code", code);
  json_builder_end_object (builder);
  habla_response_set_json (message, status, builder);
}
