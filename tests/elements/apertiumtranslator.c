/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/habla.h>
#include <signal.h>

static GstHarness *
create (const char *properties)
{
  g_autofree char *line = g_strconcat ("apertiumtranslator ", properties, NULL);
  GstHarness *h = gst_harness_new_parse (line);

  gst_harness_set_src_caps_str (h, HABLA_TEXT_CAPS);
  return h;
}

static void
push (GstHarness *h, const char *text, GstClockTime pts)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  g_assert_cmpint (gst_harness_push (h, buffer), ==, GST_FLOW_OK);
}

static char *
text_of (GstBuffer *buffer)
{
  GstMapInfo map;
  char *text;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  text = g_strndup ((char *) map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return text;
}

static void
assert_pull (GstHarness *h, const char *expected)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
  g_autofree char *text = NULL;

  g_assert_nonnull (buffer);
  text = text_of (buffer);
  g_assert_cmpstr (text, ==, expected);
}

static guint64
get_stat (GstHarness *h, const char *name)
{
  g_autoptr (GstElement) element = gst_harness_find_element (h, "apertiumtranslator");

  return habla_test_get_stat (element, name);
}

/* Returns: the child processes of this process */
static GArray *
list_children (void)
{
  GArray *children = g_array_new (FALSE, FALSE, sizeof (GPid));
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;

  while ((task = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("/proc/self/task", task, "children", NULL);
    g_autofree char *line = NULL;
    g_auto (GStrv) pids = NULL;

    if (!g_file_get_contents (file, &line, NULL, NULL))
      continue;
    pids = g_strsplit (g_strstrip (line), " ", -1);
    for (guint i = 0; pids[i] != NULL; i++) {
      GPid pid = (GPid) g_ascii_strtoll (pids[i], NULL, 10);

      if (pid > 0)
        g_array_append_val (children, pid);
    }
  }
  return children;
}

static guint
count_children (void)
{
  g_autoptr (GArray) children = list_children ();

  return children->len;
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_translates (void)
{
  GstHarness *h = create ("input-language-code=en output-language-code=es");

  push (h, "The house is red.", 3 * GST_SECOND);
  push (h, "[{^$/<>@\\}] zxqvy", 4 * GST_SECOND);
  {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
    g_autoptr (HablaUtterance) utterance = NULL;
    guint64 last_id = 0;
    GstSegment segment;

    gst_segment_init (&segment, GST_FORMAT_TIME);
    utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
    g_assert_cmpstr (utterance->text, ==, "La casa es roja.");
    g_assert_cmpstr (utterance->language, ==, "es");
    g_assert_cmpstr (utterance->source_text, ==, "The house is red.");
    g_assert_cmpstr (utterance->source_language, ==, "en");
    g_assert_cmpuint (utterance->begin, ==, 3 * GST_SECOND);
    g_assert_cmpuint (utterance->end, ==, 4 * GST_SECOND);
  }
  assert_pull (h, "[{^$/<>@\\}] zxqvy");
  g_assert_cmpuint (get_stat (h, "done"), ==, 2);
  gst_harness_teardown (h);
}

static void
test_through_third (void)
{
  GstHarness *h = create ("input-language-code=en-GB output-language-code=fr-CA");

  push (h, "The house is red.", 0);
  assert_pull (h, "La maison est rouge.");
  gst_harness_teardown (h);
}

/* Terms pass the programs, in any order, and through a third language. */
static void
test_glossary (void)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "terms.txt", NULL);
  g_autofree char *spanish = g_strdup_printf ("glossary=%s", path);
  g_autofree char *french =
      g_strdup_printf ("input-language-code=en output-language-code=fr glossary=%s", path);
  GstHarness *h;

  g_assert_true (g_file_set_contents (
      path, "GStreamer =\nhouse = choza\nred wine = caldo tinto\nC++ =\n.NET =\n", -1, NULL));
  h = create (spanish);
  push (h, "The house is red.", 0);
  push (h, "House of GStreamer.", 1);
  push (h, "I like the red wine, C++ and .NET.", 2);
  /* A text that has the letters of the placeholders itself. */
  push (h, "The xqzbbx house", 3);
  push (h, "The houses are red.", 4);
  assert_pull (h, "El choza es rojo.");
  assert_pull (h, "Choza De GStreamer.");
  assert_pull (h, "Me gusta el caldo tinto, C++ y .NET.");
  assert_pull (h, "El xqzbbx choza");
  assert_pull (h, "Las casas son rojas.");
  g_assert_true (g_file_set_contents (path, "house = barraca\n", -1, NULL));
  {
    g_autoptr (GstElement) element = gst_harness_find_element (h, "apertiumtranslator");

    g_object_set (element, "glossary", path, NULL);
  }
  push (h, "The house.", 5);
  assert_pull (h, "El barraca.");
  gst_harness_teardown (h);
  h = create (french);
  push (h, "The house.", 0);
  assert_pull (h, "Le barraca.");
  gst_harness_teardown (h);
}

static void
test_available_pairs (void)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("apertiumtranslator", NULL);
  g_auto (GStrv) pairs = NULL;

  gst_object_ref_sink (element);
  g_object_get (element, "available-pairs", &pairs, NULL);
  g_assert_true (g_strv_contains ((const char *const *) pairs, "en>es"));
  g_assert_true (g_strv_contains ((const char *const *) pairs, "en>es>fr"));
  g_assert_cmpuint (count_children (), ==, 0);
}

static void
assert_start_fails (const char *from, const char *to, const char *hint)
{
  g_autoptr (GstElement) element = gst_element_factory_make ("apertiumtranslator", NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  g_object_set (element, "input-language-code", from, "output-language-code", to, NULL);
  g_assert_cmpint (gst_element_set_state (element, GST_STATE_PAUSED), ==, GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_assert_nonnull (strstr (error->message, hint));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  g_assert_cmpuint (count_children (), ==, 0);
}

static void
test_missing_pair (void)
{
  assert_start_fails ("en", "ja", "“en” to “ja”");
  assert_start_fails ("eu", "es", "apertium-eu-es");
}

/* Several elements share one chain, which ends with the last of them. */
static void
test_shared_chain (void)
{
  GstHarness *first = create ("");
  guint n_stages = count_children (), n_threads;
  GstHarness *others[9];

  push (first, "dog", 0);
  assert_pull (first, "Perro");
  g_assert_cmpuint (n_stages, >, 5);
  n_threads = count_entries ("/proc/self/task");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = create ("");
  g_assert_cmpuint (count_children (), ==, n_stages);
  gst_harness_teardown (first);
  g_assert_cmpuint (count_children (), ==, n_stages);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    push (others[i], "the red house", 0);
    assert_pull (others[i], "La casa roja");
  }
  g_test_message (
      "%u threads with one element, %u with nine", n_threads, count_entries ("/proc/self/task"));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    gst_harness_teardown (others[i]);
  g_assert_cmpuint (count_children (), ==, 0);
}

/* Distinct sentences, and the output of the command for them. */
#define N_SENTENCES 192
#define N_IN_FLIGHT 8

static char *
make_sentence (guint i)
{
  return g_strdup_printf ("The %u houses are red.", i + 2);
}

static char *
make_translation (guint i)
{
  return g_strdup_printf ("Las %u casas son rojas.", i + 2);
}

static void
push_sentence (GstHarness *h, guint i)
{
  g_autofree char *sentence = make_sentence (i);

  if (i < N_SENTENCES)
    push (h, sentence, i * GST_SECOND);
}

static void
disturb (GstHarness *h, int signal_number, guint stage)
{
  g_autoptr (GArray) children = list_children ();

  kill (g_array_index (children, GPid, stage % children->len), signal_number);
}

/* Each stage in turn is killed or stopped with sentences in flight. The next one follows after
 * these have left, because a sentence that fails twice passes untranslated. */
static void
test_failing_stages (gconstpointer signal_number)
{
  /* A killed stage is noticed at once. A busy machine must not take longer than this for the same
   * sentence twice. */
  guint timeout = GPOINTER_TO_INT (signal_number) == SIGKILL ? 60000 : 1500;
  g_autofree char *properties = g_strdup_printf ("max-in-flight=8 timeout=%u", timeout);
  GstHarness *h = create (properties);
  guint stage = 0;

  for (guint i = 0; i < N_IN_FLIGHT; i++)
    push_sentence (h, i);
  for (guint i = 0; i < N_SENTENCES; i++) {
    g_autofree char *translation = make_translation (i);

    push_sentence (h, i + N_IN_FLIGHT);
    if (i % (2 * N_IN_FLIGHT) == 0)
      disturb (h, GPOINTER_TO_INT (signal_number), stage++);
    assert_pull (h, translation);
  }
  g_assert_cmpuint (get_stat (h, "failed"), ==, 0);
  g_assert_cmpuint (get_stat (h, "done"), ==, N_SENTENCES);
  g_assert_cmpuint (get_stat (h, "retried"), >=, 1);
  g_test_message (
      "%u stages disturbed, %u sentences tried twice", stage, (guint) get_stat (h, "retried"));
  gst_harness_teardown (h);
  g_assert_cmpuint (count_children (), ==, 0);
}

static void
test_too_long (void)
{
  GstHarness *h = create ("timeout=60000");
  g_autofree char *word = g_strnfill (100000, 'a');
  gint64 begin = g_get_monotonic_time ();

  push (h, word, 0);
  push (h, "the red house", 1);
  assert_pull (h, word);
  assert_pull (h, "La casa roja");
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 30 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (get_stat (h, "failed"), ==, 1);
  gst_harness_teardown (h);
}

static void
run_cycle (gpointer data)
{
  GstHarness *h = create ("");

  push (h, "the red house", 0);
  assert_pull (h, "La casa roja");
  gst_harness_teardown (h);
}

static void
test_leaks (void)
{
  guint n_fds, n_threads;

  run_cycle (NULL);
  n_fds = count_entries ("/proc/self/fd");
  n_threads = count_entries ("/proc/self/task");
  /* Each cycle starts and ends a chain of eight programs, so that a leaked descriptor shows at
   * once. */
  habla_test_leak_gate (run_cycle, NULL, 5);
  g_assert_cmpuint (count_entries ("/proc/self/fd"), ==, n_fds);
  g_assert_cmpuint (count_entries ("/proc/self/task"), <=, n_threads);
  g_assert_cmpuint (count_children (), ==, 0);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/apertiumtranslator/translates", test_translates);
  g_test_add_func ("/apertiumtranslator/through-third", test_through_third);
  g_test_add_func ("/apertiumtranslator/glossary", test_glossary);
  g_test_add_func ("/apertiumtranslator/available-pairs", test_available_pairs);
  g_test_add_func ("/apertiumtranslator/missing-pair", test_missing_pair);
  g_test_add_func ("/apertiumtranslator/shared-chain", test_shared_chain);
  g_test_add_data_func (
      "/apertiumtranslator/killed-stages", GINT_TO_POINTER (SIGKILL), test_failing_stages);
  g_test_add_data_func (
      "/apertiumtranslator/stopped-stages", GINT_TO_POINTER (SIGSTOP), test_failing_stages);
  g_test_add_func ("/apertiumtranslator/too-long", test_too_long);
  g_test_add_func ("/apertiumtranslator/leaks", test_leaks);
  return habla_test_run ();
}
