/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/translation-queue.h"

#include "habla/circuit-breaker.h"
#include "habla/histogram.h"

/* So many events may wait among the utterances; then who brings more waits, too. */
#define MAX_EVENTS 256

typedef enum {
  WAITING, /* for a worker */
  RUNNING, /* on a worker */
  DONE,    /* leaves as soon as it is the first */
} ItemState;

typedef struct {
  HablaTranslation translation; /* the first field: what is handed out */
  GCancellable *cancellable;    /* NULL if there is nothing to translate */
  guint64 arrived;              /* monotonic time, ns */

  /* With the lock of the queue. */
  ItemState state;
  gboolean dropped; /* out of the queue while RUNNING: its worker frees it */
  guint64 finished; /* monotonic time, ns */
} Item;

/* One thread brings in, workers translate, one thread takes out. An item stays in
 * its place in @items from its arrival until it leaves, and leaves as the first;
 * so the order is kept, whoever finishes when. */
struct _HablaTranslationQueue {
  HablaTranslateFunc translate;
  gpointer data;

  /* Touched by start and stop only. */
  GPtrArray *workers;

  GMutex lock;
  GCond work;  /* for workers: there is something to translate, or the end */
  GCond ready; /* for who takes out: the first item is ready, or the flow changed */
  GCond space; /* for who brings in: there is room, or all is out, or the flow changed */

  /* With the lock. */
  GQueue items;
  guint finals; /* in @items */
  guint events; /* in @items */
  guint max_in_flight;
  GstFlowReturn flow; /* of downstream; FLUSHING also before the start */
  gboolean leaving;   /* what was taken out last is still on its way downstream */
  gboolean stopping;
  HablaCircuitBreaker breaker;
  HablaHistogram latency; /* of final utterances, from arrival to translation */
  HablaTranslationStats stats;
};

/**
 * habla_translation_free:
 * @self: (transfer full): what habla_translation_queue_pop() returned
 */
void
habla_translation_free (HablaTranslation *self)
{
  Item *item = (Item *) self;

  g_clear_pointer (&self->event, gst_event_unref);
  g_clear_pointer (&self->utterance, habla_utterance_free);
  g_clear_pointer (&self->buffer, gst_buffer_unref);
  g_clear_pointer (&self->translation, g_free);
  g_clear_error (&self->error);
  g_clear_object (&item->cancellable);
  g_free (item);
}

static gboolean
is_event (const Item *item)
{
  return item->translation.event != NULL;
}

static gboolean
is_sticky (const Item *item)
{
  return is_event (item) && GST_EVENT_IS_STICKY (item->translation.event) &&
         GST_EVENT_TYPE (item->translation.event) != GST_EVENT_EOS;
}

static gboolean
outlasts_flush (const Item *item)
{
  return is_sticky (item) && GST_EVENT_TYPE (item->translation.event) != GST_EVENT_SEGMENT;
}

static gboolean
is_final (const Item *item)
{
  return item->translation.buffer != NULL;
}

static gboolean
is_partial (const Item *item)
{
  return !is_event (item) && !is_final (item);
}

/* With the lock. */
static gboolean
is_ready (HablaTranslationQueue *self)
{
  Item *first = g_queue_peek_head (&self->items);

  return first != NULL && first->state == DONE;
}

/* With the lock. */
static void
add_item (HablaTranslationQueue *self, Item *item)
{
  g_queue_push_tail (&self->items, item);
  self->finals += is_final (item);
  self->events += is_event (item);
  if (item->state == WAITING)
    g_cond_signal (&self->work);
  if (is_ready (self))
    g_cond_signal (&self->ready);
}

/* With the lock. */
static Item *
take_item (HablaTranslationQueue *self, GList *link)
{
  Item *item = link->data;

  g_queue_delete_link (&self->items, link);
  self->finals -= is_final (item);
  self->events -= is_event (item);
  g_cond_signal (&self->space);
  return item;
}

/* With the lock. The cancellable of an item that a worker has is added to
 * @cancelled, to be cancelled without the lock: that may run the engine's code. */
static void
drop_item (HablaTranslationQueue *self, GList *link, GPtrArray *cancelled)
{
  Item *item = take_item (self, link);

  self->stats.partials_dropped += is_partial (item);
  if (item->state == RUNNING) {
    item->dropped = TRUE;
    g_ptr_array_add (cancelled, g_object_ref (item->cancellable));
  } else {
    habla_translation_free (&item->translation);
  }
}

/* With the lock. */
static void
drop_partials (HablaTranslationQueue *self, gboolean running_too, GPtrArray *cancelled)
{
  GList *next;

  for (GList *l = self->items.head; l != NULL; l = next) {
    Item *item = l->data;

    next = l->next;
    if (is_partial (item) && (running_too || item->state != RUNNING))
      drop_item (self, l, cancelled);
  }
  if (is_ready (self))
    g_cond_signal (&self->ready);
}

/* With the lock. */
static void
drop_all (HablaTranslationQueue *self, gboolean (*stays) (const Item *item), GPtrArray *cancelled)
{
  GList *next;

  for (GList *l = self->items.head; l != NULL; l = next) {
    next = l->next;
    if (stays == NULL || !stays (l->data))
      drop_item (self, l, cancelled);
  }
}

static void
cancel_all (GPtrArray *cancelled)
{
  for (guint i = 0; i < cancelled->len; i++)
    g_cancellable_cancel (cancelled->pdata[i]);
}

/* With the lock. The next thing to translate: a final utterance, or else the one
 * partial hypothesis that waits, unless another is being translated. */
static Item *
find_work (HablaTranslationQueue *self)
{
  Item *partial = NULL;
  gboolean partial_running = FALSE;

  for (GList *l = self->items.head; l != NULL; l = l->next) {
    Item *item = l->data;

    if (is_partial (item) && item->state == RUNNING)
      partial_running = TRUE;
    else if (is_partial (item) && item->state == WAITING)
      partial = item;
    else if (item->state == WAITING)
      return item;
  }
  return partial_running ? NULL : partial;
}

/* With the lock. A partial hypothesis is no reason to try a broken engine. */
static gboolean
may_ask (HablaTranslationQueue *self, const Item *item)
{
  if (is_partial (item))
    return self->breaker.state == HABLA_CIRCUIT_BREAKER_CLOSED;
  return habla_circuit_breaker_allow (&self->breaker, gst_util_get_timestamp ());
}

/* With the lock. Leaves in @error what the user is to be told, if anything. */
static void
note_failure (HablaTranslationQueue *self, GError **error)
{
  HablaCircuitBreakerState before = self->breaker.state;

  habla_circuit_breaker_fail (&self->breaker, gst_util_get_timestamp ());
  if (before != HABLA_CIRCUIT_BREAKER_CLOSED)
    g_clear_error (error);
  else if (self->breaker.state == HABLA_CIRCUIT_BREAKER_OPEN)
    g_prefix_error (error,
        "Translation failed %u times in a row; utterances pass untranslated until it works again: ",
        self->breaker.failures);
}

/* With the lock. */
static void
finish (HablaTranslationQueue *self, Item *item, gboolean asked, char *text, GError *error)
{
  if (item->dropped) {
    if (asked && is_final (item))
      habla_circuit_breaker_cancel (&self->breaker);
    g_free (text);
    g_clear_error (&error);
    habla_translation_free (&item->translation);
    return;
  }

  item->state = DONE;
  item->finished = gst_util_get_timestamp ();
  if (text != NULL) {
    habla_circuit_breaker_succeed (&self->breaker);
    item->translation.outcome = HABLA_TRANSLATION_TRANSLATED;
    item->translation.translation = text;
  } else if (is_final (item)) {
    if (asked)
      note_failure (self, &error);
    item->translation.outcome = HABLA_TRANSLATION_FAILED;
    item->translation.error = error;
  } else {
    g_clear_error (&error);
    drop_item (self, g_queue_find (&self->items, item), NULL);
  }
  if (is_ready (self))
    g_cond_signal (&self->ready);
}

static gpointer
run_worker (gpointer data)
{
  HablaTranslationQueue *self = data;
  Item *item;

  g_mutex_lock (&self->lock);
  while (!self->stopping) {
    char *text = NULL;
    GError *error = NULL;
    gboolean asked;

    item = find_work (self);
    if (item == NULL) {
      g_cond_wait (&self->work, &self->lock);
      continue;
    }

    item->state = RUNNING;
    asked = may_ask (self, item);
    if (asked) {
      self->stats.in_flight++;
      self->stats.in_flight_peak = MAX (self->stats.in_flight_peak, self->stats.in_flight);
      g_mutex_unlock (&self->lock);
      text = self->translate (
          item->translation.utterance->text, item->cancellable, self->data, &error);
      g_mutex_lock (&self->lock);
      self->stats.in_flight--;
    }
    finish (self, item, asked, text, error);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * habla_translation_queue_new:
 * @translate: what workers call
 * @data: passed to @translate
 *
 * Keeps utterances and events in order while utterances are translated. It is
 * flushing until habla_translation_queue_set_flushing() says otherwise.
 *
 * Returns: (transfer full): a queue
 */
HablaTranslationQueue *
habla_translation_queue_new (HablaTranslateFunc translate, gpointer data)
{
  HablaTranslationQueue *self = g_new0 (HablaTranslationQueue, 1);

  self->translate = translate;
  self->data = data;
  self->workers = g_ptr_array_new ();
  g_queue_init (&self->items);
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_cond_init (&self->ready);
  g_cond_init (&self->space);
  self->flow = GST_FLOW_FLUSHING;
  return self;
}

/**
 * habla_translation_queue_free:
 * @self: (transfer full): a queue that is stopped
 */
void
habla_translation_queue_free (HablaTranslationQueue *self)
{
  g_assert (self->workers->len == 0);
  g_assert (g_queue_is_empty (&self->items));

  g_ptr_array_unref (self->workers);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->work);
  g_cond_clear (&self->ready);
  g_cond_clear (&self->space);
  g_free (self);
}

/**
 * habla_translation_queue_start:
 * @self: a queue
 * @max_in_flight: how many workers there are, and how many final utterances may
 *   be in the queue
 *
 * Starts the workers, with all statistics at nought.
 */
void
habla_translation_queue_start (HablaTranslationQueue *self, guint max_in_flight)
{
  g_mutex_lock (&self->lock);
  self->stopping = FALSE;
  self->max_in_flight = max_in_flight;
  self->breaker = (HablaCircuitBreaker){ 0 };
  self->stats = (HablaTranslationStats){ 0 };
  self->latency = (HablaHistogram){ 0 };
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < max_in_flight; i++)
    g_ptr_array_add (self->workers, g_thread_new ("habla-translate", run_worker, self));
}

/**
 * habla_translation_queue_stop:
 * @self: a queue
 *
 * Drops what is in the queue and waits until no worker runs any more.
 */
void
habla_translation_queue_stop (HablaTranslationQueue *self)
{
  habla_translation_queue_set_flushing (self, TRUE);

  g_mutex_lock (&self->lock);
  drop_all (self, NULL, NULL);
  self->stopping = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < self->workers->len; i++)
    g_thread_join (self->workers->pdata[i]);
  g_ptr_array_set_size (self->workers, 0);
}

/**
 * habla_translation_queue_set_flushing:
 * @self: a queue
 * @flushing: whether everything is refused
 *
 * The start of flushing drops everything but what a flush leaves standing on a pad
 * (sticky events, without SEGMENT and EOS), cancels all translations and wakes everyone
 * who waits.
 */
void
habla_translation_queue_set_flushing (HablaTranslationQueue *self, gboolean flushing)
{
  g_autoptr (GPtrArray) cancelled = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  self->flow = flushing ? GST_FLOW_FLUSHING : GST_FLOW_OK;
  if (flushing)
    drop_all (self, outlasts_flush, cancelled);
  g_cond_broadcast (&self->ready);
  g_cond_broadcast (&self->space);
  g_mutex_unlock (&self->lock);

  cancel_all (cancelled);
}

/**
 * habla_translation_queue_push_final:
 * @self: a queue
 * @utterance: (transfer full): a final utterance
 * @buffer: (transfer full): the buffer that it came in
 * @translate: whether to translate it, rather than hand it on as it is
 *
 * Waits while as many as may be are in the queue. Partial hypotheses that have
 * not left by now are dropped: none may come after its utterance, and none
 * may hold one up.
 *
 * Returns: %GST_FLOW_OK, or what downstream returned
 */
GstFlowReturn
habla_translation_queue_push_final (
    HablaTranslationQueue *self, HablaUtterance *utterance, GstBuffer *buffer, gboolean translate)
{
  g_autoptr (GPtrArray) cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  Item *item = g_new0 (Item, 1);
  GstFlowReturn flow;

  item->translation.utterance = utterance;
  item->translation.buffer = buffer;
  item->arrived = gst_util_get_timestamp ();
  item->state = translate ? WAITING : DONE;
  item->cancellable = translate ? g_cancellable_new () : NULL;

  g_mutex_lock (&self->lock);
  drop_partials (self, TRUE, cancelled);
  if (cancelled->len > 0) {
    g_mutex_unlock (&self->lock);
    cancel_all (cancelled);
    g_mutex_lock (&self->lock);
  }
  while (self->flow == GST_FLOW_OK && self->finals >= self->max_in_flight)
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  if (flow == GST_FLOW_OK)
    add_item (self, g_steal_pointer (&item));
  g_mutex_unlock (&self->lock);

  if (item != NULL)
    habla_translation_free (&item->translation);
  return flow;
}

/**
 * habla_translation_queue_push_partial:
 * @self: a queue
 * @utterance: (transfer full): a partial hypothesis
 * @translate: whether to translate it, rather than hand it on as it is
 *
 * Never waits. It takes the place of any partial hypothesis that is not being
 * translated and has not left.
 *
 * Returns: %GST_FLOW_OK, or what downstream returned
 */
GstFlowReturn
habla_translation_queue_push_partial (
    HablaTranslationQueue *self, HablaUtterance *utterance, gboolean translate)
{
  Item *item = g_new0 (Item, 1);
  GstFlowReturn flow;

  item->translation.utterance = utterance;
  item->arrived = gst_util_get_timestamp ();
  item->state = translate ? WAITING : DONE;
  item->cancellable = translate ? g_cancellable_new () : NULL;

  g_mutex_lock (&self->lock);
  flow = self->flow;
  if (flow == GST_FLOW_OK) {
    drop_partials (self, FALSE, NULL);
    add_item (self, g_steal_pointer (&item));
  }
  g_mutex_unlock (&self->lock);

  if (item != NULL)
    habla_translation_free (&item->translation);
  return flow;
}

/**
 * habla_translation_queue_skip_partial:
 * @self: a queue
 *
 * Counts a partial hypothesis that came too late to be brought in.
 */
void
habla_translation_queue_skip_partial (HablaTranslationQueue *self)
{
  g_mutex_lock (&self->lock);
  self->stats.partials_dropped++;
  g_mutex_unlock (&self->lock);
}

/**
 * habla_translation_queue_push_event:
 * @self: a queue
 * @event: (transfer full): a serialized event
 *
 * A sticky event is also taken while downstream is not linked or failed, so that
 * it is there if downstream recovers. A new stream or segment ends an EOS.
 *
 * Returns: %GST_FLOW_OK, or why the event was not taken
 */
GstFlowReturn
habla_translation_queue_push_event (HablaTranslationQueue *self, GstEvent *event)
{
  Item *item = g_new0 (Item, 1);
  gboolean sticky = GST_EVENT_IS_STICKY (event) && GST_EVENT_TYPE (event) != GST_EVENT_EOS;
  gboolean restarts = GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START ||
                      GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT;
  GstFlowReturn flow;

  item->translation.event = event;
  item->state = DONE;

  g_mutex_lock (&self->lock);
  if (restarts && self->flow == GST_FLOW_EOS) {
    self->flow = GST_FLOW_OK;
    g_cond_signal (&self->ready);
  }
  while (self->flow == GST_FLOW_OK && self->events >= MAX_EVENTS)
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  if (sticky && flow != GST_FLOW_FLUSHING && self->events < MAX_EVENTS)
    flow = GST_FLOW_OK;
  if (flow == GST_FLOW_OK)
    add_item (self, g_steal_pointer (&item));
  g_mutex_unlock (&self->lock);

  if (item != NULL)
    habla_translation_free (&item->translation);
  return flow;
}

/**
 * habla_translation_queue_drain:
 * @self: a queue
 *
 * Waits until everything is out and has gone downstream.
 *
 * Returns: %GST_FLOW_OK, or what downstream returned
 */
GstFlowReturn
habla_translation_queue_drain (HablaTranslationQueue *self)
{
  GstFlowReturn flow;

  g_mutex_lock (&self->lock);
  while (self->flow == GST_FLOW_OK && (self->leaving || !g_queue_is_empty (&self->items)))
    g_cond_wait (&self->space, &self->lock);
  flow = self->flow;
  g_mutex_unlock (&self->lock);
  return flow;
}

/* With the lock. */
static void
count_translation (HablaTranslationQueue *self, const Item *item)
{
  if (is_partial (item)) {
    self->stats.partials_translated += item->translation.outcome == HABLA_TRANSLATION_TRANSLATED;
  } else if (item->translation.outcome == HABLA_TRANSLATION_PASSED) {
    self->stats.passed++;
  } else if (item->translation.outcome == HABLA_TRANSLATION_FAILED) {
    self->stats.failed++;
  } else {
    self->stats.done++;
    habla_histogram_record (&self->latency, item->finished - item->arrived);
  }
}

/**
 * habla_translation_queue_pop:
 * @self: a queue
 *
 * Waits for the first item to be ready and takes it out. Whoever calls this has
 * pushed the one before downstream.
 *
 * Returns: (transfer full) (nullable): the item, or %NULL when flushing
 */
HablaTranslation *
habla_translation_queue_pop (HablaTranslationQueue *self)
{
  Item *item = NULL;

  g_mutex_lock (&self->lock);
  self->leaving = FALSE;
  g_cond_signal (&self->space);
  while (self->flow != GST_FLOW_FLUSHING && (self->flow != GST_FLOW_OK || !is_ready (self)))
    g_cond_wait (&self->ready, &self->lock);
  if (self->flow != GST_FLOW_FLUSHING) {
    item = take_item (self, self->items.head);
    self->leaving = TRUE;
    if (!is_event (item))
      count_translation (self, item);
  }
  g_mutex_unlock (&self->lock);
  return (HablaTranslation *) item;
}

/**
 * habla_translation_queue_fail:
 * @self: a queue
 * @flow: what downstream returned, not %GST_FLOW_OK
 *
 * Drops what is in the queue, but for sticky events, and hands @flow to whoever
 * brings more. habla_translation_queue_pop() waits until downstream recovers.
 *
 * Returns: whether an EOS was among what was dropped, so that nobody will bring
 *   more and learn of @flow
 */
gboolean
habla_translation_queue_fail (HablaTranslationQueue *self, GstFlowReturn flow)
{
  g_autoptr (GPtrArray) cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean had_eos = FALSE;

  g_mutex_lock (&self->lock);
  if (self->flow == GST_FLOW_OK)
    self->flow = flow;
  for (GList *l = self->items.head; l != NULL; l = l->next) {
    GstEvent *event = ((Item *) l->data)->translation.event;

    had_eos |= event != NULL && GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  }
  drop_all (self, is_sticky, cancelled);
  g_cond_broadcast (&self->space);
  g_mutex_unlock (&self->lock);

  cancel_all (cancelled);
  return had_eos;
}

/**
 * habla_translation_queue_recover:
 * @self: a queue
 * @flow: what downstream had returned and is over now
 */
void
habla_translation_queue_recover (HablaTranslationQueue *self, GstFlowReturn flow)
{
  g_mutex_lock (&self->lock);
  if (self->flow == flow) {
    self->flow = GST_FLOW_OK;
    g_cond_signal (&self->ready);
  }
  g_mutex_unlock (&self->lock);
}

/**
 * habla_translation_queue_get_stats:
 * @self: a queue
 * @stats: (out caller-allocates): the statistics since the start
 */
void
habla_translation_queue_get_stats (HablaTranslationQueue *self, HablaTranslationStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  stats->latency_p50 = habla_histogram_get_quantile (&self->latency, 0.5);
  stats->latency_p95 = habla_histogram_get_quantile (&self->latency, 0.95);
  stats->latency_p99 = habla_histogram_get_quantile (&self->latency, 0.99);
  stats->latency_max = habla_histogram_get_max (&self->latency);
  stats->breaker = habla_circuit_breaker_get_name (&self->breaker);
  g_mutex_unlock (&self->lock);
}
