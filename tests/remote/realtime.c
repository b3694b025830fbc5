/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* openaitranscriber over the realtime WebSocket of a server of the test's own. */
#include "habla-test.h"
#include "speech.h"

#include <habla/habla.h>
#include <json/json-validator.h>
#include <libsoup/soup.h>
#include <string.h>

#define CAPS "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved"
#define MS (SPEECH_RATE / 1000)
#define CHUNK (SPEECH_RATE / 50)
#define FIRST 1
#define SECOND 4
#define PAUSE 1000
#define RATE 24000

#define TRANSCRIPTION "conversation.item.input_audio_transcription."

/* The server's behaviour for the WebSocket. */
typedef enum {
  GOOD,
  NO_WEBSOCKET,  /* 404 */
  NO_PROTOCOL,   /* refuses the settings, in both editions */
  OLD_EDITION,   /* refuses the first edition of the settings */
  SPLIT,         /* ends segments itself, once */
  SILENT,        /* sends no text */
  LATE,          /* as SILENT, but sends the text with that of the next segment */
  CLOSING,       /* closes the connection in the middle of a segment */
  FAILING,       /* says that it failed */
  GARBAGE,       /* sends something else than JSON */
  HUGE_MESSAGES, /* sends a message that is too long */
} Behaviour;

typedef struct {
  GThread *thread;
  GMainLoop *loop;
  SoupServer *server;
  char *url;
  SoupWebsocketConnection *connection; /* used by the thread of the server */
  SoupWebsocketConnection *first;      /* used by the thread of the server */
  guint n_bytes;                       /* used by the thread of the server; of the segment */
  guint n_refused;                     /* used by the thread of the server */
  gboolean has_late;                   /* used by the thread of the server */

  GMutex lock;
  GCond changed;
  gboolean is_ready;   /* protected by lock */
  Behaviour behaviour; /* protected by lock */
  guint n_segments;    /* protected by lock; that were committed */
  guint n_posts;       /* protected by lock */
  guint n_handshakes;  /* protected by lock */
  guint last_bytes;    /* protected by lock; of the last segment */
  char *settings;      /* protected by lock; the last ones */
} Server;

static void
send_text (SoupWebsocketConnection *connection, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (soup_websocket_connection_get_state (connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (connection, text);
}

static void
send_delta (Server *self, const char *text)
{
  send_text (self->connection, "{\"type\": \"" TRANSCRIPTION "delta\", \"delta\": \"%s\"}", text);
}

static void
send_item (Server *self, SoupWebsocketConnection *connection, guint item, const char *text)
{
  send_text (connection,
      "{\"type\": \"" TRANSCRIPTION
      "completed\", \"item_id\": \"item%u\", \"transcript\": \"%s %u\"}",
      item, text, item);
}

static void
on_commit (Server *self, Behaviour behaviour, guint item)
{
  switch (behaviour) {
  case NO_PROTOCOL:
  case SILENT:
    return;
  case LATE:
    if (!self->has_late) {
      self->has_late = TRUE;
      return;
    }
    send_item (self, self->first, item - 1, "late");
    break;
  case FAILING:
    send_text (self->connection,
        "{\"type\": \"" TRANSCRIPTION "failed\", \"error\": {\"message\": \"out of memory\"}}");
    return;
  case GARBAGE:
    send_text (self->connection, "}{");
    return;
  case HUGE_MESSAGES: {
    g_autofree char *blanks = g_strnfill (1024 * 1024, ' ');

    send_text (self->connection, "%s", blanks);
    return;
  }
  case SPLIT:
    send_text (self->connection, "{\"type\": \"error\", \"error\": {\"code\": "
                                 "\"input_audio_buffer_commit_empty\", \"message\": \"empty\"}}");
    return;
  default:
    break;
  }
  send_text (self->connection,
      "{\"type\": \"input_audio_buffer.committed\", \"item_id\": \"item%u\"}", item);
  send_delta (self, "stream");
  send_item (self, self->connection, item, "stream");
  send_item (self, self->connection, item, "again");
}

static void
on_append (Server *self, Behaviour behaviour, JsonObject *message, guint item)
{
  gsize size;
  g_autofree guchar *audio =
      g_base64_decode (json_object_get_string_member (message, "audio"), &size);
  guint before = self->n_bytes / (2 * RATE);

  self->n_bytes += size;
  if (behaviour == CLOSING && before == 0 && self->n_bytes >= 2 * RATE)
    soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  else if (behaviour == SPLIT && before == 0 && self->n_bytes >= 2 * RATE)
    send_item (self, self->connection, item, "split");
  else if (behaviour == GOOD && before == 0 && self->n_bytes >= 2 * RATE)
    send_delta (self, "str");
}

static gboolean
refuses_settings (Server *self, Behaviour behaviour)
{
  return behaviour == NO_PROTOCOL || (behaviour == OLD_EDITION && self->n_refused == 0);
}

static void
on_settings (Server *self, Behaviour behaviour, const char *text)
{
  g_mutex_lock (&self->lock);
  g_free (self->settings);
  self->settings = g_strdup (text);
  g_mutex_unlock (&self->lock);
  if (refuses_settings (self, behaviour)) {
    self->n_refused++;
    send_text (
        self->connection, "{\"type\": \"error\", \"error\": {\"message\": \"Unknown type\"}}");
  } else {
    send_text (self->connection, "{\"type\": \"session.updated\", \"session\": {}}");
  }
}

static void
on_message (SoupWebsocketConnection *connection, int type, GBytes *bytes, gpointer data)
{
  Server *self = data;
  const HablaJsonLimits limits = { 1 << 24, 16, 64, 1000 };
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autofree char *copy = g_strndup (text, size);
  g_autoptr (JsonObject) message = habla_json_parse_object (copy, size, &limits, NULL);
  Behaviour behaviour;
  const char *name;
  guint item;

  g_assert_nonnull (message);
  if (connection != self->connection)
    return;
  name = json_object_get_string_member (message, "type");
  g_mutex_lock (&self->lock);
  behaviour = self->behaviour;
  item = self->n_segments;
  if (g_str_equal (name, "input_audio_buffer.commit")) {
    self->n_segments++;
    self->last_bytes = self->n_bytes;
    self->n_bytes = 0;
  }
  g_mutex_unlock (&self->lock);
  if (g_str_equal (name, "input_audio_buffer.commit"))
    on_commit (self, behaviour, item);
  else if (g_str_equal (name, "input_audio_buffer.append"))
    on_append (self, behaviour, message, item);
  else
    on_settings (self, behaviour, copy);
}

static void
on_websocket (SoupServer *server, SoupServerMessage *message, const char *path,
    SoupWebsocketConnection *connection, gpointer data)
{
  Server *self = data;

  g_set_object (&self->connection, connection);
  if (self->first == NULL)
    self->first = g_object_ref (connection);
  self->n_bytes = 0;
  soup_websocket_connection_set_max_incoming_payload_size (connection, 0);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_mutex_lock (&self->lock);
  self->n_handshakes++;
  g_mutex_unlock (&self->lock);
}

/* Before the WebSocket: refuses it. */
static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer data)
{
  Server *self = data;
  g_autofree char *text = NULL;

  if (g_str_has_prefix (path, "/v1/realtime")) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  g_assert_cmpstr (path, ==, "/v1/audio/transcriptions");
  g_mutex_lock (&self->lock);
  text = g_strdup_printf ("{\"text\": \"post %u\"}", self->n_posts++);
  g_mutex_unlock (&self->lock);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (
      message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

/* libsoup 3.2 leaks the sockets that it accepts itself, if they become WebSockets. */
static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Server *self = data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GError) error = NULL;

  soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error);
  g_assert_no_error (error);
  return TRUE;
}

static gpointer
server_run (gpointer data)
{
  Server *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSocketService) service = NULL;
  g_autoptr (GError) error = NULL;
  guint port;

  g_main_context_push_thread_default (context);
  service = g_socket_service_new ();
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  if (self->behaviour != NO_WEBSOCKET)
    soup_server_add_websocket_handler (
        self->server, "/v1/realtime", NULL, NULL, on_websocket, self, NULL);
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming), self);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_assert_no_error (error);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", port);
  self->loop = g_main_loop_new (context, FALSE);
  g_mutex_lock (&self->lock);
  self->is_ready = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_main_loop_run (self->loop);
  g_clear_object (&self->connection);
  g_clear_object (&self->first);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  return NULL;
}

static Server *
server_new (Behaviour behaviour)
{
  Server *self = g_new0 (Server, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->behaviour = behaviour;
  self->thread = g_thread_new ("server", server_run, self);
  g_mutex_lock (&self->lock);
  while (!self->is_ready)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  return self;
}

static void
server_free (Server *self)
{
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_free (self->url);
  g_free (self->settings);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

static void
server_behave (Server *self, Behaviour behaviour)
{
  g_mutex_lock (&self->lock);
  self->behaviour = behaviour;
  g_mutex_unlock (&self->lock);
}

typedef struct {
  Server *server;
  GstElement *element;
  GstHarness *harness;
  GString *partials; /* each with a newline */
  guint64 position;
} Fixture;

static GstPadProbeReturn
note_partial (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Fixture *self = data;

  if (habla_utterance_is_event (GST_PAD_PROBE_INFO_EVENT (info))) {
    g_autoptr (HablaUtterance) utterance =
        habla_utterance_from_event (GST_PAD_PROBE_INFO_EVENT (info));

    g_string_append_printf (self->partials, "%s\n", utterance->text);
  }
  return GST_PAD_PROBE_OK;
}

static Fixture *
fixture_new (Behaviour behaviour, guint timeout, const char *properties)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autofree char *line = NULL;
  g_autoptr (GstPad) pad = NULL;

  self->server = server_new (behaviour);
  self->partials = g_string_new (NULL);
  line = g_strdup_printf ("openaitranscriber url=%s realtime=true timeout=%u %s", self->server->url,
      timeout, properties);
  self->element = gst_object_ref_sink (gst_parse_launch (line, NULL));
  pad = gst_element_get_static_pad (self->element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_partial, self, NULL);
  self->harness = gst_harness_new_with_element (self->element, "sink", "src");
  gst_harness_set_src_caps_str (self->harness, CAPS);
  return self;
}

static void
fixture_free (Fixture *self)
{
  gst_harness_teardown (self->harness);
  g_assert_finalize_object (self->element);
  server_free (self->server);
  g_string_free (self->partials, TRUE);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
push (Fixture *self, const gint16 *samples, gsize n_samples)
{
  for (gsize i = 0; i < n_samples; i += CHUNK) {
    gsize n = MIN (CHUNK, n_samples - i);
    GstBuffer *buffer = gst_buffer_new_memdup (samples + i, n * sizeof (gint16));

    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (self->position, GST_SECOND, SPEECH_RATE);
    self->position += n;
    gst_harness_push (self->harness, buffer);
  }
}

/* Says a sentence. Returns: (transfer full): the texts of the utterances that it gave, joined */
static char *
say (Fixture *self, guint recording)
{
  g_autoptr (GArray) speech = speech_load (recording);
  g_autofree gint16 *silence = g_new0 (gint16, PAUSE * MS);
  g_autoptr (GString) texts = g_string_new (NULL);
  GstBuffer *buffer;

  push (self, (gint16 *) speech->data, speech->len);
  push (self, silence, PAUSE * MS);
  while ((buffer = gst_harness_try_pull (self->harness)) != NULL) {
    guint64 last_id = 0;
    GstSegment segment;
    g_autoptr (HablaUtterance) utterance = NULL;

    gst_segment_init (&segment, GST_FORMAT_TIME);
    utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
    g_string_append_printf (texts, "%s%s", texts->len > 0 ? "|" : "", utterance->text);
    gst_buffer_unref (buffer);
  }
  g_test_message ("%s", texts->str);
  return g_string_free (g_steal_pointer (&texts), FALSE);
}

static void
expect (Fixture *self, guint recording, const char *expected)
{
  g_autofree char *text = say (self, recording);

  g_assert_cmpstr (text, ==, expected);
}

#define LONG habla_test_scale (20000)
#define ALONE "fallback=none"

static void
test_good (void)
{
  g_autoptr (Fixture) self = fixture_new (GOOD, LONG, ALONE " language-code=en-US prompt=Dashwood");

  expect (self, FIRST, "stream 0");
  expect (self, SECOND, "stream 1");
  expect (self, FIRST, "stream 2");
  g_assert_cmpuint (self->server->n_posts, ==, 0);
  g_assert_cmpuint (self->server->n_handshakes, ==, 1);
  g_assert_nonnull (strstr (self->server->settings, "\"session.update\""));
  g_assert_nonnull (strstr (self->server->settings, "\"whisper-1\""));
  g_assert_nonnull (strstr (self->server->settings, "\"en\""));
  g_assert_nonnull (strstr (self->server->settings, "\"Dashwood\""));
  g_assert_cmpuint (self->server->last_bytes, >, 2 * RATE * 2);
  g_assert_cmpuint (self->server->last_bytes, <, 2 * RATE * 4);
}

/* Waits as long as audio of 20 ms takes. */
static void
pace (Fixture *self)
{
  g_mutex_lock (&self->server->lock);
  g_cond_wait_until (&self->server->changed, &self->server->lock, g_get_monotonic_time () + 20000);
  g_mutex_unlock (&self->server->lock);
}

/* A partial hypothesis needs no end of the speech: the same vowel is said until there is one. */
static void
test_partials (void)
{
  g_autoptr (Fixture) self = fixture_new (GOOD, LONG, ALONE " max-utterance=60000");
  g_autoptr (GArray) speech = speech_load (FIRST);
  gsize half = speech->len / 2;

  push (self, (gint16 *) speech->data, half);
  while (self->partials->len == 0 && self->position < 50 * SPEECH_RATE) {
    pace (self);
    push (self, (gint16 *) speech->data + half - CHUNK, CHUNK);
  }
  g_assert_true (g_str_has_prefix (self->partials->str, "str\n"));
  g_assert_cmpuint (self->server->n_segments, ==, 0);
}

/* Servers without the WebSocket, or without the protocol, get posts; the first ones at once. */
static void
test_no_realtime (void)
{
  const Behaviour refusals[] = { NO_WEBSOCKET, NO_PROTOCOL };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (Fixture) self = fixture_new (refusals[i], LONG, ALONE);

    expect (self, FIRST, "post 0");
    expect (self, SECOND, "post 1");
    g_assert_cmpuint (self->server->n_handshakes, <=, 1);
  }
}

static void
test_old_edition (void)
{
  g_autoptr (Fixture) self = fixture_new (OLD_EDITION, LONG, ALONE);

  expect (self, FIRST, "stream 0");
  expect (self, SECOND, "stream 1");
  g_assert_nonnull (strstr (self->server->settings, "\"transcription_session.update\""));
  g_assert_cmpuint (self->server->n_posts, ==, 0);
}

/* What the server has recognised before the end is not lost. */
static void
test_split (void)
{
  g_autoptr (Fixture) self = fixture_new (SPLIT, LONG, ALONE);

  expect (self, FIRST, "split 0");
  g_assert_cmpuint (self->server->n_posts, ==, 0);
}

/* The segment is posted if the WebSocket fails, and the next one is sent over a new WebSocket. */
static void
test_failures (void)
{
  const Behaviour failures[] = { CLOSING, FAILING, GARBAGE, HUGE_MESSAGES };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autoptr (Fixture) self = fixture_new (failures[i], LONG, ALONE);
    g_autofree char *text = NULL;

    expect (self, FIRST, "post 0");
    server_behave (self->server, GOOD);
    text = say (self, SECOND);
    g_assert_true (g_str_has_prefix (text, "stream "));
    g_assert_cmpuint (self->server->n_handshakes, ==, 2);
  }
}

/* A text that comes after the limit is not taken for that of the next segment. */
static void
test_late (void)
{
  g_autoptr (Fixture) self = fixture_new (LATE, 100, ALONE);
  g_autofree char *text = NULL;

  expect (self, FIRST, "post 0");
  text = say (self, SECOND);
  g_assert_true (g_str_equal (text, "stream 1") || g_str_equal (text, "post 1"));
}

/* Without a text of the WebSocket, the local engine has one. */
static void
test_silent (void)
{
  g_autoptr (Fixture) self = fixture_new (SILENT, 100, ALONE);

  expect (self, FIRST, "post 0");
}

static void
run_once (gpointer data)
{
  g_autoptr (Fixture) self = fixture_new (GPOINTER_TO_INT (data), LONG, ALONE);
  g_autoptr (GArray) speech = speech_load (FIRST);

  push (self, (gint16 *) speech->data, speech->len / 2);
}

/* Also while the connection is made and while a segment is sent. */
static void
test_leaks (void)
{
  habla_test_leak_gate (run_once, GINT_TO_POINTER (GOOD), 5);
  habla_test_leak_gate (run_once, GINT_TO_POINTER (CLOSING), 5);
  habla_test_leak_gate (run_once, GINT_TO_POINTER (NO_WEBSOCKET), 5);
}

static void
add (const char *name, GTestFunc func)
{
  g_autofree char *path = g_strconcat ("/realtime/", name, NULL);

  g_test_add_func (path, func);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  if (!speech_is_installed ())
    return 77;
  add ("good", test_good);
  add ("partials", test_partials);
  add ("no-realtime", test_no_realtime);
  add ("old-edition", test_old_edition);
  add ("split", test_split);
  add ("failures", test_failures);
  add ("late", test_late);
  add ("silent", test_silent);
  add ("leaks", test_leaks);
  return habla_test_run ();
}
