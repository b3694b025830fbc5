/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_message_code_find:
 * @message: (nullable): an error message for people, in English
 *
 * Programs that show messages in other languages know them by their codes. Codes are stable;
 * the words of a message, and what it names, may change.
 *
 * Returns: (nullable): a static string, such as "room-full"; %NULL if @message has no code
 */
const char *habla_message_code_find (const char *message);

G_END_DECLS
