/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client.h"

#include <string.h>

/* Upper bound on messages that the scenario has not read. */
#define MAX_MESSAGES 1000

/* In seconds. hablad closes clients that are silent for 90 s. */
#define PING_INTERVAL 30

struct _SoakClient {
  SoakRun *run;
  SoupWebsocketConnection *connection;
  SoakSequence *sequence;
  gboolean is_own_sequence;
  GQueue messages; /* of JsonObject */
  guint ping_source;
  gboolean is_closing; /* by soak_client_close() or soak_client_abort() */
  gboolean is_closed;
  gboolean are_errors_allowed;
  gboolean is_counting; /* since "listening_started" */
  guint transcripts;    /* since then */
};

static void
client_on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *bytes,
    gpointer user_data)
{
  SoakClient *self = user_data;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autofree char *problem = NULL;
  JsonObject *message;
  const char *name;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    soak_run_find (self->run, "protocol", "message", "Not a JSON object: %.100s", text);
    return;
  }
  message = json_node_get_object (node);
  name = json_object_get_string_member_with_default (message, "type", "");
  soak_run_count (self->run, name, 1);
  if (g_str_has_prefix (name, "partial"))
    return;
  if (g_str_equal (name, "error") && !self->are_errors_allowed)
    soak_run_find (self->run, "error", "sent to a client", "%s",
        json_object_get_string_member_with_default (message, "message", ""));
  self->transcripts += g_str_equal (name, "transcript_final");
  problem = soak_sequence_add (self->sequence, message);
  if (problem != NULL) {
    char *colon = strchr (problem, ':');
    g_autofree char *source = g_strndup (problem, colon - problem);

    soak_run_find (self->run, "sequence", source, "%s", problem);
  }
  g_queue_push_tail (&self->messages, json_object_ref (message));
  if (g_queue_get_length (&self->messages) > MAX_MESSAGES)
    json_object_unref (g_queue_pop_head (&self->messages));
}

static void
client_on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  SoakClient *self = user_data;

  if (!self->is_closing && soak_run_is_alive (self->run)) {
    const char *reason = soup_websocket_connection_get_close_data (connection);

    soak_run_find (self->run, "connection", "closed by hablad", "%u %s",
        soup_websocket_connection_get_close_code (connection), reason != NULL ? reason : "");
  }
  self->is_closed = TRUE;
}

static gboolean
client_on_ping (gpointer user_data)
{
  soak_client_send (user_data, "{'type':'ping'}");
  return G_SOURCE_CONTINUE;
}

static void
client_store_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns: (transfer full) (nullable) */
static SoupWebsocketConnection *
client_connect_socket (SoakRun *run, const char *query)
{
  g_autofree char *uri = g_strconcat (soak_driver_get_url (run->driver), "ws/translate",
      query != NULL ? "?" : "", query != NULL ? query : "", NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection;

  soup_session_websocket_connect_async (run->sockets, message, NULL, NULL, G_PRIORITY_DEFAULT,
      cancellable, client_store_result, &result);
  soak_run_wait_for (run, &result, cancellable, "connect");
  connection = soup_session_websocket_connect_finish (run->sockets, result, &error);
  if (connection == NULL && soak_run_is_alive (run))
    soak_run_find (run, "connection", "refused", "%s", error->message);
  return connection;
}

SoakClient *
soak_client_new (SoakRun *run, const char *query, SoakSequence *sequence)
{
  double began = soak_now ();
  SoupWebsocketConnection *connection = client_connect_socket (run, query);
  g_autoptr (JsonObject) status = NULL;
  SoakClient *self;

  if (connection == NULL)
    return NULL;
  self = g_new0 (SoakClient, 1);
  self->run = run;
  self->connection = connection;
  self->sequence = sequence != NULL ? sequence : soak_sequence_new ();
  self->is_own_sequence = sequence == NULL;
  g_signal_connect (connection, "message", G_CALLBACK (client_on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (client_on_closed), self);
  self->ping_source = g_timeout_add_seconds (PING_INTERVAL, client_on_ping, self);
  status = soak_client_expect (self, "status");
  if (status == NULL) {
    soak_client_free (self);
    return NULL;
  }
  soak_run_time (run, "connect", soak_now () - began);
  return self;
}

void
soak_client_free (SoakClient *self)
{
  if (!self->is_closed)
    soak_client_abort (self);
  g_source_remove (self->ping_source);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_object_unref (self->connection);
  g_queue_clear_full (&self->messages, (GDestroyNotify) json_object_unref);
  if (self->is_own_sequence)
    soak_sequence_free (self->sequence);
  g_free (self);
}

void
soak_client_send (SoakClient *self, const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');

  if (!self->is_closed &&
      soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->connection, text);
}

void
soak_client_type (SoakClient *self, const char *text)
{
  g_autofree char *json =
      g_strdup_printf ("{'type':'text_input','text':'%s','speaker_id':'MANUAL'}", text);

  soak_client_send (self, json);
}

gboolean
soak_client_send_audio (
    SoakClient *self, const SoakAudio *audio, guint first, guint n, double speed)
{
  double next = soak_now ();

  for (guint i = first; i < audio->chunks->len && i - first < n; i++) {
    GBytes *chunk = g_ptr_array_index (audio->chunks, i);

    if (speed > 0)
      soak_wait_until (self->run, next - soak_now (), soak_now () >= next || self->is_closed);
    if (self->is_closed || !soak_run_is_alive (self->run))
      return FALSE;
    soup_websocket_connection_send_message (self->connection, SOUP_WEBSOCKET_DATA_BINARY, chunk);
    next += speed > 0 ? 1 / speed : 0;
  }
  return TRUE;
}

static JsonObject *
client_find_message (SoakClient *self, const char *type)
{
  JsonObject *message;

  while ((message = g_queue_pop_head (&self->messages)) != NULL) {
    if (g_str_equal (json_object_get_string_member_with_default (message, "type", ""), type))
      return message;
    json_object_unref (message);
  }
  return NULL;
}

JsonObject *
soak_client_expect (SoakClient *self, const char *type)
{
  double seconds = self->run->options->timeout;
  JsonObject *message = NULL;

  soak_wait_until (
      self->run, seconds, (message = client_find_message (self, type)) != NULL || self->is_closed);
  if (message == NULL && soak_run_is_alive (self->run))
    soak_run_find (self->run, "no answer", type, "%s within %.0f s",
        self->is_closed ? "The connection was closed" : "No message", seconds);
  return message;
}

gboolean
soak_client_wait_for_texts (SoakClient *self, guint n)
{
  double seconds = self->run->options->timeout;

  if (soak_wait_until (self->run, seconds,
          self->is_closed || (soak_sequence_get_texts (self->sequence)->len >= n &&
                                 soak_sequence_count_open (self->sequence) == 0)))
    return !self->is_closed;
  if (soak_run_is_alive (self->run))
    soak_run_find (self->run, "sequence", "lost",
        "received %u of %u texts within %.0f s, %u of them "
        "without a translation",
        soak_sequence_get_texts (self->sequence)->len, n, seconds,
        soak_sequence_count_open (self->sequence));
  return FALSE;
}

gboolean
soak_client_start (SoakClient *self, const char *format)
{
  double began = soak_now ();
  g_autoptr (JsonObject) started = NULL;

  if (g_str_equal (format, "pcm"))
    soak_client_send (self, "{'type':'start_listening','format':'pcm','rate':16000}");
  else
    soak_client_send (self, "{'type':'start_listening'}");
  started = soak_client_expect (self, "listening_started");
  self->transcripts = 0;
  if (started == NULL)
    return FALSE;
  soak_run_time (self->run, "start", soak_now () - began);
  self->is_counting = TRUE;
  return TRUE;
}

/* An empty message of audio marks the end of the recording. */
gboolean
soak_client_stop (SoakClient *self, const char *name)
{
  double began = soak_now ();
  g_autoptr (JsonObject) stopped = NULL;
  guint n;

  soak_client_send (self, "{'type':'stop_listening'}");
  if (!self->is_closed)
    soup_websocket_connection_send_binary (self->connection, NULL, 0);
  stopped = soak_client_expect (self, "listening_stopped");
  if (stopped == NULL)
    return FALSE;
  soak_run_time (self->run, name, soak_now () - began);
  n = json_object_get_int_member_with_default (stopped, "segments_processed", 0);
  if (self->is_counting && n != self->transcripts)
    soak_run_find (self->run, "sequence", n > self->transcripts ? "lost" : "duplicate",
        "%u utterances were recognised, %u were received", n, self->transcripts);
  self->is_counting = FALSE;
  if (soak_sequence_count_open (self->sequence) > 0)
    soak_run_find (self->run, "sequence", "lost",
        "%u utterances have no translation after the stop",
        soak_sequence_count_open (self->sequence));
  return TRUE;
}

void
soak_client_close (SoakClient *self)
{
  double began = soak_now ();

  self->is_closing = TRUE;
  if (!self->is_closed &&
      soup_websocket_connection_get_state (self->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  if (soak_wait_until (self->run, self->run->options->timeout, self->is_closed))
    soak_run_time (self->run, "close", soak_now () - began);
  else if (soak_run_is_alive (self->run))
    soak_run_find (self->run, "no answer", "close", "The connection is still open");
}

void
soak_client_abort (SoakClient *self)
{
  self->is_closing = TRUE;
  g_io_stream_close (soup_websocket_connection_get_io_stream (self->connection), NULL, NULL);
  self->is_closed = TRUE;
}

SoakSequence *
soak_client_get_sequence (SoakClient *self)
{
  return self->sequence;
}

void
soak_client_allow_errors (SoakClient *self)
{
  self->are_errors_allowed = TRUE;
}
