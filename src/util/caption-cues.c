/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/caption-cues.h"

#include "util/caption-breaks.h"
#include "util/caption-timing.h"

/* Costs of a division into cues, in no unit: the division with the least sum is chosen. */
#define COST_CUE 10
#define COST_SLACK 6 /* of an empty cue; grows with the square of the space that is left */
static const double costs_after[] = {
  [HABLA_CAPTION_BREAK_SYLLABLE] = 14,
  [HABLA_CAPTION_BREAK_TIED] = 20,
  [HABLA_CAPTION_BREAK_WORD] = 8,
  [HABLA_CAPTION_BREAK_CLAUSE] = 2,
  [HABLA_CAPTION_BREAK_SENTENCE] = 0,
};
/* The same for a break between lines of a cue. */
static const double line_costs_after[] = {
  [HABLA_CAPTION_BREAK_SYLLABLE] = 7,
  [HABLA_CAPTION_BREAK_TIED] = 18,
  [HABLA_CAPTION_BREAK_WORD] = 3,
  [HABLA_CAPTION_BREAK_CLAUSE] = 0,
  [HABLA_CAPTION_BREAK_SENTENCE] = 0,
};
/* Costs of a cue whose speech is too long, too short, or too fast to read. */
#define COST_LONG 40
#define COST_SHORT 12
#define COST_FAST 20
/* A pause, in milliseconds, is as good a place as a clause. */
#define PAUSE 400
/* Costs of the place of a break between two lines of a cue, in columns. */
static const guint columns_after[] = {
  [HABLA_CAPTION_BREAK_SYLLABLE] = 16,
  [HABLA_CAPTION_BREAK_TIED] = 22,
  [HABLA_CAPTION_BREAK_WORD] = 10,
  [HABLA_CAPTION_BREAK_CLAUSE] = 0,
  [HABLA_CAPTION_BREAK_SENTENCE] = 0,
};

/* A text that is divided. */
typedef struct {
  char *text;
  GArray *segments;
  GArray *times; /* (nullable): of HablaCaptionTime, of the segments */
  HablaCaptionLayout layout;
} Captions;

void
habla_caption_cue_free (HablaCaptionCue *self)
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

/* Returns: how many lines the segments need at least; a number above @limit if they need more */
static guint
captions_count_lines (const Captions *self, guint begin, guint end, guint limit)
{
  guint n = 1;

  if (end == begin + 1 || captions_get_width (self, begin, end) <= self->layout.max_columns)
    return 1;
  if (limit == 1)
    return 2;
  for (guint i = begin + 1; i < end && n <= limit; i++)
    if (captions_get_width (self, begin, i + 1) > self->layout.max_columns) {
      begin = i;
      n++;
    }
  return n;
}

/* Returns: the segment after the first of @n_lines lines of about the same length */
static guint
captions_find_line_end (const Captions *self, guint begin, guint end, guint n_lines)
{
  guint best = 0;
  double best_cost = G_MAXDOUBLE;

  for (guint i = begin + 1; i < end; i++) {
    guint first = captions_get_width (self, begin, i);
    double rest = captions_get_width (self, i, end) / (double) (n_lines - 1);
    double cost = columns_after[captions_get (self, i - 1)->after] + ABS (first - rest);

    if (first > self->layout.max_columns && i > begin + 1)
      break;
    if (cost < best_cost && captions_count_lines (self, i, end, n_lines - 1) < n_lines) {
      best = i;
      best_cost = cost;
    }
  }
  return best;
}

/* Returns: (transfer full): the lines of the segments, which fit in a cue */
static GStrv
captions_break_lines (const Captions *self, guint begin, guint end)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (guint n = captions_count_lines (self, begin, end, G_MAXUINT); n > 0; n--) {
    guint line_end = n > 1 ? captions_find_line_end (self, begin, end, n) : end;
    g_autofree char *line = captions_get_text (self, begin, line_end);

    g_strv_builder_add (lines, line);
    begin = line_end;
  }
  return g_strv_builder_end (lines);
}

static gboolean
captions_fit (const Captions *self, guint begin, guint end)
{
  if (end == begin + 1)
    return TRUE;
  return captions_get_width (self, begin, end) <= self->layout.max_width &&
         captions_count_lines (self, begin, end, self->layout.max_lines) <= self->layout.max_lines;
}

/* Returns: cost of the time of a cue, and of a break that is no pause */
static double
captions_get_time_cost (const Captions *self, guint begin, guint end)
{
  double cost = costs_after[captions_get (self, end - 1)->after];
  const HablaCaptionTime *times;
  gint64 spoken, shown;
  double reading;

  if (self->times == NULL)
    return cost;
  times = (const HablaCaptionTime *) self->times->data;
  spoken = times[end - 1].end - times[begin].begin;
  shown = (end < self->times->len ? times[end].begin : times[end - 1].end) - times[begin].begin;
  if (end < self->times->len && times[end].begin - times[end - 1].end >= PAUSE &&
      captions_get (self, end - 1)->after != HABLA_CAPTION_BREAK_TIED)
    cost = MIN (cost, costs_after[HABLA_CAPTION_BREAK_CLAUSE]);
  if (spoken > HABLA_CAPTION_MAX_DURATION)
    cost += COST_LONG * ((double) spoken / HABLA_CAPTION_MAX_DURATION);
  if (shown < HABLA_CAPTION_MIN_DURATION)
    cost += COST_SHORT;
  reading = captions_get_width (self, begin, end) * 1000 / self->layout.rate;
  if (reading > shown)
    cost += COST_FAST * MIN (reading / MAX (shown, 1) - 1, 1);
  return cost;
}

/* Returns: cost of the breaks between the lines of a cue */
static double
captions_get_line_cost (const Captions *self, guint begin, guint end)
{
  double cost = 0;

  for (guint n = captions_count_lines (self, begin, end, G_MAXUINT); n > 1; n--) {
    begin = captions_find_line_end (self, begin, end, n);
    cost += line_costs_after[captions_get (self, begin - 1)->after];
  }
  return cost;
}

static double
captions_get_cost (const Captions *self, guint begin, guint end)
{
  double slack =
      MAX (1 - captions_get_width (self, begin, end) / (double) self->layout.max_width, 0);

  return COST_CUE + COST_SLACK * slack * slack + captions_get_time_cost (self, begin, end) +
         captions_get_line_cost (self, begin, end);
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

static void
captions_init (Captions *self, const char *text, const HablaCaptionLayout *layout)
{
  self->text = captions_normalize (text);
  self->segments = habla_caption_breaks_find (self->text);
  self->times = NULL;
  self->layout = *layout;
}

static void
captions_clear (Captions *self)
{
  g_free (self->text);
  g_clear_pointer (&self->segments, g_array_unref);
  g_clear_pointer (&self->times, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Captions, captions_clear)

/* Returns: (transfer full) (element-type GStrv): the lines of each cue */
static GPtrArray *
captions_layout (const char *text, guint max_lines)
{
  const HablaCaptionLayout layout = { HABLA_CAPTION_MAX_COLUMNS, max_lines,
    HABLA_CAPTION_MAX_COLUMNS * max_lines, HABLA_CAPTION_RATE };
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GArray) ends = NULL;
  g_auto (Captions) self = { 0 };
  guint begin = 0;

  captions_init (&self, text, &layout);
  ends = captions_divide (&self);
  for (guint i = 0; i < ends->len; i++) {
    guint end = g_array_index (ends, guint, i);

    g_ptr_array_add (cues, captions_break_lines (&self, begin, end));
    begin = end;
  }
  return cues;
}

/* Returns: (transfer full) (nullable): the lines of @text, if they fit in one cue as they are */
static GStrv
captions_keep_lines (const char *text, const HablaCaptionLayout *layout)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "\r\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *line = captions_normalize (parts[i]);

    if (*line == '\0')
      continue;
    if (++n > layout->max_lines || habla_caption_count_columns (line) > layout->max_columns)
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
    n += habla_caption_count_columns (lines[i]);
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
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_caption_cue_free);
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
  const HablaCaptionLayout usual = HABLA_CAPTION_LAYOUT;
  GStrv kept = captions_keep_lines (text, &usual);

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

GPtrArray *
habla_caption_cues_new_for_speech (
    const HablaCaptionSpeech *speech, const HablaCaptionLayout *layout)
{
  GPtrArray *cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_caption_cue_free);
  GStrv kept = captions_keep_lines (speech->text, layout);
  g_autoptr (GArray) ends = NULL;
  g_auto (Captions) self = { 0 };
  guint begin = 0;

  if (kept != NULL && kept[1] != NULL) {
    HablaCaptionCue *cue = g_new0 (HablaCaptionCue, 1);

    *cue = (HablaCaptionCue){ speech->begin, MAX (speech->end, speech->begin + 1), kept };
    g_ptr_array_add (cues, cue);
    return cues;
  }
  g_strfreev (kept);
  captions_init (&self, speech->text, layout);
  self.times = habla_caption_timing_get_times (speech, self.text, self.segments);
  ends = captions_divide (&self);
  for (guint i = 0; i < ends->len; i++) {
    guint end = g_array_index (ends, guint, i);
    HablaCaptionCue *cue = g_new0 (HablaCaptionCue, 1);

    cue->lines = captions_break_lines (&self, begin, end);
    cue->begin = g_array_index (self.times, HablaCaptionTime, begin).begin;
    cue->end = MAX (g_array_index (self.times, HablaCaptionTime, end - 1).end, cue->begin + 1);
    g_ptr_array_add (cues, cue);
    begin = end;
  }
  return cues;
}

gboolean
habla_caption_fits (const char *text, const HablaCaptionLayout *layout)
{
  g_auto (Captions) self = { 0 };

  captions_init (&self, text, layout);
  return self.segments->len == 0 || captions_fit (&self, 0, self.segments->len);
}

GStrv
habla_caption_break_lines (const char *text, const HablaCaptionLayout *layout)
{
  g_auto (Captions) self = { 0 };

  captions_init (&self, text, layout);
  if (self.segments->len == 0)
    return g_new0 (char *, 1);
  while (captions_count_lines (&self, 0, self.segments->len, layout->max_lines) > layout->max_lines)
    self.layout.max_columns++;
  return captions_break_lines (&self, 0, self.segments->len);
}
