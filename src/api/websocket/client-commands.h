/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/websocket/protocol.h>

G_BEGIN_DECLS

/**
 * habla_client_commands_are_for_listeners:
 * @type: a command
 *
 * Returns: whether members who do not own the room may send it
 */
gboolean habla_client_commands_are_for_listeners (HablaCommandType type);

/**
 * habla_client_commands_execute:
 * @member: the member that sent @command
 * @command: a command; `ping` is a no-op here
 * @error: return location for an error whose message is for the client
 *
 * Executes a command in the room of @member. Listeners may only set their own language.
 *
 * Returns: whether the room accepted @command
 */
gboolean habla_client_commands_execute (
    HablaMember *member, const HablaCommand *command, GError **error);

G_END_DECLS
