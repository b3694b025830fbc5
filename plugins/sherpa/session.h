/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "recognizer.h"
#include "voice-activity.h"

#include <habla/transcriber.h>

G_BEGIN_DECLS

/**
 * HablaSessionSettings:
 * @end_pause: pause that ends an utterance, in samples
 * @clause_pause: pause that ends an utterance of at least @min_clause, in samples
 * @min_clause: see @clause_pause, in samples
 * @stable_partials: whether hypotheses have only words in which several of them agree
 *
 * Settings of a session with a model for segments.
 */
typedef struct {
  gint64 end_pause;
  gint64 clause_pause;
  gint64 min_clause;
  gboolean stable_partials;
} HablaSessionSettings;

/**
 * HablaSession:
 * @begin: begins an utterance
 * @feed: recognises samples; sets @in_speech to whether they end in speech. @lag is the
 *   duration of the audio that is waiting, in nanoseconds
 * @get_hypothesis: (transfer full) (nullable): the text so far
 * @end: (transfer full) (nullable): ends the utterance; @confidence is %NULL if the text is not
 *   needed
 * @cut: (transfer full) (nullable): ends the utterance at a boundary between words, and sets
 *   @n_samples to its place. The samples after it are fed again
 * @describe: sets properties of the text that was returned last
 * @configure: applies settings that may change at any time
 * @free: frees the session
 *
 * One stream of speech, as #HablaTranscriberClass describes it. For one thread at a time.
 */
typedef struct _HablaSession HablaSession;
struct _HablaSession {
  void (*begin) (HablaSession *self);
  void (*feed) (HablaSession *self, const gint16 *samples, gsize n_samples, GstClockTime lag,
      gboolean *in_speech);
  char *(*get_hypothesis) (HablaSession *self, GstClockTime lag);
  char *(*end) (HablaSession *self, double *confidence);
  char *(*cut) (HablaSession *self, gsize *n_samples, double *confidence);
  void (*describe) (HablaSession *self, HablaTranscription *transcription);
  void (*configure) (HablaSession *self, const HablaSessionSettings *settings);
  void (*free) (HablaSession *self);
};

/**
 * habla_segment_session_new:
 * @recognizer: a recogniser for segments, which must outlive the session
 * @voice_activity: (transfer full): a detector of speech
 *
 * Creates a session that makes a live transcript of a model that recognises whole segments: it
 * decodes the growing segment again and again.
 *
 * Returns: (transfer full): a session
 */
HablaSession *habla_segment_session_new (
    HablaRecognizer *recognizer, HablaVoiceActivity *voice_activity);

/**
 * habla_streaming_session_new:
 * @recognizer: a streaming recogniser, which must outlive the session
 *
 * Returns: (transfer full): a session
 */
HablaSession *habla_streaming_session_new (HablaRecognizer *recognizer);

G_END_DECLS
