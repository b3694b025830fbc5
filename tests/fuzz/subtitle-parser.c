/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a subtitle file, detected or in a named encoding. Cues are valid and within
 * the bounds, and what is found by the first bytes is what is read. */
#include <string.h>
#include <subtitle/parser/subtitle-parser.h>
#include <subtitle/subtitle-format.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_string (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
check_cue (const HablaCue *cue)
{
  g_assert_nonnull (cue->text);
  g_assert_cmpuint (cue->begin, <=, cue->end);
  g_assert_cmpuint (cue->end, <, G_MAXINT64);
  check_string (cue->text);
  check_string (cue->markup);
  check_string (cue->id);
  check_string (cue->settings);
  check_string (cue->speaker);
  check_string (cue->preamble);
  check_string (cue->trailer);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const encodings[] = { NULL, "UTF-8", "UTF-16", "WINDOWS-1252" };
  const char *encoding = size > 0 ? encodings[data[size - 1] % G_N_ELEMENTS (encodings)] : NULL;
  g_autoptr (HablaSubtitleFile) file = NULL;

  habla_subtitle_format_sniff (data, size);
  file = habla_subtitle_file_parse (data, size, encoding, "pl", NULL);
  if (file == NULL)
    return 0;
  for (guint i = 0; i < file->cues->len; i++)
    check_cue (g_ptr_array_index (file->cues, i));
  return 0;
}
