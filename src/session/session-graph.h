/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <session/remains.h>
#include <session/session.h>

G_BEGIN_DECLS

/**
 * HablaSessionGraph:
 *
 * The elements of a session: made, changed and taken down by worker threads, one call at a
 * time; fed and looked at by the main thread. It changes nothing of itself after it is made,
 * so that it needs no lock.
 */
typedef struct _HablaSessionGraph HablaSessionGraph;

/* Messages that it posts on its bus, of type APPLICATION. */
#define HABLA_SESSION_INPUT_OVER "habla/input-over"

/* In worker threads: each may take its time. */
HablaSessionGraph *habla_session_graph_new (
    const HablaSessionOptions *options, int samples, GError **error);
gboolean habla_session_graph_add_language (
    HablaSessionGraph *self, const char *language, GError **error);
void habla_session_graph_remove_language (HablaSessionGraph *self, const char *language);
gboolean habla_session_graph_play (HablaSessionGraph *self, GError **error);
void habla_session_graph_release_audio (HablaSessionGraph *self);
void habla_session_graph_take_new_clock (HablaSessionGraph *self);
void habla_session_graph_take_new_latency (HablaSessionGraph *self);
void habla_session_graph_end_input (HablaSessionGraph *self);
/* Before it is stopped. */
HablaRemains *habla_session_graph_note_remains (HablaSessionGraph *self);
void habla_session_graph_stop (HablaSessionGraph *self);

/* In any thread. */
HablaSessionGraph *habla_session_graph_ref (HablaSessionGraph *self);
void habla_session_graph_unref (HablaSessionGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSessionGraph, habla_session_graph_unref)

GstBus *habla_session_graph_get_bus (HablaSessionGraph *self);
gboolean habla_session_graph_is_live (HablaSessionGraph *self);
gboolean habla_session_graph_has_heard (HablaSessionGraph *self);
gint64 habla_session_graph_find_heard (HablaSessionGraph *self, guint64 end);
void habla_session_graph_push_audio (HablaSessionGraph *self, GBytes *audio);
guint64 habla_session_graph_get_waiting (HablaSessionGraph *self);
guint64 habla_session_graph_get_waiting_pieces (HablaSessionGraph *self);
GError *habla_session_graph_explain_missing (GstMessage *message);
guint64 habla_session_graph_get_waiting_text (HablaSessionGraph *self);
gboolean habla_session_graph_push_text (HablaSessionGraph *self, const HablaUtterance *text);
void habla_session_graph_look (
    HablaSessionGraph *self, guint overload, HablaSessionFigures *figures);

G_END_DECLS
