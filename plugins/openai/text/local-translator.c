/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/local-translator.h"

#include "fallback/local-engine.h"

#include <habla/error.h>

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
  const LocalEngineRequest request = { HABLA_ENGINE_TRANSLATOR, HABLA_TYPE_TRANSLATOR, from, to };
  g_autoptr (GError) missing = NULL;
  GstElement *element = local_engine_create (GST_ELEMENT (owner), &request, description, &missing);

  /* Nothing replaces the server then. */
  if (missing != NULL && !g_error_matches (missing, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED))
    g_propagate_error (error, g_steal_pointer (&missing));
  if (element == NULL)
    return NULL;
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
  local_engine_release (GST_ELEMENT (self));
}

const char *
local_translator_get_name (HablaTranslator *self)
{
  return local_engine_get_name (self != NULL ? GST_ELEMENT (self) : NULL);
}
