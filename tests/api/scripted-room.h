/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-manager.h>

G_BEGIN_DECLS

/* A room whose events are under control of the test; those of a real room depend on engines. A test
 * that links it needs no src/room. It records calls, such as "text hello MANUAL". */
extern GPtrArray *scripted_calls;
/* (nullable): the error message of the next command, which clears it */
extern const char *scripted_failure;
/* Number of exchanges that habla_room_replay() emits. */
extern guint scripted_replay;

void scripted_room_reset (void);
guint scripted_room_count_members (void);
void scripted_room_emit (HablaEvent *event);
void scripted_room_emit_text (HablaEventType type, const char *text);
/* Emits a transcript and its translation. */
void scripted_room_emit_exchange (guint64 id, const char *text);

G_END_DECLS
