/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/session-json.h"

#include "api/direction.h"

#include <archive/exchange-record.h>
#include <util/time-format.h>

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/* @direction: as the store keeps it */
static void
add_direction (JsonBuilder *builder, const char *direction)
{
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  habla_exchange_record_parse_languages (direction, &source, &targets);
  add_text (
      builder, "direction", targets != NULL ? habla_direction_get_name (source, targets[0]) : NULL);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* As in the messages of the WebSocket. */
static void
add_time (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  g_autofree char *text = habla_time_format (microseconds, HABLA_TIME_PROTOCOL);

  add_text (builder, name, text);
}

static void
add_speaker (JsonBuilder *builder, const HablaSpeakerRecord *speaker)
{
  if (speaker == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  add_text (builder, "id", speaker->id);
  add_text (builder, "auto_label", speaker->label);
  add_text (builder, "custom_name", speaker->custom_name);
  add_text (builder, "color", speaker->color);
  json_builder_end_object (builder);
}

void
habla_session_json_add_session (JsonBuilder *builder, const HablaSessionRecord *session)
{
  json_builder_begin_object (builder);
  add_int (builder, "id", session->id);
  add_text (builder, "room", session->room);
  add_direction (builder, session->direction);
  add_text (builder, "mode", session->mode);
  add_time (builder, "started_at", session->started_at);
  add_time (builder, "ended_at", session->ended_at);
  add_int (builder, "exchange_count", session->exchange_count);
  add_text (builder, "notes", session->notes);
  json_builder_set_member_name (builder, "saved");
  json_builder_add_boolean_value (builder, session->saved_at != 0);
  json_builder_set_member_name (builder, "speakers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < session->speakers->len; i++)
    add_speaker (builder, g_ptr_array_index (session->speakers, i));
  json_builder_end_array (builder);
  if (session->languages != NULL) {
    json_builder_set_member_name (builder, "languages");
    json_builder_begin_array (builder);
    for (guint i = 0; session->languages[i] != NULL; i++)
      json_builder_add_string_value (builder, session->languages[i]);
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

void
habla_session_json_add_exchange (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  habla_exchange_record_parse_languages (utterance->direction, &source, &targets);
  json_builder_begin_object (builder);
  add_int (builder, "id", utterance->id);
  add_int (builder, "session_id", utterance->session_id);
  json_builder_set_member_name (builder, "speaker");
  add_speaker (builder, utterance->speaker);
  add_direction (builder, utterance->direction);
  add_text (builder, "language", utterance->language);
  add_text (builder, "source", utterance->source);
  add_text (builder, "corrected",
      utterance->corrected != NULL ? utterance->corrected : utterance->source);
  add_text (builder, "translated",
      targets != NULL ? habla_utterance_record_get_text (utterance, targets[0]) : NULL);
  json_builder_set_member_name (builder, "translations");
  json_builder_begin_object (builder);
  for (guint i = 0; i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);

    add_text (builder, translation->language, translation->text);
  }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "confidence");
  json_builder_add_double_value (builder, utterance->confidence);
  json_builder_set_member_name (builder, "has_audio");
  json_builder_add_boolean_value (builder, utterance->recording_id != NULL);
  add_time (builder, "timestamp", utterance->created_at);
  add_time (builder, "begin", utterance->begin / 1000);
  add_time (builder, "end", utterance->end / 1000);
  json_builder_end_object (builder);
}
