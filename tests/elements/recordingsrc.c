/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recordingsrc with recordings that the test makes: which track it decodes, and its errors. Each
 * track is a tone, by whose frequency the test knows it. */
#include "habla-test.h"

#include <habla/error.h>
#include <stdlib.h>

#define RATE 48000
/* A tone of 2 s; its frequency and language follow. */
#define TONE(frequency) \
  " audiotestsrc num-buffers=100 samplesperbuffer=960 freq=" frequency \
  " ! audio/x-raw,rate=48000,channels=1 ! opusenc "
#define TAGGED(frequency, language) \
  TONE (frequency) "! taginject tags=language-code=" language " ! m. "
/* Data that no decoder here understands. */
#define NO_AUDIO \
  " fakesrc filltype=zero sizetype=fixed sizemax=100 num-buffers=10 format=time datarate=500 ! " \
  "audio/x-wma,wmaversion=2,channels=1,rate=16000,bitrate=16000,depth=16,block_align=100 "
#define NO_VIDEO \
  " fakesrc filltype=zero sizetype=fixed sizemax=100 num-buffers=50 format=time datarate=500 ! " \
  "video/x-wmv,wmvversion=3,format=WMV3,width=64,height=48,framerate=5/1 ! m. "
#define MATROSKA "matroskamux name=m ! filesink name=file "

typedef struct {
  GstElement *pipeline;
  GError *error; /* (nullable) */
  guint track;   /* 0 = no message */
  guint count;
  guint64 duration;
  guint64 end;
  guint64 missing;
  guint n_decoders;
  guint64 n_samples;
  guint64 n_crossings; /* of zero */
  gint16 last;
} Run;

static void
run_clear (Run *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static void
on_samples (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  Run *self = data;
  GstMapInfo map;
  const gint16 *samples;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  samples = (const gint16 *) map.data;
  for (gsize i = 0; i < map.size / 2; i++) {
    self->n_crossings += (samples[i] < 0) != (self->last < 0);
    self->last = samples[i];
  }
  self->n_samples += map.size / 2;
  gst_buffer_unmap (buffer, &map);
}

static void
on_element_added (GstBin *bin, GstBin *parent, GstElement *element, gpointer data)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL && gst_element_factory_list_is_type (factory,
                             GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_ANY))
    ((Run *) data)->n_decoders++;
}

static void
read_message (Run *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  /* Its reports are about the tracks that nothing needs. */
  g_assert_false (gst_message_has_name (message, "missing-plugin"));
  if (gst_message_has_name (message, "habla/audio-track")) {
    gst_structure_get_uint (structure, "number", &self->track);
    gst_structure_get_uint (structure, "count", &self->count);
  } else if (gst_message_has_name (message, "habla/recording")) {
    gst_structure_get_uint64 (structure, "duration", &self->duration);
    gst_structure_get_uint64 (structure, "end", &self->end);
    gst_structure_get_uint64 (structure, "missing", &self->missing);
  }
}

static void
play_to_end (Run *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, 120 * GST_SECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT);

    g_assert_nonnull (message);
    g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_WARNING);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
      read_message (self, message);
      continue;
    }
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
      gst_message_parse_error (message, &self->error, NULL);
    return;
  }
}

static void
play_uri (Run *self, const char *uri, const char *language, const char *track)
{
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GError) error = NULL;

  *self = (Run){ 0 };
  self->pipeline = gst_object_ref_sink (
      gst_parse_launch ("recordingsrc name=source ! audioconvert ! audioresample ! "
                        "audio/x-raw,format=S16LE,rate=48000,channels=1 ! "
                        "fakesink name=sink sync=false signal-handoffs=true",
          &error));
  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_samples), self);
  g_signal_connect (self->pipeline, "deep-element-added", G_CALLBACK (on_element_added), self);
  g_object_set (source, "uri", uri, "language-code", language, "audio-track", track, NULL);
  play_to_end (self);
}

/* Returns: (transfer full): the URI of a new file in the test's folder, which @line writes */
static char *
record (const char *line)
{
  static guint n_files;
  g_autofree char *name = g_strdup_printf ("recording-%u", n_files++);
  g_autofree char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "file");
  g_object_set (sink, "location", path, NULL);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 120 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return g_filename_to_uri (path, NULL, NULL);
}

static void
play (Run *self, const char *line, const char *language, const char *track)
{
  g_autofree char *uri = record (line);

  play_uri (self, uri, language, track);
}

static void
assert_hears (const Run *self, guint frequency)
{
  g_assert_no_error (self->error);
  g_assert_cmpuint (self->n_samples, >, RATE * 19 / 10);
  /* Opus begins with silence. */
  g_assert_cmpuint (self->n_crossings * RATE / 2 / self->n_samples, >, frequency * 9 / 10);
  g_assert_cmpuint (self->n_crossings * RATE / 2 / self->n_samples, <, frequency * 11 / 10);
}

static void
assert_fails (const Run *self, int code, const char *text)
{
  g_assert_error (self->error, HABLA_ERROR, code);
  if (strstr (self->error->message, text) == NULL)
    g_error ("“%s” is not in “%s”", text, self->error->message);
}

#define TWO MATROSKA TAGGED ("300", "es") TAGGED ("600", "en")

static void
test_language (void)
{
  g_auto (Run) english = { 0 };
  g_auto (Run) spanish = { 0 };
  g_auto (Run) variety = { 0 };
  g_autofree char *uri = record (TWO);

  play_uri (&english, uri, "en", NULL);
  assert_hears (&english, 600);
  g_assert_cmpuint (english.track, ==, 2);
  g_assert_cmpuint (english.count, ==, 2);
  play_uri (&spanish, uri, "es", NULL);
  assert_hears (&spanish, 300);
  g_assert_cmpuint (spanish.track, ==, 1);
  play_uri (&variety, uri, "en-GB", NULL);
  assert_hears (&variety, 600);
}

static void
test_wanted_track (void)
{
  g_auto (Run) number = { 0 };
  g_auto (Run) language = { 0 };
  g_auto (Run) no_number = { 0 };
  g_auto (Run) no_language = { 0 };
  g_autofree char *uri = record (TWO);

  play_uri (&number, uri, "en", "1");
  assert_hears (&number, 300);
  play_uri (&language, uri, "en", "spa");
  assert_hears (&language, 300);
  play_uri (&no_number, uri, "en", "3");
  assert_fails (&no_number, HABLA_ERROR_PARAMETER,
      "no audio track 3; the recording has 2 audio tracks: 1 Spanish, 2 English");
  play_uri (&no_language, uri, "en", "fr");
  assert_fails (&no_language, HABLA_ERROR_PARAMETER, "no audio track in “fr”");
}

/* No track is in the language: Matroska's default flag, or the first of two defaults. */
static void
test_default (void)
{
  g_auto (Run) run = { 0 };

  play (&run, TWO, "fr", NULL);
  assert_hears (&run, 300);
  g_assert_cmpuint (run.track, ==, 1);
}

static void
test_same_language (void)
{
  g_auto (Run) run = { 0 };

  play (&run, MATROSKA TAGGED ("300", "es") TAGGED ("600", "en") TAGGED ("900", "en"), "en", NULL);
  assert_hears (&run, 600);
  g_assert_cmpuint (run.track, ==, 2);
  g_assert_cmpuint (run.count, ==, 3);
}

/* The picture needs a decoder that does not exist here, and lasts longer. */
static void
test_picture (void)
{
  g_auto (Run) run = { 0 };

  play (&run, MATROSKA NO_VIDEO TONE ("600") "! m.", "en", NULL);
  assert_hears (&run, 600);
  g_assert_cmpuint (run.track, ==, 0);
  g_assert_cmpuint (run.duration, >, 9 * GST_SECOND);
  g_assert_cmpuint (run.end, >, run.duration - GST_SECOND);
  g_assert_cmpuint (run.missing, <, GST_SECOND / 10);
}

/* There is a decoder for this picture, which is not used. */
static void
test_no_video_decoder (void)
{
  g_auto (Run) run = { 0 };

  play (&run,
      "oggmux name=m ! filesink name=file"
      " videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48,framerate=5/1 ! theoraenc ! "
      "m." TONE ("600") "! m.",
      "en", NULL);
  assert_hears (&run, 600);
  g_assert_cmpuint (run.n_decoders, ==, 1);
}

/* The sound begins 3,600 s after the begin of the recording, or 5 s after the picture. */
static void
test_late (void)
{
  g_auto (Run) hour = { 0 };
  g_auto (Run) late = { 0 };

  play (&hour,
      MATROSKA " audiotestsrc timestamp-offset=3600000000000 num-buffers=100 samplesperbuffer=960 "
               "freq=600 ! audio/x-raw,rate=48000,channels=1 ! opusenc ! m.",
      "en", NULL);
  assert_hears (&hour, 600);
  g_assert_cmpuint (hour.missing, <, GST_SECOND / 10);
  play (&late,
      MATROSKA NO_VIDEO
      " audiotestsrc timestamp-offset=5000000000 num-buffers=100 samplesperbuffer=960 freq=600 ! "
      "audio/x-raw,rate=48000,channels=1 ! opusenc ! m.",
      "en", NULL);
  assert_hears (&late, 600);
  g_assert_cmpuint (late.missing, <, GST_SECOND / 10);
}

static void
test_no_decoder (void)
{
  g_auto (Run) other = { 0 };
  g_auto (Run) same = { 0 };
  g_auto (Run) only = { 0 };

  play (&other, MATROSKA NO_AUDIO "! taginject tags=language-code=es ! m. " TAGGED ("600", "en"),
      "en", NULL);
  assert_hears (&other, 600);
  g_assert_cmpuint (other.track, ==, 2);
  play (&same, MATROSKA NO_AUDIO "! taginject tags=language-code=en ! m. " TAGGED ("600", "es"),
      "en", NULL);
  assert_fails (&same, HABLA_ERROR_NOT_INSTALLED, "audio track 1 of 2 (English) cannot be decoded");
  play (&only, MATROSKA NO_AUDIO "! m. " NO_VIDEO, "en", NULL);
  assert_fails (&only, HABLA_ERROR_NOT_INSTALLED, "install gstreamer1.0-libav");
}

static void
test_no_audio (void)
{
  g_auto (Run) run = { 0 };

  play (&run, MATROSKA NO_VIDEO, "en", NULL);
  assert_fails (&run, HABLA_ERROR_INPUT, "there is no audio in it");
}

/* No element here reads this container. */
static void
test_container (void)
{
  g_autoptr (GstElementFactory) demuxer = gst_element_factory_find ("asfdemux");
  g_auto (Run) run = { 0 };

  play (&run, "asfmux name=m ! filesink name=file" NO_AUDIO "! m.", "en", NULL);
  if (demuxer != NULL)
    return;
  assert_fails (&run, HABLA_ERROR_NOT_INSTALLED, "install gstreamer1.0-plugins-ugly");
}

/* Ogg files in a row are one recording with several groups of tracks. */
static void
test_chain (void)
{
  g_autofree char *first = record (TONE ("600") "! oggmux ! filesink name=file");
  g_autofree char *second = record (TONE ("600") "! oggmux ! filesink name=file");
  g_autofree char *first_path = g_filename_from_uri (first, NULL, NULL);
  g_autofree char *second_path = g_filename_from_uri (second, NULL, NULL);
  g_autofree char *data = NULL;
  g_autofree char *more = NULL;
  g_autoptr (GString) both = NULL;
  gsize size, more_size;
  g_auto (Run) run = { 0 };

  g_assert_true (g_file_get_contents (first_path, &data, &size, NULL));
  g_assert_true (g_file_get_contents (second_path, &more, &more_size, NULL));
  both = g_string_new_len (data, size);
  g_string_append_len (both, more, more_size);
  g_assert_true (g_file_set_contents (first_path, both->str, both->len, NULL));
  play_uri (&run, first, "en", NULL);
  assert_hears (&run, 600);
  g_assert_cmpuint (run.n_samples, >, RATE * 39 / 10);
}

static void
test_unknown_address (void)
{
  g_auto (Run) run = { .pipeline = NULL };
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;

  run.pipeline =
      gst_object_ref_sink (gst_parse_launch ("recordingsrc uri=nosuch://address ! fakesink", NULL));
  bus = gst_element_get_bus (run.pipeline);
  gst_element_set_state (run.pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 120 * GST_SECOND, GST_MESSAGE_ELEMENT);
  g_assert_nonnull (message);
  g_assert_true (gst_message_has_name (message, "missing-plugin"));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/recordingsrc/language", test_language);
  g_test_add_func ("/recordingsrc/wanted-track", test_wanted_track);
  g_test_add_func ("/recordingsrc/default", test_default);
  g_test_add_func ("/recordingsrc/same-language", test_same_language);
  g_test_add_func ("/recordingsrc/picture", test_picture);
  g_test_add_func ("/recordingsrc/no-video-decoder", test_no_video_decoder);
  g_test_add_func ("/recordingsrc/late", test_late);
  g_test_add_func ("/recordingsrc/no-decoder", test_no_decoder);
  g_test_add_func ("/recordingsrc/no-audio", test_no_audio);
  g_test_add_func ("/recordingsrc/container", test_container);
  g_test_add_func ("/recordingsrc/chain", test_chain);
  g_test_add_func ("/recordingsrc/unknown-address", test_unknown_address);
  return habla_test_run ();
}
