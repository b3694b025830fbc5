/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "monitoring/process-census.h"

#include <string.h>

/* The kernel truncates names of threads to this length. */
#define MAX_NAME 15

static void
count (GHashTable *table, const char *name)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (table, name));

  g_hash_table_replace (table, g_strdup (name), GUINT_TO_POINTER (n + 1));
}

/* "queue12:src" and "queue7:src" are of the same kind. A truncated name may lack its colon: names
 * that are not from GStreamer contain a dash. */
char *
habla_process_census_get_kind (const char *name)
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
read_threads (HablaProcessCensus *self)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *thread;

  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/task", thread, "comm", NULL);
    g_autofree char *name = NULL;
    g_autofree char *kind = NULL;

    if (!g_file_get_contents (file, &name, NULL, NULL))
      continue; /* the thread has ended */
    kind = habla_process_census_get_kind (g_strchomp (name));
    count (self->threads, kind);
  }
}

static void
read_descriptors (HablaProcessCensus *self)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/fd", name, NULL);
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

/* Each thread has a list of the child processes that it started. */
static GArray *
list_children (void)
{
  GArray *children = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *thread;

  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/task", thread, "children", NULL);
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

/* proc_pid_stat(5): "12 (name) Z …". The name may contain parentheses. */
static void
read_children (HablaProcessCensus *self)
{
  g_autoptr (GArray) children = list_children ();

  for (guint i = 0; i < children->len; i++) {
    g_autofree char *path = g_strdup_printf ("/proc/%d/stat", g_array_index (children, int, i));
    g_autofree char *stat = NULL;
    g_autofree char *name = NULL;
    const char *begin, *end;

    if (!g_file_get_contents (path, &stat, NULL, NULL))
      continue; /* the process has ended */
    begin = strchr (stat, '(');
    end = strrchr (stat, ')');
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

HablaProcessCensus *
habla_process_census_new (void)
{
  HablaProcessCensus *self = g_new0 (HablaProcessCensus, 1);

  self->threads = new_table ();
  self->descriptors = new_table ();
  self->children = new_table ();
  read_threads (self);
  read_descriptors (self);
  read_children (self);
  return self;
}

void
habla_process_census_free (HablaProcessCensus *self)
{
  g_hash_table_unref (self->threads);
  g_hash_table_unref (self->descriptors);
  g_hash_table_unref (self->children);
  g_free (self);
}

/* Threads of GLib's pools are named "pool-...", and those of GStreamer's after the pad that they
 * last pushed from: "queue:src". */
gboolean
habla_process_census_is_pooled (const char *thread)
{
  return g_str_has_prefix (thread, "pool-") || strchr (thread, ':') != NULL;
}
