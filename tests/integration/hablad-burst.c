/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client that was offline sends all of its buffered audio at once: half a minute of speech, or
 * HABLA_TEST_MINUTES. */
#include "habla-test.h"
#include "hablad.h"
#include "speech.h"

#include <string.h>

#define KEY "client=an-old-friend-0123456789"
#define BACKLOG 100000

static const char *const files[] = { HABLAD_SPEECH (870), HABLAD_SPEECH (880), HABLAD_SPEECH (890),
  HABLAD_SPEECH (920), HABLAD_SPEECH (930) };

#define SECONDS 30

static gboolean
is_long (void)
{
  return g_getenv ("HABLA_TEST_MINUTES") != NULL;
}

static guint
get_length (void)
{
  return is_long () ? 60 * atoi (g_getenv ("HABLA_TEST_MINUTES")) : SECONDS;
}

/* Records at least @length seconds of speech, with a pause before each sentence. The first chunk is
 * the header and silence. */
static GPtrArray *
record (guint length)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  double seconds = 0;

  for (guint i = 0; seconds < length; i++) {
    const char *name = files[i % G_N_ELEMENTS (files)];

    g_ptr_array_add (names, (gpointer) HABLAD_SILENCE);
    g_ptr_array_add (names, (gpointer) name);
    seconds += hablad_get_duration (HABLAD_SILENCE) + hablad_get_duration (name);
  }
  g_ptr_array_add (names, (gpointer) HABLAD_SILENCE);
  g_ptr_array_add (names, NULL);
  return hablad_record ("webm", (const char *const *) names->pdata);
}

static guint64
get_size (GPtrArray *recording, guint from)
{
  guint64 size = 0;

  for (guint i = from; i < recording->len; i++)
    size += g_bytes_get_size (recording->pdata[i]);
  return size;
}

static void
send_from (HabladClient *client, GPtrArray *recording, guint from)
{
  for (guint i = from; i < recording->len; i++)
    hablad_client_send_audio (client, recording->pdata[i]);
}

/* Asserts that two texts share at least half of their words. The recogniser adapts to the audio
 * before, so texts may differ, but sentences must not be mixed up. */
static void
assert_similar (const char *recognised, const char *expected)
{
  g_auto (GStrv) words = g_strsplit (expected, " ", -1);
  g_auto (GStrv) known = g_strsplit (recognised, " ", -1);
  guint n_common = 0;

  for (guint i = 0; words[i] != NULL; i++)
    n_common += g_strv_contains ((const char *const *) known, words[i]);
  if (2 * n_common < g_strv_length (words))
    g_error ("recognised \"%s\" instead of \"%s\"", recognised, expected);
}

/* Asserts that the client received each final text and its translation once, in order. */
static void
assert_complete (HabladClient *client, GPtrArray *expected)
{
  GPtrArray *messages = hablad_client_get_messages (client);
  g_auto (GQueue) texts = G_QUEUE_INIT; /* without translation so far */
  guint n_texts = 0, n_translations = 0;
  gint64 last_id = 0;

  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = messages->pdata[i];
    const char *type = json_object_get_string_member (message, "type");
    const char *text;

    if (g_str_equal (type, "transcript_final")) {
      g_assert_cmpuint (n_texts, <, expected->len);
      text = json_object_get_string_member (message, "text");
      assert_similar (text, expected->pdata[n_texts++]);
      g_queue_push_tail (&texts, (gpointer) text);
    } else if (g_str_equal (type, "translation")) {
      g_assert_cmpuint (n_translations, <, n_texts);
      n_translations++;
      g_assert_cmpstr (json_object_get_string_member (message, "source"), ==,
          (char *) g_queue_pop_head (&texts));
      g_assert_cmpint (json_object_get_int_member (message, "exchange_id"), >, last_id);
      last_id = json_object_get_int_member (message, "exchange_id");
    }
  }
  g_assert_cmpuint (n_texts, ==, expected->len);
  g_assert_cmpuint (n_translations, ==, expected->len);
}

/* Whether the last change of state was a stop: the client may also get the end of the pipeline
 * before it was offline. */
static gboolean
has_stopped (HabladClient *client)
{
  GPtrArray *messages = hablad_client_get_messages (client);

  for (guint i = messages->len; i > 0; i--) {
    const char *type = json_object_get_string_member (messages->pdata[i - 1], "type");

    if (g_str_has_prefix (type, "listening_"))
      return g_str_equal (type, "listening_stopped");
  }
  return FALSE;
}

/* Waits until the drain has finished. The timeout starts again whenever speech is recognised.
 * Returns: maximum of the pending audio, in bytes */
static double
wait_for_stop (Hablad *hablad, HabladClient *client)
{
  double recognised = -1, most = 0;
  gint64 end = 0;

  hablad_client_expect (client, "listening_started");
  while (!has_stopped (client)) {
    double speech = hablad_get_metric (hablad, "habla_speech_seconds_total");
    gint64 next = g_get_monotonic_time () + 500000;

    if (speech > recognised)
      end = next + 120 * G_USEC_PER_SEC;
    recognised = speech;
    g_assert_cmpint (next, <, end);
    /* Browsers send pings; without them, hablad closes the idle connection. */
    hablad_client_send (client, "{'type':'ping'}");
    most = MAX (most, hablad_get_metric (hablad, "habla_audio_waiting_bytes"));
    hablad_wait_until (g_get_monotonic_time () >= next);
  }
  return most;
}

static Hablad *
start (const char *config)
{
  g_autofree char *option = hablad_write_config (config);
  const char *const options[] = { option, NULL };

  return hablad_start (options);
}

static void
test_burst (void)
{
  g_autoptr (Hablad) hablad = start ("[session]\ndrain-timeout=600000\n");
  g_autoptr (GPtrArray) recording = record (get_length ());
  g_autoptr (GPtrArray) expected = speech_transcribe (recording, 120 + get_length ());
  g_autoptr (HabladClient) before = hablad_client_new (hablad, KEY);
  g_autoptr (HabladClient) client = NULL;
  double most;

  g_assert_cmpuint (expected->len, >=, get_length () / 8);
  hablad_client_start_listening (before);
  hablad_client_send_audio (before, recording->pdata[0]);
  hablad_client_sync (before);
  hablad_client_abort (before);

  client = hablad_client_new (hablad, KEY);
  hablad_client_send (client, "{'type':'start_listening'}");
  send_from (client, recording, 1);
  hablad_client_request_stop (client);
  most = wait_for_stop (hablad, client);
  g_test_message ("%u chunks, %u utterances, at most %g kB pending", recording->len, expected->len,
      most / 1000);
  assert_complete (client, expected);
  g_assert_false (hablad_client_has (client, "error"));
  /* The audio arrived faster than it was recognised. */
  g_assert_cmpfloat (most, >, get_size (recording, 1) / 4.0);
  g_assert_cmpfloat (most, <=, get_size (recording, 0));
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_audio_waiting_bytes"), ==, 0);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_audio_bytes_total{fate=\"lost\"}"), ==, 0);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* Audio beyond the limit of pending audio is dropped and counted, the client gets an error, and the
 * audio before is recognised. */
static void
test_backlog_limit (void)
{
  g_autoptr (Hablad) hablad = start ("[session]\nmax-audio-backlog=" G_STRINGIFY (BACKLOG) "\n");
  g_autoptr (GPtrArray) recording = record (SECONDS);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, KEY);
  double most, received, lost;

  g_assert_cmpuint (get_size (recording, 0), >, 2 * BACKLOG);
  hablad_client_send (client, "{'type':'start_listening'}");
  send_from (client, recording, 0);
  hablad_client_request_stop (client);
  most = wait_for_stop (hablad, client);
  received = hablad_get_metric (hablad, "habla_audio_bytes_total{fate=\"received\"}");
  lost = hablad_get_metric (hablad, "habla_audio_bytes_total{fate=\"lost\"}");
  g_test_message ("at most %g kB pending, %g kB received, %g kB lost", most / 1000, received / 1000,
      lost / 1000);
  g_assert_cmpfloat (most, <=, BACKLOG);
  g_assert_true (hablad_client_has (client, "error"));
  g_assert_cmpfloat (lost, >, BACKLOG / 4);
  g_assert_cmpfloat (received, ==, get_size (recording, 0));
  g_assert_true (hablad_client_has (client, "transcript_final"));
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/burst", test_burst);
  if (!is_long ())
    g_test_add_func ("/hablad/too-much", test_backlog_limit);
  return habla_test_run ();
}
