/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Utterances that the pipeline of a room recognises and translates, and into which languages. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"

#include <util/source.h>

static void room_watch_late (HablaRoom *self);

/* Target languages of the pipeline */

void
habla_room_fail_language (HablaRoom *self, const char *language, const char *message)
{
  HablaEvent event = { .type = HABLA_EVENT_ERROR, .text = message };

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "HABLA_ROOM", self->name, "MESSAGE",
      "Room %s: no translation into %s: %s", self->name, language, message);
  habla_exchange_log_give_up (self->draft_exchanges, self->run->number, language);
  habla_room_notify_readers (self, &event, language);
  habla_room_deliver (self);
}

static gboolean
room_on_linger_timer (gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_source_clear (&self->run->linger_timer);
  habla_room_update_targets (self);
  return G_SOURCE_REMOVE;
}

void
habla_room_find_target_changes (HablaRoom *self, HablaTargetChanges *changes)
{
  HablaPipelineRun *run = self->run;
  g_autoptr (GHashTable) read = habla_audience_list_languages (self->audience, &run->settings);

  habla_target_languages_update (run->targets, read, g_get_monotonic_time (), changes);
  for (guint i = 0; i < changes->failed->len; i++) {
    const char *language = g_ptr_array_index (changes->failed, i);
    g_autoptr (GError) error = NULL;

    if (!habla_languages_check_pair (
            &self->context->languages, run->settings.source_language, language, &error))
      habla_room_fail_language (self, language, error->message);
  }
  habla_source_clear (&run->linger_timer);
  if (changes->next != 0)
    habla_source_start_timer_at (
        &run->linger_timer, changes->next, "[habla] HablaRoom linger", room_on_linger_timer, self);
}

void
habla_room_update_targets (HablaRoom *self)
{
  HablaTargetChanges changes = { NULL };
  gboolean is_less_awaited = FALSE;

  if (!habla_room_state_takes_input (self->state))
    return;
  habla_room_find_target_changes (self, &changes);
  for (guint i = 0; i < changes.removed->len; i++) {
    const char *language = g_ptr_array_index (changes.removed, i);

    habla_pipeline_remove_language (self->run->pipeline, language);
    is_less_awaited |=
        habla_exchange_log_give_up (self->draft_exchanges, self->run->number, language);
  }
  for (guint i = 0; i < changes.added->len; i++)
    habla_pipeline_add_language (self->run->pipeline, g_ptr_array_index (changes.added, i));
  habla_target_changes_clear (&changes);
  if (is_less_awaited)
    habla_room_deliver (self);
}

/* Utterances of the pipeline */

static gboolean
room_on_late_timer (gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_source_clear (&self->run->late_timer);
  room_watch_late (self);
  habla_room_deliver (self);
  return G_SOURCE_REMOVE;
}

static void
room_watch_late (HablaRoom *self)
{
  gint64 next = habla_exchange_log_give_up_late (self->draft_exchanges, g_get_monotonic_time ());

  if (next != 0 && self->run->late_timer == NULL)
    habla_source_start_timer_at (&self->run->late_timer, next,
        "[habla] HablaRoom late translations", room_on_late_timer, self);
}

/* A speaker whom the owner has named in an earlier room has this name here. */
static void
room_add_speaker (HablaRoom *self, HablaSpeaker *speaker)
{
  g_autofree char *owner = habla_speaker_names_make_owner (self->key);

  habla_speaker_names_apply (self->context->names, owner, speaker);
  habla_room_notify_type (self, HABLA_EVENT_SPEAKERS);
}

static HablaExchangeEntry *
room_add_exchange (HablaRoom *self, const HablaUtterance *utterance)
{
  HablaRoomMetrics *metrics = self->context->metrics;
  HablaPipelineRun *run = self->run;
  HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT };
  gboolean is_new_speaker;
  HablaExchangeEntry *entry;
  gint64 time;

  if (habla_transcript_make_space (self->draft))
    habla_room_deliver (self);
  entry = habla_transcript_add (self->draft, run->number, &run->settings,
      habla_target_languages_get_states (run->targets), utterance, &is_new_speaker);
  entry->exchange.speaker->utterance_count++;
  if (is_new_speaker)
    room_add_speaker (self, entry->exchange.speaker);
  habla_pipeline_run_time_exchange (run, &entry->exchange, utterance);
  habla_transcript_time_exchange (self->draft, &entry->exchange);
  room_watch_late (self);
  habla_pipeline_run_record_exchange (run, self->session_id, &entry->exchange, utterance);
  time = habla_pipeline_run_get_transcription_time (run, utterance);
  if (time >= 0)
    habla_room_metrics_observe_latency (metrics, HABLA_LATENCY_TRANSCRIPTION, time);
  habla_room_metrics_count (metrics, HABLA_STAGE_TRANSCRIBED, 1);
  if (utterance->confidence >= 0.0)
    habla_room_metrics_count_confidence (metrics, utterance->confidence);
  if (self->journal != NULL) {
    habla_room_publish_transcript (self, entry);
  } else {
    event.exchange = &entry->exchange;
    habla_audience_notify (self->audience, &event);
  }
  return entry;
}

static void
room_take_partial (HablaRoom *self, const char *language, const HablaUtterance *utterance)
{
  HablaEvent event = { .type = HABLA_EVENT_PARTIAL, .text = utterance->text };
  HablaExchangeEntry *entry;

  if (habla_exchange_log_knows (self->draft_exchanges, self->run->number, utterance->id)) {
    /* A part of the translation that a language model writes. */
    entry = habla_exchange_log_find_awaiting (
        self->draft_exchanges, self->run->number, utterance->id, language);
    if (entry == NULL)
      return;
    entry->has_progress = TRUE;
  }
  if (habla_pipeline_run_is_source (self->run, language)) {
    habla_room_notify (self, &event);
    return;
  }
  event.type = HABLA_EVENT_PARTIAL_TRANSLATION;
  habla_room_notify_readers (self, &event, language);
}

static void
room_take_transcript (HablaRoom *self, const HablaUtterance *utterance)
{
  HablaExchangeEntry *entry =
      habla_exchange_log_find_unannounced (self->draft_exchanges, self->run->number, utterance->id);

  if (entry == NULL)
    entry = room_add_exchange (self, utterance);
  entry->is_announced = TRUE;
  habla_room_vote_language (self, utterance);
}

/* The whole translation replaces the parts that members have read. */
static void
room_end_progress (HablaRoom *self, HablaExchangeEntry *entry, const char *language)
{
  HablaEvent event = { .type = HABLA_EVENT_PARTIAL_TRANSLATION, .text = "" };

  if (entry->has_progress)
    habla_room_notify_readers (self, &event, language);
}

/* Returns: time since the end of speech, or since the text was typed, in milliseconds */
static gint64
room_measure_processing (
    HablaPipelineRun *run, const HablaExchangeEntry *entry, const HablaUtterance *utterance)
{
  gint64 time = habla_pipeline_run_get_transcription_time (run, utterance);

  return (time >= 0 ? time : g_get_monotonic_time () - entry->announced_at) / 1000;
}

/* Language models find errors and idioms while they translate. */
static void
room_annotate (HablaExchange *exchange, HablaAnnotations *found)
{
  HablaAnnotations *merged = habla_annotations_merge (exchange->annotations, found);

  g_clear_pointer (&exchange->annotations, habla_annotations_unref);
  exchange->annotations = merged;
}

/* Each branch of the pipeline has a thread of its own, so a translation may overtake its
 * transcript; it carries the source text. */
static void
room_take_translation (HablaRoom *self, const char *language, const HablaUtterance *utterance)
{
  HablaRoomMetrics *metrics = self->context->metrics;
  HablaPipelineRun *run = self->run;
  HablaExchangeEntry *entry = habla_exchange_log_find_awaiting (
      self->draft_exchanges, run->number, utterance->id, language);
  /* Engines keep the blanks around words that they leave out. */
  g_autofree char *text = utterance->untranslated ? NULL : g_strstrip (g_strdup (utterance->text));

  if (entry == NULL) {
    if (habla_exchange_log_knows (self->draft_exchanges, run->number, utterance->id))
      return;
    entry = room_add_exchange (self, utterance);
  }
  room_end_progress (self, entry, language);
  room_annotate (&entry->exchange, utterance->annotations);
  if (text != NULL && entry->exchange.processing < 0)
    entry->exchange.processing = room_measure_processing (run, entry, utterance);
  habla_target_languages_set_flowing (run->targets, language);
  habla_exchange_log_answer (self->draft_exchanges, entry, language, text);
  habla_pipeline_run_record_translation (run, &entry->exchange, language, text);
  habla_room_metrics_count (
      metrics, text != NULL ? HABLA_STAGE_TRANSLATED : HABLA_STAGE_UNTRANSLATED, 1);
  habla_room_metrics_observe_latency (
      metrics, HABLA_LATENCY_TRANSLATION, g_get_monotonic_time () - entry->announced_at);
}

void
habla_room_take_utterance (HablaRoom *self, const char *language, const HablaUtterance *utterance)
{
  gboolean is_source = habla_pipeline_run_is_source (self->run, language);

  /* Another node owns the room, and this pipeline is about to end. */
  if (habla_room_is_mirror (self))
    return;
  if (is_source)
    habla_pipeline_run_end_silence (self->run);
  if (!utterance->is_final)
    room_take_partial (self, language, utterance);
  else if (is_source)
    room_take_transcript (self, utterance);
  else
    room_take_translation (self, language, utterance);
  habla_room_deliver (self);
}

/* No more translations come from the pipeline. */
void
habla_room_settle (HablaRoom *self)
{
  guint n = habla_exchange_log_settle (self->draft_exchanges, self->run->number);

  habla_room_metrics_count (self->context->metrics, HABLA_STAGE_UNANSWERED, n);
  habla_source_clear (&self->run->late_timer);
  habla_room_deliver (self);
}
