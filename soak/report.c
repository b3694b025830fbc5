/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include "plot.h"

#include <math.h>

static const char head[] =
    "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>\n"
    "<meta name='viewport' content='width=device-width'>\n"
    "<style>\n"
    "body{font:16px/1.4 sans-serif;max-width:60em;margin:1em auto;padding:0 1em;color:#222}\n"
    ".good{background:#dff0d8}.bad{background:#f6d5d5}.result{padding:.6em 1em;font-size:1.4em}\n"
    "table{border-collapse:collapse}td,th{padding:.15em .8em .15em 0;text-align:left;"
    "vertical-align:top}\n"
    "td.n,th.n{text-align:right}tr.bad td{font-weight:bold}\n"
    "svg{width:100%;max-width:46em;font-size:11px}svg rect{fill:#fafafa;stroke:#ccc}\n"
    "polyline{fill:none}.data{stroke:#369}.fit{stroke:#d60;stroke-width:1.5}"
    ".limit{stroke:#c00;stroke-dasharray:5 4}\n"
    "</style>\n";

static void
report_append_escaped (GString *html, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (html, escaped);
}

static const char *
report_get_text (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

/* Returns: NAN if the member is null or missing */
static double
report_get_number (JsonObject *object, const char *name)
{
  return json_object_get_double_member_with_default (object, name, NAN);
}

static void
report_append_cell (GString *html, const char *text)
{
  g_string_append (html, "<td>");
  report_append_escaped (html, text);
  g_string_append (html, "</td>");
}

static void
report_append_number_cell (GString *html, double value)
{
  if (isnan (value))
    g_string_append (html, "<td></td>");
  else
    g_string_append_printf (html, "<td class='n'>%.6g</td>", value);
}

static void
report_append_summary (GString *html, JsonObject *record)
{
  const char *verdict = report_get_text (record, "verdict");
  JsonArray *findings = json_object_get_array_member (record, "findings");
  guint n = json_array_get_length (findings);

  g_string_append_printf (
      html, "<p class='result %s'>%s: ", verdict, g_str_equal (verdict, "good") ? "Good" : "Bad");
  report_append_escaped (html, report_get_text (record, "scenario"));
  g_string_append_printf (html, ", %.0f cycles in %.0f s", report_get_number (record, "cycles"),
      report_get_number (record, "seconds"));
  if (json_object_get_boolean_member_with_default (record, "interrupted", FALSE))
    g_string_append (html, ", ended early");
  g_string_append (html, "</p>\n");
  if (n == 0)
    return;
  g_string_append (html, "<h2>Findings</h2>\n<table><tr><th>what<th>source<th>detail"
                         "<th class='n'>first cycle<th class='n'>times</tr>\n");
  for (guint i = 0; i < n; i++) {
    JsonObject *finding = json_array_get_object_element (findings, i);

    g_string_append (html, "<tr>");
    report_append_cell (html, report_get_text (finding, "what"));
    report_append_cell (html, report_get_text (finding, "culprit"));
    report_append_cell (html, report_get_text (finding, "detail"));
    report_append_number_cell (html, report_get_number (finding, "cycle"));
    report_append_number_cell (html, report_get_number (finding, "count"));
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</table>\n");
}

static void
report_append_checks (GString *html, JsonObject *record)
{
  JsonArray *checks = json_object_get_array_member (record, "judgements");

  g_string_append (html, "<h2>Limits</h2>\n<table><tr><th>kind<th>name<th class='n'>value"
                         "<th class='n'>limit<th class='n'>p<th class='n'>values</tr>\n");
  for (guint i = 0; i < json_array_get_length (checks); i++) {
    JsonObject *check = json_array_get_object_element (checks, i);

    if (isnan (report_get_number (check, "limit")) &&
        !g_str_equal (report_get_text (check, "kind"), "timing"))
      continue;
    g_string_append_printf (html, "<tr%s>",
        json_object_get_boolean_member_with_default (check, "holds", TRUE) ? "" : " class='bad'");
    report_append_cell (html, report_get_text (check, "kind"));
    report_append_cell (html, report_get_text (check, "name"));
    report_append_number_cell (html, report_get_number (check, "value"));
    report_append_number_cell (html, report_get_number (check, "limit"));
    report_append_number_cell (html, report_get_number (check, "p"));
    report_append_number_cell (html, report_get_number (check, "n"));
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</table>\n<p>Slopes are per cycle (at rest) or per hour (over time), "
                         "timings in seconds.</p>\n");
}

static double
report_find_limit (JsonObject *record, const char *kind, const char *name)
{
  JsonArray *checks = json_object_get_array_member (record, "judgements");

  for (guint i = 0; i < json_array_get_length (checks); i++) {
    JsonObject *check = json_array_get_object_element (checks, i);

    if (g_str_equal (report_get_text (check, "kind"), kind) &&
        g_str_equal (report_get_text (check, "name"), name))
      return report_get_number (check, "limit");
  }
  return NAN;
}

static void
report_append_plots (GString *html, JsonObject *record, const char *member, const char *kind,
    double factor, const char *x_name)
{
  JsonObject *all = json_object_get_object_member (record, member);
  g_autoptr (GList) names = json_object_get_members (all);

  g_string_append_printf (html, "<h2>%s</h2>\n",
      g_str_equal (member, "at_rest") ? "At rest, after each cycle" : "Over time");
  for (GList *l = names; l != NULL; l = l->next) {
    JsonObject *series = json_object_get_object_member (all, l->data);

    g_string_append (html, "<h3>");
    report_append_escaped (html, l->data);
    g_string_append_printf (html, "</h3>\n<p>slope %.4g per %s, p = %.2g, maximum %.6g</p>\n",
        report_get_number (series, "slope") * factor, factor == 1 ? "cycle" : "hour",
        report_get_number (series, "p"), report_get_number (series, "max"));
    soak_plot_append (html, series, report_find_limit (record, kind, l->data) / factor, x_name);
  }
}

static void
report_append_worst (GString *html, JsonObject *record)
{
  JsonArray *worst = json_object_get_array_member (record, "worst_cycles");

  g_string_append (html, "<h2>Slowest cycles</h2>\n<table><tr><th class='n'>cycle"
                         "<th class='n'>seconds</tr>\n");
  for (guint i = 0; i < json_array_get_length (worst); i++) {
    JsonObject *cycle = json_array_get_object_element (worst, i);

    g_string_append (html, "<tr>");
    report_append_number_cell (html, report_get_number (cycle, "cycle"));
    report_append_number_cell (html, report_get_number (cycle, "seconds"));
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</table>\n");
}

static void
report_append_members (GString *html, JsonObject *record, const char *member, const char *title)
{
  JsonObject *object = json_object_get_object_member (record, member);
  g_autoptr (GList) names = json_object_get_members (object);

  g_string_append_printf (html, "<h2>%s</h2>\n<table>\n", title);
  for (GList *l = names; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (object, l->data);

    g_string_append (html, "<tr>");
    report_append_cell (html, l->data);
    if (json_node_get_value_type (node) == G_TYPE_STRING)
      report_append_cell (html, json_node_get_string (node));
    else
      report_append_number_cell (html, json_node_get_double (node));
    g_string_append (html, "</tr>\n");
  }
  g_string_append (html, "</table>\n");
}

char *
soak_report_new (JsonObject *record)
{
  GString *html = g_string_new (head);

  g_string_append_printf (
      html, "<title>habla-soak: %s</title></head><body>\n", report_get_text (record, "scenario"));
  report_append_summary (html, record);
  report_append_checks (html, record);
  report_append_plots (html, record, "at_rest", "at rest", 1, "cycle");
  report_append_plots (html, record, "over_time", "over time", 3600, "s");
  report_append_worst (html, record);
  report_append_members (html, record, "counters", "Counters");
  report_append_members (html, record, "environment", "Environment");
  g_string_append (html, "</body></html>\n");
  return g_string_free (html, FALSE);
}
