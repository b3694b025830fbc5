/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session of hablad whose transcriber is a server that dies in the middle. */
#include "ear.h"
#include "habla-test.h"
#include "hablad.h"
#include "remote-server.h"
#include "speech.h"

#include <string.h>

/* Each sentence is followed by silence, which ends it. */
static const char *const lesson[] = { HABLAD_SPEECH (880), HABLAD_SILENCE, HABLAD_SPEECH (930),
  HABLAD_SILENCE, HABLAD_SPEECH (880), HABLAD_SILENCE, HABLAD_SPEECH (930), HABLAD_SILENCE, NULL };
#define N_SENTENCES 4
/* Sentences that the server recognises. */
#define N_SERVED 2
#define SERVED "The house is big."

static gint n_terms; /* atomic: requests with the terms of the glossary */

/* On a thread of the server. */
static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  g_assert_cmpstr (call->path, ==, "/v1/audio/transcriptions");
  if (strstr (call->body, "\r\n\r\nbig house, Dashwood.") != NULL)
    g_atomic_int_inc (&n_terms);
  reply->body = g_strdup ("{\"text\": \"" SERVED "\"}");
  if (call->number >= N_SERVED)
    reply->fault = REMOTE_FAULT_HANG_UP;
}

static const char *
get_text (HabladClient *client)
{
  return json_object_get_string_member (hablad_client_expect (client, "transcript_final"), "text");
}

static Hablad *
start_with_glossary (const char *const *options, const char *path)
{
  g_assert_true (g_file_set_contents (path, "big house = casona\nDashwood =\n", -1, NULL));
  return hablad_start (options);
}

static void
test_dies (void)
{
  g_autoptr (RemoteServer) server = remote_server_new (answer, NULL, NULL);
  g_autofree char *glossary = g_build_filename (habla_test_get_dir (), "terms.txt", NULL);
  g_autofree char *config =
      g_strdup_printf ("[session]\ntranscriber=openaitranscriber url=%s timeout=%u max-retries=0 "
                       "fallback=\"pocketsphinxtranscriber partials=false\"\nglossary=%s\n",
          remote_server_get_url (server), habla_test_scale (20000), glossary);
  g_autofree char *option = hablad_write_config (config);
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = start_with_glossary (options, glossary);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", lesson);
  g_autofree char *error = NULL;

  hablad_client_start_listening (client);
  hablad_client_send_recording (client, recording, FALSE);
  for (guint i = 0; i < N_SERVED; i++)
    g_assert_cmpstr (get_text (client), ==, SERVED);
  g_assert_cmpint (g_atomic_int_get (&n_terms), >=, N_SERVED);
  for (guint i = N_SERVED; i < N_SENTENCES; i++) {
    g_autofree char *transcript = speech_load_transcript (i % 2 == 0 ? 1 : 4);
    const char *text = get_text (client);

    g_test_message ("%s", text);
    g_assert_cmpuint (speech_count_errors (transcript, text), <=, 2);
  }
  hablad_client_request_stop (client);
  hablad_client_expect (client, "listening_stopped");
  g_assert_cmpuint (hablad_client_count (client, "transcript_final"), ==, N_SENTENCES);
  g_assert_cmpuint (hablad_client_count (client, "translation"), ==, N_SENTENCES);
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, 1);
  error = hablad_client_join (client, "error", "message");
  g_assert_true (
      g_str_has_prefix (error, "pocketsphinxtranscriber replaces openaitranscriber until"));
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* On a thread of the server. */
static void
answer_in_spanish (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  reply->body = g_strdup ("{\"text\": \"La casa es grande.\", \"language\": \"spanish\"}");
}

/* The server tells the language, and the direction follows after two sentences. */
static void
test_detects (void)
{
  g_autoptr (RemoteServer) server = remote_server_new (answer_in_spanish, NULL, NULL);
  g_autofree char *config =
      g_strdup_printf ("[session]\ntranscriber=openaitranscriber url=%s timeout=%u fallback=none\n",
          remote_server_get_url (server), habla_test_scale (20000));
  g_autofree char *option = hablad_write_config (config);
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = hablad_start (options);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", lesson);
  JsonObject *message = hablad_client_expect (client, "status");

  g_assert_true (json_object_get_boolean_member (message, "can_detect_language"));
  g_assert_false (json_object_get_boolean_member (message, "auto_language"));
  hablad_client_send (client, "{\"type\":\"set_engines\",\"auto_language\":true}");
  message = hablad_client_expect (client, "status");
  g_assert_true (json_object_get_boolean_member (message, "auto_language"));
  hablad_client_start_listening (client);
  hablad_client_send_recording (client, recording, FALSE);
  message = hablad_client_expect (client, "direction_changed");
  g_assert_cmpstr (json_object_get_string_member (message, "direction"), ==, "es_to_en");
  hablad_client_send_text (client, "La casa es grande.");
  do
    message = hablad_client_expect (client, "translation");
  while (strstr (json_object_get_string_member (message, "translated"), "house") == NULL);
  hablad_client_request_stop (client);
  hablad_client_expect (client, "listening_stopped");
  g_assert_cmpuint (hablad_client_count (client, "transcript_final"), ==, N_SENTENCES + 1);
  g_assert_cmpuint (hablad_client_count (client, "direction_changed"), ==, 1);
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, 0);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* On a thread of the server: a tone of half a second. */
static void
answer_speech (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  gint16 *samples = g_new (gint16, EAR_RATE / 2);

  g_assert_cmpstr (call->path, ==, "/v1/audio/speech");
  g_assert_nonnull (strstr (call->body, "casa"));
  for (guint i = 0; i < EAR_RATE / 2; i++)
    samples[i] = i / 30 % 2 == 0 ? 8000 : -8000;
  reply->type = "audio/pcm";
  reply->body = (char *) samples;
  reply->size = EAR_RATE;
}

/* Listeners hear the server of the setting synthesizer. */
static void
test_speaks (void)
{
  g_autoptr (RemoteServer) server = remote_server_new (answer_speech, NULL, NULL);
  g_autofree char *config =
      g_strdup_printf ("[session]\nsynthesizer=openaisynthesizer url=%s timeout=%u fallback=none "
                       "response-format=pcm\n",
          remote_server_get_url (server), habla_test_scale (20000));
  g_autofree char *option = hablad_write_config (config);
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = hablad_start (options);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, "room=class");
  g_autoptr (Ear) ear = NULL;

  hablad_client_expect (client, "status");
  ear = ear_new (hablad, "/api/rooms/class/audio/es.mp3");
  g_assert_true (g_str_has_prefix (ear_get_head (ear), "HTTP/1.1 200 "));
  hablad_client_send_text (client, "The house is red");
  hablad_client_expect (client, "translation");
  remote_server_wait_for_calls (server, 1);
  ear_await_sound (ear, 0);
  g_clear_pointer (&ear, ear_free);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A room may use the languages of a server that no engine of this machine has. */
static void
test_languages (void)
{
  const char *config = "[session]\ntranscriber=openaitranscriber url=http://127.0.0.1:1\n";
  g_autofree char *option = hablad_write_config (config);
  const char *const options[] = { option, NULL };
  g_autoptr (Hablad) hablad = hablad_start (options);
  guint status;
  g_autofree char *languages = hablad_get (hablad, "/api/system/status", &status);

  g_assert_cmpuint (status, ==, 200);
  g_test_message ("%s", languages);
  g_assert_nonnull (strstr (languages, "\"sw\""));
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-remote-audio/dies", test_dies);
  g_test_add_func ("/hablad-remote-audio/detects", test_detects);
  g_test_add_func ("/hablad-remote-audio/speaks", test_speaks);
  g_test_add_func ("/hablad-remote-audio/languages", test_languages);
  return habla_test_run ();
}
