/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local-engine.h"

#include <habla/error.h>

static GstElement *
local_engine_create_best (HablaEngineKind kind, GType type, const char *language, GError **error)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();
  g_autofree char *remedy = NULL;
  gboolean any = g_str_equal (language, "auto"); /* the engine detects it */

  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = engines->pdata[i];
    GstElement *element;

    if (engine->kind != kind || engine->rank == GST_RANK_NONE ||
        !(any || habla_engine_has_language (engine, language)))
      continue;
    element = gst_element_factory_make (engine->element, NULL);
    if (element != NULL && g_type_is_a (G_OBJECT_TYPE (element), type))
      return element;
    g_clear_pointer (&element, gst_object_unref);
  }
  remedy = habla_engine_describe_remedy (kind, language, NULL);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "No %s of this machine has “%s”, so nothing replaces the server while it fails; %s, or set "
      "fallback to “none”",
      habla_engine_kind_get_name (kind), language, remedy);
  return NULL;
}

static GstElement *
local_engine_parse (HablaEngineKind kind, GType type, const char *description, GError **error)
{
  GstParseFlags flags = GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS |
                        GST_PARSE_FLAG_PLACE_IN_BIN;
  g_autoptr (GError) reason = NULL;
  GstElement *element =
      gst_parse_bin_from_description_full (description, FALSE, NULL, flags, &reason);

  if (element != NULL && g_type_is_a (G_OBJECT_TYPE (element), type))
    return element;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "The fallback “%s” is no engine: %s; set it to the name of a %s, with its "
      "properties, or to “%s”",
      description, reason != NULL ? reason->message : "it is something else",
      habla_engine_kind_get_name (kind), LOCAL_ENGINE_AUTO);
  if (element != NULL) {
    gst_object_ref_sink (element);
    gst_object_unref (element);
  }
  return NULL;
}

GstElement *
local_engine_create (GstElement *owner, HablaEngineKind kind, GType type, const char *description,
    const char *language, GError **error)
{
  GstElement *element;

  if (description == NULL || *description == '\0' || g_str_equal (description, LOCAL_ENGINE_NONE))
    return NULL;
  element = g_str_equal (description, LOCAL_ENGINE_AUTO)
                ? local_engine_create_best (kind, type, language, error)
                : local_engine_parse (kind, type, description, error);
  if (element == NULL)
    return NULL;
  gst_object_ref_sink (element);
  gst_object_set_parent (GST_OBJECT (element), GST_OBJECT (owner));
  gst_element_set_bus (element, GST_ELEMENT_BUS (owner));
  g_object_set (element, "language-code", language, NULL);
  return element;
}

void
local_engine_release (GstElement *engine)
{
  if (engine == NULL)
    return;
  gst_element_set_bus (engine, NULL);
  gst_object_unparent (GST_OBJECT (engine));
  gst_object_unref (engine);
}

const char *
local_engine_get_name (GstElement *engine)
{
  return engine != NULL ? habla_engine_get_element_name (engine) : "none";
}
