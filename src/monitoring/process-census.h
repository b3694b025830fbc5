/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaProcessCensus:
 * @threads: (element-type utf8 guint): name without numbers -> count
 * @descriptors: (element-type utf8 guint): kind ("socket", "pipe", "anon_inode:[eventfd]"), or
 *   path of a file -> count
 * @children: (element-type utf8 guint): name -> count; of one that has ended and that nobody has
 *   waited for, "zombie NAME"
 *
 * What the kernel tells of the threads, descriptors and children of a process, by name.
 */
typedef struct {
  GHashTable *threads;
  GHashTable *descriptors;
  GHashTable *children;
} HablaProcessCensus;

/* @pid: 0 = this process. Reads /proc: one file a thread, descriptor and child. Returns:
 * (transfer full): all empty if there is no such process */
HablaProcessCensus *habla_process_census_new (int pid);
void habla_process_census_free (HablaProcessCensus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaProcessCensus, habla_process_census_free)

/* Of a table of it: all counts together. */
guint habla_process_census_sum (GHashTable *table);

/* Returns: (transfer full): under which a thread called @name counts */
char *habla_process_census_get_kind (const char *name);

/* Whether such a thread waits in a pool for work, and goes after a while without. */
gboolean habla_process_census_is_pooled (const char *thread);

/* @pid: 0 = this process. Returns: (transfer full) (element-type int): its children */
GArray *habla_process_list_children (int pid);

G_END_DECLS
