/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <store/records.h>

G_BEGIN_DECLS

/* What the store keeps, as clients read it: each adds an object. */
void habla_session_json_add_session (JsonBuilder *builder, const HablaSessionRecord *session);
void habla_session_json_add_exchange (JsonBuilder *builder, const HablaUtteranceRecord *utterance);

G_END_DECLS
