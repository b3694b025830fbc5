/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/pair-list.h"

GStrv
pair_list_create (void)
{
  static const char *const languages[] = { "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es",
    "et", "eu", "fa", "fi", "fr", "gl", "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv",
    "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh" };
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    for (guint j = 0; j < G_N_ELEMENTS (languages); j++) {
      g_autofree char *pair = g_strconcat (languages[i], ">", languages[j], NULL);

      if (i != j)
        g_strv_builder_add (pairs, pair);
    }
  return g_strv_builder_end (pairs);
}
