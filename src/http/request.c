/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/request.h"

#include "http/access/access-control.h"
#include "http/response.h"

char *
habla_request_get_segment (const HablaRequest *self, guint n)
{
  g_auto (GStrv) segments = g_strsplit (self->path + 1, "/", -1);

  return g_strdup (n < g_strv_length (segments) ? segments[n] : "");
}

const char *
habla_request_get_parameter (const HablaRequest *self, const char *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

gboolean
habla_request_get_number (const HablaRequest *self, const char *name, guint64 fallback, guint64 min,
    guint64 max, guint64 *number)
{
  const char *value = habla_request_get_parameter (self, name);

  *number = fallback;
  if (value == NULL || g_ascii_string_to_unsigned (value, 10, min, max, number, NULL))
    return TRUE;
  habla_response_set_error (self->message, SOUP_STATUS_UNPROCESSABLE_ENTITY,
      "\"%s\" must be a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, name, min, max);
  return FALSE;
}

char *
habla_request_get_cookie (const HablaRequest *self, const char *name)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);

  return habla_access_control_get_cookie (soup_message_headers_get_one (headers, "Cookie"), name);
}
