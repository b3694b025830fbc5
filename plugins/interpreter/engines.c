/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engines.h"

#include <habla/error.h>
#include <habla/transcriber.h>

GstElement *
engine_make_plain (const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “%s”; install gstreamer1.0-plugins-base", factory);
    return NULL;
  }
  return gst_object_ref_sink (element);
}

void
engine_install_preferences (GObjectClass *klass, guint id, GParamFlags flags)
{
  g_object_class_install_property (klass, id,
      g_param_spec_string ("preferred-transcriber", "Preferred transcriber",
          "Name of the element to choose if it has the language; NULL = the best", NULL, flags));
  g_object_class_install_property (klass, id + 1,
      g_param_spec_string ("preferred-translator", "Preferred translator",
          "Name of the element to choose for the pairs of languages that it has; NULL = the best",
          NULL, flags));
}

/* Returns: (nullable): the engine @name, if it could be chosen for these languages */
static const HablaEngine *
engines_find (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *to, const char *name)
{
  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = g_ptr_array_index (engines, i);

    if (engine->kind == kind && engine->rank != GST_RANK_NONE &&
        g_str_equal (engine->element, name))
      return (to != NULL ? habla_engine_has_pair (engine, from, to)
                         : habla_engine_has_language (engine, from))
                 ? engine
                 : NULL;
  }
  return NULL;
}

GstElement *
engine_create_best (
    HablaEngineKind kind, const char *from, const char *to, const char *preferred, GError **error)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();
  const HablaEngine *engine = NULL;
  GstElement *element;

  if (preferred != NULL)
    engine = engines_find (engines, kind, from, to, preferred);
  if (engine == NULL)
    engine = habla_engine_choose (engines, kind, from, to, error);
  if (engine == NULL)
    return NULL;
  element = gst_element_factory_make (engine->element, NULL);
  if (element == NULL) {
    g_set_error (
        error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "%s cannot be created", engine->element);
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

static gboolean
engine_is_detecting (GstElement *transcriber)
{
  GstElement *only = engine_unwrap (transcriber);
  g_auto (GStrv) languages = NULL;

  if (!HABLA_IS_TRANSCRIBER (only))
    return FALSE;
  g_object_get (only, "detectable-languages", &languages, NULL);
  return languages[0] != NULL;
}

static char *
engine_get_first_language (const char *codes)
{
  g_auto (GStrv) parts = g_strsplit (codes != NULL ? codes : "", ",", 2);

  return parts[0] != NULL ? g_strdup (g_strstrip (parts[0])) : g_strdup (codes);
}

void
engine_set_input_languages (char **codes, char **first, const char *value)
{
  g_free (*codes);
  g_free (*first);
  *codes = g_strdup (value);
  *first = engine_get_first_language (value);
}

void
engine_set_spoken_languages (GstElement *transcriber, const char *codes)
{
  g_autofree char *first = engine_get_first_language (codes);

  engine_set_language (
      transcriber, "language-code", engine_is_detecting (transcriber) ? codes : first);
}

GstElement *
engine_create_listening (const char *codes, const char *preferred, GError **error)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();
  g_auto (GStrv) languages = g_strsplit (codes, ",", -1);

  for (guint i = 0; languages[i] != NULL; i++)
    g_strstrip (languages[i]);
  for (guint i = 0; i < engines->len && languages[1] != NULL && preferred == NULL; i++) {
    const HablaEngine *engine = g_ptr_array_index (engines, i);

    if (engine->rank != GST_RANK_NONE &&
        habla_engine_detects (engine, (const char *const *) languages))
      preferred = engine->element;
  }
  return engine_create_best (HABLA_ENGINE_TRANSCRIBER, languages[0], NULL, preferred, error);
}

void
engine_set_link_error (GstElement *from, GstElement *to, GError **error)
{
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
      "%s cannot be linked to %s: they have no media type in common", GST_OBJECT_NAME (from),
      GST_OBJECT_NAME (to));
}
