/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/language-check.h"

#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

/* Returns: (transfer full): "en, es", or "none" */
static char *
languages_join (GStrv languages)
{
  return languages != NULL && *languages != NULL ? g_strjoinv (", ", languages) : g_strdup ("none");
}

gboolean
habla_languages_check_heard (const HablaLanguages *self, const char *language, GError **error)
{
  const char *name = habla_language_get_name (language); /* "Spanish; Castilian" */
  g_autofree char *known = NULL;

  if (habla_language_list_contains ((const char *const *) self->heard, language))
    return TRUE;
  known = languages_join (self->heard);
  if (name == NULL)
    name = language;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "%.*s cannot be heard here (available: %s); type what was said, or change the language",
      (int) strcspn (name, ";"), name, known);
  return FALSE;
}

gboolean
habla_languages_check_pair (
    const HablaLanguages *self, const char *from, const char *to, GError **error)
{
  const char *const *pairs = (const char *const *) self->translated;
  g_auto (GStrv) targets = NULL;
  g_autofree char *known = NULL;

  if (habla_language_pairs_contain (pairs, from, to))
    return TRUE;
  targets = habla_language_pairs_list_targets (pairs, from);
  known = languages_join (targets);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
      "“%s” cannot be translated into “%s” here (available: %s); “apt-cache search ^apertium-” "
      "lists language pairs to install",
      from, to, known);
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

void
habla_languages_adapt_settings (const HablaLanguages *self, HablaRoomSettings *settings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *source[] = { NULL, NULL };
  g_autofree char *primary = NULL;
  g_auto (GStrv) targets = NULL;

  if (self->heard == NULL || self->heard[0] == NULL ||
      habla_languages_check_heard (self, settings->source_language, NULL))
    return;
  source[0] = primary = habla_language_get_primary (self->heard[0]);
  for (guint i = 0; settings->target_languages[i] != NULL; i++)
    if (!habla_language_list_contains (source, settings->target_languages[i]))
      g_strv_builder_add (builder, settings->target_languages[i]);
  targets = g_strv_builder_end (builder);
  if (targets[0] == NULL) {
    g_strfreev (targets);
    targets = g_new0 (char *, 2);
    targets[0] = g_strdup (settings->source_language);
  }
  habla_room_settings_set_languages (settings, primary, (const char *const *) targets);
}
