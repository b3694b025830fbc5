/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

typedef struct _HablaTranslationQueue HablaTranslationQueue;

/* Runs on worker threads with no lock held. Returns (transfer full) the
 * translation, or NULL with the error set. */
typedef char *(*HablaTranslateFunc) (
    const char *text, GCancellable *cancellable, gpointer data, GError **error);

typedef enum {
  HABLA_TRANSLATION_PASSED,     /* there was nothing to ask */
  HABLA_TRANSLATION_TRANSLATED, /* @translation is set */
  HABLA_TRANSLATION_FAILED,     /* @error is set unless the failure is old news */
} HablaTranslationOutcome;

/* What leaves the queue: an event, or an utterance and what became of it. */
typedef struct {
  GstEvent *event;           /* or NULL, and then: */
  HablaUtterance *utterance; /* as it came in */
  GstBuffer *buffer;         /* that it came in; NULL for a partial hypothesis */
  HablaTranslationOutcome outcome;
  char *translation;
  GError *error;
} HablaTranslation;

typedef struct {
  guint in_flight;      /* questions that the engine works on now */
  guint in_flight_peak; /* and most ever at once */
  guint64 done;         /* final utterances that left translated, */
  guint64 failed;       /* untranslated because the engine failed or is left alone, */
  guint64 passed;       /* as they came, because there was nothing to translate */
  guint64 partials_translated;
  guint64 partials_dropped;
  guint64 latency_p50; /* from the arrival of a final utterance to its translation, */
  guint64 latency_p95; /* in nanoseconds */
  guint64 latency_p99;
  guint64 latency_max;
  const char *breaker; /* static string: the state of the circuit breaker */
} HablaTranslationStats;

HablaTranslationQueue *habla_translation_queue_new (HablaTranslateFunc translate, gpointer data);
void habla_translation_queue_free (HablaTranslationQueue *self);

void habla_translation_queue_start (HablaTranslationQueue *self, guint max_in_flight);
void habla_translation_queue_stop (HablaTranslationQueue *self);
void habla_translation_queue_set_flushing (HablaTranslationQueue *self, gboolean flushing);

GstFlowReturn habla_translation_queue_push_final (
    HablaTranslationQueue *self, HablaUtterance *utterance, GstBuffer *buffer, gboolean translate);
GstFlowReturn habla_translation_queue_push_partial (
    HablaTranslationQueue *self, HablaUtterance *utterance, gboolean translate);
void habla_translation_queue_skip_partial (HablaTranslationQueue *self);
GstFlowReturn habla_translation_queue_push_event (HablaTranslationQueue *self, GstEvent *event);
GstFlowReturn habla_translation_queue_drain (HablaTranslationQueue *self);

HablaTranslation *habla_translation_queue_pop (HablaTranslationQueue *self);
gboolean habla_translation_queue_fail (HablaTranslationQueue *self, GstFlowReturn flow);
void habla_translation_queue_recover (HablaTranslationQueue *self, GstFlowReturn flow);

void habla_translation_queue_get_stats (HablaTranslationQueue *self, HablaTranslationStats *stats);

void habla_translation_free (HablaTranslation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaTranslation, habla_translation_free)

G_END_DECLS
