/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/engine-registry.h"

#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

/* Returns: whether one of the structures of @caps has the media type @type */
static gboolean
caps_have_media (GstCaps *caps, const char *type)
{
  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    if (gst_structure_has_name (gst_caps_get_structure (caps, i), type))
      return TRUE;
  return FALSE;
}

/* Reads the pad templates from the registry, so that no plugin is loaded. */
static gboolean
factory_has_pad (GstElementFactory *factory, GstPadDirection direction, const char *type)
{
  const GList *l = gst_element_factory_get_static_pad_templates (factory);

  for (; l != NULL; l = l->next) {
    GstStaticPadTemplate *template = l->data;
    g_autoptr (GstCaps) caps = gst_static_pad_template_get_caps (template);

    if (template->direction == direction && caps_have_media (caps, type))
      return TRUE;
  }
  return FALSE;
}

HablaEngine *
habla_engine_new (const char *element)
{
  g_autoptr (GstElement) instance = gst_element_factory_make (element, NULL);
  g_autoptr (HablaEngine) self = g_new0 (HablaEngine, 1);
  GObjectClass *klass;
  const char *property = "available-pairs";

  if (instance == NULL)
    return NULL;
  gst_object_ref_sink (instance);
  klass = G_OBJECT_GET_CLASS (instance);
  self->kind = HABLA_ENGINE_TRANSLATOR;
  if (g_object_class_find_property (klass, property) == NULL) {
    property = "available-languages";
    self->kind = factory_has_pad (gst_element_get_factory (instance), GST_PAD_SINK, "audio/x-raw")
                     ? HABLA_ENGINE_TRANSCRIBER
                     : HABLA_ENGINE_SYNTHESIZER;
  }
  if (g_object_class_find_property (klass, property) == NULL)
    return NULL;
  g_object_get (instance, property, &self->languages, NULL);
  if (self->languages == NULL)
    self->languages = g_new0 (char *, 1);
  self->element = g_strdup (element);
  return g_steal_pointer (&self);
}

void
habla_engine_free (HablaEngine *self)
{
  g_free (self->element);
  g_strfreev (self->languages);
  g_free (self);
}

static int
engine_compare (gconstpointer a, gconstpointer b)
{
  const HablaEngine *engine_a = *(HablaEngine *const *) a;
  const HablaEngine *engine_b = *(HablaEngine *const *) b;

  if (engine_a->kind != engine_b->kind)
    return engine_a->kind < engine_b->kind ? -1 : 1;
  return strcmp (engine_a->element, engine_b->element);
}

GPtrArray *
habla_engine_registry_list (void)
{
  GPtrArray *engines = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_engine_free);
  GList *factories = gst_registry_get_feature_list (gst_registry_get (), GST_TYPE_ELEMENT_FACTORY);

  for (GList *l = factories; l != NULL; l = l->next) {
    GstElementFactory *factory = l->data;
    gboolean hears, translates, speaks;
    HablaEngine *engine = NULL;

    hears = factory_has_pad (factory, GST_PAD_SINK, "audio/x-raw") &&
            factory_has_pad (factory, GST_PAD_SRC, "text/x-raw");
    translates = factory_has_pad (factory, GST_PAD_SINK, "text/x-raw") &&
                 factory_has_pad (factory, GST_PAD_SRC, "text/x-raw");
    speaks = factory_has_pad (factory, GST_PAD_SINK, "text/x-raw") &&
             factory_has_pad (factory, GST_PAD_SRC, "audio/x-raw");
    if (hears || translates || speaks)
      engine = habla_engine_new (GST_OBJECT_NAME (factory));
    if (engine != NULL)
      g_ptr_array_add (engines, engine);
  }
  gst_plugin_feature_list_free (factories);
  g_ptr_array_sort (engines, engine_compare);
  return engines;
}

/* Returns: (transfer full): the languages of all engines of @kind, without duplicates */
static GStrv
engine_registry_list_languages (GPtrArray *engines, HablaEngineKind kind)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < engines->len; i++) {
    HablaEngine *engine = g_ptr_array_index (engines, i);

    for (guint j = 0; engine->kind == kind && engine->languages[j] != NULL; j++)
      if (g_hash_table_add (seen, engine->languages[j]))
        g_strv_builder_add (builder, engine->languages[j]);
  }
  return g_strv_builder_end (builder);
}

/* Returns: (transfer full): @first, and those of @second that are not in it */
static GStrv
engine_registry_unite (GStrv first, GStrv second)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) first);
  for (guint i = 0; second[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) first, second[i]))
      g_strv_builder_add (builder, second[i]);
  return g_strv_builder_end (builder);
}

/* Returns: (transfer full): primary languages of @languages, without duplicates */
static GStrv
engine_registry_list_primaries (GStrv languages)
{
  g_autoptr (GPtrArray) primaries = g_ptr_array_new ();

  for (guint i = 0; languages[i] != NULL; i++) {
    g_autofree char *primary = habla_language_get_primary (languages[i]);

    if (!g_ptr_array_find_with_equal_func (primaries, primary, g_str_equal, NULL))
      g_ptr_array_add (primaries, g_steal_pointer (&primary));
  }
  g_ptr_array_add (primaries, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&primaries), FALSE);
}

void
habla_engine_registry_collect_languages (GPtrArray *engines, HablaLanguages *languages)
{
  g_auto (GStrv) heard = NULL;
  g_auto (GStrv) typed = NULL;
  g_auto (GStrv) targets = NULL;

  languages->heard = engine_registry_list_languages (engines, HABLA_ENGINE_TRANSCRIBER);
  languages->translated = engine_registry_list_languages (engines, HABLA_ENGINE_TRANSLATOR);
  languages->spoken = engine_registry_list_languages (engines, HABLA_ENGINE_SYNTHESIZER);
  heard = engine_registry_list_primaries (languages->heard);
  typed = habla_language_pairs_list_sources ((const char *const *) languages->translated);
  targets = habla_language_pairs_list_targets ((const char *const *) languages->translated, NULL);
  languages->sources = engine_registry_unite (typed, heard);
  languages->readable = engine_registry_unite (targets, languages->sources);
}

gboolean
habla_engine_has_language (const HablaEngine *self, const char *language)
{
  return self->kind != HABLA_ENGINE_TRANSLATOR &&
         habla_language_list_contains ((const char *const *) self->languages, language);
}

gboolean
habla_engine_has_pair (const HablaEngine *self, const char *from, const char *to)
{
  return self->kind == HABLA_ENGINE_TRANSLATOR &&
         habla_language_pairs_contain ((const char *const *) self->languages, from, to);
}

gboolean
habla_engine_check_language (const HablaEngine *self, const char *language, GError **error)
{
  gboolean hears = self->kind == HABLA_ENGINE_TRANSCRIBER;
  g_autofree char *known = NULL;

  if (habla_engine_has_language (self, language))
    return TRUE;
  known = g_strjoinv (", ", self->languages);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE, "“%s” cannot be %s here: %s %s %s%s",
      language, hears ? "heard" : "spoken", self->element, hears ? "hears" : "speaks",
      *known != '\0' ? known : "nothing",
      *known != '\0' ? ""
      : hears        ? "; install pocketsphinx-en-us for English"
                     : "; install espeak-ng-data");
  return FALSE;
}

gboolean
habla_engine_check_pair (const HablaEngine *self, const char *from, const char *to, GError **error)
{
  g_auto (GStrv) targets = NULL;
  g_autofree char *known = NULL;

  if (habla_engine_has_pair (self, from, to))
    return TRUE;
  targets = habla_language_pairs_list_targets ((const char *const *) self->languages, from);
  known = g_strjoinv (", ", targets);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” cannot be translated into “%s” here: %s translates it into %s; "
      "“apt-cache search ^apertium-” lists more language pairs to install",
      from, to, self->element, *known != '\0' ? known : "nothing");
  return FALSE;
}
