/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A real hablad is heard over WebRTC: sessions, their limits and ends, and hostile offers. */
#include "habla-test.h"
#include "hablad-room.h"
#include "network-address.h"
#include "webrtc-ear.h"

#include <string.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define ROOM "client=0123456789abcdef&room=class"
#define ENDPOINT "/api/rooms/class/whep/es"
#define TEXT "The house is red"
#define TOKEN "a-token-for-this-test-0123456789"
#define SDP "Content-Type: application/sdp\r\n"
#define WEBRTC_LISTENERS "habla_headphones_webrtc_listeners"

/* From the caption to its speech, in microseconds: that of the synthesizer and 0.5 s. */
#define MAX_DELAY (1500 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  guint status;
  char *head;
  char *body;
} Response;

static Hablad *hablad;
static HabladClient *owner;

static void
response_free (Response *self)
{
  g_free (self->head);
  g_free (self->body);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Response, response_free)

static void
set_up (const char *config)
{
  g_autofree char *option = config != NULL ? hablad_write_config (config) : NULL;
  const char *options[] = { option, NULL };

  hablad = hablad_start (options);
  owner = hablad_client_new (hablad, ROOM);
}

static void
tear_down (void)
{
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* @headers: lines, each with \r\n */
static Response *
ask (const char *method, const char *path, const char *headers, const char *body)
{
  g_autofree char *request = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n%s",
      method, path, strlen (body), headers, body);
  g_autoptr (GSocketConnection) connection = hablad_connect (hablad, request, 30);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) text = g_string_new (NULL);
  Response *self = g_new0 (Response, 1);
  char buffer[4096], *end;
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (text, buffer, n);
  end = strstr (text->str, "\r\n\r\n");
  g_assert_nonnull (end);
  self->head = g_strndup (text->str, end + 2 - text->str);
  self->body = g_strdup (end + 4);
  g_assert_cmpint (sscanf (self->head, "HTTP/1.1 %u", &self->status), ==, 1);
  return self;
}

/* Returns: (transfer full) (nullable): the value of a header */
static char *
get_header (const Response *response, const char *name)
{
  g_autofree char *line = g_strdup_printf ("\r\n%s: ", name);
  const char *at = strstr (response->head, line);

  return at != NULL ? g_strndup (at + strlen (line), strcspn (at + strlen (line), "\r")) : NULL;
}

/* Returns: (transfer full): the path of the session that @ear has now */
static char *
listen_with (WebrtcEar *ear, const char *headers)
{
  g_autofree char *offer = webrtc_ear_create_offer (ear);
  g_autofree char *all = g_strconcat (SDP, headers, NULL);
  g_autoptr (Response) response = ask ("POST", ENDPOINT, all, offer);
  g_autofree char *type = get_header (response, "Content-Type");
  g_autofree char *location = get_header (response, "Location");
  g_autofree char *session = NULL;

  g_assert_cmpuint (response->status, ==, 201);
  g_assert_cmpstr (type, ==, "application/sdp");
  g_assert_true (g_str_has_prefix (location, "es/"));
  webrtc_ear_set_answer (ear, response->body);
  return g_strconcat ("/api/rooms/class/whep/", location, NULL);
}

static void
await_audio (WebrtcEar *ear)
{
  guint n = webrtc_ear_count_buffers (ear);

  hablad_wait_until (webrtc_ear_count_buffers (ear) > n + 5);
}

static void
assert_status (Response *response, guint status, const char *words)
{
  if (response->status != status || strstr (response->body, words) == NULL)
    g_error ("not %u “%s”: %s%s", status, words, response->head, response->body);
  response_free (response);
}

/* Two clients share one encoder, and hear the translation in time; one leaves, the room ends. */
static void
test_speech (void)
{
  g_autoptr (WebrtcEar) first = webrtc_ear_new (111);
  g_autoptr (WebrtcEar) second = webrtc_ear_new (97);
  g_autofree char *session = NULL;
  g_autofree char *other = NULL;
  JsonObject *status;
  gint64 caption, heard;

  set_up (NULL);
  status = hablad_client_expect (owner, "status");
  g_assert_cmpstr (
      json_array_get_string_element (json_object_get_array_member (status, "headphones"), 0), ==,
      "webrtc");
  session = listen_with (first, "");
  other = listen_with (second, "");
  g_assert_cmpstr (session, !=, other);
  await_audio (first);
  await_audio (second);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_headphones_encoders"), ==, 1);
  g_assert_cmpfloat (hablad_get_metric (hablad, WEBRTC_LISTENERS), ==, 2);
  g_assert_cmpint (webrtc_ear_take_sound (first), ==, 0);

  hablad_client_send_text (owner, TEXT);
  hablad_client_expect (owner, "translation");
  caption = g_get_monotonic_time ();
  hablad_wait_until ((heard = webrtc_ear_take_sound (first)) != 0);
  g_test_message ("heard %.0f ms after its caption", (heard - caption) / 1e3);
  g_assert_cmpint (heard - caption, <, MAX_DELAY * habla_test_scale (1));
  hablad_wait_until (webrtc_ear_take_sound (second) != 0);

  assert_status (ask ("DELETE", session, "", ""), 204, "");
  hablad_wait_for_metric (hablad, WEBRTC_LISTENERS, 1);
  assert_status (ask ("DELETE", session, "", ""), 404, "no such WebRTC session");
  await_audio (second);
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  owner = hablad_client_new (hablad, "client=0123456789abcdef&room=class");
  await_audio (second);
  tear_down ();
}

/* The room ends. */
static void
test_end (void)
{
  g_autoptr (WebrtcEar) ear = webrtc_ear_new (111);
  g_autofree char *session = NULL;

  hablad = hablad_start (NULL);
  owner = hablad_client_new (hablad, "room=class");
  hablad_client_expect (owner, "status");
  session = listen_with (ear, "");
  await_audio (ear);
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_wait_for_metric (hablad, WEBRTC_LISTENERS, 0);
  hablad_wait_for_metric (hablad, "habla_headphones_encoders", 0);
  assert_status (ask ("DELETE", session, "", ""), 404, "no such WebRTC session");
  hablad_stop (g_steal_pointer (&hablad));
}

/* Nothing is left behind by what is not an offer for audio in Opus. */
static void
test_hostile (void)
{
  g_autoptr (WebrtcEar) ear = webrtc_ear_new (111);
  g_autofree char *offer = webrtc_ear_create_offer (ear);
  g_autofree char *filler = g_strnfill (20000, 'a');
  g_autofree char *large = g_strconcat (offer, "a=", filler, "\r\n", NULL);
  g_autofree char *huge = g_strnfill (2000000, 'a');
  g_autofree char *video = g_strconcat (offer, "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", NULL);
  g_autoptr (GString) codec = g_string_new (offer);
  g_autofree char *again = NULL;
  g_autoptr (Response) allowed = NULL;
  g_autofree char *allow = NULL;

  set_up (NULL);
  hablad_client_expect (owner, "status");
  g_string_replace (codec, "OPUS/48000", "PCMU/8000", 0);
  assert_status (ask ("POST", ENDPOINT, SDP, ""), 400, "detail");
  assert_status (ask ("POST", ENDPOINT, SDP, "garbage"), 400, "not an SDP offer");
  assert_status (ask ("POST", ENDPOINT, SDP, large), 413, "at most");
  assert_status (ask ("POST", ENDPOINT, SDP, huge), 413, "detail");
  assert_status (ask ("POST", ENDPOINT, SDP, video), 406, "one media section");
  assert_status (ask ("POST", ENDPOINT, SDP, codec->str), 406, "opus/48000/2");
  assert_status (ask ("POST", ENDPOINT, "", offer), 415, "application/sdp");
  assert_status (ask ("POST", "/api/rooms/other/whep/es", SDP, offer), 404, "no room");
  assert_status (ask ("POST", "/api/rooms/class/whep/xx", SDP, offer), 404, "not translated into");
  assert_status (ask ("DELETE", ENDPOINT "/unknown", "", ""), 404, "no such WebRTC session");
  assert_status (ask ("PATCH", ENDPOINT "/unknown", "", ""), 405, "supports only DELETE");
  assert_status (ask ("GET", ENDPOINT, "", ""), 405, "supports only POST");
  assert_status (
      ask ("POST", ENDPOINT, SDP "Origin: http://evil.example\r\n", offer), 403, "detail");
  allowed = ask ("OPTIONS", ENDPOINT, "", "");
  allow = get_header (allowed, "Accept-Post");
  g_assert_cmpuint (allowed->status, ==, 204);
  g_assert_cmpstr (allow, ==, "application/sdp");
  g_assert_cmpfloat (hablad_get_metric (hablad, WEBRTC_LISTENERS), ==, 0);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_headphones_encoders"), ==, 0);
  again = listen_with (ear, "");
  await_audio (ear);
  tear_down ();
}

/* As many as the setting allows; and of one address no more than twenty. */
static void
test_limits (void)
{
  g_autoptr (WebrtcEar) ear = webrtc_ear_new (111);
  g_autofree char *offer = webrtc_ear_create_offer (ear);
  g_autoptr (Response) first = NULL;
  g_autofree char *location = NULL;
  g_autofree char *session = NULL;

  set_up ("[session]\nmax-webrtc-listeners = 2\n");
  hablad_client_expect (owner, "status");
  first = ask ("POST", ENDPOINT, SDP, offer);
  assert_status (ask ("POST", ENDPOINT, SDP, offer), 201, "v=0");
  assert_status (ask ("POST", ENDPOINT, SDP, offer), 503, "max-webrtc-listeners");
  location = get_header (first, "Location");
  session = g_strconcat ("/api/rooms/class/whep/", location, NULL);
  assert_status (ask ("DELETE", session, "", ""), 204, "");
  assert_status (ask ("POST", ENDPOINT, SDP, offer), 201, "v=0");
  tear_down ();

  set_up (NULL);
  hablad_client_expect (owner, "status");
  for (guint i = 0; i < 20; i++)
    assert_status (ask ("POST", ENDPOINT, SDP, offer), 201, "v=0");
  assert_status (ask ("POST", ENDPOINT, SDP, offer), 429, "of this address");
  tear_down ();
}

/* Another machine needs the join code, gets ports at the address that it knows, and leaves when the
 * code is renewed. */
static void
test_code (void)
{
  g_autofree char *address = network_address_find ();
  g_autoptr (WebrtcEar) ear = NULL;
  g_autofree char *offer = NULL;
  g_autofree char *code = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *candidate = NULL;
  g_autofree char *location = NULL;
  g_autofree char *session = NULL;
  g_autoptr (Response) response = NULL;

  if (!network_address_check (address))
    return;
  ear = webrtc_ear_new (111);
  offer = webrtc_ear_create_offer (ear);
  hablad = hablad_start_with_token (address, TOKEN);
  owner = hablad_client_new (hablad, ROOM);
  hablad_client_send (owner, "{'type':'hello','token':'" TOKEN "'}");
  code = hablad_read_code (owner);
  headers = g_strdup_printf (SDP "Habla-Code: %s\r\n", code);
  assert_status (ask ("POST", ENDPOINT, SDP, offer), 401, "detail");
  assert_status (ask ("POST", ENDPOINT, SDP "Habla-Code: AAAABBBB\r\n", offer), 401, "code");
  response = ask ("POST", ENDPOINT, headers, offer);
  g_assert_cmpuint (response->status, ==, 201);
  candidate = g_strdup_printf (" %s ", address);
  g_assert_nonnull (strstr (response->body, candidate));
  g_assert_null (strstr (response->body, "127.0.0.1 5"));
  location = get_header (response, "Location");
  session = g_strconcat ("/api/rooms/class/whep/", location, NULL);
  assert_status (ask ("DELETE", session, "", ""), 401, "detail");
  assert_status (ask ("POST", "/api/rooms/class/code", "Authorization: Bearer " TOKEN "\r\n", ""),
      200, "code");
  assert_status (ask ("DELETE", session, "Authorization: Bearer " TOKEN "\r\n", ""), 404,
      "no such WebRTC session");
  tear_down ();
}

/* Switched off, or without libnice: the page is told so, and uses MP3. */
static void
assert_not_offered (const char *words)
{
  JsonArray *formats;

  formats = json_object_get_array_member (hablad_client_expect (owner, "status"), "headphones");
  g_assert_cmpuint (json_array_get_length (formats), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (formats, 0), ==, "mp3");
  assert_status (ask ("POST", ENDPOINT, SDP, "v=0\r\n"), 501, words);
}

/* Returns: (transfer full): a folder with plugins, but without that of libnice */
static char *
link_plugins (void)
{
  static const char *const names[] = { "app", "audioconvert", "audioresample", "audiotestsrc",
    "coreelements", "dtls", "lame", "opus", "rtp", "rtpmanager", "srtp", "webrtc" };
  g_autoptr (GstPlugin) core = gst_registry_find_plugin (gst_registry_get (), "coreelements");
  g_autofree char *system = g_path_get_dirname (gst_plugin_get_filename (core));
  char *folder = g_build_filename (habla_test_get_dir (), "plugins", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *name = g_strdup_printf ("libgst%s.so", names[i]);
    g_autofree char *from = g_build_filename (system, name, NULL);
    g_autofree char *to = g_build_filename (folder, name, NULL);

    g_assert_cmpint (symlink (from, to), ==, 0);
  }
  return folder;
}

static void
test_not_offered (void)
{
  g_autofree char *before = g_strdup (g_getenv ("GST_REGISTRY"));
  g_autofree char *registry = g_build_filename (habla_test_get_dir (), "registry", NULL);
  g_autofree char *plugins = link_plugins ();

  set_up ("[session]\nmax-webrtc-listeners = 0\n");
  assert_not_offered ("max-webrtc-listeners");
  tear_down ();
  g_setenv ("GST_REGISTRY", registry, TRUE);
  g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", plugins, TRUE);
  set_up (NULL);
  assert_not_offered ("gstreamer1.0-nice");
  tear_down ();
  g_unsetenv ("GST_PLUGIN_SYSTEM_PATH_1_0");
  if (before != NULL)
    g_setenv ("GST_REGISTRY", before, TRUE);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-whep/speech", test_speech);
  g_test_add_func ("/hablad-whep/end", test_end);
  g_test_add_func ("/hablad-whep/hostile", test_hostile);
  g_test_add_func ("/hablad-whep/limits", test_limits);
  g_test_add_func ("/hablad-whep/code", test_code);
  g_test_add_func ("/hablad-whep/not-offered", test_not_offered);
  return habla_test_run ();
}
