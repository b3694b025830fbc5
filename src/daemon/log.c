/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/log.h"

#include <json/json-writer.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <util/time-format.h>

/* Fields of GLib that are not written. */
static const char *const dropped[] = { "CODE_FILE", "CODE_LINE", "CODE_FUNC", "GLIB_OLD_LOG_API",
  NULL };

static const char *
get_level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "error";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  if (level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO))
    return level & G_LOG_LEVEL_MESSAGE ? "notice" : "info";
  return "debug";
}

/* Returns: (transfer full): "session" for "HABLA_SESSION" */
static char *
get_member_name (const char *field)
{
  if (g_str_has_prefix (field, "HABLA_"))
    field += strlen ("HABLA_");
  return g_ascii_strdown (field, -1);
}

static void
add_field (JsonBuilder *builder, const GLogField *field)
{
  g_autofree char *name = get_member_name (field->key);
  g_autofree char *text = NULL;

  if (g_strv_contains (dropped, field->key) || g_str_equal (field->key, "PRIORITY"))
    return;
  text = field->length < 0 ? g_utf8_make_valid (field->value, -1)
                           : g_utf8_make_valid (field->value, field->length);
  habla_json_add_string (builder, name, text);
}

/* Writes a line at once, so that lines of several threads do not mix. */
static GLogWriterOutput
write_json (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *time = habla_time_format (g_get_real_time (), HABLA_TIME_MICROSECONDS);
  g_autoptr (GBytes) json = NULL;
  g_autoptr (GByteArray) line = NULL;

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "time", time);
  habla_json_add_string (builder, "level", get_level_name (level));
  for (gsize i = 0; i < n_fields; i++)
    add_field (builder, &fields[i]);
  json_builder_end_object (builder);
  json = habla_json_to_bytes (builder);
  line = g_bytes_unref_to_array (g_steal_pointer (&json));
  g_byte_array_append (line, (const guint8 *) "\n", 1);
  if (write (STDERR_FILENO, line->data, line->len) < 0)
    return G_LOG_WRITER_UNHANDLED;
  return G_LOG_WRITER_HANDLED;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  HablaLogFormat format = GPOINTER_TO_INT (user_data);
  const char *domain = NULL;

  for (gsize i = 0; i < n_fields && domain == NULL; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
  if (g_log_writer_default_would_drop (level, domain) &&
      !(level & G_LOG_LEVEL_INFO && domain != NULL && g_str_has_prefix (domain, "Habla") &&
          !(format == HABLA_LOG_AUTO && isatty (STDERR_FILENO))))
    return G_LOG_WRITER_HANDLED;
  if (format == HABLA_LOG_JSON)
    return write_json (level, fields, n_fields, NULL);
  if (format == HABLA_LOG_AUTO && g_log_writer_is_journald (STDERR_FILENO) &&
      g_log_writer_journald (level, fields, n_fields, NULL) == G_LOG_WRITER_HANDLED)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_standard_streams (level, fields, n_fields, NULL);
}

void
habla_log_init (HablaLogFormat format)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_log_set_writer_func (write_log, GINT_TO_POINTER (format), NULL);
}
