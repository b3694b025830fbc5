/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaTimeFormat:
 * @HABLA_TIME_SECONDS: `2026-11-25T08:30:00Z`
 * @HABLA_TIME_MILLISECONDS: `2026-11-25T08:30:00.250Z`
 * @HABLA_TIME_MICROSECONDS: `2026-11-25T08:30:00.250000Z`
 * @HABLA_TIME_PROTOCOL: `2026-11-25T08:30:00.250000+00:00`, as in the WebSocket and REST messages
 *
 * Forms of ISO 8601. The time zone is always UTC; smaller units are truncated.
 */
typedef enum {
  HABLA_TIME_SECONDS,
  HABLA_TIME_MILLISECONDS,
  HABLA_TIME_MICROSECONDS,
  HABLA_TIME_PROTOCOL,
} HablaTimeFormat;

/**
 * habla_time_format:
 * @time: in microseconds since 1970-01-01 UTC, as from g_get_real_time()
 * @format: the form to write it in
 *
 * Returns: (transfer full) (nullable): the text; %NULL if @time is outside of the years 1 to 9999
 */
char *habla_time_format (gint64 time, HablaTimeFormat format);

G_END_DECLS
