/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SoakProcess:
 * @rss: in bytes
 * @pss: in bytes, with what is shared divided by those who share it; 0 = not known
 * @cpu: seconds that it has computed for, without its children
 * @threads: name without numbers -> count, as GUINT
 * @descriptors: kind, or path of a file -> count
 * @children: name -> count; of one that has ended and that nobody has waited for, "zombie NAME"
 *
 * What the kernel tells of another process.
 */
typedef struct {
  guint64 rss;
  guint64 pss;
  double cpu;
  GHashTable *threads;
  GHashTable *descriptors;
  GHashTable *children;
} SoakProcess;

SoakProcess *soak_process_read (GPid pid);
void soak_process_free (SoakProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakProcess, soak_process_free)

guint soak_process_count (GHashTable *table);
/* Returns: (transfer full) (element-type int) */
GArray *soak_process_list_children (GPid pid);

/* Threads that wait in a pool for work, and go after a while without. */
gboolean soak_process_is_pooled (const char *thread);

G_END_DECLS
