/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "remote-server.h"
#include "text-harness.h"

#include <string.h>

#define KEY "secret-0123456789"

typedef struct {
  GMutex lock;
  GString *requests; /* protected by lock; paths and bodies */
} Log;

static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  Log *self = data;

  g_mutex_lock (&self->lock);
  g_string_append_printf (self->requests, "%s %s\n", call->path, call->body);
  g_mutex_unlock (&self->lock);
  if (g_str_equal (call->path, "/languages"))
    reply->body = g_strdup ("[{\"code\":\"en\",\"targets\":[\"en\",\"es\"]}]");
  else if (strstr (call->body, "\"q\":[") != NULL)
    reply->body = g_strdup ("{\"translatedText\":[\"Uno\",\"Dos\"]}");
  else
    reply->body = g_strdup ("{\"translatedText\":\"Hola\"}");
}

static void
check_text (GstHarness *harness, const char *text, const char *expected)
{
  g_autoptr (GstBuffer) buffer = NULL;
  g_autofree char *translation = NULL;
  gsize size;

  g_assert_cmpint (gst_harness_push (harness, text_harness_make_buffer (text, 0)), ==, GST_FLOW_OK);
  buffer = gst_harness_pull (harness);
  size = gst_buffer_get_size (buffer);
  translation = g_malloc0 (size + 1);
  gst_buffer_extract (buffer, 0, translation, size);
  g_assert_cmpstr (translation, ==, expected);
}

static void
test_translate (void)
{
  Log log = { .requests = g_string_new (NULL) };
  RemoteServer *server = remote_server_new (answer, &log, NULL);
  GstElement *element = gst_element_factory_make ("libretranslatetranslator", NULL);
  GstHarness *harness;
  g_auto (GStrv) before = NULL;
  g_auto (GStrv) pairs = NULL;
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  g_setenv ("HABLA_TEST_KEY", KEY, TRUE);
  gst_object_ref_sink (element);
  g_object_set (element, "url", remote_server_get_url (server), "fallback", "", "timeout",
      habla_test_scale (20000), "connect-timeout", habla_test_scale (20000), "api-key-env",
      "HABLA_TEST_KEY", NULL);
  g_object_get (element, "available-pairs", &before, NULL);
  g_assert_cmpuint (g_strv_length (before), >, 100);
  harness = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (harness, "text/x-raw, format=utf8");
  check_text (harness, "Hello", "Hola");
  check_text (harness, "One\nTwo", "Uno\nDos");
  while (g_strv_length (pairs != NULL ? pairs : before) != 1) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
    g_clear_pointer (&pairs, g_strfreev);
    g_object_get (element, "available-pairs", &pairs, NULL);
  }
  g_assert_cmpstr (pairs[0], ==, "en>es");
  gst_element_set_state (element, GST_STATE_NULL);
  gst_harness_teardown (harness);
  gst_object_unref (element);
  remote_server_free (server);
  g_assert_nonnull (strstr (log.requests->str,
      "/translate {\"q\":\"Hello\",\"source\":\"en\",\"target\":\"es\",\"format\":\"text\","
      "\"api_key\":\"" KEY "\"}\n"));
  g_assert_nonnull (strstr (log.requests->str, "/translate {\"q\":[\"One\",\"Two\"],"));
  g_string_free (log.requests, TRUE);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/libretranslatetranslator/translate", test_translate);

  return habla_test_run ();
}
