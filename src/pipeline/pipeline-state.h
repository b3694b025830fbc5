/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaPipelineState:
 * @HABLA_PIPELINE_IDLE: made; there is no pipeline
 * @HABLA_PIPELINE_STARTING: the pipeline is on its way to PLAYING
 * @HABLA_PIPELINE_TYPING: it runs and takes text
 * @HABLA_PIPELINE_LISTENING: it runs and takes audio and text
 * @HABLA_PIPELINE_PLAYING: it runs and a recording is its audio
 * @HABLA_PIPELINE_DRAINING: no more comes in; what was said is on its way out
 * @HABLA_PIPELINE_FAILED: it failed and is being taken down
 * @HABLA_PIPELINE_CLOSING: it is being taken down
 * @HABLA_PIPELINE_CLOSED: nothing is left, or the pipeline is stuck and nobody waits for it
 */
typedef enum {
  HABLA_PIPELINE_IDLE,
  HABLA_PIPELINE_STARTING,
  HABLA_PIPELINE_TYPING,
  HABLA_PIPELINE_LISTENING,
  HABLA_PIPELINE_PLAYING,
  HABLA_PIPELINE_DRAINING,
  HABLA_PIPELINE_FAILED,
  HABLA_PIPELINE_CLOSING,
  HABLA_PIPELINE_CLOSED,
} HablaPipelineState;

#define HABLA_PIPELINE_N_STATES (HABLA_PIPELINE_CLOSED + 1)

/**
 * HablaPipelineEvent:
 * @HABLA_PIPELINE_EVENT_START: the client wants it to start
 * @HABLA_PIPELINE_EVENT_TYPES: it runs, without audio
 * @HABLA_PIPELINE_EVENT_LISTENS: it runs, with audio that comes as it is spoken
 * @HABLA_PIPELINE_EVENT_PLAYS: it runs, with a recording
 * @HABLA_PIPELINE_EVENT_STOP: the client wants it to stop
 * @HABLA_PIPELINE_EVENT_INPUT_OVER: the last audio has come
 * @HABLA_PIPELINE_EVENT_DRAINED: all that was said is out
 * @HABLA_PIPELINE_EVENT_LATE: it has been draining for too long
 * @HABLA_PIPELINE_EVENT_ERROR: it cannot go on
 * @HABLA_PIPELINE_EVENT_CLOSE: the client wants nothing of it any more
 * @HABLA_PIPELINE_EVENT_GONE: the pipeline has been taken down
 * @HABLA_PIPELINE_EVENT_STUCK: taking the pipeline down takes too long
 */
typedef enum {
  HABLA_PIPELINE_EVENT_START,
  HABLA_PIPELINE_EVENT_TYPES,
  HABLA_PIPELINE_EVENT_LISTENS,
  HABLA_PIPELINE_EVENT_PLAYS,
  HABLA_PIPELINE_EVENT_STOP,
  HABLA_PIPELINE_EVENT_INPUT_OVER,
  HABLA_PIPELINE_EVENT_DRAINED,
  HABLA_PIPELINE_EVENT_LATE,
  HABLA_PIPELINE_EVENT_ERROR,
  HABLA_PIPELINE_EVENT_CLOSE,
  HABLA_PIPELINE_EVENT_GONE,
  HABLA_PIPELINE_EVENT_STUCK,
} HablaPipelineEvent;

#define HABLA_PIPELINE_N_EVENTS (HABLA_PIPELINE_EVENT_STUCK + 1)

/**
 * HablaPipelineActions:
 * @HABLA_PIPELINE_BUILD: make the pipeline and start it
 * @HABLA_PIPELINE_FEED: hand on what came while it started
 * @HABLA_PIPELINE_AWAIT_AUDIO: the recorder's last audio comes after the stop; wait for it
 * @HABLA_PIPELINE_END_INPUT: end what comes in, and be patient for so long
 * @HABLA_PIPELINE_TEAR_DOWN: take the pipeline down
 * @HABLA_PIPELINE_NOTIFY_FAILED: tell that it failed, and why
 * @HABLA_PIPELINE_NOTIFY_CLOSED: tell that nothing is left
 *
 * To be done in this order.
 */
typedef enum {
  HABLA_PIPELINE_BUILD = 1 << 0,
  HABLA_PIPELINE_FEED = 1 << 1,
  HABLA_PIPELINE_AWAIT_AUDIO = 1 << 2,
  HABLA_PIPELINE_END_INPUT = 1 << 3,
  HABLA_PIPELINE_TEAR_DOWN = 1 << 4,
  HABLA_PIPELINE_NOTIFY_FAILED = 1 << 5,
  HABLA_PIPELINE_NOTIFY_CLOSED = 1 << 6,
} HablaPipelineActions;

#define HABLA_PIPELINE_N_ACTIONS 7

const char *habla_pipeline_state_get_name (HablaPipelineState state);
const char *habla_pipeline_event_get_name (HablaPipelineEvent event);
const char *habla_pipeline_action_get_name (HablaPipelineActions action);

HablaPipelineState habla_pipeline_state_next (
    HablaPipelineState state, HablaPipelineEvent event, HablaPipelineActions *actions);
char *habla_pipeline_state_draw (void);

G_END_DECLS
