/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns of users with texts, phrases from which patterns are made, and files of idioms. */
#include <phrases/correction.h>
#include <phrases/phrase-file.h>
#include <phrases/phrase-pattern.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
find (const char *pattern, const char *text)
{
  g_autoptr (GRegex) regex = habla_phrase_pattern_compile (pattern, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (HablaAnnotations) annotations = NULL;
  g_autoptr (HablaPhraseText) said = NULL;
  const HablaCorrection rule = { NULL, (char *) "\\0x", (char *) "why" };
  int begin, end, first, last;

  if (regex == NULL)
    return;
  said = habla_phrase_text_new (text);
  match = habla_phrase_pattern_find (regex, said->normal, 0);
  if (match != NULL && g_match_info_fetch_pos (match, 0, &begin, &end)) {
    g_assert_cmpint (begin, <, end);
    g_assert_true (g_utf8_validate (said->normal + begin, end - begin, NULL));
    habla_phrase_text_get_span (said, begin, end, &first, &last);
    g_assert_cmpint (first, <, last);
    g_assert_cmpint (last, <=, g_utf8_strlen (text, -1));
  }
  annotations = habla_annotations_new ();
  phrase_correct (&said, regex, &rule, annotations);
  g_assert_true (g_utf8_validate (said->original, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const guint8 *nul = size > 0 ? memchr (data, '\0', size) : NULL;
  gsize length = nul != NULL ? (gsize) (nul - data) : size;
  g_autofree char *head = g_strndup ((const char *) data, length);
  g_autofree char *text = g_utf8_make_valid (
      nul != NULL ? (const char *) nul + 1 : "", nul != NULL ? size - length - 1 : 0);
  g_autofree char *made = habla_phrase_pattern_make (head, NULL);
  g_autoptr (HablaPhraseFile) file = habla_phrase_file_parse (head, length, NULL);

  find (head, text);
  if (made != NULL)
    find (made, text);
  for (guint i = 0; file != NULL && i < file->phrases->len; i++)
    find (((HablaPhrase *) file->phrases->pdata[i])->pattern, text);
  return 0;
}
