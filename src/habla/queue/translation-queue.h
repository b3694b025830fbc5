/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/annotations.h>
#include <habla/queue/flow-queue.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

/**
 * HablaTranslationQueue:
 *
 * A #HablaFlowQueue whose worker threads translate utterances while they wait in it. Order
 * is kept: an item leaves when it is the first, whichever translation completes first.
 */
typedef struct _HablaTranslationQueue HablaTranslationQueue;

/**
 * HablaTranslateFunc:
 * @utterance: utterance whose text to translate
 * @annotations: (inout): %NULL; may become (transfer full) what was found in the text
 * @cancellable: cancelled when the translation is no longer needed
 * @data: user data
 * @error: return location for an error
 *
 * Called on worker threads without a lock.
 *
 * Returns: (transfer full) (nullable): the translation, or %NULL with @error set
 */
typedef char *(*HablaTranslateFunc) (const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, gpointer data, GError **error);

/**
 * HablaTranslationOutcome:
 * @HABLA_TRANSLATION_PASSED: no translation was needed
 * @HABLA_TRANSLATION_TRANSLATED: `text` is set
 * @HABLA_TRANSLATION_FAILED: `error` is set unless the failure was reported before
 */
typedef enum {
  HABLA_TRANSLATION_PASSED,
  HABLA_TRANSLATION_TRANSLATED,
  HABLA_TRANSLATION_FAILED,
} HablaTranslationOutcome;

/**
 * HablaTranslation:
 * @item: the event, or the buffer of a final utterance; neither for a partial hypothesis
 * @utterance: (nullable): the untranslated utterance; %NULL for an event
 * @outcome: result of the translation
 * @text: (nullable): the translation
 * @annotations: (nullable): what was found in the text while it was translated
 * @error: (nullable): error to report
 *
 * An item of a #HablaTranslationQueue.
 */
typedef struct {
  HablaFlowItem item;
  HablaUtterance *utterance;
  HablaTranslationOutcome outcome;
  char *text;
  HablaAnnotations *annotations; /* written by the worker while @running */
  GError *error;

  /*< private >*/
  GCancellable *cancellable; /* NULL if no translation is needed */
  guint64 arrived;           /* monotonic time, ns */
  guint64 translated;        /* protected by lock; monotonic time, ns */
  gboolean running;          /* protected by lock; a worker translates it */
  gboolean dropped;          /* protected by lock; its worker frees it */
  gboolean is_progress;      /* a part of the translation of the next item */
  guint64 progressed;        /* protected by lock; monotonic time of the last part, ns; 0 = none */
} HablaTranslation;

/**
 * habla_translation_queue_new:
 * @translate: function that workers call
 * @data: user data of @translate
 *
 * Returns: (transfer full): a stopped queue that is flushing
 */
HablaTranslationQueue *habla_translation_queue_new (HablaTranslateFunc translate, gpointer data);

/**
 * habla_translation_queue_free:
 * @self: (transfer full): a stopped queue
 */
void habla_translation_queue_free (HablaTranslationQueue *self);

/**
 * habla_translation_queue_get_flow:
 * @self: a queue
 *
 * Returns: (transfer none): the queue as a #HablaFlowQueue, whose functions apply
 */
HablaFlowQueue *habla_translation_queue_get_flow (HablaTranslationQueue *self);

/**
 * habla_translation_queue_start:
 * @self: a stopped queue
 * @max_in_flight: number of workers, and maximum number of final utterances in the queue
 *
 * Starts the workers and resets the statistics.
 */
void habla_translation_queue_start (HablaTranslationQueue *self, guint max_in_flight);

/**
 * habla_translation_queue_stop:
 * @self: a flushing queue that no thread pushes to or pops from
 *
 * Drops all items and waits for the workers to end.
 */
void habla_translation_queue_stop (HablaTranslationQueue *self);

/**
 * habla_translation_queue_push_final:
 * @self: a queue
 * @utterance: (transfer full): a final utterance
 * @buffer: (transfer full): its buffer
 * @translate: whether @utterance needs a translation
 *
 * Drops all partial hypotheses in the queue, which must neither follow nor delay the final
 * utterance, and waits while the queue is full.
 *
 * Returns: %GST_FLOW_OK, or the flow return of downstream
 */
GstFlowReturn habla_translation_queue_push_final (
    HablaTranslationQueue *self, HablaUtterance *utterance, GstBuffer *buffer, gboolean translate);

/**
 * habla_translation_queue_push_partial:
 * @self: a queue
 * @utterance: (transfer full): a partial hypothesis
 * @translate: whether @utterance needs a translation
 *
 * Never waits. Replaces partial hypotheses in the queue that no worker translates.
 *
 * Returns: %GST_FLOW_OK, or the flow return of downstream
 */
GstFlowReturn habla_translation_queue_push_partial (
    HablaTranslationQueue *self, HablaUtterance *utterance, gboolean translate);

/**
 * habla_translation_queue_push_progress:
 * @self: a queue
 * @utterance: the final utterance of a #HablaTranslateFunc that runs
 * @text: its translation so far
 *
 * Lets a partial hypothesis with @text leave right before the utterance. It replaces a previous one
 * that has not left. No-op if that was added less than a quarter of a second ago, or if the
 * utterance was dropped.
 */
void habla_translation_queue_push_progress (
    HablaTranslationQueue *self, const HablaUtterance *utterance, const char *text);

/**
 * habla_translation_queue_skip_partial:
 * @self: a queue
 *
 * Counts a partial hypothesis that the element dropped itself.
 */
void habla_translation_queue_skip_partial (HablaTranslationQueue *self);

/**
 * habla_translation_queue_count:
 * @self: a queue
 * @translation: an item that was popped
 *
 * Counts an utterance that leaves.
 */
void habla_translation_queue_count (
    HablaTranslationQueue *self, const HablaTranslation *translation);

/**
 * habla_translation_queue_create_stats:
 * @self: a queue
 * @n_retried: value of the field `retried`
 *
 * Any thread.
 *
 * Returns: (transfer full): value of HablaTranslator:stats
 */
GstStructure *habla_translation_queue_create_stats (HablaTranslationQueue *self, guint64 n_retried);

G_END_DECLS
