/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/session-graph.h>

G_BEGIN_DECLS

/* Audio and text on their way into a session's pipeline; the main thread's own. A graph that
 * is %NULL is not there yet: what comes waits for habla_session_backlog_feed(). */
typedef struct _HablaSessionBacklog HablaSessionBacklog;

HablaSessionBacklog *habla_session_backlog_new (const HablaSessionOptions *options);
void habla_session_backlog_free (HablaSessionBacklog *self);

gboolean habla_session_backlog_push_audio (
    HablaSessionBacklog *self, HablaSessionGraph *graph, GBytes *audio);
gboolean habla_session_backlog_push_text (
    HablaSessionBacklog *self, HablaSessionGraph *graph, HablaUtterance *text);
void habla_session_backlog_feed (HablaSessionBacklog *self, HablaSessionGraph *graph);
void habla_session_backlog_drop (HablaSessionBacklog *self);

guint64 habla_session_backlog_get_waiting (HablaSessionBacklog *self, HablaSessionGraph *graph);
gboolean habla_session_backlog_is_losing (HablaSessionBacklog *self);
GBytes *habla_session_backlog_get_header (HablaSessionBacklog *self);

G_END_DECLS
