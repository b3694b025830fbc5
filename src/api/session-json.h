/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <store/records.h>

G_BEGIN_DECLS

/* JSON objects of the REST paths for what the store has. */

/**
 * habla_session_json_add_session:
 * @builder: where to add the object
 * @session: a session
 */
void habla_session_json_add_session (JsonBuilder *builder, const HablaSessionRecord *session);

/**
 * habla_session_json_add_exchange:
 * @builder: where to add the object
 * @utterance: an exchange
 */
void habla_session_json_add_exchange (JsonBuilder *builder, const HablaUtteranceRecord *utterance);

G_END_DECLS
