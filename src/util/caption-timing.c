/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/caption-timing.h"

#include "util/caption-breaks.h"

#include <string.h>

/* A shorter gap between cues is closed up to HABLA_CAPTION_MIN_GAP, in milliseconds. */
#define CLOSED_GAP 500

static guint
timing_count_characters (const char *begin, const char *end)
{
  guint n = 0;

  for (const char *p = begin; p < end; p = g_utf8_next_char (p))
    n += *p != ' ';
  return n;
}

/* The words of an utterance, as they are read in order. */
typedef struct {
  const HablaCaptionSpeech *speech;
  guint64 n_words;      /* characters of all words */
  guint64 n_characters; /* of the text */
  guint i;              /* the word */
  guint64 before;       /* characters of the words before it */
} WordReader;

static const HablaCaptionWord *
word_reader_get (WordReader *self)
{
  return &g_array_index (self->speech->words, HablaCaptionWord, self->i);
}

/* Returns: the word that has the character @position of the text. Positions must ascend. If the
 * recogniser's words are not exactly those of the text, they are the same part of it. */
static const HablaCaptionWord *
word_reader_find (WordReader *self, guint64 position, gboolean is_begin)
{
  guint64 rest = is_begin ? self->n_characters - 1 : 0;
  guint64 wanted = (position * self->n_words + rest) / self->n_characters;

  while (self->i + 1 < self->speech->words->len &&
         self->before + word_reader_get (self)->n_characters <= wanted) {
    self->before += word_reader_get (self)->n_characters;
    self->i++;
  }
  return word_reader_get (self);
}

static gboolean
word_reader_init (WordReader *self, const HablaCaptionSpeech *speech, const char *text)
{
  *self = (WordReader){ .speech = speech };
  for (guint i = 0; speech->words != NULL && i < speech->words->len; i++)
    self->n_words += g_array_index (speech->words, HablaCaptionWord, i).n_characters;
  self->n_characters = timing_count_characters (text, text + strlen (text));
  return self->n_words > 0 && self->n_characters > 0;
}

static void
timing_add_by_words (
    WordReader *reader, const char *text, const HablaCaptionSegment *segment, GArray *times)
{
  HablaCaptionTime time, *last = NULL;
  guint64 first = 0;

  if (times->len > 0)
    last = &g_array_index (times, HablaCaptionTime, times->len - 1);
  first = last != NULL ? last->n_characters : 0;
  time.n_characters = first + timing_count_characters (text + segment->begin, text + segment->end);
  time.begin = word_reader_find (reader, first, TRUE)->begin;
  time.end = word_reader_find (reader, time.n_characters - 1, FALSE)->end;
  /* Hostile times do not ascend. */
  time.begin = CLAMP (time.begin, last != NULL ? last->begin : reader->speech->begin,
      MAX (reader->speech->end, reader->speech->begin));
  time.end = CLAMP (time.end, time.begin, MAX (reader->speech->end, time.begin));
  g_array_append_val (times, time);
}

GArray *
habla_caption_timing_get_times (
    const HablaCaptionSpeech *speech, const char *text, GArray *segments)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (HablaCaptionTime));
  double duration = MAX (speech->end - speech->begin, 0);
  WordReader reader;
  gboolean has_words = word_reader_init (&reader, speech, text);

  for (guint i = 0; i < segments->len; i++) {
    const HablaCaptionSegment *segment = &g_array_index (segments, HablaCaptionSegment, i);
    double width = g_array_index (segments, HablaCaptionSegment, segments->len - 1).last_column;

    if (has_words) {
      timing_add_by_words (&reader, text, segment, times);
    } else {
      HablaCaptionTime time = {
        .begin = speech->begin + (gint64) (duration * segment->column / MAX (width, 1)),
        .end = speech->begin + (gint64) (duration * segment->last_column / MAX (width, 1)),
      };

      g_array_append_val (times, time);
    }
  }
  return times;
}

guint
habla_caption_cue_count_columns (const HablaCaptionCue *self)
{
  guint n = 0;

  for (guint i = 0; self->lines[i] != NULL; i++)
    n += habla_caption_count_columns (self->lines[i]);
  return MAX (n, 1);
}

void
habla_caption_timing_extend (HablaCaptionCue *cue, const HablaCaptionLayout *layout, gint64 next)
{
  gint64 reading =
      (gint64) (habla_caption_cue_count_columns (cue) * 1000.0 / MAX (layout->rate, 1)) + 1;
  gint64 wanted = MAX (cue->end, cue->begin + MAX (reading, HABLA_CAPTION_MIN_DURATION));
  gint64 latest = next == G_MAXINT64 ? next : next - HABLA_CAPTION_MIN_GAP;

  wanted = MIN (wanted, cue->begin + HABLA_CAPTION_MAX_DURATION);
  if (wanted > latest || latest - wanted < CLOSED_GAP)
    wanted = MIN (latest, cue->begin + HABLA_CAPTION_MAX_DURATION);
  /* Speech without any room for a gap. */
  if (wanted <= cue->begin)
    wanted = MAX (next, cue->begin + 1);
  cue->end = wanted;
}
