/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "retry.h"

#include <libsoup/soup.h>

gboolean
retry_is_transient (guint status)
{
  return status == 408 || status == 409 || status == 425 || status == 429 ||
         (status >= 500 && status != 501 && status != 505);
}

gint64
retry_parse_after (const char *header, gint64 now)
{
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds;

  if (header == NULL)
    return -1;
  if (g_ascii_string_to_unsigned (header, 10, 0, G_MAXUINT64, &seconds, NULL))
    return MIN (seconds, RETRY_MAX_AFTER);
  date = soup_date_time_new_from_http_string (header);
  return date != NULL ? CLAMP (g_date_time_to_unix (date) - now, 0, RETRY_MAX_AFTER) : -1;
}

guint
retry_get_backoff (guint n, double random)
{
  guint longest = 200u << MIN (n, 4);

  return longest / 2 + (guint) (random * (longest / 2));
}
