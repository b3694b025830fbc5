/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <util/caption-breaks.h>
#include <util/caption-cues.h>
#include <util/caption-timing.h>

/* A lecture. Each string is an utterance, as a recogniser ends them: at longer pauses. */
static const char *const english[] = {
  "Good morning. Today we are going to talk about the history of the city, and about the people "
  "who built it more than two thousand years ago.",
  "The river, which you can see from the window, was much wider in those days, so the first "
  "houses stood on the hill; only the fishermen lived down at the water, because nobody else "
  "wanted to get wet every spring when the snow in the mountains melted and the whole valley "
  "became a lake for several weeks.",
  "Yes.",
  "In the year eighteen hundred and twelve the council decided that a bridge was necessary, but "
  "it took another thirty years until the first stone was laid, and it is said that the mayor "
  "himself paid for it with the money that his wife had inherited from an uncle in America.",
  "What do you think happened then? Well, the bridge was opened, the market moved to the other "
  "side, and within ten years the old town was almost empty.",
  "Only the church, the school and two inns were left. You can still read the names of the "
  "families on the stones behind the church, if you go there on a clear day with enough time.",
  "Let us look at the map. Here is the hill, here is the river, and this line in the middle of "
  "the page is the wall that the Romans left us; most of it was used for new houses later, as in "
  "so many other towns of the region, where good stone has always been difficult to find and "
  "expensive to transport over the mountains from the quarries in the south of the country.",
  "Are there any questions?",
  "No? Then please open your books at page forty-three and read the letter of the engineer to "
  "his brother, in which he describes how the water came through the walls at night.",
};

static const char *const spanish[] = {
  "Buenos días. Hoy vamos a hablar de la historia de la ciudad y de la gente que la construyó hace "
  "más de dos mil años.",
  "El río, que se ve desde la ventana, era mucho más ancho en aquellos tiempos, así que las "
  "primeras casas estaban en la colina; solo los pescadores vivían abajo, junto al agua, porque "
  "nadie más quería mojarse cada primavera cuando se derretía la nieve de las montañas.",
  "En el año mil ochocientos doce el ayuntamiento decidió que hacía falta un puente, pero pasaron "
  "otros treinta años hasta que se puso la primera piedra, y se dice que el alcalde mismo la pagó "
  "con el dinero que su mujer había heredado de un tío en América.",
  "¿Qué pasó entonces? Pues se abrió el puente, el mercado se trasladó al otro lado y en diez años "
  "el casco antiguo se quedó casi vacío.",
};

/* Each character of a word takes this time: people speak at about 14 characters a second. */
#define CHARACTER 70
#define WORD_PAUSE 50
#define CLAUSE_PAUSE 220
#define SENTENCE_PAUSE 450
#define UTTERANCE_PAUSE 900

/* Figures of all cues, which BBC's and Netflix' guides limit. */
typedef struct {
  guint n_cues;
  guint n_lines;
  guint n_too_short;
  guint n_too_fast;
  guint n_tied;
  guint n_two_lines;
  guint n_unbalanced;
} Style;

static guint
count_characters (const char *text)
{
  return g_utf8_strlen (text, -1);
}

/* Returns: (transfer full) (element-type HablaCaptionWord): times of the words of @text from @begin
 */
static GArray *
speak (const char *text, gint64 begin, gint64 *end)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  GArray *words = g_array_new (FALSE, FALSE, sizeof (HablaCaptionWord));

  for (guint i = 0; parts[i] != NULL; i++) {
    HablaCaptionWord word = { begin, 0, count_characters (parts[i]) };
    char last = parts[i][strlen (parts[i]) - 1];

    word.end = begin + word.n_characters * CHARACTER;
    *end = word.end;
    begin = word.end + (strchr (".?!", last) != NULL      ? SENTENCE_PAUSE
                           : strchr (",;:", last) != NULL ? CLAUSE_PAUSE
                                                          : WORD_PAUSE);
    g_array_append_val (words, word);
  }
  return words;
}

static void
style_look_at_lines (Style *self, const HablaCaptionCue *cue)
{
  guint n = g_strv_length (cue->lines);

  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <=, HABLA_CAPTION_MAX_LINES);
  for (guint i = 0; i < n; i++) {
    /* With a word after it, the segment at the end is no end of the text. */
    g_autofree char *more = g_strconcat (cue->lines[i], " x", NULL);
    g_autoptr (GArray) segments = habla_caption_breaks_find (more);

    g_assert_cmpuint (count_characters (cue->lines[i]), <=, HABLA_CAPTION_MAX_COLUMNS);
    self->n_lines++;
    if (g_array_index (segments, HablaCaptionSegment, segments->len - 2).after ==
        HABLA_CAPTION_BREAK_TIED) {
      g_test_message ("\"%s\" ends with a word that belongs to the next", cue->lines[i]);
      self->n_tied++;
    }
  }
  if (n == 2) {
    double first = count_characters (cue->lines[0]), second = count_characters (cue->lines[1]);

    self->n_two_lines++;
    if (MIN (first, second) < 0.4 * MAX (first, second)) {
      g_test_message ("\"%s|%s\" is not balanced", cue->lines[0], cue->lines[1]);
      self->n_unbalanced++;
    }
  }
}

static void
style_look_at_times (Style *self, const HablaCaptionCue *cue, gint64 next)
{
  gint64 duration = cue->end - cue->begin;
  double rate = habla_caption_cue_count_columns (cue) * 1000.0 / duration;

  g_assert_cmpint (duration, <=, HABLA_CAPTION_MAX_DURATION);
  self->n_cues++;
  if (duration < HABLA_CAPTION_MIN_DURATION)
    self->n_too_short++;
  if (rate > HABLA_CAPTION_RATE) {
    g_test_message ("\"%s\" has %.1f characters a second", cue->lines[0], rate);
    self->n_too_fast++;
  }
  if (next != G_MAXINT64) {
    /* Two frames, or so long that it is no flicker. */
    g_assert_cmpint (next - cue->end, >=, HABLA_CAPTION_MIN_GAP);
    g_assert_true (next - cue->end == HABLA_CAPTION_MIN_GAP || next - cue->end >= 500 ||
                   duration == HABLA_CAPTION_MAX_DURATION);
  }
}

/* Returns: (transfer full) (element-type HablaCaptionCue): the cues of all utterances, with the
 * times that they are shown */
static GPtrArray *
make_cues (const char *const *texts, guint n_texts, gboolean has_words)
{
  const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;
  GPtrArray *all = NULL;
  gint64 begin = 1000;

  for (guint i = 0; i < n_texts; i++) {
    gint64 end = begin;
    g_autoptr (GArray) words = speak (texts[i], begin, &end);
    const HablaCaptionSpeech speech = { texts[i], begin, end, has_words ? words : NULL };
    GPtrArray *cues = habla_caption_cues_new_for_speech (&speech, &layout);
    g_autoptr (GString) joined = g_string_new (NULL);

    for (guint j = 0; j < cues->len; j++) {
      const HablaCaptionCue *cue = g_ptr_array_index (cues, j);
      g_autofree char *lines = g_strjoinv (" ", cue->lines);

      g_string_append_printf (joined, "%s%s", j > 0 ? " " : "", lines);
      g_assert_cmpint (cue->begin, >=, begin);
      g_assert_cmpint (cue->end, <=, end);
    }
    g_assert_cmpstr (joined->str, ==, texts[i]);
    if (all == NULL)
      all = cues;
    else
      g_ptr_array_extend_and_steal (all, cues);
    begin = end + UTTERANCE_PAUSE;
  }
  for (guint i = 0; i < all->len; i++)
    habla_caption_timing_extend (all->pdata[i], &layout,
        i + 1 < all->len ? ((HablaCaptionCue *) all->pdata[i + 1])->begin : G_MAXINT64);
  return all;
}

static void
check_style (const char *const *texts, guint n_texts, gboolean has_words)
{
  g_autoptr (GPtrArray) cues = make_cues (texts, n_texts, has_words);
  Style style = { 0 };

  for (guint i = 0; i < cues->len; i++) {
    style_look_at_lines (&style, cues->pdata[i]);
    style_look_at_times (&style, cues->pdata[i],
        i + 1 < cues->len ? ((HablaCaptionCue *) cues->pdata[i + 1])->begin : G_MAXINT64);
  }
  g_test_message ("%u cues, %u lines; too short %u, too fast %u, tied %u, unbalanced %u of %u",
      style.n_cues, style.n_lines, style.n_too_short, style.n_too_fast, style.n_tied,
      style.n_unbalanced, style.n_two_lines);
  g_assert_cmpuint (style.n_cues, >, 10);
  g_assert_cmpuint (style.n_too_short, ==, 0);
  g_assert_cmpuint (style.n_too_fast, <=, style.n_cues / 20);
  g_assert_cmpuint (style.n_tied, <=, style.n_lines / 40);
  g_assert_cmpuint (style.n_unbalanced, <=, style.n_two_lines / 10);
}

static void
test_style (void)
{
  check_style (english, G_N_ELEMENTS (english), TRUE);
  check_style (spanish, G_N_ELEMENTS (spanish), TRUE);
  check_style (english, G_N_ELEMENTS (english), FALSE);
}

static void
assert_times (const char *text, GArray *words, const char *expected)
{
  const HablaCaptionSpeech speech = { text, 1000, 9000, words };
  const HablaCaptionLayout layout = { 10, 1, 10, 17 };
  g_autoptr (GPtrArray) cues = habla_caption_cues_new_for_speech (&speech, &layout);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = cues->pdata[i];

    g_string_append_printf (
        all, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " %s\n", cue->begin, cue->end, cue->lines[0]);
  }
  g_assert_cmpstr (all->str, ==, expected);
}

static GArray *
make_words (guint n, const HablaCaptionWord *words)
{
  return g_array_append_vals (g_array_new (FALSE, FALSE, sizeof (HablaCaptionWord)), words, n);
}

/* Words are found by their characters, also without blanks, and times that do not ascend harm
 * nothing. */
static void
test_words (void)
{
  const HablaCaptionWord english_words[] = { { 1000, 2000, 4 }, { 2000, 3000, 5 },
    { 5000, 6000, 3 }, { 6000, 8000, 5 } };
  const HablaCaptionWord chinese_words[] = { { 1000, 2000, 5 }, { 2500, 3000, 1 },
    { 4000, 5000, 4 } };
  const HablaCaptionWord hostile_words[] = { { 8000, 2000, 9 }, { -100, G_MAXINT64, 8 } };
  g_autoptr (GArray) ascending = make_words (G_N_ELEMENTS (english_words), english_words);
  g_autoptr (GArray) chinese = make_words (G_N_ELEMENTS (chinese_words), chinese_words);
  g_autoptr (GArray) hostile = make_words (G_N_ELEMENTS (hostile_words), hostile_words);

  assert_times ("Four words, two times", ascending,
      "1000-2000 Four\n2000-3000 words,\n5000-8000 two times\n");
  assert_times ("达什伍德，定居已久。", chinese, "1000-2000 达什伍德，\n2500-5000 定居已久。\n");
  assert_times ("", ascending, "");
  assert_times (
      "Four words, two times", hostile, "8000-8001 Four\n8000-8001 words,\n8000-9000 two times\n");
}

static void
assert_extended (gint64 begin, gint64 end, gint64 next, gint64 expected)
{
  const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;
  HablaCaptionCue cue = { begin, end, (char *[]){ "Thirty-four characters, as it is.", NULL } };

  habla_caption_timing_extend (&cue, &layout, next);
  g_assert_cmpint (cue.end, ==, expected);
}

static void
test_extend (void)
{
  /* 33 characters at 17 a second. */
  assert_extended (1000, 2000, G_MAXINT64, 2942);
  assert_extended (1000, 4000, G_MAXINT64, 4000);
  assert_extended (1000, 20000, G_MAXINT64, 8000);
  /* Up to the next cue. */
  assert_extended (1000, 2000, 10000, 2942);
  assert_extended (1000, 2000, 3300, 3220);
  assert_extended (1000, 2000, 2500, 2420);
  assert_extended (1000, 2000, 2000, 1920);
  /* No room for a gap. */
  assert_extended (1000, 2000, 1050, 1050);
  assert_extended (1000, 2000, 1000, 1001);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/caption-timing/style", test_style);
  g_test_add_func ("/caption-timing/words", test_words);
  g_test_add_func ("/caption-timing/extend", test_extend);
  return habla_test_run ();
}
