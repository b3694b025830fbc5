/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which languages a room's session has: those that somebody reads, as far as they can be
 * translated here. */
#include "room/room-private.h"

#include <util/source.h>

/* How long a language stays that nobody reads any more, in milliseconds: phones that lock
 * or lose the network come back, and an engine takes a while to start. */
#define LINGER 30000

/* Returns: (transfer container): the languages that somebody reads, but the spoken one */
static GHashTable *
list_read_languages (HablaRoom *self)
{
  const char *from = self->session_settings.source_language;
  GStrv targets = self->session_settings.target_languages;
  GHashTable *read = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; targets[i] != NULL; i++)
    g_hash_table_add (read, targets[i]);
  for (guint i = 0; i < self->members->len; i++) {
    const HablaMember *member = g_ptr_array_index (self->members, i);
    const char *language = habla_room_get_language_of (member, &self->session_settings);

    if (!g_str_equal (language, from))
      g_hash_table_add (read, (gpointer) language);
  }
  return read;
}

/* Returns: whether @language is to be in the session; if it cannot, its readers are told */
static gboolean
admit_language (HablaRoom *self, const char *language, HablaLanguageState state)
{
  g_autoptr (GError) error = NULL;

  if (habla_languages_check_pair (
          &self->context->languages, self->session_settings.source_language, language, &error)) {
    g_hash_table_replace (self->languages, g_strdup (language), GINT_TO_POINTER (state));
    return TRUE;
  }
  habla_room_on_language_failed (self, language, error);
  return FALSE;
}

/* Returns: in microseconds */
static gint64
get_linger (HablaRoom *self)
{
  guint linger = self->context->options.linger;

  return (linger != 0 ? linger : LINGER) * G_TIME_SPAN_MILLISECOND;
}

/* Returns: whether nobody has read @language for long enough; else @next is when to look */
static gboolean
has_lingered (HablaRoom *self, const char *language, gint64 *next)
{
  gint64 now = g_get_monotonic_time ();
  gint64 *since = g_hash_table_lookup (self->unread, language);

  if (since == NULL) {
    since = g_memdup2 (&now, sizeof now);
    g_hash_table_insert (self->unread, g_strdup (language), since);
  }
  if (now - *since >= get_linger (self))
    return TRUE;
  *next = *next == 0 ? *since + get_linger (self) : MIN (*next, *since + get_linger (self));
  return FALSE;
}

static void
stop_watching_unread (HablaRoom *self)
{
  habla_source_clear (&self->linger_timer);
}

static gboolean
on_linger (gpointer user_data)
{
  HablaRoom *self = user_data;

  stop_watching_unread (self);
  habla_room_update_languages (self);
  return G_SOURCE_REMOVE;
}

/* The session is over, and with it what lingered. */
void
habla_room_forget_unread (HablaRoom *self)
{
  stop_watching_unread (self);
  g_hash_table_remove_all (self->unread);
}

/* @next: when something has lingered for long enough; 0 = nothing does */
static void
watch_unread (HablaRoom *self, gint64 next)
{
  stop_watching_unread (self);
  if (next == 0)
    return;
  habla_source_start_timer_at (&self->linger_timer, next, "habla-room-linger", on_linger, self);
}

/* Adds languages to the session and takes them from it, as members come, go and choose. */
void
habla_room_update_languages (HablaRoom *self)
{
  g_autoptr (GHashTable) read = NULL;
  GHashTableIter iter;
  gpointer language, state;
  gboolean is_less_awaited = FALSE;
  gint64 next = 0;

  if (self->session == NULL || self->is_stopping)
    return;
  read = list_read_languages (self);
  g_hash_table_iter_init (&iter, self->languages);
  while (g_hash_table_iter_next (&iter, &language, &state)) {
    if (g_hash_table_contains (read, language)) {
      g_hash_table_remove (self->unread, language);
      continue;
    }
    if (GPOINTER_TO_INT (state) != HABLA_LANGUAGE_FAILED) {
      if (!has_lingered (self, language, &next))
        continue;
      g_hash_table_remove (self->unread, language);
      habla_pipeline_remove_language (self->session, language);
      if (habla_exchange_log_give_up (self->exchanges, self->session_number, language))
        is_less_awaited = TRUE;
    }
    g_hash_table_iter_remove (&iter);
  }
  g_hash_table_iter_init (&iter, read);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    if (!g_hash_table_contains (self->languages, language) &&
        admit_language (self, language, HABLA_LANGUAGE_FRESH))
      habla_pipeline_add_language (self->session, language);
  watch_unread (self, next);
  if (is_less_awaited)
    habla_room_deliver (self);
}

/* Somebody asks for @language anew, so that it is tried once more if it has failed. */
void
habla_room_retry_language (HablaRoom *self, const char *language)
{
  gpointer state = g_hash_table_lookup (self->languages, language);

  if (GPOINTER_TO_INT (state) == HABLA_LANGUAGE_FAILED)
    g_hash_table_remove (self->languages, language);
}

/* Returns: (transfer full): those to begin with; the others have failed */
GStrv
habla_room_choose_languages (HablaRoom *self)
{
  g_autoptr (GHashTable) read = list_read_languages (self);
  g_autoptr (GStrvBuilder) to = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer language;

  g_hash_table_iter_init (&iter, read);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    if (admit_language (self, language, HABLA_LANGUAGE_FLOWS))
      g_strv_builder_add (to, language);
  return g_strv_builder_end (to);
}
