/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks each pair of state and event, and the diagram in docs/pipeline-states.md. With --draw,
 * prints that diagram. */
#include "habla-test.h"

#include <pipeline/pipeline-state.h>
#include <string.h>

static gboolean
is_running (HablaPipelineState state)
{
  return state == HABLA_PIPELINE_TYPING || state == HABLA_PIPELINE_LISTENING ||
         state == HABLA_PIPELINE_PLAYING;
}

static gboolean
is_over (HablaPipelineState state)
{
  return state == HABLA_PIPELINE_FAILED || state == HABLA_PIPELINE_CLOSING ||
         state == HABLA_PIPELINE_CLOSED;
}

/* Returns: the expected next state, written independently of the table */
static HablaPipelineState
expect (HablaPipelineState state, HablaPipelineEvent event)
{
  switch (event) {
  case HABLA_PIPELINE_EVENT_START:
    return state == HABLA_PIPELINE_IDLE ? HABLA_PIPELINE_STARTING : state;
  case HABLA_PIPELINE_EVENT_TYPES:
    return state == HABLA_PIPELINE_STARTING ? HABLA_PIPELINE_TYPING : state;
  case HABLA_PIPELINE_EVENT_LISTENS:
    return state == HABLA_PIPELINE_STARTING ? HABLA_PIPELINE_LISTENING : state;
  case HABLA_PIPELINE_EVENT_PLAYS:
    return state == HABLA_PIPELINE_STARTING ? HABLA_PIPELINE_PLAYING : state;
  case HABLA_PIPELINE_EVENT_STOP:
    if (state == HABLA_PIPELINE_IDLE)
      return HABLA_PIPELINE_CLOSED;
    return is_running (state) && state != HABLA_PIPELINE_LISTENING ? HABLA_PIPELINE_DRAINING
                                                                   : state;
  case HABLA_PIPELINE_EVENT_INPUT_OVER:
    return is_running (state) ? HABLA_PIPELINE_DRAINING : state;
  case HABLA_PIPELINE_EVENT_DRAINED:
    return is_running (state) || state == HABLA_PIPELINE_DRAINING ? HABLA_PIPELINE_CLOSING : state;
  case HABLA_PIPELINE_EVENT_DRAIN_TIMEOUT:
    return state == HABLA_PIPELINE_DRAINING ? HABLA_PIPELINE_CLOSING : state;
  case HABLA_PIPELINE_EVENT_ERROR:
    return state != HABLA_PIPELINE_IDLE && !is_over (state) ? HABLA_PIPELINE_FAILED : state;
  case HABLA_PIPELINE_EVENT_ABORT:
    if (state == HABLA_PIPELINE_IDLE)
      return HABLA_PIPELINE_CLOSED;
    return is_over (state) ? state : HABLA_PIPELINE_CLOSING;
  case HABLA_PIPELINE_EVENT_TORN_DOWN:
  case HABLA_PIPELINE_EVENT_STUCK:
    return state == HABLA_PIPELINE_FAILED || state == HABLA_PIPELINE_CLOSING ? HABLA_PIPELINE_CLOSED
                                                                             : state;
  }
  g_assert_not_reached ();
}

/* Returns: the expected actions, which depend on the state that is entered */
static HablaPipelineActions
expect_actions (HablaPipelineState from, HablaPipelineEvent event, HablaPipelineState to)
{
  if (from == HABLA_PIPELINE_LISTENING && event == HABLA_PIPELINE_EVENT_STOP)
    return HABLA_PIPELINE_AWAIT_AUDIO;
  if (from == to)
    return 0;
  switch (to) {
  case HABLA_PIPELINE_STARTING:
    return HABLA_PIPELINE_BUILD;
  case HABLA_PIPELINE_TYPING:
  case HABLA_PIPELINE_LISTENING:
  case HABLA_PIPELINE_PLAYING:
    return HABLA_PIPELINE_FEED;
  case HABLA_PIPELINE_DRAINING:
    return HABLA_PIPELINE_END_INPUT;
  case HABLA_PIPELINE_FAILED:
    return HABLA_PIPELINE_TEAR_DOWN | HABLA_PIPELINE_NOTIFY_FAILED;
  case HABLA_PIPELINE_CLOSING:
    return HABLA_PIPELINE_TEAR_DOWN;
  case HABLA_PIPELINE_CLOSED:
    return HABLA_PIPELINE_NOTIFY_CLOSED;
  default:
    g_assert_not_reached ();
  }
}

static void
test_every_pair (void)
{
  for (guint state = 0; state < HABLA_PIPELINE_N_STATES; state++)
    for (guint event = 0; event < HABLA_PIPELINE_N_EVENTS; event++) {
      HablaPipelineActions actions = G_MAXINT;
      HablaPipelineState next = habla_pipeline_state_next (state, event, &actions);

      g_test_message (
          "%s, %s", habla_pipeline_state_get_name (state), habla_pipeline_event_get_name (event));
      g_assert_cmpint (next, ==, expect (state, event));
      g_assert_cmpint (actions, ==, expect_actions (state, event, next));
    }
}

static void
test_closed_is_final (void)
{
  for (guint event = 0; event < HABLA_PIPELINE_N_EVENTS; event++) {
    HablaPipelineActions actions;

    g_assert_cmpint (habla_pipeline_state_next (HABLA_PIPELINE_CLOSED, event, &actions), ==,
        HABLA_PIPELINE_CLOSED);
    g_assert_cmpint (actions, ==, 0);
  }
}

/* From each state, with `abort` and then `torn-down`. */
static void
test_all_reach_closed (void)
{
  for (guint state = 0; state < HABLA_PIPELINE_N_STATES; state++) {
    HablaPipelineActions actions;
    HablaPipelineState next =
        habla_pipeline_state_next (state, HABLA_PIPELINE_EVENT_ABORT, &actions);

    next = habla_pipeline_state_next (next, HABLA_PIPELINE_EVENT_TORN_DOWN, &actions);
    g_assert_cmpint (next, ==, HABLA_PIPELINE_CLOSED);
  }
}

/* No sequence of events builds a pipeline twice, or tears it down twice. */
static void
walk (HablaPipelineState state, guint n_built, guint n_torn_down, guint n_closed, guint depth)
{
  g_assert_cmpuint (n_built, <=, 1);
  g_assert_cmpuint (n_torn_down, <=, n_built);
  g_assert_cmpuint (n_closed, ==, state == HABLA_PIPELINE_CLOSED);
  if (depth == 0)
    return;
  for (guint event = 0; event < HABLA_PIPELINE_N_EVENTS; event++) {
    HablaPipelineActions actions;
    HablaPipelineState next = habla_pipeline_state_next (state, event, &actions);

    if (next != state || actions != 0)
      walk (next, n_built + !!(actions & HABLA_PIPELINE_BUILD),
          n_torn_down + !!(actions & HABLA_PIPELINE_TEAR_DOWN),
          n_closed + !!(actions & HABLA_PIPELINE_NOTIFY_CLOSED), depth - 1);
  }
}

static void
test_once (void)
{
  walk (HABLA_PIPELINE_IDLE, 0, 0, 0, 7);
}

/* Repeating a command neither changes the state nor requests a new action. */
static void
test_commands_are_idempotent (void)
{
  static const HablaPipelineEvent commands[] = { HABLA_PIPELINE_EVENT_START,
    HABLA_PIPELINE_EVENT_STOP, HABLA_PIPELINE_EVENT_ABORT };

  for (guint state = 0; state < HABLA_PIPELINE_N_STATES; state++)
    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
      HablaPipelineActions first, second;
      HablaPipelineState next = habla_pipeline_state_next (state, commands[i], &first);

      g_assert_cmpint (habla_pipeline_state_next (next, commands[i], &second), ==, next);
      /* Waiting for the last audio has begun already. */
      g_assert_cmpint (second & ~HABLA_PIPELINE_AWAIT_AUDIO, ==, 0);
    }
}

static void
test_document (void)
{
  g_autofree char *drawn = habla_pipeline_state_draw ();
  g_autofree char *path =
      g_build_filename (g_test_get_dir (G_TEST_DIST), "..", "docs", "pipeline-states.md", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  if (strstr (text, drawn) == NULL)
    g_error ("docs/pipeline-states.md is out of date; it must contain:\n%s", drawn);
}

int
main (int argc, char *argv[])
{
  if (argc == 2 && strcmp (argv[1], "--draw") == 0) {
    g_autofree char *drawn = habla_pipeline_state_draw ();

    g_print ("%s", drawn);
    return 0;
  }
  habla_test_init (&argc, &argv);
  g_test_add_func ("/pipeline-state/every-pair", test_every_pair);
  g_test_add_func ("/pipeline-state/closed-is-final", test_closed_is_final);
  g_test_add_func ("/pipeline-state/all-reach-closed", test_all_reach_closed);
  g_test_add_func ("/pipeline-state/once", test_once);
  g_test_add_func ("/pipeline-state/idempotent", test_commands_are_idempotent);
  g_test_add_func ("/pipeline-state/document", test_document);
  return habla_test_run ();
}
