/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/session-json.h"

#include "api/annotation-json.h"
#include "api/direction.h"

#include <archive/exchange-record.h>
#include <json/json-writer.h>
#include <util/time-format.h>

const char *
habla_session_json_get_direction (const char *languages)
{
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  if (!habla_exchange_record_parse_languages (languages, &source, &targets))
    return NULL;
  return habla_direction_get_name (source, targets[0]);
}

void
habla_session_json_add_time (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  g_autofree char *text = habla_time_format (microseconds, HABLA_TIME_PROTOCOL);

  habla_json_add_string (builder, name, text);
}

static void
session_json_add_speaker (JsonBuilder *builder, const HablaSpeakerRecord *speaker)
{
  if (speaker == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  habla_json_add_string (builder, "id", speaker->id);
  habla_json_add_string (builder, "auto_label", speaker->label);
  habla_json_add_string (builder, "custom_name", speaker->custom_name);
  habla_json_add_string (builder, "role_hint", speaker->role_hint);
  habla_json_add_string (builder, "color", speaker->color);
  if (speaker->utterance_count > 0)
    habla_json_add_int (builder, "utterance_count", speaker->utterance_count);
  json_builder_end_object (builder);
}

static void
session_json_add_session_members (JsonBuilder *builder, const HablaSessionRecord *session)
{
  habla_json_add_int (builder, "id", session->id);
  habla_json_add_string (builder, "room", session->room);
  habla_json_add_string (
      builder, "direction", habla_session_json_get_direction (session->direction));
  habla_json_add_string (builder, "mode", session->mode);
  habla_session_json_add_time (builder, "started_at", session->started_at);
  habla_session_json_add_time (builder, "ended_at", session->ended_at);
  habla_json_add_int (builder, "exchange_count", session->exchange_count);
  habla_json_add_string (builder, "notes", session->notes);
  habla_json_add_string (builder, "title", session->title);
  habla_json_add_string (builder, "topic_summary", session->topic);
  habla_json_add_boolean (builder, "saved", session->saved_at != 0);
  habla_json_add_int (builder, "speaker_count", session->speakers->len);
  habla_json_begin_array (builder, "speakers");
  for (guint i = 0; i < session->speakers->len; i++)
    session_json_add_speaker (builder, g_ptr_array_index (session->speakers, i));
  json_builder_end_array (builder);
  if (session->languages != NULL)
    habla_json_add_strings (builder, "languages", (const char *const *) session->languages);
}

void
habla_session_json_add_session (JsonBuilder *builder, const HablaSessionRecord *session)
{
  json_builder_begin_object (builder);
  session_json_add_session_members (builder, session);
  json_builder_end_object (builder);
}

/* The texts as clients of the first Habla read them. */
static void
session_json_add_texts (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;
  const char *translation = NULL;

  if (habla_exchange_record_parse_languages (utterance->direction, &source, &targets))
    translation = habla_utterance_record_get_text (utterance, targets[0]);
  habla_json_add_string (builder, "raw_transcript", utterance->source);
  habla_json_add_string (builder, "corrected_source",
      utterance->corrected != NULL ? utterance->corrected : utterance->source);
  habla_json_add_string (builder, "translation", translation != NULL ? translation : "");
  habla_json_add_string (
      builder, "speaker_id", utterance->speaker != NULL ? utterance->speaker->id : NULL);
  habla_session_json_add_time (builder, "timestamp", utterance->created_at);
}

static void
session_json_add_match (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  json_builder_begin_object (builder);
  habla_json_add_int (builder, "id", utterance->id);
  session_json_add_texts (builder, utterance);
  json_builder_end_object (builder);
}

void
habla_session_json_add_found_session (JsonBuilder *builder, const HablaSessionRecord *session)
{
  json_builder_begin_object (builder);
  session_json_add_session_members (builder, session);
  habla_json_begin_array (builder, "matched_exchanges");
  for (guint i = 0; i < session->matches->len; i++)
    session_json_add_match (builder, g_ptr_array_index (session->matches, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
session_json_add_annotations (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  const HablaAnnotations *annotations = utterance->annotations;
  g_autofree char *detail = habla_annotation_json_dup_detail (annotations);

  habla_json_add_int (builder, "is_correction", habla_annotation_json_has_errors (annotations));
  habla_json_add_string (builder, "correction_json", detail);
  habla_annotation_json_add_corrections (builder, annotations);
  habla_annotation_json_add_idioms (builder, annotations);
  if (utterance->processing >= 0)
    habla_json_add_int (builder, "processing_ms", utterance->processing);
  else
    habla_json_add_string (builder, "processing_ms", NULL);
}

void
habla_session_json_add_bookmark (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  const char *note = utterance->bookmark_note;

  habla_json_add_boolean (builder, "bookmarked", utterance->is_bookmarked);
  habla_json_add_string (builder, "bookmark_note", note != NULL && *note != '\0' ? note : NULL);
}

static void
session_json_add_audio (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  g_autofree char *path = NULL;

  if (utterance->recording_id != NULL)
    path = g_strdup_printf ("/api/sessions/%" G_GUINT64_FORMAT "/exchanges/%" G_GUINT64_FORMAT
                            "/audio",
        utterance->session_id, utterance->id);
  habla_json_add_string (builder, "recording_id", utterance->recording_id);
  habla_json_add_string (builder, "audio_path", path);
  habla_json_add_boolean (builder, "has_audio", path != NULL);
}

void
habla_session_json_add_exchange_members (
    JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  habla_exchange_record_parse_languages (utterance->direction, &source, &targets);
  habla_json_add_int (builder, "id", utterance->id);
  habla_json_add_int (builder, "session_id", utterance->session_id);
  json_builder_set_member_name (builder, "speaker");
  session_json_add_speaker (builder, utterance->speaker);
  habla_json_add_string (
      builder, "direction", habla_session_json_get_direction (utterance->direction));
  habla_json_add_string (builder, "language", utterance->language);
  habla_json_add_string (builder, "source", utterance->source);
  habla_json_add_string (builder, "corrected",
      utterance->corrected != NULL ? utterance->corrected : utterance->source);
  habla_json_add_string (builder, "translated",
      targets != NULL ? habla_utterance_record_get_text (utterance, targets[0]) : NULL);
  habla_json_begin_object (builder, "translations");
  for (guint i = 0; i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);

    habla_json_add_string (builder, translation->language, translation->text);
  }
  json_builder_end_object (builder);
  if (utterance->confidence >= 0)
    habla_json_add_double (builder, "confidence", utterance->confidence);
  else
    habla_json_add_string (builder, "confidence", NULL);
  session_json_add_texts (builder, utterance);
  session_json_add_annotations (builder, utterance);
  habla_session_json_add_bookmark (builder, utterance);
  session_json_add_audio (builder, utterance);
  habla_session_json_add_time (builder, "begin", utterance->begin / 1000);
  habla_session_json_add_time (builder, "end", utterance->end / 1000);
}

void
habla_session_json_add_exchange (JsonBuilder *builder, const HablaUtteranceRecord *utterance)
{
  json_builder_begin_object (builder);
  habla_session_json_add_exchange_members (builder, utterance);
  json_builder_end_object (builder);
}
