/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every pair of state and event of a room. */
#include "habla-test.h"

#include <room/parts/room-state.h>

static gboolean
is_start (HablaRoomEvent event)
{
  return event == HABLA_ROOM_EVENT_START_TYPING || event == HABLA_ROOM_EVENT_START_LISTENING ||
         event == HABLA_ROOM_EVENT_START_PLAYING;
}

/* The state after @state, unless @event does not matter in it, in words rather than in a table. */
static HablaRoomState
expect (HablaRoomState state, HablaRoomEvent event)
{
  switch (event) {
  case HABLA_ROOM_EVENT_START_TYPING:
    return state == HABLA_ROOM_IDLE ? HABLA_ROOM_TYPING : state;
  case HABLA_ROOM_EVENT_START_LISTENING:
    return state == HABLA_ROOM_IDLE ? HABLA_ROOM_LISTENING : state;
  case HABLA_ROOM_EVENT_START_PLAYING:
    return state == HABLA_ROOM_IDLE ? HABLA_ROOM_PLAYING : state;
  case HABLA_ROOM_EVENT_OBSOLETE:
  case HABLA_ROOM_EVENT_OWNER_LEFT:
    return state == HABLA_ROOM_TYPING || state == HABLA_ROOM_LISTENING ? HABLA_ROOM_DRAINING
                                                                       : state;
  case HABLA_ROOM_EVENT_STOP_LISTENING:
    return state == HABLA_ROOM_LISTENING ? HABLA_ROOM_TRAILING : state;
  case HABLA_ROOM_EVENT_STOP_PLAYING:
  case HABLA_ROOM_EVENT_PLAYED:
    return state == HABLA_ROOM_PLAYING ? HABLA_ROOM_DRAINING : state;
  case HABLA_ROOM_EVENT_UNUSED:
    return state == HABLA_ROOM_TYPING ? HABLA_ROOM_DRAINING : state;
  case HABLA_ROOM_EVENT_SILENT:
    return state == HABLA_ROOM_LISTENING ? HABLA_ROOM_DRAINING : state;
  case HABLA_ROOM_EVENT_INPUT_ENDED:
  case HABLA_ROOM_EVENT_CUT:
    if (state == HABLA_ROOM_LISTENING)
      return HABLA_ROOM_TRAILING;
    return habla_room_state_takes_input (state) ? HABLA_ROOM_DRAINING : state;
  case HABLA_ROOM_EVENT_CLOSED:
    return HABLA_ROOM_IDLE;
  }
  g_assert_not_reached ();
}

static HablaRoomActions
expect_actions (HablaRoomState from, HablaRoomEvent event, HablaRoomState to)
{
  if (from == HABLA_ROOM_IDLE)
    return to != from ? HABLA_ROOM_START_PIPELINE : 0;
  if (event == HABLA_ROOM_EVENT_CLOSED)
    return HABLA_ROOM_FREE_PIPELINE;
  if (event == HABLA_ROOM_EVENT_CUT ||
      (event == HABLA_ROOM_EVENT_STOP_PLAYING && to == HABLA_ROOM_DRAINING))
    return HABLA_ROOM_CLOSE_PIPELINE | (from == HABLA_ROOM_PLAYING ? HABLA_ROOM_STOP_PLAYER : 0);
  if (from == to)
    return 0;
  if (event == HABLA_ROOM_EVENT_INPUT_ENDED)
    return from == HABLA_ROOM_PLAYING ? HABLA_ROOM_STOP_PLAYER : 0;
  if (from == HABLA_ROOM_LISTENING && to == HABLA_ROOM_DRAINING)
    return HABLA_ROOM_STOP_PIPELINE | HABLA_ROOM_END_AUDIO;
  return HABLA_ROOM_STOP_PIPELINE;
}

static void
test_every_pair (void)
{
  for (guint state = 0; state < HABLA_ROOM_N_STATES; state++)
    for (guint event = 0; event < HABLA_ROOM_N_EVENTS; event++) {
      HablaRoomActions actions = G_MAXINT;
      HablaRoomState next = habla_room_state_next (state, event, &actions);

      g_test_message (
          "%s, %s", habla_room_state_get_name (state), habla_room_event_get_name (event));
      g_assert_cmpint (next, ==, expect (state, event));
      g_assert_cmpint (actions, ==, expect_actions (state, event, next));
    }
}

/* Whatever a pipeline does, its end leaves the room ready for the next one. */
static void
test_closed_leads_to_idle (void)
{
  for (guint state = HABLA_ROOM_TYPING; state < HABLA_ROOM_N_STATES; state++) {
    HablaRoomActions actions;

    g_assert_cmpint (
        habla_room_state_next (state, HABLA_ROOM_EVENT_CLOSED, &actions), ==, HABLA_ROOM_IDLE);
    g_assert_cmpint (actions, ==, HABLA_ROOM_FREE_PIPELINE);
  }
}

/* On any way of some events: one pipeline at a time, freed once, and stopped before a recording is
 * read any further. */
static void
walk (HablaRoomState state, guint n_started, guint n_freed, guint depth)
{
  g_assert_cmpuint (n_started, ==, n_freed + (state != HABLA_ROOM_IDLE));
  if (depth == 0)
    return;
  for (guint event = 0; event < HABLA_ROOM_N_EVENTS; event++) {
    HablaRoomActions actions;
    HablaRoomState next = habla_room_state_next (state, event, &actions);

    if (actions & HABLA_ROOM_STOP_PLAYER)
      g_assert_cmpint (state, ==, HABLA_ROOM_PLAYING);
    if (next != state || actions != 0)
      walk (next, n_started + !!(actions & HABLA_ROOM_START_PIPELINE),
          n_freed + !!(actions & HABLA_ROOM_FREE_PIPELINE), depth - 1);
  }
}

static void
test_one_pipeline (void)
{
  walk (HABLA_ROOM_IDLE, 0, 0, 7);
}

/* A pipeline that was stopped takes input again only after it has been closed. */
static void
test_stop_is_final (void)
{
  for (guint state = HABLA_ROOM_TRAILING; state < HABLA_ROOM_N_STATES; state++)
    for (guint event = 0; event < HABLA_ROOM_N_EVENTS; event++) {
      HablaRoomActions actions;
      HablaRoomState next = habla_room_state_next (state, event, &actions);

      g_assert_false (habla_room_state_takes_input (next));
      if (is_start (event))
        g_assert_cmpint (actions, ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/room-state/every-pair", test_every_pair);
  g_test_add_func ("/room-state/closed-leads-to-idle", test_closed_leads_to_idle);
  g_test_add_func ("/room-state/one-pipeline", test_one_pipeline);
  g_test_add_func ("/room-state/stop-is-final", test_stop_is_final);
  return habla_test_run ();
}
