/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language-names.h"

#include <habla/language.h>
#include <string.h>

/* Longer names are no languages. */
#define MAX_NAME 32

static const struct {
  const char *name;
  const char *code;
} languages[] = {
  { "afrikaans", "af" },
  { "arabic", "ar" },
  { "armenian", "hy" },
  { "azerbaijani", "az" },
  { "basque", "eu" },
  { "belarusian", "be" },
  { "bosnian", "bs" },
  { "bulgarian", "bg" },
  { "cantonese", "yue" },
  { "castilian", "es" },
  { "catalan", "ca" },
  { "chinese", "zh" },
  { "croatian", "hr" },
  { "czech", "cs" },
  { "danish", "da" },
  { "dutch", "nl" },
  { "english", "en" },
  { "estonian", "et" },
  { "finnish", "fi" },
  { "flemish", "nl" },
  { "french", "fr" },
  { "galician", "gl" },
  { "german", "de" },
  { "greek", "el" },
  { "haitian creole", "ht" },
  { "hebrew", "he" },
  { "hindi", "hi" },
  { "hungarian", "hu" },
  { "icelandic", "is" },
  { "indonesian", "id" },
  { "italian", "it" },
  { "japanese", "ja" },
  { "kannada", "kn" },
  { "kazakh", "kk" },
  { "korean", "ko" },
  { "latvian", "lv" },
  { "lithuanian", "lt" },
  { "macedonian", "mk" },
  { "malay", "ms" },
  { "maori", "mi" },
  { "marathi", "mr" },
  { "nepali", "ne" },
  { "norwegian", "no" },
  { "occitan", "oc" },
  { "persian", "fa" },
  { "polish", "pl" },
  { "portuguese", "pt" },
  { "punjabi", "pa" },
  { "romanian", "ro" },
  { "russian", "ru" },
  { "serbian", "sr" },
  { "slovak", "sk" },
  { "slovenian", "sl" },
  { "somali", "so" },
  { "spanish", "es" },
  { "swahili", "sw" },
  { "swedish", "sv" },
  { "tagalog", "tl" },
  { "tamil", "ta" },
  { "thai", "th" },
  { "turkish", "tr" },
  { "ukrainian", "uk" },
  { "urdu", "ur" },
  { "vietnamese", "vi" },
  { "welsh", "cy" },
};

char *
language_from_name (const char *name)
{
  if (strlen (name) > MAX_NAME)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (g_ascii_strcasecmp (name, languages[i].name) == 0)
      return g_strdup (languages[i].code);
  return strchr (name, ' ') == NULL && strlen (name) <= 3 ? habla_language_normalize (name, NULL)
                                                          : NULL;
}

GStrv
language_list_codes (void)
{
  g_autoptr (GPtrArray) codes = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (!g_ptr_array_find_with_equal_func (codes, languages[i].code, g_str_equal, NULL))
      g_ptr_array_add (codes, (gpointer) languages[i].code);
  g_ptr_array_add (codes, NULL);
  return g_strdupv ((char **) codes->pdata);
}
