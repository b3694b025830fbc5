/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* unshare */
#include "network-namespace.h"

#include <sched.h>
#include <unistd.h>

gboolean
network_namespace_enter (void)
{
  g_autofree char *map = g_strdup_printf ("0 %u 1", (guint) geteuid ());

  return unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0 &&
         g_file_set_contents_full (
             "/proc/self/uid_map", map, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL) &&
         network_namespace_run ("link set lo up");
}

gboolean
network_namespace_run (const char *arguments)
{
  g_autofree char *line = g_strconcat ("ip ", arguments, NULL);
  g_autofree char *errors = NULL;
  int status;

  return g_spawn_command_line_sync (line, NULL, &errors, &status, NULL) && status == 0;
}

gboolean
network_namespace_add_interface (const char *name)
{
  /* Kernels differ in what they can make. */
  static const char *const kinds[] = { "dummy", "bridge" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *add = g_strdup_printf ("link add %s type %s", name, kinds[i]);

    if (network_namespace_run (add))
      return TRUE;
  }
  return FALSE;
}
