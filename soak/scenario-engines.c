/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenario engine-crash. */
#include "process.h"
#include "scenario.h"

#include <signal.h>

#define N_TEXTS 20

/* Returns: whether the child is a program of an engine, not a decoder */
static gboolean
is_engine (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/comm", pid);
  g_autofree char *name = NULL;

  return g_file_get_contents (path, &name, NULL, NULL) && !g_str_has_prefix (name, "hablad");
}

static void
kill_engine (SoakRun *run)
{
  GPid pid = soak_driver_get_pid (run->driver);
  g_autoptr (GArray) children = pid != 0 ? soak_process_list_children (pid) : NULL;

  for (guint i = children != NULL ? children->len : 0; i-- > 0;)
    if (!is_engine (g_array_index (children, int, i)))
      g_array_remove_index (children, i);
  if (children != NULL && children->len > 0)
    kill (g_array_index (children, int, g_rand_int_range (run->rand, 0, children->len)), SIGKILL);
}

/* Kills a program of the translator's chain during work. All texts must still be answered, in
 * order. */
static void
cycle_engine_crash (SoakRun *run, gpointer data)
{
  g_autoptr (SoakClient) client = soak_client_new (run, NULL, NULL);
  g_autoptr (GPtrArray) typed = g_ptr_array_new_with_free_func (g_free);
  SoakSequence *sequence;
  guint when = g_rand_int_range (run->rand, 1, N_TEXTS);

  if (client == NULL)
    return;
  soak_client_allow_errors (client);
  sequence = soak_client_get_sequence (client);
  for (guint i = 0; i < N_TEXTS; i++) {
    char *text = g_strdup_printf ("The window number %u of lesson %u is open.", i, run->cycle);

    g_ptr_array_add (typed, text);
    soak_client_type (client, text);
    if (i == when) {
      soak_client_wait_for_texts (client, 1);
      kill_engine (run);
    }
  }
  if (soak_client_wait_for_texts (client, N_TEXTS)) {
    g_autofree char *problem =
        soak_sequence_compare_typed (soak_sequence_get_texts (sequence), typed);

    if (problem != NULL)
      soak_run_find (run, "sequence", "typed", "%s", problem);
  }
  soak_run_count (run, "translations that failed", soak_sequence_count_failed (sequence));
  /* A chain that was killed after the last text restarts with this one. */
  soak_sequence_clear (sequence);
  soak_client_type (client, "Good bye.");
  soak_client_wait_for_texts (client, 1);
  soak_client_close (client);
}

const SoakScenario soak_scenarios_engines[] = {
  { "engine-crash", "a program of the translator's chain is killed during work", 0, NULL,
      cycle_engine_crash, NULL },
  {},
};
