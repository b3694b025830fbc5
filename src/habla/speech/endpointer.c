/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech/endpointer.h"

#include "habla/circuit-breaker.h"
#include "habla/speech/timeline.h"
#include "habla/utterance.h"

#include <string.h>

/* The backend gets blocks of this many samples whatever the size of buffers, so that its
 * results do not depend on them. */
#define BLOCK (HABLA_TIMELINE_RATE / 50)

/* Minimum time between two reports of silence, in samples. */
#define SILENCE_INTERVAL (HABLA_TIMELINE_RATE / 5)

struct _HablaEndpointer {
  const HablaEndpointerFuncs *funcs;
  gpointer data;
  HablaEndpointerSettings settings;

  gint16 block[BLOCK]; /* samples that the backend has not got yet */
  gsize n_block;
  guint64 offset;   /* number of the first sample in @block */
  guint64 reported; /* text or silence was reported up to this sample */

  HablaCircuitBreaker breaker;
  gboolean begun; /* whether the backend has an utterance */
  gboolean in_speech;
  GArray *recent;          /* of gint16: last samples of the backend's utterance */
  guint64 recent_begin;    /* number of the first sample in @recent */
  guint64 utterance_begin; /* first sample of the backend's utterance */
  guint64 speech_begin;    /* first sample of speech in it */
  guint64 next_partial;    /* sample at which the next hypothesis is due */
  char *last_partial;
};

HablaEndpointer *
habla_endpointer_new (const HablaEndpointerFuncs *funcs, gpointer data)
{
  HablaEndpointer *self = g_new0 (HablaEndpointer, 1);

  self->funcs = funcs;
  self->data = data;
  self->recent = g_array_new (FALSE, FALSE, sizeof (gint16));
  return self;
}

void
habla_endpointer_free (HablaEndpointer *self)
{
  g_array_unref (self->recent);
  g_free (self->last_partial);
  g_free (self);
}

void
habla_endpointer_configure (HablaEndpointer *self, const HablaEndpointerSettings *settings)
{
  self->settings = *settings;
}

guint64
habla_endpointer_get_offset (HablaEndpointer *self)
{
  return self->offset + self->n_block;
}

gboolean
habla_endpointer_is_in_speech (HablaEndpointer *self)
{
  return self->in_speech;
}

static void
endpointer_reset (HablaEndpointer *self)
{
  self->begun = FALSE;
  self->in_speech = FALSE;
  g_array_set_size (self->recent, 0);
  g_clear_pointer (&self->last_partial, g_free);
}

static void
endpointer_drop (HablaEndpointer *self)
{
  if (self->begun)
    g_free (self->funcs->end (self->data, NULL, NULL));
  endpointer_reset (self);
}

static void
endpointer_fail (HablaEndpointer *self, const GError *error)
{
  habla_circuit_breaker_fail (&self->breaker, habla_timeline_to_time (self->offset));
  self->funcs->on_failure (error, self->data);
}

static void
endpointer_report_end (HablaEndpointer *self, const GError *error)
{
  if (error != NULL)
    endpointer_fail (self, error);
  else
    habla_circuit_breaker_succeed (&self->breaker);
}

/* Returns: whether the backend has an utterance: not while it is broken */
static gboolean
endpointer_begin (HablaEndpointer *self)
{
  g_autoptr (GError) error = NULL;

  if (!habla_circuit_breaker_allow (&self->breaker, habla_timeline_to_time (self->offset)))
    return FALSE;
  endpointer_reset (self);
  self->recent_begin = self->offset;
  self->utterance_begin = self->offset;
  self->begun = self->funcs->begin (self->data, &error);
  if (!self->begun)
    endpointer_fail (self, error);
  return self->begun;
}

/* Replaces the times of @recognition by those that the backend knows. Speech does not begin before
 * the last report. */
static void
endpointer_describe (
    HablaEndpointer *self, HablaTranscription *transcription, HablaRecognition *recognition)
{
  if (self->funcs->describe == NULL)
    return;
  self->funcs->describe (self->data, transcription);
  if (transcription->begin >= 0)
    recognition->begin = MAX (self->utterance_begin + transcription->begin, self->reported);
  if (transcription->end >= 0)
    recognition->end = MIN (self->utterance_begin + transcription->end, self->offset);
  recognition->end = MAX (recognition->end, recognition->begin);
  recognition->language = transcription->language;
  for (guint i = 0; transcription->words != NULL && i < transcription->words->len; i++) {
    HablaWord *word = transcription->words->pdata[i];

    word->begin = CLAMP (self->utterance_begin + word->begin, recognition->begin, recognition->end);
    word->end = CLAMP (self->utterance_begin + word->end, word->begin, recognition->end);
  }
  recognition->words = transcription->words;
}

/* @text: (transfer full) (nullable): text up to sample @end
 * @since: monotonic time of the end of the utterance, in microseconds */
static GstFlowReturn
endpointer_report_final (
    HablaEndpointer *self, char *text, double confidence, guint64 end, gint64 since)
{
  g_autofree char *owned = text;
  g_auto (HablaTranscription) transcription = HABLA_TRANSCRIPTION_INIT;
  HablaRecognition recognition = { 0 };

  if (owned == NULL || *g_strstrip (owned) == '\0')
    return GST_FLOW_OK;
  recognition.text = owned;
  recognition.confidence = confidence;
  recognition.begin = self->speech_begin;
  recognition.end = MAX (end, self->speech_begin);
  endpointer_describe (self, &transcription, &recognition);
  recognition.latency = (g_get_monotonic_time () - since) * GST_USECOND;
  self->reported = recognition.end;
  return self->funcs->on_final (&recognition, self->data);
}

/* Ends the utterance, with speech up to sample @end. */
static GstFlowReturn
endpointer_end (HablaEndpointer *self, guint64 end)
{
  gint64 since = g_get_monotonic_time ();
  double confidence = HABLA_CONFIDENCE_UNKNOWN;
  g_autoptr (GError) error = NULL;
  char *text = self->funcs->end (self->data, &confidence, &error);

  endpointer_reset (self);
  endpointer_report_end (self, error);
  return endpointer_report_final (self, text, confidence, end, since);
}

/* Ends an utterance without a pause, and feeds the samples after the boundary again as the
 * begin of the next one. */
static GstFlowReturn
endpointer_split (HablaEndpointer *self)
{
  gint64 since = g_get_monotonic_time ();
  double confidence = HABLA_CONFIDENCE_UNKNOWN;
  gsize n_samples = self->offset - self->utterance_begin;
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autoptr (GError) error = NULL;
  guint64 end;
  char *text;
  GstFlowReturn flow;

  text = self->funcs->split (self->data, &n_samples, &confidence, &error);
  end = self->utterance_begin + n_samples;
  if (end <= self->speech_begin || end > self->offset)
    end = self->offset;
  g_array_append_vals (
      rest, &g_array_index (self->recent, gint16, end - self->recent_begin), self->offset - end);
  endpointer_reset (self);
  endpointer_report_end (self, error);
  self->funcs->on_split (self->data);
  flow = endpointer_report_final (self, text, confidence, end, since);
  self->offset = end;
  return flow == GST_FLOW_OK ? habla_endpointer_push (self, (gint16 *) rest->data, rest->len)
                             : flow;
}

static void
endpointer_report_partial (HablaEndpointer *self)
{
  g_auto (HablaTranscription) transcription = HABLA_TRANSCRIPTION_INIT;
  HablaRecognition recognition = { 0 };
  g_autofree char *text = self->funcs->get_hypothesis (self->data);

  if (text == NULL || *g_strstrip (text) == '\0' || g_strcmp0 (text, self->last_partial) == 0)
    return;
  recognition.text = text;
  recognition.confidence = HABLA_CONFIDENCE_UNKNOWN;
  recognition.begin = self->speech_begin;
  recognition.end = self->offset;
  endpointer_describe (self, &transcription, &recognition);
  self->funcs->on_partial (&recognition, self->data);
  g_free (self->last_partial);
  self->last_partial = g_steal_pointer (&text);
}

/* Speech began @onset before the backend detected it, but not before the last report. */
static void
endpointer_begin_speech (HablaEndpointer *self)
{
  guint64 onset = self->settings.onset;

  self->in_speech = TRUE;
  self->speech_begin = self->offset > onset ? self->offset - onset : 0;
  self->speech_begin = MAX (self->speech_begin, MAX (self->recent_begin, self->reported));
  self->next_partial = self->offset;
}

static void
endpointer_report_silence (HablaEndpointer *self)
{
  guint64 onset = self->settings.onset;
  guint64 silent = self->offset > onset ? self->offset - onset : 0;

  /* Keep only samples that may belong to speech not detected yet. */
  if (self->recent->len > 2 * HABLA_TIMELINE_RATE) {
    g_array_remove_range (self->recent, 0, HABLA_TIMELINE_RATE);
    self->recent_begin += HABLA_TIMELINE_RATE;
  }
  if (silent >= self->reported + SILENCE_INTERVAL) {
    self->reported = silent;
    self->funcs->on_silence (silent, self->data);
  }
}

static GstFlowReturn
endpointer_feed (HablaEndpointer *self, const gint16 *samples, gsize n_samples)
{
  const HablaEndpointerSettings *settings = &self->settings;
  gboolean in_speech = FALSE;
  g_autoptr (GError) error = NULL;

  if (self->begun || endpointer_begin (self)) {
    g_array_append_vals (self->recent, samples, n_samples);
    self->offset += n_samples;
    if (!self->funcs->feed (self->data, samples, n_samples, &in_speech, &error)) {
      endpointer_drop (self);
      endpointer_fail (self, error);
    }
  } else {
    self->offset += n_samples;
  }
  in_speech = in_speech && self->begun;

  if (in_speech && !self->in_speech) {
    endpointer_begin_speech (self);
  } else if (!in_speech && self->in_speech) {
    return endpointer_end (
        self, self->offset > settings->hangover ? self->offset - settings->hangover : 0);
  }
  if (!in_speech) {
    endpointer_report_silence (self);
    return GST_FLOW_OK;
  }
  if (self->offset - self->speech_begin + BLOCK > settings->max_utterance)
    return endpointer_split (self);
  if (settings->partials && self->offset >= self->next_partial) {
    endpointer_report_partial (self);
    /* The first hypothesis of an utterance is reported as soon as there is one. */
    if (self->last_partial != NULL)
      self->next_partial = self->offset + settings->partial_interval;
  }
  return GST_FLOW_OK;
}

static GstFlowReturn
endpointer_feed_block (HablaEndpointer *self)
{
  gsize n_samples = self->n_block;

  self->n_block = 0;
  return n_samples > 0 ? endpointer_feed (self, self->block, n_samples) : GST_FLOW_OK;
}

GstFlowReturn
habla_endpointer_push (HablaEndpointer *self, const gint16 *samples, gsize n_samples)
{
  GstFlowReturn flow = GST_FLOW_OK;

  while (n_samples > 0 && flow == GST_FLOW_OK) {
    gsize n_taken = MIN (n_samples, BLOCK - self->n_block);

    memcpy (self->block + self->n_block, samples, n_taken * sizeof *samples);
    self->n_block += n_taken;
    samples += n_taken;
    n_samples -= n_taken;
    if (self->n_block == BLOCK)
      flow = endpointer_feed_block (self);
  }
  return flow;
}

GstFlowReturn
habla_endpointer_push_silence (HablaEndpointer *self, guint64 n_samples)
{
  static const gint16 silence[BLOCK];
  GstFlowReturn flow = GST_FLOW_OK;

  while (n_samples > 0 && flow == GST_FLOW_OK) {
    gsize n_taken = MIN (n_samples, BLOCK);

    flow = habla_endpointer_push (self, silence, n_taken);
    n_samples -= n_taken;
  }
  return flow;
}

GstFlowReturn
habla_endpointer_drain (HablaEndpointer *self)
{
  GstFlowReturn flow = endpointer_feed_block (self);

  if (flow == GST_FLOW_OK && self->in_speech)
    return endpointer_end (self, self->offset);
  habla_endpointer_abort (self);
  return flow;
}

void
habla_endpointer_abort (HablaEndpointer *self)
{
  self->offset += self->n_block;
  self->n_block = 0;
  if (self->begun)
    habla_circuit_breaker_cancel (&self->breaker);
  endpointer_drop (self);
}
