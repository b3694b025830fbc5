/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Length to which the kernel truncates names of threads. */
#define MAX_NAME 15

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

static void
process_count (GHashTable *table, const char *name)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (table, name));

  g_hash_table_replace (table, g_strdup (name), GUINT_TO_POINTER (n + 1));
}

/* Removes digits, so that "queue12:src" and "queue7:src" are the same. GStreamer's names have a
 * colon, which truncation may have removed; other long names have a dash. Returns: (transfer
 * full) */
static char *
process_get_thread_kind (const char *name)
{
  GString *kind = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isdigit (*c))
      g_string_append_c (kind, *c);
  if (strlen (name) == MAX_NAME && strpbrk (name, "-:") == NULL)
    g_string_append_c (kind, ':');
  return g_string_free (kind, FALSE);
}

/* Returns: (transfer full) (element-type utf8): names in the folder @name of the process */
static GPtrArray *
process_list_folder (GPid pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, name);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (entry));
  return names;
}

static void
process_read_threads (SoakProcess *self, GPid pid)
{
  g_autoptr (GPtrArray) ids = process_list_folder (pid, "task");

  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *file = g_strdup_printf ("task/%s/comm", (char *) ids->pdata[i]);
    g_autofree char *name = process_read_file (pid, file);
    g_autofree char *kind = NULL;

    if (name == NULL)
      continue; /* the thread has ended */
    kind = process_get_thread_kind (g_strchomp (name));
    process_count (self->threads, kind);
  }
}

static void
process_read_descriptors (SoakProcess *self, GPid pid)
{
  g_autoptr (GPtrArray) numbers = process_list_folder (pid, "fd");

  for (guint i = 0; i < numbers->len; i++) {
    g_autofree char *file =
        g_strdup_printf ("/proc/%d/fd/%s", (int) pid, (char *) numbers->pdata[i]);
    g_autofree char *target = g_file_read_link (file, NULL);
    char *inode = target != NULL ? strstr (target, ":[") : NULL;

    if (target == NULL)
      continue; /* it was closed */
    /* "socket:[12345]" */
    if (inode != NULL && g_ascii_isdigit (inode[2]))
      *inode = '\0';
    process_count (self->descriptors, target);
  }
}

/* Each thread has a list of the processes that it started. */
GArray *
soak_process_list_children (GPid pid)
{
  g_autoptr (GPtrArray) ids = process_list_folder (pid, "task");
  GArray *children = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *file = g_strdup_printf ("task/%s/children", (char *) ids->pdata[i]);
    g_autofree char *text = process_read_file (pid, file);
    g_auto (GStrv) numbers = g_strsplit (text != NULL ? text : "", " ", -1);

    for (guint j = 0; numbers[j] != NULL; j++) {
      int child = g_ascii_strtoll (numbers[j], NULL, 10);

      if (child > 0)
        g_array_append_val (children, child);
    }
  }
  return children;
}

/* proc_pid_stat(5): "12 (name) Z …". The name may contain parentheses. */
static void
process_read_children (SoakProcess *self, GPid pid)
{
  g_autoptr (GArray) children = soak_process_list_children (pid);

  for (guint i = 0; i < children->len; i++) {
    g_autofree char *stat = process_read_file (g_array_index (children, int, i), "stat");
    const char *begin = stat != NULL ? strchr (stat, '(') : NULL;
    const char *end = stat != NULL ? strrchr (stat, ')') : NULL;
    g_autofree char *name = NULL;

    if (begin == NULL || end == NULL)
      continue; /* the child is gone */
    name = g_strdup_printf ("%s%.*s", g_str_has_prefix (end, ") Z") ? "zombie " : "",
        (int) (end - begin - 1), begin + 1);
    process_count (self->children, name);
  }
}

static GHashTable *
process_new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

SoakProcess *
soak_process_read (GPid pid)
{
  SoakProcess *self = g_new0 (SoakProcess, 1);

  self->threads = process_new_table ();
  self->descriptors = process_new_table ();
  self->children = process_new_table ();
  process_read_memory (self, pid);
  process_read_cpu (self, pid);
  process_read_threads (self, pid);
  process_read_descriptors (self, pid);
  process_read_children (self, pid);
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

guint
soak_process_sum (GHashTable *table)
{
  GHashTableIter iter;
  gpointer n;
  guint sum = 0;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &n))
    sum += GPOINTER_TO_UINT (n);
  return sum;
}

gboolean
soak_process_is_pooled (const char *name)
{
  return g_str_has_prefix (name, "pool-") || strchr (name, ':') != NULL;
}
