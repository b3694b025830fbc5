/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a search of the vocabulary: words, or an error. An item that has all words in
 * its texts matches, one without texts does not. */
#include <store/store-error.h>
#include <store/vocabulary/vocabulary-search.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = habla_vocabulary_parse_search (text, &error);
  g_autofree char *all = words != NULL ? g_strjoinv ("\n", words) : NULL;
  HablaVocabularyItem item = { .term = all, .literal = "", .meaning = "", .category = "" };
  g_autoptr (GString) buffer = g_string_new (NULL);

  if (words == NULL) {
    g_assert_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED);
    return 0;
  }
  g_assert_no_error (error);
  g_assert_nonnull (words[0]);
  for (guint i = 0; words[i] != NULL; i++)
    g_assert_true (*words[i] != '\0' && g_utf8_validate (words[i], -1, NULL));
  g_assert_true (habla_vocabulary_item_matches (&item, (const char *const *) words, buffer));
  item.term = "";
  g_assert_false (habla_vocabulary_item_matches (&item, (const char *const *) words, buffer));
  return 0;
}
