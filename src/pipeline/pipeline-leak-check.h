/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaPipelineLeakCheck:
 *
 * Weak references to a pipeline, its bus, its elements and their pads. Objects that are alive long
 * after the pipeline was stopped are leaked. A leak check may be created in one thread and used in
 * another one.
 */
typedef struct _HablaPipelineLeakCheck HablaPipelineLeakCheck;

/* @pipeline: a #GstPipeline that is about to be stopped. Returns: (transfer full): a check */
HablaPipelineLeakCheck *habla_pipeline_leak_check_new (GstElement *pipeline);

/* Frees @self. */
void habla_pipeline_leak_check_free (HablaPipelineLeakCheck *self);

/* Returns: (transfer full) (nullable): names and reference counts of the first objects that are
 * still alive; %NULL if there are none */
char *habla_pipeline_leak_check_describe (HablaPipelineLeakCheck *self);

G_END_DECLS
