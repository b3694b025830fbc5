/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech/detected-languages.h"

#include "habla/language-pair.h"
#include "habla/language.h"

GStrv
habla_detected_languages_parse (
    const char *codes, const char *const *detectable, char **first, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (codes != NULL ? codes : "", ",", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) languages = NULL;

  *first = NULL;
  if (g_strcmp0 (codes, "auto") == 0)
    return NULL;
  *first = habla_language_normalize (parts[0] != NULL ? g_strstrip (parts[0]) : codes, error);
  if (*first == NULL)
    return NULL;
  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *language = habla_language_normalize (g_strstrip (parts[i]), error);

    if (language == NULL) {
      g_clear_pointer (first, g_free);
      return NULL;
    }
    g_strv_builder_add (builder, language);
  }
  languages = g_strv_builder_end (builder);
  return languages[1] != NULL &&
                 habla_language_list_covers (detectable, (const char *const *) languages)
             ? g_steal_pointer (&languages)
             : NULL;
}

const char *
habla_detected_languages_choose (
    const char *const *expected, const char *detected, const char *otherwise)
{
  if (detected == NULL || (expected != NULL && !habla_language_list_contains (expected, detected)))
    return otherwise;
  return detected;
}
