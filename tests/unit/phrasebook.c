/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Idioms, false friends and errors, in real sentences and with hostile patterns. */
#include "habla-test.h"

#include <phrases/phrase-pattern.h>
#include <phrases/phrase-text.h>
#include <phrases/phrasebook.h>
#include <string.h>

static HablaPhrasebook *built_in;

static HablaAnnotations *
annotate (HablaPhrasebook *book, const char *language, const char *text, gboolean is_classroom)
{
  return habla_phrasebook_annotate (
      book, text, &(HablaPhraseContext){ .language = language, .is_classroom = is_classroom });
}

/* Finds each idiom in a sentence of real use, as it is spelled there. */
static void
test_idioms (void)
{
  static const struct {
    const char *language;
    const char *text;
    const char *phrase;
    const char *found;
  } cases[] = {
    { "es", "Creo que me está tomando el pelo.", "tomar el pelo", "tomando el pelo" },
    { "es-MX", "Ayer metí la pata otra vez.", "meter la pata", "metí la pata" },
    { "es", "El coche me costó un ojo de la cara.", "costar un ojo de la cara",
        "costó un ojo de la cara" },
    { "es", "Eso cuesta un ojo de la cara", "costar un ojo de la cara",
        "cuesta un ojo de la cara" },
    { "es", "ÉL DIO EN EL CLAVO", "dar en el clavo", "DIO EN EL CLAVO" },
    { "es", "Está lloviendo a cántaros", "llover a cántaros", "lloviendo a cántaros" },
    { "es", "Llueve a cantaros", "llover a cántaros", "Llueve a cantaros" },
    { "es", "¿Puedes echarme una mano?", "echar una mano", "echarme una mano" },
    { "es", "El examen fue pan comido", "ser pan comido", "pan comido" },
    { "es", "El profesor hizo la vista gorda", "hacer la vista gorda", "hizo la vista gorda" },
    { "en", "He kicked the bucket last year.", "to kick the bucket", "kicked the bucket" },
    { "en", "Don't spill the beans!", "to spill the beans", "spill the beans" },
    { "en", "She was biting the bullet.", "to bite the bullet", "biting the bullet" },
    { "en", "you hit the nail on the head", "to hit the nail on the head",
        "hit the nail on the head" },
    { "en", "We went the extra mile.", "to go the extra mile", "went the extra mile" },
    { "en", "This is a piece of cake.", "piece of cake", "piece of cake" },
    { "en", "They're pulling your leg", "to pull somebody's leg", "pulling your leg" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HablaAnnotations) found =
        annotate (built_in, cases[i].language, cases[i].text, FALSE);
    g_autofree char *span = NULL;
    const HablaNote *note;

    g_test_message ("%s", cases[i].text);
    g_assert_nonnull (found);
    g_assert_cmpuint (found->notes->len, ==, 1);
    note = found->notes->pdata[0];
    g_assert_cmpstr (note->phrase, ==, cases[i].phrase);
    g_assert_cmpstr (note->type, ==, "idiom");
    g_assert_cmpstr (note->source, ==, "pattern_db");
    span = g_utf8_substring (cases[i].text, note->begin, note->end);
    g_assert_cmpstr (span, ==, cases[i].found);
  }
}

static void
test_other_language (void)
{
  g_assert_null (annotate (built_in, "en", "me está tomando el pelo", FALSE));
  g_assert_null (annotate (built_in, "es", "He kicked the bucket", FALSE));
  g_assert_null (annotate (built_in, "es", "La casa es grande.", TRUE));
  g_assert_null (annotate (built_in, "en", "The house is big.", TRUE));
}

static void
test_corrections (void)
{
  static const struct {
    const char *language;
    const char *text;
    const char *corrected;
    const char *wrong;
    const char *right;
  } cases[] = {
    { "es", "Hola, soy veinte años viejo.", "Hola, tengo veinte años.", "soy veinte años viejo",
        "tengo veinte años" },
    { "es", "Estoy hambre", "Tengo hambre", "Estoy hambre", "Tengo hambre" },
    { "es", "Me gusta los perros y la problema", "Me gustan los perros y el problema",
        "la problema", "el problema" },
    { "es", "la gente son amables", "la gente es amables", "la gente son", "la gente es" },
    { "es", "Nos vemos en lunes", "Nos vemos el lunes", "en lunes", "el lunes" },
    { "es", "Estoy de España", "Soy de España", "Estoy de España", "Soy de España" },
    { "en", "I have twenty years.", "I am twenty years old.", "I have twenty years",
        "I am twenty years old" },
    { "en", "Yes, I am agree with you", "Yes, I agree with you", "I am agree", "I agree" },
    { "en", "He don't like it", "He doesn't like it", "He don't", "He doesn't" },
    { "en", "We can to go", "We can go", "can to go", "can go" },
    { "en", "This is more cheap", "This is cheaper", "more cheap", "cheaper" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HablaAnnotations) found =
        annotate (built_in, cases[i].language, cases[i].text, TRUE);
    const HablaCorrection *correction;

    g_test_message ("%s", cases[i].text);
    g_assert_null (annotate (built_in, cases[i].language, cases[i].text, FALSE));
    g_assert_nonnull (found);
    g_assert_cmpstr (found->corrected, ==, cases[i].corrected);
    correction = found->corrections->pdata[0];
    g_assert_cmpstr (correction->wrong, ==, cases[i].wrong);
    g_assert_cmpstr (correction->right, ==, cases[i].right);
    g_assert_cmpstr (correction->explanation, !=, "");
  }
}

/* Correct sentences that resemble errors. */
static void
test_no_corrections (void)
{
  static const char *const cases[][2] = {
    { "es", "Soy de Madrid y tengo veinte años." },
    { "es", "Estoy de acuerdo con la gente." },
    { "es", "Me gustan los perros, el agua y mucha gente." },
    { "es", "El lunes estoy en casa." },
    { "en", "I have two years of experience." },
    { "en", "I agree, people are right." },
    { "en", "He doesn't have any advice." },
    { "en", "We can go to the station." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HablaAnnotations) found = annotate (built_in, cases[i][0], cases[i][1], TRUE);

    g_test_message ("%s", cases[i][1]);
    g_assert_true (found == NULL || found->corrections->len == 0);
  }
}

static void
test_false_friends (void)
{
  static const char *const speakers_of_french[] = { "fr", NULL };
  const char *text = "Estoy embarazada, dijo ella.";
  g_autoptr (HablaAnnotations) found = annotate (built_in, "es", text, TRUE);
  const HablaNote *note;

  g_assert_nonnull (found);
  note = found->notes->pdata[0];
  g_assert_cmpstr (note->phrase, ==, "embarazada");
  g_assert_cmpstr (note->type, ==, "false_friend");
  g_assert_cmpint (note->begin, ==, 6);
  g_assert_cmpint (note->end, ==, 16);
  g_assert_null (annotate (built_in, "es", text, FALSE));
  g_assert_null (habla_phrasebook_annotate (
      built_in, text, &(HablaPhraseContext){ "es", TRUE, speakers_of_french }));
}

/* Each entry of the files is used, and enough of them come with the program. */
static void
test_built_in (void)
{
  g_autoptr (GPtrArray) all = habla_phrasebook_list (built_in);
  guint n_spanish = 0, n_english = 0;

  for (guint i = 0; i < all->len; i++) {
    const HablaPhrase *phrase = all->pdata[i];

    g_assert_cmpstr (phrase->meaning, !=, "");
    n_spanish += g_str_equal (phrase->language, "es");
    n_english += g_str_equal (phrase->language, "en");
  }
  g_assert_cmpuint (n_spanish, >=, 24);
  g_assert_cmpuint (n_english, >=, 24);
  g_assert_cmpuint (habla_phrasebook_count (built_in), ==, all->len);
}

static void
test_make_pattern (void)
{
  static const struct {
    const char *phrase;
    const char *text;
    gboolean matches;
  } cases[] = {
    { "buscar las cosquillas", "le busqué las cosquillas", TRUE },
    { "buscar las cosquillas", "le busqué cosquillas", TRUE },
    { "perder la cabeza", "pierde la cabeza", TRUE },
    { "pedir la luna", "me pidió la luna", TRUE },
    { "tener mucha cara", "tiene mucha cara", TRUE },
    { "irse de la lengua", "se fue de la lengua", TRUE },
    { "tomar el pelo", "el pelo", FALSE },
    { "to take the cake", "that took the cake", TRUE },
    { "to take the cake", "the cake", FALSE },
    { "C++ (no)", "c++ no", FALSE },
    { "ojo", "ojos", FALSE },
    { "el de la", "el de la", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *pattern = habla_phrase_pattern_make (cases[i].phrase, NULL);
    g_autoptr (GRegex) regex = habla_phrase_pattern_compile (pattern, NULL);
    g_autoptr (GMatchInfo) match = NULL;

    g_test_message ("%s: %s", cases[i].phrase, pattern);
    g_assert_nonnull (regex);
    match = habla_phrase_pattern_find (regex, cases[i].text, 0);
    g_assert_cmpint (match != NULL, ==, cases[i].matches);
  }
  g_assert_null (habla_phrase_pattern_make ("", NULL));
  g_assert_null (habla_phrase_pattern_make (" ¡! ", NULL));
}

static void
test_bad_patterns (void)
{
  g_autofree char *long_pattern = g_strnfill (HABLA_MAX_PATTERN + 1, 'a');
  const char *const cases[] = { "(", "a*", "", "[", "\\C\\C", "(?<!a*)b", "\xff", long_pattern,
    /* These match, but never a letter. */
    "(?=a)", "\\b", "(?:a|)", "(?<=a)$", "a{0,3}", "(*ACCEPT)a", "a\\K", "(?=a\\K)b",
    /* These call a part of themselves. */
    "(?R)", "a(?R)?b", "(a(?1)?b)", "(a)(?-1)", "(?<n>a)(?&n)", "(?P<n>a)(?P>n)", "(a)\\g<1>",
    "(a)\\g'1'", "(?R)?a+y" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_phrase_pattern_compile (cases[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_null (strstr (error->message, "LIMIT"));
  }
}

/* These resemble bad ones. */
static void
test_good_patterns (void)
{
  static const char *const cases[] = { "a(?=b)", "(?<=b)a", "(a)\\1", "(a)\\g{1}", "(?-i)a",
    "(?P<n>a)(?P=n)", "\\\\C", "a?b", "(?:a|b)", "(?#R)a", "\\p{L}", "\\." };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GRegex) regex = habla_phrase_pattern_compile (cases[i], &error);

    g_assert_no_error (error);
    g_assert_nonnull (regex);
  }
}

static void
add (HablaPhrasebook *book, gint64 id, const char *canonical, const char *pattern)
{
  HablaPhrase phrase = { .id = id,
    .canonical = (char *) canonical,
    .pattern = (char *) pattern,
    .literal = (char *) "",
    .meaning = (char *) "",
    .region = (char *) "",
    .frequency = (char *) "",
    .type = (char *) HABLA_PHRASE_IDIOM };
  g_autoptr (GError) error = NULL;

  habla_phrasebook_add (book, &phrase, &error);
  g_assert_no_error (error);
}

/* Texts and patterns whose letters with accents and blanks are spelled in different ways. */
static void
test_normal_forms (void)
{
  static const struct {
    const char *canonical;
    const char *pattern;
    const char *text;
    const char *found;
  } cases[] = {
    { "ábaco", "ábaco", "Un a\u0301baco rojo", "a\u0301baco" },
    { "ñu", "n\u0303u[n\u0303]", "e\u0301l: ñuÑ.", "ñuÑ" },
    { "a b", "a b", "e\u0301 a\u00a0b", "a\u00a0b" },
    { "a b", "a\u00a0b", "x a \u2009\n b y", "a \u2009\n b" },
    { "ế", "ế", "\u00e9 e\u0301\u0302 e\u0302\u0301", "e\u0302\u0301" },
    { "각", "각", "\u1100\u1161 \u1100\u1161\u11a8", "\u1100\u1161\u11a8" },
    { "c", "c", "a\u0300b c", "c" },
    { "a..c", "a..c", "aé\u0323c", "aé\u0323c" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (HablaPhrasebook) book = habla_phrasebook_new ();
    g_autoptr (HablaAnnotations) found = NULL;
    g_autofree char *span = NULL;
    const HablaNote *note;

    add (book, 1, cases[i].canonical, cases[i].pattern);
    found = annotate (book, "xx", cases[i].text, FALSE);
    g_test_message ("%s in %s", cases[i].pattern, cases[i].text);
    g_assert_nonnull (found);
    note = found->notes->pdata[0];
    span = g_utf8_substring (cases[i].text, note->begin, note->end);
    g_assert_cmpstr (span, ==, cases[i].found);
  }
}

/* A correction changes what is wrong, and leaves the other words as they are spelled. */
static void
test_normal_corrections (void)
{
  const char *text =
      "Esta\u0301 aqui\u0301.  Estoy\u00a0hambre, mama\u0301: estoy  hambre\u00a0ya.";
  g_autoptr (HablaAnnotations) found = annotate (built_in, "es", text, TRUE);
  const HablaCorrection *correction;

  g_assert_nonnull (found);
  g_assert_cmpstr (found->corrected, ==,
      "Esta\u0301 aqui\u0301.  Tengo hambre, mama\u0301: tengo hambre\u00a0ya.");
  g_assert_cmpuint (found->corrections->len, ==, 2);
  correction = found->corrections->pdata[0];
  g_assert_cmpstr (correction->wrong, ==, "Estoy\u00a0hambre");
  g_assert_cmpstr (correction->right, ==, "Tengo hambre");
}

/* A letter with a thousand accents takes little time. */
static void
test_many_marks (void)
{
  g_autoptr (GString) text = g_string_new ("a");
  g_autoptr (HablaPhraseText) normal = NULL;
  gint64 began = g_get_monotonic_time ();
  int n_marks = 10000 * habla_test_repeat (10);
  int first, last;

  for (int i = 0; i < n_marks; i++)
    g_string_append (text, i % 2 == 0 ? "\u0323" : "\u0301");
  g_string_append (text, "b");
  normal = habla_phrase_text_new (text->str);
  habla_phrase_text_get_span (
      normal, strlen (normal->normal) - 1, strlen (normal->normal), &first, &last);
  g_assert_cmpint (first, ==, n_marks + 1);
  g_assert_cmpint (last, ==, n_marks + 2);
  g_assert_cmpint (g_get_monotonic_time () - began, <, habla_test_scale (2) * G_TIME_SPAN_SECOND);
}

static void
test_users (void)
{
  g_autoptr (HablaPhrasebook) book = habla_phrasebook_new ();
  HablaPhrase again = { .id = 2,
    .canonical = (char *) "ESTAR\u00a0Piripi\u0301",
    .pattern = (char *) "x",
    .type = (char *) HABLA_PHRASE_IDIOM };
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaAnnotations) found = NULL;

  add (book, 1, "estar piripí", "piripi");
  g_assert_false (habla_phrasebook_check (book, &again, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  found = annotate (book, "xx", "un poco Piripi", FALSE);
  g_assert_nonnull (found);
  g_assert_true (habla_phrasebook_remove (book, 1));
  g_assert_false (habla_phrasebook_remove (book, 1));
  g_assert_null (annotate (book, "xx", "un poco piripi", FALSE));
}

/* A thousand patterns that backtrack exponentially, and a long text for them. */
static void
test_hostile (void)
{
  static const char *const patterns[] = { "(a+)+$", "(a|a)*b", "(?:a*)*c", "(a?){40}a{40}x",
    "((a{1,9}){1,9}){1,9}z", "(?=(a+)+b)a", "(\\w+\\s?)+!$", "(.*)*(.*)*q" };
  g_autoptr (HablaPhrasebook) book = habla_phrasebook_new ();
  g_autofree char *letters = g_strnfill (5000, 'a');
  g_autofree char *text = g_strconcat (letters, "!zxbcqy", NULL);
  g_autoptr (GTimer) timer = g_timer_new ();
  g_autoptr (HablaAnnotations) found = NULL;
  /* Enough to exceed the limit of the CPU time in each lane. */
  const guint n = habla_test_scale (1) > 1 ? HABLA_MAX_USER_PHRASES / 2 : HABLA_MAX_USER_PHRASES;

  for (guint i = 0; i < n; i++) {
    g_autofree char *canonical = g_strdup_printf ("phrase %u", i);

    add (book, i + 1, canonical, patterns[i % G_N_ELEMENTS (patterns)]);
  }
  g_test_message ("compiled in %.0f ms", 1e3 * g_timer_elapsed (timer, NULL));
  g_test_expect_message ("Habla-Phrases", G_LOG_LEVEL_WARNING, "*took too long*");
  g_timer_start (timer);
  found = annotate (book, "es", text, FALSE);
  g_test_message ("annotated in %.1f ms", 1e3 * g_timer_elapsed (timer, NULL));
  g_test_assert_expected_messages ();
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, habla_test_scale (10));
}

/* A thousand patterns of users as they should be. */
static void
test_many (void)
{
  g_autoptr (HablaPhrasebook) book = habla_phrasebook_new ();
  g_autoptr (GTimer) timer = g_timer_new ();
  g_autoptr (HablaAnnotations) found = NULL;
  /* The limit of the CPU time is the same in lanes that take longer. */
  const guint n = HABLA_MAX_USER_PHRASES / habla_test_scale (1);
  g_autofree char *text = g_strdup_printf (
      "Anoche buscamos palabra%u de otra manera, y nadie sabía nada del asunto hasta hoy.", n - 1);

  for (guint i = 0; i < n; i++) {
    g_autofree char *canonical = g_strdup_printf ("buscar palabra%u de otra", i);
    g_autofree char *pattern = habla_phrase_pattern_make (canonical, NULL);

    add (book, i + 1, canonical, pattern);
  }
  g_timer_start (timer);
  found = annotate (book, "es", text, FALSE);
  g_test_message ("annotated in %.1f ms", 1e3 * g_timer_elapsed (timer, NULL));
  g_assert_nonnull (found);
  g_assert_cmpuint (found->notes->len, ==, 1);
}

static void
test_files (void)
{
  static const char *const bad[] = { "", "[]", "{}", "{\"language\":\"\"}",
    "{\"language\":\"es\",\"idioms\":{}}", "{\"language\":\"es\",\"idioms\":[1]}",
    "{\"language\":\"es\",\"idioms\":[{\"phrase\":\"a\"}]}",
    "{\"language\":\"es\",\"idioms\":[{\"phrase\":\"!\",\"meaning\":\"b\"}]}",
    "{\"language\":\"es\",\"corrections\":[{\"pattern\":\"a\"}]}",
    "{\"language\":\"es\",\"corrections\":[{\"pattern\":\"a\",\"right\":\"\\\\\"}]}" };
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (folder, "fr.json", NULL);
  g_autofree char *broken = g_build_filename (folder, "de.json", NULL);
  g_autofree char *foreign = g_build_filename (folder, "xx.json", NULL);
  const char *good = "{\"language\":\"fr\",\"idioms\":[{\"phrase\":\"poser un lapin\",\"meaning\":"
                     "\"to stand somebody up\"}]}";
  g_autoptr (HablaPhrasebook) book = habla_phrasebook_new ();
  g_autoptr (HablaAnnotations) found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (habla_phrase_file_parse (bad[i], strlen (bad[i]), &error));
    g_assert_nonnull (error);
  }
  g_assert_true (g_file_set_contents (path, good, -1, NULL));
  g_assert_true (g_file_set_contents (broken, bad[5], -1, NULL));
  g_assert_true (g_file_set_contents (foreign, "{\"language\":\"no language\"}", -1, NULL));
  g_test_expect_message ("Habla-Phrases", G_LOG_LEVEL_WARNING, "*de.json*must be an object*");
  g_test_expect_message ("Habla-Phrases", G_LOG_LEVEL_WARNING, "*xx.json*no language*");
  habla_phrasebook_load_folder (book, folder);
  habla_phrasebook_load_folder (book, "/nonexistent");
  g_test_assert_expected_messages ();
  g_assert_null (annotate (book, "fr", "Un lapin est venu.", FALSE));
  found = annotate (book, "fr", "Ne me fais pas poser un lapin.", FALSE);
  g_assert_nonnull (found);
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  built_in = habla_phrasebook_new ();
  habla_phrasebook_load_built_in (built_in);
  g_test_add_func ("/phrasebook/idioms", test_idioms);
  g_test_add_func ("/phrasebook/other-language", test_other_language);
  g_test_add_func ("/phrasebook/corrections", test_corrections);
  g_test_add_func ("/phrasebook/no-corrections", test_no_corrections);
  g_test_add_func ("/phrasebook/false-friends", test_false_friends);
  g_test_add_func ("/phrasebook/built-in", test_built_in);
  g_test_add_func ("/phrasebook/make-pattern", test_make_pattern);
  g_test_add_func ("/phrasebook/bad-patterns", test_bad_patterns);
  g_test_add_func ("/phrasebook/good-patterns", test_good_patterns);
  g_test_add_func ("/phrasebook/normal-forms", test_normal_forms);
  g_test_add_func ("/phrasebook/normal-corrections", test_normal_corrections);
  g_test_add_func ("/phrasebook/many-marks", test_many_marks);
  g_test_add_func ("/phrasebook/users", test_users);
  g_test_add_func ("/phrasebook/hostile", test_hostile);
  g_test_add_func ("/phrasebook/many", test_many);
  g_test_add_func ("/phrasebook/files", test_files);
  status = habla_test_run ();
  habla_phrasebook_unref (built_in);
  return status;
}
