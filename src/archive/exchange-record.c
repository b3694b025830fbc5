/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/exchange-record.h"

#include <string.h>

#define SEPARATOR "_to_"

char *
habla_exchange_record_format_languages (const char *source, const char *const *targets)
{
  g_autofree char *list = g_strjoinv (",", (GStrv) targets);

  return g_strconcat (source, SEPARATOR, list, NULL);
}

gboolean
habla_exchange_record_parse_languages (const char *text, char **source, GStrv *targets)
{
  const char *separator = text != NULL ? strstr (text, SEPARATOR) : NULL;

  if (separator == NULL || separator == text || separator[strlen (SEPARATOR)] == '\0')
    return FALSE;
  *source = g_strndup (text, separator - text);
  *targets = g_strsplit (separator + strlen (SEPARATOR), ",", -1);
  return TRUE;
}

static HablaSpeakerRecord *
exchange_record_convert_speaker (const HablaSpeaker *speaker)
{
  HablaSpeakerRecord *record =
      habla_speaker_record_new (speaker->id, speaker->label, speaker->custom_name, speaker->color);

  record->role_hint = g_strdup (speaker->role_hint);
  return record;
}

char *
habla_exchange_record_owner_new (HablaRoom *room)
{
  const char *key = habla_room_get_key (room);

  return key != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1) : NULL;
}

HablaUtteranceRecord *
habla_exchange_record_new (HablaRoom *room, const HablaExchange *exchange)
{
  HablaUtteranceRecord *record = habla_utterance_record_new ();
  const char *targets[] = { exchange->target_language, NULL };
  GHashTableIter iter;
  gpointer language, text;

  record->id = exchange->id;
  record->session_id = habla_room_get_session_id (room);
  record->room = g_utf8_make_valid (habla_room_get_name (room), -1);
  record->owner = habla_exchange_record_owner_new (room);
  record->direction = habla_exchange_record_format_languages (exchange->language, targets);
  record->mode = g_strdup (habla_mode_get_name (habla_room_get_mode (room)));
  if (exchange->speaker != NULL)
    record->speaker = exchange_record_convert_speaker (exchange->speaker);
  record->language = g_strdup (exchange->language);
  record->source = g_utf8_make_valid (exchange->source, -1);
  if (exchange->annotations != NULL) {
    record->annotations = habla_annotations_ref (exchange->annotations);
    record->corrected = g_strdup (exchange->annotations->corrected);
  }
  record->processing = exchange->processing;
  g_hash_table_iter_init (&iter, exchange->translations);
  while (g_hash_table_iter_next (&iter, &language, &text)) {
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    habla_utterance_record_add_translation (record, language, valid);
  }
  /* NaN fails the comparison. */
  record->confidence = exchange->confidence >= 0 ? MIN (exchange->confidence, 1) : -1;
  record->begin = exchange->begin * 1000;
  record->end = exchange->end * 1000;
  record->created_at = exchange->timestamp;
  record->recording_id = g_strdup (exchange->recording);
  return record;
}

GPtrArray *
habla_exchange_record_speakers_new (HablaRoom *room)
{
  GPtrArray *speakers = habla_room_get_speakers (room);
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_speaker_record_free);

  for (guint i = 0; i < speakers->len; i++)
    g_ptr_array_add (records, exchange_record_convert_speaker (g_ptr_array_index (speakers, i)));
  return records;
}

void
habla_restored_exchange_init (HablaRestoredExchange *self, const HablaUtteranceRecord *record)
{
  HablaExchange *exchange = &self->exchange;
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  *self = (HablaRestoredExchange){
    .exchange = { .id = record->id,
        .language = record->language,
        .source = record->source,
        .translations = g_hash_table_new (g_str_hash, g_str_equal),
        .confidence = record->confidence,
        .timestamp = record->created_at,
        .recording = record->recording_id,
        .annotations = record->annotations,
        .processing = record->processing,
        .begin = record->begin / 1000,
        .end = record->end / 1000 },
  };
  if (habla_exchange_record_parse_languages (record->direction, &source, &targets))
    exchange->target_language = g_strdup (targets[0]);
  for (guint i = 0; i < record->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (record->translations, i);

    g_hash_table_insert (exchange->translations, translation->language, translation->text);
  }
  if (record->speaker == NULL)
    return;
  self->speaker = (HablaSpeaker){ .id = record->speaker->id,
    .label = record->speaker->label,
    .custom_name = record->speaker->custom_name,
    .role_hint = record->speaker->role_hint,
    .color = record->speaker->color };
  exchange->speaker = &self->speaker;
}

void
habla_restored_exchange_clear (HablaRestoredExchange *self)
{
  g_clear_pointer (&self->exchange.target_language, g_free);
  g_clear_pointer (&self->exchange.translations, g_hash_table_unref);
}
