/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_faster_clock_set:
 * @pipeline: a pipeline that is not playing yet
 * @speed: multiple of real time; 0 or 1 = do not change the clock
 *
 * Makes the pipeline use a clock that runs at @speed times real time.
 */
void habla_faster_clock_set (GstElement *pipeline, double speed);

G_END_DECLS
