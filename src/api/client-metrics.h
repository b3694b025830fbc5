/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/websocket-client.h>
#include <http/frame-guard.h>
#include <api/protocol.h>

G_BEGIN_DECLS

typedef enum {
  HABLA_CLIENT_WAITING, /* for its token */
  HABLA_CLIENT_OWNER,
  HABLA_CLIENT_LISTENER,
} HablaClientRole;

/* What comes, beside the types of HablaCommandType, and goes, beside those of HablaEventType. */
#define HABLA_CLIENT_RECEIVED_AUDIO HABLA_COMMAND_N_TYPES
#define HABLA_CLIENT_RECEIVED_INVALID (HABLA_COMMAND_N_TYPES + 1)
#define HABLA_CLIENT_SENT_PONG (HABLA_EVENT_ERROR + 1)

/* Why a connection was closed, beside the verdicts of HablaFrameVerdict. */
#define HABLA_CLIENT_REFUSED_HELLO HABLA_FRAME_N_VERDICTS
#define HABLA_CLIENT_REFUSED_MESSAGE_RATE (HABLA_FRAME_N_VERDICTS + 1)

HablaClientRole habla_websocket_client_get_role (HablaWebsocketClient *self);

struct _HablaClientMetrics {
  HablaMetrics *metrics;
  HablaMetric *clients;
  HablaMetric *received;
  HablaMetric *sent;
  HablaMetric *backlog;
  HablaMetric *backlog_peak;
  HablaMetric *dropped_partials;
  HablaMetric *suppressed_errors;
  HablaMetric *closes;
  HablaMetric *refusals;
  HablaMetric *pauses;
  HablaMetric *unfinished;
  guint64 unfinished_bytes; /* that all guards count together */
  GQueue all;               /* of HablaWebsocketClient */
};

void habla_client_metrics_count_close (HablaClientMetrics *self, guint code);

G_END_DECLS
