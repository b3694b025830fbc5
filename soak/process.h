/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SoakProcess:
 * @rss: resident memory, in bytes
 * @pss: proportional set size, in bytes: shared memory is divided among the processes that share
 * it; 0 = unknown
 * @cpu: CPU time, without that of children, in seconds
 * @threads: (element-type utf8 guint): name of a thread, without digits -> number
 * @descriptors: (element-type utf8 guint): kind, such as "socket", "pipe" or
 *   "anon_inode:[eventfd]", or path of a file -> number
 * @children: (element-type utf8 guint): name of a child process, with the prefix "zombie " if it
 *   ended and no one waited for it -> number
 *
 * The state of a process, from /proc.
 */
typedef struct {
  guint64 rss;
  guint64 pss;
  double cpu;
  GHashTable *threads;
  GHashTable *descriptors;
  GHashTable *children;
} SoakProcess;

/* Reads one file a thread, descriptor and child. Returns: (transfer full): the state of @pid; all
 * empty if there is no such process */
SoakProcess *soak_process_read (GPid pid);

/* Frees @self. */
void soak_process_free (SoakProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakProcess, soak_process_free)

/* @table: of a #SoakProcess. Returns: the sum of its numbers */
guint soak_process_sum (GHashTable *table);

/* @name: from the threads of a #SoakProcess. Returns: whether the thread belongs to a pool of GLib
 * or GStreamer, where it ends after some idle seconds */
gboolean soak_process_is_pooled (const char *name);

/* Returns: (transfer full) (element-type int): process IDs of the children of @pid */
GArray *soak_process_list_children (GPid pid);

G_END_DECLS
