/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <pipeline/pipeline-leak-check.h>
#include <pipeline/pipeline.h>

G_BEGIN_DECLS

/**
 * HablaPipelineGraph:
 *
 * The elements of a session: made, changed and taken down by worker threads, one call at a
 * time; fed and looked at by the main thread. It changes nothing of itself after it is made,
 * so that it needs no lock.
 */
typedef struct _HablaPipelineGraph HablaPipelineGraph;

/* Messages that it posts on its bus, of type APPLICATION. */
#define HABLA_PIPELINE_INPUT_OVER "habla/input-over"

/* In worker threads: each may take its time. */
HablaPipelineGraph *habla_pipeline_graph_new (
    const HablaPipelineOptions *options, int samples, GError **error);
gboolean habla_pipeline_graph_add_language (
    HablaPipelineGraph *self, const char *language, GError **error);
void habla_pipeline_graph_remove_language (HablaPipelineGraph *self, const char *language);
gboolean habla_pipeline_graph_play (HablaPipelineGraph *self, GError **error);
void habla_pipeline_graph_release_audio (HablaPipelineGraph *self);
void habla_pipeline_graph_take_new_clock (HablaPipelineGraph *self);
void habla_pipeline_graph_take_new_latency (HablaPipelineGraph *self);
void habla_pipeline_graph_end_input (HablaPipelineGraph *self);
/* Before it is stopped. */
HablaPipelineLeakCheck *habla_pipeline_graph_start_leak_check (HablaPipelineGraph *self);
void habla_pipeline_graph_stop (HablaPipelineGraph *self);

/* In any thread. */
HablaPipelineGraph *habla_pipeline_graph_ref (HablaPipelineGraph *self);
void habla_pipeline_graph_unref (HablaPipelineGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineGraph, habla_pipeline_graph_unref)

GstBus *habla_pipeline_graph_get_bus (HablaPipelineGraph *self);
gboolean habla_pipeline_graph_is_live (HablaPipelineGraph *self);
gboolean habla_pipeline_graph_has_heard (HablaPipelineGraph *self);
gint64 habla_pipeline_graph_find_heard (HablaPipelineGraph *self, guint64 end);
void habla_pipeline_graph_push_audio (HablaPipelineGraph *self, GBytes *audio);
guint64 habla_pipeline_graph_get_waiting (HablaPipelineGraph *self);
guint64 habla_pipeline_graph_get_waiting_pieces (HablaPipelineGraph *self);
guint64 habla_pipeline_graph_get_waiting_text (HablaPipelineGraph *self);
gboolean habla_pipeline_graph_push_text (HablaPipelineGraph *self, const HablaUtterance *text);
void habla_pipeline_graph_look (
    HablaPipelineGraph *self, guint overload, HablaPipelineStats *figures);

G_END_DECLS
