/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client keeps while its sessions come and go: members, speakers, exchanges. Each
 * member gets the transcripts of all exchanges, and a translation for each of them in its
 * own language, both in order. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

#include "room/speaker-list.h"

#include <util/source.h>

static gboolean
is_shared (gconstpointer a, gconstpointer b)
{
  const HablaEvent *event_a = a, *event_b = b;

  return event_a->exchange == event_b->exchange &&
         g_str_equal (event_a->language, event_b->language);
}

static guint
hash_event (gconstpointer key)
{
  const HablaEvent *event = key;

  return g_direct_hash (event->exchange) ^ g_str_hash (event->language);
}

static void
event_free (HablaEvent *event)
{
  g_clear_pointer (&event->encoded, g_bytes_unref);
  g_free (event);
}

/* To all members the same; @event is on the caller's stack. */
void
habla_room_emit (HablaRoom *self, HablaEvent *event)
{
  event->room = self;
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    member->notify (member, event, member->user_data);
  }
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

/* To the members that read @language. */
void
habla_room_emit_in_language (HablaRoom *self, HablaEvent *event, const char *language)
{
  event->room = self;
  event->language = language;
  for (guint i = 0; i < self->members->len; i++) {
    HablaMember *member = g_ptr_array_index (self->members, i);

    if (g_str_equal (habla_room_get_language_of (member, &self->session_settings), language))
      member->notify (member, event, member->user_data);
  }
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

void
habla_room_emit_type (HablaRoom *self, HablaEventType type)
{
  HablaEvent event = { .type = type };

  habla_room_emit (self, &event);
}

static void
emit_to (HablaMember *member, HablaEvent *event)
{
  event->room = member->room;
  member->notify (member, event, member->user_data);
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

/* To whoever speaks: readers can do nothing about it. */
void
habla_room_emit_error (HablaRoom *self, const char *format, ...)
{
  HablaEvent event = { .type = HABLA_EVENT_ERROR };
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "HABLA_ROOM", self->name, "MESSAGE",
      "Room %s: %s", self->name, text);
  event.text = text;
  if (self->owner != NULL)
    emit_to (self->owner, &event);
}

/* Returns: (transfer none): what @member reads in a room with @settings */
const char *
habla_room_get_language_of (const HablaMember *member, const HablaRoomSettings *settings)
{
  return member->language != NULL ? member->language : settings->target_languages[0];
}

/* Returns: whether there is a translation that @member gets next; it has got it */
static gboolean
deliver_next (HablaRoom *self, HablaMember *member, GHashTable *shared)
{
  HablaExchangeEntry *entry = habla_exchange_log_get_from (self->exchanges, member->next);
  HablaEvent like = { .type = HABLA_EVENT_TRANSLATION, .room = self };
  HablaEvent *event;

  if (entry == NULL)
    return FALSE;
  like.exchange = &entry->exchange;
  like.language = member->language != NULL ? member->language : entry->exchange.target_language;
  if (!entry->is_forgotten) {
    if (!habla_exchange_log_is_answered (entry, like.language))
      return FALSE;
    event = g_hash_table_lookup (shared, &like);
    if (event == NULL) {
      event = g_memdup2 (&like, sizeof like);
      g_hash_table_add (shared, event);
    }
    member->next = entry->exchange.id + 1;
    member->notify (member, event, member->user_data);
  } else {
    member->next = entry->exchange.id + 1;
  }
  return TRUE;
}

/* Tells the observer of exchanges of which all is known now. Most often it is the last one. */
static void
tell_finished (HablaRoom *self)
{
  const HablaRoomObserver *observer = &self->context->observer;
  gboolean has_gap = FALSE;
  HablaExchangeEntry *entry;

  for (guint64 id = self->unfinished;
       (entry = habla_exchange_log_get_from (self->exchanges, id)) != NULL;
       id = entry->exchange.id + 1) {
    if (!entry->is_finished && g_hash_table_size (entry->awaited) == 0) {
      entry->is_finished = TRUE;
      if (observer->exchange_finished != NULL && !entry->is_forgotten)
        observer->exchange_finished (self, &entry->exchange, observer->user_data);
    }
    has_gap |= !entry->is_finished;
    if (!has_gap)
      self->unfinished = entry->exchange.id + 1;
  }
}

/* Each member gets what translations are next in its language. */
void
habla_room_deliver (HablaRoom *self)
{
  g_autoptr (GHashTable) shared = NULL;

  if (self->is_delivering)
    return;
  self->is_delivering = TRUE;
  shared = g_hash_table_new_full (hash_event, is_shared, (GDestroyNotify) event_free, NULL);
  for (guint i = 0; i < self->members->len; i++)
    while (deliver_next (self, g_ptr_array_index (self->members, i), shared))
      ;
  self->is_delivering = FALSE;
  tell_finished (self);
}

void
habla_room_tell_settings (HablaRoom *self)
{
  const HablaRoomObserver *observer = &self->context->observer;

  if (observer->settings_changed != NULL)
    observer->settings_changed (&self->settings, observer->user_data);
}

/* Returns: (transfer full): a room without members */
HablaRoom *
habla_room_new (HablaRoomContext *context, const char *name, const char *key)
{
  HablaRoom *self = g_new0 (HablaRoom, 1);

  self->context = context;
  self->name = g_strdup (name);
  self->key = g_strdup (key);
  self->session_id = context->next_session_id++;
  habla_room_settings_copy (&self->settings, &context->options.settings);
  habla_languages_adapt_settings (&context->languages, &self->settings);
  /* Members are asked what they read before the first session, too. */
  habla_room_settings_copy (&self->session_settings, &self->settings);
  self->speakers = habla_speaker_list_new ();
  self->exchanges = habla_exchange_log_new (HABLA_MAX_EXCHANGES, &context->next_exchange_id);
  self->members = g_ptr_array_new ();
  self->languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->unread = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/* It has neither members nor a session. */
void
habla_room_free (HablaRoom *self)
{
  g_assert (self->members->len == 0 && self->session == NULL && self->player == NULL);

  habla_source_clear (&self->resume_timer);
  habla_room_clear_waiting (self);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_ptr_array_unref (self->members);
  habla_exchange_log_free (self->exchanges);
  g_ptr_array_unref (self->speakers);
  habla_room_forget_unread (self);
  g_hash_table_unref (self->unread);
  g_hash_table_unref (self->languages);
  habla_room_settings_clear (&self->settings);
  habla_room_settings_clear (&self->session_settings);
  g_free (self->source);
  g_free (self->name);
  g_free (self->key);
  g_free (self);
}

static void
stop_waiting_for_owner (HablaRoom *self)
{
  habla_source_clear (&self->resume_timer);
}

/* Whoever was the owner reads on, but commands no more. */
static void
depose_owner (HablaRoom *self)
{
  HablaMember *old = g_steal_pointer (&self->owner);
  HablaEvent event = { .type = HABLA_EVENT_ERROR,
    .text = "You went on in another connection; this one only shows what is said" };

  emit_to (old, &event);
}

/**
 * habla_room_join:
 * @language: (nullable): of a listener
 * @error: return location for a %G_IO_ERROR_BUSY, %G_IO_ERROR_CLOSED or %HABLA_ERROR_LANGUAGE
 *
 * Calls @notify for nothing yet: the member reads the room's state by itself.
 *
 * Returns: (transfer full) (nullable): a member
 */
HablaMember *
habla_room_join (HablaRoom *self, gboolean as_owner, const char *language, HablaMemberNotify notify,
    gpointer user_data, GError **error)
{
  g_autofree char *normal = NULL;
  HablaMember *member;

  if (self->is_closing) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server is shutting down; come back later");
    return NULL;
  }
  if (self->members->len >= self->context->options.max_members) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "The room is full: it has %u connections, as many as max-members allows",
        self->members->len);
    return NULL;
  }
  if (language != NULL) {
    normal = habla_languages_find_readable (&self->context->languages, language, error);
    if (normal == NULL)
      return NULL;
  }

  member = g_new0 (HablaMember, 1);
  member->room = self;
  member->language = g_steal_pointer (&normal);
  if (member->language != NULL)
    habla_room_retry_language (self, member->language);
  member->next = habla_exchange_log_get_next_id (self->exchanges);
  member->notify = notify;
  member->user_data = user_data;
  if (as_owner) {
    if (self->owner != NULL)
      depose_owner (self);
    stop_waiting_for_owner (self);
    self->owner = member;
  }
  g_ptr_array_add (self->members, member);
  habla_room_update_languages (self);
  return member;
}

static gboolean
on_resume_window (gpointer user_data)
{
  HablaRoom *self = user_data;

  stop_waiting_for_owner (self);
  habla_room_advance (self);
  return G_SOURCE_REMOVE;
}

void
habla_member_leave (HablaMember *member)
{
  HablaRoom *self = member->room;
  gboolean was_owner = member == self->owner;

  g_ptr_array_remove (self->members, member);
  g_free (member->language);
  g_free (member);
  if (was_owner) {
    self->owner = NULL;
    if (self->key != NULL && !self->is_closing) {
      habla_source_start_timer (&self->resume_timer, self->context->options.resume_window,
          "habla-room-resume", on_resume_window, self);
    }
    habla_room_end_session (self);
  } else {
    habla_room_update_languages (self);
  }
  habla_room_advance (self);
}

/* The session ends, nothing begins any more. */
void
habla_room_close (HablaRoom *self)
{
  self->is_closing = TRUE;
  stop_waiting_for_owner (self);
  habla_room_end_session (self);
  habla_room_advance (self);
}

gboolean
habla_member_is_owner (HablaMember *member)
{
  return member == member->room->owner;
}

HablaRoom *
habla_member_get_room (HablaMember *member)
{
  return member->room;
}

const char *
habla_member_get_language (HablaMember *member)
{
  return habla_room_get_language_of (member, &member->room->settings);
}

/**
 * habla_member_set_language:
 * @member: a listener: the owner reads the room's first target language
 * @error: return location for a %HABLA_ERROR_LANGUAGE or %G_IO_ERROR
 *
 * Returns: whether it reads @language from now on
 */
gboolean
habla_member_set_language (HablaMember *member, const char *language, GError **error)
{
  HablaRoom *self = member->room;
  char *normal;

  if (habla_member_is_owner (member)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "A room's owner reads the room's target language; change that");
    return FALSE;
  }
  normal = habla_languages_find_readable (&self->context->languages, language, error);
  if (normal == NULL)
    return FALSE;
  g_free (member->language);
  member->language = normal;
  habla_room_retry_language (self, normal);
  habla_room_update_languages (self);
  habla_room_deliver (self);
  return TRUE;
}

/* Returns: (transfer full) (nullable): the nearest available languages to translate into */
static GStrv
find_targets (HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  const HablaLanguages *available = &self->context->languages;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (targets == NULL || targets[0] == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "A room needs at least one target language");
    return NULL;
  }
  for (guint i = 0; targets[i] != NULL; i++) {
    g_autofree char *target = habla_languages_find_readable (available, targets[i], error);

    if (target == NULL || !habla_languages_check_pair (available, source, target, error))
      return NULL;
    if (g_hash_table_contains (seen, target))
      continue;
    g_strv_builder_add (builder, target);
    g_hash_table_add (seen, g_steal_pointer (&target));
  }
  return g_strv_builder_end (builder);
}

gboolean
habla_room_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  HablaRoomSettings settings = { .mode = self->settings.mode };
  gboolean has_changed;

  settings.source_language = habla_languages_find_source (&self->context->languages, source, error);
  if (settings.source_language != NULL)
    settings.target_languages = find_targets (self, settings.source_language, targets, error);
  if (settings.target_languages == NULL) {
    habla_room_settings_clear (&settings);
    return FALSE;
  }
  has_changed = !habla_room_settings_have_same_languages (&settings, &self->settings);
  habla_room_settings_clear (&self->settings);
  self->settings = settings;
  habla_room_tell_settings (self);
  habla_room_emit_type (self, HABLA_EVENT_LANGUAGES);
  if (has_changed) {
    habla_room_emit_type (self, HABLA_EVENT_STATUS);
    habla_room_turn (self);
  }
  return TRUE;
}

/* How it is shown: the pipeline is the same. */
void
habla_room_set_mode (HablaRoom *self, HablaMode mode)
{
  self->settings.mode = mode;
  habla_room_tell_settings (self);
  habla_room_emit_type (self, HABLA_EVENT_MODE);
}

gboolean
habla_room_rename_speaker (
    HablaRoom *self, const char *speaker_id, const char *name, GError **error)
{
  const HablaRoomObserver *observer = &self->context->observer;

  if (!habla_speaker_list_rename (self->speakers, speaker_id, name, error))
    return FALSE;
  if (observer->speakers_changed != NULL)
    observer->speakers_changed (self, observer->user_data);
  habla_room_emit_type (self, HABLA_EVENT_SPEAKERS);
  return TRUE;
}

/**
 * habla_room_reset:
 *
 * Members get a translation, or that there is none, for each transcript that they have, and
 * then %HABLA_EVENT_SESSION_RESET. What listens listens on; what was said before and is
 * translated later is not told any more. Exchange ids go on: they are never used twice.
 */
void
habla_room_reset (HablaRoom *self)
{
  habla_room_settle (self);
  habla_exchange_log_forget (self->exchanges);
  g_ptr_array_set_size (self->speakers, 0);
  for (guint i = 0; i < self->members->len; i++)
    ((HablaMember *) g_ptr_array_index (self->members, i))->next =
        habla_exchange_log_get_next_id (self->exchanges);
  self->session_id = self->context->next_session_id++;
  self->was_reset = TRUE;
  habla_room_emit_type (self, HABLA_EVENT_SESSION_RESET);
}

void
habla_room_replay (HablaRoom *self, HablaMember *member, guint64 since)
{
  g_autoptr (GHashTable) shared =
      g_hash_table_new_full (hash_event, is_shared, (GDestroyNotify) event_free, NULL);
  guint64 end = member->next, id = since + 1;
  HablaExchangeEntry *entry;

  if (since >= end)
    return;
  member->next = id;
  while ((entry = habla_exchange_log_get_from (self->exchanges, id)) != NULL &&
         entry->exchange.id < end) {
    HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT, .exchange = &entry->exchange };

    id = entry->exchange.id + 1;
    if (!entry->is_forgotten)
      emit_to (member, &event);
    while (member->next < id && deliver_next (self, member, shared))
      ;
  }
}

const char *
habla_room_get_name (HablaRoom *self)
{
  return self->name;
}

const char *
habla_room_get_key (HablaRoom *self)
{
  return self->key;
}

guint64
habla_room_get_first_exchange_id (HablaRoom *self)
{
  return habla_exchange_log_get_first_id (self->exchanges);
}

gboolean
habla_room_was_reset (HablaRoom *self)
{
  return self->was_reset;
}

guint64
habla_room_get_session_id (HablaRoom *self)
{
  return self->session_id;
}

const HablaRoomSettings *
habla_room_get_settings (HablaRoom *self)
{
  return &self->settings;
}

const char *
habla_room_get_source_language (HablaRoom *self)
{
  return self->settings.source_language;
}

const char *const *
habla_room_get_target_languages (HablaRoom *self)
{
  return (const char *const *) self->settings.target_languages;
}

HablaMode
habla_room_get_mode (HablaRoom *self)
{
  return self->settings.mode;
}

gboolean
habla_room_can_hear (HablaRoom *self)
{
  return habla_languages_check_heard (
      &self->context->languages, self->settings.source_language, NULL);
}

gboolean
habla_room_is_listening (HablaRoom *self)
{
  return self->is_listening;
}

GPtrArray *
habla_room_get_speakers (HablaRoom *self)
{
  return self->speakers;
}
