/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/vocabulary/review-state.h"

#include <math.h>

#define REMEMBERED 3 /* lowest grade that counts so */
#define MIN_EASE 1.3
#define MAX_EASE 5.0
#define SECOND_INTERVAL 6
/* A hundred years, so that dates stay valid, in days. */
#define MAX_INTERVAL 36500

static guint
review_state_get_interval (const HablaReviewState *self)
{
  if (self->repetitions == 0)
    return 1;
  if (self->repetitions == 1)
    return SECOND_INTERVAL;
  return MIN (trunc (self->interval * self->ease), MAX_INTERVAL);
}

/* All changes are multiples of 0.01: rounding keeps their sum exact. */
static double
review_state_get_ease (const HablaReviewState *self, guint quality)
{
  guint missing = HABLA_REVIEW_BEST - quality;
  double ease = self->ease + 0.1 - missing * (0.08 + missing * 0.02);

  return CLAMP (round (ease * 100) / 100, MIN_EASE, MAX_EASE);
}

void
habla_review_state_grade (HablaReviewState *self, guint quality, gint64 now)
{
  g_return_if_fail (quality <= HABLA_REVIEW_BEST);

  if (quality < REMEMBERED) {
    self->lapse_count += self->repetitions > 0 && self->lapse_count < G_MAXINT32;
    self->repetitions = 0;
    self->interval = 1;
  } else {
    self->interval = review_state_get_interval (self);
    self->repetitions += self->repetitions < G_MAXINT32;
  }
  self->ease = review_state_get_ease (self, quality);
  self->next_review = now + self->interval * G_TIME_SPAN_DAY;
}
