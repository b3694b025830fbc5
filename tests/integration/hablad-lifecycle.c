/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that connect, disconnect and reconnect in any state: what they receive, and that hablad
 * releases their resources. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

/* 3 s, and 12 s with 30 words. */
static const char *const one_file[] = { HABLAD_SPEECH (880), NULL };
static const char *const three_files[] = { HABLAD_SPEECH (880), HABLAD_SPEECH (890),
  HABLAD_SPEECH (930), NULL };

/* Shared by all tests; test_no_leaks() stops it. */
static Hablad *hablad;

static guint
count_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);
  guint count = 0;

  for (guint i = 0; words[i] != NULL; i++)
    count += words[i][0] != '\0';
  return count;
}

static void
assert_no_violations (void)
{
  g_autofree char *text = hablad_get (hablad, "/metrics", NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint found = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "habla_session_violations_total")) {
      found++;
      if (!g_str_has_suffix (lines[i], " 0"))
        g_error ("%s", lines[i]);
    }
  g_assert_cmpuint (found, >, 0);
}

/* Resources of hablad when it is idle. */
typedef struct {
  double threads;
  double descriptors;
  double children;
} Resources;

static void
wait_for_no_sessions (void)
{
  static const char *const states[] = { "starting", "typing", "listening", "draining", "failed",
    "closing" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autofree char *name = g_strdup_printf ("habla_sessions{state=\"%s\"}", states[i]);

    hablad_wait_for_metric (hablad, name, 0);
  }
}

static void
wait_for_at_most (const char *name, double wanted)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  double value;

  while ((value = hablad_get_metric (hablad, name)) > wanted) {
    gint64 next = g_get_monotonic_time () + 200000;

    if (next > deadline)
      g_error ("%s is %g, expected at most %g", name, value, wanted);
    hablad_wait_until (g_get_monotonic_time () >= next);
  }
}

/* The metrics of the process are measured each second, on a busy machine less often. Each time,
 * more processor time was used; the second change belongs to a measurement that began after the
 * first one. */
static void
wait_for_measurement (void)
{
  const char *name = "habla_process_cpu_seconds_total";
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (guint i = 0; i < 2; i++) {
    double before = hablad_get_metric (hablad, name);

    while (hablad_get_metric (hablad, name) == before) {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (100000);
    }
  }
}

/* Set by warm_up(). */
static Resources resources;
static GPtrArray *recording;

/* Starts hablad and runs a pipeline of each kind, so that lazily created resources exist. */
static void
warm_up (void)
{
  g_autoptr (HabladClient) client = NULL;

  if (hablad != NULL)
    return;
  hablad = hablad_start (NULL);
  recording = hablad_record ("webm", one_file);
  client = hablad_client_new (hablad, NULL);
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_stop_listening (client);
  hablad_client_send_text (client, "Hello.");
  hablad_client_expect (client, "translation");
  hablad_client_close (client);
  wait_for_no_sessions ();
  wait_for_measurement ();
  resources.threads = hablad_get_metric (hablad, "habla_process_threads");
  resources.descriptors = hablad_get_metric (hablad, "habla_process_open_fds");
  resources.children = hablad_get_metric (hablad, "habla_process_children");
}

/* Waits until all pipelines have released their resources, except threads: GLib keeps idle threads
 * of its pools for 15 seconds. */
static void
wait_for_cleanup (void)
{
  wait_for_no_sessions ();
  wait_for_at_most ("habla_process_open_fds", resources.descriptors);
  wait_for_at_most ("habla_process_children", resources.children);
  assert_no_violations ();
}

typedef void (*EnterState) (HabladClient *client);

static void
enter_idle (HabladClient *client)
{
  hablad_client_expect (client, "status");
}

static void
enter_starting (HabladClient *client)
{
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_audio (client, g_ptr_array_index (recording, 0));
}

static void
enter_typing (HabladClient *client)
{
  hablad_client_send_text (client, "Hello.");
  hablad_client_expect (client, "translation");
}

static void
enter_listening (HabladClient *client)
{
  hablad_client_start_listening (client);
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_sync (client);
}

static void
enter_draining (HabladClient *client)
{
  enter_listening (client);
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_sync (client);
}

static void
enter_failed (HabladClient *client)
{
  g_autoptr (GBytes) noise = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const guint8 magic[] = { 0x1a, 0x45, 0xdf, 0xa3 };

  hablad_client_start_listening (client);
  g_byte_array_append (bytes, magic, sizeof (magic));
  for (guint i = 0; i < 100000; i++)
    g_byte_array_append (bytes, (const guint8 *) &i, 3);
  noise = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  hablad_client_send_audio (client, noise);
  hablad_client_expect (client, "error");
}

static void
test_disconnect (gconstpointer data)
{
  EnterState enter_state = (EnterState) data;

  warm_up ();
  for (guint i = 0; i < 5; i++) {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);

    enter_state (client);
    hablad_client_abort (client);
  }
  wait_for_cleanup ();
}

static void
test_start_and_stop (void)
{
  g_autoptr (HabladClient) client = NULL;

  warm_up ();
  client = hablad_client_new (hablad, NULL);
  for (guint i = 0; i < 20; i++) {
    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_start_listening (client);
    hablad_client_send_audio (client, g_ptr_array_index (recording, 0));
    hablad_client_send (client, "{'type':'stop_listening'}");
    hablad_client_stop_listening (client);
  }
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  wait_for_cleanup ();
}

static guint n_words; /* recognised in all files as one recording */

static guint
transcribe_whole (GPtrArray *chunks)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *text = NULL;

  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_recording (client, chunks, FALSE);
  hablad_client_stop_listening (client);
  text = hablad_client_join (client, "transcript_final", "text");
  hablad_client_close (client);
  return count_words (text);
}

/* A client reconnects in the middle of a recording and continues without its header. */
static void
reconnect (const char *query, const char *container)
{
  g_autoptr (GPtrArray) chunks = hablad_record (container, three_files);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  guint middle = chunks->len / 2;

  warm_up ();
  if (n_words == 0)
    n_words = transcribe_whole (chunks);
  {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, query);

    hablad_client_start_listening (client);
    for (guint i = 0; i < middle; i++)
      hablad_client_send_audio (client, g_ptr_array_index (chunks, i));
    hablad_client_expect (client, "transcript_final");
    before = hablad_client_join (client, "transcript_final", "text");
    hablad_client_abort (client);
  }
  {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, query);

    hablad_client_send (client, "{'type':'start_listening'}");
    for (guint i = middle; i < chunks->len; i++)
      hablad_client_send_audio (client, g_ptr_array_index (chunks, i));
    /* The client may get the end of the pipeline before first. */
    hablad_client_expect (client, "listening_started");
    hablad_client_stop_listening (client);
    g_assert_false (hablad_client_has (client, "error"));
    after = hablad_client_join (client, "transcript_final", "text");
    hablad_client_close (client);
  }
  /* A client with a key also gets exchanges that were finished while it was disconnected. */
  if (query != NULL) {
    guint words = count_words (before) + count_words (after);

    g_test_message ("%u words in one recording, %u in two parts", n_words, words);
    g_assert_cmpuint (words + 4, >=, n_words);
  }
  /* The second part is always recognised. */
  g_assert_cmpuint (count_words (after), >, n_words / 4);
}

static void
test_reconnect_webm (void)
{
  reconnect ("client=an-old-friend-webm-0123", "webm");
}

static void
test_reconnect_unknown (void)
{
  reconnect (NULL, "webm");
}

static void
test_reconnect_ogg (void)
{
  reconnect ("client=an-old-friend-ogg-01234", "ogg");
}

/* A client resumes after the last exchange that it received. */
static void
test_since (void)
{
  const char *key = "client=an-old-friend-0123456789";
  gint64 first;

  warm_up ();

  {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, key);

    hablad_client_send_text (client, "One.");
    first =
        json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
    hablad_client_send_text (client, "Two.");
    hablad_client_send_text (client, "Three.");
    hablad_client_expect (client, "translation");
    hablad_client_expect (client, "translation");
    hablad_client_abort (client);
  }
  {
    g_autofree char *query = g_strdup_printf ("%s&since=%" G_GINT64_FORMAT, key, first);
    g_autoptr (HabladClient) client = hablad_client_new (hablad, query);
    g_autofree char *sources = NULL;

    hablad_client_expect (client, "translation");
    hablad_client_expect (client, "translation");
    hablad_client_sync (client);
    sources = hablad_client_join (client, "translation", "source");
    g_assert_cmpstr (sources, ==, "Two.\nThree.\n");
    hablad_client_close (client);
  }
}

/* A hundred listeners join and leave while the speaker sends audio, which does not affect listeners
 * of another language. */
static void
test_languages (void)
{
  g_autoptr (GPtrArray) chunks = hablad_record ("webm", three_files);
  g_autoptr (HabladClient) owner = NULL;
  g_autoptr (HabladClient) listener = NULL;
  g_autofree char *own = NULL;
  g_autofree char *heard = NULL;
  g_autofree char *mine = NULL;
  g_autofree char *theirs = NULL;

  warm_up ();
  owner = hablad_client_new (hablad, "room=physics");
  hablad_client_expect (owner, "status");
  listener = hablad_client_new (hablad, "room=physics&listen=1&language=es");
  hablad_client_expect (listener, "status");
  hablad_client_start_listening (owner);
  for (guint i = 0; i < 100; i++) {
    g_autoptr (HabladClient) guest = hablad_client_new (hablad,
        i % 2 == 0 ? "room=physics&listen=1&language=fr" : "room=physics&listen=1&language=ca");

    if (i < chunks->len)
      hablad_client_send_audio (owner, g_ptr_array_index (chunks, i));
    hablad_client_expect (guest, "status");
    if (i % 3 == 0)
      hablad_client_close (guest);
  }
  for (guint i = 100; i < chunks->len; i++)
    hablad_client_send_audio (owner, g_ptr_array_index (chunks, i));
  hablad_client_stop_listening (owner);
  own = hablad_client_join (owner, "transcript_final", "text");
  mine = hablad_client_join (owner, "translation", "translated");
  g_assert_cmpuint (count_words (own), >, 15);
  hablad_wait_until (({
    g_free (heard);
    g_free (theirs);
    heard = hablad_client_join (listener, "transcript_final", "text");
    theirs = hablad_client_join (listener, "translation", "translated");
    g_str_equal (heard, own) && g_str_equal (theirs, mine);
  }));
  g_assert_false (hablad_client_has (owner, "error"));
  hablad_client_close (listener);
  hablad_client_close (owner);
  g_clear_pointer (&listener, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  wait_for_no_sessions ();
}

static void
test_direction_while_listening (void)
{
  g_autoptr (HabladClient) client = NULL;

  warm_up ();
  client = hablad_client_new (hablad, NULL);
  hablad_client_start_listening (client);
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_send (client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_client_expect (client, "direction_changed");
  hablad_client_send (client, "{'type':'toggle_direction','direction':'en_to_es'}");
  hablad_client_expect (client, "direction_changed");
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_stop_listening (client);
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  wait_for_no_sessions ();
}

/* Asserts that all tests before have released their resources. */
static void
test_no_leaks (void)
{
  if (hablad == NULL) {
    g_test_skip ("no test has run before");
    return;
  }
  wait_for_cleanup ();
  wait_for_at_most ("habla_process_threads", resources.threads);
  hablad_stop (g_steal_pointer (&hablad));
  g_clear_pointer (&recording, g_ptr_array_unref);
}

static void
add_disconnect (const char *state, EnterState enter_state)
{
  g_autofree char *path = g_strdup_printf ("/hablad/disconnect/%s", state);

  g_test_add_data_func (path, (gconstpointer) enter_state, test_disconnect);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  add_disconnect ("idle", enter_idle);
  add_disconnect ("starting", enter_starting);
  add_disconnect ("typing", enter_typing);
  add_disconnect ("listening", enter_listening);
  add_disconnect ("draining", enter_draining);
  add_disconnect ("failed", enter_failed);
  g_test_add_func ("/hablad/start-and-stop", test_start_and_stop);
  g_test_add_func ("/hablad/reconnect/webm", test_reconnect_webm);
  g_test_add_func ("/hablad/reconnect/unknown-client", test_reconnect_unknown);
  g_test_add_func ("/hablad/reconnect/ogg", test_reconnect_ogg);
  g_test_add_func ("/hablad/since", test_since);
  g_test_add_func ("/hablad/languages", test_languages);
  g_test_add_func ("/hablad/direction-while-listening", test_direction_while_listening);
  /* GLib runs tests of a nested suite last. */
  g_test_add_func ("/hablad/end/no-leaks", test_no_leaks);
  return habla_test_run ();
}
