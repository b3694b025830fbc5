/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scripted-room.h"

#include <string.h>

struct _HablaRoom {
  GPtrArray *members;
  GPtrArray *speakers;
  HablaRoomSettings settings;
  gboolean takes_audio;
};

struct _HablaMember {
  gboolean is_owner;
  gboolean may_own;
  char *language;
  HablaMemberNotify notify;
  gpointer user_data;
};

static HablaRoom room;
static char *spanish[] = { (char *) "es", NULL };
static const HablaRoomSettings settings = { (char *) "en", spanish, HABLA_MODE_CONVERSATION };
GPtrArray *scripted_calls;
const char *scripted_failure;
guint scripted_replay;

static void note (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
note (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (scripted_calls, g_strdup_vprintf (format, args));
  va_end (args);
}

static gboolean
succeed (GError **error)
{
  const char *failure = g_steal_pointer (&scripted_failure);

  if (failure == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, failure);
  return FALSE;
}

void
scripted_room_reset (void)
{
  if (scripted_calls == NULL) {
    scripted_calls = g_ptr_array_new_with_free_func (g_free);
    room.members = g_ptr_array_new ();
    room.speakers = g_ptr_array_new ();
  }
  g_assert_cmpuint (room.members->len, ==, 0);
  g_ptr_array_set_size (scripted_calls, 0);
  scripted_failure = NULL;
  scripted_replay = 0;
  room.takes_audio = FALSE;
  habla_room_settings_copy (&room.settings, &settings);
}

guint
scripted_room_count_members (void)
{
  return room.members->len;
}

void
scripted_room_emit (HablaEvent *event)
{
  event->room = &room;
  for (guint i = 0; i < room.members->len; i++) {
    HablaMember *member = g_ptr_array_index (room.members, i);

    member->notify (member, event, member->user_data);
  }
  g_clear_pointer (&event->encoded, g_bytes_unref);
}

void
scripted_room_emit_text (HablaEventType type, const char *text)
{
  scripted_room_emit (&(HablaEvent){ .type = type, .text = text });
}

void
scripted_room_emit_exchange (guint64 id, const char *text)
{
  g_autoptr (GHashTable) translations = g_hash_table_new (g_str_hash, g_str_equal);
  HablaExchange exchange = { id, NULL, (char *) "en", (char *) "es", (char *) text, translations,
    0.5, g_get_real_time () };

  g_hash_table_insert (translations, (char *) "es", (char *) text);
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_TRANSCRIPT, .exchange = &exchange });
  scripted_room_emit (
      &(HablaEvent){ .type = HABLA_EVENT_TRANSLATION, .exchange = &exchange, .language = "es" });
}

static HablaMember *
join (gboolean is_owner, const char *language, HablaMemberNotify notify, gpointer user_data)
{
  HablaMember *member = g_new0 (HablaMember, 1);

  member->is_owner = is_owner;
  member->language = g_strdup (language != NULL ? language : "es");
  member->notify = notify;
  member->user_data = user_data;
  g_ptr_array_add (room.members, member);
  return member;
}

HablaMember *
habla_room_manager_join_as_owner (HablaRoomManager *self, const char *key, const char *room_name,
    HablaMemberNotify notify, gpointer user_data, GError **error)
{
  note ("owner %s %s", key, room_name);
  return succeed (error) ? join (TRUE, NULL, notify, user_data) : NULL;
}

HablaMember *
habla_room_manager_join_in_tab (HablaRoomManager *self, const HablaOwnerPage *page,
    const char *room_name, HablaMemberNotify notify, gpointer user_data, GError **error)
{
  HablaMember *member =
      habla_room_manager_join_as_owner (self, page->key, room_name, notify, user_data, error);

  if (member != NULL)
    member->may_own = page->key != NULL;
  return member;
}

gboolean
habla_member_may_own (HablaMember *member)
{
  return member->may_own;
}

gboolean
habla_member_is_owner_elsewhere (HablaMember *member)
{
  return member->may_own && !member->is_owner;
}

gboolean
habla_member_take_over (HablaMember *member, GError **error)
{
  note ("take over");
  return succeed (error);
}

HablaMember *
habla_room_manager_join_as_listener (HablaRoomManager *self, const char *room_name,
    const char *language, HablaMemberNotify notify, gpointer user_data, GError **error)
{
  note ("listener %s %s", room_name, language);
  return succeed (error) ? join (FALSE, language, notify, user_data) : NULL;
}

const HablaLanguages *
habla_room_manager_get_languages (HablaRoomManager *self)
{
  static char *translated[] = { (char *) "en>es", (char *) "es>en", (char *) "en>es>fr", NULL };
  static char *readable[] = { (char *) "es", (char *) "en", (char *) "fr", NULL };
  static char *heard[] = { (char *) "en", NULL };
  static const HablaLanguages languages = {
    .heard = heard, .translated = translated, .readable = readable
  };

  return &languages;
}

void
habla_member_leave (HablaMember *member)
{
  note ("leave");
  g_assert_true (g_ptr_array_remove (room.members, member));
  g_free (member->language);
  g_free (member);
}

gboolean
habla_member_is_owner (HablaMember *member)
{
  return member->is_owner;
}

HablaRoom *
habla_member_get_room (HablaMember *member)
{
  return &room;
}

const char *
habla_member_get_language (HablaMember *member)
{
  return member->language;
}

gboolean
habla_member_set_language (HablaMember *member, const char *language, GError **error)
{
  note ("language %s", language);
  g_free (member->language);
  member->language = g_strdup (language);
  return succeed (error);
}

void
habla_member_choose_language (HablaMember *member, const char *language)
{
  note ("choose %s", language);
}

void
habla_member_set_screen (HablaMember *member)
{
  note ("screen");
}

gboolean
habla_member_is_language_offered (HablaMember *member)
{
  return TRUE;
}

gboolean
habla_room_can_offer (
    HablaRoom *self, const char *source, const char *const *offered, GError **error)
{
  return succeed (error);
}

void
habla_room_set_offered (HablaRoom *self, const char *const *offered)
{
  g_autofree char *list = g_strjoinv (",", (GStrv) offered);

  note ("offer %s", list);
}

GStrv
habla_room_list_offered (HablaRoom *self)
{
  return g_strsplit ("es,en,fr", ",", -1);
}

gboolean
habla_room_can_listen (
    HablaRoom *self, const char *language, const char *source, guint raw_rate, GError **error)
{
  return succeed (error);
}

gboolean
habla_room_start_listening (HablaRoom *self, const char *source, guint raw_rate, GError **error)
{
  note ("start %s %u", source, raw_rate);
  self->takes_audio = TRUE;
  return succeed (error);
}

void
habla_room_stop_listening (HablaRoom *self)
{
  note ("stop");
  self->takes_audio = FALSE;
}

gboolean
habla_room_takes_audio (HablaRoom *self)
{
  return self->takes_audio;
}

gboolean
habla_room_push_audio (HablaRoom *self, GBytes *audio, GError **error)
{
  note ("audio %" G_GSIZE_FORMAT, g_bytes_get_size (audio));
  return succeed (error);
}

gboolean
habla_room_push_text (HablaRoom *self, const char *text, const char *speaker_id, GError **error)
{
  note ("text %s %s", text, speaker_id);
  return succeed (error);
}

gboolean
habla_room_can_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  return succeed (error);
}

gboolean
habla_room_set_languages (
    HablaRoom *self, const char *source, const char *const *targets, GError **error)
{
  if (!succeed (error))
    return FALSE;
  habla_room_settings_set_languages (&self->settings, source, targets);
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_LANGUAGES });
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_STATUS });
  return TRUE;
}

static char *scripted_transcribers[] = { (char *) "best", (char *) "other", NULL };

gboolean
habla_room_set_engines (
    HablaRoom *self, const char *transcriber, const char *translator, GError **error)
{
  if (!succeed (error))
    return FALSE;
  note ("engines %s %s", transcriber, translator);
  habla_room_settings_set_engines (&self->settings, transcriber, translator);
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_STATUS });
  return TRUE;
}

const HablaRoomSettings *
habla_room_get_settings (HablaRoom *self)
{
  return &self->settings;
}

void
habla_room_set_detection (HablaRoom *self, gboolean detects_language)
{
  note ("detection %d", detects_language);
  self->settings.detects_language = detects_language;
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_STATUS });
}

/* As if an engine detected the languages of a room that starts in English. */
gboolean
habla_room_manager_can_detect_language (HablaRoomManager *self, const HablaRoomSettings *asked)
{
  return g_str_equal (asked->source_language, "en");
}

GStrv
habla_room_list_engines (HablaRoom *self, HablaEngineKind kind)
{
  return kind == HABLA_ENGINE_TRANSCRIBER ? g_strdupv (scripted_transcribers) : g_new0 (char *, 1);
}

const char *
habla_room_get_engine (HablaRoom *self, HablaEngineKind kind)
{
  return kind == HABLA_ENGINE_TRANSCRIBER ? self->settings.transcriber : self->settings.translator;
}

void
habla_room_set_mode (HablaRoom *self, HablaMode mode)
{
  self->settings.mode = mode;
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_MODE });
}

gboolean
habla_room_rename_speaker (
    HablaRoom *self, const char *speaker_id, const char *name, GError **error)
{
  note ("rename %s %s", speaker_id, name);
  return succeed (error);
}

gboolean
habla_room_set_role (HablaRoom *self, const char *speaker_id, const char *role, GError **error)
{
  note ("role %s %s", speaker_id, role);
  return succeed (error);
}

void
habla_room_forget_names (HablaRoom *self)
{
}

void
habla_room_reset (HablaRoom *self)
{
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_SESSION_RESET });
}

void
habla_room_end (HablaRoom *self)
{
  scripted_room_emit (&(HablaEvent){ .type = HABLA_EVENT_ROOM_ENDED });
}

gboolean
habla_room_is_ending (HablaRoom *self)
{
  return FALSE;
}

void
habla_room_replay (HablaRoom *self, HablaMember *member, guint64 since, gsize max_size)
{
  for (guint i = 1; i <= scripted_replay; i++)
    scripted_room_emit_exchange (since + i, "again");
}

const char *
habla_room_get_name (HablaRoom *self)
{
  return "room-1";
}

const char *
habla_room_get_key (HablaRoom *self)
{
  return NULL;
}

guint64
habla_room_get_first_exchange_id (HablaRoom *self)
{
  return 1;
}

gint64
habla_room_get_origin (HablaRoom *self)
{
  return 0;
}

gboolean
habla_room_was_reset (HablaRoom *self)
{
  return FALSE;
}

guint64
habla_room_get_session_id (HablaRoom *self)
{
  return 7;
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
  return TRUE;
}

gboolean
habla_room_is_recording (HablaRoom *self)
{
  return FALSE;
}

GPtrArray *
habla_room_get_speakers (HablaRoom *self)
{
  return self->speakers;
}
