/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subtitle/sentences.h"

#include <string.h>
#include <util/caption-breaks.h>

/* Costs of a break, in columns from the place where it should be. */
static const double costs_after[] = {
  [HABLA_CAPTION_BREAK_SYLLABLE] = 10,
  [HABLA_CAPTION_BREAK_TIED] = 14,
  [HABLA_CAPTION_BREAK_WORD] = 6,
  [HABLA_CAPTION_BREAK_CLAUSE] = 2,
  [HABLA_CAPTION_BREAK_SENTENCE] = 0,
};
/* Of a break that is less than its original: the original part ends with a clause or a sentence. */
#define COST_LESS 5

/* A text with its places to break it. */
typedef struct {
  char *text;
  GArray *segments; /* of HablaCaptionSegment */
} Text;

static void
text_init (Text *self, const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  GString *normal = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (normal, "%s%s", normal->len > 0 ? " " : "", words[i]);
  self->text = g_string_free (normal, FALSE);
  self->segments = habla_caption_breaks_find (self->text);
}

static void
text_clear (Text *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->segments, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Text, text_clear)

static const HablaCaptionSegment *
text_get (const Text *self, guint i)
{
  return &g_array_index (self->segments, HablaCaptionSegment, i);
}

/* Returns: (transfer full): the segments from @begin to before @end */
static char *
text_copy (const Text *self, guint begin, guint end)
{
  gsize first = text_get (self, begin)->begin;

  return g_strndup (self->text + first, text_get (self, end - 1)->end - first);
}

/* Returns: (transfer full) (element-type guint): columns of the ends of sentences, or also of
 * clauses */
static GArray *
text_find_ends (const Text *self, HablaCaptionBreak at_least)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->segments->len; i++)
    if (text_get (self, i)->after >= at_least)
      g_array_append_val (ends, text_get (self, i)->last_column);
  return ends;
}

/* Maps columns of the original text to those of its translation. */
typedef struct {
  GArray *from; /* of guint: columns in the original text; the last one is its end */
  GArray *to;   /* of guint: the same places in the translation */
} Alignment;

static void
alignment_clear (Alignment *self)
{
  g_clear_pointer (&self->from, g_array_unref);
  g_clear_pointer (&self->to, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Alignment, alignment_clear)

/* Matches clauses if both texts have as many of them, otherwise sentences, otherwise the ends. */
static void
alignment_init (Alignment *self, const Text *original, const Text *translation)
{
  for (int kind = HABLA_CAPTION_BREAK_CLAUSE; kind <= HABLA_CAPTION_BREAK_SENTENCE; kind++) {
    self->from = text_find_ends (original, kind);
    self->to = text_find_ends (translation, kind);
    if (self->from->len == self->to->len)
      return;
    if (kind == HABLA_CAPTION_BREAK_SENTENCE) {
      g_array_remove_range (self->from, 0, self->from->len - 1);
      g_array_remove_range (self->to, 0, self->to->len - 1);
    } else {
      alignment_clear (self);
    }
  }
}

/* Returns: the column in the translation */
static double
alignment_map (const Alignment *self, double column)
{
  double from = 0, to = 0;

  for (guint i = 0; i < self->from->len; i++) {
    double next_from = g_array_index (self->from, guint, i);
    double next_to = g_array_index (self->to, guint, i);

    if (column <= next_from)
      return to + (column - from) / MAX (next_from - from, 1) * (next_to - to);
    from = next_from;
    to = next_to;
  }
  return to;
}

/* Where a part of the original text ends. */
typedef struct {
  double column; /* in the translation */
  HablaCaptionBreak after;
} Place;

/* Returns: (transfer full) (element-type Place): the places between the parts */
static GArray *
split_find_places (const Text *translation, const char *const *parts)
{
  g_autofree char *all = g_strjoinv (" ", (GStrv) parts);
  g_auto (Text) original = { 0 };
  g_auto (Alignment) alignment = { 0 };
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));
  gsize length = 0;
  guint j = 0;

  text_init (&original, all);
  if (original.segments->len == 0) {
    text_clear (&original);
    text_init (&original, "-");
  }
  alignment_init (&alignment, &original, translation);
  for (guint i = 0; parts[i] != NULL && parts[i + 1] != NULL; i++) {
    g_auto (Text) part = { 0 };
    Place place;

    text_init (&part, parts[i]);
    length += strlen (part.text) + (length > 0 && *part.text != '\0');
    while (j + 1 < original.segments->len && text_get (&original, j)->end < length)
      j++;
    place.column = alignment_map (&alignment, text_get (&original, j)->last_column);
    place.after = text_get (&original, j)->after;
    g_array_append_val (places, place);
  }
  return places;
}

static double
split_get_cost (const Text *self, const Place *place, guint end)
{
  const HablaCaptionSegment *last = text_get (self, end - 1);
  double distance = last->last_column - place->column;
  gboolean is_less = place->after >= HABLA_CAPTION_BREAK_CLAUSE && last->after < place->after;

  return ABS (distance) + costs_after[last->after] + (is_less ? COST_LESS : 0);
}

/* Chooses the breaks whose costs are least. Returns: (transfer full): the segment after each part
 */
static guint *
split_choose (const Text *self, GArray *places)
{
  guint n = places->len, m = self->segments->len;
  guint *ends = g_new (guint, n + 1);
  /* Of the first parts, when the last of them ends before a segment. */
  g_autofree double *costs = g_new0 (double, m + 1);
  g_autofree double *next = g_new (double, m + 1);
  g_autofree guint *origins = g_new0 (guint, (gsize) n * (m + 1));

  ends[n] = m;
  for (guint i = 0; i < n; i++) {
    double least = G_MAXDOUBLE;
    guint origin = i;

    for (guint end = i + 1; end + (n - i) <= m; end++) {
      /* The first part begins with the first segment. */
      if ((i > 0 || end == 1) && costs[end - 1] < least) {
        least = costs[end - 1];
        origin = end - 1;
      }
      next[end] = least + split_get_cost (self, &g_array_index (places, Place, i), end);
      origins[i * (m + 1) + end] = origin;
    }
    memcpy (costs + i + 1, next + i + 1, (m - n) * sizeof (double));
  }
  for (guint i = n; i > 0; i--) {
    if (i == n) {
      ends[n - 1] = n;
      for (guint end = n; end < m; end++)
        if (costs[end] < costs[ends[n - 1]])
          ends[n - 1] = end;
    } else {
      ends[i - 1] = origins[i * (m + 1) + ends[i]];
    }
  }
  return ends;
}

/* With fewer segments than parts, a part repeats the one before. */
static GStrv
split_repeat (const Text *self, guint n_parts)
{
  GStrv result = g_new0 (char *, n_parts + 1);

  for (guint i = 0; i < n_parts; i++) {
    guint segment = (guint64) i * self->segments->len / n_parts;

    result[i] = text_copy (self, segment, segment + 1);
  }
  return result;
}

GStrv
habla_subtitle_sentences_split (const char *text, const char *const *parts)
{
  g_auto (Text) self = { 0 };
  g_autoptr (GArray) places = NULL;
  g_autofree guint *ends = NULL;
  guint n_parts;
  GStrv result;

  g_return_val_if_fail (text != NULL && parts != NULL && *parts != NULL, NULL);

  n_parts = g_strv_length ((GStrv) parts);
  text_init (&self, text);
  if (self.segments->len == 0)
    return g_strdupv ((GStrv) parts);
  if (self.segments->len < n_parts)
    return split_repeat (&self, n_parts);
  result = g_new0 (char *, n_parts + 1);
  if (n_parts == 1) {
    result[0] = g_strstrip (g_strdup (text));
    return result;
  }
  places = split_find_places (&self, parts);
  ends = split_choose (&self, places);
  for (guint i = 0; i < n_parts; i++)
    result[i] = text_copy (&self, i > 0 ? ends[i - 1] : 0, ends[i]);
  return result;
}
