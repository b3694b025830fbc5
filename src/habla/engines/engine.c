/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/engine.h"

#include "habla/error.h"
#include "habla/language-pair.h"
#include "habla/language.h"
#include "habla/transcriber.h"

#include <string.h>

static struct {
  const char *name;
  GstStaticCaps sink_caps;
  GstStaticCaps src_caps;
  const char *list;     /* property with the installed languages */
  const char *property; /* distinguishes an engine that does not list them from other elements */
  const char *verb;     /* the use of a language */
} kinds[] = {
  [HABLA_ENGINE_TRANSCRIBER] = { "transcriber", GST_STATIC_CAPS ("audio/x-raw"),
      GST_STATIC_CAPS ("text/x-raw; text/plain"), "available-languages", "language-code", "heard" },
  [HABLA_ENGINE_TRANSLATOR] = { "translator", GST_STATIC_CAPS ("text/x-raw"),
      GST_STATIC_CAPS ("text/x-raw"), "available-pairs", "output-language-code", "translated" },
  [HABLA_ENGINE_SYNTHESIZER] = { "synthesizer", GST_STATIC_CAPS ("text/x-raw"),
      GST_STATIC_CAPS ("audio/x-raw"), "available-languages", "language-code", "spoken" },
};

const char *
habla_engine_kind_get_name (HablaEngineKind kind)
{
  return kinds[kind].name;
}

const char *
habla_engine_get_element_name (GstElement *element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL ? GST_OBJECT_NAME (factory) : G_OBJECT_TYPE_NAME (element);
}

/* Reads the pad templates from the registry, so that no plugin is loaded. */
static gboolean
factory_has_pad (GstElementFactory *factory, GstPadDirection direction, GstStaticCaps *description)
{
  g_autoptr (GstCaps) wanted = gst_static_caps_get (description);

  for (const GList *l = gst_element_factory_get_static_pad_templates (factory); l != NULL;
       l = l->next) {
    GstStaticPadTemplate *template = l->data;
    g_autoptr (GstCaps) caps = gst_static_pad_template_get_caps (template);

    if (template->direction == direction && template->presence == GST_PAD_ALWAYS &&
        !gst_caps_is_any (caps) && gst_caps_can_intersect (caps, wanted))
      return TRUE;
  }
  return FALSE;
}

/* Returns: whether @factory has the pads of one of the kinds */
static gboolean
factory_find_kind (GstElementFactory *factory, HablaEngineKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (factory_has_pad (factory, GST_PAD_SINK, &kinds[i].sink_caps) &&
        factory_has_pad (factory, GST_PAD_SRC, &kinds[i].src_caps)) {
      *kind = i;
      return TRUE;
    }
  return FALSE;
}

/* Returns: whether @klass has a list of languages that can be read */
static gboolean
class_lists_languages (GObjectClass *klass, HablaEngineKind kind)
{
  GParamSpec *pspec = g_object_class_find_property (klass, kinds[kind].list);

  return pspec != NULL && pspec->value_type == G_TYPE_STRV && (pspec->flags & G_PARAM_READABLE);
}

/* Returns: (transfer full) (nullable): the engine, if @factory is one */
static HablaEngine *
engine_new_from_factory (GstElementFactory *factory)
{
  g_autoptr (GstElement) element = NULL;
  HablaEngineKind kind;
  HablaEngine *self;
  GObjectClass *klass;

  if (!factory_find_kind (factory, &kind))
    return NULL;
  element = gst_element_factory_create (factory, NULL);
  if (element == NULL)
    return NULL;
  gst_object_ref_sink (element);
  klass = G_OBJECT_GET_CLASS (element);
  if (!class_lists_languages (klass, kind) &&
      g_object_class_find_property (klass, kinds[kind].property) == NULL)
    return NULL;
  self = g_new0 (HablaEngine, 1);
  self->kind = kind;
  self->element = g_strdup (GST_OBJECT_NAME (factory));
  self->rank = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory));
  self->lists_languages = class_lists_languages (klass, kind);
  if (self->lists_languages)
    g_object_get (element, kinds[kind].list, &self->languages, NULL);
  if (self->languages == NULL)
    self->languages = g_new0 (char *, 1);
  if (HABLA_IS_TRANSCRIBER (element))
    g_object_get (element, "detectable-languages", &self->detectable, NULL);
  else
    self->detectable = g_new0 (char *, 1);
  return self;
}

static HablaEngine *
engine_copy (HablaEngine *self)
{
  HablaEngine *copy = g_new0 (HablaEngine, 1);

  *copy = *self;
  copy->element = g_strdup (self->element);
  copy->languages = g_strdupv (self->languages);
  copy->detectable = g_strdupv (self->detectable);
  return copy;
}

G_DEFINE_BOXED_TYPE (HablaEngine, habla_engine, engine_copy, habla_engine_free)

HablaEngine *
habla_engine_new (const char *element)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);

  return factory != NULL ? engine_new_from_factory (factory) : NULL;
}

void
habla_engine_free (HablaEngine *self)
{
  g_free (self->element);
  g_strfreev (self->languages);
  g_strfreev (self->detectable);
  g_free (self);
}

static int
engine_compare (gconstpointer a, gconstpointer b)
{
  const HablaEngine *engine_a = *(HablaEngine *const *) a;
  const HablaEngine *engine_b = *(HablaEngine *const *) b;

  if (engine_a->kind != engine_b->kind)
    return engine_a->kind < engine_b->kind ? -1 : 1;
  if (engine_a->rank != engine_b->rank)
    return engine_a->rank > engine_b->rank ? -1 : 1;
  return strcmp (engine_a->element, engine_b->element);
}

/* An engine that is a server, and that no one has given a rank, is not installed here. */
static gboolean
factory_is_elsewhere (GstElementFactory *factory)
{
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);

  return strstr (klass, "Network") != NULL &&
         gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory)) == GST_RANK_NONE;
}

GPtrArray *
habla_engine_list (void)
{
  GPtrArray *engines = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_engine_free);
  GList *factories = gst_registry_get_feature_list (gst_registry_get (), GST_TYPE_ELEMENT_FACTORY);

  for (GList *l = factories; l != NULL; l = l->next) {
    HablaEngine *engine = factory_is_elsewhere (l->data) ? NULL : engine_new_from_factory (l->data);

    if (engine != NULL)
      g_ptr_array_add (engines, engine);
  }
  gst_plugin_feature_list_free (factories);
  g_ptr_array_sort (engines, engine_compare);
  return engines;
}

gboolean
habla_engine_has_language (const HablaEngine *self, const char *language)
{
  return self->kind != HABLA_ENGINE_TRANSLATOR &&
         habla_language_list_contains ((const char *const *) self->languages, language);
}

gboolean
habla_engine_detects (const HablaEngine *self, const char *const *languages)
{
  return self->kind == HABLA_ENGINE_TRANSCRIBER &&
         habla_language_list_covers ((const char *const *) self->detectable, languages);
}

gboolean
habla_engine_has_pair (const HablaEngine *self, const char *from, const char *to)
{
  return self->kind == HABLA_ENGINE_TRANSLATOR &&
         habla_language_pairs_contain ((const char *const *) self->languages, from, to);
}

char *
habla_engine_describe_remedy (HablaEngineKind kind, const char *from, const char *to)
{
  g_autofree char *primary = habla_language_get_primary (from);

  if (kind == HABLA_ENGINE_TRANSLATOR)
    return g_strdup_printf (
        "“apt-cache search ^apertium-” lists more language pairs to install, and "
        "“habla setup %s %s” installs models",
        from, to);
  if (kind == HABLA_ENGINE_SYNTHESIZER)
    return g_strdup_printf ("install espeak-ng-data, or run “habla setup %s”", from);
  if (g_str_equal (primary, "en"))
    return g_strdup_printf (
        "install pocketsphinx-en-us for English, or run “habla setup %s”", from);
  return g_strdup_printf ("run “habla setup %s”", from);
}

/* Returns: (transfer full): what can be chosen instead, such as "pocketsphinxtranscriber hears
 * en-US"; empty if there is no engine of @kind */
static char *
engines_describe (GPtrArray *engines, HablaEngineKind kind, const char *from)
{
  static const char *const verbs[] = { "hears", "translates it into", "speaks" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = g_ptr_array_index (engines, i);
    const char *const *languages = (const char *const *) engine->languages;
    g_auto (GStrv) targets = NULL;
    g_autofree char *known = NULL;

    if (engine->kind != kind || engine->rank == GST_RANK_NONE)
      continue;
    if (kind == HABLA_ENGINE_TRANSLATOR)
      targets = habla_language_pairs_list_targets (languages, from);
    known = g_strjoinv (", ", targets != NULL ? targets : engine->languages);
    g_string_append_printf (text, "%s%s %s %s", text->len > 0 ? ", " : "", engine->element,
        verbs[kind], *known != '\0' ? known : "nothing");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
engine_set_error (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *to, GError **error)
{
  g_autofree char *known = engines_describe (engines, kind, from);
  g_autofree char *remedy = habla_engine_describe_remedy (kind, from, to);

  if (*known == '\0')
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "No %s is installed; %s. “habla doctor” lists what is missing", kinds[kind].name, remedy);
  else if (to != NULL)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "“%s” cannot be translated into “%s” here: %s; %s", from, to, known, remedy);
  else
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE, "“%s” cannot be %s here: %s; %s", from,
        kinds[kind].verb, known, remedy);
}

const HablaEngine *
habla_engine_choose (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *to, GError **error)
{
  const HablaEngine *other = NULL; /* the best that does not list its languages */

  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = g_ptr_array_index (engines, i);

    if (engine->kind != kind || engine->rank == GST_RANK_NONE)
      continue;
    if (kind == HABLA_ENGINE_TRANSLATOR ? habla_engine_has_pair (engine, from, to)
                                        : habla_engine_has_language (engine, from))
      return engine;
    if (!engine->lists_languages && other == NULL)
      other = engine;
  }
  if (other == NULL)
    engine_set_error (engines, kind, from, to, error);
  return other;
}
