/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an owner reads about the detection of the language, with a real element that detects. */
#define _GNU_SOURCE /* memmem() */
#include "habla-test.h"
#include "test-api.h"
#include "test-engine.h"

#include <string.h>

#define HANDSHAKE \
  "GET /ws/translate HTTP/1.1\r\nHost: localhost\r\n" \
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

static const char *const heard[] = { "en", "es", NULL };
static const char *const pairs[] = { "en>es", "es>en", "en>fr", NULL };
static const TestEngine engines[] = {
  { "detectingtranscriber", HABLA_ENGINE_TRANSCRIBER, GST_RANK_MARGINAL, heard, NULL, NULL, TRUE },
  { "detectiontranslator", HABLA_ENGINE_TRANSLATOR, GST_RANK_PRIMARY, pairs },
};

/* Reads until @text has come, and forgets what was before. */
static void
expect (GSocketConnection *owner, const char *text)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (owner));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  while (bytes->len == 0 || memmem (bytes->data, bytes->len, text, strlen (text)) == NULL) {
    g_autoptr (GError) error = NULL;
    guint8 byte;

    if (g_input_stream_read (input, &byte, 1, NULL, &error) != 1)
      g_error ("“%s” has not come: %s", text, error != NULL ? error->message : "end of stream");
    g_byte_array_append (bytes, &byte, 1);
  }
}

/* Sends a frame with a mask of zeros. */
static void
send_text (GSocketConnection *owner, const char *text)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (owner));
  guint8 head[] = { 0x81, 0x80 | strlen (text), 0, 0, 0, 0 };

  g_assert_cmpuint (strlen (text), <, 126);
  g_assert_true (g_output_stream_write_all (output, head, sizeof head, NULL, NULL, NULL));
  g_assert_true (g_output_stream_write_all (output, text, strlen (text), NULL, NULL, NULL));
}

static void
assert_status_has (TestServer *test, const char *text)
{
  g_autofree char *response =
      test_ask (test, "GET /api/system/status HTTP/1.1\r\nHost: localhost\r\n\r\n");

  if (strstr (response, text) == NULL)
    g_error ("“%s” is not in “%s”", text, response);
}

static void
ask (TestServer *test, gpointer data)
{
  static const char enable[] = "{\"auto_language\":true}";
  g_autofree char *request = g_strdup_printf ("POST /api/system/asr/language HTTP/1.1\r\n"
                                              "Host: localhost\r\nContent-Length: %zu\r\n\r\n%s",
      strlen (enable), enable);
  g_autofree char *response = NULL;
  g_autoptr (GSocketConnection) owner = test_connect (test);

  test_send (owner, HANDSHAKE);
  expect (owner, "\"auto_language\":false,\"can_detect_language\":true");
  assert_status_has (test, "\"asr_auto_language\":false");

  send_text (owner, "{\"type\":\"set_engines\",\"auto_language\":true}");
  expect (owner, "\"auto_language\":true,\"can_detect_language\":true");
  assert_status_has (test, "\"asr_auto_language\":true");
  send_text (owner, "{\"type\":\"set_engines\",\"auto_language\":false,\"translator\":\"\"}");
  expect (owner, "\"auto_language\":true,\"can_detect_language\":true");
  expect (owner, "\"auto_language\":false,\"can_detect_language\":true");
  response = test_ask (test, request);
  g_assert_nonnull (strstr (response, enable));
  expect (owner, "\"auto_language\":true,\"can_detect_language\":true");

  /* The element does not hear French. */
  send_text (owner, "{\"type\":\"set_languages\",\"target_languages\":[\"fr\"]}");
  expect (owner, "\"auto_language\":false,\"can_detect_language\":false");
  send_text (owner, "{\"type\":\"set_languages\",\"target_languages\":[\"es\"]}");
  expect (owner, "\"auto_language\":true,\"can_detect_language\":true");
}

static void
test_owner (void)
{
  TestServer *test = test_api_new ();

  test_server_start (test);
  test_server_run (test, ask, NULL);
  test_server_free (test);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (engines); i++)
    test_engine_register (NULL, &engines[i]);
  g_test_add_func ("/detection/owner", test_owner);
  return habla_test_run ();
}
