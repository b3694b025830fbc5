/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Grades of a review: 0 = forgotten completely, 5 = remembered easily; from 3 on it is remembered.
 */
#define HABLA_REVIEW_WORST 0
#define HABLA_REVIEW_BEST 5

/* Interval from which an item counts as learned, in days. */
#define HABLA_REVIEW_MATURE 21

/**
 * HablaReviewState:
 * @ease: factor by which the interval grows, 1.3 to 5.0, a multiple of 0.01
 * @interval: time between the last review and the next one, in days, from 1
 * @repetitions: reviews since the item was forgotten last
 * @lapse_count: how often it was forgotten after it had been remembered
 * @next_review: in microseconds since 1970-01-01 UTC
 *
 * When to review an item next, by the algorithm SM-2.
 */
typedef struct {
  double ease;
  guint interval;
  guint repetitions;
  guint lapse_count;
  gint64 next_review;
} HablaReviewState;

/**
 * habla_review_state_grade:
 * @self: a state
 * @quality: %HABLA_REVIEW_WORST to %HABLA_REVIEW_BEST
 * @now: in microseconds since 1970-01-01 UTC
 *
 * Schedules the next review after one that took place at @now.
 */
void habla_review_state_grade (HablaReviewState *self, guint quality, gint64 now);

G_END_DECLS
