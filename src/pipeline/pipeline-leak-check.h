/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaPipelineLeakCheck:
 *
 * Weak references to a pipeline, its bus, its elements and their pads, taken before it is taken
 * down: what is still there long after somebody holds. Made by one thread, then used by
 * another.
 */
typedef struct _HablaPipelineLeakCheck HablaPipelineLeakCheck;

HablaPipelineLeakCheck *habla_pipeline_leak_check_new (GstElement *pipeline);
void habla_pipeline_leak_check_free (HablaPipelineLeakCheck *self);

/* Returns: (transfer full) (nullable): names and reference counts of what is still there, a few
 * of them; %NULL if nothing is */
char *habla_pipeline_leak_check_describe (HablaPipelineLeakCheck *self);

G_END_DECLS
