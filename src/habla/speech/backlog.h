/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Time without input after which nothing was waiting, in microseconds. */
#define HABLA_BACKLOG_IDLE 10000

/**
 * HablaBacklog:
 * @baseline: time minus position when nothing was waiting, in microseconds
 * @left: time of the last habla_backlog_leave(), in microseconds
 * @started: whether there has been input
 *
 * Estimates how far an element is behind its input, from times alone: input that comes while
 * the element is waiting for it is on time, and each microsecond that processing takes longer than
 * the audio lasts is backlog. A file, which does not wait, has backlog only if it has taken longer
 * than it lasts since its begin. A plain value without a clock or a lock; zero-initialised is no
 * input.
 */
typedef struct {
  gint64 baseline;
  gint64 left;
  gboolean started;
} HablaBacklog;

/**
 * habla_backlog_enter:
 * @self: a backlog
 * @now: monotonic time, in microseconds
 * @position: position of the first sample of the input, in microseconds
 *
 * Input arrives.
 */
void habla_backlog_enter (HablaBacklog *self, gint64 now, gint64 position);

/**
 * habla_backlog_leave:
 * @self: a backlog
 * @now: monotonic time, in microseconds
 *
 * The input is processed; the element waits for more.
 */
void habla_backlog_leave (HablaBacklog *self, gint64 now);

/**
 * habla_backlog_get:
 * @self: a backlog
 * @now: monotonic time, in microseconds
 * @position: position up to which the input is processed, in microseconds
 *
 * Returns: the duration of the input that is waiting, in microseconds
 */
gint64 habla_backlog_get (const HablaBacklog *self, gint64 now, gint64 position);

G_END_DECLS
