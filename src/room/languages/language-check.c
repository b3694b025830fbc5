/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/languages/language-check.h"
#include "room/room-limits.h"

#include <habla/engine.h>
#include <habla/error.h>
#include <habla/language.h>

/* Returns: (transfer full): "en, es", or "none" */
static char *
languages_join (GStrv languages)
{
  return languages != NULL && *languages != NULL ? g_strjoinv (", ", languages) : g_strdup ("none");
}

gboolean
habla_languages_check_heard (const HablaLanguages *self, const char *language, GError **error)
{
  const char *name = habla_language_get_name (language);
  g_autofree char *known = NULL;
  g_autofree char *remedy = NULL;

  if (habla_language_list_contains ((const char *const *) self->heard, language))
    return TRUE;
  known = languages_join (self->heard);
  if (name == NULL)
    name = language;
  remedy = habla_engine_describe_remedy (HABLA_ENGINE_TRANSCRIBER, language, NULL);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "%s cannot be heard here (available: %s); type what was said, change the language, or %s "
      "on "
      "the server",
      name, known, remedy);
  return FALSE;
}

gboolean
habla_languages_check_pair (
    const HablaLanguages *self, const char *from, const char *to, GError **error)
{
  const char *const *pairs = (const char *const *) self->translated;
  g_auto (GStrv) targets = NULL;
  g_autofree char *known = NULL;
  g_autofree char *remedy = NULL;

  if (habla_language_pairs_contain (pairs, from, to))
    return TRUE;
  targets = habla_language_pairs_list_targets (pairs, from);
  known = languages_join (targets);
  remedy = habla_engine_describe_remedy (HABLA_ENGINE_TRANSLATOR, from, to);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” cannot be translated into “%s” here (available: %s); %s", from, to, known, remedy);
  return FALSE;
}

char *
habla_languages_find_source (const HablaLanguages *self, const char *wanted, GError **error)
{
  g_autofree char *normal = habla_language_normalize (wanted, error);
  g_autofree char *known = NULL;
  const char *found;

  if (normal == NULL)
    return NULL;
  found = habla_language_list_find ((const char *const *) self->sources, normal);
  if (found != NULL)
    return g_strdup (found);
  known = languages_join (self->sources);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” can be neither heard nor translated here (available: %s)", normal, known);
  return NULL;
}

char *
habla_languages_find_readable (const HablaLanguages *self, const char *wanted, GError **error)
{
  g_autofree char *normal = habla_language_normalize (wanted, error);
  g_autofree char *known = NULL;
  const char *found;

  if (normal == NULL)
    return NULL;
  found = habla_language_list_find ((const char *const *) self->readable, normal);
  if (found != NULL)
    return g_strdup (found);
  known = languages_join (self->readable);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "Nothing is translated into “%s” here (available: %s); “apt-cache search ^apertium-” lists "
      "language pairs to install",
      normal, known);
  return NULL;
}

/* Appends @language unless @list has it. */
static void
languages_append_new (GPtrArray *list, const char *language)
{
  if (!g_ptr_array_find_with_equal_func (list, language, g_str_equal, NULL))
    g_ptr_array_add (list, g_strdup (language));
}

GStrv
habla_languages_list_offered (
    const HablaLanguages *self, const HablaRoomSettings *settings, const char *const *chosen)
{
  GPtrArray *list = g_ptr_array_new ();
  g_auto (GStrv) possible = habla_language_pairs_list_targets (
      (const char *const *) self->translated, settings->source_language);

  for (guint i = 0; settings->target_languages[i] != NULL; i++)
    g_ptr_array_add (list, g_strdup (settings->target_languages[i]));
  languages_append_new (list, settings->source_language);
  for (guint i = 0; possible[i] != NULL; i++)
    if (chosen == NULL || habla_language_list_contains (chosen, possible[i]))
      languages_append_new (list, possible[i]);
  g_ptr_array_add (list, NULL);
  return (GStrv) g_ptr_array_free (list, FALSE);
}

char *
habla_languages_find_offered (const char *const *offered, const char *wanted, GError **error)
{
  g_autofree char *normal = habla_language_normalize (wanted, error);
  g_autofree char *known = NULL;
  const char *found;

  if (normal == NULL)
    return NULL;
  found = habla_language_list_find (offered, normal);
  if (found != NULL)
    return g_strdup (found);
  known = g_strjoinv (", ", (GStrv) offered);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "This room is not translated into “%s”; choose one of: %s", normal, known);
  return NULL;
}

gboolean
habla_languages_check_spoken (const HablaLanguages *self, const char *language, GError **error)
{
  g_autofree char *known = NULL;
  g_autofree char *remedy = NULL;

  if (habla_language_list_find ((const char *const *) self->spoken, language) != NULL)
    return TRUE;
  known = languages_join (self->spoken);
  remedy = habla_engine_describe_remedy (HABLA_ENGINE_SYNTHESIZER, language, NULL);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” cannot be spoken here (available: %s); %s on the server", language, known, remedy);
  return FALSE;
}

/* Appends the target that is nearest to @wanted, if @source is translated into it. */
static void
languages_add_target (
    const HablaLanguages *self, GPtrArray *targets, const char *source, const char *wanted)
{
  const char *sources[] = { source, NULL };
  g_autofree char *target = habla_languages_find_readable (self, wanted, NULL);

  if (target != NULL && !habla_language_list_contains (sources, target) &&
      habla_languages_check_pair (self, source, target, NULL) &&
      !g_ptr_array_find_with_equal_func (targets, target, g_str_equal, NULL))
    g_ptr_array_add (targets, g_steal_pointer (&target));
}

void
habla_languages_adapt_settings (const HablaLanguages *self, HablaRoomSettings *settings)
{
  g_autofree char *source = habla_languages_find_source (self, settings->source_language, NULL);
  g_autoptr (GPtrArray) targets = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) offered = NULL;
  gboolean has_new_source = FALSE;

  if (self->heard != NULL && self->heard[0] != NULL &&
      (source == NULL || !habla_languages_check_heard (self, source, NULL))) {
    has_new_source = TRUE;
    g_free (source);
    source = habla_language_get_primary (self->heard[0]);
  }
  if (source == NULL)
    return;
  for (guint i = 0; settings->target_languages[i] != NULL && targets->len < HABLA_MAX_TARGETS; i++)
    languages_add_target (self, targets, source, settings->target_languages[i]);
  if (targets->len == 0 && has_new_source)
    languages_add_target (self, targets, source, settings->source_language);
  offered = habla_language_pairs_list_targets ((const char *const *) self->translated, source);
  if (targets->len == 0 && offered[0] != NULL)
    g_ptr_array_add (targets, g_strdup (offered[0]));
  for (guint i = 0; offered[0] == NULL && settings->target_languages[i] != NULL; i++)
    g_ptr_array_add (targets, g_strdup (settings->target_languages[i]));
  g_ptr_array_add (targets, NULL);
  habla_room_settings_set_languages (settings, source, (const char *const *) targets->pdata);
}
