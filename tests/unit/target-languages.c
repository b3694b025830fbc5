/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <room/parts/target-languages.h>

#define LINGER 1000            /* milliseconds */
#define SECOND (1000 * LINGER) /* microseconds */

static char *pairs[] = { (char *) "en>es", (char *) "en>es>fr", (char *) "fr>es", NULL };
static const HablaLanguages available = { .translated = pairs };

/* @languages: that someone reads, separated by blanks */
static void
update (HablaTargetLanguages *self, const char *languages, gint64 now, HablaTargetChanges *changes)
{
  g_autoptr (GHashTable) read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) list = g_strsplit (languages, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    g_hash_table_add (read, g_strdup (list[i]));
  habla_target_changes_clear (changes);
  habla_target_languages_update (self, read, now, changes);
}

static void
assert_only (GPtrArray *languages, const char *expected)
{
  g_assert_cmpuint (languages->len, ==, expected != NULL);
  if (expected != NULL)
    g_assert_cmpstr (g_ptr_array_index (languages, 0), ==, expected);
}

static HablaTargetState
get_state (HablaTargetLanguages *self, const char *language)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (habla_target_languages_get_states (self), language));
}

/* Languages of the beginning flow; a later one is fresh until its first translation. */
static void
test_states (void)
{
  HablaTargetLanguages *self = habla_target_languages_new ("en", &available, LINGER);
  HablaTargetChanges changes = { NULL };

  update (self, "es", 0, &changes);
  assert_only (changes.added, "es");
  g_assert_cmpint (get_state (self, "es"), ==, HABLA_TARGET_FLOWS);
  update (self, "es fr", 0, &changes);
  assert_only (changes.added, "fr");
  g_assert_cmpint (get_state (self, "fr"), ==, HABLA_TARGET_FRESH);
  habla_target_languages_set_flowing (self, "fr");
  g_assert_cmpint (get_state (self, "fr"), ==, HABLA_TARGET_FLOWS);
  habla_target_languages_set_flowing (self, "de");
  g_assert_cmpint (get_state (self, "de"), ==, 0);
  habla_target_changes_clear (&changes);
  habla_target_languages_free (self);
}

/* A language fails once, until a member asks for it again. */
static void
test_failed (void)
{
  HablaTargetLanguages *self = habla_target_languages_new ("en", &available, LINGER);
  HablaTargetChanges changes = { NULL };

  update (self, "de", 0, &changes);
  assert_only (changes.added, NULL);
  assert_only (changes.failed, "de");
  update (self, "de", 0, &changes);
  assert_only (changes.failed, NULL);
  habla_target_languages_retry (self, "de");
  update (self, "de es", 0, &changes);
  assert_only (changes.failed, "de");
  habla_target_languages_set_failed (self, "es");
  update (self, "de es", 0, &changes);
  assert_only (changes.added, NULL);
  habla_target_languages_retry (self, "es");
  update (self, "de es", 0, &changes);
  assert_only (changes.added, "es");
  habla_target_changes_clear (&changes);
  habla_target_languages_free (self);
}

static void
test_linger (void)
{
  HablaTargetLanguages *self = habla_target_languages_new ("en", &available, LINGER);
  HablaTargetChanges changes = { NULL };

  update (self, "es fr", 0, &changes);
  g_assert_cmpint (changes.next, ==, 0);
  update (self, "es", 10 * SECOND, &changes);
  assert_only (changes.removed, NULL);
  g_assert_cmpint (changes.next, ==, 11 * SECOND);
  /* Its reader comes back: the time starts again. */
  update (self, "es fr", 10 * SECOND + 1, &changes);
  assert_only (changes.added, NULL);
  g_assert_cmpint (changes.next, ==, 0);
  update (self, "es", 12 * SECOND, &changes);
  g_assert_cmpint (changes.next, ==, 13 * SECOND);
  update (self, "es", 13 * SECOND - 1, &changes);
  assert_only (changes.removed, NULL);
  update (self, "es", 13 * SECOND, &changes);
  assert_only (changes.removed, "fr");
  g_assert_cmpint (get_state (self, "fr"), ==, 0);
  habla_target_changes_clear (&changes);
  habla_target_languages_free (self);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/target-languages/states", test_states);
  g_test_add_func ("/target-languages/failed", test_failed);
  g_test_add_func ("/target-languages/linger", test_linger);
  return habla_test_run ();
}
