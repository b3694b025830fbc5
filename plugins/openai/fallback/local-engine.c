/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local-engine.h"

#include <habla/error.h>

static gboolean
local_engine_fits (const HablaEngine *engine, const LocalEngineRequest *request)
{
  if (engine->kind != request->kind || engine->rank == GST_RANK_NONE)
    return FALSE;
  if (request->to != NULL)
    return habla_engine_has_pair (engine, request->from, request->to);
  /* “auto”: the engine detects it. */
  return g_str_equal (request->from, "auto") || habla_engine_has_language (engine, request->from);
}

static void
local_engine_set_missing (const LocalEngineRequest *request, GError **error)
{
  g_autofree char *remedy =
      habla_engine_describe_remedy (request->kind, request->from, request->to);

  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "No %s of this machine has “%s%s%s”, so nothing replaces the server while it fails; %s, or "
      "set "
      "fallback to “none”",
      habla_engine_kind_get_name (request->kind), request->from, request->to != NULL ? ">" : "",
      request->to != NULL ? request->to : "", remedy);
}

static GstElement *
local_engine_create_best (const LocalEngineRequest *request, GError **error)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();

  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = engines->pdata[i];
    GstElement *element = local_engine_fits (engine, request)
                              ? gst_element_factory_make (engine->element, NULL)
                              : NULL;

    if (element != NULL && g_type_is_a (G_OBJECT_TYPE (element), request->type))
      return element;
    g_clear_pointer (&element, gst_object_unref);
  }
  local_engine_set_missing (request, error);
  return NULL;
}

static GstElement *
local_engine_parse (const LocalEngineRequest *request, const char *description, GError **error)
{
  GstParseFlags flags = GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS |
                        GST_PARSE_FLAG_PLACE_IN_BIN;
  const char *kind = habla_engine_kind_get_name (request->kind);
  g_autoptr (GError) reason = NULL;
  GstElement *element =
      gst_parse_bin_from_description_full (description, FALSE, NULL, flags, &reason);

  if (element != NULL && g_type_is_a (G_OBJECT_TYPE (element), request->type))
    return element;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "The fallback “%s” is no %s: %s; set it to the name of a %s with its properties, to "
      "“" LOCAL_ENGINE_AUTO "” or to “" LOCAL_ENGINE_NONE "”",
      description, kind, reason != NULL ? reason->message : "it is another element", kind);
  if (element != NULL)
    gst_object_unref (gst_object_ref_sink (element));
  return NULL;
}

GstElement *
local_engine_create (
    GstElement *owner, const LocalEngineRequest *request, const char *description, GError **error)
{
  GstElement *element;

  if (description == NULL || *description == '\0' || g_str_equal (description, LOCAL_ENGINE_NONE))
    return NULL;
  element = g_str_equal (description, LOCAL_ENGINE_AUTO)
                ? local_engine_create_best (request, error)
                : local_engine_parse (request, description, error);
  if (element == NULL)
    return NULL;
  gst_object_ref_sink (element);
  gst_object_set_parent (GST_OBJECT (element), GST_OBJECT (owner));
  gst_element_set_bus (element, GST_ELEMENT_BUS (owner));
  if (request->to != NULL)
    g_object_set (
        element, "input-language-code", request->from, "output-language-code", request->to, NULL);
  else
    g_object_set (element, "language-code", request->from, NULL);
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

void
local_engine_post_notice (
    GstElement *owner, const char *name, const char *fallback, const char *reason)
{
  GstStructure *structure = gst_structure_new (name, "engine", G_TYPE_STRING,
      habla_engine_get_element_name (owner), "fallback", G_TYPE_STRING, fallback, NULL);

  if (reason != NULL)
    gst_structure_set (structure, "reason", G_TYPE_STRING, reason, NULL);
  gst_element_post_message (owner, gst_message_new_element (GST_OBJECT (owner), structure));
}
