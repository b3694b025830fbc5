/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <monitoring/metrics.h>

G_BEGIN_DECLS

/**
 * HablaBroadcastMetrics:
 * @encoders: encoders that run, one for each room and language that is heard
 * @listeners: clients that hear them
 * @webrtc_listeners: those of them that get packets
 * @lag: how late the speech is that lags most, in seconds
 * @dropped: sentences that were left out or cut
 * @skipped: times that a listener went on with newer speech, because it had not read
 *
 * Metrics of all broadcasts of a daemon.
 */
typedef struct {
  HablaMetric *encoders;
  HablaMetric *listeners;
  HablaMetric *webrtc_listeners;
  HablaMetric *lag;
  HablaMetric *dropped;
  HablaMetric *skipped;
} HablaBroadcastMetrics;

/**
 * habla_broadcast_metrics_init:
 * @self: uninitialised metrics
 * @metrics: (transfer none): gets the families; must outlive @self. Once for each #HablaMetrics
 */
void habla_broadcast_metrics_init (HablaBroadcastMetrics *self, HablaMetrics *metrics);

G_END_DECLS
