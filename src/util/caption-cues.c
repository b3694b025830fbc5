/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/caption-cues.h"

#include "util/caption-breaks.h"

/* Costs of a division into cues, in no unit: the division with the least sum is chosen. */
#define COST_CUE 10
#define COST_SLACK 6 /* of an empty cue; grows with the square of the space that is left */
static const double costs_after[] = {
  [HABLA_CAPTION_BREAK_SYLLABLE] = 14,
  [HABLA_CAPTION_BREAK_WORD] = 8,
  [HABLA_CAPTION_BREAK_CLAUSE] = 2,
  [HABLA_CAPTION_BREAK_SENTENCE] = 0,
};
/* The same for the break between the two lines of a cue, in columns. */
static const guint columns_after[] = {
  [HABLA_CAPTION_BREAK_SYLLABLE] = 16,
  [HABLA_CAPTION_BREAK_WORD] = 10,
  [HABLA_CAPTION_BREAK_CLAUSE] = 0,
  [HABLA_CAPTION_BREAK_SENTENCE] = 0,
};

/* A text that is divided. */
typedef struct {
  char *text;
  GArray *segments;
  guint max_lines;
} Captions;

static void
caption_cue_free (HablaCaptionCue *self)
{
  g_strfreev (self->lines);
  g_free (self);
}

static gboolean
captions_is_blank (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029;
}

/* Returns: (transfer full): @text with single blanks between words, and none at the ends */
static char *
captions_normalize (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  gboolean is_blank = TRUE;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (!captions_is_blank (c))
      g_string_append_unichar (out, c);
    else if (!is_blank)
      g_string_append_c (out, ' ');
    is_blank = captions_is_blank (c);
  }
  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  return g_string_free (out, FALSE);
}

static const HablaCaptionSegment *
captions_get (const Captions *self, guint i)
{
  return &g_array_index (self->segments, HablaCaptionSegment, i);
}

/* Returns: columns of the segments from @begin to before @end, as one line */
static guint
captions_get_width (const Captions *self, guint begin, guint end)
{
  return captions_get (self, end - 1)->last_column - captions_get (self, begin)->column;
}

/* Returns: (transfer full): the segments from @begin to before @end */
static char *
captions_get_text (const Captions *self, guint begin, guint end)
{
  gsize first = captions_get (self, begin)->begin;

  return g_strndup (self->text + first, captions_get (self, end - 1)->end - first);
}

/* Returns: the segment with which the second line begins; @end = there is one line only; 0 = the
 * segments do not fit in two lines */
static guint
captions_find_second_line (const Captions *self, guint begin, guint end)
{
  guint best = 0, best_cost = G_MAXUINT;

  if (captions_get_width (self, begin, end) <= HABLA_CAPTION_MAX_COLUMNS || end == begin + 1)
    return end;
  for (guint i = begin + 1; i < end; i++) {
    guint first = captions_get_width (self, begin, i), second = captions_get_width (self, i, end);
    guint cost = columns_after[captions_get (self, i - 1)->after] +
                 (first > second ? first - second : second - first);

    if (first > HABLA_CAPTION_MAX_COLUMNS)
      break;
    if (second <= HABLA_CAPTION_MAX_COLUMNS && cost < best_cost) {
      best = i;
      best_cost = cost;
    }
  }
  return best;
}

static gboolean
captions_fit (const Captions *self, guint begin, guint end)
{
  if (self->max_lines == 1)
    return end == begin + 1 || captions_get_width (self, begin, end) <= HABLA_CAPTION_MAX_COLUMNS;
  return captions_find_second_line (self, begin, end) != 0;
}

static double
captions_get_cost (const Captions *self, guint begin, guint end)
{
  double space = HABLA_CAPTION_MAX_COLUMNS * self->max_lines;
  double slack = MAX (1 - captions_get_width (self, begin, end) / space, 0);

  return COST_CUE + COST_SLACK * slack * slack + costs_after[captions_get (self, end - 1)->after];
}

/* Returns: (transfer full) (element-type guint): the segment after each cue */
static GArray *
captions_divide (const Captions *self)
{
  guint n = self->segments->len;
  g_autofree double *costs = g_new0 (double, n + 1); /* of the segments before each */
  g_autofree guint *begins = g_new0 (guint, n + 1);  /* of the cue that ends before each */
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint end = 1; end <= n; end++) {
    costs[end] = G_MAXDOUBLE;
    /* A longer cue fits no better. */
    for (guint begin = end; begin > 0 && captions_fit (self, begin - 1, end); begin--) {
      double cost = costs[begin - 1] + captions_get_cost (self, begin - 1, end);

      if (cost < costs[end]) {
        costs[end] = cost;
        begins[end] = begin - 1;
      }
    }
  }
  for (guint end = n; end > 0; end = begins[end])
    g_array_prepend_val (ends, end);
  return ends;
}

/* Returns: (transfer full) (element-type GStrv): the lines of each cue */
static GPtrArray *
captions_layout (const char *text, guint max_lines)
{
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree char *normal = captions_normalize (text);
  g_autoptr (GArray) segments = habla_caption_breaks_find (normal);
  const Captions self = { normal, segments, max_lines };
  g_autoptr (GArray) ends = captions_divide (&self);
  guint begin = 0;

  for (guint i = 0; i < ends->len; i++) {
    guint end = g_array_index (ends, guint, i);
    guint second = max_lines > 1 ? captions_find_second_line (&self, begin, end) : end;
    GStrv lines = g_new0 (char *, HABLA_CAPTION_MAX_LINES + 1);

    lines[0] = captions_get_text (&self, begin, second);
    if (second < end)
      lines[1] = captions_get_text (&self, second, end);
    g_ptr_array_add (cues, lines);
    begin = end;
  }
  return cues;
}

static guint
captions_count_columns (const char *text)
{
  guint n = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    n += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return n;
}

/* Returns: (transfer full) (nullable): the lines of @text, if they fit in one cue as they are */
static GStrv
captions_keep_lines (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "\r\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *line = captions_normalize (parts[i]);

    if (*line == '\0')
      continue;
    if (++n > HABLA_CAPTION_MAX_LINES || captions_count_columns (line) > HABLA_CAPTION_MAX_COLUMNS)
      return NULL;
    g_strv_builder_add (builder, line);
  }
  return n > 0 ? g_strv_builder_end (builder) : NULL;
}

static guint
captions_count_columns_of_lines (GStrv lines)
{
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += captions_count_columns (lines[i]);
  return MAX (n, 1);
}

/* Shares the time by the lengths of the texts; no cue gets less than the shortest time if there is
 * enough of it.
 *
 * @layout: (element-type GStrv): emptied. Returns: (transfer full) (element-type HablaCaptionCue)
 */
static GPtrArray *
captions_share_time (GPtrArray *layout, gint64 begin, gint64 end)
{
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) caption_cue_free);
  gint64 n = layout->len, total = MAX (end - begin, n), shortest = 0;
  guint64 columns = 0, before = 0;

  if (total >= n * HABLA_CAPTION_MIN_DURATION)
    shortest = HABLA_CAPTION_MIN_DURATION;
  else
    shortest = 1;
  for (guint i = 0; i < layout->len; i++)
    columns += captions_count_columns_of_lines (g_ptr_array_index (layout, i));
  for (guint i = 0; i < layout->len; i++) {
    HablaCaptionCue *cue = g_new0 (HablaCaptionCue, 1);
    guint64 own = captions_count_columns_of_lines (g_ptr_array_index (layout, i));
    gint64 rest = total - n * shortest;

    cue->lines = g_steal_pointer (&g_ptr_array_index (layout, i));
    cue->begin = begin + i * shortest + (gint64) (rest * (double) before / columns);
    before += own;
    cue->end = begin + (i + 1) * shortest + (gint64) (rest * (double) before / columns);
    g_ptr_array_add (cues, cue);
  }
  return cues;
}

GPtrArray *
habla_caption_cues_new (const char *text, gint64 begin, gint64 end)
{
  g_autoptr (GPtrArray) layout = NULL;
  GStrv kept = captions_keep_lines (text);

  if (kept != NULL) {
    layout = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
    g_ptr_array_add (layout, kept);
  } else {
    layout = captions_layout (text, HABLA_CAPTION_MAX_LINES);
  }
  return captions_share_time (layout, begin, end);
}

GPtrArray *
habla_caption_cues_new_parallel (const char *const *texts, gint64 begin, gint64 end)
{
  g_autoptr (GPtrArray) layouts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) layout = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  guint n = 0;

  for (guint i = 0; texts[i] != NULL; i++) {
    GPtrArray *lines = captions_layout (texts[i], 1);

    g_ptr_array_add (layouts, lines);
    n = MAX (n, lines->len);
  }
  for (guint i = 0; i < n; i++) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    /* A text with fewer lines than another is shown at about the same place. */
    for (guint j = 0; j < layouts->len; j++) {
      GPtrArray *lines = g_ptr_array_index (layouts, j);

      for (guint k = 0; k < lines->len; k++)
        if (k * n / lines->len == i)
          g_strv_builder_add (builder, ((GStrv) g_ptr_array_index (lines, k))[0]);
    }
    g_ptr_array_add (layout, g_strv_builder_end (builder));
  }
  return captions_share_time (layout, begin, end);
}

static guint
caption_cue_count_words (const HablaCaptionCue *self)
{
  guint n = 0;

  for (guint i = 0; self->lines[i] != NULL; i++) {
    n++;
    for (const char *p = self->lines[i]; *p != '\0'; p++)
      n += *p == ' ';
  }
  return n;
}

void
habla_caption_cues_time_by_words (GPtrArray *cues, const gint64 *begins, guint n_begins)
{
  guint n = 0;

  for (guint i = 0; i < cues->len; i++)
    n += caption_cue_count_words (g_ptr_array_index (cues, i));
  if (n != n_begins)
    return;
  n = 0;
  for (guint i = 0; i + 1 < cues->len; i++) {
    HablaCaptionCue *cue = g_ptr_array_index (cues, i), *next = g_ptr_array_index (cues, i + 1);
    gint64 time;

    n += caption_cue_count_words (cue);
    time = CLAMP (begins[n], cue->begin + 1, MAX (next->end - 1, cue->begin + 1));
    cue->end = time;
    next->begin = time;
    next->end = MAX (next->end, time + 1);
  }
}
