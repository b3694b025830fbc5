/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sse-parser.h"

#include <habla/error.h>
#include <string.h>

struct _SseParser {
  SseEventFunc func;
  gpointer user_data;
  GString *line; /* without its end, which has not arrived */
  GString *data; /* of the event */
  gboolean has_data;
  gboolean after_cr;
};

SseParser *
sse_parser_new (SseEventFunc func, gpointer user_data)
{
  SseParser *self = g_new0 (SseParser, 1);

  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->data = g_string_new (NULL);
  return self;
}

void
sse_parser_free (SseParser *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self);
}

static gboolean
sse_parser_fail (GError **error, const char *reason)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The server sent an event that %s", reason);
  return FALSE;
}

/* Calls the function for a complete event. */
static gboolean
sse_parser_end_event (SseParser *self, GError **error)
{
  gboolean more = TRUE;

  if (self->has_data && !g_utf8_validate (self->data->str, self->data->len, NULL))
    return sse_parser_fail (error, "is not UTF-8");
  if (self->has_data)
    more = self->func (self->data->str, self->user_data);
  g_string_truncate (self->data, 0);
  self->has_data = FALSE;
  return more;
}

static gboolean
sse_parser_add_data (SseParser *self, const char *value, GError **error)
{
  if (self->data->len + strlen (value) >= SSE_PARSER_MAX_EVENT)
    return sse_parser_fail (error, "is too long");
  if (self->has_data)
    g_string_append_c (self->data, '\n');
  g_string_append (self->data, value);
  self->has_data = TRUE;
  return TRUE;
}

static gboolean
sse_parser_end_line (SseParser *self, GError **error)
{
  gboolean more = TRUE;

  if (strlen (self->line->str) != self->line->len)
    return sse_parser_fail (error, "contains NUL");
  if (self->line->len == 0)
    more = sse_parser_end_event (self, error);
  else if (g_str_equal (self->line->str, "data"))
    more = sse_parser_add_data (self, "", error);
  else if (g_str_has_prefix (self->line->str, "data: "))
    more = sse_parser_add_data (self, self->line->str + 6, error);
  else if (g_str_has_prefix (self->line->str, "data:"))
    more = sse_parser_add_data (self, self->line->str + 5, error);
  g_string_truncate (self->line, 0);
  return more;
}

gboolean
sse_parser_feed (SseParser *self, const guint8 *data, gsize size, GError **error)
{
  gboolean more = TRUE;

  for (gsize i = 0; i < size && more; i++) {
    gboolean is_second_half = data[i] == '\n' && self->after_cr;

    self->after_cr = data[i] == '\r';
    if (is_second_half)
      continue;
    if (data[i] == '\n' || data[i] == '\r')
      more = sse_parser_end_line (self, error);
    else if (self->line->len >= SSE_PARSER_MAX_EVENT)
      more = sse_parser_fail (error, "has a line that is too long");
    else
      g_string_append_c (self->line, data[i]);
  }
  return more;
}
