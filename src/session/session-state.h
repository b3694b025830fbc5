/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSessionState:
 * @HABLA_SESSION_IDLE: made; there is no pipeline
 * @HABLA_SESSION_STARTING: the pipeline is on its way to PLAYING
 * @HABLA_SESSION_TYPING: it runs and takes text
 * @HABLA_SESSION_LISTENING: it runs and takes audio and text
 * @HABLA_SESSION_PLAYING: it runs and a recording is its audio
 * @HABLA_SESSION_DRAINING: no more comes in; what was said is on its way out
 * @HABLA_SESSION_FAILED: it failed and is being taken down
 * @HABLA_SESSION_CLOSING: it is being taken down
 * @HABLA_SESSION_CLOSED: nothing is left, or the pipeline is stuck and nobody waits for it
 */
typedef enum {
  HABLA_SESSION_IDLE,
  HABLA_SESSION_STARTING,
  HABLA_SESSION_TYPING,
  HABLA_SESSION_LISTENING,
  HABLA_SESSION_PLAYING,
  HABLA_SESSION_DRAINING,
  HABLA_SESSION_FAILED,
  HABLA_SESSION_CLOSING,
  HABLA_SESSION_CLOSED,
} HablaSessionState;

#define HABLA_SESSION_N_STATES (HABLA_SESSION_CLOSED + 1)

/**
 * HablaSessionEvent:
 * @HABLA_SESSION_EVENT_START: the client wants it to start
 * @HABLA_SESSION_EVENT_TYPES: it runs, without audio
 * @HABLA_SESSION_EVENT_LISTENS: it runs, with audio that comes as it is spoken
 * @HABLA_SESSION_EVENT_PLAYS: it runs, with a recording
 * @HABLA_SESSION_EVENT_STOP: the client wants it to stop
 * @HABLA_SESSION_EVENT_INPUT_OVER: the last audio has come
 * @HABLA_SESSION_EVENT_DRAINED: all that was said is out
 * @HABLA_SESSION_EVENT_LATE: it has been draining for too long
 * @HABLA_SESSION_EVENT_ERROR: it cannot go on
 * @HABLA_SESSION_EVENT_CLOSE: the client wants nothing of it any more
 * @HABLA_SESSION_EVENT_GONE: the pipeline has been taken down
 * @HABLA_SESSION_EVENT_STUCK: taking the pipeline down takes too long
 */
typedef enum {
  HABLA_SESSION_EVENT_START,
  HABLA_SESSION_EVENT_TYPES,
  HABLA_SESSION_EVENT_LISTENS,
  HABLA_SESSION_EVENT_PLAYS,
  HABLA_SESSION_EVENT_STOP,
  HABLA_SESSION_EVENT_INPUT_OVER,
  HABLA_SESSION_EVENT_DRAINED,
  HABLA_SESSION_EVENT_LATE,
  HABLA_SESSION_EVENT_ERROR,
  HABLA_SESSION_EVENT_CLOSE,
  HABLA_SESSION_EVENT_GONE,
  HABLA_SESSION_EVENT_STUCK,
} HablaSessionEvent;

#define HABLA_SESSION_N_EVENTS (HABLA_SESSION_EVENT_STUCK + 1)

/**
 * HablaSessionActions:
 * @HABLA_SESSION_BUILD: make the pipeline and start it
 * @HABLA_SESSION_FEED: hand on what came while it started
 * @HABLA_SESSION_AWAIT_AUDIO: the recorder's last audio comes after the stop; wait for it
 * @HABLA_SESSION_END_INPUT: end what comes in, and be patient for so long
 * @HABLA_SESSION_TEAR_DOWN: take the pipeline down
 * @HABLA_SESSION_TELL_FAILED: tell that it failed, and why
 * @HABLA_SESSION_TELL_CLOSED: tell that nothing is left
 *
 * To be done in this order.
 */
typedef enum {
  HABLA_SESSION_BUILD = 1 << 0,
  HABLA_SESSION_FEED = 1 << 1,
  HABLA_SESSION_AWAIT_AUDIO = 1 << 2,
  HABLA_SESSION_END_INPUT = 1 << 3,
  HABLA_SESSION_TEAR_DOWN = 1 << 4,
  HABLA_SESSION_TELL_FAILED = 1 << 5,
  HABLA_SESSION_TELL_CLOSED = 1 << 6,
} HablaSessionActions;

#define HABLA_SESSION_N_ACTIONS 7

const char *habla_session_state_get_name (HablaSessionState state);
const char *habla_session_event_get_name (HablaSessionEvent event);
const char *habla_session_action_get_name (HablaSessionActions action);

HablaSessionState habla_session_state_next (
    HablaSessionState state, HablaSessionEvent event, HablaSessionActions *actions);
char *habla_session_state_draw (void);

G_END_DECLS
