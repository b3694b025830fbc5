/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <daemon/settings.h>

G_BEGIN_DECLS

/**
 * habla_log_init:
 * @format: of log records
 *
 * Sends GLib's log to standard error or the journal. Informational messages of Habla are written,
 * unless @format is %HABLA_LOG_AUTO and standard error is a terminal; those of others only if
 * G_MESSAGES_DEBUG names their domain. Call once, before the first message.
 */
void habla_log_init (HablaLogFormat format);

G_END_DECLS
