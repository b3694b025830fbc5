/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <monitoring/process-census.h>

G_BEGIN_DECLS

/**
 * SoakProcess:
 * @rss: resident memory, in bytes
 * @pss: proportional set size, in bytes: shared memory is divided among the processes that share
 * it; 0 = unknown
 * @cpu: CPU time, without that of children, in seconds
 * @census: its threads, descriptors and children
 *
 * The state of another process, from /proc.
 */
typedef struct {
  guint64 rss;
  guint64 pss;
  double cpu;
  HablaProcessCensus *census;
} SoakProcess;

/* Returns: (transfer full): the state of @pid; all empty if there is no such process */
SoakProcess *soak_process_read (GPid pid);

/* Frees @self. */
void soak_process_free (SoakProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakProcess, soak_process_free)

G_END_DECLS
