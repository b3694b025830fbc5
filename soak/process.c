/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Not inlined, as gcc 12 then warns of a dangling pointer without reason. */
G_NO_INLINE static char *
process_read_file (GPid pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* Returns: the size in the line "NAME  123 kB", in bytes */
static guint64
process_find_size (const char *text, const char *name)
{
  const char *line = text != NULL ? strstr (text, name) : NULL;

  return line != NULL ? g_ascii_strtoull (line + strlen (name), NULL, 10) * 1024 : 0;
}

static void
process_read_memory (SoakProcess *self, GPid pid)
{
  g_autofree char *status = process_read_file (pid, "status");
  g_autofree char *rollup = process_read_file (pid, "smaps_rollup");

  self->rss = process_find_size (status, "VmRSS:");
  self->pss = process_find_size (rollup, "\nPss:");
}

static void
process_read_cpu (SoakProcess *self, GPid pid)
{
  g_autofree char *stat = process_read_file (pid, "stat");
  const char *fields = stat != NULL ? strrchr (stat, ')') : NULL;
  guint64 user, system;

  if (fields != NULL &&
      sscanf (fields,
          ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          &user, &system) == 2)
    self->cpu = (double) (user + system) / sysconf (_SC_CLK_TCK);
}

SoakProcess *
soak_process_read (GPid pid)
{
  SoakProcess *self = g_new0 (SoakProcess, 1);

  self->census = habla_process_census_new (pid);
  process_read_memory (self, pid);
  process_read_cpu (self, pid);
  return self;
}

void
soak_process_free (SoakProcess *self)
{
  habla_process_census_free (self->census);
  g_free (self);
}
