/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/queue/translation-queue.h"

#include "habla/circuit-breaker.h"
#include "habla/histogram.h"

/* Least time between parts of one translation. */
#define PROGRESS_INTERVAL (GST_SECOND / 4)

struct _HablaTranslationQueue {
  HablaFlowQueue flow; /* has its own lock, which protects the fields below as well */
  HablaTranslateFunc translate;
  gpointer data;
  GPtrArray *workers; /* used by start and stop only */
  GCond work;         /* signals workers: an utterance to translate, or stopping */

  gboolean stopping;             /* protected by lock */
  HablaCircuitBreaker breaker;   /* protected by lock */
  HablaHistogram latency;        /* protected by lock; final utterances, ns from arrival */
  guint in_flight;               /* protected by lock; translations that run now */
  guint in_flight_peak;          /* protected by lock */
  guint64 done, failed, passed;  /* protected by lock; final utterances by outcome */
  guint64 n_partials_translated; /* protected by lock */
  guint64 n_partials_dropped;    /* protected by lock */
};

static gboolean
translation_is_final (const HablaTranslation *translation)
{
  return translation->item.buffer != NULL;
}

static gboolean
translation_is_partial (const HablaTranslation *translation)
{
  return translation->item.event == NULL && translation->item.buffer == NULL;
}

static gboolean
translation_is_waiting (const HablaTranslation *translation)
{
  return !translation->item.is_ready && !translation->running;
}

static void
translation_clear (HablaFlowItem *item)
{
  HablaTranslation *translation = (HablaTranslation *) item;

  g_clear_pointer (&translation->utterance, habla_utterance_free);
  g_clear_pointer (&translation->text, g_free);
  g_clear_pointer (&translation->annotations, habla_annotations_unref);
  g_clear_error (&translation->error);
  g_clear_object (&translation->cancellable);
}

/* Called with lock held. */
static gboolean
translation_drop (HablaFlowQueue *flow, HablaFlowItem *item, GPtrArray *cancelled)
{
  HablaTranslationQueue *self = (HablaTranslationQueue *) flow;
  HablaTranslation *translation = (HablaTranslation *) item;

  self->n_partials_dropped += translation_is_partial (translation) && !translation->is_progress;
  if (!translation->running)
    return FALSE;
  translation->dropped = TRUE;
  g_ptr_array_add (cancelled, g_object_ref (translation->cancellable));
  return TRUE;
}

/* Called with lock held. */
static void
translation_queue_drop_partials (
    HablaTranslationQueue *self, gboolean running_too, GPtrArray *cancelled)
{
  GList *next;

  for (GList *l = self->flow.items.head; l != NULL; l = next) {
    HablaTranslation *translation = l->data;

    next = l->next;
    if (translation_is_partial (translation) && (running_too || !translation->running))
      habla_flow_queue_drop (&self->flow, l, cancelled);
  }
  habla_flow_queue_wake (&self->flow);
}

/* Called with lock held. Returns: (nullable): the first final utterance that waits, or else
 * the partial hypothesis that waits, unless another one is being translated */
static HablaTranslation *
translation_queue_find_work (HablaTranslationQueue *self)
{
  HablaTranslation *partial = NULL;
  gboolean partial_running = FALSE;

  for (GList *l = self->flow.items.head; l != NULL; l = l->next) {
    HablaTranslation *translation = l->data;

    if (translation_is_partial (translation) && translation->running)
      partial_running = TRUE;
    else if (translation_is_partial (translation) && translation_is_waiting (translation))
      partial = translation;
    else if (translation_is_waiting (translation))
      return translation;
  }
  return partial_running ? NULL : partial;
}

/* Called with lock held. A partial hypothesis must not be the one that tries a broken
 * engine. */
static gboolean
translation_queue_allow (HablaTranslationQueue *self, const HablaTranslation *translation)
{
  if (translation_is_partial (translation))
    return self->breaker.state == HABLA_CIRCUIT_BREAKER_CLOSED;
  return habla_circuit_breaker_allow (&self->breaker, gst_util_get_timestamp ());
}

/* Called with lock held. @text, @error: (transfer full) (nullable) */
static void
translation_queue_complete (HablaTranslationQueue *self, HablaTranslation *translation,
    gboolean allowed, char *text, GError *error)
{
  translation->running = FALSE;
  if (translation->dropped) {
    if (allowed && translation_is_final (translation))
      habla_circuit_breaker_cancel (&self->breaker);
    g_free (text);
    g_clear_error (&error);
    habla_flow_queue_free_item (&self->flow, &translation->item);
    return;
  }

  translation->item.is_ready = TRUE;
  translation->translated = gst_util_get_timestamp ();
  if (text != NULL) {
    habla_circuit_breaker_succeed (&self->breaker);
    translation->outcome = HABLA_TRANSLATION_TRANSLATED;
    translation->text = text;
  } else if (translation_is_final (translation)) {
    if (allowed)
      habla_circuit_breaker_report (&self->breaker, gst_util_get_timestamp (), &error,
          "Translation", "utterances pass untranslated");
    translation->outcome = HABLA_TRANSLATION_FAILED;
    translation->error = error;
  } else {
    g_clear_error (&error);
    habla_flow_queue_drop (&self->flow, g_queue_find (&self->flow.items, translation), NULL);
  }
  habla_flow_queue_wake (&self->flow);
}

static gpointer
translation_queue_run_worker (gpointer data)
{
  HablaTranslationQueue *self = data;

  g_mutex_lock (&self->flow.lock);
  while (!self->stopping) {
    HablaTranslation *translation = translation_queue_find_work (self);
    char *text = NULL;
    GError *error = NULL;
    gboolean allowed;

    if (translation == NULL) {
      g_cond_wait (&self->work, &self->flow.lock);
      continue;
    }

    translation->running = TRUE;
    allowed = translation_queue_allow (self, translation);
    if (allowed) {
      self->in_flight++;
      self->in_flight_peak = MAX (self->in_flight_peak, self->in_flight);
      g_mutex_unlock (&self->flow.lock);
      text = self->translate (translation->utterance, &translation->annotations,
          translation->cancellable, self->data, &error);
      g_mutex_lock (&self->flow.lock);
      self->in_flight--;
    }
    translation_queue_complete (self, translation, allowed, text, error);
  }
  g_mutex_unlock (&self->flow.lock);
  return NULL;
}

static const HablaFlowQueueFuncs translation_queue_funcs = {
  .item_size = sizeof (HablaTranslation),
  .free_item = translation_clear,
  .drop_item = translation_drop,
};

HablaTranslationQueue *
habla_translation_queue_new (HablaTranslateFunc translate, gpointer data)
{
  HablaTranslationQueue *self = g_new0 (HablaTranslationQueue, 1);

  habla_flow_queue_init (&self->flow, &translation_queue_funcs);
  self->translate = translate;
  self->data = data;
  self->workers = g_ptr_array_new ();
  g_cond_init (&self->work);
  return self;
}

void
habla_translation_queue_free (HablaTranslationQueue *self)
{
  g_assert (self->workers->len == 0);

  habla_flow_queue_clear (&self->flow);
  g_ptr_array_unref (self->workers);
  g_cond_clear (&self->work);
  g_free (self);
}

HablaFlowQueue *
habla_translation_queue_get_flow (HablaTranslationQueue *self)
{
  return &self->flow;
}

void
habla_translation_queue_start (HablaTranslationQueue *self, guint max_in_flight)
{
  habla_flow_queue_set_max_buffers (&self->flow, max_in_flight);

  g_mutex_lock (&self->flow.lock);
  self->stopping = FALSE;
  self->breaker = (HablaCircuitBreaker){ 0 };
  self->latency = (HablaHistogram){ 0 };
  self->in_flight = self->in_flight_peak = 0;
  self->done = self->failed = self->passed = 0;
  self->n_partials_translated = self->n_partials_dropped = 0;
  g_mutex_unlock (&self->flow.lock);

  for (guint i = 0; i < max_in_flight; i++)
    g_ptr_array_add (
        self->workers, g_thread_new ("habla-translate", translation_queue_run_worker, self));
}

void
habla_translation_queue_stop (HablaTranslationQueue *self)
{
  habla_flow_queue_abort (&self->flow);

  g_mutex_lock (&self->flow.lock);
  self->stopping = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->flow.lock);

  for (guint i = 0; i < self->workers->len; i++)
    g_thread_join (self->workers->pdata[i]);
  g_ptr_array_set_size (self->workers, 0);
}

/* @utterance, @buffer: (transfer full) */
static HablaTranslation *
translation_new (
    HablaTranslationQueue *self, HablaUtterance *utterance, GstBuffer *buffer, gboolean translate)
{
  HablaTranslation *translation = (HablaTranslation *) habla_flow_queue_new_item (&self->flow);

  translation->item.buffer = buffer;
  translation->item.is_ready = !translate;
  translation->utterance = utterance;
  translation->arrived = gst_util_get_timestamp ();
  translation->cancellable = translate ? g_cancellable_new () : NULL;
  return translation;
}

GstFlowReturn
habla_translation_queue_push_final (
    HablaTranslationQueue *self, HablaUtterance *utterance, GstBuffer *buffer, gboolean translate)
{
  HablaTranslation *translation = translation_new (self, utterance, buffer, translate);
  GPtrArray *cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  GstFlowReturn flow;

  g_mutex_lock (&self->flow.lock);
  translation_queue_drop_partials (self, TRUE, cancelled);
  g_mutex_unlock (&self->flow.lock);
  habla_flow_queue_cancel_all (cancelled);

  flow = habla_flow_queue_push (&self->flow, &translation->item);
  if (flow == GST_FLOW_OK && translate)
    g_cond_signal (&self->work);
  return flow;
}

GstFlowReturn
habla_translation_queue_push_partial (
    HablaTranslationQueue *self, HablaUtterance *utterance, gboolean translate)
{
  HablaTranslation *translation = translation_new (self, utterance, NULL, translate);
  GstFlowReturn flow;

  g_mutex_lock (&self->flow.lock);
  flow = self->flow.flow;
  if (flow == GST_FLOW_OK) {
    translation_queue_drop_partials (self, FALSE, NULL);
    habla_flow_queue_add (&self->flow, &translation->item);
    if (translate)
      g_cond_signal (&self->work);
  }
  g_mutex_unlock (&self->flow.lock);

  if (flow != GST_FLOW_OK)
    habla_flow_queue_free_item (&self->flow, &translation->item);
  return flow;
}

/* Called with lock held. Returns: (nullable): the item whose utterance a worker translates */
static GList *
translation_queue_find_running (HablaTranslationQueue *self, const HablaUtterance *utterance)
{
  for (GList *l = self->flow.items.head; l != NULL; l = l->next) {
    const HablaTranslation *translation = l->data;

    if (translation->running && translation->utterance == utterance)
      return l;
  }
  return NULL;
}

/* Returns: (transfer full): an item that is ready */
static HablaTranslation *
translation_new_progress (
    HablaTranslationQueue *self, const HablaUtterance *utterance, const char *text)
{
  HablaUtterance *partial = habla_utterance_copy (utterance);
  HablaTranslation *translation;

  partial->is_final = FALSE;
  translation = translation_new (self, partial, NULL, FALSE);
  translation->is_progress = TRUE;
  translation->outcome = HABLA_TRANSLATION_TRANSLATED;
  translation->text = g_strdup (text);
  return translation;
}

void
habla_translation_queue_push_progress (
    HablaTranslationQueue *self, const HablaUtterance *utterance, const char *text)
{
  guint64 now = gst_util_get_timestamp ();
  HablaTranslation *translation;
  GList *link;

  g_mutex_lock (&self->flow.lock);
  link = translation_queue_find_running (self, utterance);
  translation = link != NULL ? link->data : NULL;
  if (translation != NULL && now >= translation->progressed + PROGRESS_INTERVAL) {
    translation->progressed = now;
    if (link->prev != NULL && ((HablaTranslation *) link->prev->data)->is_progress)
      habla_flow_queue_drop (&self->flow, link->prev, NULL);
    habla_flow_queue_insert_before (
        &self->flow, link, &translation_new_progress (self, utterance, text)->item);
  }
  g_mutex_unlock (&self->flow.lock);
}

void
habla_translation_queue_skip_partial (HablaTranslationQueue *self)
{
  g_mutex_lock (&self->flow.lock);
  self->n_partials_dropped++;
  g_mutex_unlock (&self->flow.lock);
}

void
habla_translation_queue_count (HablaTranslationQueue *self, const HablaTranslation *translation)
{
  g_mutex_lock (&self->flow.lock);
  if (translation->is_progress) {
    /* The utterance itself counts. */
  } else if (translation_is_partial (translation)) {
    self->n_partials_translated += translation->outcome == HABLA_TRANSLATION_TRANSLATED;
  } else if (translation->outcome == HABLA_TRANSLATION_PASSED) {
    self->passed++;
  } else if (translation->outcome == HABLA_TRANSLATION_FAILED) {
    self->failed++;
  } else {
    self->done++;
    habla_histogram_record (&self->latency, translation->translated - translation->arrived);
  }
  g_mutex_unlock (&self->flow.lock);
}

GstStructure *
habla_translation_queue_create_stats (HablaTranslationQueue *self, guint64 n_retried)
{
  const HablaHistogram *latency = &self->latency;
  GstStructure *stats;

  g_mutex_lock (&self->flow.lock);
  stats = gst_structure_new ("habla/translator-stats", "in-flight", G_TYPE_UINT, self->in_flight,
      "in-flight-peak", G_TYPE_UINT, self->in_flight_peak, "done", G_TYPE_UINT64, self->done,
      "failed", G_TYPE_UINT64, self->failed, "passed", G_TYPE_UINT64, self->passed, "retried",
      G_TYPE_UINT64, n_retried, "partials-translated", G_TYPE_UINT64, self->n_partials_translated,
      "partials-dropped", G_TYPE_UINT64, self->n_partials_dropped, "latency-p50", G_TYPE_UINT64,
      habla_histogram_get_quantile (latency, 0.50), "latency-p95", G_TYPE_UINT64,
      habla_histogram_get_quantile (latency, 0.95), "latency-p99", G_TYPE_UINT64,
      habla_histogram_get_quantile (latency, 0.99), "latency-max", G_TYPE_UINT64,
      habla_histogram_get_max (latency), "breaker", G_TYPE_STRING,
      habla_circuit_breaker_get_name (&self->breaker), NULL);
  g_mutex_unlock (&self->flow.lock);
  return stats;
}
