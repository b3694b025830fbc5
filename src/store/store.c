/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store.h"

#include "store/database.h"
#include "store/store-private.h"

/* Changes written in one transaction: syncing costs the same for one as for many. */
#define MAX_BATCH 256
/* Time between two attempts to write, in microseconds. */
#define RETRY_INTERVAL G_TIME_SPAN_SECOND

struct _HablaStore {
  char *path;
  GThread *thread;

  GMutex lock;
  GCond changed;
  GQueue changes;          /* protected by lock; of GTask with a HablaRequest */
  GQueue queries;          /* protected by lock; of GTask with a HablaRequest */
  guint n_in_batch;        /* protected by lock; changes that the thread is writing */
  gboolean is_open;        /* protected by lock; the first attempt to open has ended */
  gboolean is_closing;     /* protected by lock */
  HablaStoreStatus status; /* protected by lock */
  char *message;           /* protected by lock */
  HablaStoreStats stats;   /* protected by lock */
  HablaStoreStart start;   /* protected by lock */

  /* The fields below belong to the thread. */
  HablaDatabase *database; /* NULL while the file cannot be opened */
  gboolean must_reopen;
  gint64 retry_at;  /* next attempt to write, in monotonic microseconds */
  gint64 remove_at; /* next attempt to remove deleted rows, in monotonic microseconds */
};

const char *const habla_store_status_names[] = {
  [HABLA_STORE_OPENING] = "opening",
  [HABLA_STORE_OK] = "ok",
  [HABLA_STORE_READ_ONLY] = "read-only",
  [HABLA_STORE_FULL] = "full",
  [HABLA_STORE_LOCKED] = "locked",
  [HABLA_STORE_CORRUPT] = "corrupt",
  [HABLA_STORE_FAILED] = "failed",
  NULL,
};

void
habla_store_start_clear (HablaStoreStart *self)
{
  g_clear_pointer (&self->direction, g_free);
  g_clear_pointer (&self->mode, g_free);
  g_clear_pointer (&self->language_model, g_free);
}

char *
habla_store_get_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "habla", "habla.db", NULL);
}

static HablaStoreStatus
store_status_of (const GError *error)
{
  switch (error->code) {
  case HABLA_STORE_ERROR_READ_ONLY:
    return HABLA_STORE_READ_ONLY;
  case HABLA_STORE_ERROR_FULL:
    return HABLA_STORE_FULL;
  case HABLA_STORE_ERROR_LOCKED:
    return HABLA_STORE_LOCKED;
  case HABLA_STORE_ERROR_CORRUPT:
    return HABLA_STORE_CORRUPT;
  default:
    return HABLA_STORE_FAILED;
  }
}

static HablaStoreError
store_code_of (HablaStoreStatus status)
{
  switch (status) {
  case HABLA_STORE_READ_ONLY:
    return HABLA_STORE_ERROR_READ_ONLY;
  case HABLA_STORE_FULL:
    return HABLA_STORE_ERROR_FULL;
  case HABLA_STORE_LOCKED:
    return HABLA_STORE_ERROR_LOCKED;
  case HABLA_STORE_CORRUPT:
    return HABLA_STORE_ERROR_CORRUPT;
  default:
    return HABLA_STORE_ERROR_FAILED;
  }
}

static void
store_set_status (HablaStore *self, HablaStoreStatus status, const char *message)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (status != self->status && status != HABLA_STORE_OK)
    g_warning (
        "Store is %s, exchanges are kept in memory: %s", habla_store_status_names[status], message);
  else if (status != self->status && self->status != HABLA_STORE_OPENING)
    g_message ("Store recovered");
  self->status = status;
  g_free (self->message);
  self->message = g_strdup (message);
}

/* Makes an error that concerns the whole store its status, and schedules the next attempt. */
static void
store_note_failure (HablaStore *self, const GError *error)
{
  store_set_status (self, store_status_of (error), error->message);
  g_mutex_lock (&self->lock);
  self->stats.failures++;
  g_mutex_unlock (&self->lock);
  self->retry_at = g_get_monotonic_time () + RETRY_INTERVAL;
  self->must_reopen =
      error->code != HABLA_STORE_ERROR_FULL && error->code != HABLA_STORE_ERROR_LOCKED;
}

static gboolean
store_quarantine (HablaStore *self, const GError *damage, GError **error)
{
  g_autofree char *to_path = habla_database_quarantine (self->path, error);

  if (to_path == NULL)
    return FALSE;
  g_warning (
      "THE STORE WAS DAMAGED (%s): renamed it to %s and created a new one; recover its contents "
      "with “sqlite3 %s .recover”",
      damage->message, to_path, to_path);
  g_mutex_lock (&self->lock);
  self->stats.corruptions++;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Reads where the last run ended. Only the first time: ids continue in memory afterwards. */
static gboolean
store_read_start (HablaStore *self, GError **error)
{
  HablaDatabaseStart found = { 0 };
  gboolean is_read_only = habla_database_is_read_only (self->database);
  gboolean works;

  if (self->start.session_id != 0 || self->is_open)
    return TRUE;
  works = (is_read_only || habla_database_begin (self->database, error)) &&
          habla_database_start (self->database, &found, error) &&
          (is_read_only || habla_database_commit (self->database, error));
  if (!works)
    habla_database_rollback (self->database);
  g_mutex_lock (&self->lock);
  if (works)
    self->start =
        (HablaStoreStart){ found.session_id, found.exchange_id, g_steal_pointer (&found.direction),
          g_steal_pointer (&found.mode), g_steal_pointer (&found.language_model) };
  g_mutex_unlock (&self->lock);
  g_free (found.direction);
  g_free (found.mode);
  g_free (found.language_model);
  return works;
}

static gboolean
store_open_once (HablaStore *self, GError **error)
{
  self->database = habla_database_open (self->path, error);
  if (self->database == NULL)
    return FALSE;
  if (store_read_start (self, error))
    return TRUE;
  g_clear_pointer (&self->database, habla_database_close);
  return FALSE;
}

static void
store_open_database (HablaStore *self)
{
  g_autoptr (GError) error = NULL;
  gboolean works;

  g_clear_pointer (&self->database, habla_database_close);
  /* A file that a query found to be damaged may open without an error. */
  if (self->status == HABLA_STORE_CORRUPT)
    error = g_error_new_literal (HABLA_STORE_ERROR, HABLA_STORE_ERROR_CORRUPT, self->message);
  works = error == NULL && store_open_once (self, &error);
  if (!works && g_error_matches (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_CORRUPT)) {
    g_autoptr (GError) damage = g_steal_pointer (&error);

    works = store_quarantine (self, damage, &error) && store_open_once (self, &error);
  }
  self->must_reopen = FALSE;
  if (!works) {
    store_note_failure (self, error);
  } else if (habla_database_is_read_only (self->database)) {
    g_autoptr (GError) cause = g_error_new (HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY,
        "%s is read-only; make it and its folder writable for this user", self->path);

    store_note_failure (self, cause);
  } else {
    store_set_status (self, HABLA_STORE_OK, NULL);
  }
  g_mutex_lock (&self->lock);
  self->is_open = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static gboolean
store_is_utterance (GTask *task)
{
  return g_task_get_source_tag (task) == habla_store_add_utterance_async;
}

/* @task: (transfer full). @error: (nullable) (transfer full) */
static void
store_finish_change (HablaStore *self, GTask *task, GError *error)
{
  g_mutex_lock (&self->lock);
  self->n_in_batch--;
  if (store_is_utterance (task)) {
    self->stats.stored += error == NULL;
    self->stats.lost += error != NULL;
  }
  g_mutex_unlock (&self->lock);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
store_take_batch (HablaStore *self, GQueue *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (batch->length < MAX_BATCH && self->changes.length > 0)
    g_queue_push_tail (batch, g_queue_pop_head (&self->changes));
  self->n_in_batch = batch->length;
}

static void
store_put_back (HablaStore *self, GQueue *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (batch->length > 0)
    g_queue_push_head (&self->changes, g_queue_pop_tail (batch));
  self->n_in_batch = 0;
}

/* @errors: receives the error of each change, or %NULL.
 * Returns: whether all changes that the database accepts are durable */
static gboolean
store_write_batch (HablaStore *self, GQueue *batch, GPtrArray *errors, GError **error)
{
  if (!habla_database_begin (self->database, error))
    return FALSE;
  for (GList *l = batch->head; l != NULL; l = l->next) {
    HablaRequest *request = g_task_get_task_data (l->data);
    g_autoptr (GError) own = NULL;

    request->run (self->database, request, &own);
    if (own != NULL && habla_store_error_is_general (own)) {
      g_propagate_error (error, g_steal_pointer (&own));
      return FALSE;
    }
    g_ptr_array_add (errors, g_steal_pointer (&own));
  }
  return habla_database_commit (self->database, error);
}

/* Changes that arrive during the sync are in the next batch. Returns: whether there may be one */
static gboolean
store_write_changes (HablaStore *self)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  GQueue batch = G_QUEUE_INIT;

  store_take_batch (self, &batch);
  if (batch.length == 0)
    return FALSE;
  if (!store_write_batch (self, &batch, errors, &error)) {
    habla_database_rollback (self->database);
    for (guint i = 0; i < errors->len; i++)
      g_clear_error ((GError **) &g_ptr_array_index (errors, i));
    store_put_back (self, &batch);
    store_note_failure (self, error);
    return FALSE;
  }
  if (!habla_database_is_read_only (self->database))
    store_set_status (self, HABLA_STORE_OK, NULL);
  for (guint i = 0; i < errors->len; i++) {
    GError *own = g_ptr_array_index (errors, i);

    if (own != NULL)
      g_warning ("Failed to store an entry: %s", own->message);
    store_finish_change (self, g_queue_pop_head (&batch), own);
  }
  return TRUE;
}

GError *
habla_store_make_error (HablaStore *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_error_new (HABLA_STORE_ERROR, store_code_of (self->status), "The store is %s: %s",
      habla_store_status_names[self->status],
      self->message != NULL ? self->message : "try again later");
}

static void
store_run_query (HablaStore *self, GTask *task)
{
  HablaRequest *request = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->database == NULL) {
    g_task_return_error (task, habla_store_make_error (self));
    return;
  }
  result = request->run (self->database, request, &error);
  if (error != NULL) {
    /* Other errors concern writing only; reading still works. */
    if (error->code == HABLA_STORE_ERROR_CORRUPT || error->code == HABLA_STORE_ERROR_FAILED)
      store_note_failure (self, error);
    g_task_return_error (task, error);
  } else if (request->free_result != NULL) {
    g_task_return_pointer (task, result, request->free_result);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

/* Blocks until there is something to do. Returns: (transfer full) (nullable): a query, if there
 * is one */
static GTask *
store_wait_for_work (HablaStore *self, gboolean *is_closing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (TRUE) {
    gint64 now = g_get_monotonic_time ();
    gboolean is_ok = self->database != NULL && self->status == HABLA_STORE_OK;
    gboolean is_due = is_ok || now >= self->retry_at;
    gboolean has_deleted = is_ok && habla_database_has_deleted (self->database);

    *is_closing = self->is_closing;
    if (self->queries.length > 0 || self->is_closing)
      return g_queue_pop_head (&self->queries);
    if (is_due && (!is_ok || self->changes.length > 0))
      return NULL;
    if (has_deleted && now >= self->remove_at)
      return NULL;
    if (is_ok && !has_deleted)
      g_cond_wait (&self->changed, &self->lock);
    else
      g_cond_wait_until (
          &self->changed, &self->lock, has_deleted ? self->remove_at : self->retry_at);
  }
}

gboolean
habla_store_has_pending_changes (HablaStore *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->changes.length > 0;
}

/* Opens the file if needed, and writes pending changes, unless the next attempt is not due yet. */
static void
store_work (HablaStore *self)
{
  if (g_get_monotonic_time () < self->retry_at)
    return;
  if (self->database == NULL || self->must_reopen ||
      (self->status != HABLA_STORE_OK && !habla_store_has_pending_changes (self)))
    store_open_database (self);
  while (self->database != NULL && store_write_changes (self))
    ;
}

/* Removes a batch of deleted rows, if there are any. Errors that concern writing are left to those
 * who have something to write. */
static void
store_remove_deleted (HablaStore *self)
{
  g_autoptr (GError) error = NULL;

  if (self->database == NULL || self->status != HABLA_STORE_OK ||
      !habla_database_has_deleted (self->database) || g_get_monotonic_time () < self->remove_at)
    return;
  if (habla_database_begin (self->database, &error) &&
      habla_database_remove_deleted (self->database, &error) &&
      habla_database_commit (self->database, &error))
    return;
  habla_database_rollback (self->database);
  self->remove_at = g_get_monotonic_time () + RETRY_INTERVAL;
  if (error->code == HABLA_STORE_ERROR_CORRUPT || error->code == HABLA_STORE_ERROR_FAILED)
    store_note_failure (self, error);
}

/* Makes a last attempt to write pending changes, then drops them. */
static void
store_end (HablaStore *self)
{
  guint n_lost = 0;
  GTask *task;

  self->retry_at = 0;
  if (habla_store_has_pending_changes (self))
    store_work (self);
  while ((task = g_queue_pop_head (&self->changes)) != NULL) {
    n_lost += store_is_utterance (task);
    self->n_in_batch++;
    store_finish_change (self, task,
        g_error_new_literal (
            HABLA_STORE_ERROR, HABLA_STORE_ERROR_CLOSED, "The store is shut down"));
  }
  if (n_lost > 0)
    g_warning ("Dropped %u exchanges that could not be stored", n_lost);
  g_clear_pointer (&self->database, habla_database_close);
}

static gpointer
store_run (gpointer data)
{
  HablaStore *self = data;
  gboolean is_closing = FALSE;

  store_open_database (self);
  while (TRUE) {
    g_autoptr (GTask) query = store_wait_for_work (self, &is_closing);

    if (query == NULL && is_closing)
      break;
    /* A query sees all changes that were queued before it. */
    store_work (self);
    if (query != NULL)
      store_run_query (self, query);
    store_remove_deleted (self);
  }
  store_end (self);
  return NULL;
}

HablaStore *
habla_store_new (const char *path)
{
  HablaStore *self = g_new0 (HablaStore, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->changes);
  g_queue_init (&self->queries);
  self->thread = g_thread_new ("habla-store", store_run, self);
  return self;
}

void
habla_store_free (HablaStore *self)
{
  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  habla_store_start_clear (&self->start);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self->message);
  g_free (self->path);
  g_free (self);
}

void
habla_store_wait_until_open (HablaStore *self, gint64 timeout, HablaStoreStart *start)
{
  gint64 end_time = g_get_monotonic_time () + timeout;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->is_open && g_cond_wait_until (&self->changed, &self->lock, end_time))
    ;
  *start = self->start;
  start->direction = g_strdup (self->start.direction);
  start->mode = g_strdup (self->start.mode);
  start->language_model = g_strdup (self->start.language_model);
}

HablaStoreStatus
habla_store_get_status (HablaStore *self, char **message)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (message != NULL)
    *message = g_strdup (self->message);
  return self->status;
}

void
habla_store_get_stats (HablaStore *self, HablaStoreStats *stats)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *stats = self->stats;
  stats->pending = self->changes.length + self->n_in_batch;
  stats->queries = self->queries.length;
}

/* @task: (transfer full) if accepted. Returns: whether it was accepted */
static gboolean
store_push (HablaStore *self, GQueue *queue, guint max_length, GTask *task)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (queue->length < max_length) {
    g_queue_push_tail (queue, task);
    g_cond_broadcast (&self->changed);
    return TRUE;
  }
  if (store_is_utterance (task) && self->stats.lost++ == 0)
    g_warning ("Exchanges dropped: the queue of the store is full (%u)", queue->length);
  return FALSE;
}

void
habla_store_push_change (HablaStore *self, GTask *task)
{
  if (store_push (self, &self->changes, HABLA_STORE_MAX_PENDING, task))
    return;
  g_task_return_new_error (task, HABLA_STORE_ERROR, HABLA_STORE_ERROR_BUSY,
      "The queue of the store is full; the change was dropped");
  g_object_unref (task);
}

void
habla_store_push_query (HablaStore *self, GTask *task)
{
  if (store_push (self, &self->queries, HABLA_STORE_MAX_QUERIES, task))
    return;
  g_task_return_new_error (task, HABLA_STORE_ERROR, HABLA_STORE_ERROR_BUSY,
      "Too many queries are pending; try again later");
  g_object_unref (task);
}
