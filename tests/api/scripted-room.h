/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-manager.h>

G_BEGIN_DECLS

/* A room that says what a test wants, when it wants: what a real one says depends on engines.
 * It stands in for src/session when a test is linked with it. It notes the calls, as
 * "text hello MANUAL", and emits to its members. */
extern GPtrArray *scripted_calls;
/* (nullable): what the next command fails with; cleared then */
extern const char *scripted_failure;
/* What habla_room_replay() emits. */
extern guint scripted_replay;

void scripted_room_reset (void);
guint scripted_room_count_members (void);
void scripted_room_emit (HablaEvent *event);
void scripted_room_emit_text (HablaEventType type, const char *text);
/* A transcript and its translation. */
void scripted_room_emit_exchange (guint64 id, const char *text);

G_END_DECLS
