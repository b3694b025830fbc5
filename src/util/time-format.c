/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/time-format.h"

static const struct {
  int n_digits; /* after the decimal point */
  int unit;     /* in microseconds */
  const char *zone;
} formats[] = {
  [HABLA_TIME_SECONDS] = { 0, G_USEC_PER_SEC, "Z" },
  [HABLA_TIME_MILLISECONDS] = { 3, 1000, "Z" },
  [HABLA_TIME_MICROSECONDS] = { 6, 1, "Z" },
  [HABLA_TIME_PROTOCOL] = { 6, 1, "+00:00" },
};

char *
habla_time_format (gint64 time, HablaTimeFormat format)
{
  gint64 seconds = time / G_USEC_PER_SEC;
  int fraction = time % G_USEC_PER_SEC;
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *text = NULL;

  if (fraction < 0) {
    fraction += G_USEC_PER_SEC;
    seconds--;
  }
  date = g_date_time_new_from_unix_utc (seconds);
  if (date == NULL)
    return NULL;
  text = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S");
  if (formats[format].n_digits == 0)
    return g_strconcat (text, formats[format].zone, NULL);
  return g_strdup_printf ("%s.%0*d%s", text, formats[format].n_digits,
      fraction / formats[format].unit, formats[format].zone);
}
