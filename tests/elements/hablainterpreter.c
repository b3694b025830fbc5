/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests hablainterpreter with real engines and recorded speech. */
#include "habla-test.h"

#include <habla/utterance-meta.h>

/* A short sentence of the CMU AN4 corpus, from Debian's pocketsphinx-testdata. */
#define SPEECH "/usr/share/pocketsphinx/test/data/goforward.raw"

#define PARSE \
  "rawaudioparse use-sink-caps=false format=pcm pcm-format=s16le sample-rate=16000 " \
  "num-channels=1 ! "
#define ONCE "filesrc location=" SPEECH " ! " PARSE
#define FOR_EVER "multifilesrc location=" SPEECH " loop=true ! " PARSE
#define SECONDS 120

/* Captions of one pad. */
typedef struct {
  GMutex lock;
  GCond changed;
  GPtrArray *utterances; /* protected by lock; of HablaUtterance */
  guint64 last_id;       /* used by the streaming thread only */
} Captions;

typedef struct {
  GstElement *pipeline;
  GstElement *interpreter;
} Fixture;

static gboolean
has_engines (void)
{
  static const char *const names[] = { "pocketsphinxtranscriber", "apertiumtranslator" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (factory == NULL || !g_file_test (SPEECH, G_FILE_TEST_EXISTS)) {
      g_test_skip ("an engine or Debian package pocketsphinx-testdata is not installed");
      return FALSE;
    }
  }
  return TRUE;
}

static Captions *
captions_new (void)
{
  Captions *self = g_new0 (Captions, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->utterances = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_free);
  return self;
}

static void
captions_free (Captions *self)
{
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_ptr_array_unref (self->utterances);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Captions, captions_free)

static guint
captions_count (Captions *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->utterances->len;
  g_mutex_unlock (&self->lock);
  return n;
}

static void
captions_wait (Captions *self, guint n)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;

  g_mutex_lock (&self->lock);
  while (self->utterances->len < n)
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
      g_error ("%u of %u captions came", self->utterances->len, n);
  g_mutex_unlock (&self->lock);
}

static void
take_caption (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Captions *self = data;
  GstSegment segment;
  HablaUtterance *utterance;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &self->last_id);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->utterances, utterance);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* All final utterances arrived, once and in order. */
static void
captions_assert_complete (Captions *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 1; i < self->utterances->len; i++) {
    HablaUtterance *before = self->utterances->pdata[i - 1],
                   *utterance = self->utterances->pdata[i];

    g_assert_cmpuint (utterance->id, ==, before->id + 1);
  }
  g_mutex_unlock (&self->lock);
}

static Fixture *
create (const char *source, const char *properties)
{
  g_autofree char *line = g_strdup_printf ("%s hablainterpreter name=i %s", source, properties);
  g_autoptr (GError) error = NULL;
  Fixture *self = g_new0 (Fixture, 1);

  self->pipeline = gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_assert_no_error (error);
  gst_object_ref_sink (self->pipeline);
  self->interpreter = gst_bin_get_by_name (GST_BIN (self->pipeline), "i");
  return self;
}

static void
destroy (Fixture *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->interpreter);
  g_assert_cmpint (G_OBJECT (self->pipeline)->ref_count, ==, 1);
  gst_object_unref (self->pipeline);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, destroy)

/* Returns: (transfer full): the pad, linked to a sink that fills @captions */
static GstPad *
add_pad (Fixture *self, const char *name, Captions *captions)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (sink, "sink");
  GstPad *pad = gst_element_request_pad_simple (self->interpreter, name);

  g_assert_nonnull (pad);
  g_object_set (sink, "sync", FALSE, "async", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (take_caption), captions);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  g_assert_true (gst_element_sync_state_with_parent (sink));
  g_assert_cmpint (gst_pad_link (pad, sinkpad), ==, GST_PAD_LINK_OK);
  return pad;
}

/* @pad: (transfer full) */
static void
remove_pad (Fixture *self, GstPad *pad)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);
  GstElement *sink = gst_pad_get_parent_element (peer);

  gst_element_release_request_pad (self->interpreter, pad);
  g_assert_false (gst_pad_is_linked (peer));
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), sink);
  gst_object_unref (sink);
  gst_object_unref (pad);
}

static void
run_to_eos (Fixture *self)
{
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  message = habla_test_wait_for_message (self->pipeline, GST_MESSAGE_EOS, SECONDS);
}

/* The translation has the times of the transcript. */
static void
test_captions (gconstpointer properties)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstPad) english_pad = NULL;
  g_autoptr (GstPad) spanish_pad = NULL;

  if (!has_engines ())
    return;
  self = create (ONCE, properties);
  english_pad = add_pad (self, "captions_en", english);
  spanish_pad = add_pad (self, "captions_es", spanish);
  run_to_eos (self);
  g_assert_cmpuint (captions_count (english), ==, 1);
  g_assert_cmpuint (captions_count (spanish), ==, 1);

  HablaUtterance *said = english->utterances->pdata[0], *translated = spanish->utterances->pdata[0];
  g_assert_cmpstr (said->text, ==, "go forward ten meters");
  g_assert_cmpstr (translated->source_text, ==, said->text);
  g_assert_cmpstr (translated->language, ==, "es");
  g_assert_nonnull (strstr (translated->text, "diez metros"));
  g_assert_cmpuint (translated->begin, ==, said->begin);
  g_assert_false (translated->untranslated);
}

/* Other languages get copies of the configured translator. */
static void
test_alike (void)
{
  g_autoptr (Fixture) self = NULL;
  g_autoptr (Captions) captions = captions_new ();
  g_autoptr (GstIterator) iterator = NULL;
  g_autoptr (GstPad) first = NULL;
  g_autoptr (GstPad) second = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  guint n = 0;

  if (!has_engines ())
    return;
  self = create (ONCE, "translator=\"apertiumtranslator max-in-flight=5\"");
  first = add_pad (self, "captions_es", captions);
  second = add_pad (self, "captions_fr", captions);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  captions_wait (captions, 2);
  iterator = gst_bin_iterate_recurse (GST_BIN (self->interpreter));
  while (gst_iterator_next (iterator, &value) == GST_ITERATOR_OK) {
    GObject *element = g_value_get_object (&value);
    guint max_in_flight;

    if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "max-in-flight") != NULL) {
      g_object_get (element, "max-in-flight", &max_in_flight, NULL);
      g_assert_cmpuint (max_in_flight, ==, 5);
      n++;
    }
    g_value_reset (&value);
  }
  g_assert_cmpuint (n, ==, 2);
}

#define CYCLES 4
#define CHANGES 25 /* in each cycle */

/* French is added and removed while English continues without loss. */
static void
come_and_go (gpointer data)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Captions) french = captions_new ();
  g_autoptr (Fixture) self = create (FOR_EVER, "");
  g_autoptr (GstPad) pad = add_pad (self, "captions_en", english);

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  captions_wait (english, 1);
  for (guint i = 0; i < CHANGES; i++) {
    GstPad *passing = add_pad (self, "captions_fr", french);

    if (i == 0)
      captions_wait (french, captions_count (french) + 1);
    remove_pad (self, passing);
  }
  captions_wait (english, captions_count (english) + 2);
  captions_assert_complete (english);
}

static void
test_come_and_go (void)
{
  g_autoptr (GstElement) keeper = NULL;

  if (!has_engines ())
    return;
  /* Keeps the engines loaded, because loading them is slow. */
  keeper = gst_parse_bin_from_description (
      "apertiumtranslator input-language-code=en output-language-code=fr pocketsphinxtranscriber",
      FALSE, NULL);
  gst_object_ref_sink (keeper);
  g_assert_cmpint (gst_element_set_state (keeper, GST_STATE_PAUSED), !=, GST_STATE_CHANGE_FAILURE);
  habla_test_end_tasks (keeper);
  habla_test_leak_gate (come_and_go, NULL, CYCLES);
  gst_element_set_state (keeper, GST_STATE_NULL);
}

static GstPadProbeReturn
block (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* A blocked Spanish branch does not block English, and loses nothing. */
static void
test_slow_branch (void)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstPad) english_pad = NULL;
  GstPad *spanish_pad;
  gulong probe;

  if (!has_engines ())
    return;
  self = create (FOR_EVER, "");
  english_pad = add_pad (self, "captions_en", english);
  spanish_pad = add_pad (self, "captions_es", spanish);
  probe = gst_pad_add_probe (
      spanish_pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, block, NULL, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  captions_wait (english, 5);
  g_assert_cmpuint (captions_count (spanish), ==, 0);
  gst_pad_remove_probe (spanish_pad, probe);
  captions_wait (spanish, 5);
  captions_assert_complete (spanish);
  captions_assert_complete (english);
  g_assert_cmpuint (((HablaUtterance *) spanish->utterances->pdata[0])->id, ==, 1);
  remove_pad (self, spanish_pad);
}

/* An unknown language does not affect others. */
static void
test_unknown_language (void)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) warning = NULL;
  g_autoptr (GstMessage) error = NULL;
  g_autoptr (GError) details = NULL;

  if (!has_engines ())
    return;
  self = create (FOR_EVER, "");
  pad = add_pad (self, "captions_en", english);
  bus = gst_element_get_bus (self->pipeline);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  captions_wait (english, 1);
  g_assert_null (gst_element_request_pad_simple (self->interpreter, "captions_xx"));
  g_assert_null (gst_element_request_pad_simple (self->interpreter, "captions_not a language"));
  warning = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  g_assert_nonnull (warning);
  gst_message_parse_warning (warning, &details, NULL);
  g_assert_nonnull (strstr (details->message, "xx"));
  captions_wait (english, captions_count (english) + 2);
  error = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_assert_null (error);
  captions_assert_complete (english);
}

/* A pad that is added after EOS gets EOS. */
static void
test_after_the_end (void)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstPad) english_pad = NULL;
  g_autoptr (GstPad) spanish_pad = NULL;
  g_autoptr (GstPad) peer = NULL;
  gint64 deadline = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;

  if (!has_engines ())
    return;
  self = create (ONCE, "");
  english_pad = add_pad (self, "captions_en", english);
  run_to_eos (self);
  spanish_pad = add_pad (self, "captions_es", spanish);
  peer = gst_pad_get_peer (spanish_pad);
  while (!GST_PAD_IS_EOS (peer)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (10000);
  }
  g_assert_cmpuint (captions_count (spanish), ==, 0);
}

/* Pads that are not linked do not block, and the bin runs twice. */
static void
test_unlinked (void)
{
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) unlinked = NULL;

  if (!has_engines ())
    return;
  self = create (ONCE, "");
  pad = add_pad (self, "captions_es", spanish);
  unlinked = gst_element_request_pad_simple (self->interpreter, "captions_fr");
  run_to_eos (self);
  g_assert_cmpuint (captions_count (spanish), ==, 1);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  run_to_eos (self);
  g_assert_cmpuint (captions_count (spanish), ==, 2);
}

/* Returns: (transfer full): a source of typed text, linked to the pad for it */
static GstElement *
add_typist (Fixture *self)
{
  GstElement *source = gst_element_factory_make ("appsrc", NULL);

  g_object_set (source, "format", GST_FORMAT_TIME, NULL);
  gst_util_set_object_arg (G_OBJECT (source), "caps", HABLA_TEXT_CAPS);
  gst_bin_add (GST_BIN (self->pipeline), source);
  g_assert_true (gst_element_link_pads (source, "src", self->interpreter, "text"));
  return gst_object_ref (source);
}

static void
type (GstElement *source, const char *text)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (0, text, "en");
  g_autoptr (GstBuffer) buffer = NULL;
  GstSegment segment;
  GstFlowReturn flow;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance->speaker = g_strdup ("typist");
  buffer = habla_utterance_to_buffer (utterance, &segment);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_assert_cmpint (flow, ==, GST_FLOW_OK);
}

static void
stop_typing (GstElement *source)
{
  GstFlowReturn flow;

  g_signal_emit_by_name (source, "end-of-stream", &flow);
}

/* Without audio, no transcriber is created. */
static void
test_typed (void)
{
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstElement) typist = NULL;
  g_autoptr (GstPad) pad = NULL;

  if (!has_engines ())
    return;
  self = create ("fakesrc num-buffers=0 ! fakesink async=false", "input-language-code=en");
  pad = add_pad (self, "captions_es", spanish);
  typist = add_typist (self);
  type (typist, "Good morning");
  type (typist, "The house is small");
  stop_typing (typist);
  run_to_eos (self);
  g_assert_cmpuint (captions_count (spanish), ==, 2);
  captions_assert_complete (spanish);

  HablaUtterance *first = spanish->utterances->pdata[0];
  g_assert_cmpuint (first->id, ==, 1);
  g_assert_cmpstr (first->source_text, ==, "Good morning");
  g_assert_cmpstr (first->text, ==, "Buenos días");
  g_assert_cmpstr (first->speaker, ==, "typist");
}

/* Spoken and typed utterances have one numbering, the same in each language. */
static void
test_typed_and_spoken (void)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstElement) typist = NULL;
  g_autoptr (GstPad) english_pad = NULL;
  g_autoptr (GstPad) spanish_pad = NULL;

  if (!has_engines ())
    return;
  self = create (FOR_EVER, "");
  english_pad = add_pad (self, "captions_en", english);
  spanish_pad = add_pad (self, "captions_es", spanish);
  typist = add_typist (self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < 5; i++) {
    captions_wait (english, captions_count (english) + 1);
    type (typist, "typed");
  }
  captions_wait (spanish, 10);
  captions_wait (english, 10);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  captions_assert_complete (english);
  captions_assert_complete (spanish);
  for (guint i = 0, n = 0; i < 10; i++) {
    HablaUtterance *said = english->utterances->pdata[i],
                   *translated = spanish->utterances->pdata[i];

    g_assert_cmpstr (translated->source_text, ==, said->text);
    g_assert_cmpuint (translated->id, ==, said->id);
    n += g_strcmp0 (said->speaker, "typist") == 0;
    if (i == 9)
      g_assert_cmpuint (n, >=, 4);
  }
}

/* The stream ends when both inputs have ended; releasing the text pad ends typed text. */
static void
test_typed_end (gconstpointer releases)
{
  g_autoptr (Captions) english = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstElement) typist = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) text_pad = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  if (!has_engines ())
    return;
  self = create (ONCE, "");
  pad = add_pad (self, "captions_en", english);
  typist = add_typist (self);
  bus = gst_element_get_bus (self->pipeline);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  captions_wait (english, 1);
  message = gst_bus_timed_pop_filtered (bus, 200 * GST_MSECOND, GST_MESSAGE_EOS);
  g_assert_null (message);
  type (typist, "typed");
  captions_wait (english, 2);
  text_pad = gst_element_get_static_pad (self->interpreter, "text");
  if (releases != NULL)
    gst_element_release_request_pad (self->interpreter, text_pad);
  else
    stop_typing (typist);
  message = habla_test_wait_for_message (self->pipeline, GST_MESSAGE_EOS, SECONDS);
  gst_element_set_state (typist, GST_STATE_NULL);
}

/* Output of a speech pad; used by the streaming thread only until EOS. */
typedef struct {
  GstClockTime begin; /* of the first buffer */
  GstClockTime end;   /* of the last */
  guint n_samples;
  guint n_silent;
} Speech;

static void
take_speech (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Speech *speech = data;
  GstMapInfo map;

  if (speech->n_samples == 0)
    speech->begin = GST_BUFFER_PTS (buffer);
  speech->end = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / sizeof (gint16); i++)
    speech->n_silent += ABS (((gint16 *) map.data)[i]) < 10;
  speech->n_samples += map.size / sizeof (gint16);
  gst_buffer_unmap (buffer, &map);
}

/* In each language, the speech of the translation begins with the original speech. "es" has a
 * captions pad as well. */
static void
test_speech (void)
{
  g_autoptr (Captions) spanish = captions_new ();
  g_autoptr (Fixture) self = NULL;
  g_autoptr (GstPad) captions_pad = NULL;
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("espeaksynthesizer");
  static const char *const pads[] = { "speech_es", "speech_fr" };
  Speech speech[G_N_ELEMENTS (pads)] = { 0 };

  if (!has_engines ())
    return;
  if (factory == NULL) {
    g_test_skip ("espeaksynthesizer is not built");
    return;
  }
  self = create (ONCE, "");
  captions_pad = add_pad (self, "captions_es", spanish);
  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    GstElement *sink = gst_element_factory_make ("fakesink", NULL);
    g_autoptr (GstPad) pad = gst_element_request_pad_simple (self->interpreter, pads[i]);
    g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (sink, "sink");

    g_object_set (sink, "async", FALSE, "signal-handoffs", TRUE, NULL);
    g_signal_connect (sink, "handoff", G_CALLBACK (take_speech), &speech[i]);
    gst_bin_add (GST_BIN (self->pipeline), sink);
    g_assert_cmpint (gst_pad_link (pad, sinkpad), ==, GST_PAD_LINK_OK);
  }
  run_to_eos (self);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);

  g_assert_cmpuint (captions_count (spanish), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    HablaUtterance *said = spanish->utterances->pdata[0];

    /* "go forward ten meters" */
    g_assert_cmpuint (speech[i].begin, ==, said->begin);
    g_assert_cmpuint (speech[i].n_samples, >, 22050 / 2);
    g_assert_cmpuint (speech[i].n_samples, <, 22050 * 6);
    g_assert_cmpuint (speech[i].n_silent, <, speech[i].n_samples / 2);
    g_assert_cmpuint (speech[i].end, ==,
        speech[i].begin + gst_util_uint64_scale (speech[i].n_samples, GST_SECOND, 22050));
  }
  g_assert_cmpuint (speech[0].n_samples, !=, speech[1].n_samples);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_data_func ("/hablainterpreter/captions/best", "", test_captions);
  g_test_add_data_func ("/hablainterpreter/captions/bins",
      "transcriber=\"identity ! pocketsphinxtranscriber\" translator=apertiumtranslator",
      test_captions);
  g_test_add_func ("/hablainterpreter/alike", test_alike);
  g_test_add_func ("/hablainterpreter/speech", test_speech);
  g_test_add_func ("/hablainterpreter/slow-branch", test_slow_branch);
  g_test_add_func ("/hablainterpreter/unknown-language", test_unknown_language);
  g_test_add_func ("/hablainterpreter/after-the-end", test_after_the_end);
  g_test_add_func ("/hablainterpreter/unlinked", test_unlinked);
  g_test_add_func ("/hablainterpreter/typed/alone", test_typed);
  g_test_add_func ("/hablainterpreter/typed/and-spoken", test_typed_and_spoken);
  g_test_add_data_func ("/hablainterpreter/typed/eos", NULL, test_typed_end);
  g_test_add_data_func ("/hablainterpreter/typed/released", "released", test_typed_end);
  g_test_add_func ("/hablainterpreter/come-and-go", test_come_and_go);
  return habla_test_run ();
}
