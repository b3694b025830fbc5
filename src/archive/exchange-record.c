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
keep_speaker (const HablaSpeaker *speaker)
{
  return habla_speaker_record_new (
      speaker->id, speaker->label, speaker->custom_name, speaker->color);
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
  HablaUtteranceRecord *kept = habla_utterance_record_new ();
  const char *targets[] = { exchange->target_language, NULL };
  GHashTableIter iter;
  gpointer language, text;

  kept->id = exchange->id;
  kept->session_id = habla_room_get_session_id (room);
  kept->room = g_utf8_make_valid (habla_room_get_name (room), -1);
  kept->owner = habla_exchange_record_owner_new (room);
  kept->direction = habla_exchange_record_format_languages (exchange->language, targets);
  kept->mode = g_strdup (habla_mode_get_name (habla_room_get_mode (room)));
  if (exchange->speaker != NULL)
    kept->speaker = keep_speaker (exchange->speaker);
  kept->language = g_strdup (exchange->language);
  kept->source = g_utf8_make_valid (exchange->source, -1);
  g_hash_table_iter_init (&iter, exchange->translations);
  while (g_hash_table_iter_next (&iter, &language, &text)) {
    g_autofree char *valid = g_utf8_make_valid (text, -1);

    habla_utterance_record_add_translation (kept, language, valid);
  }
  /* Not a number compares as nothing. */
  kept->confidence = exchange->confidence >= 0 ? MIN (exchange->confidence, 1) : 0;
  kept->begin = exchange->begin * 1000;
  kept->end = exchange->end * 1000;
  kept->created_at = exchange->timestamp;
  kept->recording_id = g_strdup (exchange->recording);
  return kept;
}

GPtrArray *
habla_exchange_record_speakers_new (HablaRoom *room)
{
  GPtrArray *speakers = habla_room_get_speakers (room);
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_speaker_record_free);

  for (guint i = 0; i < speakers->len; i++)
    g_ptr_array_add (kept, keep_speaker (g_ptr_array_index (speakers, i)));
  return kept;
}

/**
 * habla_opened_exchange_init:
 * @kept: outlives @self
 */
void
habla_opened_exchange_init (HablaOpenedExchange *self, const HablaUtteranceRecord *kept)
{
  HablaExchange *exchange = &self->exchange;
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  *self = (HablaOpenedExchange){
    .exchange = { .id = kept->id,
        .language = kept->language,
        .source = kept->source,
        .translations = g_hash_table_new (g_str_hash, g_str_equal),
        .confidence = kept->confidence,
        .timestamp = kept->created_at,
        .recording = kept->recording_id,
        .begin = kept->begin / 1000,
        .end = kept->end / 1000 },
  };
  if (habla_exchange_record_parse_languages (kept->direction, &source, &targets))
    exchange->target_language = g_strdup (targets[0]);
  for (guint i = 0; i < kept->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (kept->translations, i);

    g_hash_table_insert (exchange->translations, translation->language, translation->text);
  }
  if (kept->speaker == NULL)
    return;
  self->speaker = (HablaSpeaker){ .id = kept->speaker->id,
    .label = kept->speaker->label,
    .custom_name = kept->speaker->custom_name,
    .color = kept->speaker->color };
  exchange->speaker = &self->speaker;
}

void
habla_opened_exchange_clear (HablaOpenedExchange *self)
{
  g_clear_pointer (&self->exchange.target_language, g_free);
  g_clear_pointer (&self->exchange.translations, g_hash_table_unref);
}
