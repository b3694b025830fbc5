/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* What a backend gives: signed 16-bit samples in the machine's byte order, mono. */
#define HABLA_SYNTHESIZER_RATE 22050

/* An utterance is spoken at most so many times as fast as the rest, to catch up. */
#define HABLA_SYNTHESIZER_MAX_SPEED 2.0

/**
 * HablaSynthesizerOverflow:
 * @HABLA_SYNTHESIZER_OVERFLOW_SHIFT: an utterance begins when the one before has ended
 * @HABLA_SYNTHESIZER_OVERFLOW_CLIP: as shift, but an utterance is cut to the length of what was
 *   said
 * @HABLA_SYNTHESIZER_OVERFLOW_OVERLAP: an utterance begins in its time, even if the one before has
 *   not ended: timestamps go back, and something downstream has to mix or drop
 * @HABLA_SYNTHESIZER_OVERFLOW_COMPRESS: as shift, but spoken faster while speech lags behind
 *
 * What becomes of speech that takes longer than there is time for it. Named as in
 * gst-plugins-rs.
 */
typedef enum {
  HABLA_SYNTHESIZER_OVERFLOW_SHIFT,
  HABLA_SYNTHESIZER_OVERFLOW_CLIP,
  HABLA_SYNTHESIZER_OVERFLOW_OVERLAP,
  HABLA_SYNTHESIZER_OVERFLOW_COMPRESS,
} HablaSynthesizerOverflow;

#define HABLA_TYPE_SYNTHESIZER_OVERFLOW (habla_synthesizer_overflow_get_type ())
HABLA_API GType habla_synthesizer_overflow_get_type (void);

#define HABLA_TYPE_SYNTHESIZER (habla_synthesizer_get_type ())
HABLA_API G_DECLARE_DERIVABLE_TYPE (
    HablaSynthesizer, habla_synthesizer, HABLA, SYNTHESIZER, GstElement);

/**
 * HablaSynthesizerClass:
 * @start: (nullable): makes the engine ready to speak @language, a normalised BCP 47
 *   code. Called from READY to PAUSED; may be slow. On failure nothing may be left that
 *   @stop would have to undo
 * @stop: (nullable): undoes a @start that succeeded. No @synthesize runs any more
 * @synthesize: speaks @text, which is valid UTF-8 and not blank, in @language, that of
 *   @start or another, @speed times as fast as usual, 1.0 to
 *   %HABLA_SYNTHESIZER_MAX_SPEED: hands samples to habla_synthesizer_push() as they
 *   come, and returns %TRUE once all are handed over or that told to stop. Called on one
 *   thread, with no lock held. Must return soon after @cancellable is cancelled, and must
 *   bound its waiting by itself. Returns %FALSE with @error set if it failed
 * @list_languages: (nullable): (transfer full): BCP 47 codes of what can be spoken here.
 *   Called in any state and thread; must be cheap
 *
 * What a backend fills in. The base class owns the thread, order, bounds, time,
 * statistics and the behaviour on failure.
 */
struct _HablaSynthesizerClass {
  GstElementClass parent_class;

  gboolean (*start) (HablaSynthesizer *self, const char *language, GError **error);
  void (*stop) (HablaSynthesizer *self);
  gboolean (*synthesize) (HablaSynthesizer *self, const char *text, const char *language,
      double speed, GCancellable *cancellable, GError **error);
  GStrv (*list_languages) (HablaSynthesizer *self);

  /*< private >*/
  gpointer padding[8];
};

HABLA_API gboolean habla_synthesizer_push (
    HablaSynthesizer *self, const gint16 *samples, gsize n_samples);

G_END_DECLS
