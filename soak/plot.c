/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plot.h"

#include <math.h>

#define WIDTH 640.0
#define HEIGHT 180.0
#define LEFT 90.0
#define RIGHT 10.0
#define TOP 8.0
#define BOTTOM 24.0

typedef struct {
  double x0, x1, y0, y1;
} Frame;

static double
plot_at_x (const Frame *frame, double x)
{
  return LEFT + (x - frame->x0) / (frame->x1 - frame->x0) * (WIDTH - LEFT - RIGHT);
}

static double
plot_at_y (const Frame *frame, double y)
{
  return HEIGHT - BOTTOM - (y - frame->y0) / (frame->y1 - frame->y0) * (HEIGHT - TOP - BOTTOM);
}

/* Independent of the locale's decimal point. */
static void
plot_append_point (GString *html, double x, double y)
{
  char first[G_ASCII_DTOSTR_BUF_SIZE], second[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (html, "%s,%s ", g_ascii_formatd (first, sizeof first, "%.1f", x),
      g_ascii_formatd (second, sizeof second, "%.1f", y));
}

static void
plot_append_number (GString *html, double value)
{
  static const char prefixes[] = " kMGT";
  guint i = 0;

  while (fabs (value) >= 10000 && i < sizeof prefixes - 2) {
    value /= 1000;
    i++;
  }
  g_string_append_printf (html, "%.4g%s", value, i > 0 ? (char[]){ prefixes[i], '\0' } : "");
}

static void
plot_append_label (
    GString *html, double x, double y, const char *anchor, double value, const char *unit)
{
  g_string_append_printf (html, "<text x='%.0f' y='%.0f' text-anchor='%s'>", x, y, anchor);
  plot_append_number (html, value);
  g_string_append_printf (html, "%s%s</text>", *unit != '\0' ? " " : "", unit);
}

static void
plot_append_line (GString *html, const Frame *frame, const char *class, double slope, double from)
{
  double end = from + slope * (frame->x1 - frame->x0);
  double stop = frame->x1;

  /* Clip the line at the upper edge. */
  if (end > frame->y1 && slope > 0) {
    stop = frame->x0 + (frame->y1 - from) / slope;
    end = frame->y1;
  }
  if (stop < frame->x0 || end < frame->y0 || from < frame->y0 || from > frame->y1)
    return;
  g_string_append_printf (html, "<polyline class='%s' points='", class);
  plot_append_point (html, plot_at_x (frame, frame->x0), plot_at_y (frame, from));
  plot_append_point (html, plot_at_x (frame, stop), plot_at_y (frame, end));
  g_string_append (html, "'/>");
}

static Frame
plot_get_frame (JsonArray *xs, JsonArray *ys, guint n)
{
  Frame frame = { json_array_get_double_element (xs, 0), json_array_get_double_element (xs, n - 1),
    G_MAXDOUBLE, -G_MAXDOUBLE };
  double space;

  for (guint i = 0; i < n; i++) {
    frame.y0 = MIN (frame.y0, json_array_get_double_element (ys, i));
    frame.y1 = MAX (frame.y1, json_array_get_double_element (ys, i));
  }
  space = frame.y1 > frame.y0 ? (frame.y1 - frame.y0) * 0.05 : MAX (fabs (frame.y1) * 0.1, 1);
  frame.y0 -= space;
  frame.y1 += space;
  if (frame.x1 <= frame.x0)
    frame.x1 = frame.x0 + 1;
  return frame;
}

void
soak_plot_append (GString *html, JsonObject *series, double limit, const char *x_name)
{
  JsonArray *xs = json_object_get_array_member (series, "x");
  JsonArray *ys = json_object_get_array_member (series, "y");
  guint n = json_array_get_length (xs);
  double slope = json_object_get_double_member_with_default (series, "slope", 0);
  double intercept = json_object_get_double_member_with_default (series, "intercept", 0);
  Frame frame;
  double from;

  if (n == 0)
    return;
  frame = plot_get_frame (xs, ys, n);
  from = intercept + slope * frame.x0;
  g_string_append_printf (html, "<svg viewBox='0 0 %.0f %.0f' role='img'>", WIDTH, HEIGHT);
  g_string_append_printf (html, "<rect x='%.0f' y='%.0f' width='%.0f' height='%.0f'/>", LEFT, TOP,
      WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
  plot_append_label (html, LEFT - 4, TOP + 10, "end", frame.y1, "");
  plot_append_label (html, LEFT - 4, HEIGHT - BOTTOM, "end", frame.y0, "");
  plot_append_label (html, LEFT, HEIGHT - 8, "start", frame.x0, x_name);
  plot_append_label (html, WIDTH - RIGHT, HEIGHT - 8, "end", frame.x1, x_name);
  g_string_append (html, "<polyline class='data' points='");
  for (guint i = 0; i < n; i++)
    plot_append_point (html, plot_at_x (&frame, json_array_get_double_element (xs, i)),
        plot_at_y (&frame, json_array_get_double_element (ys, i)));
  g_string_append (html, "'/>");
  if (!isnan (limit))
    plot_append_line (html, &frame, "limit", limit, from);
  plot_append_line (html, &frame, "fit", slope, from);
  g_string_append (html, "</svg>\n");
}
