/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/faster-clock.h"

#include <math.h>

void
habla_faster_clock_set (GstElement *pipeline, double speed)
{
  g_autoptr (GstClock) clock = NULL;
  GstClockTime now;

  if (speed <= 0 || speed == 1)
    return;
  clock = g_object_new (GST_TYPE_SYSTEM_CLOCK, "name", "faster", NULL);
  gst_object_ref_sink (clock);
  now = gst_clock_get_internal_time (clock);
  gst_clock_set_calibration (clock, now, now, (GstClockTime) round (speed * 1000), 1000);
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
}
