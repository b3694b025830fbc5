/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/store.h>

G_BEGIN_DECLS

/* Sessions without exchanges that no one has saved: older ones are deleted. */
#define HABLA_MAX_EMPTY_SESSIONS 20

/**
 * habla_empty_sessions_add:
 * @store: a store
 * @session: (transfer full): a session that begins: its id, room, direction, mode and begin
 * @owner: (nullable): the session's owner, as 64 hexadecimal digits
 *
 * Lets it be listed, saved and deleted before its first exchange. Retried until it is written.
 */
void habla_empty_sessions_add (HablaStore *store, HablaSessionRecord *session, const char *owner);

G_END_DECLS
