/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla/transcription.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaEndpointer:
 *
 * Finds begin and end of speech in a stream of samples with a backend that recognises it,
 * and reports utterances: from pause to pause, or up to a boundary between two words when
 * speech lasts too long. Times are numbers of samples, counted from 0; the owner maps them to
 * a clock. Must be used by one thread at a time.
 */
typedef struct _HablaEndpointer HablaEndpointer;

/**
 * HablaRecognition:
 * @begin: number of the first sample
 * @end: number of the sample after the last
 * @text: not empty, without leading or trailing white space
 * @confidence: of a final text, 0.0 to 1.0, or %HABLA_CONFIDENCE_UNKNOWN
 * @latency: of a final text, time from the end of the utterance to the text, in nanoseconds
 * @language: (nullable): BCP 47 code of the language, if the backend detected it
 * @words: (nullable) (element-type HablaWord): of a final text, its words with numbers of samples
 */
typedef struct {
  guint64 begin;
  guint64 end;
  const char *text;
  double confidence;
  guint64 latency;
  const char *language;
  GPtrArray *words;
} HablaRecognition;

/**
 * HablaEndpointerFuncs:
 * @begin: begins an utterance
 * @feed: recognises 20 ms of samples and sets @in_speech to whether they end in speech
 * @get_hypothesis: (transfer full) (nullable): text since @begin
 * @end: (transfer full) (nullable): ends the utterance; the text since @begin. @confidence
 *   is %NULL if the text is not needed
 * @split: (transfer full) (nullable): ends the utterance at a boundary between words, and
 *   sets @n_samples, of the number since @begin, to its place; the text before it
 * @describe: (nullable): sets properties of the text that was returned last
 * @on_final: an utterance with its final text. Returns the flow return of downstream
 * @on_partial: an utterance with a hypothesis
 * @on_silence: no speech begins before sample @until
 * @on_split: the next final text ends without a pause
 * @on_failure: (nullable error): the backend failed; the utterance is lost
 *
 * Functions of a backend, and notifications. All are called by the thread that pushes.
 */
typedef struct {
  gboolean (*begin) (gpointer data, GError **error);
  gboolean (*feed) (
      gpointer data, const gint16 *samples, gsize n_samples, gboolean *in_speech, GError **error);
  char *(*get_hypothesis) (gpointer data);
  char *(*end) (gpointer data, double *confidence, GError **error);
  char *(*split) (gpointer data, gsize *n_samples, double *confidence, GError **error);
  void (*describe) (gpointer data, HablaTranscription *transcription);

  GstFlowReturn (*on_final) (const HablaRecognition *recognition, gpointer data);
  void (*on_partial) (const HablaRecognition *recognition, gpointer data);
  void (*on_silence) (guint64 until, gpointer data);
  void (*on_split) (gpointer data);
  void (*on_failure) (const GError *error, gpointer data);
} HablaEndpointerFuncs;

/**
 * HablaEndpointerSettings:
 * @onset: time from the begin of speech until the backend detects it, in samples
 * @hangover: time from the end of speech until the backend detects it, in samples
 * @partials: whether to report partial hypotheses
 * @partial_interval: minimum time between partial hypotheses, in samples
 * @max_utterance: maximum duration of an utterance, in samples
 */
typedef struct {
  guint64 onset;
  guint64 hangover;
  gboolean partials;
  guint64 partial_interval;
  guint64 max_utterance;
} HablaEndpointerSettings;

/**
 * habla_endpointer_new:
 * @funcs: (transfer none): static
 * @data: user data of @funcs
 *
 * Returns: (transfer full): an endpointer; call habla_endpointer_configure() before pushing
 */
HablaEndpointer *habla_endpointer_new (const HablaEndpointerFuncs *funcs, gpointer data);

/**
 * habla_endpointer_free:
 * @self: (transfer full): an endpointer without an utterance
 */
void habla_endpointer_free (HablaEndpointer *self);

/**
 * habla_endpointer_configure:
 * @self: an endpointer
 * @settings: settings, which are copied
 */
void habla_endpointer_configure (HablaEndpointer *self, const HablaEndpointerSettings *settings);

/**
 * habla_endpointer_push:
 * @self: an endpointer
 * @samples: samples that follow the previous ones
 * @n_samples: their number
 *
 * Returns: the first flow return of final texts that is not %GST_FLOW_OK, or %GST_FLOW_OK
 */
GstFlowReturn habla_endpointer_push (HablaEndpointer *self, const gint16 *samples, gsize n_samples);

/**
 * habla_endpointer_push_silence:
 * @self: an endpointer
 * @n_samples: number of missing samples
 *
 * Like habla_endpointer_push(), for a gap in the audio.
 *
 * Returns: a flow return
 */
GstFlowReturn habla_endpointer_push_silence (HablaEndpointer *self, guint64 n_samples);

/**
 * habla_endpointer_drain:
 * @self: an endpointer
 *
 * Ends the utterance: the following samples do not continue it.
 *
 * Returns: a flow return
 */
GstFlowReturn habla_endpointer_drain (HablaEndpointer *self);

/**
 * habla_endpointer_abort:
 * @self: an endpointer
 *
 * Drops the utterance.
 */
void habla_endpointer_abort (HablaEndpointer *self);

/**
 * habla_endpointer_get_offset:
 * @self: an endpointer
 *
 * Returns: the number of the next sample
 */
guint64 habla_endpointer_get_offset (HablaEndpointer *self);

/**
 * habla_endpointer_is_in_speech:
 * @self: an endpointer
 *
 * Returns: whether the samples pushed so far end in speech
 */
gboolean habla_endpointer_is_in_speech (HablaEndpointer *self);

G_END_DECLS
