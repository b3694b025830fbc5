/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broadcast/broadcast-metrics.h"

void
habla_broadcast_metrics_init (HablaBroadcastMetrics *self, HablaMetrics *metrics)
{
  self->encoders = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_headphones_encoders",
      "Encoders of spoken translations, one for each room and language with a listener.", NULL,
      NULL);
  self->listeners = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_headphones_listeners",
      "Clients that hear a spoken translation.", NULL, NULL);
  self->webrtc_listeners =
      habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_headphones_webrtc_listeners",
          "Those of them that hear it over WebRTC, or are connecting.", NULL, NULL);
  self->lag = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_headphones_lag_seconds",
      "How late the spoken translation is that lags most, in seconds.", NULL, NULL);
  self->dropped =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_headphones_dropped_sentences_total",
          "Spoken sentences that were left out or cut because they were too late.", NULL, NULL);
  self->skipped = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_headphones_skips_total",
      "Times that a client that did not read went on with newer speech.", NULL, NULL);
}
