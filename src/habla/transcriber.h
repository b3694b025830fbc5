/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/transcription.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TRANSCRIBER (habla_transcriber_get_type ())
/**
 * habla_transcriber_get_type:
 *
 * Returns: the type of #HablaTranscriber
 */
HABLA_API GType habla_transcriber_get_type (void);
G_DECLARE_DERIVABLE_TYPE (HablaTranscriber, habla_transcriber, HABLA, TRANSCRIBER, GstElement)

/* Samples a second that a backend gets: signed 16-bit, native byte order, mono. */
#define HABLA_TRANSCRIBER_RATE 16000

/**
 * HablaTranscriberClass:
 * @onset: time from the begin of speech until the backend detects it, in nanoseconds
 * @hangover: time from the end of speech until the backend detects it, in nanoseconds
 * @start: loads the model of @language (BCP 47, or "auto"), from READY to PAUSED; may be slow
 * @stop: undoes @start; no other function runs
 * @begin: begins an utterance; the previous one has ended
 * @feed: recognises @n_samples more, at most 100 ms at a time. Sets @in_speech to whether
 *   they end in speech
 * @get_hypothesis: (nullable): (transfer full) (nullable): the text since @begin
 * @end: (transfer full) (nullable): ends the utterance. The text since @begin, %NULL or empty
 *   without speech. May set @confidence, 0.0 to 1.0; it is %NULL if the text is not needed. Sets
 *   @error and returns %NULL on failure
 * @cut: (nullable): like @end, but at a boundary between words: sets @n_samples, of the
 *   number since @begin, to its place and returns the text before it. The samples after
 *   it are fed again. Without it, words may be cut
 * @list_languages: (transfer full): BCP 47 codes of the languages that the engine
 *   recognises. Called in any state, on any thread; must be cheap and must not start an
 *   engine
 * @describe: (nullable): sets properties of the text that @get_hypothesis, @end or @cut returned
 *   last: more exact times than @onset and @hangover give, words, the detected language
 * @unlock: (nullable): lets functions that wait return at once, without a text or an error, until
 *   @unlock_stop: for a flush or the change to READY. Any thread
 * @unlock_stop: (nullable): undoes @unlock. No other function runs
 * @list_detectable: (nullable): (transfer full): BCP 47 codes of the languages of which @start with
 *   "auto" detects the spoken one. Like @list_languages; %NULL = none
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
 * For the functions of a backend only, from @start with "auto" to @stop.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): BCP 47 codes of the languages of
 *   which one is spoken, all of them in the list of @list_detectable; %NULL = any
 */
HABLA_API const char *const *habla_transcriber_get_detected (HablaTranscriber *self);

G_END_DECLS
