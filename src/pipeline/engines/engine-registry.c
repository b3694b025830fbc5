/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/engine-registry.h"

#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

/* Returns: (transfer full): the languages of the engines of @kind that may be chosen, without
 * duplicates */
static GStrv
engine_registry_list_languages (GPtrArray *engines, HablaEngineKind kind)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < engines->len; i++) {
    HablaEngine *engine = g_ptr_array_index (engines, i);

    if (engine->kind != kind || engine->rank == GST_RANK_NONE)
      continue;
    for (guint j = 0; engine->languages[j] != NULL; j++)
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

static gboolean
engine_offers (const HablaEngine *self, const char *from, const char *const *to)
{
  if (self->kind != HABLA_ENGINE_TRANSLATOR)
    return habla_engine_has_language (self, from);
  for (guint i = 0; to != NULL && to[i] != NULL; i++)
    if (habla_engine_has_pair (self, from, to[i]))
      return TRUE;
  return FALSE;
}

GStrv
habla_engine_registry_list_offering (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *const *to)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = g_ptr_array_index (engines, i);

    if (engine->kind == kind && engine->rank != GST_RANK_NONE && engine_offers (engine, from, to))
      g_strv_builder_add (builder, engine->element);
  }
  return g_strv_builder_end (builder);
}

const char *
habla_engine_registry_find_detecting (
    GPtrArray *engines, const char *preferred, const char *const *languages)
{
  for (guint i = 0; i < engines->len; i++) {
    const HablaEngine *engine = g_ptr_array_index (engines, i);

    if (engine->rank != GST_RANK_NONE && habla_engine_detects (engine, languages) &&
        (preferred == NULL || g_str_equal (preferred, engine->element)))
      return engine->element;
  }
  return NULL;
}

gboolean
habla_engine_registry_are_equal (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++) {
    const HablaEngine *one = g_ptr_array_index (a, i), *other = g_ptr_array_index (b, i);

    if (one->kind != other->kind || !g_str_equal (one->element, other->element) ||
        !g_strv_equal (
            (const char *const *) one->languages, (const char *const *) other->languages))
      return FALSE;
  }
  return TRUE;
}

GstElement *
habla_engine_create_named (const char *launch, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GstElement *element =
      gst_parse_bin_from_description_full (launch, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &cause);

  if (element == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "“%s” is not an engine: %s; “habla doctor” lists the engines, “gst-inspect-1.0” their "
        "properties",
        launch, cause->message);
    return NULL;
  }
  return gst_object_ref_sink (element);
}

void
habla_engine_pop_error (GstElement *element, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (element);
  g_autoptr (GstMessage) message =
      bus != NULL ? gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) : NULL;

  if (message != NULL)
    gst_message_parse_error (message, error, NULL);
  else
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "%s cannot be started",
        habla_engine_get_element_name (element));
}

gboolean
habla_engine_check_named (const char *launch, GError **error)
{
  GstElement *engine = habla_engine_create_named (launch, error);
  g_autoptr (GstBus) bus = gst_bus_new ();
  gboolean is_usable;

  if (engine == NULL)
    return FALSE;
  gst_element_set_bus (engine, bus);
  is_usable = gst_element_set_state (engine, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  if (!is_usable)
    habla_engine_pop_error (engine, error);
  gst_element_set_state (engine, GST_STATE_NULL);
  gst_element_set_bus (engine, NULL);
  gst_object_unref (engine);
  return is_usable;
}

void
habla_engine_registry_set_named (GPtrArray *engines, HablaEngineKind kind, const char *launch)
{
  g_autofree char *name = launch != NULL ? g_strndup (launch, strcspn (launch, " \t")) : NULL;
  g_autoptr (HablaEngine) named = name != NULL ? habla_engine_new (name) : NULL;

  if (named == NULL || named->kind != kind || !named->lists_languages)
    return;
  named->rank = MAX (named->rank, GST_RANK_MARGINAL);
  for (guint i = engines->len; i > 0; i--)
    if (((HablaEngine *) g_ptr_array_index (engines, i - 1))->kind == kind)
      g_ptr_array_remove_index (engines, i - 1);
  g_ptr_array_add (engines, g_steal_pointer (&named));
}

/* Returns: (transfer full) (nullable): "sherpa" for elements of the plugin "hablasherpa" */
static char *
engine_get_library (const HablaEngine *self)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (self->element);
  const char *plugin =
      factory != NULL ? gst_plugin_feature_get_plugin_name (GST_PLUGIN_FEATURE (factory)) : NULL;

  return plugin != NULL && g_str_has_prefix (plugin, "habla") ? g_strdup (plugin + strlen ("habla"))
                                                              : NULL;
}

HablaModel *
habla_engine_find_model (const HablaEngine *self, const char *from, const char *to)
{
  g_autofree char *library = engine_get_library (self);
  g_autofree char *language = to != NULL ? g_strconcat (from, ">", to, NULL) : g_strdup (from);

  if (library == NULL)
    return NULL;
  return habla_model_find_installed (
      library, habla_engine_kind_get_name (self->kind), language, NULL);
}

gboolean
habla_engine_check_language (const HablaEngine *self, const char *language, GError **error)
{
  gboolean hears = self->kind == HABLA_ENGINE_TRANSCRIBER;
  g_autofree char *known = NULL;
  g_autofree char *remedy = NULL;

  if (!self->lists_languages || habla_engine_has_language (self, language))
    return TRUE;
  known = g_strjoinv (", ", self->languages);
  remedy = habla_engine_describe_remedy (self->kind, language, NULL);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE, "“%s” cannot be %s here: %s %s %s; %s",
      language, hears ? "heard" : "spoken", self->element, hears ? "hears" : "speaks",
      *known != '\0' ? known : "nothing", remedy);
  return FALSE;
}

gboolean
habla_engine_check_pair (const HablaEngine *self, const char *from, const char *to, GError **error)
{
  g_auto (GStrv) targets = NULL;
  g_autofree char *known = NULL;
  g_autofree char *remedy = NULL;

  if (!self->lists_languages || habla_engine_has_pair (self, from, to))
    return TRUE;
  targets = habla_language_pairs_list_targets ((const char *const *) self->languages, from);
  known = g_strjoinv (", ", targets);
  remedy = habla_engine_describe_remedy (self->kind, from, to);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” cannot be translated into “%s” here: %s translates it into %s; %s", from, to,
      self->element, *known != '\0' ? known : "nothing", remedy);
  return FALSE;
}
