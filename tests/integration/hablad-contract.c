/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The wire protocol of existing browser clients, message by message. */
#include "habla-test.h"
#include "hablad.h"

#include <signal.h>
#include <string.h>

/* The two shortest recordings, 3 s each. */
static const char *const one_file[] = { HABLAD_SPEECH (880), NULL };
static const char *const two_files[] = { HABLAD_SPEECH (880), HABLAD_SPEECH (930), NULL };

static void
assert_members (JsonObject *object, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (!json_object_has_member (object, names[i]))
      g_error ("Member %s is missing", names[i]);
}

static void
assert_null (JsonObject *object, const char *name)
{
  g_assert_true (json_object_has_member (object, name));
  g_assert_true (json_object_get_null_member (object, name));
}

/* Expects the messages of an exchange.
 * Returns: the id of the exchange */
static gint64
expect_exchange (HabladClient *client, const char *source, const char *translated)
{
  static const char *const members[] = { "exchange_id", "speaker", "source", "corrected",
    "translated", "idioms", "is_correction", "correction_detail", "confidence", "has_audio",
    "timestamp", NULL };
  JsonObject *final = hablad_client_expect (client, "transcript_final");
  JsonObject *translation;
  g_autofree char *text = g_strdup (json_object_get_string_member (final, "text"));
  g_autoptr (GDateTime) time = NULL;
  double confidence;

  if (source != NULL)
    g_assert_cmpstr (text, ==, source);
  translation = hablad_client_expect (client, "translation");
  assert_members (translation, members);
  g_assert_cmpstr (json_object_get_string_member (translation, "source"), ==, text);
  if (translated != NULL)
    g_assert_cmpstr (json_object_get_string_member (translation, "translated"), ==, translated);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (translation, "idioms")), ==, 0);
  assert_null (translation, "correction_detail");
  confidence = json_object_get_double_member (translation, "confidence");
  g_assert_true (confidence >= 0 && confidence <= 1);
  time =
      g_date_time_new_from_iso8601 (json_object_get_string_member (translation, "timestamp"), NULL);
  g_assert_nonnull (time);
  return json_object_get_int_member (translation, "exchange_id");
}

static void
test_open (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  JsonObject *status = hablad_client_expect_next (client, "status");

  g_assert_true (json_object_get_boolean_member (status, "pipeline_ready"));
  g_assert_cmpint (json_object_get_int_member (status, "session_id"), >, 0);
  g_assert_cmpstr (json_object_get_string_member (status, "direction"), ==, "en_to_es");
  g_assert_cmpstr (json_object_get_string_member (status, "mode"), ==, "conversation");
  g_assert_cmpint (json_object_get_int_member (status, "speaker_count"), ==, 0);

  hablad_client_send (client, "{'type':'toggle_direction','direction':'en_to_es'}");
  hablad_client_expect_next (client, "direction_changed");
  hablad_client_send (client, "{'type':'set_mode','mode':'classroom'}");
  g_assert_cmpstr (
      json_object_get_string_member (hablad_client_expect_next (client, "mode_changed"), "mode"),
      ==, "classroom");
  hablad_client_send (client, "{'type':'ping'}");
  hablad_client_expect_next (client, "pong");
  hablad_client_send (client, "{'type':'segment_end'}");
  hablad_client_send (client, "{'type':'ping'}");
  hablad_client_expect_next (client, "pong");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_typed (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  JsonObject *speakers, *speaker;
  gint64 first, second;

  hablad_client_send_text (client, "The house is big.");
  speakers = hablad_client_expect (client, "speakers_updated");
  speaker = json_array_get_object_element (json_object_get_array_member (speakers, "speakers"), 0);
  g_assert_cmpstr (json_object_get_string_member (speaker, "id"), ==, "MANUAL");
  g_assert_true (g_regex_match_simple (
      "^#[0-9a-fA-F]{3,8}$", json_object_get_string_member (speaker, "color"), 0, 0));
  first = expect_exchange (client, "The house is big.", "La casa es grande.");
  hablad_client_send_text (client, "I have two books.");
  second = expect_exchange (client, "I have two books.", "Tengo dos libros.");
  g_assert_cmpint (second, ==, first + 1);

  /* Spanish is not recognised, but it can be typed. */
  hablad_client_send (client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_client_expect (client, "direction_changed");
  hablad_client_send_text (client, "La casa es grande.");
  expect_exchange (client, "La casa es grande.", "The house is big.");
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_expect (client, "error");

  hablad_client_send (client, "{'type':'rename_speaker','speaker_id':'MANUAL','name':'Ana'}");
  speakers = hablad_client_expect (client, "speakers_updated");
  speaker = json_array_get_object_element (json_object_get_array_member (speakers, "speakers"), 0);
  g_assert_cmpstr (json_object_get_string_member (speaker, "custom_name"), ==, "Ana");

  hablad_client_send (client, "{'type':'new_session'}");
  hablad_client_expect (client, "session_reset");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Asserts that each transcript_final has one translation, in order. */
static void
assert_pairs (HabladClient *client)
{
  GPtrArray *messages = hablad_client_get_messages (client);
  g_autoptr (GQueue) open = g_queue_new ();

  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = g_ptr_array_index (messages, i);
    const char *type = json_object_get_string_member (message, "type");

    if (g_str_equal (type, "transcript_final")) {
      g_queue_push_tail (open, (gpointer) json_object_get_string_member (message, "text"));
    } else if (g_str_equal (type, "translation")) {
      g_assert_false (g_queue_is_empty (open));
      g_assert_cmpstr (
          json_object_get_string_member (message, "source"), ==, g_queue_pop_head (open));
    }
  }
  g_assert_true (g_queue_is_empty (open));
}

static void
listen (const char *container, gboolean paced)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record (container, paced ? one_file : two_files);
  JsonObject *message;

  hablad_client_expect (client, "status");
  hablad_client_send (client, "{'type':'start_listening'}");
  message = hablad_client_expect_next (client, "listening_started");
  g_assert_cmpstr (json_object_get_string_member (message, "mode"), ==, "continuous");
  g_assert_true (json_object_has_member (message, "recording"));
  hablad_client_send_recording (client, recording, paced);
  message = hablad_client_stop_listening (client);
  g_assert_cmpint (json_object_get_int_member (message, "segments_processed"), ==,
      hablad_client_count (client, "transcript_final"));
  g_assert_cmpfloat (json_object_get_double_member (message, "total_speech_seconds"), >, 1);
  g_assert_cmpuint (hablad_client_count (client, "transcript_final"), >, 0);
  /* An overloaded pipeline drops partial results first, and reports that. */
  if (paced && hablad_client_count (client, "overload") == 0)
    g_assert_cmpuint (hablad_client_count (client, "partial"), >, 0);
  assert_pairs (client);
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, 0);

  hablad_client_close (client);
  hablad_wait_for_metric (hablad, "habla_sessions{state=\"listening\"}", 0);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
test_listen_webm (void)
{
  listen ("webm", TRUE);
}

/* A client sends buffered audio at once. */
static void
test_burst (void)
{
  listen ("webm", FALSE);
}

static void
test_listen_ogg (void)
{
  listen ("ogg", FALSE);
}

/* The last chunk of MediaRecorder arrives after stop_listening and is recognised. */
static void
test_trailing_chunk (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", one_file);
  g_autofree char *texts[2] = { NULL };

  for (guint round = 0; round < 2; round++) {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
    gboolean trails = round == 1;

    hablad_client_send (client, "{'type':'start_listening'}");
    for (guint i = 0; i < recording->len; i++) {
      if (trails && i == recording->len - 1)
        hablad_client_send (client, "{'type':'stop_listening'}");
      hablad_client_send_audio (client, g_ptr_array_index (recording, i));
    }
    if (!trails)
      hablad_client_request_stop (client);
    hablad_client_expect (client, "listening_stopped");
    texts[round] = hablad_client_join (client, "transcript_final", "text");
    hablad_client_close (client);
  }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_assert_cmpuint (strlen (texts[0]), >, 10);
  g_free (g_steal_pointer (&texts[1]));
  hablad_stop (g_steal_pointer (&hablad));
}

/* A recorder goes on after a start that was refused: one error is enough. */
static void
test_not_listening (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", one_file);

  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_sync (client);
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, 0);
  hablad_client_send (client, "{'type':'start_listening','source':'nowhere'}");
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_sync (client);
  g_assert_cmpuint (hablad_client_count (client, "error"), ==, 1);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A client that gets listening_stopped does not start again after it has reconnected. */
static void
test_restart (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", one_file);

  hablad_client_start_listening (client);
  hablad_client_send_audio (client, g_ptr_array_index (recording, 0));
  hablad_client_sync (client);
  hablad_signal (hablad, SIGTERM);
  g_assert_cmpuint (hablad_client_wait_closed (client), ==, 1001);
  g_assert_false (hablad_client_has (client, "listening_stopped"));
  g_assert_cmpint (hablad_wait (hablad, 60), ==, 0);
}

static void
test_two_clients (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) one = hablad_client_new (hablad, NULL);
  g_autoptr (HabladClient) other = hablad_client_new (hablad, NULL);
  g_autoptr (GPtrArray) recording = hablad_record ("webm", one_file);

  hablad_client_send (one, "{'type':'start_listening'}");
  hablad_client_send (other, "{'type':'start_listening'}");
  hablad_client_expect (one, "listening_started");
  hablad_client_expect (other, "listening_started");
  hablad_client_send_recording (one, recording, FALSE);
  hablad_client_send_recording (other, recording, FALSE);
  hablad_client_request_stop (one);
  hablad_client_request_stop (other);
  hablad_client_expect (one, "listening_stopped");
  hablad_client_expect (other, "listening_stopped");
  g_autofree char *text = hablad_client_join (one, "transcript_final", "text");
  g_autofree char *other_text = hablad_client_join (other, "transcript_final", "text");
  g_assert_cmpstr (text, ==, other_text);
  assert_pairs (one);
  assert_pairs (other);
  hablad_client_close (one);
  hablad_client_close (other);
  g_clear_pointer (&one, hablad_client_free);
  g_clear_pointer (&other, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/open", test_open);
  g_test_add_func ("/hablad/typed", test_typed);
  g_test_add_func ("/hablad/listen/webm", test_listen_webm);
  g_test_add_func ("/hablad/listen/ogg", test_listen_ogg);
  g_test_add_func ("/hablad/burst", test_burst);
  g_test_add_func ("/hablad/trailing-chunk", test_trailing_chunk);
  g_test_add_func ("/hablad/two-clients", test_two_clients);
  g_test_add_func ("/hablad/not-listening", test_not_listening);
  g_test_add_func ("/hablad/restart-while-listening", test_restart);
  return habla_test_run ();
}
