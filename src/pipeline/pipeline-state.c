/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table of the next state and the actions for each state and event. A pair that is not in it has
 * no effect, so that a command may come at any time, and more than once. */
#include "pipeline/pipeline-state.h"

#define N_ACTIONS HABLA_PIPELINE_N_ACTIONS

typedef struct {
  gboolean is_set;
  HablaPipelineState next;
  HablaPipelineActions actions;
} Cell;

#define IN(state) [HABLA_PIPELINE_##state]
#define ON(event, next, actions) \
  [HABLA_PIPELINE_EVENT_##event] = { TRUE, HABLA_PIPELINE_##next, actions }
#define FAIL (HABLA_PIPELINE_TEAR_DOWN | HABLA_PIPELINE_NOTIFY_FAILED)

static const Cell table[HABLA_PIPELINE_N_STATES][HABLA_PIPELINE_N_EVENTS] = {
  IN (IDLE) = {
      ON (START, STARTING, HABLA_PIPELINE_BUILD),
      ON (STOP, CLOSED, HABLA_PIPELINE_NOTIFY_CLOSED),
      ON (ABORT, CLOSED, HABLA_PIPELINE_NOTIFY_CLOSED),
  },
  /* A stop takes effect after the start, so that input from before it is processed. */
  IN (STARTING) = {
      ON (TYPES, TYPING, HABLA_PIPELINE_FEED),
      ON (LISTENS, LISTENING, HABLA_PIPELINE_FEED),
      ON (PLAYS, PLAYING, HABLA_PIPELINE_FEED),
      ON (ERROR, FAILED, FAIL),
      ON (ABORT, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
  },
  IN (TYPING) = {
      ON (STOP, DRAINING, HABLA_PIPELINE_END_INPUT),
      ON (INPUT_OVER, DRAINING, HABLA_PIPELINE_END_INPUT),
      ON (DRAINED, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
      ON (ERROR, FAILED, FAIL),
      ON (ABORT, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
  },
  IN (LISTENING) = {
      ON (STOP, LISTENING, HABLA_PIPELINE_AWAIT_AUDIO),
      ON (INPUT_OVER, DRAINING, HABLA_PIPELINE_END_INPUT),
      ON (DRAINED, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
      ON (ERROR, FAILED, FAIL),
      ON (ABORT, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
  },
  IN (PLAYING) = {
      ON (STOP, DRAINING, HABLA_PIPELINE_END_INPUT),
      ON (INPUT_OVER, DRAINING, HABLA_PIPELINE_END_INPUT),
      ON (DRAINED, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
      ON (ERROR, FAILED, FAIL),
      ON (ABORT, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
  },
  IN (DRAINING) = {
      ON (DRAINED, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
      ON (DRAIN_TIMEOUT, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
      ON (ERROR, FAILED, FAIL),
      ON (ABORT, CLOSING, HABLA_PIPELINE_TEAR_DOWN),
  },
  IN (FAILED) = {
      ON (TORN_DOWN, CLOSED, HABLA_PIPELINE_NOTIFY_CLOSED),
      ON (STUCK, CLOSED, HABLA_PIPELINE_NOTIFY_CLOSED),
  },
  IN (CLOSING) = {
      ON (TORN_DOWN, CLOSED, HABLA_PIPELINE_NOTIFY_CLOSED),
      ON (STUCK, CLOSED, HABLA_PIPELINE_NOTIFY_CLOSED),
  },
};

const char *
habla_pipeline_state_get_name (HablaPipelineState state)
{
  static const char *const names[] = { "idle", "starting", "typing", "listening", "playing",
    "draining", "failed", "closing", "closed" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == HABLA_PIPELINE_N_STATES);
  g_return_val_if_fail (state < HABLA_PIPELINE_N_STATES, NULL);
  return names[state];
}

const char *
habla_pipeline_event_get_name (HablaPipelineEvent event)
{
  static const char *const names[] = { "start", "types", "listens", "plays", "stop", "input-over",
    "drained", "drain-timeout", "error", "abort", "torn-down", "stuck" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == HABLA_PIPELINE_N_EVENTS);
  g_return_val_if_fail (event < HABLA_PIPELINE_N_EVENTS, NULL);
  return names[event];
}

const char *
habla_pipeline_action_get_name (HablaPipelineActions action)
{
  static const char *const names[] = { "build", "feed", "await-audio", "end-input", "tear-down",
    "notify-failed", "notify-closed" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == N_ACTIONS);
  for (guint i = 0; i < N_ACTIONS; i++)
    if (action == 1u << i)
      return names[i];
  g_return_val_if_reached (NULL);
}

HablaPipelineState
habla_pipeline_state_next (
    HablaPipelineState state, HablaPipelineEvent event, HablaPipelineActions *actions)
{
  const Cell *cell;

  *actions = 0;
  g_return_val_if_fail (state < HABLA_PIPELINE_N_STATES, state);
  g_return_val_if_fail (event < HABLA_PIPELINE_N_EVENTS, state);
  cell = &table[state][event];
  if (!cell->is_set)
    return state;
  *actions = cell->actions;
  return cell->next;
}

char *
habla_pipeline_state_draw (void)
{
  GString *text = g_string_new ("```mermaid\nstateDiagram-v2\n    [*] --> idle\n");

  for (guint state = 0; state < HABLA_PIPELINE_N_STATES; state++)
    for (guint event = 0; event < HABLA_PIPELINE_N_EVENTS; event++)
      if (table[state][event].is_set)
        g_string_append_printf (text, "    %s --> %s : %s\n", habla_pipeline_state_get_name (state),
            habla_pipeline_state_get_name (table[state][event].next),
            habla_pipeline_event_get_name (event));
  g_string_append (text, "    closed --> [*]\n```\n\n| State | Event | Next state | Actions |\n"
                         "|---|---|---|---|\n");
  for (guint state = 0; state < HABLA_PIPELINE_N_STATES; state++)
    for (guint event = 0; event < HABLA_PIPELINE_N_EVENTS; event++) {
      const Cell *cell = &table[state][event];
      const char *separator = "";

      if (!cell->is_set)
        continue;
      g_string_append_printf (text, "| %s | %s | %s | ", habla_pipeline_state_get_name (state),
          habla_pipeline_event_get_name (event), habla_pipeline_state_get_name (cell->next));
      for (guint i = 0; i < N_ACTIONS; i++)
        if (cell->actions & (1u << i)) {
          g_string_append_printf (
              text, "%s%s", separator, habla_pipeline_action_get_name (1u << i));
          separator = ", ";
        }
      g_string_append (text, " |\n");
    }
  return g_string_free (text, FALSE);
}
