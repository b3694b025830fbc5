/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/local-translator.h"

#include <habla/engine.h>
#include <habla/error.h>

/* Returns: (nullable): %NULL without an error if no translator has the pair */
static GstElement *
local_translator_create_best (const char *from, const char *to)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();

  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = engines->pdata[i];
    GstElement *element;

    if (engine->kind != HABLA_ENGINE_TRANSLATOR || engine->rank == GST_RANK_NONE ||
        !habla_engine_has_pair (engine, from, to))
      continue;
    element = gst_element_factory_make (engine->element, NULL);
    if (element != NULL && HABLA_IS_TRANSLATOR (element))
      return element;
    g_clear_pointer (&element, gst_object_unref);
  }
  return NULL;
}

static GstElement *
local_translator_parse (const char *description, GError **error)
{
  GstParseFlags flags = GST_PARSE_FLAG_FATAL_ERRORS | GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS |
                        GST_PARSE_FLAG_PLACE_IN_BIN;
  g_autoptr (GError) reason = NULL;
  GstElement *element =
      gst_parse_bin_from_description_full (description, FALSE, NULL, flags, &reason);

  if (element != NULL && HABLA_IS_TRANSLATOR (element))
    return element;
  if (element != NULL)
    gst_object_unref (gst_object_ref_sink (element));
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "The fallback “%s” is no translator: %s; set it to the name of a translator with its "
      "properties, to “" LOCAL_TRANSLATOR_AUTO "”, or to an empty text",
      description, reason != NULL ? reason->message : "it is another element");
  return NULL;
}

/* Unless the local translator has one of its own. */
static void
local_translator_share_glossary (HablaTranslator *owner, GstElement *element)
{
  g_autofree char *own = NULL;

  g_object_get (element, "glossary", &own, NULL);
  if (own == NULL)
    g_object_bind_property (owner, "glossary", element, "glossary", G_BINDING_SYNC_CREATE);
}

HablaTranslator *
local_translator_open (HablaTranslator *owner, const char *description, const char *from,
    const char *to, GError **error)
{
  GstElement *element;

  if (description == NULL || *description == '\0' ||
      g_str_equal (description, LOCAL_TRANSLATOR_NONE))
    return NULL;
  element = g_str_equal (description, LOCAL_TRANSLATOR_AUTO)
                ? local_translator_create_best (from, to)
                : local_translator_parse (description, error);
  if (element == NULL)
    return NULL;
  gst_object_ref_sink (element);
  gst_object_set_parent (GST_OBJECT (element), GST_OBJECT (owner));
  gst_element_set_bus (element, GST_ELEMENT_BUS (owner));
  g_object_set (element, "input-language-code", from, "output-language-code", to, NULL);
  local_translator_share_glossary (owner, element);
  if (!habla_translator_open (HABLA_TRANSLATOR (element), error)) {
    local_translator_close (HABLA_TRANSLATOR (element));
    return NULL;
  }
  return HABLA_TRANSLATOR (element);
}

void
local_translator_close (HablaTranslator *self)
{
  if (self == NULL)
    return;
  habla_translator_close (self);
  gst_element_set_bus (GST_ELEMENT (self), NULL);
  gst_object_unparent (GST_OBJECT (self));
  gst_object_unref (self);
}

const char *
local_translator_get_name (HablaTranslator *self)
{
  return self != NULL ? habla_engine_get_element_name (GST_ELEMENT (self)) : "none";
}
