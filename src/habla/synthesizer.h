/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Default of the samples a second that a backend pushes: signed 16-bit, native byte order, mono. */
#define HABLA_SYNTHESIZER_RATE 22050

/* Range of the samples a second that a backend may push. */
#define HABLA_SYNTHESIZER_MIN_RATE 8000
#define HABLA_SYNTHESIZER_MAX_RATE 48000

/* Maximum speed of speech that catches up, relative to normal speed. */
#define HABLA_SYNTHESIZER_MAX_SPEED 2.0

/**
 * HablaSynthesizerOverflow:
 * @HABLA_SYNTHESIZER_OVERFLOW_SHIFT: an utterance begins when the previous one has ended
 * @HABLA_SYNTHESIZER_OVERFLOW_CLIP: as shift, but utterances are cut to the duration of the
 *   original speech
 * @HABLA_SYNTHESIZER_OVERFLOW_OVERLAP: an utterance begins on time even if the previous one has
 *   not ended: timestamps go back, and an element downstream must mix or drop
 * @HABLA_SYNTHESIZER_OVERFLOW_COMPRESS: as shift, but spoken faster while speech lags
 *
 * How to handle speech that takes longer than its slot. Named as in gst-plugins-rs.
 */
typedef enum {
  HABLA_SYNTHESIZER_OVERFLOW_SHIFT,
  HABLA_SYNTHESIZER_OVERFLOW_CLIP,
  HABLA_SYNTHESIZER_OVERFLOW_OVERLAP,
  HABLA_SYNTHESIZER_OVERFLOW_COMPRESS,
} HablaSynthesizerOverflow;

#define HABLA_TYPE_SYNTHESIZER_OVERFLOW (habla_synthesizer_overflow_get_type ())
/**
 * habla_synthesizer_overflow_get_type:
 *
 * Returns: the type of #HablaSynthesizerOverflow
 */
HABLA_API GType habla_synthesizer_overflow_get_type (void);

#define HABLA_TYPE_SYNTHESIZER (habla_synthesizer_get_type ())
HABLA_API
G_DECLARE_DERIVABLE_TYPE (HablaSynthesizer, habla_synthesizer, HABLA, SYNTHESIZER, GstElement)

/**
 * HablaSynthesizerClass:
 * @start: (nullable): starts the engine
 * @stop: (nullable): stops the engine
 * @synthesize: speaks a text
 * @list_languages: (nullable): lists the languages
 *
 * Functions of a backend. The base class owns the thread, order, bounds, time, statistics
 * and the handling of failures.
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

/**
 * HablaSynthesizerClass::start:
 * @self: a synthesizer
 * @language: a normalised BCP 47 code
 * @error: return location for an error
 *
 * Prepares the engine for a language. Called from READY to PAUSED; may be slow. On failure it must
 * undo its own effects.
 *
 * Returns: whether the engine can speak
 */

/**
 * HablaSynthesizerClass::stop:
 * @self: a synthesizer
 *
 * Undoes a start that succeeded. No speech is synthesized.
 */

/**
 * HablaSynthesizerClass::synthesize:
 * @self: a synthesizer
 * @text: valid UTF-8, not blank
 * @language: its language, that of the function start or another
 * @speed: relative to normal speed, 1.0 to %HABLA_SYNTHESIZER_MAX_SPEED
 * @cancellable: cancelled for a flush and the change to READY, which wait for the return
 * @error: return location for an error
 *
 * Speaks a text: passes samples to habla_synthesizer_push() as soon as they are there, and returns
 * %TRUE after the last one, or when that function returns %FALSE. Called on one thread, without a
 * lock. Must return soon after @cancellable is cancelled, and must limit its own waiting.
 *
 * Returns: whether it succeeded
 */

/**
 * HablaSynthesizerClass::list_languages:
 * @self: a synthesizer
 *
 * Called in any state, on any thread; must be cheap.
 *
 * Returns: (transfer full) (nullable): BCP 47 codes of the languages that the engine speaks
 */

/**
 * habla_synthesizer_set_rate:
 * @self: a synthesizer
 * @rate: samples a second, %HABLA_SYNTHESIZER_MIN_RATE to %HABLA_SYNTHESIZER_MAX_RATE
 *
 * For backends, from the function start only: sets the rate of speech until the element is stopped,
 * which is %HABLA_SYNTHESIZER_RATE otherwise.
 */
HABLA_API void habla_synthesizer_set_rate (HablaSynthesizer *self, guint rate);

/**
 * habla_synthesizer_push:
 * @self: a synthesizer
 * @samples: (array length=n_samples): speech, mono, at the rate of habla_synthesizer_set_rate()
 * @n_samples: number of samples
 *
 * For backends, from the function synthesize only: pushes speech downstream. Blocks while
 * downstream does.
 *
 * Returns: whether more speech is needed; otherwise the function synthesize must return %TRUE
 */
HABLA_API gboolean habla_synthesizer_push (
    HablaSynthesizer *self, const gint16 *samples, gsize n_samples);

/**
 * HablaSynthesizerOutput:
 * @samples: (array length=n_samples): as in habla_synthesizer_push()
 * @n_samples: number of samples
 * @data: the argument of habla_synthesizer_set_output()
 *
 * Returns: whether more speech is needed
 */
typedef gboolean (*HablaSynthesizerOutput) (const gint16 *samples, gsize n_samples, gpointer data);

/**
 * habla_synthesizer_set_output: (skip)
 * @self: a synthesizer in NULL or READY
 * @output: (nullable): gets the speech instead of the source pad
 * @data: passed to @output
 *
 * For an element that uses another one as its engine: it calls the functions of the class of @self,
 * which stays in NULL.
 */
HABLA_API void habla_synthesizer_set_output (
    HablaSynthesizer *self, HablaSynthesizerOutput output, gpointer data);

/**
 * habla_synthesizer_get_rate:
 * @self: a synthesizer whose engine has been started
 *
 * Returns: the samples a second of its speech
 */
HABLA_API guint habla_synthesizer_get_rate (HablaSynthesizer *self);

G_END_DECLS
