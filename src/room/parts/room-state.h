/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaRoomState:
 * @HABLA_ROOM_IDLE: there is no pipeline
 * @HABLA_ROOM_TYPING: a pipeline takes typed text only
 * @HABLA_ROOM_LISTENING: a pipeline takes audio and typed text
 * @HABLA_ROOM_PLAYING: a pipeline takes a recording
 * @HABLA_ROOM_TRAILING: a pipeline that listened drains; the last chunk of the client's recorder
 *   still belongs to it
 * @HABLA_ROOM_DRAINING: a pipeline of any kind drains and takes no more input
 *
 * What the pipeline of a room does. Input that comes while one pipeline drains waits for the next.
 */
typedef enum {
  HABLA_ROOM_IDLE,
  HABLA_ROOM_TYPING,
  HABLA_ROOM_LISTENING,
  HABLA_ROOM_PLAYING,
  HABLA_ROOM_TRAILING,
  HABLA_ROOM_DRAINING,
} HablaRoomState;

#define HABLA_ROOM_N_STATES (HABLA_ROOM_DRAINING + 1)

/**
 * HablaRoomEvent:
 * @HABLA_ROOM_EVENT_START_TYPING: typed text is pending
 * @HABLA_ROOM_EVENT_START_LISTENING: the owner wants the room to listen
 * @HABLA_ROOM_EVENT_START_PLAYING: a client wants a recording to be played
 * @HABLA_ROOM_EVENT_OBSOLETE: pending input, or the room's languages, need another pipeline
 * @HABLA_ROOM_EVENT_STOP_LISTENING: the owner wants the room to stop listening
 * @HABLA_ROOM_EVENT_STOP_PLAYING: a client wants playback to stop
 * @HABLA_ROOM_EVENT_UNUSED: nothing was typed for a while
 * @HABLA_ROOM_EVENT_SILENT: nothing was heard for too long
 * @HABLA_ROOM_EVENT_PLAYED: the recording has been played
 * @HABLA_ROOM_EVENT_OWNER_LEFT: the owner has left, and no typed text is pending
 * @HABLA_ROOM_EVENT_INPUT_ENDED: the pipeline ends by itself: its source has ended, or it failed
 * @HABLA_ROOM_EVENT_CUT: the time to drain is over
 * @HABLA_ROOM_EVENT_CLOSED: the pipeline is closed
 */
typedef enum {
  HABLA_ROOM_EVENT_START_TYPING,
  HABLA_ROOM_EVENT_START_LISTENING,
  HABLA_ROOM_EVENT_START_PLAYING,
  HABLA_ROOM_EVENT_OBSOLETE,
  HABLA_ROOM_EVENT_STOP_LISTENING,
  HABLA_ROOM_EVENT_STOP_PLAYING,
  HABLA_ROOM_EVENT_UNUSED,
  HABLA_ROOM_EVENT_SILENT,
  HABLA_ROOM_EVENT_PLAYED,
  HABLA_ROOM_EVENT_OWNER_LEFT,
  HABLA_ROOM_EVENT_INPUT_ENDED,
  HABLA_ROOM_EVENT_CUT,
  HABLA_ROOM_EVENT_CLOSED,
} HablaRoomEvent;

#define HABLA_ROOM_N_EVENTS (HABLA_ROOM_EVENT_CLOSED + 1)

/**
 * HablaRoomActions:
 * @HABLA_ROOM_START_PIPELINE: start a pipeline of the kind of the new state
 * @HABLA_ROOM_STOP_PLAYER: stop reading the recording
 * @HABLA_ROOM_STOP_PIPELINE: let the pipeline drain
 * @HABLA_ROOM_END_AUDIO: tell the pipeline that no last chunk will come
 * @HABLA_ROOM_CLOSE_PIPELINE: discard what the pipeline has not translated yet
 * @HABLA_ROOM_FREE_PIPELINE: free what belonged to the pipeline
 *
 * A set of flags, executed in this order.
 */
typedef enum {
  HABLA_ROOM_START_PIPELINE = 1 << 0,
  HABLA_ROOM_STOP_PLAYER = 1 << 1,
  HABLA_ROOM_STOP_PIPELINE = 1 << 2,
  HABLA_ROOM_END_AUDIO = 1 << 3,
  HABLA_ROOM_CLOSE_PIPELINE = 1 << 4,
  HABLA_ROOM_FREE_PIPELINE = 1 << 5,
} HablaRoomActions;

/**
 * habla_room_state_get_name:
 * @state: a state
 *
 * Returns: (transfer none): its name, for logs and tests
 */
const char *habla_room_state_get_name (HablaRoomState state);

/**
 * habla_room_event_get_name:
 * @event: an event
 *
 * Returns: (transfer none): its name, for logs and tests
 */
const char *habla_room_event_get_name (HablaRoomEvent event);

/**
 * habla_room_state_takes_input:
 * @state: a state
 *
 * Returns: whether there is a pipeline that has not been stopped
 */
gboolean habla_room_state_takes_input (HablaRoomState state);

/**
 * habla_room_state_next:
 * @state: a state
 * @event: what happened
 * @actions: (out): what to do in the new state; 0 = nothing
 *
 * Every event may happen in every state; most change nothing.
 *
 * Returns: the state that follows @state, or @state itself
 */
HablaRoomState habla_room_state_next (
    HablaRoomState state, HablaRoomEvent event, HablaRoomActions *actions);

G_END_DECLS
