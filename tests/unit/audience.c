/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <room/parts/audience.h>

static char *targets[] = { (char *) "es", NULL };
static const HablaRoomSettings settings = { (char *) "en", targets, HABLA_MODE_CONVERSATION };

/* Writes down what a member is notified of: "transcript 1", "translation 1 es". */
static void
on_event (HablaMember *member, HablaEvent *event, gpointer user_data)
{
  GString *lines = user_data;

  if (lines->len > 0)
    g_string_append (lines, ", ");
  if (event->type == HABLA_EVENT_TRANSCRIPT)
    g_string_append_printf (lines, "transcript %" G_GUINT64_FORMAT, event->exchange->id);
  else if (event->type == HABLA_EVENT_TRANSLATION)
    g_string_append_printf (
        lines, "translation %" G_GUINT64_FORMAT " %s", event->exchange->id, event->language);
  else if (event->type == HABLA_EVENT_STATUS)
    g_string_append (lines, "status");
  else
    g_string_append (lines, event->text);
  if (event->encoded == NULL)
    event->encoded = g_bytes_new_static ("encoded", 7);
  else
    g_string_append (lines, " shared");
}

static void
assert_lines (GString *lines, const char *expected)
{
  g_assert_cmpstr (lines->str, ==, expected);
  g_string_truncate (lines, 0);
}

static HablaExchangeEntry *
add_exchange (HablaExchangeLog *exchanges, guint64 id)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (id, "text", "en");
  HablaExchangeEntry *entry = habla_exchange_log_add (exchanges, 1, utterance, &settings, NULL);

  habla_exchange_log_await (entry, "es", 0);
  habla_exchange_log_await (entry, "fr", 0);
  return entry;
}

/* Each member gets translations in order, in its language; those who read the same share a
 * message. */
static void
test_deliver (void)
{
  HablaAudience *self = habla_audience_new (NULL);
  guint64 next_id = 1;
  HablaExchangeLog *exchanges = habla_exchange_log_new (10, &next_id);
  g_autoptr (GString) owner_lines = g_string_new (NULL);
  g_autoptr (GString) guest_lines = g_string_new (NULL);
  g_autoptr (GString) french_lines = g_string_new (NULL);
  HablaMember *owner = habla_audience_add (self, NULL, 1, on_event, owner_lines);
  HablaMember *guest = habla_audience_add (self, "es", 1, on_event, guest_lines);
  HablaMember *french = habla_audience_add (self, "fr", 1, on_event, french_lines);
  HablaExchangeEntry *first = add_exchange (exchanges, 1), *second = add_exchange (exchanges, 2);

  habla_exchange_log_answer (exchanges, first, "es", "uno");
  habla_audience_deliver (self, exchanges);
  assert_lines (owner_lines, "translation 1 es");
  assert_lines (guest_lines, "translation 1 es shared");
  assert_lines (french_lines, "");
  /* The second answer says that the first one does not come. */
  habla_exchange_log_answer (exchanges, second, "fr", "deux");
  habla_audience_deliver (self, exchanges);
  assert_lines (french_lines, "translation 1 fr, translation 2 fr");
  habla_audience_deliver (self, exchanges);
  assert_lines (french_lines, "");
  habla_audience_replay (self, french, exchanges, 1, G_MAXSIZE);
  assert_lines (french_lines, "transcript 2, translation 2 fr");
  habla_audience_skip (self, 3);
  habla_exchange_log_answer (exchanges, second, "es", "dos");
  habla_audience_deliver (self, exchanges);
  assert_lines (owner_lines, "");
  habla_audience_remove (self, owner);
  habla_audience_remove (self, guest);
  habla_audience_remove (self, french);
  habla_exchange_log_free (exchanges);
  habla_audience_free (self);
}

/* A member that joins later gets all in order: each message is encoded once, translations that are
 * pending come later, and a limit of the size drops the oldest. */
static void
test_replay (void)
{
  HablaAudience *self = habla_audience_new (NULL);
  guint64 next_id = 1;
  HablaExchangeLog *exchanges = habla_exchange_log_new (10, &next_id);
  GString *lines[4];
  HablaMember *members[4];
  HablaExchangeEntry *entries[3];

  for (guint i = 0; i < 3; i++)
    entries[i] = add_exchange (exchanges, i + 1);
  habla_exchange_log_answer (exchanges, entries[0], "es", "uno");
  for (guint i = 0; i < 4; i++) {
    lines[i] = g_string_new (NULL);
    members[i] = habla_audience_add (self, i == 2 ? "de" : "es", 4, on_event, lines[i]);
  }
  habla_audience_replay (self, members[0], exchanges, 0, G_MAXSIZE);
  assert_lines (lines[0], "transcript 1, translation 1 es, transcript 2, transcript 3");
  habla_audience_replay (self, members[1], exchanges, 0, G_MAXSIZE);
  assert_lines (lines[1],
      "transcript 1 shared, translation 1 es shared, transcript 2 shared, transcript 3 shared");
  /* No one read German, so nothing is awaited. */
  habla_audience_replay (self, members[2], exchanges, 0, G_MAXSIZE);
  assert_lines (lines[2], "transcript 1 shared, translation 1 de, transcript 2 shared, "
                          "translation 2 de, transcript 3 shared, translation 3 de");
  habla_audience_replay (self, members[3], exchanges, 0, 2 * 1100);
  assert_lines (lines[3], "transcript 2 shared, transcript 3 shared");

  habla_exchange_log_answer (exchanges, entries[1], "es", "dos");
  habla_exchange_log_answer (exchanges, entries[2], "es", "tres");
  habla_audience_deliver (self, exchanges);
  assert_lines (lines[0], "translation 2 es, translation 3 es");
  assert_lines (lines[1], "translation 2 es shared, translation 3 es shared");
  assert_lines (lines[2], "");
  assert_lines (lines[3], "translation 2 es shared, translation 3 es shared");
  habla_exchange_log_drop_replayed (exchanges);
  habla_audience_skip (self, 4);
  habla_audience_replay (self, members[1], exchanges, 2, G_MAXSIZE);
  assert_lines (lines[1], "transcript 3, translation 3 es");
  for (guint i = 0; i < 4; i++) {
    habla_audience_remove (self, members[i]);
    g_string_free (lines[i], TRUE);
  }
  habla_exchange_log_free (exchanges);
  habla_audience_free (self);
}

static void
test_owner (void)
{
  HablaAudience *self = habla_audience_new (NULL);
  g_autoptr (GString) first_lines = g_string_new (NULL);
  g_autoptr (GString) second_lines = g_string_new (NULL);
  HablaMember *first = habla_audience_add (self, NULL, 1, on_event, first_lines);
  HablaMember *second = habla_audience_add (self, NULL, 1, on_event, second_lines);
  HablaEvent event = { .type = HABLA_EVENT_ERROR, .text = "no" };

  habla_audience_notify_owner (self, &event);
  assert_lines (first_lines, "");
  habla_audience_set_owner (self, first);
  habla_audience_notify_owner (self, &event);
  assert_lines (first_lines, "no");
  habla_audience_set_owner (self, second);
  assert_lines (first_lines, "status");
  g_assert_true (habla_audience_get_owner (self) == second);
  g_assert_cmpuint (habla_audience_count (self), ==, 2);
  g_assert_false (habla_audience_remove (self, first));
  g_assert_true (habla_audience_remove (self, second));
  g_assert_null (habla_audience_get_owner (self));
  habla_audience_free (self);
}

/* Pages of one owner: those that know of tabs learn their role from the status. */
static void
test_tabs (void)
{
  HablaAudience *self = habla_audience_new (NULL);
  GString *lines[] = { g_string_new (NULL), g_string_new (NULL), g_string_new (NULL) };
  HablaMember *first = habla_audience_add (self, NULL, 1, on_event, lines[0]);
  HablaMember *second = habla_audience_add (self, "fr", 1, on_event, lines[1]);
  HablaMember *listener = habla_audience_add (self, NULL, 1, on_event, lines[2]);

  g_assert_false (habla_audience_has_owner_in_other_tab (self, "a"));
  habla_audience_set_owner (self, first);
  g_assert_false (habla_audience_has_owner_in_other_tab (self, "a"));
  habla_audience_set_page (first, "key", "a");
  g_assert_false (habla_audience_has_owner_in_other_tab (self, "a"));
  g_assert_false (habla_audience_has_owner_in_other_tab (self, NULL));
  g_assert_true (habla_audience_has_owner_in_other_tab (self, "b"));
  habla_audience_set_page (second, "key", "b");
  g_assert_true (habla_audience_may_own (second));
  g_assert_false (habla_audience_may_own (listener));

  habla_audience_set_owner (self, second);
  assert_lines (lines[0], "status");
  assert_lines (lines[1], "");
  g_assert_cmpstr (habla_audience_get_language (second, &settings), ==, "es");
  g_assert_true (habla_audience_has_owner_in_other_tab (self, "a"));
  habla_audience_notify_candidates (self, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
  assert_lines (lines[0], "status");
  assert_lines (lines[1], "status");
  assert_lines (lines[2], "");
  habla_audience_remove (self, first);
  habla_audience_remove (self, second);
  habla_audience_remove (self, listener);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_string_free (lines[i], TRUE);
  habla_audience_free (self);
}

/* Readers of the source language, in any variety, need no translation. */
static void
test_languages (void)
{
  HablaAudience *self = habla_audience_new (NULL);
  HablaMember *english = habla_audience_add (self, "en", 1, on_event, NULL);
  HablaMember *american = habla_audience_add (self, "en-US", 1, on_event, NULL);
  HablaMember *french = habla_audience_add (self, "fr", 1, on_event, NULL);
  g_autoptr (GHashTable) read = habla_audience_list_languages (self, &settings);

  g_assert_cmpuint (g_hash_table_size (read), ==, 2);
  g_assert_true (g_hash_table_contains (read, "es"));
  g_assert_true (g_hash_table_contains (read, "fr"));
  g_assert_cmpstr (habla_audience_get_language (french, &settings), ==, "fr");
  habla_audience_remove (self, english);
  habla_audience_remove (self, american);
  habla_audience_remove (self, french);
  habla_audience_free (self);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/audience/deliver", test_deliver);
  g_test_add_func ("/audience/replay", test_replay);
  g_test_add_func ("/audience/owner", test_owner);
  g_test_add_func ("/audience/tabs", test_tabs);
  g_test_add_func ("/audience/languages", test_languages);
  return habla_test_run ();
}
