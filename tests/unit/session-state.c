/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every pair of state and event, and the diagram of them in docs/session-states.md. With
 * --draw it prints what belongs there. */
#include "habla-test.h"

#include <session/session-state.h>
#include <string.h>

static gboolean
is_running (HablaSessionState state)
{
  return state == HABLA_SESSION_TYPING || state == HABLA_SESSION_LISTENING ||
         state == HABLA_SESSION_PLAYING;
}

static gboolean
is_over (HablaSessionState state)
{
  return state == HABLA_SESSION_FAILED || state == HABLA_SESSION_CLOSING ||
         state == HABLA_SESSION_CLOSED;
}

/* What is to come of @event in @state, in words rather than in a table. */
static HablaSessionState
expect (HablaSessionState state, HablaSessionEvent event)
{
  switch (event) {
  case HABLA_SESSION_EVENT_START:
    return state == HABLA_SESSION_IDLE ? HABLA_SESSION_STARTING : state;
  case HABLA_SESSION_EVENT_TYPES:
    return state == HABLA_SESSION_STARTING ? HABLA_SESSION_TYPING : state;
  case HABLA_SESSION_EVENT_LISTENS:
    return state == HABLA_SESSION_STARTING ? HABLA_SESSION_LISTENING : state;
  case HABLA_SESSION_EVENT_PLAYS:
    return state == HABLA_SESSION_STARTING ? HABLA_SESSION_PLAYING : state;
  case HABLA_SESSION_EVENT_STOP:
    if (state == HABLA_SESSION_IDLE)
      return HABLA_SESSION_CLOSED;
    return is_running (state) && state != HABLA_SESSION_LISTENING ? HABLA_SESSION_DRAINING : state;
  case HABLA_SESSION_EVENT_INPUT_OVER:
    return is_running (state) ? HABLA_SESSION_DRAINING : state;
  case HABLA_SESSION_EVENT_DRAINED:
    return is_running (state) || state == HABLA_SESSION_DRAINING ? HABLA_SESSION_CLOSING : state;
  case HABLA_SESSION_EVENT_LATE:
    return state == HABLA_SESSION_DRAINING ? HABLA_SESSION_CLOSING : state;
  case HABLA_SESSION_EVENT_ERROR:
    return state != HABLA_SESSION_IDLE && !is_over (state) ? HABLA_SESSION_FAILED : state;
  case HABLA_SESSION_EVENT_CLOSE:
    if (state == HABLA_SESSION_IDLE)
      return HABLA_SESSION_CLOSED;
    return is_over (state) ? state : HABLA_SESSION_CLOSING;
  case HABLA_SESSION_EVENT_GONE:
  case HABLA_SESSION_EVENT_STUCK:
    return state == HABLA_SESSION_FAILED || state == HABLA_SESSION_CLOSING ? HABLA_SESSION_CLOSED
                                                                           : state;
  }
  g_assert_not_reached ();
}

/* What entering @state asks for, whatever the way there. */
static HablaSessionActions
expect_actions (HablaSessionState from, HablaSessionEvent event, HablaSessionState to)
{
  if (from == HABLA_SESSION_LISTENING && event == HABLA_SESSION_EVENT_STOP)
    return HABLA_SESSION_AWAIT_AUDIO;
  if (from == to)
    return 0;
  switch (to) {
  case HABLA_SESSION_STARTING:
    return HABLA_SESSION_BUILD;
  case HABLA_SESSION_TYPING:
  case HABLA_SESSION_LISTENING:
  case HABLA_SESSION_PLAYING:
    return HABLA_SESSION_FEED;
  case HABLA_SESSION_DRAINING:
    return HABLA_SESSION_END_INPUT;
  case HABLA_SESSION_FAILED:
    return HABLA_SESSION_TEAR_DOWN | HABLA_SESSION_TELL_FAILED;
  case HABLA_SESSION_CLOSING:
    return HABLA_SESSION_TEAR_DOWN;
  case HABLA_SESSION_CLOSED:
    return HABLA_SESSION_TELL_CLOSED;
  default:
    g_assert_not_reached ();
  }
}

static void
test_every_pair (void)
{
  for (guint state = 0; state < HABLA_SESSION_N_STATES; state++)
    for (guint event = 0; event < HABLA_SESSION_N_EVENTS; event++) {
      HablaSessionActions actions = G_MAXINT;
      HablaSessionState next = habla_session_state_next (state, event, &actions);

      g_test_message (
          "%s, %s", habla_session_state_get_name (state), habla_session_event_get_name (event));
      g_assert_cmpint (next, ==, expect (state, event));
      g_assert_cmpint (actions, ==, expect_actions (state, event, next));
    }
}

static void
test_closed_is_final (void)
{
  for (guint event = 0; event < HABLA_SESSION_N_EVENTS; event++) {
    HablaSessionActions actions;

    g_assert_cmpint (
        habla_session_state_next (HABLA_SESSION_CLOSED, event, &actions), ==, HABLA_SESSION_CLOSED);
    g_assert_cmpint (actions, ==, 0);
  }
}

/* From any state, by `close` and then `gone`. */
static void
test_all_reach_closed (void)
{
  for (guint state = 0; state < HABLA_SESSION_N_STATES; state++) {
    HablaSessionActions actions;
    HablaSessionState next = habla_session_state_next (state, HABLA_SESSION_EVENT_CLOSE, &actions);

    next = habla_session_state_next (next, HABLA_SESSION_EVENT_GONE, &actions);
    g_assert_cmpint (next, ==, HABLA_SESSION_CLOSED);
  }
}

/* No pipeline is made twice, or taken down twice, on any way of 6 events. */
static void
walk (HablaSessionState state, guint n_built, guint n_torn_down, guint n_closed, guint depth)
{
  g_assert_cmpuint (n_built, <=, 1);
  g_assert_cmpuint (n_torn_down, <=, n_built);
  g_assert_cmpuint (n_closed, ==, state == HABLA_SESSION_CLOSED);
  if (depth == 0)
    return;
  for (guint event = 0; event < HABLA_SESSION_N_EVENTS; event++) {
    HablaSessionActions actions;
    HablaSessionState next = habla_session_state_next (state, event, &actions);

    if (next != state || actions != 0)
      walk (next, n_built + !!(actions & HABLA_SESSION_BUILD),
          n_torn_down + !!(actions & HABLA_SESSION_TEAR_DOWN),
          n_closed + !!(actions & HABLA_SESSION_TELL_CLOSED), depth - 1);
  }
}

static void
test_once (void)
{
  walk (HABLA_SESSION_IDLE, 0, 0, 0, 7);
}

/* The second of a command changes nothing and asks for nothing new. */
static void
test_commands_are_idempotent (void)
{
  static const HablaSessionEvent commands[] = { HABLA_SESSION_EVENT_START, HABLA_SESSION_EVENT_STOP,
    HABLA_SESSION_EVENT_CLOSE };

  for (guint state = 0; state < HABLA_SESSION_N_STATES; state++)
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
      HablaSessionActions first, second;
      HablaSessionState next = habla_session_state_next (state, commands[i], &first);

      g_assert_cmpint (habla_session_state_next (next, commands[i], &second), ==, next);
      /* To wait for the last audio while it is waited for is nothing new. */
      g_assert_cmpint (second & ~HABLA_SESSION_AWAIT_AUDIO, ==, 0);
    }
}

static void
test_document (void)
{
  g_autofree char *drawn = habla_session_state_draw ();
  g_autofree char *path =
      g_build_filename (g_test_get_dir (G_TEST_DIST), "..", "docs", "session-states.md", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  if (strstr (text, drawn) == NULL)
    g_error ("docs/session-states.md is out of date; it has to hold:\n%s", drawn);
}

int
main (int argc, char *argv[])
{
  if (argc == 2 && strcmp (argv[1], "--draw") == 0) {
    g_autofree char *drawn = habla_session_state_draw ();

    g_print ("%s", drawn);
    return 0;
  }
  habla_test_init (&argc, &argv);
  g_test_add_func ("/session-state/every-pair", test_every_pair);
  g_test_add_func ("/session-state/closed-is-final", test_closed_is_final);
  g_test_add_func ("/session-state/all-reach-closed", test_all_reach_closed);
  g_test_add_func ("/session-state/once", test_once);
  g_test_add_func ("/session-state/idempotent", test_commands_are_idempotent);
  g_test_add_func ("/session-state/document", test_document);
  return habla_test_run ();
}
