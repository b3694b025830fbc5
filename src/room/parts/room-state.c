/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table of states and events, and nothing else. A pair that is not in it changes nothing. */
#include "room/parts/room-state.h"

typedef struct {
  gboolean is_set;
  HablaRoomState next;
  HablaRoomActions actions;
} Cell;

#define IN(state) [HABLA_ROOM_##state]
#define ON(event, next, actions) [HABLA_ROOM_EVENT_##event] = { TRUE, HABLA_ROOM_##next, actions }
#define START HABLA_ROOM_START_PIPELINE
#define STOP HABLA_ROOM_STOP_PIPELINE
#define STOP_WITHOUT_TRAIL (HABLA_ROOM_STOP_PIPELINE | HABLA_ROOM_END_AUDIO)
#define CLOSE HABLA_ROOM_CLOSE_PIPELINE
#define CLOSE_PLAYER (HABLA_ROOM_STOP_PLAYER | HABLA_ROOM_CLOSE_PIPELINE)
#define FREE HABLA_ROOM_FREE_PIPELINE

static const Cell table[HABLA_ROOM_N_STATES][HABLA_ROOM_N_EVENTS] = {
  IN (IDLE) = {
      ON (START_TYPING, TYPING, START),
      ON (START_LISTENING, LISTENING, START),
      ON (START_PLAYING, PLAYING, START),
  },
  IN (TYPING) = {
      ON (OBSOLETE, DRAINING, STOP),
      ON (UNUSED, DRAINING, STOP),
      ON (OWNER_LEFT, DRAINING, STOP),
      ON (INPUT_ENDED, DRAINING, 0),
      ON (CUT, DRAINING, CLOSE),
      ON (CLOSED, IDLE, FREE),
  },
  IN (LISTENING) = {
      ON (OBSOLETE, DRAINING, STOP_WITHOUT_TRAIL),
      ON (STOP_LISTENING, TRAILING, STOP),
      ON (SILENT, DRAINING, STOP_WITHOUT_TRAIL),
      ON (OWNER_LEFT, DRAINING, STOP_WITHOUT_TRAIL),
      ON (INPUT_ENDED, TRAILING, 0),
      ON (CUT, TRAILING, CLOSE),
      ON (CLOSED, IDLE, FREE),
  },
  IN (PLAYING) = {
      ON (STOP_PLAYING, DRAINING, CLOSE_PLAYER),
      ON (PLAYED, DRAINING, STOP),
      ON (INPUT_ENDED, DRAINING, HABLA_ROOM_STOP_PLAYER),
      ON (CUT, DRAINING, CLOSE_PLAYER),
      ON (CLOSED, IDLE, FREE),
  },
  IN (TRAILING) = {
      ON (CUT, TRAILING, CLOSE),
      ON (CLOSED, IDLE, FREE),
  },
  IN (DRAINING) = {
      ON (STOP_PLAYING, DRAINING, CLOSE),
      ON (CUT, DRAINING, CLOSE),
      ON (CLOSED, IDLE, FREE),
  },
};

const char *
habla_room_state_get_name (HablaRoomState state)
{
  static const char *const names[] = { "idle", "typing", "listening", "playing", "trailing",
    "draining" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == HABLA_ROOM_N_STATES);
  g_return_val_if_fail (state < HABLA_ROOM_N_STATES, NULL);
  return names[state];
}

const char *
habla_room_event_get_name (HablaRoomEvent event)
{
  static const char *const names[] = { "start-typing", "start-listening", "start-playing",
    "obsolete", "stop-listening", "stop-playing", "unused", "silent", "played", "owner-left",
    "input-ended", "cut", "closed" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == HABLA_ROOM_N_EVENTS);
  g_return_val_if_fail (event < HABLA_ROOM_N_EVENTS, NULL);
  return names[event];
}

gboolean
habla_room_state_takes_input (HablaRoomState state)
{
  return state == HABLA_ROOM_TYPING || state == HABLA_ROOM_LISTENING || state == HABLA_ROOM_PLAYING;
}

HablaRoomState
habla_room_state_next (HablaRoomState state, HablaRoomEvent event, HablaRoomActions *actions)
{
  const Cell *cell;

  *actions = 0;
  g_return_val_if_fail (state < HABLA_ROOM_N_STATES, state);
  g_return_val_if_fail (event < HABLA_ROOM_N_EVENTS, state);
  cell = &table[state][event];
  if (!cell->is_set)
    return state;
  *actions = cell->actions;
  return cell->next;
}
