/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who follows a room: members that join late or reload, and what they read. */
#include "habla-test.h"
#include "hablad.h"

#define N_BEFORE 20 /* exchanges before the first late member */
#define N_LATE 100  /* members that join while texts are typed */

/* Returns: (transfer full): the ids of messages of @type, one a line */
static char *
join_ids (HabladClient *client, const char *type)
{
  GPtrArray *messages = hablad_client_get_messages (client);
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++) {
    JsonObject *message = g_ptr_array_index (messages, i);

    if (g_str_equal (json_object_get_string_member (message, "type"), type))
      g_string_append_printf (
          ids, "%" G_GINT64_FORMAT "\n", json_object_get_int_member (message, "exchange_id"));
  }
  return g_string_free (ids, FALSE);
}

/* Waits for the translation of the exchange @id. */
static void
wait_for (HabladClient *client, gint64 id)
{
  while (
      json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id") < id)
    ;
}

static void
assert_same_ids (HabladClient *a, HabladClient *b)
{
  static const char *const types[] = { "transcript_final", "translation" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *ids_a = join_ids (a, types[i]);
    g_autofree char *ids_b = join_ids (b, types[i]);

    g_assert_cmpstr (ids_a, ==, ids_b);
  }
}

static gint64
send_text (HabladClient *client, const char *text)
{
  hablad_client_send_text (client, text);
  return json_object_get_int_member (hablad_client_expect (client, "translation"), "exchange_id");
}

/* A hundred members join while texts are translated: each of them gets what an old member got,
 * without a gap, and nothing twice. */
static void
test_late (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=late");
  g_autoptr (HabladClient) old = hablad_client_new (hablad, "room=late&listen=1");
  g_autoptr (HabladClient) without = NULL;
  g_autoptr (GPtrArray) late = g_ptr_array_new_with_free_func ((GDestroyNotify) hablad_client_free);
  gint64 last = 0;

  for (guint i = 0; i < N_BEFORE; i++)
    last = send_text (owner, "I have two books.");
  for (guint i = 0; i < N_LATE; i++) {
    hablad_client_send_text (owner, "The house is big.");
    g_ptr_array_add (late, hablad_client_new (hablad, "room=late&listen=1&since=0"));
    if (i == N_LATE / 2)
      without = hablad_client_new (hablad, "room=late&listen=1");
  }
  last += N_LATE;
  wait_for (owner, last);
  wait_for (old, last);
  assert_same_ids (owner, old);
  for (guint i = 0; i < late->len; i++) {
    HabladClient *client = g_ptr_array_index (late, i);

    wait_for (client, last);
    assert_same_ids (old, client);
  }
  /* The first Habla's clients get what comes from now on. */
  wait_for (without, last);
  g_assert_cmpuint (hablad_client_count (without, "translation"), <=, N_LATE / 2);
  g_clear_pointer (&late, g_ptr_array_unref);
  hablad_client_close (without);
  hablad_client_close (old);
  hablad_client_close (owner);
  g_clear_pointer (&without, hablad_client_free);
  g_clear_pointer (&old, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* The owner reloads its page. Words spoken before a reset, or in another room, do not come. */
static void
test_reload (void)
{
  static const char key[] = "client=0123456789abcdef0123456789abcdef";
  g_autofree char *again = g_strconcat (key, "&since=0", NULL);
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) client = hablad_client_new (hablad, key);
  g_autoptr (HabladClient) reloaded = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *expected = NULL;
  gint64 first, second;
  JsonObject *message;
  double begin;

  send_text (client, "I have two books.");
  hablad_client_send (client, "{'type':'new_session'}");
  hablad_client_expect (client, "session_reset");
  first = send_text (client, "The house is big.");
  hablad_client_send (client, "{'type':'rename_speaker','speaker_id':'MANUAL','name':'Ana'}");
  hablad_client_expect (client, "speakers_updated");
  hablad_client_send_text (client, "I have two books.");
  message = hablad_client_expect (client, "translation");
  second = json_object_get_int_member (message, "exchange_id");
  begin = json_object_get_double_member (message, "begin");
  hablad_client_abort (client);

  reloaded = hablad_client_new (hablad, again);
  message = hablad_client_expect_next (reloaded, "status");
  g_assert_cmpstr (json_object_get_string_member (message, "role"), ==, "owner");
  message = hablad_client_expect_next (reloaded, "transcript_final");
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (message, "speaker"), "custom_name"),
      ==, "Ana");
  message = hablad_client_expect_next (reloaded, "translation");
  g_assert_cmpstr (json_object_get_string_member (message, "translated"), ==, "La casa es grande.");
  g_assert_cmpfloat (json_object_get_double_member (message, "begin"), ==, 0);
  message = hablad_client_expect_next (reloaded, "transcript_final");
  message = hablad_client_expect_next (reloaded, "translation");
  g_assert_cmpfloat (json_object_get_double_member (message, "begin"), ==, begin);
  g_assert_cmpfloat (json_object_get_double_member (message, "end"), ==, begin);
  send_text (reloaded, "The house is big.");
  ids = join_ids (reloaded, "translation");
  expected = g_strdup_printf ("%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n",
      first, second, second + 1);
  g_assert_cmpstr (ids, ==, expected);
  hablad_client_close (reloaded);
  g_clear_pointer (&client, hablad_client_free);
  g_clear_pointer (&reloaded, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* No one read French before: the words spoken come in their own language, and are labelled so. */
static void
test_untranslated (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=late");
  g_autoptr (HabladClient) late = NULL;
  JsonObject *message;

  send_text (owner, "I have two books.");
  late = hablad_client_new (hablad, "room=late&listen=1&language=en&since=0");
  message = hablad_client_expect (late, "translation");
  g_assert_false (json_object_get_boolean_member (message, "untranslated"));
  g_clear_pointer (&late, hablad_client_free);

  late = hablad_client_new (hablad, "room=late&listen=1&language=fr&since=0");
  message = hablad_client_expect (late, "translation");
  g_assert_true (json_object_get_boolean_member (message, "untranslated"));
  g_assert_false (json_object_get_boolean_member (message, "failed"));
  g_assert_cmpstr (json_object_get_string_member (message, "language"), ==, "en");
  g_assert_cmpstr (json_object_get_string_member (message, "translated"), ==, "I have two books.");
  hablad_client_close (late);
  hablad_client_close (owner);
  g_clear_pointer (&late, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
expect_role (HabladClient *client, const char *role, gboolean is_elsewhere)
{
  JsonObject *message = hablad_client_expect (client, "status");

  g_assert_cmpstr (json_object_get_string_member (message, "role"), ==, role);
  g_assert_cmpint (json_object_get_boolean_member (message, "owner_elsewhere"), ==, is_elsewhere);
}

/* A second tab of the owner reads until it takes the room over; the first one is notified. */
static void
test_take_over (void)
{
  static const char key[] = "client=0123456789abcdef0123456789abcdef";
  g_autofree char *first_tab = g_strconcat (key, "&room=class&tab=a", NULL);
  g_autofree char *second_tab = g_strconcat (key, "&room=class&tab=b&since=0", NULL);
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) first = hablad_client_new (hablad, first_tab);
  g_autoptr (HabladClient) listener = hablad_client_new (hablad, "room=class&listen=1");
  g_autoptr (HabladClient) second = NULL;
  g_autoptr (HabladClient) again = NULL;
  g_autoptr (GBytes) audio = g_bytes_new_take (g_malloc0 (3200), 3200);
  static const char start[] = "{'type':'start_listening','format':'pcm','rate':16000}";
  JsonObject *message;

  expect_role (first, "owner", FALSE);
  send_text (first, "I have two books.");
  hablad_client_send (first, start);
  hablad_client_expect (first, "listening_started");
  hablad_client_send_audio (first, audio);

  second = hablad_client_new (hablad, second_tab);
  expect_role (second, "listener", TRUE);
  message = hablad_client_expect (second, "translation");
  g_assert_cmpstr (json_object_get_string_member (message, "translated"), ==, "Tengo dos libros.");
  hablad_client_send_text (second, "No.");
  hablad_client_expect (second, "error");
  hablad_client_send (listener, "{'type':'take_over'}");
  hablad_client_expect (listener, "error");
  g_assert_cmpuint (hablad_client_count (first, "status"), ==, 1);
  g_assert_false (hablad_client_has (first, "listening_stopped"));

  hablad_client_send (second, "{'type':'take_over'}");
  expect_role (second, "owner", FALSE);
  expect_role (first, "listener", TRUE);
  hablad_client_expect (first, "listening_stopped");
  hablad_client_expect (second, "listening_stopped");
  /* Audio that is still under way is dropped without an error; the microphone of the new owner
   * works.
   */
  for (guint i = 0; i < 10; i++)
    hablad_client_send_audio (first, audio);
  hablad_client_sync (first);
  g_assert_false (hablad_client_has (first, "error"));
  hablad_client_send (second, start);
  hablad_client_expect (second, "listening_started");
  hablad_client_send_audio (second, audio);
  hablad_client_stop_listening (second);
  send_text (second, "The house is big.");

  /* A connection without an end does not keep the room from its own tab, nor from one that takes it
   * over. */
  again = hablad_client_new (hablad, second_tab);
  expect_role (again, "owner", FALSE);
  expect_role (second, "listener", TRUE);
  g_assert_cmpuint (hablad_client_count (second, "error"), ==, 1);
  hablad_client_send (first, "{'type':'take_over'}");
  expect_role (first, "owner", FALSE);
  expect_role (again, "listener", TRUE);

  /* The owner leaves: its other pages may ask again. */
  hablad_client_abort (first);
  expect_role (again, "listener", FALSE);
  hablad_client_send (again, "{'type':'take_over'}");
  expect_role (again, "owner", FALSE);
  send_text (again, "I have two books.");
  g_clear_pointer (&first, hablad_client_free);
  g_clear_pointer (&second, hablad_client_free);
  g_clear_pointer (&again, hablad_client_free);
  g_clear_pointer (&listener, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

/* A second device of the owner asks, too; from then on the room is that device's. */
static void
test_other_device (void)
{
  static const char laptop[] = "client=0123456789abcdef0123456789abcdef&room=class&tab=a";
  static const char tablet[] = "client=fedcba9876543210fedcba9876543210&room=class&tab=b";
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) first = hablad_client_new (hablad, laptop);
  g_autoptr (HabladClient) second = hablad_client_new (hablad, tablet);

  expect_role (first, "owner", FALSE);
  expect_role (second, "listener", TRUE);
  hablad_client_send (second, "{'type':'take_over'}");
  expect_role (second, "owner", FALSE);
  expect_role (first, "listener", TRUE);
  send_text (second, "The house is big.");

  /* The new owner loses its connection, while the earlier one is there. */
  hablad_client_abort (second);
  expect_role (first, "listener", FALSE);
  g_clear_pointer (&second, hablad_client_free);
  second = hablad_client_new (hablad, tablet);
  expect_role (second, "owner", FALSE);
  hablad_client_abort (first);
  g_clear_pointer (&first, hablad_client_free);
  first = hablad_client_new (hablad, laptop);
  expect_role (first, "listener", TRUE);
  g_clear_pointer (&first, hablad_client_free);
  g_clear_pointer (&second, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

static void
expect_language (HabladClient *client, const char *language, gboolean is_offered, guint n)
{
  JsonObject *message = hablad_client_expect (client, "status");

  g_assert_cmpstr (json_object_get_string_member (message, "language"), ==, language);
  g_assert_cmpint (json_object_get_boolean_member (message, "language_offered"), ==, is_offered);
  if (n != 0)
    g_assert_cmpuint (
        json_array_get_length (json_object_get_array_member (message, "languages")), ==, n);
}

/* The owner chooses what listeners can read. A language that is not offered is a choice for those
 * that can choose, and an error for others. */
static void
test_offered (void)
{
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (HabladClient) owner = hablad_client_new (hablad, "room=class");
  g_autoptr (HabladClient) reader = NULL;
  g_autoptr (HabladClient) other = NULL;
  g_autoptr (HabladClient) refused = NULL;

  hablad_client_expect_next (owner, "status");
  reader = hablad_client_new (hablad, "room=class&listen=1&wait=1&language=fr-CA");
  expect_language (reader, "fr", TRUE, 0);

  /* Only what the source and the targets are, and French is taken away. */
  hablad_client_send (owner, "{'type':'set_languages','offered_languages':['en']}");
  expect_language (owner, "es", TRUE, 2);
  hablad_client_expect (owner, "languages_changed");
  expect_language (reader, "es", FALSE, 2);
  hablad_client_send_text (owner, "I have two books.");
  g_assert_cmpstr (
      json_object_get_string_member (hablad_client_expect (reader, "translation"), "translated"),
      ==, "Tengo dos libros.");
  other = hablad_client_new (hablad, "room=class&listen=1&wait=1&language=xx");
  expect_language (other, "es", FALSE, 2);
  hablad_client_send (other, "{'type':'set_language','language':'en-GB'}");
  expect_language (other, "en", TRUE, 2);
  hablad_client_send (other, "{'type':'set_language','language':'fr'}");
  expect_language (other, "en", FALSE, 2);
  refused = hablad_client_new (hablad, "room=class&listen=1&language=fr");
  hablad_client_expect_next (refused, "error");
  g_assert_cmpuint (hablad_client_wait_closed (refused), ==, 4422);
  hablad_client_send (owner, "{'type':'set_languages','offered_languages':['xx']}");
  hablad_client_expect (owner, "error");

  /* What listeners asked for is offered again. */
  hablad_client_send (owner, "{'type':'set_languages','offered_languages':[]}");
  expect_language (owner, "es", TRUE, 0);
  expect_language (reader, "fr", TRUE, 0);
  expect_language (other, "fr", TRUE, 0);
  hablad_client_send_text (owner, "I have two books.");
  while (!g_str_equal (
      json_object_get_string_member (hablad_client_expect (reader, "translation"), "translated"),
      "J'ai deux livres."))
    hablad_client_send_text (owner, "I have two books.");
  g_clear_pointer (&refused, hablad_client_free);
  hablad_client_close (reader);
  hablad_client_close (other);
  hablad_client_close (owner);
  g_clear_pointer (&reader, hablad_client_free);
  g_clear_pointer (&other, hablad_client_free);
  g_clear_pointer (&owner, hablad_client_free);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/follow/late", test_late);
  g_test_add_func ("/follow/reload", test_reload);
  g_test_add_func ("/follow/untranslated", test_untranslated);
  g_test_add_func ("/follow/take-over", test_take_over);
  g_test_add_func ("/follow/other-device", test_other_device);
  g_test_add_func ("/follow/offered", test_offered);
  return habla_test_run ();
}
