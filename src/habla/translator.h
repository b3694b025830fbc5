/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_TRANSLATOR (habla_translator_get_type ())
HABLA_API G_DECLARE_DERIVABLE_TYPE (
    HablaTranslator, habla_translator, HABLA, TRANSLATOR, GstElement);

/**
 * HablaTranslatorClass:
 * @start: (nullable): makes the engine ready for a pair of languages, given as
 *   normalised BCP 47 codes. Called from READY to PAUSED; may be slow. Not called
 *   if the two languages are the same, for then nothing is asked. On failure
 *   nothing may be left that @stop would have to undo.
 * @stop: (nullable): undoes a @start that succeeded. No @translate runs any more.
 * @translate: translates @text, which is valid UTF-8 and neither empty nor white
 *   space alone. Called on worker threads, up to #HablaTranslator:max-in-flight of
 *   them at once, with no lock held. Must return soon after @cancellable is
 *   cancelled, for flushing and the way to READY wait for that, and must bound
 *   its waiting by itself. Returns (transfer full) the translation in valid UTF-8,
 *   or %NULL with @error set.
 * @list_pairs: (nullable): (transfer full): the pairs that could be translated
 *   here, "en>es", or "en>es>fr" for one that goes through Spanish. Called in any
 *   state and thread; must be cheap and start no engine.
 *
 * What a backend fills in. The base class owns threads, order, bounds, statistics
 * and the behaviour on failure.
 */
struct _HablaTranslatorClass {
  GstElementClass parent_class;

  gboolean (*start) (HablaTranslator *self, const char *input_language, const char *output_language,
      GError **error);
  void (*stop) (HablaTranslator *self);
  char *(*translate) (
      HablaTranslator *self, const char *text, GCancellable *cancellable, GError **error);
  GStrv (*list_pairs) (HablaTranslator *self);

  /*< private >*/
  gpointer padding[8];
};

HABLA_API void habla_translator_count_retry (HablaTranslator *self);

G_END_DECLS
