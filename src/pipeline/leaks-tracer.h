/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

typedef struct _HablaLeaksTracer HablaLeaksTracer;

HablaLeaksTracer *habla_leaks_tracer_new (HablaMetrics *metrics);
void habla_leaks_tracer_free (HablaLeaksTracer *self);

G_END_DECLS
