/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/exchange-log.h"

struct _HablaExchangeLog {
  GPtrArray *entries; /* of HablaExchangeEntry, by ascending id */
  guint max_length;
  guint64 *next_id;
  HablaExchangeResolved resolved; /* (nullable) */
  gpointer user_data;
};

static void
exchange_log_entry_free (HablaExchangeEntry *entry)
{
  g_free (entry->exchange.language);
  g_free (entry->exchange.target_language);
  g_free (entry->exchange.source);
  g_free (entry->exchange.recording);
  g_clear_pointer (&entry->exchange.annotations, habla_annotations_unref);
  g_hash_table_unref (entry->exchange.translations);
  g_hash_table_unref (entry->awaited);
  g_clear_pointer (&entry->replayed, g_hash_table_unref);
  g_free (entry);
}

HablaExchangeLog *
habla_exchange_log_new (guint max_length, guint64 *next_id)
{
  HablaExchangeLog *self = g_new0 (HablaExchangeLog, 1);

  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) exchange_log_entry_free);
  self->max_length = max_length;
  self->next_id = next_id;
  return self;
}

void
habla_exchange_log_free (HablaExchangeLog *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static void
exchange_log_append (HablaExchangeLog *self, HablaExchangeEntry *entry)
{
  if (habla_exchange_log_is_full (self))
    g_ptr_array_remove_index (self->entries, 0);
  g_ptr_array_add (self->entries, entry);
}

HablaExchangeEntry *
habla_exchange_log_add (HablaExchangeLog *self, guint run, const HablaUtterance *utterance,
    const HablaRoomSettings *settings, HablaSpeaker *speaker)
{
  HablaExchangeEntry *entry = g_new0 (HablaExchangeEntry, 1);
  HablaExchange *exchange = &entry->exchange;
  const char *language = utterance->language;

  if (utterance->source_text != NULL)
    language = utterance->source_language;
  if (language == NULL || utterance->untranslated)
    language = settings->source_language;
  exchange->id = (*self->next_id)++;
  exchange->speaker = speaker;
  exchange->language = g_strdup (language);
  exchange->target_language = g_strdup (settings->target_languages[0]);
  exchange->source =
      g_strdup (utterance->source_text != NULL ? utterance->source_text : utterance->text);
  exchange->translations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  exchange->confidence =
      utterance->confidence < 0.0 ? 1.0 : CLAMP (utterance->confidence, 0.0, 1.0);
  exchange->timestamp = g_get_real_time ();
  if (utterance->annotations != NULL)
    exchange->annotations = habla_annotations_ref (utterance->annotations);
  exchange->processing = -1;
  exchange->begin = exchange->timestamp;
  exchange->end = exchange->timestamp;
  entry->run = run;
  entry->utterance = utterance->id;
  entry->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  entry->announced_at = g_get_monotonic_time ();

  exchange_log_append (self, entry);
  return entry;
}

HablaExchangeEntry *
habla_exchange_log_insert (
    HablaExchangeLog *self, HablaExchange *exchange, const char *const *awaited)
{
  HablaExchangeEntry *entry = g_new0 (HablaExchangeEntry, 1);
  const HablaExchange none = { 0 };

  entry->exchange = *exchange;
  *exchange = none;
  entry->exchange.translations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  entry->is_announced = TRUE;
  entry->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  entry->announced_at = g_get_monotonic_time ();
  for (guint i = 0; awaited[i] != NULL; i++)
    habla_exchange_log_await (entry, awaited[i], 0);
  *self->next_id = entry->exchange.id + 1;
  exchange_log_append (self, entry);
  return entry;
}

void
habla_exchange_log_set_resolved (
    HablaExchangeLog *self, HablaExchangeResolved resolved, gpointer user_data)
{
  self->resolved = resolved;
  self->user_data = user_data;
}

void
habla_exchange_log_await (HablaExchangeEntry *entry, const char *language, gint64 deadline)
{
  g_hash_table_insert (entry->awaited, g_strdup (language), g_memdup2 (&deadline, sizeof deadline));
}

gboolean
habla_exchange_log_resolve (
    HablaExchangeLog *self, HablaExchangeEntry *entry, const char *language, const char *text)
{
  if (!g_hash_table_remove (entry->awaited, language))
    return FALSE;
  if (text != NULL)
    g_hash_table_insert (entry->exchange.translations, g_strdup (language), g_strdup (text));
  if (self->resolved != NULL)
    self->resolved (entry, language, text, self->user_data);
  return TRUE;
}

gboolean
habla_exchange_log_answer (
    HablaExchangeLog *self, HablaExchangeEntry *entry, const char *language, const char *text)
{
  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *earlier = g_ptr_array_index (self->entries, i);

    if (earlier == entry)
      break;
    if (earlier->run == entry->run)
      habla_exchange_log_resolve (self, earlier, language, NULL);
  }
  if (habla_exchange_log_resolve (self, entry, language, text))
    return TRUE;
  if (text != NULL)
    g_hash_table_insert (entry->exchange.translations, g_strdup (language), g_strdup (text));
  return FALSE;
}

void
habla_exchange_log_give_up_all (HablaExchangeLog *self, HablaExchangeEntry *entry)
{
  GHashTableIter iter;
  gpointer language;

  g_hash_table_iter_init (&iter, entry->awaited);
  while (self->resolved != NULL && g_hash_table_iter_next (&iter, &language, NULL))
    self->resolved (entry, language, NULL, self->user_data);
  g_hash_table_remove_all (entry->awaited);
}

gboolean
habla_exchange_log_give_up (HablaExchangeLog *self, guint run, const char *language)
{
  gboolean had_any = FALSE;

  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    if (entry->run == run && habla_exchange_log_resolve (self, entry, language, NULL))
      had_any = TRUE;
  }
  return had_any;
}

gint64
habla_exchange_log_give_up_late (HablaExchangeLog *self, gint64 now)
{
  gint64 next = 0;

  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);
    GHashTableIter iter;
    gpointer language, value;

    g_hash_table_iter_init (&iter, entry->awaited);
    while (g_hash_table_iter_next (&iter, &language, &value)) {
      gint64 deadline = *(gint64 *) value;

      if (deadline != 0 && deadline <= now) {
        if (self->resolved != NULL)
          self->resolved (entry, language, NULL, self->user_data);
        g_hash_table_iter_remove (&iter);
      } else if (deadline != 0 && (next == 0 || deadline < next)) {
        next = deadline;
      }
    }
  }
  return next;
}

guint
habla_exchange_log_settle (HablaExchangeLog *self, guint run)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    if (entry->run == run && g_hash_table_size (entry->awaited) > 0) {
      habla_exchange_log_give_up_all (self, entry);
      n++;
    }
  }
  return n;
}

void
habla_exchange_log_drop_replayed (HablaExchangeLog *self)
{
  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    g_clear_pointer (&entry->replayed, g_hash_table_unref);
  }
}

void
habla_exchange_log_forget (HablaExchangeLog *self)
{
  habla_exchange_log_drop_replayed (self);
  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    entry->is_forgotten = TRUE;
    entry->exchange.speaker = NULL;
    g_free (entry->exchange.source);
    entry->exchange.source = g_strdup ("");
    g_clear_pointer (&entry->exchange.annotations, habla_annotations_unref);
    g_hash_table_remove_all (entry->exchange.translations);
  }
}

gboolean
habla_exchange_log_is_full (HablaExchangeLog *self)
{
  return self->entries->len >= self->max_length;
}

guint64
habla_exchange_log_get_first_id (HablaExchangeLog *self)
{
  const HablaExchangeEntry *first =
      self->entries->len > 0 ? g_ptr_array_index (self->entries, 0) : NULL;

  return first != NULL ? first->exchange.id : *self->next_id;
}

guint64
habla_exchange_log_get_next_id (HablaExchangeLog *self)
{
  return *self->next_id;
}

HablaExchangeEntry *
habla_exchange_log_get_from (HablaExchangeLog *self, guint64 id)
{
  guint begin = 0, end = self->entries->len;

  while (begin < end) {
    guint middle = begin + (end - begin) / 2;
    const HablaExchangeEntry *entry = g_ptr_array_index (self->entries, middle);

    if (entry->exchange.id < id)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin < self->entries->len ? g_ptr_array_index (self->entries, begin) : NULL;
}

HablaExchangeEntry *
habla_exchange_log_get (HablaExchangeLog *self, guint64 id)
{
  HablaExchangeEntry *entry = habla_exchange_log_get_from (self, id);

  return entry != NULL && entry->exchange.id == id ? entry : NULL;
}

HablaExchangeEntry *
habla_exchange_log_find_unannounced (HablaExchangeLog *self, guint run, guint64 utterance)
{
  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    if (entry->run == run && entry->utterance == utterance && !entry->is_announced)
      return entry;
  }
  return NULL;
}

HablaExchangeEntry *
habla_exchange_log_find_awaiting (
    HablaExchangeLog *self, guint run, guint64 utterance, const char *language)
{
  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    if (entry->run == run && entry->utterance == utterance &&
        g_hash_table_contains (entry->awaited, language))
      return entry;
  }
  return NULL;
}

gboolean
habla_exchange_log_knows (HablaExchangeLog *self, guint run, guint64 utterance)
{
  for (guint i = self->entries->len; i > 0; i--) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i - 1);

    if (entry->run != run)
      break;
    if (entry->utterance == utterance)
      return TRUE;
  }
  return FALSE;
}

guint
habla_exchange_log_count_pending (HablaExchangeLog *self, guint run)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++) {
    HablaExchangeEntry *entry = g_ptr_array_index (self->entries, i);

    n += entry->run == run && g_hash_table_size (entry->awaited) > 0;
  }
  return n;
}

gboolean
habla_exchange_log_is_answered (const HablaExchangeEntry *entry, const char *language)
{
  return !g_hash_table_contains (entry->awaited, language);
}
