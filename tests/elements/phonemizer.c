/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests the phonemizer of eSpeak NG: sentences, marks, numbers, and its use beside speech. */
#include "speech-harness.h"

static HablaPhonemizer *
find (void)
{
  g_autoptr (GError) error = NULL;
  HablaPhonemizer *phonemizer = habla_phonemizer_find (&error);

  g_assert_no_error (error);
  return phonemizer;
}

/* Returns: (transfer full): all sentences of @text, joined by "|" */
static char *
phonemize (HablaPhonemizer *phonemizer, const char *voice, const char *text)
{
  g_autoptr (GString) all = g_string_new (NULL);

  while (*text != '\0') {
    g_autoptr (GError) error = NULL;
    const char *before = text;
    g_auto (GStrv) sentences = habla_phonemizer_phonemize (phonemizer, voice, &text, &error);

    g_assert_no_error (error);
    g_assert_true (text > before);
    g_assert_cmpint (g_utf8_strlen (before, text - before), <=, 200);
    for (guint i = 0; sentences[i] != NULL; i++)
      g_string_append_printf (all, "%s%s", all->len > 0 ? "|" : "", sentences[i]);
  }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
test_marks (void)
{
  static const struct {
    const char *voice;
    const char *text;
    const char *expected;
  } cases[] = {
    { "en-us", "Hello, world. Yes!", "həlˈoʊ, wˈɜːld.|jˈɛs!" },
    { "en-us", "Yes", "jˈɛs." },
    /* Not "one", whose stress depends on the version of the library. */
    { "en-us", "No: three; two?! “Yes.” (no)", "nˈoʊ: θɹˈiː; tˈuː?|jˈɛs.|nˈoʊ." },
    { "en-us", "Mr. Smith saw St. Mary. No. Yes.", "mˈɪstɚ smˈɪθ sˈɔː sənt mˈɛɹi.|nˈoʊ.|jˈɛs." },
    { "en-us", "Yes — no… yes", "jˈɛs, nˈoʊ, jˈɛs." },
    { "en-us", "7 apples cost $2", "sˈɛvən ˈæpəlz kˈɔst dˈɑːlɚ tˈuː." },
    { "es", "¿Qué tal? ¡Bien!", "kˈe tˈal?|bjˈen!" },
    { "es", "La Sra. García: 3.", "la seɲˈoɾa ɡaɾθˈia: tɾˈes." },
    /* Decomposed. */
    { "fr", "M. Dupont", "ˈɛm dypˈɔ\xcc\x83." },
    { "hi", "नमस्ते। नमस्ते", "nəmˈʌsteː.|nəmˈʌsteː." },
    { "en-us", "…", "" },
    { "en-us", "()  \t\n\x01", "" },
    { "en-us", "", "" },
  };
  g_autoptr (HablaPhonemizer) phonemizer = find ();
  g_autofree char *foreign = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *found = phonemize (phonemizer, cases[i].voice, cases[i].text);

    g_test_message ("%u: %s", i, found);
    g_assert_cmpstr (found, ==, cases[i].expected);
  }
  /* The library marks words that it reads in another language, such as “(en)”. */
  foreign = phonemize (phonemizer, "ru", "привет habla");
  g_assert_null (strchr (foreign, '('));
  g_assert_true (g_str_has_suffix (foreign, "."));
}

static void
test_voices (void)
{
  g_autoptr (HablaPhonemizer) phonemizer = find ();
  g_autoptr (GError) error = NULL;
  const char *text = "hola";

  g_assert_true (habla_phonemizer_check_voice (phonemizer, "es-419", NULL));
  g_assert_false (habla_phonemizer_check_voice (phonemizer, "nonsense", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_clear_error (&error);
  g_assert_null (habla_phonemizer_phonemize (phonemizer, "nonsense", &text, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_assert_cmpstr (text, ==, "hola");
}

/* Long text is read in parts, completely. */
static void
test_long (void)
{
  g_autoptr (HablaPhonemizer) phonemizer = find ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *found = NULL;
  guint n = 0;

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, i % 7 == 0 ? "Yes. " : i % 1000 > 900 ? "yes" : "yes, ");
  found = phonemize (phonemizer, "en-us", text->str);
  for (const char *p = found; (p = strstr (p, "jˈɛs")) != NULL; p++)
    n++;
  g_assert_cmpuint (n, >, 2600);
}

static gpointer
phonemize_often (gpointer data)
{
  g_autoptr (HablaPhonemizer) phonemizer = find ();
  gboolean spanish = GPOINTER_TO_INT (data);

  for (guint i = 0; i < 200; i++) {
    g_autofree char *found = spanish ? phonemize (phonemizer, "es", "La Sra. García: 3. ¡Bien!")
                                     : phonemize (phonemizer, "en-us", "Hello, world. Yes!");

    g_assert_cmpstr (
        found, ==, spanish ? "la seɲˈoɾa ɡaɾθˈia: tɾˈes.|bjˈen!" : "həlˈoʊ, wˈɜːld.|jˈɛs!");
  }
  return NULL;
}

static guint
speak (void)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("espeaksynthesizer", NULL));
  g_autoptr (SpeechHarness) self = NULL;

  g_object_set (element, "language-code", "fr", "rate", 350, NULL);
  self = speech_harness_new (element, "text/x-raw, format=utf8");
  speech_harness_push (self, "La maison est rouge, et elle est grande.", 0, 1000);
  speech_harness_finish (self);
  return self->n_samples;
}

/* Phonemes and speech of several threads do not disturb each other. */
static void
test_threads (void)
{
  GThread *threads[4];
  guint usual = speak ();

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("phonemize", phonemize_often, GINT_TO_POINTER (i % 2));
  for (guint i = 0; i < 10; i++)
    g_assert_cmpfloat_with_epsilon (speak () / (double) usual, 1.0, 0.06);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/phonemizer/marks", test_marks);
  g_test_add_func ("/phonemizer/voices", test_voices);
  g_test_add_func ("/phonemizer/long", test_long);
  g_test_add_func ("/phonemizer/threads", test_threads);
  return habla_test_run ();
}
