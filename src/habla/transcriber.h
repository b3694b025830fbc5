/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TRANSCRIBER (habla_transcriber_get_type ())
HABLA_API GType habla_transcriber_get_type (void);
G_DECLARE_DERIVABLE_TYPE (HablaTranscriber, habla_transcriber, HABLA, TRANSCRIBER, GstElement)

/* What a backend is fed: signed 16-bit samples in the machine's byte order, mono. */
#define HABLA_TRANSCRIBER_RATE 16000

/**
 * HablaTranscriberClass:
 * @onset: how long after its beginning the backend notices speech, in nanoseconds
 * @hangover: how long after its end it still takes it for speech, in nanoseconds
 * @start: loads what recognition in @language (BCP 47) needs, on the way from READY to
 *   PAUSED; may be slow
 * @stop: the opposite; nothing else runs any more
 * @begin: a new utterance; the last one has ended, or there was none
 * @feed: @n_samples more; at most 100 ms at a time. Sets @in_speech to whether
 *   somebody speaks at their end
 * @get_hypothesis: (nullable): (transfer full) (nullable): what has been understood since
 *   @begin
 * @end: (transfer full) (nullable): what was said since @begin, %NULL or empty if nothing.
 *   May set @confidence, 0.0 to 1.0. Sets @error and returns %NULL if it failed
 * @cut: (nullable): as @end, but ends at a boundary between words: sets @n_samples, of
 *   those since @begin, to where that lies, and gives what was said before; the rest is
 *   fed again. %NULL = words may be cut
 * @list_languages: (transfer full): BCP 47 codes of what can be recognised here; called
 *   in any state, from any thread; starts nothing
 *
 * A backend owns an algorithm: it says what is speech and what it means. The element owns
 * time, order, bounds and statistics. All functions but @list_languages are called from
 * one thread at a time, and only @begin, @feed, @get_hypothesis, @end and @cut while audio
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

  gpointer padding[8];
};

G_END_DECLS
