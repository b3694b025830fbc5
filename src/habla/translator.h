/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <habla/annotations.h>
#include <habla/glossary.h>
#include <habla/utterance.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TRANSLATOR (habla_translator_get_type ())
HABLA_API
G_DECLARE_DERIVABLE_TYPE (HablaTranslator, habla_translator, HABLA, TRANSLATOR, GstElement)

/**
 * HablaTranslatorClass:
 * @start: (nullable): starts the engine
 * @stop: (nullable): stops the engine
 * @translate: translates a text
 * @list_pairs: (nullable): lists the pairs of languages
 * @translate_partial: (nullable): translates a partial hypothesis
 * @translate_final: (nullable): translates and annotates a final utterance
 *
 * Functions of a backend. The base class owns threads, order, bounds, statistics and the
 * handling of failures.
 */
struct _HablaTranslatorClass {
  GstElementClass parent_class;

  gboolean (*start) (HablaTranslator *self, const char *input_language, const char *output_language,
      GError **error);
  void (*stop) (HablaTranslator *self);
  char *(*translate) (
      HablaTranslator *self, const char *text, GCancellable *cancellable, GError **error);
  GStrv (*list_pairs) (HablaTranslator *self);
  char *(*translate_partial) (HablaTranslator *self, const HablaUtterance *utterance,
      GCancellable *cancellable, GError **error);
  char *(*translate_final) (HablaTranslator *self, const HablaUtterance *utterance,
      HablaAnnotations **annotations, GCancellable *cancellable, GError **error);

  /*< private >*/
  gpointer padding[6];
};

/**
 * HablaTranslatorClass::start:
 * @self: a translator
 * @input_language: normalised BCP 47 code of the source language
 * @output_language: normalised BCP 47 code of the target language
 * @error: return location for an error
 *
 * Prepares the engine for a pair of languages. Called from READY to PAUSED; may be slow. Not called
 * if both languages match, since nothing needs a translation then. On failure it must undo its own
 * effects.
 *
 * Returns: whether the engine can translate
 */

/**
 * HablaTranslatorClass::stop:
 * @self: a translator
 *
 * Undoes a start that succeeded. No translation runs.
 */

/**
 * HablaTranslatorClass::translate:
 * @self: a translator
 * @text: valid UTF-8, not blank
 * @cancellable: cancelled for a flush and the change to READY, which wait for the return
 * @error: return location for an error
 *
 * Translates a text. Called on worker threads, on up to #HablaTranslator:max-in-flight at once,
 * without a lock. Must return soon after @cancellable is cancelled, and must limit its own waiting.
 *
 * Returns: (transfer full) (nullable): the translation in valid UTF-8, or %NULL with @error set
 */

/**
 * HablaTranslatorClass::list_pairs:
 * @self: a translator
 *
 * Lists the pairs that the engine translates: "en>es", or "en>es>fr" for a pair that is translated
 * through Spanish. Called in any state, on any thread; must be cheap and must not start an engine.
 *
 * Returns: (transfer full) (nullable): the pairs
 */

/**
 * HablaTranslatorClass::translate_partial:
 * @self: a translator
 * @utterance: a partial hypothesis
 * @cancellable: see the function translate
 * @error: return location for an error
 *
 * Like translate, but translates the text of a partial hypothesis, and may keep words of the
 * translation of an earlier one with the same id. May be called while a cancelled call for an
 * earlier one still runs.
 *
 * Returns: (transfer full) (nullable): the translation in valid UTF-8, or %NULL with @error set
 */

/**
 * HablaTranslatorClass::translate_final:
 * @self: a translator
 * @utterance: a final utterance; its text is as it was said, and `corrected` of its annotations, if
 *   set, is the text to translate
 * @annotations: (out) (nullable) (transfer full): what the engine found in the text, which is
 * merged with the annotations of @utterance: see habla_annotations_merge()
 * @cancellable: see the function translate
 * @error: return location for an error
 *
 * Like translate, which is then called for partial hypotheses only, for engines that also find
 * errors and idioms in the text.
 *
 * Returns: (transfer full) (nullable): the translation in valid UTF-8, or %NULL with @error set
 */

/**
 * habla_translator_count_retry:
 * @self: a translator
 *
 * For backends: counts a repeated request in the field `retried` of #HablaTranslator:stats.
 * Any thread.
 */
HABLA_API void habla_translator_count_retry (HablaTranslator *self);

/**
 * habla_translator_ref_glossary:
 * @self: a translator
 *
 * For backends, which must honour it: the glossary for the text that is translated now. Any thread.
 *
 * Returns: (transfer full) (nullable): the glossary, or %NULL if there is none
 */
HABLA_API HablaGlossary *habla_translator_ref_glossary (HablaTranslator *self);

/**
 * habla_translator_push_progress:
 * @self: a translator
 * @utterance: that of the translate_final() that runs
 * @text: its translation so far; the next one replaces it
 *
 * For backends that write a translation slowly: sends @text downstream as a partial hypothesis with
 * the id of @utterance, if HablaTranslator:partials is set, at most four times a second, and never
 * after the translation or a flush. Does not block.
 */
HABLA_API void habla_translator_push_progress (
    HablaTranslator *self, const HablaUtterance *utterance, const char *text);

/**
 * habla_translator_open:
 * @self: a translator in NULL or READY that is not open
 * @error: return location for an error of the engine, the glossary or the languages
 *
 * Starts the engine without streaming, as the change to PAUSED does, for a program or an element
 * that has texts to translate. May be slow. Close it with habla_translator_close(), also after a
 * failure.
 *
 * Returns: whether habla_translator_run() can be called
 */
HABLA_API gboolean habla_translator_open (HablaTranslator *self, GError **error);

/**
 * habla_translator_close:
 * @self: a translator; habla_translator_run() does not run
 *
 * Stops the engine. No-op if it is not open.
 */
HABLA_API void habla_translator_close (HablaTranslator *self);

/**
 * habla_translator_run:
 * @self: an open translator
 * @utterance: final utterance or partial hypothesis, not blank, in the input language
 * @annotations: (out) (nullable) (transfer full): what the engine found in the text
 * @cancellable: returns soon when it is cancelled
 * @error: return location for the error of the engine
 *
 * Translates a text. Any thread, and several at once; blocks.
 *
 * Returns: (transfer full) (nullable): the translation
 */
HABLA_API char *habla_translator_run (HablaTranslator *self, const HablaUtterance *utterance,
    HablaAnnotations **annotations, GCancellable *cancellable, GError **error);

G_END_DECLS
