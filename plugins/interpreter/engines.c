/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engines.h"

#include <habla/error.h>

static const struct {
  const char *name;
  const char *sink_caps;
  const char *src_caps;
  const char *property; /* distinguishes a transcriber from other elements */
  const char *packages;
} kinds[N_ENGINES] = {
  [ENGINE_TRANSCRIBER] = { "transcriber", "audio/x-raw", "text/x-raw; text/plain", "language-code",
      "pocketsphinx-en-us for Habla's pocketsphinxtranscriber" },
  [ENGINE_TRANSLATOR] = { "translator", "text/x-raw", "text/x-raw", "output-language-code",
      "apertium for Habla's apertiumtranslator" },
  [ENGINE_SYNTHESIZER] = { "synthesizer", "text/x-raw", "audio/x-raw", "language-code",
      "espeak-ng-data for Habla's espeaksynthesizer" },
};

const char *
engine_get_name (EngineKind kind)
{
  return kinds[kind].name;
}

static gboolean
factory_has_template (
    GstElementFactory *factory, GstPadDirection direction, const char *description)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (description);

  for (const GList *l = gst_element_factory_get_static_pad_templates (factory); l != NULL;
       l = l->next) {
    GstStaticPadTemplate *template = l->data;
    g_autoptr (GstCaps) template_caps = gst_static_pad_template_get_caps (template);

    if (template->direction == direction && template->presence == GST_PAD_ALWAYS &&
        !gst_caps_is_any (template_caps) && gst_caps_can_intersect (template_caps, caps))
      return TRUE;
  }
  return FALSE;
}

/* Loads the plugin. */
static gboolean
factory_has_property (GstElementFactory *factory, const char *name)
{
  g_autoptr (GstPluginFeature) loaded = gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory));
  GObjectClass *klass;
  gboolean found;

  if (loaded == NULL)
    return FALSE;
  klass = g_type_class_ref (gst_element_factory_get_element_type (GST_ELEMENT_FACTORY (loaded)));
  found = g_object_class_find_property (klass, name) != NULL;
  g_type_class_unref (klass);
  return found;
}

GstElement *
engine_create_best (EngineKind kind, GError **error)
{
  GList *factories = gst_registry_get_feature_list (gst_registry_get (), GST_TYPE_ELEMENT_FACTORY);
  GstElement *element = NULL;

  factories = g_list_sort (factories, gst_plugin_feature_rank_compare_func);
  for (GList *l = factories; l != NULL && element == NULL; l = l->next) {
    if (factory_has_template (l->data, GST_PAD_SINK, kinds[kind].sink_caps) &&
        factory_has_template (l->data, GST_PAD_SRC, kinds[kind].src_caps) &&
        factory_has_property (l->data, kinds[kind].property))
      element = gst_element_factory_create (l->data, NULL);
  }
  gst_plugin_feature_list_free (factories);
  if (element == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "No %s is installed; install %s, or set the property %s to any element", kinds[kind].name,
        kinds[kind].packages, kinds[kind].name);
    return NULL;
  }
  return gst_object_ref_sink (element);
}

/* A launch line with a single element is parsed to a bin with that element. */
static GstElement *
engine_unwrap (GstElement *element)
{
  GstElement *only = NULL;

  if (GST_IS_BIN (element)) {
    GST_OBJECT_LOCK (element);
    if (GST_BIN_NUMCHILDREN (element) == 1)
      only = GST_BIN_CHILDREN (element)->data;
    GST_OBJECT_UNLOCK (element);
  }
  return only != NULL ? only : element;
}

static void
engine_copy_property (GstElement *from, GstElement *to, GParamSpec *pspec)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!(pspec->flags & G_PARAM_READABLE) || !(pspec->flags & G_PARAM_WRITABLE) ||
      (pspec->flags & (G_PARAM_CONSTRUCT_ONLY | G_PARAM_DEPRECATED)) ||
      pspec->owner_type == GST_TYPE_OBJECT || g_type_is_a (pspec->value_type, GST_TYPE_OBJECT))
    return;
  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (from), pspec->name, &value);
  if (!g_param_value_defaults (pspec, &value))
    g_object_set_property (G_OBJECT (to), pspec->name, &value);
}

GstElement *
engine_create_alike (GstElement *model, GError **error)
{
  GstElement *only = engine_unwrap (model);
  GstElementFactory *factory = GST_IS_BIN (only) ? NULL : gst_element_get_factory (only);
  GstElement *element = factory != NULL ? gst_element_factory_create (factory, NULL) : NULL;
  g_autofree GParamSpec **pspecs = NULL;
  guint n_pspecs;

  if (element == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "%s supports one language only, because a bin cannot be copied; set a single element, or "
        "use one hablainterpreter for each language",
        GST_OBJECT_NAME (model));
    return NULL;
  }
  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (only), &n_pspecs);
  for (guint i = 0; i < n_pspecs; i++)
    engine_copy_property (only, element, pspecs[i]);
  return gst_object_ref_sink (element);
}

void
engine_set_language (GstElement *engine, const char *property, const char *language)
{
  GstElement *only = engine_unwrap (engine);
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (only), property);

  if (pspec != NULL && pspec->value_type == G_TYPE_STRING)
    g_object_set (only, property, language, NULL);
}
