/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"
#include "test-translator.h"

#include <habla/utterance-meta.h>
#include <string.h>

#define MSECOND GST_MSECOND

static const char nested[] = "1\n00:00:01,000 --> 00:00:09,000\n<i>one</i>\n\n"
                             "2\n00:00:05,000 --> 00:00:06,000\ntwo\n\n"
                             "3\n00:00:02,000 --> 00:00:03,000\nthree\n";

typedef struct {
  GstHarness *harness;
  GstBus *bus;
} Fixture;

static GstEvent *
new_caps_event (const char *description)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (description);

  return gst_event_new_caps (caps);
}

static Fixture *
create (const char *caps, GstFormat format)
{
  Fixture *self = g_new0 (Fixture, 1);
  GstSegment segment;

  self->harness = gst_harness_new ("subtitlereader");
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->harness->element, self->bus);
  gst_segment_init (&segment, format);
  gst_harness_push_event (self->harness, gst_event_new_stream_start ("test"));
  if (caps != NULL)
    gst_harness_push_event (self->harness, new_caps_event (caps));
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  return self;
}

static void
destroy (Fixture *self)
{
  gst_element_set_bus (self->harness->element, NULL);
  gst_object_unref (self->bus);
  gst_harness_teardown (self->harness);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, destroy)

static void
push_bytes (Fixture *self, const char *bytes, gsize size)
{
  g_assert_cmpint (
      gst_harness_push (self->harness, gst_buffer_new_memdup (bytes, size)), ==, GST_FLOW_OK);
}

static void
push_file (Fixture *self, const char *text)
{
  if (*text != '\0')
    push_bytes (self, text, strlen (text));
  gst_harness_push_event (self->harness, gst_event_new_eos ());
}

static void
push_cue (Fixture *self, const char *text, guint64 begin, guint64 end)
{
  GstBuffer *buffer = gst_buffer_new_memdup (text, strlen (text));

  GST_BUFFER_PTS (buffer) = begin * MSECOND;
  GST_BUFFER_DURATION (buffer) = (end - begin) * MSECOND;
  g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_OK);
}

/* Returns: (transfer full): the next cue, as an utterance that has one cue */
static HablaUtterance *
pull (Fixture *self)
{
  GstBuffer *buffer = gst_harness_try_pull (self->harness);
  GstSegment segment;
  guint64 last_id = 0;
  HablaUtterance *utterance;

  g_assert_nonnull (buffer);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  gst_buffer_unref (buffer);
  g_assert_nonnull (utterance->cues);
  g_assert_cmpuint (utterance->cues->len, ==, 1);
  return utterance;
}

static const HablaCue *
get_cue (const HablaUtterance *utterance)
{
  return g_ptr_array_index (utterance->cues, 0);
}

static void
assert_next (Fixture *self, const char *text, guint64 begin, guint64 end)
{
  g_autoptr (HablaUtterance) utterance = pull (self);

  g_assert_cmpstr (utterance->text, ==, text);
  g_assert_cmpuint (utterance->begin, ==, begin * MSECOND);
  g_assert_cmpuint (utterance->end, ==, end * MSECOND);
  g_assert_cmpstr (get_cue (utterance)->text, ==, text);
  g_assert_cmpuint (get_cue (utterance)->begin, ==, begin * MSECOND);
  g_assert_cmpuint (get_cue (utterance)->end, ==, end * MSECOND);
}

static void
assert_no_more (Fixture *self)
{
  g_assert_null (gst_harness_try_pull (self->harness));
}

static void
assert_summary (Fixture *self, guint cues, guint lost)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ELEMENT);
  const GstStructure *structure;
  guint number;

  g_assert_nonnull (message);
  structure = gst_message_get_structure (message);
  g_assert_true (gst_structure_has_name (structure, "habla/subtitles"));
  g_assert_true (gst_structure_get_uint (structure, "cues", &number));
  g_assert_cmpuint (number, ==, cues);
  g_assert_true (gst_structure_get_uint (structure, "lost", &number));
  g_assert_cmpuint (number, ==, lost);
}

static void
assert_message (Fixture *self, GstMessageType type, const char *pattern)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (self->bus, type);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  if (type == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  else
    gst_message_parse_error (message, &error, NULL);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("unexpected message: %s", error->message);
}

/* Cues that overlap or come out of order keep their order; buffers may cut the file anywhere. */
static void
test_file (void)
{
  for (gsize size = 1; size <= sizeof nested; size += 17) {
    g_autoptr (Fixture) self = create (NULL, GST_FORMAT_BYTES);
    g_autoptr (HablaUtterance) first = NULL;
    g_autoptr (GstCaps) caps = NULL;

    for (gsize i = 0; i < strlen (nested); i += size)
      push_bytes (self, nested + i, MIN (size, strlen (nested) - i));
    assert_no_more (self);
    gst_harness_push_event (self->harness, gst_event_new_eos ());
    first = pull (self);
    g_assert_cmpstr (first->text, ==, "one");
    g_assert_cmpuint (first->id, ==, 1);
    g_assert_cmpstr (get_cue (first)->markup, ==, "<i>one</i>");
    g_assert_cmpstr (get_cue (first)->id, ==, "1");
    assert_next (self, "two", 5000, 6000);
    assert_next (self, "three", 2000, 3000);
    assert_no_more (self);
    caps = gst_pad_get_current_caps (self->harness->sinkpad);
    g_assert_true (gst_structure_has_name (gst_caps_get_structure (caps, 0), "text/x-raw"));
    assert_summary (self, 3, 0);
    g_assert_null (gst_bus_pop_filtered (self->bus, GST_MESSAGE_WARNING));
  }
}

static void
test_encoding (void)
{
  static const char text[] = "1\n00:00:01,000 --> 00:00:02,000\n\x93Hi\x94\n";
  g_autoptr (Fixture) guessed = create ("text/plain", GST_FORMAT_BYTES);
  g_autoptr (Fixture) named = create (NULL, GST_FORMAT_BYTES);
  g_autoptr (Fixture) wrong = create (NULL, GST_FORMAT_BYTES);

  g_object_set (guessed->harness->element, "language-code", "en", NULL);
  push_file (guessed, text);
  assert_next (guessed, "“Hi”", 1000, 2000);
  assert_message (guessed, GST_MESSAGE_WARNING, "The encoding WINDOWS-1252 was assumed*");
  g_object_set (named->harness->element, "encoding", "IBM850", NULL);
  push_file (named, text);
  assert_next (named, "ôHiö", 1000, 2000);
  g_assert_null (gst_bus_pop_filtered (named->bus, GST_MESSAGE_WARNING));
  g_object_set (wrong->harness->element, "encoding", "UTF-8", NULL);
  push_file (wrong, text);
  assert_message (wrong, GST_MESSAGE_ERROR, "*not in the encoding UTF-8*");
}

static void
test_lost (void)
{
  g_autoptr (Fixture) self = create (NULL, GST_FORMAT_BYTES);

  push_file (self, "WEBVTT\n\n00:01.000 --> 00:02.000\nkept\n\n00:xx --> 00:03.000\nlost\n");
  assert_next (self, "kept", 1000, 2000);
  assert_message (
      self, GST_MESSAGE_WARNING, "1 cues have times that cannot be read; the first is in line 6");
  assert_summary (self, 1, 1);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *pattern;
  } refused[] = {
    { "", "there are no subtitles *" },
    { "hello\n", "there are no subtitles *" },
    { "<tt><p begin='1s'>", "line 1: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (Fixture) self = create (NULL, GST_FORMAT_BYTES);

    push_file (self, refused[i].text);
    assert_message (self, GST_MESSAGE_ERROR, refused[i].pattern);
    assert_no_more (self);
  }
}

static void
test_too_large (void)
{
  g_autoptr (Fixture) self = create (NULL, GST_FORMAT_BYTES);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 32 * 1024 * 1024 + 1, NULL);

  g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_ERROR);
  assert_message (self, GST_MESSAGE_ERROR, "the file has more than 32 MiB");
}

/* Tracks of containers, as demuxers send them. */
static void
test_tracks (void)
{
  g_autoptr (Fixture) text = create ("text/x-raw, format=utf8", GST_FORMAT_TIME);
  g_autoptr (Fixture) markup = create ("text/x-raw, format=pango-markup", GST_FORMAT_TIME);
  g_autoptr (Fixture) vtt = create ("application/x-subtitle-vtt", GST_FORMAT_TIME);

  push_cue (text, "a < b &amp;", 1000, 3000);
  push_cue (text, "two", 2000, 2500);
  assert_next (text, "a < b &amp;", 1000, 3000);
  assert_next (text, "two", 2000, 2500);
  push_cue (text, "\u00a0", 2500, 3000);
  gst_harness_push_event (text->harness, gst_event_new_eos ());
  assert_summary (text, 2, 0);
  push_cue (markup, "<i>a</i> &lt;b&gt;", 1000, 2000);
  assert_next (markup, "a <b>", 1000, 2000);
  push_cue (vtt, "<v Ann>Hi &amp; bye", 1000, 2000);
  assert_next (vtt, "Hi & bye", 1000, 2000);
  gst_harness_push_event (vtt->harness, gst_event_new_eos ());
  assert_summary (vtt, 1, 0);
}

/* The last cue of SAMI, as subparse sends it. */
static void
test_endless (void)
{
  g_autoptr (Fixture) self = create ("text/x-raw, format=pango-markup", GST_FORMAT_TIME);
  GstBuffer *buffer = gst_buffer_new_memdup ("bye", 3);

  GST_BUFFER_PTS (buffer) = 5000 * MSECOND;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE - GST_BUFFER_PTS (buffer);
  g_assert_cmpint (gst_harness_push (self->harness, buffer), ==, GST_FLOW_OK);
  assert_next (self, "bye", 5000, 9000);
}

/* The header, which a container has elsewhere, comes with the first cue. */
static void
test_substation (void)
{
  g_autoptr (GstBuffer) header = gst_buffer_new_memdup ("[Script Info]\nTitle: x\n", 23);
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("application/x-ass", "codec_data", GST_TYPE_BUFFER, header, NULL);
  g_autofree char *description = gst_caps_to_string (caps);
  g_autoptr (Fixture) self = create (description, GST_FORMAT_TIME);
  g_autoptr (HablaUtterance) first = NULL;

  push_cue (self, "0,1,Default,Ann,0,0,0,fx,{\\b1}Hello, you\\Nthere", 1000, 2000);
  first = pull (self);
  g_assert_cmpstr (first->text, ==, "Hello, you\nthere");
  g_assert_cmpstr (first->speaker, ==, "Ann");
  g_assert_cmpstr (get_cue (first)->format, ==, "ass");
  g_assert_cmpstr (get_cue (first)->settings, ==, "1,Default,Ann,0,0,0,fx");
  g_assert_cmpstr (get_cue (first)->markup, ==, "{\\b1}Hello, you\\Nthere");
  g_assert_cmpstr (get_cue (first)->preamble, ==, "[Script Info]\nTitle: x\n");
}

/* A flush discards a half read file; the element works again after it, and after READY. */
static void
test_flush (void)
{
  g_autoptr (Fixture) self = create (NULL, GST_FORMAT_BYTES);
  GstSegment segment;

  push_bytes (self, "garbage", 7);
  gst_harness_push_event (self->harness, gst_event_new_flush_start ());
  gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (self->harness, gst_event_new_segment (&segment));
  push_file (self, nested);
  assert_next (self, "one", 1000, 9000);
  assert_next (self, "two", 5000, 6000);
}

static void
add_caption (GPtrArray *captions, GstMessage *message)
{
  if (gst_message_has_name (message, "habla/caption"))
    g_ptr_array_add (
        captions, habla_utterance_from_structure (gst_message_get_structure (message)));
}

/* A translator and a sink pass overlapping and unordered cues on, with their times. */
static void
test_translated (void)
{
  static const char *const texts[] = { "ONE", "TWO", "THREE" };
  static const guint64 begins[] = { 1000, 5000, 2000 };
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "nested.srt", NULL);
  g_autofree char *line = g_strdup_printf ("filesrc location=\"%s\" ! subtitlereader name=reader "
                                           "captionsink name=sink",
      path);
  g_autoptr (GPtrArray) captions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_free);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) reader = NULL;
  g_autoptr (GstElement) sink = NULL;
  GstElement *translator = GST_ELEMENT (test_translator_new ());
  gboolean ended = FALSE;

  g_file_set_contents (path, nested, -1, NULL);
  pipeline = gst_parse_launch (line, NULL);
  gst_bin_add (GST_BIN (pipeline), translator);
  reader = gst_bin_get_by_name (GST_BIN (pipeline), "reader");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_assert_true (gst_element_link_many (reader, translator, sink, NULL));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!ended) {
    g_autoptr (GstMessage) message =
        habla_test_wait_for_message (pipeline, GST_MESSAGE_ELEMENT | GST_MESSAGE_EOS, 30);

    ended = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
    if (!ended)
      add_caption (captions, message);
  }
  g_assert_cmpuint (captions->len, ==, G_N_ELEMENTS (texts));
  for (guint i = 0; i < captions->len; i++) {
    HablaUtterance *caption = g_ptr_array_index (captions, i);

    g_assert_cmpstr (caption->text, ==, texts[i]);
    g_assert_cmpuint (caption->begin, ==, begins[i] * MSECOND);
    g_assert_cmpuint (get_cue (caption)->begin, ==, begins[i] * MSECOND);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
assert_sentence (Fixture *self, const char *text, guint n_cues, guint64 begin, guint64 end)
{
  GstBuffer *buffer = gst_harness_try_pull (self->harness);
  g_autoptr (HablaUtterance) utterance = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  g_assert_nonnull (buffer);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  gst_buffer_unref (buffer);
  g_assert_cmpstr (utterance->text, ==, text);
  g_assert_cmpuint (utterance->begin, ==, begin * MSECOND);
  g_assert_cmpuint (utterance->end, ==, end * MSECOND);
  g_assert_cmpuint (utterance->cues->len, ==, n_cues);
}

/* Cues of one sentence are one utterance, of files and of tracks. */
static void
test_sentences (void)
{
  static const char file[] = "1\n00:00:01,000 --> 00:00:02,000\nWhen we\n<i>came</i> home,\n\n"
                             "2\n00:00:02,100 --> 00:00:03,000\nthe door was open.\n\n"
                             "3\n00:00:03,100 --> 00:00:04,000\n- Who?\n- Me.\n";
  g_autoptr (Fixture) of_file = create (NULL, GST_FORMAT_BYTES);
  g_autoptr (Fixture) of_track = create ("text/x-raw, format=utf8", GST_FORMAT_TIME);

  g_object_set (of_file->harness->element, "sentences", TRUE, NULL);
  push_file (of_file, file);
  assert_sentence (of_file, "When we came home, the door was open.", 2, 1000, 3000);
  assert_sentence (of_file, "- Who?\n- Me.", 1, 3100, 4000);
  assert_no_more (of_file);

  g_object_set (of_track->harness->element, "sentences", TRUE, NULL);
  push_cue (of_track, "When we came home,", 1000, 2000);
  push_cue (of_track, "the door was open.", 2100, 3000);
  assert_no_more (of_track);
  push_cue (of_track, "Nothing", 3100, 4000);
  assert_sentence (of_track, "When we came home, the door was open.", 2, 1000, 3000);
  gst_harness_push_event (of_track->harness, gst_event_new_gap (4000 * MSECOND, 1000 * MSECOND));
  assert_no_more (of_track);
  gst_harness_push_event (of_track->harness, gst_event_new_gap (5000 * MSECOND, 1500 * MSECOND));
  assert_sentence (of_track, "Nothing", 1, 3100, 4000);
  push_cue (of_track, "moved", 8000, 9000);
  assert_no_more (of_track);
  gst_harness_push_event (of_track->harness, gst_event_new_eos ());
  assert_sentence (of_track, "moved", 1, 8000, 9000);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/subtitlereader/file", test_file);
  g_test_add_func ("/subtitlereader/encoding", test_encoding);
  g_test_add_func ("/subtitlereader/lost", test_lost);
  g_test_add_func ("/subtitlereader/refused", test_refused);
  g_test_add_func ("/subtitlereader/too-large", test_too_large);
  g_test_add_func ("/subtitlereader/tracks", test_tracks);
  g_test_add_func ("/subtitlereader/substation", test_substation);
  g_test_add_func ("/subtitlereader/endless", test_endless);
  g_test_add_func ("/subtitlereader/sentences", test_sentences);
  g_test_add_func ("/subtitlereader/flush", test_flush);
  g_test_add_func ("/subtitlereader/translated", test_translated);
  return habla_test_run ();
}
