/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/transcript.h"

#include "room/parts/target-languages.h"

#define MAX_EXCHANGES 500

/* A language that is added in the middle of an utterance may miss it: the first translation is
 * given up after this time, in microseconds. */
#define FRESH_TIMEOUT (10 * G_TIME_SPAN_SECOND)

struct _HablaTranscript {
  GPtrArray *speakers;
  HablaExchangeLog *exchanges;
  guint64 unfinished;   /* all exchanges before this one are finished */
  gboolean has_dropped; /* exchanges, since the last reset */
  gint64 origin;        /* begin of the first exchange, in microseconds since 1970; 0 = none */
};

HablaTranscript *
habla_transcript_new (guint64 *next_exchange_id)
{
  HablaTranscript *self = g_new0 (HablaTranscript, 1);

  self->speakers = habla_speaker_list_new ();
  self->exchanges = habla_exchange_log_new (MAX_EXCHANGES, next_exchange_id);
  return self;
}

void
habla_transcript_free (HablaTranscript *self)
{
  habla_exchange_log_free (self->exchanges);
  g_ptr_array_unref (self->speakers);
  g_free (self);
}

GPtrArray *
habla_transcript_get_speakers (HablaTranscript *self)
{
  return self->speakers;
}

HablaExchangeLog *
habla_transcript_get_exchanges (HablaTranscript *self)
{
  return self->exchanges;
}

gboolean
habla_transcript_make_space (HablaTranscript *self)
{
  guint64 first = habla_exchange_log_get_first_id (self->exchanges);
  HablaExchangeEntry *entry;

  if (!habla_exchange_log_is_full (self->exchanges))
    return FALSE;
  entry = habla_exchange_log_get (self->exchanges, first);
  self->has_dropped |= !entry->is_forgotten;
  habla_exchange_log_give_up_all (self->exchanges, entry);
  return TRUE;
}

static HablaSpeaker *
transcript_find_speaker (
    HablaTranscript *self, const HablaUtterance *utterance, gboolean *is_new_speaker)
{
  const char *id = utterance->speaker != NULL ? utterance->speaker : HABLA_SPEAKER_DEFAULT;
  HablaSpeaker *speaker = habla_speaker_list_find (self->speakers, id);

  if (speaker == NULL) {
    /* The limit applies to names that clients choose, not to the two that always exist. */
    if (!habla_speaker_list_check (self->speakers, id, NULL))
      id = HABLA_SPEAKER_DEFAULT;
    speaker = habla_speaker_list_find (self->speakers, id);
  }
  *is_new_speaker = speaker == NULL;
  if (speaker == NULL)
    speaker = habla_speaker_list_add (self->speakers, id);
  return speaker;
}

HablaExchangeEntry *
habla_transcript_add (HablaTranscript *self, guint run, const HablaRoomSettings *settings,
    GHashTable *targets, const HablaUtterance *utterance, gboolean *is_new_speaker)
{
  HablaSpeaker *speaker = transcript_find_speaker (self, utterance, is_new_speaker);
  HablaExchangeEntry *entry =
      habla_exchange_log_add (self->exchanges, run, utterance, settings, speaker);
  GHashTableIter iter;
  gpointer language, value;

  g_hash_table_iter_init (&iter, targets);
  while (g_hash_table_iter_next (&iter, &language, &value)) {
    HablaTargetState state = GPOINTER_TO_INT (value);

    if (state == HABLA_TARGET_FRESH)
      habla_exchange_log_await (entry, language, entry->announced_at + FRESH_TIMEOUT);
    else if (state == HABLA_TARGET_FLOWS)
      habla_exchange_log_await (entry, language, 0);
  }
  return entry;
}

/* @id: (nullable): of a speaker */
static HablaSpeaker *
transcript_need_speaker (HablaTranscript *self, const char *id)
{
  HablaSpeaker *speaker = id != NULL ? habla_speaker_list_find (self->speakers, id) : NULL;

  return speaker == NULL && id != NULL ? habla_speaker_list_add (self->speakers, id) : speaker;
}

HablaExchangeEntry *
habla_transcript_insert (HablaTranscript *self, HablaExchange *exchange, const char *speaker,
    guint utterance_count, const char *const *awaited)
{
  HablaExchangeEntry *entry = habla_exchange_log_insert (self->exchanges, exchange, awaited);

  entry->exchange.speaker = transcript_need_speaker (self, speaker);
  if (entry->exchange.speaker != NULL)
    entry->exchange.speaker->utterance_count = utterance_count;
  if (self->origin == 0)
    self->origin = entry->exchange.origin;
  return entry;
}

void
habla_transcript_set_speakers (HablaTranscript *self, GPtrArray *speakers)
{
  for (guint i = 0; i < speakers->len; i++) {
    const HablaSpeaker *speaker = speakers->pdata[i];
    HablaSpeaker *own = transcript_need_speaker (self, speaker->id);

    g_free (own->custom_name);
    own->custom_name = g_strdup (speaker->custom_name);
    g_free (own->role_hint);
    own->role_hint = g_strdup (speaker->role_hint);
    own->utterance_count = MAX (own->utterance_count, speaker->utterance_count);
  }
}

gboolean
habla_transcript_is_complete (HablaTranscript *self)
{
  return !self->has_dropped;
}

gint64
habla_transcript_get_origin (HablaTranscript *self)
{
  return self->origin;
}

void
habla_transcript_time_exchange (HablaTranscript *self, HablaExchange *exchange)
{
  if (self->origin == 0)
    self->origin = exchange->begin;
  exchange->origin = self->origin;
}

const HablaExchangeEntry *
habla_transcript_take_finished (HablaTranscript *self)
{
  gboolean has_gap = FALSE;
  HablaExchangeEntry *entry;

  /* Usually, that is the last one. */
  for (guint64 id = self->unfinished;
       (entry = habla_exchange_log_get_from (self->exchanges, id)) != NULL;
       id = entry->exchange.id + 1) {
    gboolean is_new = !entry->is_finished && g_hash_table_size (entry->awaited) == 0;

    entry->is_finished |= is_new;
    has_gap |= !entry->is_finished;
    if (!has_gap)
      self->unfinished = entry->exchange.id + 1;
    if (is_new && !entry->is_forgotten)
      return entry;
  }
  return NULL;
}

void
habla_transcript_continue (HablaTranscript *self, HablaTranscript *other)
{
  habla_transcript_reset (self);
  habla_transcript_set_speakers (self, other->speakers);
  self->origin = other->origin;
}

void
habla_transcript_reset (HablaTranscript *self)
{
  habla_exchange_log_forget (self->exchanges);
  g_ptr_array_set_size (self->speakers, 0);
  self->origin = 0;
  self->has_dropped = FALSE;
}
