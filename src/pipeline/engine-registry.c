/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engine-registry.h"

#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

/* Returns: whether @caps of a pad template hold media of type @type */
static gboolean
has_media (GstCaps *caps, const char *type)
{
  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    if (gst_structure_has_name (gst_caps_get_structure (caps, i), type))
      return TRUE;
  return FALSE;
}

/* Reads the templates from the registry: no plugin is loaded. */
static gboolean
takes_or_gives (GstElementFactory *factory, GstPadDirection direction, const char *type)
{
  const GList *l = gst_element_factory_get_static_pad_templates (factory);

  for (; l != NULL; l = l->next) {
    GstStaticPadTemplate *template = l->data;
    g_autoptr (GstCaps) caps = gst_static_pad_template_get_caps (template);

    if (template->direction == direction && has_media (caps, type))
      return TRUE;
  }
  return FALSE;
}

/**
 * habla_engine_new:
 * @element: the name of a factory
 *
 * Asks an element what it can do, which starts no engine.
 *
 * Returns: (transfer full) (nullable): the engine, or %NULL if there is no such element
 *   or it does not tell
 */
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
    self->kind = takes_or_gives (gst_element_get_factory (instance), GST_PAD_SINK, "audio/x-raw")
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
compare_engines (gconstpointer a, gconstpointer b)
{
  const HablaEngine *engine_a = *(HablaEngine *const *) a;
  const HablaEngine *engine_b = *(HablaEngine *const *) b;

  if (engine_a->kind != engine_b->kind)
    return engine_a->kind < engine_b->kind ? -1 : 1;
  return strcmp (engine_a->element, engine_b->element);
}

/**
 * habla_engine_registry_list:
 *
 * Returns: (transfer full) (element-type HablaEngine): all elements here that hear,
 *   translate or speak and tell which languages
 */
GPtrArray *
habla_engine_registry_list (void)
{
  GPtrArray *engines = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_engine_free);
  GList *factories = gst_registry_get_feature_list (gst_registry_get (), GST_TYPE_ELEMENT_FACTORY);

  for (GList *l = factories; l != NULL; l = l->next) {
    GstElementFactory *factory = l->data;
    gboolean hears, translates, speaks;
    HablaEngine *engine = NULL;

    hears = takes_or_gives (factory, GST_PAD_SINK, "audio/x-raw") &&
            takes_or_gives (factory, GST_PAD_SRC, "text/x-raw");
    translates = takes_or_gives (factory, GST_PAD_SINK, "text/x-raw") &&
                 takes_or_gives (factory, GST_PAD_SRC, "text/x-raw");
    speaks = takes_or_gives (factory, GST_PAD_SINK, "text/x-raw") &&
             takes_or_gives (factory, GST_PAD_SRC, "audio/x-raw");
    if (hears || translates || speaks)
      engine = habla_engine_new (GST_OBJECT_NAME (factory));
    if (engine != NULL)
      g_ptr_array_add (engines, engine);
  }
  gst_plugin_feature_list_free (factories);
  g_ptr_array_sort (engines, compare_engines);
  return engines;
}

/* Returns: (transfer full): the languages of a pair: from, through, to */
GStrv
habla_pair_split (const char *pair)
{
  return g_strsplit (pair, ">", -1);
}

/* es-MX is served by es, and es by es-419: an engine chooses by itself, this is only
 * whether there is any choice. */
static gboolean
serves (const char *available, const char *wanted)
{
  g_autofree char *a = habla_language_get_primary (available);
  g_autofree char *b = habla_language_get_primary (wanted);

  return g_ascii_strcasecmp (a, b) == 0;
}

static char *
join_or_none (GPtrArray *languages)
{
  g_ptr_array_add (languages, NULL);
  return languages->len > 1 ? g_strjoinv (", ", (GStrv) languages->pdata) : g_strdup ("nothing");
}

/**
 * habla_engine_check_language:
 * @self: a transcriber or synthesizer
 * @language: a language tag
 * @error: return location for a %HABLA_ERROR_LANGUAGE that says which languages there are
 *
 * Returns: whether it hears or speaks @language
 */
gboolean
habla_engine_check_language (HablaEngine *self, const char *language, GError **error)
{
  gboolean hears = self->kind == HABLA_ENGINE_TRANSCRIBER;
  g_autofree char *known = NULL;

  for (guint i = 0; self->languages[i] != NULL; i++)
    if (serves (self->languages[i], language))
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

/**
 * habla_engine_check_pair:
 * @self: a translator
 * @error: return location for a %HABLA_ERROR_LANGUAGE that says which languages there are
 *
 * Returns: whether it translates @from into @to
 */
gboolean
habla_engine_check_pair (HablaEngine *self, const char *from, const char *to, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  g_autofree char *known = NULL;

  for (guint i = 0; self->languages[i] != NULL; i++) {
    g_auto (GStrv) pair = habla_pair_split (self->languages[i]);
    guint length = g_strv_length (pair);

    if (length < 2 || !serves (pair[0], from))
      continue;
    if (serves (pair[length - 1], to))
      return TRUE;
    if (!g_hash_table_contains (seen, pair[length - 1])) {
      char *target = g_strdup (pair[length - 1]);

      g_hash_table_add (seen, target);
      g_ptr_array_add (targets, target);
    }
  }
  known = join_or_none (targets);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” cannot be translated into “%s” here: %s translates it into %s; "
      "“apt-cache search ^apertium-” lists more language pairs to install",
      from, to, self->element, known);
  return FALSE;
}
