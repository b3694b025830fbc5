/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Phones hear the translation of a room: its time, its bytes, and what it costs. */
#define _GNU_SOURCE /* memmem() */
#include "ear.h"
#include "habla-test.h"
#include "hablad.h"

#include <string.h>

#define ROOM "room=class"
#define AUDIO "/api/rooms/class/audio/es.mp3"
#define TEXT "The house is red"

/* So many that they are notified in groups. */
#define MANY 70

/* From the caption to its speech, in microseconds. */
#define MAX_DELAY (2 * G_TIME_SPAN_SECOND)

static Hablad *hablad;
static HabladClient *owner;

/* All tests but those of its settings and of its end share one daemon: starting it takes longer
 * than most of them. The room has no key, so that it ends with its owner, and its encoders at once.
 */
static void
set_up (void)
{
  if (hablad == NULL)
    hablad = hablad_start (NULL);
  owner = hablad_client_new (hablad, ROOM);
  hablad_client_expect (owner, "status");
  hablad_client_send (owner, "{'type':'set_languages','source_language':'en',"
                             "'target_languages':['es']}");
}

static void
tear_down (void)
{
  hablad_client_close (owner);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_wait_for_metric (hablad, "habla_rooms", 0);
  hablad_wait_for_metric (hablad, "habla_headphones_encoders", 0);
}

/* Returns: when the caption came, in microseconds of the monotonic clock */
static gint64
say (const char *text)
{
  hablad_client_send_text (owner, text);
  hablad_client_expect (owner, "translation");
  return g_get_monotonic_time ();
}

/* Asserts that there is speech from @from, and that it came in time after @caption. */
static gint64
assert_spoken (Ear *ear, gint64 from, gint64 caption)
{
  gint64 begin = ear_await_sound (ear, from);
  gint64 delay = ear_get_arrival (ear, begin * 6) - caption;

  g_test_message ("speech is heard %.2f s after its caption", delay / 1e6);
  g_assert_cmpint (delay, <=, MAX_DELAY * habla_test_scale (1));
  return begin;
}

/* Waits until @ear has got @milliseconds more. Returns: its length */
static gint64
listen_for (Ear *ear, gint64 milliseconds)
{
  gint64 until = ear_get_length (ear) + milliseconds;

  hablad_wait_until (ear_is_over (ear) || ear_get_length (ear) >= until);
  g_assert_false (ear_is_over (ear));
  return ear_get_length (ear);
}

/* One client: silence, speech in time, silence, and speech again. */
static void
test_speech (void)
{
  g_autoptr (Ear) ear = NULL;
  gint64 began, length, caption;
  const char *head;

  set_up ();
  say (TEXT);
  hablad_wait_for_metric (hablad, "habla_headphones_encoders", 0);
  ear = ear_new (hablad, AUDIO);
  head = ear_get_head (ear);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (head, "Content-Type: audio/mpeg\r\n"));
  g_assert_nonnull (strstr (head, "Cache-Control: no-store\r\n"));
  g_assert_null (strstr (head, "Content-Length"));
  began = g_get_monotonic_time ();
  length = listen_for (ear, 1000);
  g_assert_cmpint (ear_find_sound (ear, 0), ==, -1);
  caption = say (TEXT);
  length = assert_spoken (ear, length, caption);

  /* In real time, also while nothing is said. */
  length = listen_for (ear, 1500);
  length -= (g_get_monotonic_time () - began) / 1000;
  g_assert_cmpint (ABS (length), <, 1000 * habla_test_scale (1));

  length = ear_get_length (ear);
  caption = say ("The sun is yellow");
  assert_spoken (ear, length, caption);
  g_clear_pointer (&ear, ear_free);
  hablad_wait_for_metric (hablad, "habla_headphones_listeners", 0);
  hablad_wait_for_metric (hablad, "habla_headphones_encoders", 0);
  tear_down ();
}

/* Speech of a microphone is heard; the stream continues when the speaker stops, and begins again.
 */
static void
test_recording (void)
{
  static const char *const files[] = { HABLAD_SPEECH (880), HABLAD_SILENCE, NULL };
  g_autoptr (GPtrArray) recording = hablad_record ("webm", files);
  g_autoptr (Ear) ear = NULL;
  gint64 length;

  set_up ();
  ear = ear_new (hablad, AUDIO);
  for (guint i = 0; i < 2; i++) {
    hablad_client_start_listening (owner);
    length = ear_get_length (ear);
    hablad_client_send_recording (owner, recording, FALSE);
    hablad_client_expect (owner, "translation");
    assert_spoken (ear, length, g_get_monotonic_time ());
    hablad_client_stop_listening (owner);
    listen_for (ear, 500);
  }
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
  g_assert_true (g_str_has_prefix (ear_get_head (ear), "HTTP/1.1 200 "));
  hablad_wait_until (ear_is_over (ear));
}

/* Asserts that @ear has got what @first got meanwhile. */
static void
assert_same (Ear *first, Ear *ear)
{
  GByteArray *all = ear_get_body (first), *body = ear_get_body (ear);
  gsize n = MIN (body->len, 6000), at;
  const guint8 *found = memmem (all->data, all->len, body->data, n);

  g_assert_nonnull (found);
  at = found - all->data;
  n = MIN (all->len - at, body->len);
  g_assert_cmpuint (n, >, 12000);
  g_assert_cmpmem (all->data + at, n, body->data, n);
}

/* Many clients share one encoder and its bytes. */
static void
test_many (void)
{
  g_autoptr (GPtrArray) ears = g_ptr_array_new_with_free_func ((GDestroyNotify) ear_free);
  gint64 caption;

  set_up ();
  for (guint i = 0; i < MANY; i++)
    g_ptr_array_add (ears, ear_new (hablad, AUDIO));
  hablad_wait_for_metric (hablad, "habla_headphones_listeners", MANY);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_headphones_encoders"), ==, 1);
  caption = say (TEXT);
  assert_spoken (ears->pdata[MANY - 1], 0, caption);
  for (guint i = 0; i < ears->len; i++)
    hablad_wait_until (ear_get_length (ears->pdata[i]) >= 2600);
  for (guint i = 1; i < ears->len; i++)
    assert_same (ears->pdata[0], ears->pdata[i]);
  g_assert_cmpfloat (hablad_get_metric (hablad, "habla_headphones_encoders"), ==, 1);
  g_ptr_array_set_size (ears, 1);
  hablad_wait_for_metric (hablad, "habla_headphones_listeners", 1);
  listen_for (ears->pdata[0], 500);
  tear_down ();
}

/* A client that does not read is disconnected, and others hear all. */
static void
test_stalled (void)
{
  g_autofree char *option = NULL;
  g_autoptr (Ear) stalled = NULL;
  g_autoptr (Ear) ear = NULL;
  gint64 length;

  if (hablad != NULL)
    hablad_stop (g_steal_pointer (&hablad));
  option = hablad_write_config ("[server]\nrequest-timeout = 1000\n");
  hablad = hablad_start ((const char *const[]){ option, NULL });
  set_up ();
  ear = ear_new (hablad, AUDIO);
  stalled = ear_new_stalled (hablad, AUDIO);
  hablad_wait_for_metric (hablad, "habla_headphones_listeners", 2);
  hablad_wait_for_metric (hablad, "habla_headphones_listeners", 1);
  length = ear_get_length (ear);
  assert_spoken (ear, length, say (TEXT));
  assert_same (ear, ear);
  tear_down ();
}

static void
assert_refused (const char *path, const char *words)
{
  guint status = 0;
  g_autofree char *body = hablad_get (hablad, path, &status);

  g_assert_cmpuint (status, ==, 404);
  if (strstr (body, words) == NULL)
    g_error ("%s: “%s” lacks “%s”", path, body, words);
}

/* Nothing to hear; and the room ends. */
static void
test_end (void)
{
  g_autoptr (Ear) ear = NULL;

  set_up ();
  assert_refused ("/api/rooms/other/audio/es.mp3", "no room of that name");
  assert_refused ("/api/rooms/class/audio/xx.mp3", "not translated into “xx”");
  assert_refused ("/api/rooms/class/audio/es.ogg", "es.mp3");

  ear = ear_new (hablad, "/api/rooms/class/audio/es-MX.mp3");
  listen_for (ear, 500);
  tear_down ();
  hablad_wait_until (ear_is_over (ear));
}

/* The speaker no longer offers a language that someone hears: its audio ends, and no other. */
static void
test_not_offered (void)
{
  g_autoptr (Ear) spanish = NULL;
  g_autoptr (Ear) french = NULL;

  set_up ();
  spanish = ear_new (hablad, AUDIO);
  french = ear_new (hablad, "/api/rooms/class/audio/fr.mp3");
  listen_for (french, 500);
  hablad_client_send (owner, "{'type':'set_languages','offered_languages':['es']}");
  hablad_wait_until (ear_is_over (french));
  hablad_wait_for_metric (hablad, "habla_headphones_encoders", 1);
  assert_refused ("/api/rooms/class/audio/fr.mp3", "not translated into “fr”");
  listen_for (spanish, 500);
  assert_spoken (spanish, ear_get_length (spanish), say (TEXT));
  tear_down ();
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad-headphones/speech", test_speech);
  g_test_add_func ("/hablad-headphones/many", test_many);
  g_test_add_func ("/hablad-headphones/end", test_end);
  g_test_add_func ("/hablad-headphones/not-offered", test_not_offered);
  g_test_add_func ("/hablad-headphones/stalled", test_stalled);
  g_test_add_func ("/hablad-headphones/recording", test_recording);
  status = habla_test_run ();
  if (hablad != NULL)
    hablad_stop (hablad);
  return status;
}
