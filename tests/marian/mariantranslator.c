/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marian-test.h"

#include <fcntl.h>

#include <habla/habla.h>
#include <glib/gstdio.h>
#include <habla/model.h>
#include <string.h>

#include "tiny-model.h"

static GstHarness *
create (const char *properties)
{
  g_autofree char *line = g_strconcat ("mariantranslator ", properties, NULL);
  GstHarness *h = gst_harness_new_parse (line);

  gst_harness_set_src_caps_str (h, HABLA_TEXT_CAPS);
  return h;
}

static char *
pull_text (GstHarness *h)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
  GstMapInfo map;
  char *text;

  g_assert_nonnull (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  text = g_strndup ((char *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return text;
}

static char *
translate (GstHarness *h, const char *text)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  g_assert_cmpint (gst_harness_push (h, buffer), ==, GST_FLOW_OK);
  return pull_text (h);
}

/* Installs the tiny model for a pair in the folder that the test's HABLA_MODELS_PATH names. */
static void
install_tiny (const char *id, const char *pair)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "models", id, NULL);
  g_autofree char *path = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *description = g_strdup_printf (
      "[Model]\nId=%s\nEngine=marian\nJob=translator\nArchitecture=marian\nLanguages=%s\n"
      "[Files]\nModel=model.bin\nVocabulary=vocab.spm\nShortlist=lex.bin\n",
      id, pair);
  TinyModel tiny;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  tiny_model_write (folder, FALSE, &tiny);
  tiny_model_clear (&tiny);
  g_assert_true (g_file_set_contents (path, description, -1, NULL));
}

static void
install_all (void)
{
  install_tiny ("tiny-de-en", "de>en");
  install_tiny ("tiny-en-fr", "en>fr");
}

static gboolean
has_pair (GstElement *element, const char *pair)
{
  g_auto (GStrv) pairs = NULL;

  g_object_get (element, "available-pairs", &pairs, NULL);
  return g_strv_contains ((const char *const *) pairs, pair);
}

static void
test_pairs (void)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("mariantranslator", NULL);

  gst_object_ref_sink (element);
  g_assert_false (has_pair (element, "de>en"));
  install_all ();
  g_assert_true (has_pair (element, "de>en"));
  g_assert_true (has_pair (element, "en>fr"));
  g_assert_true (has_pair (element, "de>en>fr"));
  g_assert_false (has_pair (element, "fr>en>de"));
}

/* The result is that of the two models, one after the other. */
static void
test_pivot (void)
{
  GstHarness *first, *second, *both;
  g_autofree char *english = NULL, *french = NULL, *direct = NULL;

  install_all ();
  first = create ("input-language-code=de output-language-code=en");
  second = create ("input-language-code=en output-language-code=fr");
  both = create ("input-language-code=de output-language-code=fr");
  english = translate (first, "hallo welt");
  french = translate (second, english);
  direct = translate (both, "hallo welt");
  g_assert_cmpstr (direct, ==, french);
  g_assert_cmpstr (direct, !=, "hallo welt");
  gst_harness_teardown (first);
  gst_harness_teardown (second);
  gst_harness_teardown (both);
}

static void
assert_start_fails (const char *properties, const char *reason)
{
  g_autofree char *line = g_strconcat ("mariantranslator ", properties, NULL);
  g_autoptr (GstElement) element = gst_parse_launch (line, NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_nonnull (strstr (error->message, reason));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
}

static void
test_errors (void)
{
  g_autofree char *damaged =
      g_build_filename (habla_test_get_dir (), "models", "tiny-en-fr", "model.bin", NULL);

  install_all ();
  assert_start_fails ("input-language-code=en output-language-code=ja", "habla models install");
  assert_start_fails (
      "model=tiny-en-fr input-language-code=de output-language-code=en", "does not translate");
  assert_start_fails ("model=missing input-language-code=de output-language-code=en", "missing");
  g_assert_true (g_file_set_contents (damaged, "damaged", -1, NULL));
  assert_start_fails ("input-language-code=en output-language-code=fr", "model.bin");
}

/* Elements share a model: its file is mapped once. */
static guint
count_mappings (const char *name)
{
  g_autofree char *maps = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  for (const char *found = strstr (maps, name); found != NULL; found = strstr (found + 1, name))
    n++;
  return n;
}

static void
test_shared (void)
{
  GstHarness *first, *second;

  install_all ();
  first = create ("input-language-code=en output-language-code=fr");
  second = create ("input-language-code=en output-language-code=fr");
  g_assert_cmpuint (count_mappings ("tiny-en-fr/model.bin"), ==, 1);
  gst_harness_teardown (first);
  g_assert_cmpuint (count_mappings ("tiny-en-fr/model.bin"), ==, 1);
  gst_harness_teardown (second);
  g_assert_cmpuint (count_mappings ("tiny-en-fr/model.bin"), ==, 0);
}

/* A damaged model of the best quality does not disable its languages. */
static void
test_fallback (void)
{
  g_autofree char *folder = g_build_filename (habla_test_get_dir (), "models", "bad-en-fr", NULL);
  g_autofree char *path = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autofree char *weights = g_build_filename (folder, "model.bin", NULL);
  g_autoptr (GstElement) element = gst_element_factory_make ("mariantranslator", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) warning = NULL;

  gst_object_ref_sink (element);
  install_all ();
  install_tiny ("bad-en-fr", "en>fr;\nQuality=100");
  g_assert_true (g_file_set_contents (weights, "", 0, NULL));
  gst_util_set_object_arg (G_OBJECT (element), "input-language-code", "en");
  gst_util_set_object_arg (G_OBJECT (element), "output-language-code", "fr");
  gst_element_set_bus (element, bus);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (message);
  gst_message_parse_warning (message, &warning, NULL);
  g_assert_nonnull (strstr (warning->message, "habla models verify bad-en-fr"));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  g_remove (path);
}

/* A model that is updated in its folder is loaded again, also while the earlier one is used. */
static void
test_update (void)
{
  g_autofree char *path = g_build_filename (
      habla_test_get_dir (), "models", "tiny-en-fr", HABLA_MODEL_DESCRIPTION, NULL);
  const char *const properties = "input-language-code=en output-language-code=fr";
  GStatBuf status;
  struct timespec times[2];
  GstHarness *first, *second;

  install_all ();
  first = create (properties);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  times[0] = times[1] = (struct timespec){ status.st_mtim.tv_sec + 1, 0 };
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  second = create (properties);
  g_assert_cmpuint (count_mappings ("tiny-en-fr/model.bin"), ==, 2);
  gst_harness_teardown (first);
  gst_harness_teardown (second);
  g_assert_cmpuint (count_mappings ("tiny-en-fr/model.bin"), ==, 0);
}

static void
cycle (gpointer data)
{
  GstHarness *h = create ("input-language-code=en output-language-code=fr");
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, "hello", "en");
  g_autofree char *translation = NULL;

  utterance->is_final = FALSE;
  g_assert_true (gst_harness_push_event (h, habla_utterance_to_event (utterance)));
  translation = translate (h, "hello world");
  gst_harness_teardown (h);
}

static void
test_leaks (void)
{
  install_all ();
  habla_test_leak_gate (cycle, NULL, 100);
}

static char *
write_glossary (const char *name, const char *text)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static GstMessage *
pop_warning (GstHarness *h)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (h->element);

  return bus != NULL ? gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) : NULL;
}

/* While the element plays, another file takes effect for the next text; a damaged one does not, and
 * is reported once. */
static void
test_glossary (void)
{
  g_autofree char *first = write_glossary ("first.txt", "hello = EINS\n");
  g_autofree char *second = write_glossary ("second.txt", "hello = ZWEI\n");
  g_autofree char *damaged = write_glossary ("damaged.txt", "hello\n");
  g_autofree char *properties =
      g_strdup_printf ("input-language-code=en output-language-code=fr glossary=%s", first);
  g_autofree char *wrong =
      g_strdup_printf ("input-language-code=en output-language-code=fr glossary=%s", damaged);
  static const char *const expected[] = { "EINS", "ZWEI", "ZWEI", "ZWEI", NULL };
  const char *paths[] = { first, second, damaged, damaged, NULL };
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstBus) bus = gst_bus_new ();
  GstHarness *h;

  install_all ();
  assert_start_fails (wrong, "Line 1 of the glossary");
  h = create (properties);
  gst_element_set_bus (h->element, bus);
  element = gst_harness_find_element (h, "mariantranslator");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *translation = NULL;
    g_autoptr (GstMessage) warning = NULL;

    if (i == 0 || paths[i] != paths[i - 1])
      g_object_set (element, "glossary", paths[i], NULL);
    translation = translate (h, "hello world");
    if (expected[i] != NULL)
      g_assert_nonnull (strstr (translation, expected[i]));
    else
      g_assert_null (strstr (translation, "ZWEI"));
    warning = pop_warning (h);
    g_assert_cmpint (warning != NULL, ==, i == 2);
  }
  gst_element_set_bus (h->element, NULL);
  gst_harness_teardown (h);
}

/* A term passes two models. */
static void
test_glossary_pivot (void)
{
  g_autofree char *path = write_glossary ("pivot.txt", "hallo = EINS\nGStreamer =\n");
  g_autofree char *properties =
      g_strdup_printf ("input-language-code=de output-language-code=fr glossary=%s", path);
  g_autofree char *translation = NULL;
  GstHarness *h;

  install_all ();
  h = create (properties);
  translation = translate (h, "hallo welt GStreamer gstreamer Gstreamer Hallo");
  g_assert_nonnull (strstr (translation, "EINS"));
  g_assert_nonnull (strstr (translation, "GStreamer"));
  gst_harness_teardown (h);
}

/* So does one in a sentence that no model translates; several sentences are translated at once. */
static void
test_glossary_untranslated (void)
{
  g_autofree char *path = write_glossary ("untranslated.txt", "мир = EINS\n");
  g_autofree char *properties = g_strdup_printf (
      "input-language-code=de output-language-code=fr num-threads=3 glossary=%s", path);
  g_autofree char *translation = NULL;
  GstHarness *h;

  install_all ();
  h = create (properties);
  translation = translate (h, "Доброе утро, мир. Вот мир. Мир! мир");
  g_assert_cmpstr (translation, ==, "Доброе утро, EINS. Вот EINS. EINS! EINS");
  gst_harness_teardown (h);
}

/* What is shown of a sentence that is still spoken has the terms, too. */
static void
test_glossary_partial (void)
{
  g_autofree char *path = write_glossary ("partial.txt", "hello = EINS\n");
  g_autofree char *properties =
      g_strdup_printf ("input-language-code=en output-language-code=fr glossary=%s", path);
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (1, "hello world", "en");
  g_autoptr (HablaUtterance) shown = NULL;
  GstHarness *h;

  install_all ();
  h = create (properties);
  utterance->is_final = FALSE;
  g_assert_true (gst_harness_push_event (h, habla_utterance_to_event (utterance)));
  while (shown == NULL) {
    g_autoptr (GstEvent) event = gst_harness_pull_event (h);

    g_assert_nonnull (event);
    if (habla_utterance_is_event (event))
      shown = habla_utterance_from_event (event);
  }
  g_assert_nonnull (strstr (shown->text, "EINS"));
  gst_harness_teardown (h);
}

static void
test_real (void)
{
  GstHarness *h;
  g_autofree char *translation = NULL;

  if (!marian_test_has_models ())
    return;
  g_setenv ("HABLA_MODELS_PATH", g_getenv ("HABLA_TEST_MODELS"), TRUE);
  h = create ("input-language-code=en-US output-language-code=pt");
  translation = translate (h, "Did you do the homework?");
  g_assert_cmpstr (translation, ==, "Você fez a lição de casa?");
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/mariantranslator/pairs", test_pairs);
  g_test_add_func ("/mariantranslator/pivot", test_pivot);
  g_test_add_func ("/mariantranslator/errors", test_errors);
  g_test_add_func ("/mariantranslator/shared", test_shared);
  g_test_add_func ("/mariantranslator/fallback", test_fallback);
  g_test_add_func ("/mariantranslator/update", test_update);
  g_test_add_func ("/mariantranslator/leaks", test_leaks);
  g_test_add_func ("/mariantranslator/glossary", test_glossary);
  g_test_add_func ("/mariantranslator/glossary-pivot", test_glossary_pivot);
  g_test_add_func ("/mariantranslator/glossary-untranslated", test_glossary_untranslated);
  g_test_add_func ("/mariantranslator/glossary-partial", test_glossary_partial);
  g_test_add_func ("/mariantranslator/real", test_real);

  return habla_test_run ();
}
