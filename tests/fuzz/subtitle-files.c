/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a subtitle file. If it has subtitles, each format is written of them, as they
 * are and translated, whole sentences together: what is written is read again, and has as many
 * cues. */
#include <string.h>
#include <subtitle/parser/subtitle-parser.h>
#include <subtitle/sentences.h>
#include <subtitle/subtitle-writer.h>

/* More cues say nothing new. */
#define MAX_CUES 200

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* @texts: (nullable): translations of the cues */
static void
check_format (GPtrArray *cues, GPtrArray *texts, const char *format)
{
  g_autofree char *path = g_strconcat ("a.", format, NULL);
  g_autoptr (HablaSubtitleWriter) writer = habla_subtitle_writer_new (path, "es");
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (HablaSubtitleFile) copy = NULL;

  for (guint i = 0; i < cues->len; i++) {
    const HablaCue *cue = cues->pdata[i];
    const HablaSubtitleEntry entry = { cue->begin, cue->end,
      texts != NULL ? texts->pdata[i] : cue->text, cue->speaker, "es", cue->text, cue };

    habla_subtitle_writer_append (writer, &entry, out);
  }
  habla_subtitle_writer_preview (writer, NULL, out);
  g_assert_true (g_utf8_validate (out->str, out->len, NULL));
  copy = habla_subtitle_file_parse ((const guint8 *) out->str, out->len, "UTF-8", NULL, NULL);
  g_assert_nonnull (copy);
  g_assert_cmpuint (copy->cues->len, ==, cues->len);
}

/* Divides the texts of sentences, as if they were their own translations. */
static void
check_sentences (GPtrArray *cues, GPtrArray *texts)
{
  g_autoptr (GPtrArray) groups = habla_subtitle_sentences_group (cues);
  guint n = 0;

  for (guint i = 0; i < groups->len; i++) {
    GPtrArray *group = groups->pdata[i];
    g_autofree char *text = habla_subtitle_sentences_join (group);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_auto (GStrv) parts = NULL, split = NULL;

    for (guint j = 0; j < group->len; j++)
      g_strv_builder_add (builder, ((HablaCue *) group->pdata[j])->text);
    parts = g_strv_builder_end (builder);
    split = habla_subtitle_sentences_split (text, (const char *const *) parts);
    g_assert_cmpuint (g_strv_length (split), ==, group->len);
    for (guint j = 0; split[j] != NULL; j++)
      g_assert_true (*split[j] != '\0' || *text == '\0');
    n += group->len;
  }
  g_assert_cmpuint (n, ==, texts->len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const char *const formats[] = { "srt", "vtt", "ass", "ttml" };
  g_autoptr (HablaSubtitleFile) file = habla_subtitle_file_parse (data, size, NULL, NULL, NULL);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  if (file == NULL || file->cues->len == 0 || file->cues->len > MAX_CUES)
    return 0;
  for (guint i = 0; i < file->cues->len; i++)
    g_ptr_array_add (texts, g_strconcat ("Es ", ((HablaCue *) file->cues->pdata[i])->text, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    check_format (file->cues, NULL, formats[i]);
    check_format (file->cues, texts, formats[i]);
  }
  check_sentences (g_steal_pointer (&file->cues), texts);
  file->cues = g_ptr_array_new ();
  return 0;
}
