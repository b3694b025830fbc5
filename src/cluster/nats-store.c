/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores messages with JetStream, and creates its streams. */
#include "cluster/nats-link-private.h"

/* Messages that may be stored at the same time, and how many of them nats-server has at once. */
#define MAX_STORES 1024
#define STORE_THREADS 4
#define WRONG_LAST_SEQUENCE 10071 /* error of JetStream */
#define NANOSECONDS G_GINT64_CONSTANT (1000000000)

typedef struct {
  HablaNatsLink *link;
  char *subject;
  char *id;
  guint64 expected;
  gboolean is_fenced;
  GBytes *data;            /* (nullable): of a message */
  HablaNatsStream *stream; /* (nullable): to be created */
  HablaNatsStoredFunc func;
  gpointer user_data;

  guint64 sequence;
  GError *error;
} Store;

static void
store_free (gpointer data)
{
  Store *self = data;

  g_free (self->subject);
  g_free (self->id);
  g_clear_pointer (&self->data, g_bytes_unref);
  if (self->stream != NULL)
    g_free ((char *) self->stream->name);
  g_free (self->stream);
  g_clear_error (&self->error);
  g_free (self);
}

/* In the main loop. */
static void
store_done (gpointer data, gpointer user_data)
{
  Store *self = data;

  self->link->n_stores--;
  if (self->error == NULL)
    self->link->stats.sent++;
  else
    self->link->stats.refused++;
  self->func (self->sequence, self->error, self->user_data);
}

static void
store_fail (Store *self, natsStatus status, jsErrCode code)
{
  HablaNatsError error = HABLA_NATS_ERROR_FAILED;

  if (code == WRONG_LAST_SEQUENCE)
    error = HABLA_NATS_ERROR_FENCED;
  else if (status == NATS_TIMEOUT || status == NATS_NO_RESPONDERS)
    error = HABLA_NATS_ERROR_TIMEOUT;
  else if (status == NATS_CONNECTION_CLOSED || status == NATS_CONNECTION_DISCONNECTED)
    error = HABLA_NATS_ERROR_DISCONNECTED;
  self->error = g_error_new (HABLA_NATS_ERROR, error, "NATS did not store %s: %s", self->subject,
      code != 0 ? nats_GetLastError (NULL) : natsStatus_GetText (status));
}

static void
store_message (Store *self, jsCtx *js)
{
  jsPubOptions options;
  jsPubAck *ack = NULL;
  jsErrCode code = 0;
  natsStatus status;
  gsize size;
  const void *data = g_bytes_get_data (self->data, &size);

  jsPubOptions_Init (&options);
  options.MsgId = self->id;
  options.MaxWait = self->link->timeout;
  options.ExpectLastSubjectSeq = self->is_fenced ? self->expected : 0;
  options.ExpectNoMessage = self->is_fenced && self->expected == 0;
  status = js_Publish (&ack, js, self->subject, data, size, &options, &code);
  if (status == NATS_OK)
    self->sequence = ack->Sequence;
  else
    store_fail (self, status, code);
  jsPubAck_Destroy (ack);
}

static void
store_stream (Store *self, jsCtx *js)
{
  const HablaNatsStream *stream = self->stream;
  const char *subject = self->subject;
  jsStreamInfo *info = NULL;
  jsStreamConfig config;
  jsErrCode code = 0;
  natsStatus status = js_GetStreamInfo (&info, js, stream->name, NULL, &code);

  jsStreamInfo_Destroy (info);
  if (status != NATS_NOT_FOUND) {
    if (status != NATS_OK)
      store_fail (self, status, code);
    return;
  }
  jsStreamConfig_Init (&config);
  config.Name = stream->name;
  config.Subjects = &subject;
  config.SubjectsLen = 1;
  config.MaxBytes = stream->max_bytes > 0 ? stream->max_bytes : -1;
  config.MaxAge = stream->max_age * NANOSECONDS;
  config.MaxMsgsPerSubject = stream->max_per_subject > 0 ? stream->max_per_subject : -1;
  config.MaxMsgSize = HABLA_NATS_MAX_MESSAGE;
  config.Replicas = MAX (1, stream->replicas);
  config.AllowDirect = true;
  status = js_AddStream (NULL, js, &config, NULL, &code);
  if (status != NATS_OK)
    store_fail (self, status, code);
}

/* A thread that stores. */
static void
store_run (gpointer data, gpointer user_data)
{
  Store *self = data;
  HablaNatsLink *link = user_data;

  if (g_atomic_int_get (&link->is_closing)) {
    store_free (self);
    return;
  }
  g_rw_lock_reader_lock (&link->connection_lock);
  if (link->js == NULL || natsConnection_Status (link->connection) != NATS_CONN_STATUS_CONNECTED)
    store_fail (self, NATS_CONNECTION_DISCONNECTED, 0);
  else if (self->stream != NULL)
    store_stream (self, link->js);
  else
    store_message (self, link->js);
  g_rw_lock_reader_unlock (&link->connection_lock);
  nats_inbox_push (link->inbox, 0, store_done, self, store_free);
}

static void
link_store (HablaNatsLink *self, Store *store)
{
  store->link = self;
  if (self->n_stores++ < MAX_STORES && self->is_connected) {
    g_thread_pool_push (self->stores, store, NULL);
    return;
  }
  store->error = self->is_connected
                     ? g_error_new_literal (HABLA_NATS_ERROR, HABLA_NATS_ERROR_BUSY,
                           "Too many messages wait to be stored by NATS")
                     : g_error_new_literal (HABLA_NATS_ERROR, HABLA_NATS_ERROR_DISCONNECTED,
                           "There is no connection to NATS");
  nats_inbox_push (self->inbox, 0, store_done, store, store_free);
}

void
habla_nats_link_store (
    HablaNatsLink *self, const HablaNatsEntry *entry, HablaNatsStoredFunc func, gpointer user_data)
{
  Store *store = g_new0 (Store, 1);

  store->subject = g_strdup (entry->subject);
  store->id = g_strdup (entry->id);
  store->expected = entry->expected;
  store->is_fenced = entry->is_fenced;
  store->data = g_bytes_ref (entry->data);
  store->func = func;
  store->user_data = user_data;
  link_store (self, store);
}

void
habla_nats_link_create_stream (HablaNatsLink *self, const HablaNatsStream *stream,
    HablaNatsStoredFunc func, gpointer user_data)
{
  Store *store = g_new0 (Store, 1);

  store->subject = g_strdup (stream->subject);
  store->stream = g_memdup2 (stream, sizeof *stream);
  store->stream->name = g_strdup (stream->name);
  store->stream->subject = NULL;
  store->func = func;
  store->user_data = user_data;
  link_store (self, store);
}

GThreadPool *
nats_store_pool_new (HablaNatsLink *link)
{
  return g_thread_pool_new (store_run, link, STORE_THREADS, FALSE, NULL);
}
