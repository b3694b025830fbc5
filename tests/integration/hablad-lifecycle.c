/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clients that come, go and come back at any moment, and the real program: what they get,
 * and that nothing is left of them. */
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

#define FILE(number) "sense_and_sensibility_01_austen_64kb-0" number ".wav"

/* 3 s, and 12 s with 30 words. */
static const char *const one_file[] = { FILE ("880"), NULL };
static const char *const three_files[] = { FILE ("880"), FILE ("890"), FILE ("930"), NULL };

/* One daemon for all of them; test_nothing_left() stops it. */
static Hablad *hablad;

static char *
join (HabladClient *client, const char *type, const char *member)
{
  GPtrArray *messages = hablad_client_get_messages (client);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = g_ptr_array_index (messages, i);

    if (g_str_equal (json_object_get_string_member (message, "type"), type))
      g_string_append_printf (text, "%s\n", json_object_get_string_member (message, member));
  }
  return g_string_free (text, FALSE);
}

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

/* Nothing of a session is left: no state but closed, no thread, descriptor or process more. */
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
      g_error ("%s: %g, and it was %g", name, value, wanted);
    hablad_wait_until (g_get_monotonic_time () >= next);
  }
}

/* After warm_up(). */
static Resources resources;
static GPtrArray *recording;

/* After a first session of each kind, so that what is kept is there. */
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
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_expect (client, "listening_stopped");
  hablad_client_send (client, "{'type':'text_input','text':'Hello.','speaker_id':'MANUAL'}");
  hablad_client_expect (client, "translation");
  hablad_client_close (client);
  wait_for_no_sessions ();
  resources.threads = hablad_get_metric (hablad, "habla_process_threads");
  resources.descriptors = hablad_get_metric (hablad, "habla_process_open_fds");
  resources.children = hablad_get_metric (hablad, "habla_process_children");
}

/* All but threads: those of GLib's pools that are idle go after 15 seconds. */
static void
wait_for_nothing (void)
{
  wait_for_no_sessions ();
  wait_for_at_most ("habla_process_open_fds", resources.descriptors);
  wait_for_at_most ("habla_process_children", resources.children);
  assert_no_violations ();
}

typedef void (*Approach) (HabladClient *client);

static void
approach_idle (HabladClient *client)
{
  hablad_client_expect (client, "status");
}

static void
approach_starting (HabladClient *client)
{
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_audio (client, g_ptr_array_index (recording, 0));
}

static void
approach_typing (HabladClient *client)
{
  hablad_client_send (client, "{'type':'text_input','text':'Hello.','speaker_id':'MANUAL'}");
  hablad_client_expect (client, "translation");
}

static void
approach_listening (HabladClient *client)
{
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_expect (client, "listening_started");
  hablad_client_send_recording (client, recording, FALSE);
  /* All of it is there, and being recognised. */
  hablad_client_send (client, "{'type':'ping'}");
  hablad_client_expect (client, "pong");
}

static void
approach_draining (HabladClient *client)
{
  approach_listening (client);
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_send (client, "{'type':'ping'}");
  hablad_client_expect (client, "pong");
}

static void
approach_failed (HabladClient *client)
{
  g_autoptr (GBytes) noise = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const guint8 magic[] = { 0x1a, 0x45, 0xdf, 0xa3 };

  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_expect (client, "listening_started");
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
  Approach approach = (Approach) data;

  warm_up ();
  for (guint i = 0; i < 5; i++) {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);

    approach (client);
    hablad_client_abort (client);
  }
  wait_for_nothing ();
}

static void
test_start_and_stop (void)
{
  g_autoptr (HabladClient) client = NULL;

  warm_up ();
  client = hablad_client_new (hablad, NULL);
  for (guint i = 0; i < 20; i++) {
    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_expect (client, "listening_started");
    hablad_client_send_audio (client, g_ptr_array_index (recording, 0));
    hablad_client_send (client, "{'type':'stop_listening'}");
    hablad_client_send (client, "{'type':'stop_listening'}");
    hablad_client_expect (client, "listening_stopped");
  }
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  wait_for_nothing ();
}

static guint n_words; /* of all files in one recording */

static guint
hear_whole (GPtrArray *pieces)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  g_autofree char *text = NULL;

  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_recording (client, pieces, FALSE);
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_expect (client, "listening_stopped");
  text = join (client, "transcript_final", "text");
  hablad_client_close (client);
  return count_words (text);
}

/* A client that comes back in the middle of a recording goes on without its header. */
static void
reconnect (const char *query, const char *container)
{
  g_autoptr (GPtrArray) pieces = hablad_record (container, three_files);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  guint middle = pieces->len / 2;

  warm_up ();
  if (n_words == 0)
    n_words = hear_whole (pieces);
  {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, query);

    hablad_client_send (client, "{'type':'start_listening'}");
    hablad_client_expect (client, "listening_started");
    for (guint i = 0; i < middle; i++)
      hablad_client_send_audio (client, g_ptr_array_index (pieces, i));
    hablad_client_expect (client, "transcript_final");
    before = join (client, "transcript_final", "text");
    hablad_client_abort (client);
  }
  {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, query);

    hablad_client_send (client, "{'type':'start_listening'}");
    for (guint i = middle; i < pieces->len; i++)
      hablad_client_send_audio (client, g_ptr_array_index (pieces, i));
    hablad_client_send (client, "{'type':'stop_listening'}");
    hablad_client_expect (client, "listening_stopped");
    g_assert_false (hablad_client_has (client, "error"));
    after = join (client, "transcript_final", "text");
    hablad_client_close (client);
  }
  /* One who can be recognised gets also what was finished while it was away. */
  if (query != NULL) {
    guint words = count_words (before) + count_words (after);

    g_test_message ("%u words whole, %u in two", n_words, words);
    g_assert_cmpuint (words + 4, >=, n_words);
  }
  /* What was recorded last is there in any case. */
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

/* A client resumes after the last exchange that it has. */
static void
test_since (void)
{
  const char *key = "client=an-old-friend-0123456789";
  gint64 first;

  warm_up ();

  {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, key);

    hablad_client_send (client, "{'type':'text_input','text':'One.','speaker_id':'MANUAL'}");
    first =
        json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
    hablad_client_send (client, "{'type':'text_input','text':'Two.','speaker_id':'MANUAL'}");
    hablad_client_send (client, "{'type':'text_input','text':'Three.','speaker_id':'MANUAL'}");
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
    hablad_client_send (client, "{'type':'ping'}");
    hablad_client_expect (client, "pong");
    sources = join (client, "translation", "source");
    g_assert_cmpstr (sources, ==, "Two.\nThree.\n");
    hablad_client_close (client);
  }
}

/* Listeners of a language come and go a hundred times while somebody speaks; those of
 * another notice nothing. */
static void
test_languages (void)
{
  g_autoptr (GPtrArray) pieces = hablad_record ("webm", three_files);
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
  hablad_client_send (owner, "{'type':'start_listening'}");
  hablad_client_expect (owner, "listening_started");
  for (guint i = 0; i < 100; i++) {
    g_autoptr (HabladClient) guest = hablad_client_new (hablad,
        i % 2 == 0 ? "room=physics&listen=1&language=fr" : "room=physics&listen=1&language=ca");

    if (i < pieces->len)
      hablad_client_send_audio (owner, g_ptr_array_index (pieces, i));
    hablad_client_expect (guest, "status");
    if (i % 3 == 0)
      hablad_client_close (guest);
  }
  for (guint i = 100; i < pieces->len; i++)
    hablad_client_send_audio (owner, g_ptr_array_index (pieces, i));
  hablad_client_send (owner, "{'type':'stop_listening'}");
  hablad_client_expect (owner, "listening_stopped");
  own = join (owner, "transcript_final", "text");
  mine = join (owner, "translation", "translated");
  g_assert_cmpuint (count_words (own), >, 15);
  hablad_wait_until (({
    g_free (heard);
    g_free (theirs);
    heard = join (listener, "transcript_final", "text");
    theirs = join (listener, "translation", "translated");
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
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_expect (client, "listening_started");
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_send (client, "{'type':'toggle_direction','direction':'es_to_en'}");
  hablad_client_expect (client, "direction_changed");
  hablad_client_send (client, "{'type':'toggle_direction','direction':'en_to_es'}");
  hablad_client_expect (client, "direction_changed");
  hablad_client_send (client, "{'type':'start_listening'}");
  hablad_client_send_recording (client, recording, FALSE);
  hablad_client_send (client, "{'type':'stop_listening'}");
  hablad_client_expect (client, "listening_stopped");
  hablad_client_close (client);
  g_clear_pointer (&client, hablad_client_free);
  wait_for_no_sessions ();
}

/* Of all that came before. */
static void
test_nothing_left (void)
{
  if (hablad == NULL) {
    g_test_skip ("nothing came before");
    return;
  }
  wait_for_nothing ();
  wait_for_at_most ("habla_process_threads", resources.threads);
  hablad_stop (g_steal_pointer (&hablad));
  g_clear_pointer (&recording, g_ptr_array_unref);
}

static void
add_disconnect (const char *state, Approach approach)
{
  g_autofree char *path = g_strdup_printf ("/hablad/disconnect/%s", state);

  g_test_add_data_func (path, (gconstpointer) approach, test_disconnect);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  add_disconnect ("idle", approach_idle);
  add_disconnect ("starting", approach_starting);
  add_disconnect ("typing", approach_typing);
  add_disconnect ("listening", approach_listening);
  add_disconnect ("draining", approach_draining);
  add_disconnect ("failed", approach_failed);
  g_test_add_func ("/hablad/start-and-stop", test_start_and_stop);
  g_test_add_func ("/hablad/reconnect/webm", test_reconnect_webm);
  g_test_add_func ("/hablad/reconnect/unknown-client", test_reconnect_unknown);
  g_test_add_func ("/hablad/reconnect/ogg", test_reconnect_ogg);
  g_test_add_func ("/hablad/since", test_since);
  g_test_add_func ("/hablad/languages", test_languages);
  g_test_add_func ("/hablad/direction-while-listening", test_direction_while_listening);
  /* Tests of an inner suite come last. */
  g_test_add_func ("/hablad/end/nothing-left", test_nothing_left);
  return habla_test_run ();
}
