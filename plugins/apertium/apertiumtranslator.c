/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-apertiumtranslator
 * @title: apertiumtranslator
 *
 * Translates text with Apertium, on this machine. The output is that of `apertium -u`, byte
 * for byte, without the time to start its programs: all apertiumtranslators of a process
 * share one chain of running programs for each language pair while at least one of them is
 * in PAUSED or PLAYING.
 *
 *     gst-launch-1.0 filesrc location=lesson.srt ! subparse !
 *       apertiumtranslator input-language-code=en output-language-code=es !
 *       srtenc ! filesink location=lesson.es.srt
 *
 * Install language pairs as packages such as apertium-eng-spa. Other pairs are translated
 * through a third language if possible, such as English to French through Spanish.
 *
 * A chain that fails (a program exited, sent no response within
 * #HablaApertiumTranslator:timeout, or sent an invalid one) is replaced, and its requests are
 * sent again. See #HablaTranslator for the other properties.
 */
#include "apertiumtranslator.h"

#include "chain-pool.h"
#include "placeholders.h"
#include "text-format.h"

GST_DEBUG_CATEGORY_STATIC (apertium_translator_debug);
#define GST_CAT_DEFAULT apertium_translator_debug

enum {
  PROP_0,
  PROP_TIMEOUT,
};

#define DEFAULT_TIMEOUT 5000

struct _HablaApertiumTranslator {
  HablaTranslator parent;

  guint timeout; /* atomic */

  GPtrArray *chains; /* steps of the translation, in order; from start() to stop() */
};

G_DEFINE_TYPE_WITH_CODE (HablaApertiumTranslator, habla_apertium_translator, HABLA_TYPE_TRANSLATOR,
    GST_DEBUG_CATEGORY_INIT (
        apertium_translator_debug, "apertiumtranslator", 0, "Apertium translator"))
GST_ELEMENT_REGISTER_DEFINE (
    apertiumtranslator, "apertiumtranslator", GST_RANK_SECONDARY, HABLA_TYPE_APERTIUM_TRANSLATOR)

static gboolean
habla_apertium_translator_start (HablaTranslator *translator, const char *input_language,
    const char *output_language, GError **error)
{
  HablaApertiumTranslator *self = HABLA_APERTIUM_TRANSLATOR (translator);
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();
  g_autoptr (GPtrArray) path = NULL;
  g_autoptr (GPtrArray) chains =
      g_ptr_array_new_with_free_func ((GDestroyNotify) apertium_chain_pool_release);

  path = apertium_modes_find_path (modes, input_language, output_language, error);
  if (path == NULL)
    return FALSE;
  for (guint i = 0; i < path->len; i++) {
    const ApertiumMode *mode = g_ptr_array_index (path, i);
    ApertiumChain *chain = apertium_chain_pool_acquire (mode, error);

    if (chain == NULL)
      return FALSE;
    GST_INFO_OBJECT (self, "step %u: %s", i + 1, mode->name);
    g_ptr_array_add (chains, chain);
  }
  self->chains = g_steal_pointer (&chains);
  return TRUE;
}

static void
habla_apertium_translator_stop (HablaTranslator *translator)
{
  g_clear_pointer (&HABLA_APERTIUM_TRANSLATOR (translator)->chains, g_ptr_array_unref);
}

static char *
apertium_translator_run_chains (
    HablaApertiumTranslator *self, const char *text, GCancellable *cancellable, GError **error)
{
  guint timeout = __atomic_load_n (&self->timeout, __ATOMIC_RELAXED);
  g_autofree char *translation = NULL;

  for (guint i = 0; i < self->chains->len; i++) {
    gboolean retried;
    char *next = apertium_chain_translate (
        g_ptr_array_index (self->chains, i), text, timeout, cancellable, &retried, error);

    if (retried) {
      GST_WARNING_OBJECT (self, "the chain was replaced");
      habla_translator_count_retry (HABLA_TRANSLATOR (self));
    }
    if (next == NULL)
      return NULL;
    g_free (translation);
    text = translation = next;
  }
  return g_steal_pointer (&translation);
}

static char *
apertium_translator_run_with_glossary (
    HablaApertiumTranslator *self, const char *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (HablaGlossary) glossary = habla_translator_ref_glossary (HABLA_TRANSLATOR (self));
  g_autoptr (ApertiumPlaceholders) placeholders =
      glossary != NULL ? apertium_placeholders_new (glossary, text) : NULL;
  g_autofree char *translation = NULL;
  char *restored;

  if (placeholders == NULL)
    return apertium_translator_run_chains (self, text, cancellable, error);
  translation = apertium_translator_run_chains (
      self, apertium_placeholders_get_text (placeholders), cancellable, error);
  if (translation == NULL)
    return NULL;
  restored = apertium_placeholders_restore (placeholders, translation);
  if (restored != NULL)
    return restored;
  GST_WARNING_OBJECT (self, "a term of the glossary did not pass; it is translated as other words");
  return apertium_translator_run_chains (self, text, cancellable, error);
}

static char *
habla_apertium_translator_translate (
    HablaTranslator *translator, const char *text, GCancellable *cancellable, GError **error)
{
  char *translation = apertium_translator_run_with_glossary (
      HABLA_APERTIUM_TRANSLATOR (translator), text, cancellable, error);

  if (translation != NULL)
    apertium_text_tidy (translation, text);
  return translation;
}

static GStrv
habla_apertium_translator_list_pairs (HablaTranslator *translator)
{
  g_autoptr (ApertiumModes) modes = apertium_modes_load ();

  return apertium_modes_list_pairs (modes);
}

static void
habla_apertium_translator_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaApertiumTranslator *self = HABLA_APERTIUM_TRANSLATOR (object);

  switch (id) {
  case PROP_TIMEOUT:
    __atomic_store_n (&self->timeout, g_value_get_uint (value), __ATOMIC_RELAXED);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
habla_apertium_translator_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaApertiumTranslator *self = HABLA_APERTIUM_TRANSLATOR (object);

  switch (id) {
  case PROP_TIMEOUT:
    g_value_set_uint (value, __atomic_load_n (&self->timeout, __ATOMIC_RELAXED));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
habla_apertium_translator_class_init (HablaApertiumTranslatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaTranslatorClass *translator_class = HABLA_TRANSLATOR_CLASS (klass);

  object_class->set_property = habla_apertium_translator_set_property;
  object_class->get_property = habla_apertium_translator_get_property;
  translator_class->start = habla_apertium_translator_start;
  translator_class->stop = habla_apertium_translator_stop;
  translator_class->translate = habla_apertium_translator_translate;
  translator_class->list_pairs = habla_apertium_translator_list_pairs;

  /**
   * HablaApertiumTranslator:timeout:
   *
   * Time that the programs may take for one text, in milliseconds. Programs that take longer
   * are replaced, and the text is sent again. New programs may take ten seconds more for
   * their first response.
   */
  g_object_class_install_property (object_class, PROP_TIMEOUT,
      g_param_spec_uint ("timeout", "Timeout",
          "Time that the engine may take for one text before it is replaced, in milliseconds", 1,
          G_MAXINT, DEFAULT_TIMEOUT,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Apertium translator",
      "Filter/Converter/Text",
      "Translates text with Apertium. Example: gst-launch-1.0 filesrc location=lesson.srt ! "
      "subparse ! apertiumtranslator input-language-code=en output-language-code=es ! srtenc ! "
      "filesink location=lesson.es.srt",
      "Habla developers <habla@habla.example>");
}

static void
habla_apertium_translator_init (HablaApertiumTranslator *self)
{
  self->timeout = DEFAULT_TIMEOUT;
}
