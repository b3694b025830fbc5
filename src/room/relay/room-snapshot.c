/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/relay/room-snapshot.h"

#include "room/parts/speaker-list.h"

#include <json/json-writer.h>

#include <string.h>

/* Bytes: a character may have four. */
#define MAX_NAME (4 * HABLA_MAX_ROOM_NAME)
#define MAX_TOPIC 8000

/* Two always exist besides those that clients choose. */
#define MAX_SPEAKERS (HABLA_MAX_SPEAKERS + 2)

HablaRoomSnapshot *
habla_room_snapshot_new (void)
{
  HablaRoomSnapshot *self = g_new0 (HablaRoomSnapshot, 1);

  self->speakers = habla_speaker_list_new ();
  return self;
}

void
habla_room_snapshot_free (HablaRoomSnapshot *self)
{
  g_free (self->room);
  habla_room_settings_clear (&self->settings);
  g_strfreev (self->chosen);
  g_strfreev (self->offered);
  g_strfreev (self->transcribers);
  g_strfreev (self->translators);
  g_free (self->topic);
  g_ptr_array_unref (self->speakers);
  g_free (self);
}

void
habla_room_snapshot_add_speaker (HablaRoomSnapshot *self, const HablaSpeaker *speaker)
{
  HablaSpeaker *copy = habla_speaker_list_add (self->speakers, speaker->id);

  copy->custom_name = g_strdup (speaker->custom_name);
  copy->role_hint = g_strdup (speaker->role_hint);
  copy->utterance_count = speaker->utterance_count;
}

static void
room_snapshot_add_strings (JsonBuilder *builder, const char *name, char *const *strings)
{
  habla_json_begin_array (builder, name);
  for (guint i = 0; strings != NULL && strings[i] != NULL && i < HABLA_MAX_OFFERED; i++)
    habla_json_add_string (builder, NULL, strings[i]);
  json_builder_end_array (builder);
}

static void
room_snapshot_write_settings (const HablaRoomSettings *settings, JsonBuilder *builder)
{
  habla_json_add_string (builder, "source", settings->source_language);
  room_snapshot_add_strings (builder, "targets", settings->target_languages);
  habla_json_add_string (builder, "mode", habla_mode_get_name (settings->mode));
  habla_json_add_boolean (builder, "detects_language", settings->detects_language);
  habla_json_add_string (builder, "transcriber", settings->transcriber);
  habla_json_add_string (builder, "translator", settings->translator);
}

static void
room_snapshot_write_speakers (GPtrArray *speakers, JsonBuilder *builder)
{
  habla_json_begin_array (builder, "speakers");
  for (guint i = 0; i < speakers->len; i++) {
    const HablaSpeaker *speaker = speakers->pdata[i];

    habla_json_begin_object (builder, NULL);
    habla_json_add_string (builder, "id", speaker->id);
    habla_json_add_string (builder, "name", speaker->custom_name);
    habla_json_add_string (builder, "role", speaker->role_hint);
    habla_json_add_int (builder, "utterances", speaker->utterance_count);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
habla_room_snapshot_write (const HablaRoomSnapshot *self, JsonBuilder *builder)
{
  const char *topic = self->topic;

  if (topic != NULL && strlen (topic) > MAX_TOPIC)
    topic = NULL;
  habla_json_begin_object (builder, "state");
  habla_json_add_string (builder, "room", self->room);
  habla_json_add_int (builder, "session", self->session_id);
  room_snapshot_write_settings (&self->settings, builder);
  room_snapshot_add_strings (builder, "chosen", self->chosen);
  room_snapshot_add_strings (builder, "offered", self->offered);
  room_snapshot_add_strings (builder, "transcribers", self->transcribers);
  room_snapshot_add_strings (builder, "translators", self->translators);
  habla_json_add_string (builder, "topic", topic);
  habla_json_add_boolean (builder, "can_hear", self->can_hear);
  habla_json_add_boolean (builder, "listening", self->is_listening);
  habla_json_add_boolean (builder, "recording", self->is_recording);
  habla_json_add_boolean (builder, "abandoned", self->is_abandoned);
  habla_json_add_boolean (builder, "degraded", self->is_degraded);
  habla_json_add_boolean (builder, "was_reset", self->was_reset);
  room_snapshot_write_speakers (self->speakers, builder);
  json_builder_end_object (builder);
}

static void
room_snapshot_read_settings (HablaRecordReader *reader, HablaRoomSettings *settings)
{
  g_auto (GStrv) targets = habla_record_reader_list_tags (reader, "targets", HABLA_MAX_TARGETS);
  const char *mode = habla_record_reader_need_string (reader, "mode", MAX_NAME);

  habla_room_settings_set_languages (
      settings, habla_record_reader_need_tag (reader, "source"), (const char *const *) targets);
  if (targets[0] == NULL)
    habla_record_reader_fail (reader, "targets", "must have a language");
  if (!habla_mode_from_name (mode, &settings->mode))
    habla_record_reader_fail (reader, "mode", "must be a mode");
  settings->detects_language = habla_record_reader_get_boolean (reader, "detects_language");
  habla_room_settings_set_engines (settings,
      habla_record_reader_get_string (reader, "transcriber", MAX_NAME),
      habla_record_reader_get_string (reader, "translator", MAX_NAME));
}

static void
room_snapshot_read_speaker (HablaRoomSnapshot *self, HablaRecordReader *reader, JsonObject *object)
{
  HablaRecordReader inner = { .object = object };
  HablaSpeaker speaker = {
    .id = (char *) habla_record_reader_need_string (&inner, "id", 4 * HABLA_MAX_SPEAKER_ID),
    .custom_name =
        (char *) habla_record_reader_get_string (&inner, "name", 4 * HABLA_MAX_SPEAKER_NAME),
    .role_hint = (char *) habla_record_reader_get_string (&inner, "role", 4 * HABLA_MAX_ROLE),
    .utterance_count = habla_record_reader_get_int (&inner, "utterances", 0, G_MAXUINT, 0),
  };

  if (habla_speaker_list_find (self->speakers, speaker.id) != NULL)
    habla_record_reader_fail (&inner, "speakers", "must not have one twice");
  if (inner.error == NULL)
    habla_room_snapshot_add_speaker (self, &speaker);
  else if (reader->error == NULL)
    reader->error = g_steal_pointer (&inner.error);
  g_clear_error (&inner.error);
}

HablaRoomSnapshot *
habla_room_snapshot_read (HablaRecordReader *reader)
{
  g_autoptr (HablaRoomSnapshot) self = habla_room_snapshot_new ();
  g_autoptr (GPtrArray) speakers = NULL;

  self->room = g_strdup (habla_record_reader_need_string (reader, "room", MAX_NAME));
  self->session_id = habla_record_reader_need_id (reader, "session");
  room_snapshot_read_settings (reader, &self->settings);
  self->chosen = habla_record_reader_list_names (reader, "chosen", HABLA_MAX_OFFERED);
  self->offered = habla_record_reader_list_tags (reader, "offered", HABLA_MAX_OFFERED);
  self->transcribers = habla_record_reader_list_names (reader, "transcribers", HABLA_MAX_OFFERED);
  self->translators = habla_record_reader_list_names (reader, "translators", HABLA_MAX_OFFERED);
  self->topic = g_strdup (habla_record_reader_get_string (reader, "topic", MAX_TOPIC));
  self->can_hear = habla_record_reader_get_boolean (reader, "can_hear");
  self->is_listening = habla_record_reader_get_boolean (reader, "listening");
  self->is_recording = habla_record_reader_get_boolean (reader, "recording");
  self->is_abandoned = habla_record_reader_get_boolean (reader, "abandoned");
  self->is_degraded = habla_record_reader_get_boolean (reader, "degraded");
  self->was_reset = habla_record_reader_get_boolean (reader, "was_reset");
  speakers = habla_record_reader_get_objects (reader, "speakers", MAX_SPEAKERS);
  for (guint i = 0; i < speakers->len; i++)
    room_snapshot_read_speaker (self, reader, speakers->pdata[i]);
  if (self->offered[0] == NULL)
    habla_record_reader_fail (reader, "offered", "must have a language");
  return reader->error == NULL ? g_steal_pointer (&self) : NULL;
}
