/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "realtime.h"

#include "realtime-message.h"
#include "segmenter.h"

#include <gst/audio/audio.h>
#include <habla/error.h>

#define RATE 24000
/* Bytes of a message of the server. */
#define MAX_MESSAGE (256 * 1024)
/* Bytes of the text of a segment. */
#define MAX_TEXT 65536
#define KEEPALIVE 20 /* seconds */

struct _Realtime {
  RemoteClient *client;
  char *path;
  char *model;
  char *language;
  char *prompt;
  GstAudioConverter *converter;

  GMutex lock;
  GCond changed;
  gboolean is_refused;  /* protected by lock */
  gboolean is_busy;     /* protected by lock; there is a segment */
  gboolean is_ending;   /* protected by lock; it is complete */
  gboolean is_finished; /* protected by lock; its text is complete */
  GString *text;        /* protected by lock; of the items that are complete */
  GString *partial;     /* protected by lock; of the next item */
  GError *failure;      /* protected by lock */
  guint generation;     /* protected by lock; increased to ignore the connection from now on */
  guint n_connecting;   /* protected by lock; handshakes without a result */
  gboolean is_closed;   /* protected by lock; for good */

  /* Used by the thread of the client only. */
  SoupWebsocketConnection *connection; /* (nullable) */
  GCancellable *cancellable;           /* of the handshake */
  GQueue outgoing;                     /* of messages, until there is a connection */
  guint current;                       /* generation of the connection */
  guint edition;                       /* of the settings */
  gboolean is_accepted;                /* whether the server has accepted them */
  guint n_committed;                   /* items of the segment */
  guint n_completed;                   /* of these, those with a text */
  char *last_item;                     /* (nullable): the item that was completed last */
};

/* What the thread of the client does: sends @text, or closes the connection. */
typedef struct {
  Realtime *self;
  char *text;
  guint generation;
  gboolean for_good;
} Task;

static void
task_free (gpointer data)
{
  Task *task = data;

  g_free (task->text);
  g_free (task);
}

/* In the thread of the client. */
static void
realtime_disconnect (Realtime *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->outgoing, g_free);
  g_clear_pointer (&self->last_item, g_free);
  self->n_committed = self->n_completed = 0;
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_clear_object (&self->connection);
}

/* In the thread of the client. @error: (transfer full) */
static void
realtime_fail (Realtime *self, GError *error)
{
  g_mutex_lock (&self->lock);
  if (self->is_busy && self->failure == NULL && self->current == self->generation)
    self->failure = error;
  else
    g_error_free (error);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  realtime_disconnect (self);
}

static void
realtime_refuse (Realtime *self)
{
  g_mutex_lock (&self->lock);
  self->is_refused = TRUE;
  g_mutex_unlock (&self->lock);
}

/* A connection that is closing takes nothing, and is no longer there soon. */
static void
realtime_write (Realtime *self, const char *text)
{
  if (soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
}

static void
realtime_send_settings (Realtime *self)
{
  g_autofree char *settings =
      realtime_message_make_settings (self->edition, self->model, self->language, self->prompt);

  realtime_write (self, settings);
}

static void
realtime_handle_failure (Realtime *self, const char *reason)
{
  g_autofree char *redacted = remote_client_redact (self->client, reason);

  if (!self->is_accepted && ++self->edition < REALTIME_N_EDITIONS) {
    realtime_send_settings (self);
    return;
  }
  if (!self->is_accepted)
    realtime_refuse (self);
  realtime_fail (self, g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE,
                           "The server's realtime transcription failed: %s", redacted));
}

/* With lock held. @text: (nullable): text of an item that is complete */
static void
realtime_complete_item (Realtime *self, const char *text)
{
  if (text != NULL && self->text->len > 0)
    g_string_append_c (self->text, ' ');
  if (text != NULL)
    g_string_append (self->text, text);
  g_string_truncate (self->partial, 0);
  self->is_finished = self->is_ending && self->n_completed >= self->n_committed;
  if (self->is_finished)
    self->n_committed = self->n_completed = 0;
  g_cond_broadcast (&self->changed);
}

/* With lock held. Returns: whether @message has text of the segment that fits */
static gboolean
realtime_is_wanted (Realtime *self, const RealtimeMessage *message)
{
  return self->current == self->generation && self->is_busy &&
         (message->item == NULL || g_strcmp0 (message->item, self->last_item) != 0) &&
         (message->text == NULL ||
             self->text->len + self->partial->len + strlen (message->text) < MAX_TEXT);
}

static void
realtime_handle_text (Realtime *self, RealtimeMessage *message)
{
  g_mutex_lock (&self->lock);
  if (!realtime_is_wanted (self, message)) {
    g_mutex_unlock (&self->lock);
    return;
  }
  if (message->type == REALTIME_MESSAGE_DELTA) {
    g_string_append (self->partial, message->text);
  } else if (message->type == REALTIME_MESSAGE_COMPLETED) {
    self->n_completed++;
    g_free (self->last_item);
    self->last_item = g_steal_pointer (&message->item);
    realtime_complete_item (self, message->text);
  } else {
    realtime_complete_item (self, NULL);
  }
  g_mutex_unlock (&self->lock);
}

static void
realtime_on_message (SoupWebsocketConnection *connection, int type, GBytes *bytes, gpointer data)
{
  Realtime *self = data;
  g_auto (RealtimeMessage) message = { 0 };
  GError *error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autofree char *copy = g_strndup (text, size);

  if (type != SOUP_WEBSOCKET_DATA_TEXT)
    return;
  if (!realtime_message_parse (&message, copy, size, &error)) {
    realtime_fail (self, error);
    return;
  }
  switch (message.type) {
  case REALTIME_MESSAGE_UPDATED:
    self->is_accepted = TRUE;
    break;
  case REALTIME_MESSAGE_COMMITTED:
    self->n_committed++;
    break;
  case REALTIME_MESSAGE_FAILED:
    realtime_handle_failure (self, message.text);
    break;
  case REALTIME_MESSAGE_OTHER:
    break;
  default:
    realtime_handle_text (self, &message);
    break;
  }
}

static void
realtime_on_closed (SoupWebsocketConnection *connection, gpointer data)
{
  realtime_fail (data, g_error_new (HABLA_ERROR, HABLA_ERROR_ENGINE,
                           "The server closed the realtime transcription"));
}

/* Returns: whether the server has no such WebSocket, rather than no time or no permission */
static gboolean
is_refusal (const GError *error, guint status)
{
  return g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET) &&
         status != SOUP_STATUS_UNAUTHORIZED && status != SOUP_STATUS_FORBIDDEN &&
         status != SOUP_STATUS_REQUEST_TIMEOUT && status != 429 &&
         (status < 500 || status == SOUP_STATUS_NOT_IMPLEMENTED);
}

typedef struct {
  Realtime *self;
  SoupMessage *message;
  GCancellable *cancellable;
} Handshake;

static void
handshake_free (Handshake *handshake)
{
  g_object_unref (handshake->message);
  g_object_unref (handshake->cancellable);
  g_free (handshake);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Handshake, handshake_free)

static void
realtime_use_connection (Realtime *self)
{
  char *text;

  soup_websocket_connection_set_max_incoming_payload_size (self->connection, MAX_MESSAGE);
  soup_websocket_connection_set_keepalive_interval (self->connection, KEEPALIVE);
  g_signal_connect (self->connection, "message", G_CALLBACK (realtime_on_message), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (realtime_on_closed), self);
  self->is_accepted = FALSE;
  realtime_send_settings (self);
  while ((text = g_queue_pop_head (&self->outgoing)) != NULL) {
    realtime_write (self, text);
    g_free (text);
  }
}

static void
realtime_on_connected (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (Handshake) handshake = data;
  Realtime *self = handshake->self;
  GError *error = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);

  if (handshake->cancellable != self->cancellable) {
    g_clear_error (&error);
  } else if (connection == NULL) {
    if (is_refusal (error, soup_message_get_status (handshake->message)))
      realtime_refuse (self);
    g_clear_object (&self->cancellable);
    g_prefix_error (&error, "Failed to connect to the server's realtime transcription: ");
    realtime_fail (self, error);
  } else {
    g_clear_object (&self->cancellable);
    self->connection = g_steal_pointer (&connection);
    realtime_use_connection (self);
  }
  g_mutex_lock (&self->lock);
  self->n_connecting--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
realtime_connect (Realtime *self)
{
  Handshake *handshake = g_new0 (Handshake, 1);

  self->cancellable = g_cancellable_new ();
  handshake->self = self;
  handshake->cancellable = g_object_ref (self->cancellable);
  handshake->message = remote_client_new_message (self->client, "GET", self->path);
  g_mutex_lock (&self->lock);
  self->n_connecting++;
  g_mutex_unlock (&self->lock);
  soup_session_websocket_connect_async (remote_client_get_session (self->client),
      handshake->message, NULL, NULL, G_PRIORITY_DEFAULT, self->cancellable, realtime_on_connected,
      handshake);
}

/* In the thread of the client. */
static void
realtime_send (Realtime *self, Task *task)
{
  gboolean has_failed;

  g_mutex_lock (&self->lock);
  has_failed = self->failure != NULL || self->generation != task->generation;
  g_mutex_unlock (&self->lock);
  if (has_failed)
    return;
  if (self->connection != NULL) {
    realtime_write (self, task->text);
    return;
  }
  g_queue_push_tail (&self->outgoing, g_steal_pointer (&task->text));
  if (self->cancellable == NULL)
    realtime_connect (self);
}

static void
realtime_close (Realtime *self, Task *task)
{
  realtime_disconnect (self);
  self->current = task->generation;
  g_mutex_lock (&self->lock);
  self->is_closed = task->for_good;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static gboolean
realtime_run_task (gpointer data)
{
  Task *task = data;

  if (task->text != NULL)
    realtime_send (task->self, task);
  else
    realtime_close (task->self, task);
  return G_SOURCE_REMOVE;
}

/* @text: (transfer full) (nullable): a message; %NULL = closes the connection */
static void
realtime_add_task (Realtime *self, char *text, gboolean for_good)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Task *task = g_new0 (Task, 1);

  task->self = self;
  task->text = text;
  task->generation = self->generation;
  task->for_good = for_good;
  g_source_set_name (source, "[habla] Realtime task");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, realtime_run_task, task, task_free);
  g_source_attach (source, remote_client_get_context (self->client));
}

Realtime *
realtime_new (RemoteClient *client, const RealtimeSettings *settings)
{
  Realtime *self = g_new0 (Realtime, 1);
  GstAudioInfo in, out;

  gst_audio_info_set_format (&in, GST_AUDIO_FORMAT_S16, HABLA_SEGMENTER_RATE, 1, NULL);
  gst_audio_info_set_format (&out, GST_AUDIO_FORMAT_S16, RATE, 1, NULL);
  self->client = client;
  self->path = g_strdup (settings->path);
  self->model = g_strdup (settings->model);
  self->language = g_strdup (settings->language);
  self->prompt = g_strdup (settings->prompt);
  self->converter = gst_audio_converter_new (GST_AUDIO_CONVERTER_FLAG_NONE, &in, &out, NULL);
  self->text = g_string_new (NULL);
  self->partial = g_string_new (NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->outgoing);
  return self;
}

void
realtime_free (Realtime *self)
{
  if (self == NULL)
    return;
  realtime_add_task (self, NULL, TRUE);
  g_mutex_lock (&self->lock);
  while (!self->is_closed || self->n_connecting > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  gst_audio_converter_free (self->converter);
  g_string_free (self->text, TRUE);
  g_string_free (self->partial, TRUE);
  g_clear_error (&self->failure);
  g_free (self->path);
  g_free (self->model);
  g_free (self->language);
  g_free (self->prompt);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

gboolean
realtime_is_supported (Realtime *self)
{
  gboolean is_supported;

  g_mutex_lock (&self->lock);
  is_supported = !self->is_refused;
  g_mutex_unlock (&self->lock);
  return is_supported;
}

void
realtime_append (Realtime *self, const gint16 *samples, gsize n_samples)
{
  gsize n_out = gst_audio_converter_get_out_frames (self->converter, n_samples);
  g_autofree gint16 *converted = g_new (gint16, n_out);
  gpointer in[] = { (gpointer) samples }, out[] = { converted };
  gboolean has_failed;

  g_mutex_lock (&self->lock);
  self->is_busy = TRUE;
  has_failed = self->failure != NULL;
  g_mutex_unlock (&self->lock);
  if (has_failed || n_out == 0)
    return;
  gst_audio_converter_samples (
      self->converter, GST_AUDIO_CONVERTER_FLAG_NONE, in, n_samples, out, n_out);
  realtime_add_task (self, realtime_message_make_append (converted, n_out), FALSE);
}

char *
realtime_dup_partial (Realtime *self)
{
  char *text;

  g_mutex_lock (&self->lock);
  text = g_strconcat (self->text->str, self->text->len > 0 ? " " : "", self->partial->str, NULL);
  g_mutex_unlock (&self->lock);
  return remote_client_hide_key (self->client, text);
}

/* With lock held. */
static void
realtime_reset (Realtime *self)
{
  self->is_busy = FALSE;
  self->is_ending = FALSE;
  self->is_finished = FALSE;
  g_string_truncate (self->text, 0);
  g_string_truncate (self->partial, 0);
  g_clear_error (&self->failure);
  gst_audio_converter_reset (self->converter);
}

void
realtime_discard (Realtime *self)
{
  gboolean was_busy;

  g_mutex_lock (&self->lock);
  was_busy = self->is_busy;
  realtime_reset (self);
  if (was_busy)
    self->generation++;
  g_mutex_unlock (&self->lock);
  if (was_busy)
    realtime_add_task (self, NULL, FALSE);
}

static void
realtime_wake (GCancellable *cancellable, gpointer data)
{
  Realtime *self = data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* With lock held. Returns: (transfer full) (nullable): the text */
static char *
realtime_wait (Realtime *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  while (!self->is_finished && self->failure == NULL) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline)) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_TIMEOUT,
          "The server's realtime transcription sent no text in time");
      return NULL;
    }
  }
  if (self->is_finished)
    return g_strdup (self->text->str);
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return NULL;
}

char *
realtime_finish (Realtime *self, gint64 deadline, GCancellable *cancellable, GError **error)
{
  gulong handler;
  char *text;

  g_mutex_lock (&self->lock);
  self->is_ending = TRUE;
  g_mutex_unlock (&self->lock);
  realtime_add_task (self, g_strdup ("{\"type\":\"input_audio_buffer.commit\"}"), FALSE);
  handler = g_cancellable_connect (cancellable, G_CALLBACK (realtime_wake), self, NULL);
  g_mutex_lock (&self->lock);
  text = realtime_wait (self, deadline, cancellable, error);
  if (text != NULL)
    realtime_reset (self);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);
  if (text == NULL)
    realtime_discard (self);
  return remote_client_hide_key (self->client, text);
}
