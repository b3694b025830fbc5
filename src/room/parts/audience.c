/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/audience.h"

#include <habla/language-pair.h>
#include <habla/language.h>

#include <string.h>

/* Size of a transcript and a translation as JSON, without their texts, in bytes. */
#define MESSAGES_OVERHEAD 1000

struct _HablaMember {
  HablaRoom *room;
  char *language;      /* NULL = the room's first target */
  guint64 next;        /* id of the next exchange to deliver */
  gboolean can_choose; /* knows that a language may not be offered */
  gboolean is_refused; /* wanted is not offered */
  char *wanted;        /* (nullable): tag; of a member that can choose */
  gboolean is_screen;  /* no one's: does not count */
  gboolean may_own;
  char *key; /* (nullable): of a member that may own the room */
  char *tab; /* (nullable): as key */
  gboolean awaits_replay;
  guint64 replay_since;
  gsize replay_size;
  HablaMemberNotify notify;
  gpointer user_data;
};

struct _HablaAudience {
  HablaRoom *room;
  GPtrArray *members;
  HablaMember *owner;
  gboolean is_delivering;
  GHashTable *remote; /* (nullable): readers on other nodes, from name of a node to a table from BCP
                       * 47 code to their number */
};

HablaAudience *
habla_audience_new (HablaRoom *room)
{
  HablaAudience *self = g_new0 (HablaAudience, 1);

  self->room = room;
  self->members = g_ptr_array_new ();
  return self;
}

void
habla_audience_free (HablaAudience *self)
{
  g_assert (self->members->len == 0);
  g_ptr_array_unref (self->members);
  g_clear_pointer (&self->remote, g_hash_table_unref);
  g_free (self);
}

HablaMember *
habla_audience_add (HablaAudience *self, const char *language, guint64 next_exchange,
    HablaMemberNotify notify, gpointer user_data)
{
  HablaMember *member = g_new0 (HablaMember, 1);

  member->room = self->room;
  member->language = g_strdup (language);
  member->next = next_exchange;
  member->notify = notify;
  member->user_data = user_data;
  g_ptr_array_add (self->members, member);
  return member;
}

gboolean
habla_audience_remove (HablaAudience *self, HablaMember *member)
{
  gboolean was_owner = member == self->owner;

  if (was_owner)
    self->owner = NULL;
  g_ptr_array_remove (self->members, member);
  g_free (member->language);
  g_free (member->wanted);
  g_free (member->key);
  g_free (member->tab);
  g_free (member);
  return was_owner;
}

guint
habla_audience_count (HablaAudience *self)
{
  return self->members->len;
}

static gboolean
audience_is_listener (HablaAudience *self, const HablaMember *member)
{
  return member != self->owner && !member->may_own && !member->is_screen;
}

static void
audience_add_readers (GHashTable *counts, gpointer language, guint n)
{
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (counts, language));

  g_hash_table_insert (counts, language, GUINT_TO_POINTER (known + n));
}

/* Adds the readers on other nodes. */
static void
audience_add_remote (HablaAudience *self, GHashTable *counts)
{
  GHashTableIter nodes, iter;
  gpointer readers, language, n;

  if (self->remote == NULL)
    return;
  g_hash_table_iter_init (&nodes, self->remote);
  while (g_hash_table_iter_next (&nodes, NULL, &readers)) {
    g_hash_table_iter_init (&iter, readers);
    while (g_hash_table_iter_next (&iter, &language, &n))
      audience_add_readers (counts, language, GPOINTER_TO_UINT (n));
  }
}

static guint
audience_count_remote (HablaAudience *self)
{
  g_autoptr (GHashTable) counts = NULL;
  GHashTableIter iter;
  gpointer n;
  guint total = 0;

  if (self->remote == NULL)
    return 0;
  counts = g_hash_table_new (g_str_hash, g_str_equal);
  audience_add_remote (self, counts);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, NULL, &n))
    total += GPOINTER_TO_UINT (n);
  return total;
}

guint
habla_audience_count_listeners (HablaAudience *self)
{
  guint n = 0;

  for (guint i = 0; i < self->members->len; i++)
    n += audience_is_listener (self, g_ptr_array_index (self->members, i));
  return n + audience_count_remote (self);
}

static int
audience_compare_readers (gconstpointer a, gconstpointer b)
{
  return strcmp (((const HablaReaders *) a)->language, ((const HablaReaders *) b)->language);
}

static GArray *
audience_sort_readers (GHashTable *counts)
{
  GArray *readers = g_array_new (FALSE, FALSE, sizeof (HablaReaders));
  GHashTableIter iter;
  gpointer language, n;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &language, &n))
    g_array_append_val (
        readers, ((HablaReaders){ .language = language, .n = GPOINTER_TO_UINT (n) }));
  g_array_sort (readers, audience_compare_readers);
  return readers;
}

static gboolean
audience_is_unread (gpointer language, gpointer n, gpointer user_data)
{
  return GPOINTER_TO_UINT (n) == 0;
}

GArray *
habla_audience_count_readers (HablaAudience *self, const HablaRoomSettings *settings)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->members->len; i++) {
    const HablaMember *member = g_ptr_array_index (self->members, i);

    if (audience_is_listener (self, member))
      audience_add_readers (counts, (gpointer) habla_audience_get_language (member, settings), 1);
  }
  audience_add_remote (self, counts);
  g_hash_table_foreach_remove (counts, audience_is_unread, NULL);
  return audience_sort_readers (counts);
}

GArray *
habla_audience_list_local_readers (HablaAudience *self, const HablaRoomSettings *settings)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->members->len; i++) {
    const HablaMember *member = g_ptr_array_index (self->members, i);

    audience_add_readers (counts, (gpointer) habla_audience_get_language (member, settings),
        audience_is_listener (self, member));
  }
  return audience_sort_readers (counts);
}

void
habla_audience_set_remote_readers (HablaAudience *self, const char *node, GArray *readers)
{
  GHashTable *counts;

  if (self->remote == NULL)
    self->remote = g_hash_table_new_full (
        g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  g_hash_table_remove (self->remote, node);
  if (readers == NULL || readers->len == 0)
    return;
  counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < readers->len; i++) {
    const HablaReaders *reader = &g_array_index (readers, HablaReaders, i);

    g_hash_table_insert (counts, g_strdup (reader->language), GUINT_TO_POINTER (reader->n));
  }
  g_hash_table_insert (self->remote, g_strdup (node), counts);
}

gboolean
habla_audience_has_remote_readers (HablaAudience *self)
{
  return self->remote != NULL && g_hash_table_size (self->remote) > 0;
}

void
habla_audience_clear_remote_readers (HablaAudience *self)
{
  g_clear_pointer (&self->remote, g_hash_table_unref);
}

HablaMember *
habla_audience_get_owner (HablaAudience *self)
{
  return self->owner;
}

void
habla_audience_notify_member (HablaMember *member, HablaEvent *event)
{
  event->room = member->room;
  member->notify (member, event, member->user_data);
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

void
habla_audience_set_owner (HablaAudience *self, HablaMember *member)
{
  HablaMember *old = self->owner;
  HablaEvent status = { .type = HABLA_EVENT_STATUS };

  self->owner = member;
  /* It reads the room's first target. */
  g_clear_pointer (&member->language, g_free);
  g_clear_pointer (&member->wanted, g_free);
  member->is_refused = FALSE;
  if (old != NULL && old != member)
    habla_audience_notify_member (old, &status);
}

gboolean
habla_audience_has_owner_in_other_tab (HablaAudience *self, const char *tab)
{
  const char *present = self->owner != NULL ? self->owner->tab : NULL;

  return tab != NULL && present != NULL && !g_str_equal (tab, present);
}

void
habla_audience_set_page (HablaMember *member, const char *key, const char *tab)
{
  member->may_own = TRUE;
  g_free (member->key);
  member->key = g_strdup (key);
  g_free (member->tab);
  member->tab = g_strdup (tab);
}

void
habla_audience_set_screen (HablaMember *member)
{
  member->is_screen = TRUE;
}

const char *
habla_audience_get_key (HablaMember *member)
{
  return member->key;
}

gboolean
habla_audience_may_own (HablaMember *member)
{
  return member->may_own;
}

static void
audience_add_remote_languages (
    HablaAudience *self, const HablaRoomSettings *settings, GHashTable *languages)
{
  g_autoptr (GHashTable) counts = NULL;
  GHashTableIter iter;
  gpointer language;

  if (self->remote == NULL)
    return;
  counts = g_hash_table_new (g_str_hash, g_str_equal);
  audience_add_remote (self, counts);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &language, NULL))
    if (!habla_language_has_same_primary (language, settings->source_language))
      g_hash_table_add (languages, g_strdup (language));
}

GHashTable *
habla_audience_list_languages (HablaAudience *self, const HablaRoomSettings *settings)
{
  GHashTable *languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; settings->target_languages[i] != NULL; i++)
    g_hash_table_add (languages, g_strdup (settings->target_languages[i]));
  for (guint i = 0; i < self->members->len; i++) {
    const char *language =
        habla_audience_get_language (g_ptr_array_index (self->members, i), settings);

    if (!habla_language_has_same_primary (language, settings->source_language))
      g_hash_table_add (languages, g_strdup (language));
  }
  audience_add_remote_languages (self, settings, languages);
  return languages;
}

void
habla_audience_notify (HablaAudience *self, HablaEvent *event)
{
  event->room = self->room;
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    member->notify (member, event, member->user_data);
  }
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

void
habla_audience_notify_readers (
    HablaAudience *self, HablaEvent *event, const char *language, const HablaRoomSettings *settings)
{
  event->room = self->room;
  event->language = language;
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    if (g_str_equal (habla_audience_get_language (member, settings), language))
      member->notify (member, event, member->user_data);
  }
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

void
habla_audience_notify_owner (HablaAudience *self, HablaEvent *event)
{
  if (self->owner != NULL)
    habla_audience_notify_member (self->owner, event);
}

void
habla_audience_notify_candidates (HablaAudience *self, HablaEvent *event)
{
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    if (member->may_own)
      habla_audience_notify_member (member, event);
  }
}

/* Translations into one language are one message for all its readers. */
static gboolean
audience_is_same_message (gconstpointer a, gconstpointer b)
{
  const HablaEvent *event_a = a, *event_b = b;

  return event_a->exchange == event_b->exchange &&
         g_str_equal (event_a->language, event_b->language);
}

static guint
audience_hash_message (gconstpointer key)
{
  const HablaEvent *event = key;

  return g_direct_hash (event->exchange) ^ g_str_hash (event->language);
}

static void
audience_event_free (HablaEvent *event)
{
  g_clear_pointer (&event->encoded, g_bytes_unref);
  g_free (event);
}

/* Returns: (transfer full): set of events that several members get */
static GHashTable *
audience_messages_new (void)
{
  return g_hash_table_new_full (
      audience_hash_message, audience_is_same_message, (GDestroyNotify) audience_event_free, NULL);
}

static const char *
audience_get_exchange_language (const HablaMember *member, const HablaExchange *exchange)
{
  return member->language != NULL ? member->language : exchange->target_language;
}

/* Returns: whether an exchange was delivered or skipped; call again */
static gboolean
audience_deliver_next (HablaMember *member, HablaExchangeLog *exchanges, GHashTable *messages)
{
  HablaExchangeEntry *entry = habla_exchange_log_get_from (exchanges, member->next);
  HablaEvent like = { .type = HABLA_EVENT_TRANSLATION, .room = member->room };
  HablaEvent *event;

  if (entry == NULL)
    return FALSE;
  if (entry->is_forgotten) {
    member->next = entry->exchange.id + 1;
    return TRUE;
  }
  like.exchange = &entry->exchange;
  like.language = audience_get_exchange_language (member, &entry->exchange);
  if (!habla_exchange_log_is_answered (entry, like.language))
    return FALSE;
  event = g_hash_table_lookup (messages, &like);
  if (event == NULL) {
    event = g_memdup2 (&like, sizeof like);
    g_hash_table_add (messages, event);
  }
  member->next = entry->exchange.id + 1;
  member->notify (member, event, member->user_data);
  return TRUE;
}

void
habla_audience_deliver (HablaAudience *self, HablaExchangeLog *exchanges)
{
  g_autoptr (GHashTable) messages = NULL;

  if (self->is_delivering)
    return;
  self->is_delivering = TRUE;
  messages = audience_messages_new ();
  for (guint i = 0; i < self->members->len; i++)
    while (audience_deliver_next (g_ptr_array_index (self->members, i), exchanges, messages))
      ;
  self->is_delivering = FALSE;
}

void
habla_audience_skip (HablaAudience *self, guint64 next_exchange)
{
  for (guint i = 0; i < self->members->len; i++)
    ((HablaMember *) g_ptr_array_index (self->members, i))->next = next_exchange;
}

/* Returns: about the size of the two messages of an exchange in @language, in bytes */
static gsize
audience_estimate_size (const HablaExchange *exchange, const char *language)
{
  const char *text = habla_exchange_get_text (exchange, language);

  /* The transcript has the source once, the translation twice. */
  return MESSAGES_OVERHEAD + 3 * strlen (exchange->source) + (text != NULL ? strlen (text) : 0);
}

/* Returns: (nullable): the first exchange from @id on, before @end */
static HablaExchangeEntry *
audience_get_earlier (HablaExchangeLog *exchanges, guint64 id, guint64 end)
{
  HablaExchangeEntry *entry = habla_exchange_log_get_from (exchanges, id);

  return entry != NULL && entry->exchange.id < end ? entry : NULL;
}

/* Returns: the first id from @id to @end whose messages, and all later ones, fit in @max_size */
static guint64
audience_find_replay_begin (
    HablaMember *member, HablaExchangeLog *exchanges, guint64 id, gsize max_size)
{
  guint64 begin = id, end = member->next;
  HablaExchangeEntry *entry;
  gsize size = 0;

  while ((entry = audience_get_earlier (exchanges, id, end)) != NULL) {
    size += audience_estimate_size (
        &entry->exchange, audience_get_exchange_language (member, &entry->exchange));
    id = entry->exchange.id + 1;
  }
  while (size > max_size && (entry = audience_get_earlier (exchanges, begin, end)) != NULL) {
    size -= audience_estimate_size (
        &entry->exchange, audience_get_exchange_language (member, &entry->exchange));
    begin = entry->exchange.id + 1;
  }
  return begin;
}

/* Encodes each message once, however many members join.
 *
 * @key: of @entry->replayed */
static void
audience_notify_of_earlier (
    HablaMember *member, HablaExchangeEntry *entry, HablaEvent *event, const char *key)
{
  GBytes *known = entry->replayed != NULL ? g_hash_table_lookup (entry->replayed, key) : NULL;

  event->room = member->room;
  event->exchange = &entry->exchange;
  event->encoded = known != NULL ? g_bytes_ref (known) : NULL;
  member->notify (member, event, member->user_data);
  if (known == NULL && event->encoded != NULL) {
    if (entry->replayed == NULL)
      entry->replayed =
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
    g_hash_table_insert (entry->replayed, g_strdup (key), g_bytes_ref (event->encoded));
  }
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

/* Notifies @member of the translations that are next, up to the exchange before @end. */
static void
audience_replay_translations (HablaMember *member, HablaExchangeLog *exchanges, guint64 end)
{
  HablaExchangeEntry *entry;

  while ((entry = audience_get_earlier (exchanges, member->next, end)) != NULL) {
    const char *language = audience_get_exchange_language (member, &entry->exchange);
    HablaEvent event = {
      .type = HABLA_EVENT_TRANSLATION, .language = language, .is_replayed = TRUE
    };

    if (!entry->is_forgotten && !habla_exchange_log_is_answered (entry, language))
      return;
    member->next = entry->exchange.id + 1;
    if (!entry->is_forgotten)
      audience_notify_of_earlier (member, entry, &event, language);
  }
}

void
habla_audience_replay (HablaAudience *self, HablaMember *member, HablaExchangeLog *exchanges,
    guint64 since, gsize max_size)
{
  guint64 end = member->next, id = since + 1;
  HablaExchangeEntry *entry;

  if (since >= end)
    return;
  id = audience_find_replay_begin (member, exchanges, id, max_size);
  member->next = id;
  while ((entry = audience_get_earlier (exchanges, id, end)) != NULL) {
    HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT };

    id = entry->exchange.id + 1;
    if (!entry->is_forgotten)
      audience_notify_of_earlier (member, entry, &event, "");
    audience_replay_translations (member, exchanges, id);
  }
}

void
habla_audience_defer_replay (HablaMember *member, guint64 since, gsize max_size)
{
  member->awaits_replay = TRUE;
  member->replay_since = since;
  member->replay_size = max_size;
}

void
habla_audience_replay_deferred (HablaAudience *self, HablaExchangeLog *exchanges)
{
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    member->next = habla_exchange_log_get_next_id (exchanges);
    if (member->awaits_replay)
      habla_audience_replay (self, member, exchanges, member->replay_since, member->replay_size);
    member->awaits_replay = FALSE;
  }
}

HablaRoom *
habla_audience_get_room (HablaMember *member)
{
  return member->room;
}

const char *
habla_audience_get_language (const HablaMember *member, const HablaRoomSettings *settings)
{
  return member->language != NULL ? member->language : settings->target_languages[0];
}

void
habla_audience_set_language (HablaMember *member, const char *language)
{
  char *copy = g_strdup (language);

  g_free (member->language);
  member->language = copy;
}

/* Returns: (transfer full) (nullable): the nearest of @offered */
static char *
audience_find_offered (const char *const *offered, const char *wanted)
{
  g_autofree char *normal = wanted != NULL ? habla_language_normalize (wanted, NULL) : NULL;

  return normal != NULL ? g_strdup (habla_language_list_find (offered, normal)) : NULL;
}

static void
audience_choose_language_again (HablaMember *member, const char *const *offered)
{
  char *found = audience_find_offered (offered, member->wanted);

  member->is_refused = member->wanted != NULL && found == NULL;
  if (member->is_refused && member->language != NULL && g_strv_contains (offered, member->language))
    return;
  g_free (member->language);
  member->language = found;
}

void
habla_audience_choose_language (HablaMember *member, const char *wanted, const char *const *offered)
{
  char *copy = g_strdup (wanted);

  g_free (member->wanted);
  member->wanted = copy;
  member->can_choose = TRUE;
  audience_choose_language_again (member, offered);
}

void
habla_audience_choose_languages_again (HablaAudience *self, const char *const *offered)
{
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    if (member->can_choose && member != self->owner)
      audience_choose_language_again (member, offered);
  }
}

gboolean
habla_audience_can_choose (HablaMember *member)
{
  return member->can_choose;
}

gboolean
habla_audience_is_refused (HablaMember *member)
{
  return member->is_refused;
}
