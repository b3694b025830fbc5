/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory and processors of this machine, as far as the control group of this process may use them.
 */
#include "models/setup-plan.h"

#include <string.h>
#include <unistd.h>

/* Returns: (transfer full) (nullable): a file of the control group of this process */
static char *
read_control_group (const char *name)
{
  g_autofree char *groups = NULL;
  g_autofree char *path = NULL;
  char *contents = NULL;
  const char *group;

  if (!g_file_get_contents ("/proc/self/cgroup", &groups, NULL, NULL))
    return NULL;
  group = strstr (groups, "0::/");
  if (group == NULL || (group != groups && group[-1] != '\n'))
    return NULL;
  group += strlen ("0::/");
  path = g_strdup_printf ("/sys/fs/cgroup/%.*s/%s", (int) strcspn (group, "\n"), group, name);
  return g_file_get_contents (path, &contents, NULL, NULL) ? contents : NULL;
}

static guint64
limit_memory (guint64 memory)
{
  g_autofree char *text = read_control_group ("memory.max");
  /* 0 for "max". */
  guint64 limit = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;

  return limit > 0 ? MIN (memory, limit) : memory;
}

static guint
limit_cores (guint n_cores)
{
  g_autofree char *text = read_control_group ("cpu.max");
  g_auto (GStrv) numbers = text != NULL ? g_strsplit (g_strstrip (text), " ", 2) : NULL;
  guint64 quota =
      numbers != NULL && numbers[0] != NULL ? g_ascii_strtoull (numbers[0], NULL, 10) : 0;
  guint64 period = quota > 0 && numbers[1] != NULL ? g_ascii_strtoull (numbers[1], NULL, 10) : 0;

  if (period == 0)
    return n_cores;
  return CLAMP ((quota + period - 1) / period, 1, n_cores);
}

void
habla_machine_get (HablaMachine *machine)
{
  long n_pages = sysconf (_SC_PHYS_PAGES), page_size = sysconf (_SC_PAGESIZE);

  machine->memory = limit_memory (n_pages > 0 ? (guint64) n_pages * page_size : 0);
  machine->n_cores = limit_cores (g_get_num_processors ());
}
