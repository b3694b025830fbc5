/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/subtitle-writer-private.h"

#include <json-glib/json-glib.h>

/* Plain text, tab-separated values and JSON. */

/* Returns: (transfer full): @text on one line */
static char *
rows_join_lines (const char *text)
{
  return g_strdelimit (g_strdup (text != NULL ? text : ""), "\t\r\n", ' ');
}

static void
txt_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  g_autofree char *text = rows_join_lines (entry->text);
  g_autofree char *speaker = rows_join_lines (entry->speaker);

  g_string_append_printf (out, "%s%s%s\n", speaker, *speaker != '\0' ? ": " : "", text);
}

const HablaSubtitleFormat habla_subtitle_txt = {
  .name = "txt",
  .kind = HABLA_SUBTITLE_LINES,
  .append_entry = txt_append_entry,
};

/* Seconds with milliseconds. */
static void
rows_append_seconds (GString *out, guint64 time)
{
  guint64 msecs = time / 1000000 + (time % 1000000 >= 500000);

  g_string_append_printf (
      out, "%" G_GUINT64_FORMAT ".%03" G_GUINT64_FORMAT, msecs / 1000, msecs % 1000);
}

static char *
tsv_make_header (const HablaSubtitleState *self, const char *source)
{
  return g_strdup ("begin\tend\tspeaker\tlanguage\ttext\tsource\n");
}

static void
tsv_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  const char *const cells[] = { entry->speaker, entry->language, entry->text, entry->source };

  rows_append_seconds (out, entry->begin);
  g_string_append_c (out, '\t');
  rows_append_seconds (out, entry->end);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++) {
    g_autofree char *cell = rows_join_lines (cells[i]);

    g_string_append_printf (out, "\t%s", cell);
  }
  g_string_append_c (out, '\n');
}

const HablaSubtitleFormat habla_subtitle_tsv = {
  .name = "tsv",
  .kind = HABLA_SUBTITLE_ROWS,
  .make_header = tsv_make_header,
  .append_entry = tsv_append_entry,
};

static void
json_append_member (GString *out, const char *name, const char *value)
{
  g_autoptr (JsonNode) node = json_node_new (value != NULL ? JSON_NODE_VALUE : JSON_NODE_NULL);
  g_autofree char *json = NULL;

  if (value != NULL)
    json_node_set_string (node, value);
  json = json_to_string (node, FALSE);
  g_string_append_printf (out, ",\"%s\":%s", name, json);
}

static char *
json_make_header (const HablaSubtitleState *self, const char *source)
{
  return g_strdup ("[");
}

static void
json_append_entry (const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out)
{
  g_string_append (out, self->n_entries > 0 ? ",\n{\"begin\":" : "\n{\"begin\":");
  rows_append_seconds (out, entry->begin);
  g_string_append (out, ",\"end\":");
  rows_append_seconds (out, entry->end);
  json_append_member (out, "speaker", entry->speaker);
  json_append_member (out, "language", entry->language);
  json_append_member (out, "text", entry->text);
  json_append_member (out, "source", entry->source);
  g_string_append_c (out, '}');
}

static void
json_append_footer (const HablaSubtitleState *self, GString *out)
{
  g_string_append (out, self->n_entries > 0 ? "\n]\n" : "]\n");
}

const HablaSubtitleFormat habla_subtitle_json = {
  .name = "json",
  .kind = HABLA_SUBTITLE_ROWS,
  .make_header = json_make_header,
  .append_entry = json_append_entry,
  .append_footer = json_append_footer,
};
