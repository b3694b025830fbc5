/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <string.h>
#include <util/caption-breaks.h>
#include <util/caption-cues.h>

/* Texts whose words the random texts are made of. The last two have no blanks between words. */
static const char *const samples[] = {
  "The family of Dashwood had long been settled in Sussex, where their estate was large; and "
  "“Norland Park” was in the centre of it. Why? Nobody knows (yet)! incomprehensibilities",
  "La familia Dashwood llevaba mucho tiempo afincada en Sussex: ¿dónde estaba, ¡ay!, su «finca»?",
  "كانت عائلة داشوود قد استقرت منذ زمن طويل في ساسكس، حيث كانت أملاكهم كبيرة؟ نعم.",
  "पिता ने कहा कि घर बहुत बड़ा है। हम कल वहाँ जाएँगे, यदि मौसम अच्छा हो।",
  "👩‍🏫 “quoted, 'twice'” 3.14 --> 50 % ét́ a-b-c "
  "https://example.org/a/b?c=d "
  "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
  "达什伍德一家在苏塞克斯定居已久，那里有他们的大庄园。“为什么？”没有人知道（现在）！我们明天去《北"
  "京》吧、好吗；",
  "ครอบครัวแดชวูดตั้งถิ่นฐานอยู่ในซัสเซกซ์มานานแล้วที่ดินของพวกเขากว้างใหญ่และเขาเป็นคนดี",
};

static guint
count_columns (const char *text)
{
  guint n = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    n += g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return n;
}

/* Returns: (transfer full): the lines of all cues with blanks between them */
static char *
join_lines (GPtrArray *cues)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = g_ptr_array_index (cues, i);

    for (guint j = 0; cue->lines[j] != NULL; j++)
      g_string_append_printf (all, "%s%s", all->len > 0 ? " " : "", cue->lines[j]);
  }
  return g_string_free (all, FALSE);
}

/* Returns: (transfer full): @text without blanks */
static char *
remove_blanks (const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, " ", "", 0);
  return g_string_free (out, FALSE);
}

static void
check_line (const char *line)
{
  g_assert_cmpuint (strlen (line), >, 0);
  g_assert_true (line[0] != ' ' && line[strlen (line) - 1] != ' ');
  g_assert_false (g_unichar_ismark (g_utf8_get_char (line)));
  if (count_columns (line) > HABLA_CAPTION_MAX_COLUMNS) {
    g_autoptr (GArray) segments = habla_caption_breaks_find (line);

    g_assert_cmpuint (segments->len, ==, 1);
    g_assert_null (strchr (line, ' '));
  }
}

static void
check_times (GPtrArray *cues, gint64 begin, gint64 end)
{
  gint64 last = begin;

  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = g_ptr_array_index (cues, i);

    g_assert_cmpint (cue->begin, ==, last);
    g_assert_cmpint (cue->end, >, cue->begin);
    if (end - begin >= cues->len * HABLA_CAPTION_MIN_DURATION)
      g_assert_cmpint (cue->end - cue->begin, >=, HABLA_CAPTION_MIN_DURATION);
    last = cue->end;
  }
  g_assert_cmpint (last, ==, MAX (end, begin + cues->len));
}

/* Whatever the text: lines and cues are short, times in order, and no word is lost or cut. */
static void
check (const char *text, gint64 begin, gint64 end)
{
  g_autoptr (GPtrArray) cues = habla_caption_cues_new (text, begin, end);
  g_autofree char *joined = join_lines (cues);
  g_autofree char *expected = remove_blanks (text);
  g_autofree char *found = remove_blanks (joined);

  g_assert_cmpstr (found, ==, expected);
  /* Words of languages with blanks stay whole. */
  for (guint i = 0; i < 5; i++)
    if (g_str_has_prefix (text, samples[i]))
      g_assert_cmpstr (joined, ==, text);
  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = g_ptr_array_index (cues, i);
    guint n = g_strv_length (cue->lines);

    g_assert_cmpuint (n, >=, 1);
    g_assert_cmpuint (n, <=, HABLA_CAPTION_MAX_LINES);
    for (guint j = 0; j < n; j++)
      check_line (cue->lines[j]);
  }
  check_times (cues, begin, end);
}

/* Returns: (transfer full): up to @n words of @sample, in any order */
static char *
make_text (const char *sample, guint n)
{
  g_auto (GStrv) words = g_strsplit (sample, " ", -1);
  guint n_words = g_strv_length (words);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? " " : "", words[g_test_rand_int_range (0, n_words)]);
  return g_string_free (text, FALSE);
}

static void
test_properties (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    check (samples[i], 0, 10000);
    for (guint j = 0; j < 10 * habla_test_repeat (10); j++) {
      g_autofree char *text = make_text (samples[i], g_test_rand_int_range (1, 60));
      gint64 begin = g_test_rand_int_range (0, 100000);

      check (text, begin, begin + g_test_rand_int_range (0, 60000));
    }
  }
}

/* As long as one typed text can be, in each script, and one word of that length. In the slow lanes,
 * a tenth. */
static void
test_long (void)
{
  guint length = 1000 * habla_test_repeat (10);
  g_autofree char *word = g_strnfill (length, 'x');
  gint64 start = g_get_monotonic_time ();

  check (word, 0, 1);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (GString) text = g_string_new (samples[i]);

    while (g_utf8_strlen (text->str, -1) < length)
      g_string_append (text, samples[i]);
    check (text->str, 0, 600000);
  }
  g_test_message ("%.3f s", (g_get_monotonic_time () - start) / 1e6);
}

static void
assert_cues (GPtrArray *cues, const char *expected)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < cues->len; i++) {
    const HablaCaptionCue *cue = g_ptr_array_index (cues, i);
    g_autofree char *lines = g_strjoinv ("|", cue->lines);

    g_string_append_printf (
        all, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " %s\n", cue->begin, cue->end, lines);
  }
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_examples (void)
{
  g_autoptr (GPtrArray) one = habla_caption_cues_new ("The house  is\tbig.", 0, 1500);
  g_autoptr (GPtrArray) kept = habla_caption_cues_new (" one\r\n\n\ntwo ", 0, 1000);
  g_autoptr (GPtrArray) blank = habla_caption_cues_new (" \n ", 0, 1000);
  g_autoptr (GPtrArray) clauses = habla_caption_cues_new (
      "The family of Dashwood had long been settled in Sussex, their estate was large, and their "
      "residence was at Norland Park.",
      0, 12000);
  g_autoptr (GPtrArray) chinese = habla_caption_cues_new (
      "达什伍德一家在苏塞克斯定居已久，那里有他们的大庄园，他们住在诺兰德庄园。", 0, 5000);

  assert_cues (one, "0-1500 The house is big.\n");
  assert_cues (kept, "0-1000 one|two\n");
  assert_cues (blank, "");
  assert_cues (clauses, "0-5615 The family of Dashwood had|long been settled in Sussex,\n"
                        "5615-12000 their estate was large,|and their residence was at Norland "
                        "Park.\n");
  assert_cues (chinese,
      "0-5000 达什伍德一家在苏塞克斯定居已久，|那里有他们的大庄园，他们住在诺兰德庄园。\n");
}

/* Two languages side by side have a line each; the shorter text is shown at about the same place.
 */
static void
test_parallel (void)
{
  static const char *const same[] = { "I have two books.", "Tengo dos libros.", NULL };
  static const char *const longer[] = {
    "The family of Dashwood had long been settled in Sussex, where their estate was large.",
    "La familia Dashwood.", NULL
  };
  static const char *const none[] = { "", " ", NULL };
  g_autoptr (GPtrArray) one = habla_caption_cues_new_parallel (same, 0, 1000);
  g_autoptr (GPtrArray) several = habla_caption_cues_new_parallel (longer, 0, 6000);
  g_autoptr (GPtrArray) blank = habla_caption_cues_new_parallel (none, 0, 1000);

  assert_cues (one, "0-1000 I have two books.|Tengo dos libros.\n");
  assert_cues (several, "0-2339 The family of Dashwood had|La familia Dashwood.\n"
                        "2339-4155 long been settled in Sussex,\n"
                        "4155-6000 where their estate was large.\n");
  assert_cues (blank, "");
}

/* @lines: separated by "|" */
static void
assert_lines (const char *text, const HablaCaptionLayout *layout, const char *lines)
{
  g_auto (GStrv) broken = habla_caption_break_lines (text, layout);
  g_autofree char *joined = g_strjoinv ("|", broken);

  g_assert_cmpstr (joined, ==, lines);
}

/* Lines are as short as the user wants them, of about the same length, and do not end with an
 * article or a preposition. */
static void
test_lines (void)
{
  const HablaCaptionLayout usual = HABLA_CAPTION_LAYOUT;
  const HablaCaptionLayout one = { 42, 1, 42, 17 }, three = { 18, 3, 54, 17 };

  assert_lines ("The house is big.", &usual, "The house is big.");
  assert_lines ("He walked out of the house with the dog of the neighbour.", &usual,
      "He walked out of the house|with the dog of the neighbour.");
  assert_lines ("He walked out of the house with the dog.", &three,
      "He walked out|of the house|with the dog.");
  assert_lines ("达什伍德一家在苏塞克斯定居，那里有他们的大庄园", &usual,
      "达什伍德一家在苏塞克斯定居，|那里有他们的大庄园");
  /* Too long: longer lines, not more. */
  assert_lines ("He walked out of the house with the dog of the neighbour.", &one,
      "He walked out of the house with the dog of the neighbour.");
  assert_lines (" \n", &usual, "");
  g_assert_true (habla_caption_fits ("He walked out of the house with the dog.", &three));
  g_assert_false (habla_caption_fits (
      "He walked out of the house with the dog.", &(const HablaCaptionLayout){ 18, 2, 36, 17 }));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/caption-cues/properties", test_properties);
  g_test_add_func ("/caption-cues/long", test_long);
  g_test_add_func ("/caption-cues/examples", test_examples);
  g_test_add_func ("/caption-cues/parallel", test_parallel);
  g_test_add_func ("/caption-cues/lines", test_lines);
  return habla_test_run ();
}
