/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/transcription.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TRANSCRIBER (habla_transcriber_get_type ())
HABLA_API
G_DECLARE_DERIVABLE_TYPE (HablaTranscriber, habla_transcriber, HABLA, TRANSCRIBER, GstElement)

/* Samples a second that a backend gets: signed 16-bit, native byte order, mono. */
#define HABLA_TRANSCRIBER_RATE 16000

/**
 * HablaTranscriberClass:
 * @onset: time from the begin of speech until the backend detects it, in nanoseconds
 * @hangover: time from the end of speech until the backend detects it, in nanoseconds
 * @start: loads a model
 * @stop: undoes @start
 * @begin: begins an utterance
 * @feed: recognises samples
 * @get_hypothesis: (nullable): the text so far
 * @end: ends the utterance
 * @cut: (nullable): ends the utterance at a boundary between words; without it, words may be cut
 * @list_languages: lists the languages that the engine recognises
 * @describe: (nullable): describes the last text
 * @unlock: (nullable): stops waiting
 * @unlock_stop: (nullable): undoes @unlock
 * @list_detectable: (nullable): lists the languages that the engine detects
 *
 * Functions of a backend, which detects and recognises speech. The base class owns time,
 * order, bounds and statistics. All functions but the lists and @unlock are called by one
 * thread at a time, and only @begin, @feed, @get_hypothesis, @end, @cut and @describe while audio
 * flows.
 */
struct _HablaTranscriberClass {
  GstElementClass parent_class;

  GstClockTime onset;
  GstClockTime hangover;

  gboolean (*start) (HablaTranscriber *self, const char *language, GError **error);
  void (*stop) (HablaTranscriber *self);
  gboolean (*begin) (HablaTranscriber *self, GError **error);
  gboolean (*feed) (HablaTranscriber *self, const gint16 *samples, gsize n_samples,
      gboolean *in_speech, GError **error);
  char *(*get_hypothesis) (HablaTranscriber *self);
  char *(*end) (HablaTranscriber *self, double *confidence, GError **error);
  char *(*cut) (HablaTranscriber *self, gsize *n_samples, double *confidence, GError **error);
  GStrv (*list_languages) (HablaTranscriber *self);
  void (*describe) (HablaTranscriber *self, HablaTranscription *transcription);
  void (*unlock) (HablaTranscriber *self);
  void (*unlock_stop) (HablaTranscriber *self);
  GStrv (*list_detectable) (HablaTranscriber *self);

  gpointer padding[4];
};

/**
 * HablaTranscriberClass::start:
 * @self: a transcriber
 * @language: a BCP 47 code, or "auto"
 * @error: return location for an error
 *
 * Loads the model of a language. Called from READY to PAUSED; may be slow.
 *
 * Returns: whether the engine can recognise speech
 */

/**
 * HablaTranscriberClass::stop:
 * @self: a transcriber
 *
 * Undoes a start that succeeded. No other function runs.
 */

/**
 * HablaTranscriberClass::begin:
 * @self: a transcriber
 * @error: return location for an error
 *
 * Begins an utterance; the previous one has ended.
 *
 * Returns: whether it succeeded
 */

/**
 * HablaTranscriberClass::feed:
 * @self: a transcriber
 * @samples: (array length=n_samples): more audio, signed 16-bit, native byte order, mono
 * @n_samples: their number, at most 100 ms at a time
 * @in_speech: (out): whether they end in speech
 * @error: return location for an error
 *
 * Recognises audio.
 *
 * Returns: whether it succeeded
 */

/**
 * HablaTranscriberClass::get_hypothesis:
 * @self: a transcriber
 *
 * Returns: (transfer full) (nullable): the text since the begin of the utterance
 */

/**
 * HablaTranscriberClass::end:
 * @self: a transcriber
 * @confidence: (out) (optional): confidence, 0.0 to 1.0; unknown unless it is set. %NULL if the
 * text is not needed
 * @error: return location for an error
 *
 * Ends the utterance.
 *
 * Returns: (transfer full) (nullable): the text since its begin, %NULL or empty without speech;
 * %NULL with @error set on failure
 */

/**
 * HablaTranscriberClass::cut:
 * @self: a transcriber
 * @n_samples: (inout): samples since the begin of the utterance; set to the place of the boundary
 * @confidence: (out) (optional): as for the function end
 * @error: return location for an error
 *
 * Like end, but at a boundary between words. The samples after it are fed again.
 *
 * Returns: (transfer full) (nullable): the text before the boundary
 */

/**
 * HablaTranscriberClass::list_languages:
 * @self: a transcriber
 *
 * Called in any state, on any thread; must be cheap and must not start an engine.
 *
 * Returns: (transfer full): BCP 47 codes of the languages that the engine recognises
 */

/**
 * HablaTranscriberClass::describe:
 * @self: a transcriber
 * @transcription: what is known of the text that get_hypothesis, end or cut returned last
 *
 * Sets properties of a text: more exact times than @onset and @hangover of the class give, words,
 * the detected language.
 */

/**
 * HablaTranscriberClass::unlock:
 * @self: a transcriber
 *
 * Lets functions that wait return at once, without a text or an error, for a flush or the change to
 * READY, until unlock_stop is called. Any thread.
 */

/**
 * HablaTranscriberClass::unlock_stop:
 * @self: a transcriber
 *
 * Undoes unlock. No other function runs.
 */

/**
 * HablaTranscriberClass::list_detectable:
 * @self: a transcriber
 *
 * Called in any state, on any thread; must be cheap and must not start an engine.
 *
 * Returns: (transfer full) (nullable): BCP 47 codes of the languages of which start with "auto"
 *   detects the spoken one; %NULL = none
 */

/**
 * habla_transcriber_get_lag:
 * @self: a transcriber
 *
 * How far recognition is behind its input: a backend that is late should do without whatever is not
 * necessary for final texts. For the functions of a backend only.
 *
 * Returns: duration of the audio that is waiting, in nanoseconds
 */
HABLA_API GstClockTime habla_transcriber_get_lag (HablaTranscriber *self);

/**
 * habla_transcriber_get_detected:
 * @self: a transcriber
 *
 * For the functions of a backend only, from start with "auto" to stop.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): BCP 47 codes of the languages of
 *   which one is spoken, all of them in the list of list_detectable(); %NULL = any
 */
HABLA_API const char *const *habla_transcriber_get_detected (HablaTranscriber *self);

G_END_DECLS
