/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaPipelineState:
 * @HABLA_PIPELINE_IDLE: created; there is no #GstPipeline
 * @HABLA_PIPELINE_STARTING: the #GstPipeline is on its way to PLAYING
 * @HABLA_PIPELINE_TYPING: it runs and takes text
 * @HABLA_PIPELINE_LISTENING: it runs and takes live audio and text
 * @HABLA_PIPELINE_PLAYING: it runs and takes a recording and text
 * @HABLA_PIPELINE_DRAINING: it takes no more input and processes what it has
 * @HABLA_PIPELINE_FAILED: it has failed and is being torn down
 * @HABLA_PIPELINE_CLOSING: it is being torn down
 * @HABLA_PIPELINE_CLOSED: it is gone, or stuck
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
 * @HABLA_PIPELINE_EVENT_START: habla_pipeline_start()
 * @HABLA_PIPELINE_EVENT_TYPES: it runs, without audio
 * @HABLA_PIPELINE_EVENT_LISTENS: it runs, with live audio
 * @HABLA_PIPELINE_EVENT_PLAYS: it runs, with a recording
 * @HABLA_PIPELINE_EVENT_STOP: habla_pipeline_stop()
 * @HABLA_PIPELINE_EVENT_INPUT_OVER: the last audio has been taken
 * @HABLA_PIPELINE_EVENT_DRAINED: all input has been processed
 * @HABLA_PIPELINE_EVENT_DRAIN_TIMEOUT: draining has taken too long
 * @HABLA_PIPELINE_EVENT_ERROR: it cannot continue
 * @HABLA_PIPELINE_EVENT_ABORT: habla_pipeline_abort()
 * @HABLA_PIPELINE_EVENT_TORN_DOWN: the #GstPipeline and its threads are gone
 * @HABLA_PIPELINE_EVENT_STUCK: teardown has taken too long
 */
typedef enum {
  HABLA_PIPELINE_EVENT_START,
  HABLA_PIPELINE_EVENT_TYPES,
  HABLA_PIPELINE_EVENT_LISTENS,
  HABLA_PIPELINE_EVENT_PLAYS,
  HABLA_PIPELINE_EVENT_STOP,
  HABLA_PIPELINE_EVENT_INPUT_OVER,
  HABLA_PIPELINE_EVENT_DRAINED,
  HABLA_PIPELINE_EVENT_DRAIN_TIMEOUT,
  HABLA_PIPELINE_EVENT_ERROR,
  HABLA_PIPELINE_EVENT_ABORT,
  HABLA_PIPELINE_EVENT_TORN_DOWN,
  HABLA_PIPELINE_EVENT_STUCK,
} HablaPipelineEvent;

#define HABLA_PIPELINE_N_EVENTS (HABLA_PIPELINE_EVENT_STUCK + 1)

/**
 * HablaPipelineActions:
 * @HABLA_PIPELINE_BUILD: build and start the #GstPipeline
 * @HABLA_PIPELINE_FEED: pass the input that was queued during the start, and let audio through
 * @HABLA_PIPELINE_AWAIT_AUDIO: wait for the recorder's last chunk
 * @HABLA_PIPELINE_END_INPUT: end the input and start the drain timeout
 * @HABLA_PIPELINE_TEAR_DOWN: tear the #GstPipeline down
 * @HABLA_PIPELINE_NOTIFY_FAILED: emit `failed`
 * @HABLA_PIPELINE_NOTIFY_CLOSED: emit `closed`
 *
 * To be done in this order, after the change of state.
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

/**
 * habla_pipeline_state_get_name:
 * @state: a state
 *
 * Returns: (transfer none): its name in logs and metrics
 */
const char *habla_pipeline_state_get_name (HablaPipelineState state);

/**
 * habla_pipeline_event_get_name:
 * @event: an event
 *
 * Returns: (transfer none): its name in logs
 */
const char *habla_pipeline_event_get_name (HablaPipelineEvent event);

/**
 * habla_pipeline_action_get_name:
 * @action: one flag of #HablaPipelineActions
 *
 * Returns: (transfer none): its name in the documentation
 */
const char *habla_pipeline_action_get_name (HablaPipelineActions action);

/**
 * habla_pipeline_state_next:
 * @state: the current state
 * @event: an event
 * @actions: (out): what to do in the new state; 0 = nothing
 *
 * Returns: the next state, which can be @state
 */
HablaPipelineState habla_pipeline_state_next (
    HablaPipelineState state, HablaPipelineEvent event, HablaPipelineActions *actions);

/**
 * habla_pipeline_state_draw:
 *
 * Returns: (transfer full): the table as a Mermaid diagram and a Markdown table, for
 *   docs/pipeline-states.md
 */
char *habla_pipeline_state_draw (void);

G_END_DECLS
