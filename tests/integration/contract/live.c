/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The WebSocket: messages, audio and traps. */
#include "contract.h"

#include <signal.h>
#include <string.h>

#define FINAL "transcript_final"

static const char *
get_string (JsonObject *object, const char *name)
{
  return json_object_get_string_member (object, name);
}

static guint
count (ContractPage *page, const char *type)
{
  return hablad_client_count (page->client, type);
}

static void
assert_quiet (ContractPage *page)
{
  g_autofree char *errors = hablad_client_join (page->client, "error", "message");

  g_assert_cmpstr (errors, ==, "");
}

/* Returns: (transfer full): all that was recognised on this connection */
static char *
get_words (ContractPage *page)
{
  return hablad_client_join (page->client, FINAL, "text");
}

void
contract_test_open (void)
{
  static const char *const texts[] = { "The house is big.", "I have two books.", NULL };
  g_autoptr (GPtrArray) spool = hablad_record ("webm", contract_speech);
  ContractPage *page = contract_page_load ();
  JsonObject *status, *translation;

  page->mode = "classroom";
  page->is_listening = TRUE;
  contract_page_open (page, texts, spool);
  status = g_ptr_array_index (hablad_client_get_messages (page->client), 0);
  g_assert_cmpstr (get_string (status, "type"), ==, "status");
  g_assert_true (json_object_get_boolean_member (status, "pipeline_ready"));
  g_assert_cmpint (json_object_get_int_member (status, "session_id"), >, 0);
  g_assert_cmpuint (count (page, "direction_changed"), ==, 1);
  /* The texts were typed before the audio was heard. */
  translation = hablad_client_expect (page->client, "translation");
  g_assert_cmpstr (get_string (translation, "translated"), ==, "La casa es grande.");
  translation = hablad_client_expect (page->client, "translation");
  g_assert_cmpstr (get_string (translation, "translated"), ==, "Tengo dos libros.");
  contract_page_stop (page, NULL);
  g_assert_cmpuint (count (page, "translation"), >, 2);

  hablad_client_send (page->client, "{'type':'segment_end'}");
  hablad_client_sync (page->client);
  assert_quiet (page);
  contract_page_close (page);
}

void
contract_test_bad_messages (void)
{
  static const char *const bad[] = { "{", "", "[]", "7", "'text'", "{}", "{'type':7}",
    "{'type':'shout'}", "{'type':'toggle_direction','direction':'en_to_fr'}",
    "{'type':'toggle_direction'}", "{'type':'set_mode','mode':'party'}", "{'type':'set_mode'}",
    "{'type':'text_input','text':''}", "{'type':'text_input'}", "{'type':'text_input','text':7}",
    "{'type':'rename_speaker','speaker_id':'nobody','name':'Ana'}", "{'type':'rename_speaker'}" };
  ContractPage *page = contract_page_load ();

  contract_page_open (page, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_test_message ("%s", bad[i]);
    hablad_client_send (page->client, bad[i]);
    hablad_client_expect_next (page->client, "error");
  }
  hablad_client_sync (page->client);
  hablad_client_send_text (page->client, "The house is big.");
  hablad_client_expect (page->client, "translation");
  contract_page_close (page);
}

/* Returns: (transfer none): the only speaker of the next speakers_updated */
static JsonObject *
expect_speaker (ContractPage *page)
{
  JsonObject *message = hablad_client_expect (page->client, "speakers_updated");
  JsonArray *speakers = json_object_get_array_member (message, "speakers");

  g_assert_cmpuint (json_array_get_length (speakers), ==, 1);
  return json_array_get_object_element (speakers, 0);
}

static gint64
expect_typed (ContractPage *page, const char *text, const char *translated, guint n_utterances)
{
  JsonObject *message, *speaker;

  hablad_client_send_text (page->client, text);
  speaker = json_object_get_object_member (hablad_client_expect (page->client, FINAL), "speaker");
  g_assert_cmpstr (get_string (speaker, "id"), ==, "MANUAL");
  g_assert_cmpint (json_object_get_int_member (speaker, "utterance_count"), ==, n_utterances);
  message = hablad_client_expect (page->client, "translation");
  speaker = json_object_get_object_member (message, "speaker");
  g_assert_cmpstr (get_string (message, "translated"), ==, translated);
  g_assert_cmpstr (get_string (speaker, "id"), ==, "MANUAL");
  g_assert_cmpint (json_object_get_int_member (speaker, "utterance_count"), ==, n_utterances);
  g_assert_false (json_object_get_boolean_member (message, "has_audio"));
  return json_object_get_int_member (message, "exchange_id");
}

void
contract_test_typed (void)
{
  ContractPage *page = contract_page_load ();
  gint64 first, second, session;
  JsonObject *message;

  contract_page_open (page, NULL, NULL);
  first = expect_typed (page, "The house is big.", "La casa es grande.", 1);
  second = expect_typed (page, "I have two books.", "Tengo dos libros.", 2);
  g_assert_cmpint (second, >, first);
  hablad_client_send (page->client, "{'type':'rename_speaker','speaker_id':'MANUAL','name':'Ana'}");
  g_assert_cmpstr (get_string (expect_speaker (page), "custom_name"), ==, "Ana");
  contract_page_lose (page);

  contract_page_open (page, NULL, NULL);
  message = g_ptr_array_index (hablad_client_get_messages (page->client), 0);
  session = json_object_get_int_member (message, "session_id");
  g_assert_cmpint (json_object_get_int_member (message, "speaker_count"), ==, 1);
  hablad_client_send (page->client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_client_expect (page->client, "direction_changed");
  expect_typed (page, "La casa es grande.", "The house is big.", 3);
  hablad_client_send_text (page->client, "Tengo dos libros.");
  message = json_object_get_object_member (hablad_client_expect (page->client, FINAL), "speaker");
  g_assert_cmpstr (get_string (message, "custom_name"), ==, "Ana");

  hablad_client_send (page->client, "{'type':'new_session'}");
  message = hablad_client_expect (page->client, "session_reset");
  g_assert_cmpint (json_object_get_int_member (message, "session_id"), !=, session);
  g_assert_cmpstr (get_string (message, "direction"), ==, "es_to_en");
  assert_quiet (page);
  contract_page_close (page);
}

/* Returns: (transfer none): in the first speakers_updated */
static JsonObject *
get_first_speaker (ContractPage *page)
{
  GPtrArray *messages = hablad_client_get_messages (page->client);

  for (guint i = 0; i < messages->len; i++)
    if (g_str_equal (get_string (messages->pdata[i], "type"), "speakers_updated"))
      return json_array_get_object_element (
          json_object_get_array_member (messages->pdata[i], "speakers"), 0);
  g_error ("There is no speakers_updated");
}

/* Each tab of a browser works, whichever was opened last. */
void
contract_test_tabs (void)
{
  ContractPage *first = contract_page_load ();
  ContractPage *second = contract_page_load ();

  g_free (second->cookie);
  second->cookie = g_strdup (first->cookie);
  contract_page_open (first, NULL, NULL);
  contract_page_open (second, NULL, NULL);
  expect_typed (second, "The house is big.", "La casa es grande.", 1);
  hablad_client_expect (first->client, "translation");
  expect_typed (first, "I have two books.", "Tengo dos libros.", 2);
  hablad_client_expect (second->client, "translation");
  expect_typed (second, "The house is big.", "La casa es grande.", 3);
  hablad_client_expect (first->client, "translation");
  assert_quiet (first);
  assert_quiet (second);
  contract_page_close (second);
  expect_typed (first, "I have two books.", "Tengo dos libros.", 4);
  assert_quiet (first);
  contract_page_close (first);
}

/* Speech as it is spoken: a chunk a second, and the last one after the button. */
void
contract_test_speech (void)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", contract_speech);
  g_autoptr (GBytes) last = g_bytes_ref (g_ptr_array_index (chunks, chunks->len - 1));
  g_autofree char *words = NULL;
  ContractPage *page = contract_page_load ();
  JsonObject *message;

  g_ptr_array_set_size (chunks, chunks->len - 1);
  contract_page_open (page, NULL, NULL);
  contract_page_listen (page);
  hablad_client_send_recording (page->client, chunks, TRUE);
  message = contract_page_stop (page, last);
  g_assert_cmpint (
      json_object_get_int_member (message, "segments_processed"), ==, count (page, FINAL));
  g_assert_cmpfloat (json_object_get_double_member (message, "total_speech_seconds"), >, 1);
  g_assert_cmpuint (count (page, FINAL), >, 0);
  g_assert_cmpuint (count (page, "translation"), ==, count (page, FINAL));
  /* Counts are those after the utterance. */
  g_assert_cmpint (json_object_get_int_member (get_first_speaker (page), "utterance_count"), ==, 1);
  /* A busy machine drops partial results first, and says so; the chunks are not the reason. */
  if (count (page, "overload") == 0) {
    g_assert_cmpuint (count (page, "partial"), >, 0);
    g_assert_cmpuint (count (page, "partial_translation"), >, 0);
  }
  assert_quiet (page);
  words = get_words (page);
  contract_page_close (page);

  /* The last chunk was heard. */
  page = contract_page_load ();
  g_ptr_array_add (chunks, g_bytes_ref (last));
  contract_page_open (page, NULL, NULL);
  contract_page_listen (page);
  hablad_client_send_recording (page->client, chunks, FALSE);
  contract_page_stop (page, NULL);
  {
    g_autofree char *whole = get_words (page);

    g_assert_cmpstr (words, ==, whole);
    g_assert_cmpuint (strlen (whole), >, 10);
  }
  contract_page_close (page);
}

void
contract_test_containers (void)
{
  static const char *const containers[] = { "mp4", "ogg" };
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("voaacenc");

  for (guint i = encoder == NULL; i < G_N_ELEMENTS (containers); i++) {
    g_autoptr (GPtrArray) chunks = hablad_record (containers[i], contract_speech);
    g_autofree char *words = NULL;
    ContractPage *page = contract_page_load ();

    g_test_message ("%s: %u chunks", containers[i], chunks->len);
    g_assert_cmpuint (chunks->len, >, 2);
    contract_page_open (page, NULL, NULL);
    contract_page_listen (page);
    hablad_client_send_recording (page->client, chunks, FALSE);
    contract_page_stop (page, NULL);
    words = get_words (page);
    g_assert_cmpuint (strlen (words), >, 10);
    assert_quiet (page);
    contract_page_close (page);
  }
}

/* The recorder continues: the new connection gets chunks without a header. */
void
contract_test_reconnect (void)
{
  static const char *const speech[] = { HABLAD_SPEECH (880), HABLAD_SILENCE, HABLAD_SPEECH (880),
    NULL };
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", speech);
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autofree char *words = NULL;
  ContractPage *page = contract_page_load ();
  gint64 session;

  contract_page_open (page, NULL, NULL);
  session = json_object_get_int_member (
      g_ptr_array_index (hablad_client_get_messages (page->client), 0), "session_id");
  contract_page_listen (page);
  for (guint i = 0; i < 2; i++)
    hablad_client_send_audio (page->client, g_ptr_array_index (chunks, i));
  hablad_client_sync (page->client);
  contract_page_lose (page);

  for (guint i = 2; i < chunks->len; i++)
    g_ptr_array_add (rest, g_ptr_array_index (chunks, i));
  contract_page_open (page, NULL, rest);
  g_assert_cmpint (
      json_object_get_int_member (
          g_ptr_array_index (hablad_client_get_messages (page->client), 0), "session_id"),
      ==, session);
  contract_page_stop (page, NULL);
  words = get_words (page);
  g_assert_cmpuint (strlen (words), >, 20);
  assert_quiet (page);
  contract_page_close (page);
}

/* Ten minutes without a connection, most of it silence: all arrives at once, without a toast. */
void
contract_test_spool (void)
{
  static const char *const speech[] = { HABLAD_SPEECH (880), HABLAD_SILENCE_OF (590),
    HABLAD_SPEECH (930), NULL };
  g_autoptr (GPtrArray) spool = hablad_record ("webm", speech);
  ContractPage *page = contract_page_load ();
  JsonObject *stopped;

  g_assert_cmpuint (spool->len, >=, 590);
  page->is_listening = TRUE;
  contract_page_open (page, NULL, spool);
  stopped = contract_page_stop (page, NULL);
  g_assert_cmpint (json_object_get_int_member (stopped, "segments_processed"), >=, 2);
  g_assert_cmpfloat (json_object_get_double_member (stopped, "total_speech_seconds"), >, 3);
  assert_quiet (page);
  contract_page_close (page);
}

/* The recorder continues after a refused start, and after a toggle. */
void
contract_test_silence (void)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", contract_speech);
  ContractPage *page = contract_page_load ();
  guint n;

  contract_page_open (page, NULL, NULL);
  hablad_client_send_recording (page->client, chunks, FALSE);
  hablad_client_sync (page->client);
  assert_quiet (page);

  /* A toggle while it listens: Spanish is not heard here, but may be typed. */
  contract_page_listen (page);
  hablad_client_send_audio (page->client, g_ptr_array_index (chunks, 0));
  hablad_client_send_audio (page->client, g_ptr_array_index (chunks, 1));
  hablad_client_send (page->client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_client_sync (page->client);
  hablad_client_send_recording (page->client, chunks, FALSE);
  hablad_client_sync (page->client);
  hablad_client_send_text (page->client, "La casa es grande.");
  hablad_client_expect (page->client, "translation");
  hablad_wait_for_metric (contract_hablad, "habla_sessions{state=\"listening\"}", 0);
  hablad_wait_for_metric (contract_hablad, "habla_sessions{state=\"draining\"}", 0);
  hablad_client_sync (page->client);
  g_assert_false (hablad_client_has (page->client, "listening_stopped"));

  g_assert_cmpuint (count (page, "error"), ==, 1);

  /* Back again: the recorder still runs, and has no new header. */
  hablad_client_send (page->client, "{'type':'toggle_direction','direction':'en_to_es'}");
  for (guint i = 1; i < chunks->len; i++)
    hablad_client_send_audio (page->client, g_ptr_array_index (chunks, i));
  hablad_client_expect (page->client, "listening_started");
  n = count (page, FINAL);
  contract_page_stop (page, NULL);
  g_assert_cmpuint (count (page, FINAL), >, n);

  /* A start that is refused; then the button. */
  contract_page_listen (page);
  hablad_client_send (page->client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_wait_for_metric (contract_hablad, "habla_sessions{state=\"listening\"}", 0);
  contract_page_stop (page, NULL);
  hablad_client_send (page->client, "{'type':'start_listening'}");
  hablad_client_send_recording (page->client, chunks, FALSE);
  hablad_client_sync (page->client);
  g_assert_cmpuint (count (page, "error"), ==, 3);
  contract_page_close (page);
}

/* The page starts its recorder again, while the server still listens to the earlier one. */
void
contract_test_second_start (void)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", contract_speech);
  g_autofree char *words = NULL;
  ContractPage *page = contract_page_load ();

  contract_page_open (page, NULL, NULL);
  contract_page_listen (page);
  hablad_client_send_audio (page->client, g_ptr_array_index (chunks, 0));
  contract_page_listen (page);
  hablad_client_send_recording (page->client, chunks, FALSE);
  contract_page_stop (page, NULL);
  words = get_words (page);
  g_assert_cmpuint (strlen (words), >, 10);
  assert_quiet (page);
  contract_page_close (page);
}

/* Returns: (transfer full): what is recognised in a recording. @n_earlier: chunks that a recorder
 * sends before this one begins, and after that one for each of this one; 0 = it is alone */
static char *
hear (GPtrArray *chunks, guint n_earlier)
{
  ContractPage *page = contract_page_load ();
  char *words;

  contract_page_open (page, NULL, NULL);
  contract_page_listen (page);
  for (guint i = 0; i < n_earlier; i++)
    hablad_client_send_audio (page->client, g_ptr_array_index (chunks, i));
  if (n_earlier > 0)
    contract_page_listen (page);
  for (guint i = 0; i < chunks->len; i++) {
    hablad_client_send_audio (page->client, g_ptr_array_index (chunks, i));
    if (n_earlier > 0 && n_earlier + i < chunks->len)
      hablad_client_send_audio (page->client, g_ptr_array_index (chunks, n_earlier + i));
  }
  contract_page_stop (page, NULL);
  words = get_words (page);
  assert_quiet (page);
  contract_page_close (page);
  return words;
}

/* The earlier recorder goes on beside the new one: the new one alone is heard. */
void
contract_test_two_recorders (void)
{
  static const char *const containers[] = { "webm", "mp4" };
  static const char *const speech[] = { HABLAD_SPEECH (880), HABLAD_SPEECH (930), NULL };
  g_autoptr (GstElementFactory) encoder = gst_element_factory_find ("voaacenc");

  for (guint i = 0; i < G_N_ELEMENTS (containers) - (encoder == NULL); i++) {
    g_autoptr (GPtrArray) chunks = hablad_record (containers[i], speech);
    g_autofree char *alone = hear (chunks, 0);
    g_autofree char *both = hear (chunks, 2);

    g_test_message ("%s: %s | %s", containers[i], alone, both);
    g_assert_cmpuint (strlen (alone), >, 10);
    g_assert_true (g_str_has_suffix (both, alone));
  }
}

/* The recording that is replaced is damaged, which shows when the new one waits already. */
void
contract_test_damaged_first (void)
{
  static const guint8 damaged[4096] = { 0x1a, 0x45, 0xdf, 0xa3, 0xff, 0xff };
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", contract_speech);
  g_autoptr (GBytes) first = g_bytes_new_static (damaged, sizeof damaged);
  g_autofree char *words = NULL;
  ContractPage *page = contract_page_load ();

  contract_page_open (page, NULL, NULL);
  contract_page_listen (page);
  hablad_client_send_audio (page->client, first);
  hablad_client_send (page->client, "{'type':'start_listening'}");
  hablad_client_send_recording (page->client, chunks, FALSE);
  contract_page_stop (page, NULL);
  words = get_words (page);
  g_assert_cmpuint (strlen (words), >, 10);
  g_assert_cmpuint (count (page, "error"), <=, 1);
  contract_page_close (page);
}

/* A client that gets listening_stopped does not start again after it has reconnected. */
void
contract_test_shutdown (void)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", contract_speech);
  ContractPage *page = contract_page_load ();

  contract_page_open (page, NULL, NULL);
  contract_page_listen (page);
  hablad_client_send_audio (page->client, g_ptr_array_index (chunks, 0));
  hablad_client_sync (page->client);
  hablad_signal (contract_hablad, SIGTERM);
  g_assert_cmpuint (hablad_client_wait_closed (page->client), ==, 1001);
  g_assert_false (hablad_client_has (page->client, "listening_stopped"));
  contract_page_check (page);
  g_assert_cmpint (hablad_wait (contract_hablad, 60), ==, 0);
  hablad_client_free (page->client);
  g_free (page->cookie);
  g_free (page);
}
