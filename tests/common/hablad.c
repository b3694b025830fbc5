/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hablad.h"

#include "habla-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define SPEECH "/usr/share/pocketsphinx/test/data/librivox/"

struct _Hablad {
  GPid pid;
  char *url;
  char *log_path;
  gboolean has_ended;
  int status;
  guint child_source;
  SoupSession *session;
  char *cookie; /* (nullable) */
};

struct _HabladClient {
  SoupWebsocketConnection *connection;
  GPtrArray *messages; /* of JsonObject */
  guint next;          /* index of the first message that was not returned */
  gboolean is_closed;
};

void
hablad_iterate (void)
{
  g_main_context_iteration (NULL, TRUE);
}

/* Wakes the main loop, so that hablad_wait_until() can check its deadline. */
static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
start_ticking (void)
{
  static gsize ticking;

  if (g_once_init_enter (&ticking)) {
    g_timeout_add (100, on_tick, NULL);
    g_once_init_leave (&ticking, 1);
  }
}

static void
on_child_exited (GPid pid, int wait_status, gpointer user_data)
{
  Hablad *self = user_data;

  self->has_ended = TRUE;
  self->child_source = 0;
  self->status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
}

/* Kills hablad when a test fails. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Reads "listening on URL". */
static char *
read_url (Hablad *self, int fd)
{
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (fd);
  g_autofree char *line = NULL;
  g_autofree char *log = NULL;

  g_io_channel_set_close_on_unref (channel, TRUE);
  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL &&
      g_str_has_prefix (line, "listening on "))
    return g_strdup (g_strstrip (line + strlen ("listening on ")));
  log = hablad_get_log (self);
  g_error ("hablad failed to start: %s", log);
}

static Hablad *
start_hablad (const char *address, const char *const *options, const char *data)
{
  g_autofree char *listen = g_strdup_printf ("--listen=%s:0", address);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  g_auto (GStrv) environment = g_get_environ ();
  Hablad *self = g_new0 (Hablad, 1);
  static guint count;
  int out, log;

  start_ticking ();
  self->log_path = g_strdup_printf ("%s/hablad-%u.log", habla_test_get_dir (), ++count);
  log = g_open (self->log_path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint (log, >=, 0);
  g_strv_builder_add (builder, g_getenv ("HABLA_TEST_HABLAD"));
  g_strv_builder_add (builder, listen);
  if (options != NULL)
    g_strv_builder_addv (builder, (const char **) options);
  argv = g_strv_builder_end (builder);
  environment = g_environ_setenv (environment, "HABLA_FATAL_INVARIANTS", "1", FALSE);
  environment = g_environ_unsetenv (environment, "GST_TRACERS");
  environment = g_environ_setenv (environment, "XDG_DATA_HOME", data, TRUE);
  g_spawn_async_with_pipes_and_fds (NULL, (const char *const *) argv,
      (const char *const *) environment, G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent, NULL, -1, -1,
      log, NULL, NULL, 0, &self->pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  close (log);
  self->child_source = g_child_watch_add (self->pid, on_child_exited, self);
  self->session = soup_session_new_with_options ("max-conns-per-host", 100, NULL);
  self->url = read_url (self, out);
  return self;
}

char *
hablad_write_config (const char *text)
{
  static guint count;
  g_autofree char *path = g_strdup_printf ("%s/hablad-%u.conf", habla_test_get_dir (), ++count);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return g_strconcat ("--config=", path, NULL);
}

Hablad *
hablad_start_on (const char *address, const char *const *options)
{
  static guint count;
  g_autofree char *data = g_strdup_printf ("%s/hablad-data-%u", habla_test_get_dir (), ++count);

  return start_hablad (address, options, data);
}

Hablad *
hablad_start (const char *const *options)
{
  return hablad_start_on ("127.0.0.1", options);
}

Hablad *
hablad_start_with_data (const char *const *options, const char *data)
{
  return start_hablad ("127.0.0.1", options, data);
}

int
hablad_wait (Hablad *self, guint seconds)
{
  gint64 deadline = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  while (!self->has_ended) {
    if (g_get_monotonic_time () > deadline) {
      g_autofree char *log = hablad_get_log (self);

      kill (self->pid, SIGABRT);
      g_error ("hablad did not exit within %u s: %s", seconds, log);
    }
    hablad_iterate ();
  }
  return self->status;
}

void
hablad_signal (Hablad *self, int signal)
{
  g_assert_false (self->has_ended);
  g_assert_cmpint (kill (self->pid, signal), ==, 0);
}

void
hablad_stop (Hablad *self)
{
  g_autofree char *log = NULL;
  int status;

  hablad_signal (self, SIGTERM);
  status = hablad_wait (self, 60);
  log = hablad_get_log (self);
  if (status != 0 || strstr (log, "CRITICAL") != NULL)
    g_error ("hablad exited with %d: %s", status, log);
  hablad_free (self);
}

void
hablad_free (Hablad *self)
{
  if (!self->has_ended) {
    kill (self->pid, SIGKILL);
    hablad_wait (self, 60);
  }
  g_clear_handle_id (&self->child_source, g_source_remove);
  g_spawn_close_pid (self->pid);
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_free (self->url);
  g_free (self->cookie);
  g_free (self->log_path);
  g_free (self);
}

const char *
hablad_get_url (Hablad *self)
{
  return self->url;
}

GSocketConnection *
hablad_connect (Hablad *self, const char *request, guint seconds)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, seconds);
  connection = g_socket_client_connect_to_uri (client, self->url, 80, NULL, &error);
  g_assert_no_error (error);
  if (request != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
        strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

GPid
hablad_get_pid (Hablad *self)
{
  return self->pid;
}

char *
hablad_get_log (Hablad *self)
{
  char *log = NULL;

  g_file_get_contents (self->log_path, &log, NULL, NULL);
  return log != NULL ? log : g_strdup ("");
}

void
hablad_set_cookie (Hablad *self, const char *cookie)
{
  g_free (self->cookie);
  self->cookie = g_strdup (cookie);
}

static void
add_cookie (Hablad *self, SoupMessage *message)
{
  if (self->cookie != NULL)
    soup_message_headers_replace (
        soup_message_get_request_headers (message), "Cookie", self->cookie);
}

char *
hablad_request (Hablad *self, const char *method, const char *path, const char *json, guint *status)
{
  g_autofree char *uri = g_uri_resolve_relative (self->url, path, G_URI_FLAGS_NONE, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  add_cookie (self, message);
  if (json != NULL) {
    g_autoptr (GBytes) request = g_bytes_new (json, strlen (json));

    soup_message_set_request_body_from_bytes (message, "application/json", request);
  }
  soup_session_send_and_read_async (
      self->session, message, G_PRIORITY_DEFAULT, NULL, habla_test_store_result, &result);
  hablad_wait_until (result != NULL);
  body = soup_session_send_and_read_finish (self->session, result, &error);
  g_assert_no_error (error);
  if (status != NULL)
    *status = soup_message_get_status (message);
  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

char *
hablad_get (Hablad *self, const char *path, guint *status)
{
  return hablad_request (self, "GET", path, NULL, status);
}

void
hablad_wait_ready (Hablad *self)
{
  hablad_wait_until (({
    guint status;

    g_free (hablad_get (self, "/health/ready", &status));
    status == 200;
  }));
}

static gboolean
find_metric (Hablad *self, const char *name, double *value)
{
  g_autofree char *text = hablad_get (self, "/metrics", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize length = strlen (name);

  for (guint i = 0; lines[i] != NULL; i++)
    if (strncmp (lines[i], name, length) == 0 && lines[i][length] == ' ') {
      *value = g_ascii_strtod (lines[i] + length, NULL);
      return TRUE;
    }
  return FALSE;
}

double
hablad_get_metric (Hablad *self, const char *name)
{
  double value;

  if (!find_metric (self, name, &value))
    g_error ("Metric %s does not exist", name);
  return value;
}

static gboolean
has_metric (Hablad *self, const char *name, double value)
{
  double now = 0;

  return find_metric (self, name, &now) && now == value;
}

void
hablad_wait_for_metric (Hablad *self, const char *name, double value)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (!has_metric (self, name, value)) {
    gint64 next = g_get_monotonic_time () + 100000;

    if (next > deadline)
      g_error ("%s is %g, not %g", name, hablad_get_metric (self, name), value);
    hablad_wait_until (g_get_monotonic_time () >= next);
  }
}

static void
on_message (SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message,
    gpointer user_data)
{
  HabladClient *self = user_data;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));

  g_assert_cmpint (type, ==, SOUP_WEBSOCKET_DATA_TEXT);
  node = json_from_string (text, &error);
  g_assert_no_error (error);
  g_test_message ("< %s", text);
  g_ptr_array_add (self->messages, json_node_dup_object (node));
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer user_data)
{
  ((HabladClient *) user_data)->is_closed = TRUE;
}

HabladClient *
hablad_client_new (Hablad *hablad, const char *query)
{
  HabladClient *self = g_new0 (HabladClient, 1);
  g_autofree char *uri =
      g_strconcat (hablad->url, "ws/translate", query != NULL ? "?" : NULL, query, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_cookie (hablad, message);
  soup_session_websocket_connect_async (hablad->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
      NULL, habla_test_store_result, &result);
  hablad_wait_until (result != NULL);
  self->connection = soup_session_websocket_connect_finish (hablad->session, result, &error);
  g_assert_no_error (error);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  return self;
}

void
hablad_client_free (HabladClient *self)
{
  if (!self->is_closed)
    hablad_client_abort (self);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_object_unref (self->connection);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

SoupWebsocketConnection *
hablad_client_get_connection (HabladClient *self)
{
  return self->connection;
}

void
hablad_client_send (HabladClient *self, const char *json)
{
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');

  soup_websocket_connection_send_text (self->connection, text);
}

void
hablad_client_send_audio (HabladClient *self, GBytes *audio)
{
  soup_websocket_connection_send_binary (
      self->connection, g_bytes_get_data (audio, NULL), g_bytes_get_size (audio));
}

void
hablad_client_send_text (HabladClient *self, const char *text)
{
  g_autofree char *message =
      g_strdup_printf ("{'type':'text_input','text':'%s','speaker_id':'MANUAL'}", text);

  hablad_client_send (self, message);
}

void
hablad_client_start_listening (HabladClient *self)
{
  hablad_client_send (self, "{'type':'start_listening'}");
  hablad_client_expect (self, "listening_started");
}

void
hablad_client_request_stop (HabladClient *self)
{
  hablad_client_send (self, "{'type':'stop_listening'}");
  soup_websocket_connection_send_binary (self->connection, NULL, 0);
}

JsonObject *
hablad_client_stop_listening (HabladClient *self)
{
  hablad_client_request_stop (self);
  return hablad_client_expect (self, "listening_stopped");
}

void
hablad_client_sync (HabladClient *self)
{
  hablad_client_send (self, "{'type':'ping'}");
  hablad_client_expect (self, "pong");
}

static const char *
get_type (HabladClient *self, guint index)
{
  return json_object_get_string_member (g_ptr_array_index (self->messages, index), "type");
}

JsonObject *
hablad_client_expect (HabladClient *self, const char *type)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (TRUE) {
    for (; self->next < self->messages->len; self->next++)
      if (g_str_equal (get_type (self, self->next), type))
        return g_ptr_array_index (self->messages, self->next++);
    if (self->is_closed || g_get_monotonic_time () > deadline)
      g_error ("No message of type %s was received", type);
    hablad_iterate ();
  }
}

JsonObject *
hablad_client_expect_next (HabladClient *self, const char *type)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  while (TRUE) {
    while (self->next < self->messages->len &&
           (g_str_has_prefix (get_type (self, self->next), "partial") ||
               g_str_equal (get_type (self, self->next), "exchange_stored") ||
               (g_str_equal (get_type (self, self->next), "audience") &&
                   !g_str_equal (type, "audience"))))
      self->next++;
    if (self->next < self->messages->len) {
      g_assert_cmpstr (get_type (self, self->next), ==, type);
      return g_ptr_array_index (self->messages, self->next++);
    }
    if (self->is_closed || g_get_monotonic_time () > deadline)
      g_error ("No message of type %s was received", type);
    hablad_iterate ();
  }
}

GPtrArray *
hablad_client_get_messages (HabladClient *self)
{
  return self->messages;
}

guint
hablad_client_count (HabladClient *self, const char *type)
{
  guint count = 0;

  for (guint i = 0; i < self->messages->len; i++)
    count += g_str_equal (get_type (self, i), type);
  return count;
}

char *
hablad_client_join (HabladClient *self, const char *type, const char *member)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->messages->len; i++)
    if (g_str_equal (get_type (self, i), type))
      g_string_append_printf (text, "%s\n",
          json_object_get_string_member (g_ptr_array_index (self->messages, i), member));
  return g_string_free (text, FALSE);
}

gboolean
hablad_client_has (HabladClient *self, const char *type)
{
  return hablad_client_count (self, type) > 0;
}

void
hablad_client_close (HabladClient *self)
{
  soup_websocket_connection_close (self->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  hablad_client_wait_closed (self);
}

void
hablad_client_abort (HabladClient *self)
{
  g_io_stream_close (soup_websocket_connection_get_io_stream (self->connection), NULL, NULL);
  self->is_closed = TRUE;
}

gushort
hablad_client_wait_closed (HabladClient *self)
{
  hablad_wait_until (self->is_closed);
  return soup_websocket_connection_get_close_code (self->connection);
}

/* Returns: (transfer full): a launch line that encodes the files @names, concatenated */
static char *
describe_recording (const char *container, const char *const *names)
{
  GString *line = g_string_new ("concat name=all ! audioconvert ! ");

  if (g_str_equal (container, "mp4"))
    g_string_append (line, "voaacenc ! aacparse ! mp4mux fragment-duration=1000 streamable=true");
  else if (g_str_equal (container, "ogg"))
    g_string_append (line, "opusenc ! oggmux max-delay=100000000 max-page-delay=100000000");
  else
    g_string_append (line, "opusenc ! webmmux streamable=true");
  g_string_append (line, " ! appsink name=out sync=false");
  for (guint i = 0; names[i] != NULL; i++) {
    if (g_str_has_prefix (names[i], HABLAD_SILENCE))
      g_string_append_printf (line,
          " audiotestsrc wave=silence num-buffers=%.0f samplesperbuffer=480 ! ",
          100 * hablad_get_duration (names[i]));
    else
      g_string_append_printf (line,
          " filesrc location=" SPEECH "%s ! wavparse ! audioconvert ! audioresample ! ", names[i]);
    g_string_append (line, "audio/x-raw,format=S16LE,rate=48000,channels=1 ! all.");
  }
  return g_string_free (line, FALSE);
}

double
hablad_get_duration (const char *name)
{
  g_autofree char *path = g_strconcat (SPEECH, name, NULL);
  GStatBuf status;

  if (g_str_equal (name, HABLAD_SILENCE))
    return 1;
  if (g_str_has_prefix (name, HABLAD_SILENCE))
    return atoi (name + strlen (HABLAD_SILENCE));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return (status.st_size - 44) / 2.0 / 16000;
}

GPtrArray *
hablad_record (const char *container, const char *const *names)
{
  return hablad_record_chunks (container, names, GST_SECOND);
}

/* A chunk of MP4 has whole fragments, as browsers send them; one of other containers ends when @cut
 * is reached. */
static gboolean
begins_chunk (GstBuffer *buffer, gboolean is_mp4, GstClockTime cut)
{
  if (is_mp4)
    return gst_buffer_get_size (buffer) >= 8 && gst_buffer_memcmp (buffer, 4, "moof", 4) == 0;
  return GST_BUFFER_PTS_IS_VALID (buffer) && GST_BUFFER_PTS (buffer) >= cut;
}

GPtrArray *
hablad_record_chunks (const char *container, const char *const *names, GstClockTime length)
{
  g_autofree char *line = describe_recording (container, names);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GstSample *sample = NULL;
  gboolean is_mp4 = g_str_equal (container, "mp4");
  GstClockTime cut = length;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (g_signal_emit_by_name (sink, "pull-sample", &sample), sample != NULL) {
    GstBuffer *buffer = gst_sample_get_buffer (sample);
    GstMapInfo map;

    if (begins_chunk (buffer, is_mp4, cut) && chunk->len > 0) {
      g_ptr_array_add (chunks, g_bytes_new (chunk->data, chunk->len));
      g_byte_array_set_size (chunk, 0);
      cut = (GST_BUFFER_PTS (buffer) / length + 1) * length;
    }
    g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
    g_byte_array_append (chunk, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
    gst_sample_unref (sample);
  }
  if (chunk->len > 0)
    g_ptr_array_add (chunks, g_bytes_new (chunk->data, chunk->len));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_cmpuint (chunks->len, >, 1);
  return chunks;
}

void
hablad_client_send_recording (HabladClient *self, GPtrArray *chunks, gboolean paced)
{
  gint64 next = g_get_monotonic_time ();

  for (guint i = 0; i < chunks->len; i++, next += G_USEC_PER_SEC) {
    if (paced)
      hablad_wait_until (g_get_monotonic_time () >= next);
    hablad_client_send_audio (self, g_ptr_array_index (chunks, i));
  }
}
