/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaProcessCensus:
 * @threads: (element-type utf8 guint): number of threads by name without digits; see
 *   habla_process_census_get_kind()
 * @descriptors: (element-type utf8 guint): number of file descriptors by kind ("socket", "pipe",
 *   "anon_inode:[eventfd]") or path
 * @children: (element-type utf8 guint): number of child processes by name, with the prefix
 *   "zombie " for those that have exited and were not reaped
 *
 * The threads, file descriptors and child processes of this process, by name.
 */
typedef struct {
  GHashTable *threads;
  GHashTable *descriptors;
  GHashTable *children;
} HablaProcessCensus;

/**
 * habla_process_census_new:
 *
 * Reads a file of /proc for each thread, descriptor and child.
 *
 * Returns: (transfer full): the counts of this process
 */
HablaProcessCensus *habla_process_census_new (void);

/**
 * habla_process_census_free:
 * @self: (transfer full): a census
 */
void habla_process_census_free (HablaProcessCensus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaProcessCensus, habla_process_census_free)

/**
 * habla_process_census_get_kind:
 * @name: name of a thread
 *
 * Returns: (transfer full): the key of such threads in #HablaProcessCensus.threads
 */
char *habla_process_census_get_kind (const char *name);

/**
 * habla_process_census_is_pooled:
 * @thread: a key of #HablaProcessCensus.threads
 *
 * Returns: whether such threads belong to a thread pool, which ends them when they are idle
 */
gboolean habla_process_census_is_pooled (const char *thread);

G_END_DECLS
