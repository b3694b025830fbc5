/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <monitoring/process-census.h>

G_BEGIN_DECLS

/**
 * SoakProcess:
 * @rss: in bytes
 * @pss: in bytes, with what is shared divided by those who share it; 0 = not known
 * @cpu: seconds that it has computed for, without its children
 * @census: its threads, descriptors and children
 *
 * What the kernel tells of another process.
 */
typedef struct {
  guint64 rss;
  guint64 pss;
  double cpu;
  HablaProcessCensus *census;
} SoakProcess;

SoakProcess *soak_process_read (GPid pid);
void soak_process_free (SoakProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakProcess, soak_process_free)

G_END_DECLS
