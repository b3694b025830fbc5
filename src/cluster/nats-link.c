/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls of nats.c that may block run in the worker thread, in order, or in the threads that store.
 * Threads of nats.c reach the main loop through the inbox only. */
#include "cluster/nats-link-private.h"

#include "cluster/nats-options.h"
#include "cluster/nats-subscription.h"

#include <string.h>

#define DEFAULT_TIMEOUT 2000
/* Bytes that may wait for the main loop, and for nats-server. */
#define MAX_INBOX (8 * 1024 * 1024)
#define MAX_OUTBOX (8 * 1024 * 1024)
#define RETRY_MICROSECONDS G_USEC_PER_SEC
#define CHECK_MICROSECONDS (2 * G_USEC_PER_SEC)

/* Something to do in the worker thread. */
typedef struct {
  gboolean (*run) (HablaNatsLink *self, gpointer data); /* returns whether to go on */
  gpointer data;
  GDestroyNotify destroy;
} Job;

static void
link_unref (HablaNatsLink *self)
{
  gboolean is_last;

  g_mutex_lock (&self->close_lock);
  is_last = --self->ref_count == 0;
  g_mutex_unlock (&self->close_lock);
  if (!is_last)
    return;
  nats_inbox_unref (self->inbox);
  g_async_queue_unref (self->jobs);
  g_rw_lock_clear (&self->connection_lock);
  g_mutex_clear (&self->close_lock);
  g_cond_clear (&self->close_cond);
  g_free (self);
}

static void
link_push_job (HablaNatsLink *self, gboolean (*run) (HablaNatsLink *self, gpointer data),
    gpointer data, GDestroyNotify destroy)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ run, data, destroy };
  g_async_queue_push (self->jobs, job);
}

static void
job_free (gpointer data)
{
  Job *self = data;

  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

/* State */

typedef struct {
  HablaNatsLink *link; /* closes the inbox before it ends */
  gboolean is_connected;
  char *message;
} State;

static void
state_free (gpointer data)
{
  State *self = data;

  g_free (self->message);
  g_free (self);
}

/* In the main loop. */
static void
state_run (gpointer data, gpointer user_data)
{
  State *state = data;
  HablaNatsLink *self = state->link;

  if (state->is_connected)
    self->stats.connections++;
  self->is_connected = state->is_connected;
  self->func (self->is_connected, state->message, self->user_data);
}

static void
link_set_state (HablaNatsLink *self, gboolean is_connected, const char *message)
{
  State *state = g_new (State, 1);

  *state = (State){ self, is_connected, g_strdup (message) };
  nats_inbox_push (self->inbox, 0, state_run, state, state_free);
}

/* Threads of nats.c */

static void
link_close_subscription (HablaNatsLink *self, HablaNatsSubscription *subscription)
{
  natsSubscription *handle = nats_subscription_close (subscription);

  if (handle != NULL)
    g_ptr_array_add (self->retired, handle);
}

/* The answer to a ping comes after all messages of the subscriptions that were closed before it. */
static void
link_destroy_retired (HablaNatsLink *self)
{
  if (self->retired->len > 0 && self->connection != NULL &&
      natsConnection_FlushTimeout (self->connection, self->timeout) == NATS_OK)
    g_ptr_array_set_size (self->retired, 0);
}

static gboolean
link_run_renew (HablaNatsLink *self, gpointer data)
{
  g_rw_lock_reader_lock (&self->connection_lock);
  for (guint i = 0; i < self->subscriptions->len && self->js != NULL; i++) {
    HablaNatsSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (subscription->kind == NATS_SUBSCRIPTION_LIVE && subscription->handle != NULL) {
      nats_subscription_deliver (subscription, HABLA_NATS_GAP, NULL);
    } else {
      link_close_subscription (self, subscription);
      nats_subscription_open (subscription, self->connection, self->js);
    }
  }
  g_rw_lock_reader_unlock (&self->connection_lock);
  return TRUE;
}

static void
link_on_reconnected (natsConnection *connection, void *closure)
{
  HablaNatsLink *self = closure;

  link_set_state (self, TRUE, NULL);
  link_push_job (self, link_run_renew, NULL, NULL);
}

static char *
link_describe_error (natsConnection *connection)
{
  const char *text = NULL;

  natsConnection_GetLastError (connection, &text);
  return g_strdup_printf ("The connection to NATS is lost%s%s",
      text != NULL && *text != '\0' ? ": " : "", text != NULL ? text : "");
}

static void
link_on_disconnected (natsConnection *connection, void *closure)
{
  g_autofree char *message = link_describe_error (connection);

  link_set_state (closure, FALSE, message);
}

static void
link_set_open (HablaNatsLink *self, gboolean is_open)
{
  g_mutex_lock (&self->close_lock);
  self->is_open = is_open;
  g_cond_signal (&self->close_cond);
  g_mutex_unlock (&self->close_lock);
}

static gboolean
link_run_drop_connection (HablaNatsLink *self, gpointer data)
{
  for (guint i = 0; i < self->subscriptions->len; i++)
    link_close_subscription (self, g_ptr_array_index (self->subscriptions, i));
  g_rw_lock_writer_lock (&self->connection_lock);
  natsConnection_Close (self->connection);
  g_ptr_array_set_size (self->retired, 0);
  g_clear_pointer (&self->js, jsCtx_Destroy);
  g_clear_pointer (&self->connection, natsConnection_Destroy);
  g_rw_lock_writer_unlock (&self->connection_lock);
  self->retry_at = g_get_monotonic_time () + RETRY_MICROSECONDS;
  return TRUE;
}

/* The last call about a connection: it is given up, or was destroyed. */
static void
link_on_closed (natsConnection *connection, void *closure)
{
  HablaNatsLink *self = closure;

  link_push_job (self, link_run_drop_connection, NULL, NULL);
  link_set_open (self, FALSE);
  link_unref (self);
}

/* A subscription that the server does not permit. The text quotes its subject. */
static gboolean
link_run_refuse (HablaNatsLink *self, gpointer data)
{
  g_auto (GStrv) parts = g_strsplit (data, "\"", 3);

  for (guint i = 0; i < self->subscriptions->len && g_strv_length (parts) == 3; i++) {
    HablaNatsSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (g_str_equal (subscription->subject, parts[1]))
      nats_subscription_deliver (subscription, HABLA_NATS_FAILED, data);
  }
  return TRUE;
}

static gboolean
link_run_gap (HablaNatsLink *self, gpointer data)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    HablaNatsSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (subscription->kind == NATS_SUBSCRIPTION_LIVE)
      nats_subscription_deliver (subscription, HABLA_NATS_GAP, NULL);
  }
  return TRUE;
}

static void
link_on_error (
    natsConnection *connection, natsSubscription *handle, natsStatus status, void *closure)
{
  HablaNatsLink *self = closure;
  const char *text = NULL;

  natsConnection_GetLastError (connection, &text);
  if (status == NATS_SLOW_CONSUMER)
    link_push_job (self, link_run_gap, NULL, NULL);
  else if (status == NATS_NOT_PERMITTED && text != NULL)
    link_push_job (self, link_run_refuse, g_strdup (text), g_free);
}

/* The worker thread */

static void
link_set_callbacks (HablaNatsLink *self)
{
  natsOptions_SetReconnectedCB (self->options, link_on_reconnected, self);
  natsOptions_SetDisconnectedCB (self->options, link_on_disconnected, self);
  natsOptions_SetClosedCB (self->options, link_on_closed, self);
  natsOptions_SetErrorHandler (self->options, link_on_error, self);
}

static natsStatus
link_create_context (HablaNatsLink *self, natsConnection *connection, jsCtx **js)
{
  jsOptions options;

  jsOptions_Init (&options);
  options.Wait = self->timeout;
  return natsConnection_JetStream (js, connection, &options);
}

static void
link_connect (HablaNatsLink *self)
{
  natsConnection *connection = NULL;
  jsCtx *js = NULL;

  self->retry_at = g_get_monotonic_time () + RETRY_MICROSECONDS;
  g_mutex_lock (&self->close_lock);
  self->ref_count++;
  g_mutex_unlock (&self->close_lock);
  link_set_open (self, TRUE);
  if (natsConnection_Connect (&connection, self->options) != NATS_OK) {
    g_autofree char *message =
        g_strdup_printf ("Cannot connect to NATS: %s", nats_GetLastError (NULL));

    link_set_open (self, FALSE);
    link_unref (self);
    link_set_state (self, FALSE, message);
    return;
  }
  if (link_create_context (self, connection, &js) != NATS_OK) {
    natsConnection_Destroy (connection);
    return;
  }
  g_rw_lock_writer_lock (&self->connection_lock);
  self->connection = connection;
  self->js = js;
  g_rw_lock_writer_unlock (&self->connection_lock);
  link_set_state (self, TRUE, NULL);
  link_run_renew (self, NULL);
}

/* Waits until nats.c calls nothing back. */
static void
link_wait_until_closed (HablaNatsLink *self)
{
  gint64 end = g_get_monotonic_time () + self->timeout * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&self->close_lock);
  while (self->is_open && g_cond_wait_until (&self->close_cond, &self->close_lock, end))
    ;
  g_mutex_unlock (&self->close_lock);
}

/* Readers that nats-server has forgotten are opened again, and those that failed. */
static void
link_check (HablaNatsLink *self)
{
  g_rw_lock_reader_lock (&self->connection_lock);
  for (guint i = 0; i < self->subscriptions->len; i++) {
    HablaNatsSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

    if (natsConnection_Status (self->connection) != NATS_CONN_STATUS_CONNECTED)
      break;
    if (!nats_subscription_is_alive (subscription, self->js)) {
      link_close_subscription (self, subscription);
      nats_subscription_open (subscription, self->connection, self->js);
    }
  }
  g_rw_lock_reader_unlock (&self->connection_lock);
  self->check_at = g_get_monotonic_time () + CHECK_MICROSECONDS;
}

static gpointer
link_work (gpointer data)
{
  HablaNatsLink *self = data;
  gboolean must_run = TRUE;

  while (must_run) {
    Job *job;
    gint64 wait = RETRY_MICROSECONDS;

    if (self->connection == NULL) {
      if (g_get_monotonic_time () >= self->retry_at)
        link_connect (self);
      wait = MAX (0, self->retry_at - g_get_monotonic_time ());
    } else if (g_get_monotonic_time () >= self->check_at) {
      link_check (self);
    }
    job = g_async_queue_timeout_pop (self->jobs, wait);
    if (job == NULL)
      continue;
    must_run = job->run (self, job->data);
    job_free (job);
    link_destroy_retired (self);
  }
  link_run_drop_connection (self, NULL);
  link_wait_until_closed (self);
  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&self->retired, g_ptr_array_unref);
  g_clear_pointer (&self->options, natsOptions_Destroy);
  /* A library of threads: free what it keeps for this one. */
  nats_ReleaseThreadMemory ();
  return NULL;
}

static gboolean
link_run_quit (HablaNatsLink *self, gpointer data)
{
  return FALSE;
}

/* Publishing */

typedef struct {
  char *subject;
  GBytes *data;
} Publication;

static void
publication_free (gpointer data)
{
  Publication *self = data;

  g_free (self->subject);
  g_bytes_unref (self->data);
  g_free (self);
}

static gboolean
link_run_publish (HablaNatsLink *self, gpointer data)
{
  Publication *publication = data;
  gsize size;
  const void *bytes = g_bytes_get_data (publication->data, &size);

  g_atomic_int_add (&self->outbox, -(gint) (size + sizeof *publication));
  if (self->connection != NULL)
    natsConnection_Publish (self->connection, publication->subject, bytes, size);
  return TRUE;
}

gboolean
habla_nats_link_publish (HablaNatsLink *self, const char *subject, GBytes *data, GError **error)
{
  gsize size = g_bytes_get_size (data) + sizeof (Publication);
  Publication *publication;

  if (!self->is_connected) {
    self->stats.refused++;
    g_set_error_literal (
        error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_DISCONNECTED, "There is no connection to NATS");
    return FALSE;
  }
  if (g_atomic_int_get (&self->outbox) + size > MAX_OUTBOX) {
    self->stats.refused++;
    g_set_error_literal (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_BUSY,
        "Too many messages wait to be sent to NATS");
    return FALSE;
  }
  self->stats.sent++;
  g_atomic_int_add (&self->outbox, size);
  publication = g_new (Publication, 1);
  *publication = (Publication){ g_strdup (subject), g_bytes_ref (data) };
  link_push_job (self, link_run_publish, publication, publication_free);
  return TRUE;
}

void
habla_nats_link_acknowledge (HablaNatsLink *self, const char *reply)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("+ACK", strlen ("+ACK"));

  habla_nats_link_publish (self, reply, data, NULL);
}

/* Subscriptions */

static gboolean
link_run_subscribe (HablaNatsLink *self, gpointer data)
{
  HablaNatsSubscription *subscription = data;

  g_ptr_array_add (self->subscriptions, nats_subscription_ref (subscription));
  g_rw_lock_reader_lock (&self->connection_lock);
  if (self->js != NULL)
    nats_subscription_open (subscription, self->connection, self->js);
  g_rw_lock_reader_unlock (&self->connection_lock);
  return TRUE;
}

static gboolean
link_run_unsubscribe (HablaNatsLink *self, gpointer data)
{
  link_close_subscription (self, data);
  g_ptr_array_remove (self->subscriptions, data);
  return TRUE;
}

static gboolean
link_run_reopen (HablaNatsLink *self, gpointer data)
{
  link_close_subscription (self, data);
  g_rw_lock_reader_lock (&self->connection_lock);
  if (self->js != NULL)
    nats_subscription_open (data, self->connection, self->js);
  g_rw_lock_reader_unlock (&self->connection_lock);
  return TRUE;
}

static void
subscription_on_free (HablaNatsSubscription *subscription, gpointer link)
{
  link_push_job (link, link_run_unsubscribe, nats_subscription_ref (subscription),
      (GDestroyNotify) nats_subscription_unref);
}

static void
subscription_on_renew (HablaNatsSubscription *subscription, gpointer link)
{
  link_push_job (link, link_run_reopen, nats_subscription_ref (subscription),
      (GDestroyNotify) nats_subscription_unref);
}

/* Returns: (transfer full): a subscription, to be opened with link_open() */
static HablaNatsSubscription *
link_subscribe (HablaNatsLink *self, NatsSubscriptionKind kind, const char *subject,
    HablaNatsEventFunc func, gpointer user_data)
{
  HablaNatsSubscription *subscription = nats_subscription_new (kind, self->inbox);

  subscription->subject = g_strdup (subject);
  subscription->func = func;
  subscription->user_data = user_data;
  subscription->link = self;
  subscription->close = subscription_on_free;
  subscription->renew = subscription_on_renew;
  return subscription;
}

static HablaNatsSubscription *
link_open (HablaNatsLink *self, HablaNatsSubscription *subscription)
{
  link_push_job (self, link_run_subscribe, nats_subscription_ref (subscription),
      (GDestroyNotify) nats_subscription_unref);
  return subscription;
}

HablaNatsSubscription *
habla_nats_link_subscribe (
    HablaNatsLink *self, const char *subject, HablaNatsEventFunc func, gpointer user_data)
{
  return link_open (self, link_subscribe (self, NATS_SUBSCRIPTION_LIVE, subject, func, user_data));
}

HablaNatsSubscription *
habla_nats_link_read (HablaNatsLink *self, const char *stream, const char *subject, guint64 first,
    HablaNatsEventFunc func, gpointer user_data)
{
  HablaNatsSubscription *subscription =
      link_subscribe (self, NATS_SUBSCRIPTION_READ, subject, func, user_data);

  subscription->stream = g_strdup (stream);
  subscription->is_by_subject = first == 0;
  subscription->last = first > 0 ? first - 1 : 0;
  return link_open (self, subscription);
}

HablaNatsSubscription *
habla_nats_link_consume (HablaNatsLink *self, const char *stream, const char *subject,
    const char *name, HablaNatsEventFunc func, gpointer user_data)
{
  HablaNatsSubscription *subscription =
      link_subscribe (self, NATS_SUBSCRIPTION_CONSUME, subject, func, user_data);

  subscription->stream = g_strdup (stream);
  subscription->name = g_strdup (name);
  return link_open (self, subscription);
}

void
habla_nats_subscription_free (HablaNatsSubscription *self)
{
  self->is_freed = TRUE;
  self->close (self, self->link);
  nats_subscription_unref (self);
}

/* The link */

HablaNatsLink *
habla_nats_link_new (
    const HablaNatsOptions *options, HablaNatsStateFunc func, gpointer user_data, GError **error)
{
  HablaNatsLink *self;
  guint timeout = options->timeout > 0 ? options->timeout : DEFAULT_TIMEOUT;
  natsOptions *parsed = nats_options_new (options, timeout, error);

  if (parsed == NULL)
    return NULL;
  self = g_new0 (HablaNatsLink, 1);
  self->ref_count = 1;
  self->options = parsed;
  self->timeout = timeout;
  self->inbox = nats_inbox_new (MAX_INBOX);
  self->func = func;
  self->user_data = user_data;
  g_rw_lock_init (&self->connection_lock);
  g_mutex_init (&self->close_lock);
  g_cond_init (&self->close_cond);
  self->jobs = g_async_queue_new_full (job_free);
  self->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify) nats_subscription_unref);
  self->retired = g_ptr_array_new_with_free_func ((GDestroyNotify) natsSubscription_Destroy);
  self->stores = nats_store_pool_new (self);
  link_set_callbacks (self);
  self->worker = g_thread_new ("habla-nats", link_work, self);
  return self;
}

void
habla_nats_link_free (HablaNatsLink *self)
{
  g_atomic_int_set (&self->is_closing, TRUE);
  g_thread_pool_free (self->stores, FALSE, TRUE);
  link_push_job (self, link_run_quit, NULL, NULL);
  g_thread_join (self->worker);
  nats_inbox_close (self->inbox);
  link_unref (self);
}

gboolean
habla_nats_link_is_connected (HablaNatsLink *self)
{
  return self->is_connected;
}

void
habla_nats_link_get_stats (HablaNatsLink *self, HablaNatsStats *stats)
{
  *stats = self->stats;
  nats_inbox_get_stats (self->inbox, &stats->received, &stats->lost);
}
