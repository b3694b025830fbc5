/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/session-graph.h>

G_BEGIN_DECLS

/* Audio and text on their way into a session's pipeline; the main thread's own. A graph that
 * is %NULL is not there yet: raw audio and text wait for habla_session_backlog_feed(). Audio in a
 * container goes to a decoder, which is there before the graph. */
typedef struct _HablaSessionBacklog HablaSessionBacklog;

/* The decoder has come to its end. @error: (nullable): of %HABLA_ERROR; why not all was decoded */
typedef void (*HablaSessionDecoded) (const GError *error, gpointer data);

HablaSessionBacklog *habla_session_backlog_new (const HablaSessionOptions *options);
void habla_session_backlog_free (HablaSessionBacklog *self);

gboolean habla_session_backlog_start_decoder (HablaSessionBacklog *self, GBytes *header,
    int *samples, HablaSessionDecoded decoded, gpointer data, GError **error);
gboolean habla_session_backlog_push_audio (
    HablaSessionBacklog *self, HablaSessionGraph *graph, GBytes *audio);
gboolean habla_session_backlog_push_text (
    HablaSessionBacklog *self, HablaSessionGraph *graph, HablaUtterance *text);
void habla_session_backlog_end_audio (HablaSessionBacklog *self);
void habla_session_backlog_feed (HablaSessionBacklog *self, HablaSessionGraph *graph);
void habla_session_backlog_drop (HablaSessionBacklog *self);

guint64 habla_session_backlog_get_waiting (HablaSessionBacklog *self, HablaSessionGraph *graph);
gboolean habla_session_backlog_is_losing (HablaSessionBacklog *self);
GBytes *habla_session_backlog_get_header (HablaSessionBacklog *self);

G_END_DECLS
