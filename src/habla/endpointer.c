/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/endpointer.h"

#include "habla/circuit-breaker.h"
#include "habla/timeline.h"
#include "habla/utterance.h"

#include <string.h>

/* The backend gets blocks of this many samples, however large the buffers are, so that
 * what it hears does not depend on them. */
#define BLOCK (HABLA_TRANSCRIBER_RATE / 50)

/* Silence is told of this often. */
#define SILENCE_INTERVAL (HABLA_TRANSCRIBER_RATE / 5)

/**
 * HablaEndpointer:
 *
 * Makes utterances of a stream of samples with the backend of a transcriber: from pause to
 * pause, or up to a cut between two words. Knows samples only, no clock: the owner knows
 * where they lie in time. For one thread at a time.
 */
struct _HablaEndpointer {
  HablaTranscriber *transcriber; /* unowned: it owns this */
  const HablaEndpointerFuncs *funcs;
  gpointer data;

  gboolean partials;
  guint64 partial_interval;
  guint64 max_utterance;

  gint16 block[BLOCK]; /* what the backend has not been fed yet, */
  gsize n_block;       /* so much of it */
  guint64 offset;      /* what it has been fed ends here */
  guint64 reported;    /* up to here text or silence has been told */

  HablaCircuitBreaker breaker;
  gboolean begun; /* the backend has an utterance */
  gboolean in_speech;
  GArray *heard;           /* of gint16: the newest of the backend's utterance */
  guint64 heard_begin;     /* its first sample */
  guint64 utterance_begin; /* the backend's utterance begins here, */
  guint64 speech_begin;    /* and the speech in it here */
  guint64 next_partial;
  char *last_partial;
};

/**
 * habla_endpointer_new:
 * @transcriber: (transfer none): outlives the endpointer
 * @funcs: what to call; static
 */
HablaEndpointer *
habla_endpointer_new (
    HablaTranscriber *transcriber, const HablaEndpointerFuncs *funcs, gpointer data)
{
  HablaEndpointer *self = g_new0 (HablaEndpointer, 1);

  self->transcriber = transcriber;
  self->funcs = funcs;
  self->data = data;
  self->heard = g_array_new (FALSE, FALSE, sizeof (gint16));
  return self;
}

void
habla_endpointer_free (HablaEndpointer *self)
{
  g_array_unref (self->heard);
  g_free (self->last_partial);
  g_free (self);
}

/**
 * habla_endpointer_configure:
 * @partial_interval: between partial hypotheses, in samples
 * @max_utterance: of speech without a pause, in samples
 */
void
habla_endpointer_configure (
    HablaEndpointer *self, gboolean partials, guint64 partial_interval, guint64 max_utterance)
{
  self->partials = partials;
  self->partial_interval = partial_interval;
  self->max_utterance = max_utterance;
}

/**
 * habla_endpointer_get_offset:
 *
 * Returns: the number of the next sample
 */
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
forget (HablaEndpointer *self)
{
  self->begun = FALSE;
  self->in_speech = FALSE;
  g_array_set_size (self->heard, 0);
  g_clear_pointer (&self->last_partial, g_free);
}

/* Ends the utterance and drops it. */
static void
drop (HablaEndpointer *self)
{
  if (self->begun)
    g_free (HABLA_TRANSCRIBER_GET_CLASS (self->transcriber)->end (self->transcriber, NULL, NULL));
  forget (self);
}

static void
fail (HablaEndpointer *self, const GError *error)
{
  habla_circuit_breaker_fail (&self->breaker, habla_timeline_to_time (self->offset));
  self->funcs->failure (error, self->data);
}

static void
note_end (HablaEndpointer *self, const GError *error)
{
  if (error != NULL)
    fail (self, error);
  else
    habla_circuit_breaker_succeed (&self->breaker);
}

/* Returns: whether the backend listens; it is left alone for a while if it failed often */
static gboolean
begin (HablaEndpointer *self)
{
  g_autoptr (GError) error = NULL;

  if (!habla_circuit_breaker_allow (&self->breaker, habla_timeline_to_time (self->offset)))
    return FALSE;
  forget (self);
  self->heard_begin = self->offset;
  self->utterance_begin = self->offset;
  self->begun = HABLA_TRANSCRIBER_GET_CLASS (self->transcriber)->begin (self->transcriber, &error);
  if (!self->begun)
    fail (self, error);
  return self->begun;
}

/* @text: (transfer full) (nullable): what was said up to @end
 * @since: monotonic time at which the utterance had ended */
static GstFlowReturn
report_final (HablaEndpointer *self, char *text, double confidence, guint64 end, gint64 since)
{
  g_autofree char *owned = text;
  HablaRecognition heard = { 0 };

  if (owned == NULL || *g_strstrip (owned) == '\0')
    return GST_FLOW_OK;
  heard.text = owned;
  heard.confidence = confidence;
  heard.begin = self->speech_begin;
  heard.end = MAX (end, self->speech_begin);
  heard.latency = (g_get_monotonic_time () - since) * GST_USECOND;
  self->reported = heard.end;
  return self->funcs->final (&heard, self->data);
}

/* Ends the utterance; what was said lasts until @end. */
static GstFlowReturn
finish (HablaEndpointer *self, guint64 end)
{
  gint64 since = g_get_monotonic_time ();
  double confidence = HABLA_CONFIDENCE_UNKNOWN;
  g_autoptr (GError) error = NULL;
  char *text =
      HABLA_TRANSCRIBER_GET_CLASS (self->transcriber)->end (self->transcriber, &confidence, &error);

  forget (self);
  note_end (self, error);
  return report_final (self, text, confidence, end, since);
}

/* Somebody speaks without a pause: ends the utterance at a boundary between words and
 * begins the next with what follows it. */
static GstFlowReturn
cut (HablaEndpointer *self)
{
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self->transcriber);
  gint64 since = g_get_monotonic_time ();
  double confidence = HABLA_CONFIDENCE_UNKNOWN;
  gsize n_samples = self->offset - self->utterance_begin;
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (gint16));
  g_autoptr (GError) error = NULL;
  guint64 end;
  char *text;
  GstFlowReturn flow;

  text = klass->cut != NULL ? klass->cut (self->transcriber, &n_samples, &confidence, &error)
                            : klass->end (self->transcriber, &confidence, &error);
  end = self->utterance_begin + n_samples;
  if (end <= self->speech_begin || end > self->offset)
    end = self->offset;
  g_array_append_vals (
      rest, &g_array_index (self->heard, gint16, end - self->heard_begin), self->offset - end);
  forget (self);
  note_end (self, error);
  self->funcs->cut (self->data);
  flow = report_final (self, text, confidence, end, since);
  self->offset = end;
  return flow == GST_FLOW_OK ? habla_endpointer_push (self, (gint16 *) rest->data, rest->len)
                             : flow;
}

static void
report_partial (HablaEndpointer *self)
{
  HablaRecognition heard = { 0 };
  g_autofree char *text =
      HABLA_TRANSCRIBER_GET_CLASS (self->transcriber)->get_hypothesis (self->transcriber);

  if (text == NULL || *g_strstrip (text) == '\0' || g_strcmp0 (text, self->last_partial) == 0)
    return;
  heard.text = text;
  heard.confidence = HABLA_CONFIDENCE_UNKNOWN;
  heard.begin = self->speech_begin;
  heard.end = self->offset;
  self->funcs->partial (&heard, self->data);
  g_free (self->last_partial);
  self->last_partial = g_steal_pointer (&text);
}

/* What the backend noticed only now began earlier, but after what was told before. */
static void
begin_speech (HablaEndpointer *self)
{
  guint64 onset =
      habla_timeline_to_samples (HABLA_TRANSCRIBER_GET_CLASS (self->transcriber)->onset);

  self->in_speech = TRUE;
  self->speech_begin = self->offset > onset ? self->offset - onset : 0;
  self->speech_begin = MAX (self->speech_begin, MAX (self->heard_begin, self->reported));
  self->next_partial = self->offset;
}

static void
stay_silent (HablaEndpointer *self)
{
  guint64 onset =
      habla_timeline_to_samples (HABLA_TRANSCRIBER_GET_CLASS (self->transcriber)->onset);
  guint64 silent = self->offset > onset ? self->offset - onset : 0;

  /* Not kept, but for what may turn out to be the beginning of speech. */
  if (self->heard->len > 2 * HABLA_TRANSCRIBER_RATE) {
    g_array_remove_range (self->heard, 0, HABLA_TRANSCRIBER_RATE);
    self->heard_begin += HABLA_TRANSCRIBER_RATE;
  }
  if (silent >= self->reported + SILENCE_INTERVAL) {
    self->reported = silent;
    self->funcs->silence (silent, self->data);
  }
}

static GstFlowReturn
feed (HablaEndpointer *self, const gint16 *samples, gsize n_samples)
{
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self->transcriber);
  gboolean in_speech = FALSE;
  g_autoptr (GError) error = NULL;

  if (self->begun || begin (self)) {
    g_array_append_vals (self->heard, samples, n_samples);
    self->offset += n_samples;
    if (!klass->feed (self->transcriber, samples, n_samples, &in_speech, &error)) {
      drop (self);
      fail (self, error);
    }
  } else {
    self->offset += n_samples;
  }
  in_speech = in_speech && self->begun;

  if (in_speech && !self->in_speech) {
    begin_speech (self);
  } else if (!in_speech && self->in_speech) {
    guint64 hangover = habla_timeline_to_samples (klass->hangover);

    return finish (self, self->offset > hangover ? self->offset - hangover : 0);
  }
  if (!in_speech) {
    stay_silent (self);
    return GST_FLOW_OK;
  }
  if (self->offset - self->speech_begin + BLOCK > self->max_utterance)
    return cut (self);
  if (self->partials && klass->get_hypothesis != NULL && self->offset >= self->next_partial) {
    report_partial (self);
    /* The first comes as soon as there is one. */
    if (self->last_partial != NULL)
      self->next_partial = self->offset + self->partial_interval;
  }
  return GST_FLOW_OK;
}

static GstFlowReturn
feed_block (HablaEndpointer *self)
{
  gsize n_samples = self->n_block;

  self->n_block = 0;
  return n_samples > 0 ? feed (self, self->block, n_samples) : GST_FLOW_OK;
}

/**
 * habla_endpointer_push:
 *
 * More audio, that follows the last.
 *
 * Returns: the worst that the final utterances came to
 */
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
      flow = feed_block (self);
  }
  return flow;
}

/**
 * habla_endpointer_push_silence:
 *
 * As habla_endpointer_push(), where there is no audio.
 */
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

/**
 * habla_endpointer_drain:
 *
 * What is being said ends here: what comes next does not follow it.
 */
GstFlowReturn
habla_endpointer_drain (HablaEndpointer *self)
{
  GstFlowReturn flow = feed_block (self);

  if (flow == GST_FLOW_OK && self->in_speech)
    return finish (self, self->offset);
  habla_endpointer_abort (self);
  return flow;
}

/**
 * habla_endpointer_abort:
 *
 * Drops what is being said.
 */
void
habla_endpointer_abort (HablaEndpointer *self)
{
  self->offset += self->n_block;
  self->n_block = 0;
  if (self->begun)
    habla_circuit_breaker_cancel (&self->breaker);
  drop (self);
}
