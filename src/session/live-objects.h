/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

typedef struct _HablaLiveObjects HablaLiveObjects;

HablaLiveObjects *habla_live_objects_new (HablaMetrics *metrics);
void habla_live_objects_free (HablaLiveObjects *self);

G_END_DECLS
