/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/caption-layouts.h"

#include <habla/text-reader.h>
#include <string.h>
#include <subtitle/sentences.h>
#include <util/caption-cues.h>
#include <util/caption-timing.h>

/* Smaller parts of captions are tried until all translations fit: by this factor, down to a line's
 * half. */
#define NARROWER 0.85

static gint64
layouts_round (guint64 nsecs)
{
  return (nsecs + 500000) / 1000000;
}

gboolean
habla_caption_layouts_is_blank (const HablaUtterance *utterance)
{
  return habla_text_is_blank (utterance->text);
}

/* Returns: (transfer full) (nullable): the times of the words */
static GArray *
layouts_get_words (const HablaUtterance *utterance)
{
  GArray *words;

  if (utterance->words == NULL)
    return NULL;
  words = g_array_new (FALSE, FALSE, sizeof (HablaCaptionWord));
  for (guint i = 0; i < utterance->words->len; i++) {
    const HablaWord *word = g_ptr_array_index (utterance->words, i);
    HablaCaptionWord timed = { layouts_round (word->begin), layouts_round (word->end),
      g_utf8_strlen (word->text, -1) };

    g_array_append_val (words, timed);
  }
  return words;
}

/* Returns: (transfer full): the text of each caption on one line */
static GStrv
layouts_get_texts (GPtrArray *cues)
{
  GStrv texts = g_new0 (char *, cues->len + 1);

  for (guint i = 0; i < cues->len; i++)
    texts[i] = g_strjoinv (" ", ((HablaCaptionCue *) cues->pdata[i])->lines);
  return texts;
}

/* Returns: whether the parts of all translations fit in captions */
static gboolean
layouts_fit (GPtrArray *utterances, GPtrArray *cues, const HablaCaptionLayout *layout)
{
  g_auto (GStrv) texts = layouts_get_texts (cues);

  for (guint i = 0; i < utterances->len; i++) {
    const HablaUtterance *utterance = utterances->pdata[i];
    g_auto (GStrv) parts = NULL;

    if (utterance->source_text == NULL)
      continue;
    parts = habla_subtitle_sentences_split (utterance->text, (const char *const *) texts);
    for (guint j = 0; parts[j] != NULL; j++)
      if (!habla_caption_fits (parts[j], layout))
        return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full): the captions of the original text */
static GPtrArray *
layouts_divide_source (
    GPtrArray *utterances, const HablaUtterance *source, const HablaCaptionLayout *layout)
{
  g_autoptr (GArray) words = layouts_get_words (source);
  HablaCaptionLayout narrower = *layout;
  const char *text = source->source_text != NULL ? source->source_text : source->text;
  const HablaCaptionSpeech speech = { text, layouts_round (source->begin),
    layouts_round (source->end), words };

  for (;; narrower.max_width *= NARROWER) {
    GPtrArray *cues = habla_caption_cues_new_for_speech (&speech, &narrower);

    if (narrower.max_width < layout->max_columns / 2 ||
        (cues->len > 0 && layouts_fit (utterances, cues, layout)))
      return cues;
    g_ptr_array_unref (cues);
  }
}

/* Returns: (transfer full): captions with the times of @cues, and a part of @text each */
static GPtrArray *
layouts_divide_translation (const char *text, GPtrArray *cues, const HablaCaptionLayout *layout)
{
  GPtrArray *result = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_caption_cue_free);
  g_auto (GStrv) texts = layouts_get_texts (cues);
  g_auto (GStrv) parts = habla_subtitle_sentences_split (text, (const char *const *) texts);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = cues->pdata[i];
    HablaCaptionCue *other = g_new0 (HablaCaptionCue, 1);

    *other =
        (HablaCaptionCue){ cue->begin, cue->end, habla_caption_break_lines (parts[i], layout) };
    g_ptr_array_add (result, other);
  }
  return result;
}

/* Shows captions until they can be read: the widest decides, so that all languages have the same
 * times. */
static void
layouts_extend (GPtrArray *layouts, const HablaCaptionLayout *layout)
{
  GPtrArray *first = layouts->pdata[0];

  for (guint i = 0; i < first->len; i++) {
    gint64 next =
        i + 1 < first->len ? ((HablaCaptionCue *) first->pdata[i + 1])->begin : G_MAXINT64;
    gint64 end = 0;

    for (guint j = 0; j < layouts->len; j++) {
      HablaCaptionCue *cue = ((GPtrArray *) layouts->pdata[j])->pdata[i];

      habla_caption_timing_extend (cue, layout, next);
      end = MAX (end, cue->end);
    }
    for (guint j = 0; j < layouts->len; j++)
      ((HablaCaptionCue *) ((GPtrArray *) layouts->pdata[j])->pdata[i])->end = end;
  }
}

GPtrArray *
habla_caption_layouts_divide (GPtrArray *utterances, const HablaCaptionLayout *layout)
{
  GPtrArray *layouts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  const HablaUtterance *source = NULL;
  g_autoptr (GPtrArray) cues = NULL;

  g_return_val_if_fail (utterances->len > 0, layouts);

  for (guint i = 0; i < utterances->len && source == NULL; i++)
    if (((HablaUtterance *) utterances->pdata[i])->source_text == NULL)
      source = utterances->pdata[i];
  if (source == NULL)
    source = utterances->pdata[0];
  cues = layouts_divide_source (utterances, source, layout);
  for (guint i = 0; i < utterances->len; i++) {
    const HablaUtterance *utterance = utterances->pdata[i];

    g_ptr_array_add (layouts, utterance == source && source->source_text == NULL
                                  ? g_ptr_array_ref (cues)
                                  : layouts_divide_translation (utterance->text, cues, layout));
  }
  layouts_extend (layouts, layout);
  return layouts;
}

/* Lines of the translator are those of different speakers and remain. */
static char *
layouts_break_cue (const char *text, const HablaCue *cue, const HablaCaptionLayout *layout)
{
  HablaCaptionLayout own = *layout;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) broken = NULL;
  guint n = 0, n_lines = 1;

  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0') {
      g_strv_builder_add (kept, lines[i]);
      n++;
    }
  for (const char *p = cue->text; *p != '\0'; p++)
    n_lines += *p == '\n';
  own.max_lines = CLAMP (n_lines, layout->max_lines, HABLA_CAPTION_MOST_LINES);
  broken = n > 1 ? g_strv_builder_end (kept) : habla_caption_break_lines (text, &own);
  return g_strjoinv ("\n", broken);
}

GStrv
habla_caption_layouts_split_cues (const HablaUtterance *utterance, const HablaCaptionLayout *layout)
{
  GPtrArray *cues = utterance->cues;
  g_autofree char *original = habla_subtitle_sentences_join (cues);
  GStrv texts = g_new0 (char *, cues->len + 1);
  g_auto (GStrv) parts = g_new0 (char *, cues->len + 1);
  g_auto (GStrv) split = NULL;

  for (guint i = 0; i < cues->len; i++)
    parts[i] = g_strdup (((HablaCue *) cues->pdata[i])->text);
  if (!g_str_equal (original, utterance->text) && *original != '\0')
    split = habla_subtitle_sentences_split (utterance->text, (const char *const *) parts);
  for (guint i = 0; i < cues->len; i++)
    texts[i] =
        split != NULL ? layouts_break_cue (split[i], cues->pdata[i], layout) : g_strdup (parts[i]);
  return texts;
}
