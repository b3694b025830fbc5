/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a glossary, and what follows their first NUL as a text. Matches are inside of
 * the text, in order, and whole characters; what they become is valid. */
#include <habla/glossary.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const guint8 *nul = size > 0 ? memchr (data, '\0', size) : NULL;
  gsize length = nul != NULL ? (gsize) (nul - data) : size;
  g_autofree char *text = g_utf8_make_valid (
      (const char *) data + (nul != NULL ? length + 1 : 0), nul != NULL ? size - length - 1 : size);
  g_autoptr (HablaGlossary) glossary =
      habla_glossary_parse ((const char *) data, length, "fuzz", NULL);
  g_autoptr (GArray) matches = NULL;
  gsize done = 0;

  if (glossary == NULL)
    return 0;
  g_assert_cmpuint (habla_glossary_get_size (glossary), <=, HABLA_GLOSSARY_MAX_TERMS);
  matches = habla_glossary_find (glossary, text);
  for (guint i = 0; i < matches->len; i++) {
    const HablaGlossaryMatch *match = &g_array_index (matches, HablaGlossaryMatch, i);

    g_assert_cmpuint (match->begin, >=, done);
    g_assert_cmpuint (match->end, >, match->begin);
    g_assert_cmpuint (match->end, <=, strlen (text));
    g_assert_true (g_utf8_validate (text + match->begin, match->end - match->begin, NULL));
    g_assert_true (g_utf8_validate (match->translation, -1, NULL));
    g_assert_true (*match->translation != '\0');
    done = match->end;
  }
  return 0;
}
