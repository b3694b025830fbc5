/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define HABLA_METRICS_MESSAGE "habla/metrics"

#define HABLA_TYPE_METRICS_TAP (habla_metrics_tap_get_type ())
G_DECLARE_FINAL_TYPE (HablaMetricsTap, habla_metrics_tap, HABLA, METRICS_TAP, GstElement)

GST_ELEMENT_REGISTER_DECLARE (metricstap)

G_END_DECLS
