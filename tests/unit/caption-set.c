/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/output/caption-set.h>
#include <string.h>

#define MSEC G_GUINT64_CONSTANT (1000000)

static const char english_text[] =
    "The river, which you can see from the window, was much wider in those days, so the first "
    "houses stood on the hill; only the fishermen lived down at the water.";
static const char spanish_text[] =
    "El río, que se puede ver desde la ventana, era muchísimo más ancho en aquellos tiempos "
    "remotos, de manera que las primeras casas se levantaron en la colina; solamente los "
    "pescadores vivían abajo, junto al agua.";

/* A set with an English transcript and a Spanish translation. */
typedef struct {
  HablaCaptionSet *set;
  HablaCaptionFile *english;
  HablaCaptionFile *spanish;
} Fixture;

static HablaCaptionFile *
add_file (HablaCaptionSet *set, const char *name, const char *language)
{
  const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;
  g_autofree char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  HablaCaptionFile *file = habla_caption_file_new (path, language, &layout, NULL);

  g_assert_nonnull (file);
  habla_caption_set_add_file (set, file);
  return file;
}

static void
fixture_init (Fixture *self, const char *extension, guint max_wait)
{
  const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;
  g_autofree char *english = g_strconcat ("set.en.", extension, NULL);
  g_autofree char *spanish = g_strconcat ("set.es.", extension, NULL);

  self->set = habla_caption_set_new (&layout, max_wait, TRUE);
  self->english = add_file (self->set, english, "en");
  self->spanish = add_file (self->set, spanish, "es");
}

static void
fixture_clear (Fixture *self)
{
  habla_caption_set_free (self->set);
  habla_caption_file_free (self->english);
  habla_caption_file_free (self->spanish);
}

static char *
get_contents (HablaCaptionFile *file)
{
  const char *path = habla_output_file_get_written_path (habla_caption_file_get_output (file));
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
assert_contents (HablaCaptionFile *file, const char *wanted)
{
  g_autofree char *text = get_contents (file);

  g_assert_cmpstr (text, ==, wanted);
}

static void
add (Fixture *self, guint64 id, const char *language, const char *text, const char *source)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (id, text, language);
  g_autoptr (GError) error = NULL;

  utterance->begin = id * 10000 * MSEC;
  utterance->end = utterance->begin + 9500 * MSEC;
  utterance->source_text = g_strdup (source);
  g_assert_true (habla_caption_set_add (self->set, language, utterance, &error));
  g_assert_no_error (error);
}

/* Returns: (transfer full): the lines with times */
static char *
find_times (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *times = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], " --> ") != NULL)
      g_string_append_printf (times, "%s\n", lines[i]);
    else
      g_assert_cmpint (g_utf8_strlen (lines[i], -1), <=, HABLA_CAPTION_MAX_COLUMNS);
  return g_string_free (times, FALSE);
}

/* Both languages are divided at the same times, also where the translation is longer. */
static void
test_together (void)
{
  Fixture fixture;
  g_autofree char *english = NULL, *spanish = NULL;
  g_autofree char *english_times = NULL, *spanish_times = NULL;

  fixture_init (&fixture, "srt", 60000);
  add (&fixture, 1, "en", english_text, NULL);
  add (&fixture, 2, "es", "Sí.", "Yes.");
  assert_contents (fixture.english, "");
  add (&fixture, 1, "es", spanish_text, english_text);
  add (&fixture, 2, "en", "Yes.", NULL);
  g_assert_true (habla_caption_set_flush (fixture.set, NULL));
  english = get_contents (fixture.english);
  spanish = get_contents (fixture.spanish);
  english_times = find_times (english);
  spanish_times = find_times (spanish);
  g_assert_cmpstr (english_times, ==, spanish_times);
  g_assert_nonnull (strstr (english, "\n4\n"));
  g_assert_nonnull (strstr (spanish, "Sí.\n\n"));
  fixture_clear (&fixture);
}

/* A translation that does not come is given up; one that comes later is written. */
static void
test_missing (void)
{
  Fixture fixture;
  gint64 end = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  fixture_init (&fixture, "txt", 1);
  add (&fixture, 1, "en", "One.", NULL);
  add (&fixture, 2, "en", "Two.", NULL);
  add (&fixture, 2, "es", "Dos.", "Two.");
  for (;;) {
    g_autofree char *text = get_contents (fixture.english);

    if (strcmp (text, "One.\nTwo.\n") == 0)
      break;
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  add (&fixture, 1, "es", "Uno.", "One.");
  add (&fixture, 3, "es", " ", "Three.");
  add (&fixture, 3, "en", "Three.", NULL);
  add (&fixture, 9, "fr", "Non.", "No.");
  assert_contents (fixture.english, "One.\nTwo.\nThree.\n");
  assert_contents (fixture.spanish, "Dos.\nUno.\n");
  fixture_clear (&fixture);
}

static HablaCue *
make_cue (guint64 begin, const char *text, const char *markup)
{
  HablaCue *cue = habla_cue_new (begin * MSEC, (begin + 1000) * MSEC, text, "srt");

  cue->markup = g_strdup (markup);
  return cue;
}

/* A translated sentence gets the cues of the file again, with their styles and line breaks. */
static void
test_cues (void)
{
  Fixture fixture;
  g_autoptr (HablaUtterance) sentence = NULL;
  g_autoptr (HablaUtterance) dialogue = NULL;

  fixture_init (&fixture, "srt", 60000);
  sentence = habla_utterance_new (1, "Cuando llegamos a casa, la puerta estaba abierta.", "es");
  sentence->source_text = g_strdup ("When we came home, the door was open.");
  sentence->cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  g_ptr_array_add (
      sentence->cues, make_cue (1000, "When we\ncame home,", "<i>When we\ncame home,</i>"));
  g_ptr_array_add (sentence->cues, make_cue (2100, "the door was open.", NULL));
  dialogue = habla_utterance_new (2, "- ¿Quién?\n- Yo.", "es");
  dialogue->source_text = g_strdup ("- Who?\n- Me.");
  dialogue->cues = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  g_ptr_array_add (dialogue->cues, make_cue (4000, "- Who?\n- Me.", "- Who?\n- <i>Me.</i>"));
  g_assert_true (habla_caption_set_add (fixture.set, "es", sentence, NULL));
  g_assert_true (habla_caption_set_add (fixture.set, "es", dialogue, NULL));
  assert_contents (fixture.spanish,
      "1\n00:00:01,000 --> 00:00:02,000\n<i>Cuando llegamos a casa,</i>\n\n"
      "2\n00:00:02,100 --> 00:00:03,100\nla puerta estaba abierta.\n\n"
      "3\n00:00:04,000 --> 00:00:05,000\n- ¿Quién?\n- <i>Yo.</i>\n\n");
  fixture_clear (&fixture);
}

/* Subtitles without cues, from elements of other projects, keep their times. */
static void
test_foreign (void)
{
  const HablaCaptionLayout layout = HABLA_CAPTION_LAYOUT;
  HablaCaptionSet *set = habla_caption_set_new (&layout, 60000, FALSE);
  HablaCaptionFile *file = add_file (set, "foreign.srt", "es");
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, "La casa, & el perro.", "es");

  utterance->source_text = g_strdup ("The house");
  utterance->begin = 1000 * MSEC;
  utterance->end = 1100 * MSEC;
  g_assert_true (habla_caption_set_add (set, "es", utterance, NULL));
  utterance->begin = utterance->end = HABLA_TIME_NONE;
  g_assert_true (habla_caption_set_add (set, "es", utterance, NULL));
  assert_contents (file, "1\n00:00:01,000 --> 00:00:01,100\nLa casa, & el perro.\n\n"
                         "2\n00:00:01,100 --> 00:00:01,101\nLa casa, & el perro.\n\n");
  habla_caption_set_free (set);
  habla_caption_file_free (file);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/caption-set/together", test_together);
  g_test_add_func ("/caption-set/missing", test_missing);
  g_test_add_func ("/caption-set/cues", test_cues);
  g_test_add_func ("/caption-set/foreign", test_foreign);
  return habla_test_run ();
}
