/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest time that a server can ask to be left alone, in seconds. */
#define RETRY_MAX_AFTER 3600

/**
 * retry_is_transient:
 * @status: status of HTTP
 *
 * Returns: whether the same request may succeed later
 */
gboolean retry_is_transient (guint status);

/**
 * retry_parse_after:
 * @header: (nullable): value of a header "Retry-After": seconds or a date
 * @now: seconds since 1970
 *
 * Returns: seconds from @now, 0 to %RETRY_MAX_AFTER; -1 without a valid value
 */
gint64 retry_parse_after (const char *header, gint64 now);

/**
 * retry_get_backoff:
 * @n: how often the request was sent again
 * @random: 0.0 to 1.0
 *
 * Returns: time to wait, in milliseconds: 100 to 200, then 200 to 400, and so on up to 3200
 */
guint retry_get_backoff (guint n, double random);

G_END_DECLS
