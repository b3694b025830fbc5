/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what a session says to what members see. */
#define G_LOG_USE_STRUCTURED
#include "room/room-private.h"
#include "room/speaker-list.h"

#include <util/source.h>

/* A language that was added while somebody spoke may have been too late for what was said:
 * its first translation is waited for so long, in microseconds. */
#define FRESH_PATIENCE (10 * G_TIME_SPAN_SECOND)

static void watch_late (HablaRoom *self);

static gboolean
on_late (gpointer user_data)
{
  HablaRoom *self = user_data;

  habla_source_clear (&self->late_timer);
  watch_late (self);
  habla_room_deliver (self);
  return G_SOURCE_REMOVE;
}

static void
watch_late (HablaRoom *self)
{
  gint64 next = habla_exchange_log_give_up_late (self->exchanges, g_get_monotonic_time ());

  if (next == 0 || self->late_timer != NULL)
    return;
  habla_source_start_timer_at (&self->late_timer, next, "habla-room-late", on_late, self);
}

static HablaSpeaker *
find_speaker (HablaRoom *self, const HablaUtterance *utterance)
{
  const char *id = utterance->speaker != NULL ? utterance->speaker : HABLA_SPEAKER_DEFAULT;
  HablaSpeaker *speaker = habla_speaker_list_find (self->speakers, id);

  if (speaker == NULL) {
    /* The limit is on what clients name; these two are always there. */
    if (!habla_speaker_list_check (self->speakers, id, NULL))
      id = HABLA_SPEAKER_DEFAULT;
    speaker = habla_speaker_list_find (self->speakers, id);
  }
  if (speaker == NULL) {
    speaker = habla_speaker_list_add (self->speakers, id);
    habla_room_emit_type (self, HABLA_EVENT_SPEAKERS);
  }
  speaker->utterance_count++;
  return speaker;
}

/* The oldest exchange is about to go: nobody waits for it any longer. */
static void
make_room (HablaRoom *self)
{
  guint64 first = habla_exchange_log_get_first_id (self->exchanges);

  if (!habla_exchange_log_is_full (self->exchanges))
    return;
  g_hash_table_remove_all (habla_exchange_log_get (self->exchanges, first)->awaited);
  habla_room_deliver (self);
}

/* Typed text takes no time. */
static void
time_transcription (HablaRoom *self, const HablaUtterance *utterance)
{
  gint64 heard = utterance->end > utterance->begin
                     ? habla_pipeline_find_decode_time (self->session, utterance->end)
                     : 0;

  if (heard != 0)
    habla_room_metrics_time (
        self->context->metrics, HABLA_LATENCY_TRANSCRIPTION, g_get_monotonic_time () - heard);
}

/* The first speech of a session ties its running time to the clock on the wall, so that what
 * comes in a burst is still as far apart as it was spoken. */
static void
time_exchange (HablaRoom *self, HablaExchange *exchange, const HablaUtterance *utterance)
{
  if (utterance->begin == HABLA_TIME_NONE || utterance->end == HABLA_TIME_NONE ||
      utterance->end <= utterance->begin)
    return;
  if (self->origin == 0) {
    gint64 heard = habla_pipeline_find_decode_time (self->session, utterance->end);
    gint64 ago = heard != 0 ? g_get_monotonic_time () - heard : 0;

    self->origin = exchange->timestamp - ago - (gint64) (utterance->end / 1000);
  }
  exchange->begin = self->origin + (gint64) (utterance->begin / 1000);
  exchange->end = self->origin + (gint64) (utterance->end / 1000);
}

static HablaExchangeEntry *
add_exchange (HablaRoom *self, const HablaUtterance *utterance)
{
  HablaEvent event = { .type = HABLA_EVENT_TRANSCRIPT };
  HablaExchangeEntry *entry;
  GHashTableIter iter;
  gpointer language, state;

  make_room (self);
  entry = habla_exchange_log_add (self->exchanges, self->session_number, utterance,
      &self->session_settings, find_speaker (self, utterance));
  time_exchange (self, &entry->exchange, utterance);
  g_hash_table_iter_init (&iter, self->languages);
  while (g_hash_table_iter_next (&iter, &language, &state)) {
    gboolean is_fresh = GPOINTER_TO_INT (state) == HABLA_LANGUAGE_FRESH;

    if (GPOINTER_TO_INT (state) != HABLA_LANGUAGE_FAILED)
      habla_exchange_log_await (
          entry, language, is_fresh ? entry->announced_at + FRESH_PATIENCE : 0);
  }
  watch_late (self);
  habla_room_record_exchange (self, &entry->exchange, utterance);
  time_transcription (self, utterance);
  habla_room_metrics_count (self->context->metrics, HABLA_STAGE_TRANSCRIBED, 1);
  if (utterance->confidence >= 0.0)
    habla_room_metrics_count_confidence (self->context->metrics, utterance->confidence);
  event.exchange = &entry->exchange;
  habla_room_emit (self, &event);
  return entry;
}

static void
on_transcript (HablaRoom *self, const HablaUtterance *utterance)
{
  HablaExchangeEntry *entry =
      habla_exchange_log_find_unannounced (self->exchanges, self->session_number, utterance->id);

  if (entry == NULL)
    entry = add_exchange (self, utterance);
  entry->is_announced = TRUE;
}

/* Each branch of the pipeline has its own thread, so a translation may overtake its
 * transcript; it brings that with it. */
static void
on_translation (HablaRoom *self, const char *language, const HablaUtterance *utterance)
{
  HablaRoomMetrics *metrics = self->context->metrics;
  HablaExchangeEntry *entry = habla_exchange_log_find_awaiting (
      self->exchanges, self->session_number, utterance->id, language);
  /* Engines keep the blanks of words that they leave out. */
  g_autofree char *text = utterance->untranslated ? NULL : g_strstrip (g_strdup (utterance->text));

  if (entry == NULL) {
    if (habla_exchange_log_knows (self->exchanges, self->session_number, utterance->id))
      return;
    entry = add_exchange (self, utterance);
  }
  if (g_hash_table_contains (self->languages, language))
    g_hash_table_replace (
        self->languages, g_strdup (language), GINT_TO_POINTER (HABLA_LANGUAGE_FLOWS));
  habla_exchange_log_answer (self->exchanges, entry, language, text);
  habla_room_record_translation (self, &entry->exchange, language, text);
  habla_room_metrics_count (
      metrics, text != NULL ? HABLA_STAGE_TRANSLATED : HABLA_STAGE_UNTRANSLATED, 1);
  habla_room_metrics_time (
      metrics, HABLA_LATENCY_TRANSLATION, g_get_monotonic_time () - entry->announced_at);
}

static void
on_partial (HablaRoom *self, const char *language, const HablaUtterance *utterance)
{
  gboolean is_source = g_str_equal (language, self->session_settings.source_language);
  HablaEvent event = { .type = HABLA_EVENT_PARTIAL, .text = utterance->text };

  if (habla_exchange_log_knows (self->exchanges, self->session_number, utterance->id))
    return;
  if (is_source) {
    habla_room_emit (self, &event);
  } else {
    event.type = HABLA_EVENT_PARTIAL_TRANSLATION;
    habla_room_emit_in_language (self, &event, language);
  }
}

void
habla_room_on_utterance (HablaRoom *self, const char *language, HablaUtterance *utterance)
{
  if (g_str_equal (language, self->session_settings.source_language))
    habla_room_break_silence (self);
  if (!utterance->is_final)
    on_partial (self, language, utterance);
  else if (g_str_equal (language, self->session_settings.source_language))
    on_transcript (self, utterance);
  else
    on_translation (self, language, utterance);
  habla_room_deliver (self);
  habla_room_keep_awake (self);
}

/* It is not in the session: what was said is shown without it. */
void
habla_room_on_language_failed (HablaRoom *self, const char *language, const GError *error)
{
  HablaEvent event = { .type = HABLA_EVENT_ERROR, .text = error->message };

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "HABLA_ROOM", self->name, "MESSAGE",
      "Room %s: no translation into %s: %s", self->name, language, error->message);
  g_hash_table_replace (
      self->languages, g_strdup (language), GINT_TO_POINTER (HABLA_LANGUAGE_FAILED));
  habla_exchange_log_give_up (self->exchanges, self->session_number, language);
  habla_room_emit_in_language (self, &event, language);
  habla_room_deliver (self);
}

/* Nothing that is awaited comes any more. */
void
habla_room_settle (HablaRoom *self)
{
  guint n = habla_exchange_log_settle (self->exchanges, self->session_number);

  habla_room_metrics_count (self->context->metrics, HABLA_STAGE_UNANSWERED, n);
  habla_source_clear (&self->late_timer);
  habla_room_deliver (self);
}
