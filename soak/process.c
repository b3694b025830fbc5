/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Inlined, gcc 12 takes what it returns for the address of its variable. */
G_NO_INLINE static char *
read_file (GPid pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
count (GHashTable *table, const char *name)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (table, name));

  g_hash_table_replace (table, g_strdup (name), GUINT_TO_POINTER (n + 1));
}

guint
soak_process_count (GHashTable *table)
{
  GHashTableIter iter;
  gpointer n;
  guint sum = 0;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &n))
    sum += GPOINTER_TO_UINT (n);
  return sum;
}

/* In kB, of a line "Name:  123 kB". */
static guint64
find_size (const char *text, const char *name)
{
  const char *line = text != NULL ? strstr (text, name) : NULL;

  return line != NULL ? g_ascii_strtoull (line + strlen (name), NULL, 10) * 1024 : 0;
}

static void
read_memory (SoakProcess *self, GPid pid)
{
  g_autofree char *status = read_file (pid, "status");
  g_autofree char *rollup = read_file (pid, "smaps_rollup");

  self->rss = find_size (status, "VmRSS:");
  self->pss = find_size (rollup, "\nPss:");
}

static void
read_cpu (SoakProcess *self, GPid pid)
{
  g_autofree char *stat = read_file (pid, "stat");
  const char *fields = stat != NULL ? strrchr (stat, ')') : NULL;
  guint64 user, system;

  if (fields != NULL &&
      sscanf (fields,
          ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          &user, &system) == 2)
    self->cpu = (double) (user + system) / sysconf (_SC_CLK_TCK);
}

/* The kernel keeps as much of a name. */
#define MAX_NAME 15

/* "queue12:src" and "queue7:src" are two of a kind. A long one has lost its colon; those
 * that are not of GStreamer have a dash. Returns: (transfer full) */
static char *
get_kind (const char *name)
{
  GString *kind = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isdigit (*c))
      g_string_append_c (kind, *c);
  if (strlen (name) == MAX_NAME && strpbrk (name, "-:") == NULL)
    g_string_append_c (kind, ':');
  return g_string_free (kind, FALSE);
}

static void
read_threads (SoakProcess *self, GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", (int) pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *thread;

  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, thread, "comm", NULL);
    g_autofree char *name = NULL;
    g_autofree char *kind = NULL;

    if (!g_file_get_contents (file, &name, NULL, NULL))
      continue; /* it has ended */
    kind = get_kind (g_strchomp (name));
    count (self->threads, kind);
  }
}

static void
read_descriptors (SoakProcess *self, GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", (int) pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_autofree char *target = g_file_read_link (file, NULL);
    char *number = target != NULL ? strchr (target, '[') : NULL;

    if (target == NULL)
      continue;
    /* "socket:[12345]" */
    if (number != NULL && g_ascii_isdigit (number[1]) && number > target && number[-1] == ':')
      number[-1] = '\0';
    count (self->descriptors, target);
  }
}

GArray *
soak_process_list_children (GPid pid)
{
  GArray *children = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *path = g_strdup_printf ("/proc/%d/task", (int) pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *thread;

  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, thread, "children", NULL);
    g_autofree char *text = NULL;
    g_auto (GStrv) numbers = NULL;

    if (!g_file_get_contents (file, &text, NULL, NULL))
      continue;
    numbers = g_strsplit (g_strstrip (text), " ", -1);
    for (guint i = 0; numbers[i] != NULL; i++) {
      int child = g_ascii_strtoll (numbers[i], NULL, 10);

      if (child > 0)
        g_array_append_val (children, child);
    }
  }
  return children;
}

static void
read_children (SoakProcess *self, GPid pid)
{
  g_autoptr (GArray) children = soak_process_list_children (pid);

  for (guint i = 0; i < children->len; i++) {
    g_autofree char *stat = read_file (g_array_index (children, int, i), "stat");
    char *begin = stat != NULL ? strchr (stat, '(') : NULL;
    char *end = stat != NULL ? strrchr (stat, ')') : NULL;
    g_autofree char *name = NULL;

    if (begin == NULL || end == NULL)
      continue;
    name = g_strdup_printf ("%s%.*s", g_str_has_prefix (end, ") Z") ? "zombie " : "",
        (int) (end - begin - 1), begin + 1);
    count (self->children, name);
  }
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Returns: (transfer full): all empty if there is no such process */
SoakProcess *
soak_process_read (GPid pid)
{
  SoakProcess *self = g_new0 (SoakProcess, 1);

  self->threads = new_table ();
  self->descriptors = new_table ();
  self->children = new_table ();
  read_memory (self, pid);
  read_cpu (self, pid);
  read_threads (self, pid);
  read_descriptors (self, pid);
  read_children (self, pid);
  return self;
}

void
soak_process_free (SoakProcess *self)
{
  g_hash_table_unref (self->threads);
  g_hash_table_unref (self->descriptors);
  g_hash_table_unref (self->children);
  g_free (self);
}

/* GLib's are named so, and GStreamer's have the name of the pad that they last pushed from:
 * "queue:src". */
gboolean
soak_process_is_pooled (const char *thread)
{
  return g_str_has_prefix (thread, "pool-") || strchr (thread, ':') != NULL;
}
