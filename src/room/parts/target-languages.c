/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/target-languages.h"

#define DEFAULT_LINGER 30000 /* milliseconds */

struct _HablaTargetLanguages {
  char *source;
  const HablaLanguages *available;
  gint64 linger; /* microseconds */
  gboolean has_begun;
  GHashTable *states; /* from BCP 47 code to HablaTargetState */
  GHashTable *unread; /* from BCP 47 code to gint64, when its last reader left */
};

HablaTargetLanguages *
habla_target_languages_new (const char *source, const HablaLanguages *available, guint linger)
{
  HablaTargetLanguages *self = g_new0 (HablaTargetLanguages, 1);

  self->source = g_strdup (source);
  self->available = available;
  self->linger = (linger != 0 ? linger : DEFAULT_LINGER) * G_TIME_SPAN_MILLISECOND;
  self->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->unread = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
habla_target_languages_free (HablaTargetLanguages *self)
{
  g_hash_table_unref (self->unread);
  g_hash_table_unref (self->states);
  g_free (self->source);
  g_free (self);
}

void
habla_target_changes_clear (HablaTargetChanges *self)
{
  g_clear_pointer (&self->added, g_ptr_array_unref);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_pointer (&self->failed, g_ptr_array_unref);
}

static void
target_languages_set (HablaTargetLanguages *self, const char *language, HablaTargetState state)
{
  g_hash_table_replace (self->states, g_strdup (language), GINT_TO_POINTER (state));
}

/* Returns: whether @language has had no reader for the time to linger; otherwise updates @next */
static gboolean
target_languages_has_lingered (
    HablaTargetLanguages *self, const char *language, gint64 now, gint64 *next)
{
  gint64 *since = g_hash_table_lookup (self->unread, language);
  gint64 end;

  if (since == NULL) {
    since = g_memdup2 (&now, sizeof now);
    g_hash_table_insert (self->unread, g_strdup (language), since);
  }
  end = *since + self->linger;
  if (now >= end)
    return TRUE;
  *next = *next == 0 ? end : MIN (*next, end);
  return FALSE;
}

static void
target_languages_remove_unread (
    HablaTargetLanguages *self, GHashTable *read, gint64 now, HablaTargetChanges *changes)
{
  GHashTableIter iter;
  gpointer language, state;

  g_hash_table_iter_init (&iter, self->states);
  while (g_hash_table_iter_next (&iter, &language, &state)) {
    if (g_hash_table_contains (read, language)) {
      g_hash_table_remove (self->unread, language);
      continue;
    }
    if (GPOINTER_TO_INT (state) != HABLA_TARGET_FAILED) {
      if (!target_languages_has_lingered (self, language, now, &changes->next))
        continue;
      g_hash_table_remove (self->unread, language);
      g_ptr_array_add (changes->removed, g_strdup (language));
    }
    g_hash_table_iter_remove (&iter);
  }
}

void
habla_target_languages_update (
    HablaTargetLanguages *self, GHashTable *read, gint64 now, HablaTargetChanges *changes)
{
  const char *const *pairs = (const char *const *) self->available->translated;
  HablaTargetState state = self->has_begun ? HABLA_TARGET_FRESH : HABLA_TARGET_FLOWS;
  GHashTableIter iter;
  gpointer language;

  changes->added = g_ptr_array_new_with_free_func (g_free);
  changes->removed = g_ptr_array_new_with_free_func (g_free);
  changes->failed = g_ptr_array_new_with_free_func (g_free);
  changes->next = 0;
  target_languages_remove_unread (self, read, now, changes);
  g_hash_table_iter_init (&iter, read);
  while (g_hash_table_iter_next (&iter, &language, NULL)) {
    if (g_hash_table_contains (self->states, language))
      continue;
    if (habla_language_pairs_contain (pairs, self->source, language)) {
      target_languages_set (self, language, state);
      g_ptr_array_add (changes->added, g_strdup (language));
    } else {
      target_languages_set (self, language, HABLA_TARGET_FAILED);
      g_ptr_array_add (changes->failed, g_strdup (language));
    }
  }
  self->has_begun = TRUE;
}

GHashTable *
habla_target_languages_get_states (HablaTargetLanguages *self)
{
  return self->states;
}

void
habla_target_languages_set_flowing (HablaTargetLanguages *self, const char *language)
{
  if (g_hash_table_contains (self->states, language))
    target_languages_set (self, language, HABLA_TARGET_FLOWS);
}

void
habla_target_languages_set_failed (HablaTargetLanguages *self, const char *language)
{
  target_languages_set (self, language, HABLA_TARGET_FAILED);
}

void
habla_target_languages_retry (HablaTargetLanguages *self, const char *language)
{
  gpointer state = g_hash_table_lookup (self->states, language);

  if (GPOINTER_TO_INT (state) == HABLA_TARGET_FAILED)
    g_hash_table_remove (self->states, language);
}
