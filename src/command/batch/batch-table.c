/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/batch-table.h"

#include <json/json-writer.h>
#include <math.h>
#include <string.h>

#define MAX_NAME_COLUMNS 40

static const char *const statuses[] = {
  [HABLA_BATCH_WAITING] = "not begun",
  [HABLA_BATCH_DONE] = "done",
  [HABLA_BATCH_UNCHANGED] = "unchanged",
  [HABLA_BATCH_STOPPED] = "stopped",
  [HABLA_BATCH_FAILED] = "failed",
};

/* Returns: (transfer full): the name without control characters, and with @columns columns */
static char *
table_fit (const char *name, guint columns)
{
  g_autofree char *printable = g_strdup (name);
  g_autofree char *clipped = NULL;

  for (char *c = printable; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  clipped = habla_terminal_output_clip (printable, columns, TRUE);
  return g_strdup_printf (
      "%s%*s", clipped, (int) (columns - habla_terminal_output_measure (clipped)), "");
}

static guint
table_get_name_columns (GPtrArray *rows)
{
  guint columns = 0;

  for (guint i = 0; i < rows->len; i++) {
    HablaBatchRow *row = g_ptr_array_index (rows, i);

    columns = MAX (columns, habla_terminal_output_measure (row->name));
  }
  return CLAMP (columns, 4, MAX_NAME_COLUMNS);
}

/* Returns: (nullable): the error without the name that the row begins with */
static const char *
row_get_message (const HablaBatchRow *row)
{
  g_autofree char *prefix = g_strdup_printf ("%s: ", row->name);
  const char *message = row->result.message;

  return message != NULL && g_str_has_prefix (message, prefix) ? message + strlen (prefix)
                                                               : message;
}

static void
table_print_row (const HablaBatchRow *row, guint columns, HablaTerminalOutput *terminal)
{
  g_autofree char *name = table_fit (row->name, columns);
  g_autofree char *duration = NULL;
  g_autofree char *captions = NULL;
  g_autofree char *line = NULL;
  const char *message = row_get_message (row);
  guint seconds = row->result.duration / GST_SECOND;

  if (row->result.duration > 0)
    duration = g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);
  if (row->result.files != NULL)
    captions = g_strdup_printf ("%u", row->result.captions);
  line = g_strdup_printf ("%s  %-9s  %8s  %8s%s%s", name, statuses[row->status],
      duration != NULL ? duration : "-", captions != NULL ? captions : "-",
      message != NULL ? "  " : "", message != NULL ? message : "");
  habla_terminal_output_print_line (terminal, line);
}

static void
table_print_summary (GPtrArray *rows, HablaTerminalOutput *terminal)
{
  guint counts[G_N_ELEMENTS (statuses)] = { 0 };
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    counts[((HablaBatchRow *) g_ptr_array_index (rows, i))->status]++;
  g_string_printf (line, "%u %s", rows->len, rows->len == 1 ? "file" : "files");
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i] > 0)
      g_string_append_printf (line, ", %u %s", counts[i], statuses[i]);
  habla_terminal_output_print_line (terminal, line->str);
}

static void
table_print_json (const HablaBatchRow *row)
{
  JsonBuilder *builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", "result");
  habla_json_add_string (builder, "path", row->name);
  habla_json_add_string (builder, "result", statuses[row->status]);
  habla_json_add_int (builder, "status", row->result.status);
  habla_json_add_double (builder, "duration", round (row->result.duration / 1e6) / 1e3);
  habla_json_add_int (builder, "captions", row->result.captions);
  if (row->result.message != NULL)
    habla_json_add_string (builder, "message", row->result.message);
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

void
habla_batch_table_print (GPtrArray *rows, HablaTerminalOutput *terminal)
{
  guint columns = table_get_name_columns (rows);
  g_autofree char *title = table_fit ("file", columns);
  g_autofree char *head = g_strdup_printf ("%s  status     duration  captions", title);

  habla_terminal_output_print_line (terminal, head);
  for (guint i = 0; i < rows->len; i++)
    if (habla_terminal_output_is_json (terminal))
      table_print_json (g_ptr_array_index (rows, i));
    else
      table_print_row (g_ptr_array_index (rows, i), columns, terminal);
  table_print_summary (rows, terminal);
}
