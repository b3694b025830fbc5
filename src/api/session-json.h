/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <store/records.h>

G_BEGIN_DECLS

/* JSON objects of the REST paths for what the store has. */

/**
 * habla_session_json_get_direction:
 * @languages: (nullable): the direction of a record of the store, which has any languages
 *
 * Returns: (transfer none) (nullable): the name of this direction; %NULL = the wire protocol has
 *   none for these languages
 */
const char *habla_session_json_get_direction (const char *languages);

/**
 * habla_session_json_add_session:
 * @builder: where to add the object
 * @session: a session
 */
void habla_session_json_add_session (JsonBuilder *builder, const HablaSessionRecord *session);

/**
 * habla_session_json_add_found_session:
 * @builder: where to add the object
 * @session: a session with matches
 *
 * Like habla_session_json_add_session(), with the matches.
 */
void habla_session_json_add_found_session (JsonBuilder *builder, const HablaSessionRecord *session);

/**
 * habla_session_json_add_exchange:
 * @builder: where to add the object
 * @utterance: an exchange
 */
void habla_session_json_add_exchange (JsonBuilder *builder, const HablaUtteranceRecord *utterance);

/**
 * habla_session_json_add_exchange_members:
 * @builder: in an object
 * @utterance: an exchange
 *
 * Adds the members of habla_session_json_add_exchange() without an object around them.
 */
void habla_session_json_add_exchange_members (
    JsonBuilder *builder, const HablaUtteranceRecord *utterance);

/**
 * habla_session_json_add_bookmark:
 * @builder: in an object
 * @utterance: an exchange
 *
 * Adds the members that concern its bookmark.
 */
void habla_session_json_add_bookmark (JsonBuilder *builder, const HablaUtteranceRecord *utterance);

/**
 * habla_session_json_add_time:
 * @builder: in an object
 * @name: of the member
 * @microseconds: since 1970-01-01 UTC
 */
void habla_session_json_add_time (JsonBuilder *builder, const char *name, gint64 microseconds);

G_END_DECLS
