/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem() */
#include "habla-test.h"

#include <string.h>
#include <media/container-parser.h>

/* Recordings like those of browsers, made by GStreamer, cut anywhere, and decoded again. */

#define RATE 16000
#define SECONDS 4

typedef struct {
  const char *name;
  const char *muxer;
  const char *encoder; /* that may not be there */
  HablaContainer container;
  guint unit; /* samples in the largest thing that a cut loses */
} Recorder;

/* The second is WebM with Clusters of known size, and with Cues at its end. The AAC encoder
 * comes with the decoder, in gstreamer1.0-plugins-bad. */
static const Recorder recorders[] = {
  { "webm", "opusenc ! webmmux streamable=true", "opusenc", HABLA_CONTAINER_WEBM, RATE / 50 },
  { "webm-sizes", "opusenc frame-size=60 ! webmmux", "opusenc", HABLA_CONTAINER_WEBM,
      RATE * 6 / 100 },
  { "mp4", "voaacenc ! aacparse ! mp4mux fragment-duration=500 streamable=true", "voaacenc",
      HABLA_CONTAINER_MP4, RATE * 6 / 10 },
  { "ogg", "opusenc ! oggmux max-page-delay=200000000", "opusenc", HABLA_CONTAINER_OGG,
      RATE * 3 / 10 },
};
/* What decoders leave out at the beginning and end. */
#define SLACK (RATE / 50)

/* Each is made once. */
static GBytes *recordings[G_N_ELEMENTS (recorders)];

static GBytes *
record (const Recorder *recorder)
{
  GBytes **recording = &recordings[recorder - recorders];
  g_autofree char *line = g_strdup_printf (
      "audiotestsrc num-buffers=%u samplesperbuffer=4800 wave=pink-noise volume=0.2 ! "
      "audio/x-raw,rate=48000,channels=1 ! %s",
      SECONDS * 10, recorder->muxer);
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (recorder->encoder);

  if (*recording != NULL)
    return g_bytes_ref (*recording);
  if (factory == NULL) {
    g_test_skip ("An encoder is not installed");
    return NULL;
  }
  *recording = habla_test_encode (line);
  return g_bytes_ref (*recording);
}

typedef struct {
  guint64 samples;
  GstClockTime begin; /* running time of the first sample, and of the end of the last */
  GstClockTime end;
} Decoded;

static void
count_samples (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Decoded *decoded = user_data;
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  GstClockTime begin;

  gst_event_parse_segment (event, &segment);
  begin = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  g_assert_true (GST_CLOCK_TIME_IS_VALID (begin));
  if (decoded->samples == 0)
    decoded->begin = begin;
  decoded->end = begin + GST_BUFFER_DURATION (buffer);
  decoded->samples += gst_buffer_get_size (buffer) / 2;
}

/* As a session does it. What cannot be decoded at all has no samples. */
static Decoded
decode (GBytes *bytes)
{
  Decoded decoded = { 0 };
  g_autoptr (GstElement) pipeline = NULL, source = NULL, sink = NULL;
  g_autoptr (GstMessage) message = NULL;
  GError *error = NULL;
  GstFlowReturn flow;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return decoded;
  pipeline = gst_parse_launch ("appsrc name=source ! decodebin ! audioconvert ! audioresample ! "
                               "audio/x-raw,format=S16LE,rate=16000,channels=1 ! "
                               "fakesink name=sink signal-handoffs=true sync=false",
      &error);
  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (count_samples), &decoded);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  /* In pieces, so that no demuxer sees all at once. */
  for (gsize at = 0; at < g_bytes_get_size (bytes); at += 4000) {
    g_autoptr (GBytes) piece =
        g_bytes_new_from_bytes (bytes, at, MIN (4000, g_bytes_get_size (bytes) - at));
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (piece);

    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  message = habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR, 60);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return decoded;
}

/* What a parser makes of a part of @bytes, in pieces of at most @piece bytes; 0 = any sizes. */
static void
parse (
    HablaContainerParser *parser, GBytes *bytes, gsize from, gsize to, gsize piece, GByteArray *out)
{
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  while (from < to) {
    gsize most = piece > 0 ? piece : (gsize) g_test_rand_int_range (1, 3000);
    gsize n = MIN (to - from, most);
    g_autoptr (GBytes) result = habla_container_parser_push (parser, data + from, n);

    if (result != NULL)
      g_byte_array_append (out, g_bytes_get_data (result, NULL), g_bytes_get_size (result));
    from += n;
  }
}

static GBytes *
resume (GBytes *recording, gsize cut, GBytes *header, gsize piece, HablaContainerParser **parser)
{
  GByteArray *out = g_byte_array_new ();

  *parser = habla_container_parser_new (header);
  parse (*parser, recording, cut, g_bytes_get_size (recording), piece, out);
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
header_of (GBytes *recording)
{
  g_autoptr (HablaContainerParser) parser = NULL;
  g_autoptr (GBytes) out = resume (recording, 0, NULL, 0, &parser);
  GBytes *header = habla_container_parser_get_header (parser);

  g_assert_nonnull (header);
  return header;
}

/* Returns: (transfer full): @bytes with another byte at @at */
static GBytes *
flip (GBytes *bytes, gsize at, guint8 bits)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  guint8 *copy = g_memdup2 (data, size);

  copy[at] ^= bits;
  return g_bytes_new_take (copy, size);
}

/* Where @needle is in @bytes, from @from on. */
static gsize
find (GBytes *bytes, gsize from, const char *needle)
{
  gsize size, length = strlen (needle);
  const char *data = g_bytes_get_data (bytes, &size);

  while (from + length <= size && memcmp (data + from, needle, length) != 0)
    from++;
  g_assert_cmpuint (from + length, <=, size);
  return from;
}

/* A whole recording passes unchanged, however it is cut; its header ends where audio begins. */
static void
test_whole (gconstpointer user_data)
{
  const Recorder *recorder = user_data;
  g_autoptr (GBytes) recording = record (recorder);
  gsize pieces[] = { G_MAXSIZE, 0, 7, 1 }, media = 0;

  if (recording == NULL)
    return;
  switch (recorder->container) {
  case HABLA_CONTAINER_WEBM:
    media = find (recording, 0, "\x1f\x43\xb6\x75");
    break;
  case HABLA_CONTAINER_MP4:
    media = find (recording, 0, "moof") - 4;
    break;
  default:
    media = find (recording, find (recording, 0, "OpusTags"), "OggS");
  }
  for (guint i = 0; i < habla_test_repeat (2) + 2; i++) {
    g_autoptr (HablaContainerParser) parser = NULL;
    g_autoptr (GBytes) out = resume (recording, 0, NULL, pieces[i], &parser);
    g_autoptr (GBytes) header = habla_container_parser_get_header (parser);

    g_assert_true (g_bytes_equal (out, recording));
    g_assert_cmpint (habla_container_parser_get_container (parser), ==, recorder->container);
    g_assert_cmpuint (habla_container_parser_get_discarded (parser), ==, 0);
    g_assert_cmpmem (g_bytes_get_data (header, NULL), g_bytes_get_size (header),
        g_bytes_get_data (recording, NULL), media);
  }
}

/* The recording without what comes before @cut decodes, from time 0 on and without a hole,
 * to all but what was cut through. */
static void
check_cut (const Recorder *recorder, GBytes *recording, guint64 total, gsize cut, GBytes *header)
{
  g_autoptr (HablaContainerParser) parser = NULL;
  g_autoptr (GBytes) before = g_bytes_new_from_bytes (recording, 0, cut);
  g_autoptr (GBytes) after = resume (recording, cut, header, 0, &parser);
  Decoded first = decode (before), second = decode (after);
  GstClockTime duration = gst_util_uint64_scale (second.samples, GST_SECOND, RATE);

  g_test_message ("%s cut at %" G_GSIZE_FORMAT ": %" G_GUINT64_FORMAT " + %" G_GUINT64_FORMAT
                  " of %" G_GUINT64_FORMAT " samples",
      recorder->name, cut, first.samples, second.samples, total);
  g_assert_cmpint (habla_container_parser_get_container (parser), ==, recorder->container);
  g_assert_cmpuint (first.samples + second.samples + recorder->unit + SLACK, >=, total);
  g_assert_cmpuint (second.begin, <, GST_SECOND / 20);
  g_assert_cmpuint (second.end, <, duration + GST_SECOND / 20);
}

static void
test_cuts (gconstpointer user_data)
{
  const Recorder *recorder = user_data;
  g_autoptr (GBytes) recording = record (recorder);
  g_autoptr (GBytes) header = NULL;
  guint n = habla_test_repeat (8);
  gsize begin, size;
  Decoded whole;

  if (recording == NULL)
    return;
  whole = decode (recording);
  g_assert_cmpuint (whole.samples, >, (SECONDS - 0.1) * RATE);
  header = header_of (recording);
  begin = g_bytes_get_size (header);
  size = g_bytes_get_size (recording);

  /* At the first audio, next to it, in the midst of the first unit, and anywhere. */
  for (guint i = 0; i < n + habla_test_repeat (4); i++) {
    gsize cut = begin + i * i * i;

    if (i >= habla_test_repeat (4))
      cut = g_test_rand_int_range (begin, size * 3 / 4);
    check_cut (recorder, recording, whole.samples, cut, header);
    if (recorder->container != HABLA_CONTAINER_MP4)
      check_cut (recorder, recording, whole.samples, cut, NULL);
  }
}

/* Also when the pieces are cut elsewhere, and twice. */
static void
test_pieces (gconstpointer user_data)
{
  const Recorder *recorder = user_data;
  g_autoptr (GBytes) recording = record (recorder);
  g_autoptr (GBytes) header = NULL;

  if (recording == NULL)
    return;
  header = header_of (recording);
  for (guint i = 0; i < habla_test_repeat (50); i++) {
    gsize cut = g_test_rand_int_range (1, g_bytes_get_size (recording));
    GBytes *given = i % 2 == 0 ? header : NULL;
    g_autoptr (HablaContainerParser) all = NULL, single = NULL, any = NULL;
    g_autoptr (GBytes) expected = resume (recording, cut, given, G_MAXSIZE, &all);
    g_autoptr (GBytes) one = resume (recording, cut, given, 1, &single);
    g_autoptr (GBytes) other = resume (recording, cut, given, 0, &any);
    g_autoptr (GBytes) handed_on = habla_container_parser_get_header (all);

    g_assert_true (g_bytes_equal (one, expected));
    g_assert_true (g_bytes_equal (other, expected));
    g_assert_cmpuint (habla_container_parser_get_discarded (all), ==,
        habla_container_parser_get_discarded (single));
    /* The header is handed on as it came. */
    if (given != NULL && handed_on != NULL)
      g_assert_true (g_bytes_equal (handed_on, given));
  }
}

/* MP4 without its header: no one knows what the bytes mean, and it says so. */
static void
test_lacks_header (void)
{
  g_autoptr (GBytes) recording = record (&recorders[2]);
  g_autoptr (GBytes) header = NULL, out = NULL;
  g_autoptr (HablaContainerParser) parser = NULL;
  gsize cut;

  if (recording == NULL)
    return;
  header = header_of (recording);
  cut = g_bytes_get_size (header) + 100;
  out = resume (recording, cut, NULL, 0, &parser);
  g_assert_cmpuint (g_bytes_get_size (out), ==, 0);
  g_assert_cmpint (habla_container_parser_get_container (parser), ==, HABLA_CONTAINER_MP4);
  g_assert_cmpuint (
      habla_container_parser_get_discarded (parser), ==, g_bytes_get_size (recording) - cut);
  g_assert_null (habla_container_parser_get_header (parser));
}

/* A kept header of another format is no use. */
static void
test_foreign_header (void)
{
  g_autoptr (GBytes) webm = record (&recorders[0]), ogg = record (&recorders[3]);
  g_autoptr (GBytes) header = NULL, out = NULL, expected = NULL;
  g_autoptr (HablaContainerParser) parser = NULL, without = NULL;

  if (webm == NULL)
    return;
  header = header_of (ogg);
  out = resume (webm, 10000, header, 0, &parser);
  expected = resume (webm, 10000, NULL, 0, &without);
  g_assert_true (g_bytes_equal (out, expected));
  g_assert_cmpuint (decode (out).samples, >, RATE);
}

/* A hole in the middle: the rest is there. */
static void
test_interrupt (gconstpointer user_data)
{
  const Recorder *recorder = user_data;
  g_autoptr (GBytes) recording = record (recorder);
  g_autoptr (HablaContainerParser) parser = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) result = NULL;
  gsize size;
  Decoded decoded;

  if (recording == NULL)
    return;
  size = g_bytes_get_size (recording);
  parser = habla_container_parser_new (NULL);
  parse (parser, recording, 0, size / 3, 0, out);
  habla_container_parser_interrupt (parser);
  parse (parser, recording, size / 2, size, 0, out);
  result = g_bytes_new (out->data, out->len);
  decoded = decode (result);
  g_assert_cmpuint (decoded.samples + 2 * recorder->unit + SLACK, >=, SECONDS * RATE * 4 / 5);
  g_assert_cmpuint (habla_container_parser_get_discarded (parser), <, size / 4);
}

typedef struct {
  const char *name;
  HablaContainer container;
  gsize size;
  const char *beginning;
} File;

/* The last: two frames of silence, 32 kbit/s and 48 kHz: 96 bytes each. */
static const File files[] = {
  { "wave", HABLA_CONTAINER_WAV, 4, "RIFF" },
  { "flac", HABLA_CONTAINER_FLAC, 4, "fLaC" },
  { "id3", HABLA_CONTAINER_MP3, 3, "ID3" },
  { "mpeg", HABLA_CONTAINER_MP3, 100,
      "\xff\xfb\x14\xc4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
      "\xff\xfb\x14\xc4" },
};

/* A file that is recognised by its beginning passes unchanged, whatever follows. */
static void
test_file (gconstpointer user_data)
{
  const File *file = user_data;

  for (gsize piece = 1; piece <= 300; piece += 299) {
    g_autoptr (HablaContainerParser) parser = habla_container_parser_new (NULL);
    g_autoptr (GByteArray) all = g_byte_array_new ();
    g_autoptr (GByteArray) out = g_byte_array_new ();

    g_byte_array_append (all, (const guint8 *) file->beginning, file->size);
    for (guint i = 0; i < 1000; i++) {
      guint8 byte = g_test_rand_int_range (0, 256);

      g_byte_array_append (all, &byte, 1);
    }
    for (gsize at = 0; at < all->len; at += piece) {
      g_autoptr (GBytes) given =
          habla_container_parser_push (parser, all->data + at, MIN (piece, all->len - at));

      if (given != NULL)
        g_byte_array_append (out, g_bytes_get_data (given, NULL), g_bytes_get_size (given));
    }
    g_assert_cmpmem (out->data, out->len, all->data, all->len);
    g_assert_cmpint (habla_container_parser_get_container (parser), ==, file->container);
    g_assert_cmpuint (habla_container_parser_get_discarded (parser), ==, 0);
    g_assert_null (habla_container_parser_get_header (parser));
  }
}

/* A whole recording with one wrong byte in its header is damaged or passes unchanged: no header
 * is spliced into it. */
static void
test_damaged_header (gconstpointer user_data)
{
  const Recorder *recorder = user_data;
  g_autoptr (GBytes) recording = record (recorder);
  g_autoptr (GBytes) header = NULL;
  guint n_damaged = 0;

  if (recording == NULL)
    return;
  header = header_of (recording);
  for (gsize at = 4; at < g_bytes_get_size (header); at++) {
    g_autoptr (GBytes) damaged = flip (recording, at, 0x20);
    g_autoptr (HablaContainerParser) parser = NULL;
    g_autoptr (GBytes) out = resume (damaged, 0, header, 0, &parser);
    g_autoptr (GBytes) kept = habla_container_parser_get_header (parser);

    /* Changed magic bytes make it something else. */
    if (at < 8 && recorder->container != HABLA_CONTAINER_WEBM)
      continue;
    g_assert_cmpuint (g_bytes_get_size (out), <=, g_bytes_get_size (damaged));
    /* A wrong size may lead into random bytes that look like audio, such as a UID. The header has
     * ended there for the parser, and it resynchronises as after damage within the audio. */
    if (habla_container_parser_is_damaged (parser) ||
        habla_container_parser_get_discarded (parser) == 0)
      g_assert_cmpmem (g_bytes_get_data (out, NULL), g_bytes_get_size (out),
          g_bytes_get_data (damaged, NULL), g_bytes_get_size (out));
    if (habla_container_parser_is_damaged (parser)) {
      n_damaged++;
      g_assert_null (kept);
    }
  }
  g_assert_cmpuint (n_damaged, >, 0);
}

/* A hole in the header of a whole recording cannot be repaired either. */
static void
test_interrupted_header (gconstpointer user_data)
{
  const Recorder *recorder = user_data;
  g_autoptr (GBytes) recording = record (recorder);
  g_autoptr (GBytes) header = NULL;
  g_autoptr (HablaContainerParser) parser = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize size;

  if (recording == NULL)
    return;
  header = header_of (recording);
  size = g_bytes_get_size (header) / 2;
  parser = habla_container_parser_new (header);
  parse (parser, recording, 0, size, 0, out);
  habla_container_parser_interrupt (parser);
  parse (parser, recording, size + 10, g_bytes_get_size (recording), 0, out);
  g_assert_true (habla_container_parser_is_damaged (parser));
  g_assert_null (habla_container_parser_get_header (parser));
  g_assert_cmpuint (out->len, <=, g_bytes_get_size (header));
}

/* What is no recording gives nothing, and is not kept either. */
static void
test_noise (void)
{
  g_autoptr (HablaContainerParser) parser = habla_container_parser_new (NULL);
  guint64 size = 0;

  for (guint i = 0; i < habla_test_repeat (2000); i++) {
    guint8 noise[500];
    g_autoptr (GBytes) out = NULL;

    for (guint j = 0; j < sizeof noise; j++)
      noise[j] = g_test_rand_int_range (0, 0x80);
    out = habla_container_parser_push (parser, noise, sizeof noise);
    size += sizeof noise;
    g_assert_null (out);
    g_assert_cmpuint (habla_container_parser_get_discarded (parser) + 1000, >, size);
  }
  g_assert_null (habla_container_parser_get_header (parser));
}

/* What looks nearly like a unit that audio can go on with, but is none. */
static void
test_false_friends (void)
{
  static const struct {
    gsize size;
    const char *bytes;
  } friends[] = {
    { 9, "\xa3\x1f\xff\xff\xf0\x81\0\0\x80" }, /* a block of 256 MB */
    { 6, "\xa3\x85\x91\0\0\x80" },             /* of track 17 */
    { 6, "\xa3\x85\x81\0\0\x86" },             /* with lacing */
    { 6, "\xa3\x84\x81\0\0\x80" },             /* without anything in it */
    { 7, "\xa3\x85\x81\0\0\x80\x11" },         /* alone */
    { 16, "\0\0\0\5moof\0\0\0\x10mfhd" },      /* a box that is smaller than its head */
    { 16, "\0\0\1\0moof\0\0\0\x10traf" },      /* a fragment without a number */
    { 6, "OggS\1\0" },                         /* version 1 */
    { 6, "OggS\0\x40" },                       /* unknown flags */
  };

  for (guint i = 0; i < G_N_ELEMENTS (friends); i++) {
    g_autoptr (HablaContainerParser) parser = habla_container_parser_new (NULL);
    guint8 bytes[400] = { 0 };

    memcpy (bytes + 50, friends[i].bytes, friends[i].size);
    g_assert_null (habla_container_parser_push (parser, bytes, sizeof bytes));
    g_assert_cmpint (habla_container_parser_get_container (parser), ==, HABLA_CONTAINER_UNKNOWN);
    g_assert_cmpuint (habla_container_parser_get_discarded (parser), >, 350);
  }
}

static void
add_for_each (const char *name, GTestDataFunc test)
{
  for (guint i = 0; i < G_N_ELEMENTS (recorders); i++) {
    g_autofree char *path = g_strdup_printf ("/container-parser/%s/%s", name, recorders[i].name);

    g_test_add_data_func (path, &recorders[i], test);
  }
}

/* Appends what @parser makes of one chunk to @out. */
static void
push_chunk (HablaContainerParser *parser, GBytes *bytes, gsize from, gsize size, GByteArray *out)
{
  g_autoptr (GBytes) result = habla_container_parser_push (
      parser, (const guint8 *) g_bytes_get_data (bytes, NULL) + from, size);

  if (result != NULL)
    g_byte_array_append (out, g_bytes_get_data (result, NULL), g_bytes_get_size (result));
}

/* Chunks of an earlier recorder come between those of a recording, from any place on. */
static void
test_rival (gconstpointer data)
{
  const Recorder *recorder = data;
  g_autofree char *line =
      g_strdup_printf ("audiotestsrc num-buffers=100 samplesperbuffer=4800 wave=red-noise ! "
                       "audio/x-raw,rate=48000,channels=1 ! %s",
          recorder->muxer);
  g_autoptr (GBytes) own = record (recorder);
  g_autoptr (GBytes) other = NULL;
  guint n_right = 0;

  if (own == NULL)
    return;
  other = habla_test_encode (line);
  for (guint round = 0; round < 50; round++) {
    g_autoptr (HablaContainerParser) parser = habla_container_parser_new (NULL);
    g_autoptr (GByteArray) out = g_byte_array_new ();
    gsize size = g_bytes_get_size (own), end = g_bytes_get_size (other);
    gsize at = MIN (size / 4, 8000), foreign = 0, from = end / 2;

    habla_container_parser_expect_rival (parser);
    push_chunk (parser, own, 0, at, out);
    while (at < size) {
      gsize n = g_test_rand_int_range (1500, 4000), m = g_test_rand_int_range (1500, 4000);

      /* As browsers cut it: where an element begins. */
      if (round % 2 == 0)
        from = find (other, from, "\x1f\x43\xb6\x75");
      n = MIN (n, size - at);
      m = MIN (m, end - from);
      push_chunk (parser, other, from, m, out);
      foreign += m;
      push_chunk (parser, own, at, n, out);
      at += n;
    }
    n_right += habla_container_parser_get_discarded (parser) == foreign && out->len == size &&
               memcmp (out->data, g_bytes_get_data (own, NULL), size) == 0;
  }
  /* Bytes from the middle of an element look right once in thousands of chunks. */
  g_test_message ("%u of 50", n_right);
  g_assert_cmpuint (n_right, >=, 45);
}

/* Returns: (transfer full) (element-type GBytes): an MP4, cut at each @box or after its head */
static GPtrArray *
split_boxes (GBytes *recording, const char *box, gboolean after_head)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize size, begin = 0;
  const char *data = g_bytes_get_data (recording, &size);

  while (begin < size) {
    const char *next = memmem (data + begin + 8, size - begin - 8, box, 4);
    gsize end = next != NULL ? (gsize) (next - data) + (after_head ? 4 : -4) : size;

    g_ptr_array_add (parts, g_bytes_new_from_bytes (recording, begin, end - begin));
    begin = end;
  }
  return parts;
}

/* @lead: chunks that the earlier recorder is ahead. */
static void
check_rival_chunks (GPtrArray *own, GPtrArray *other, guint lead, GBytes *whole)
{
  g_autoptr (HablaContainerParser) parser = habla_container_parser_new (NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gsize foreign = 0;

  habla_container_parser_expect_rival (parser);
  for (guint i = 0; i < own->len; i++) {
    push_chunk (parser, own->pdata[i], 0, g_bytes_get_size (own->pdata[i]), out);
    if (i + lead < other->len) {
      GBytes *fragment = other->pdata[i + lead];

      push_chunk (parser, fragment, 0, g_bytes_get_size (fragment), out);
      foreign += g_bytes_get_size (fragment);
    }
  }
  g_assert_cmpuint (habla_container_parser_get_discarded (parser), ==, foreign);
  g_assert_cmpmem (out->data, out->len, g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
}

static void
test_rival_mp4 (gconstpointer data)
{
  g_autoptr (GBytes) whole = record (data);
  g_autoptr (GPtrArray) fragments = NULL, audio = NULL;

  if (whole == NULL)
    return;
  /* Whole fragments, as Safari sends them, and audio without its head. */
  fragments = split_boxes (whole, "moof", FALSE);
  g_assert_cmpuint (fragments->len, >, 4);
  audio = split_boxes (whole, "mdat", TRUE);
  for (guint lead = 2; lead < fragments->len; lead++) {
    check_rival_chunks (fragments, fragments, lead, whole);
    check_rival_chunks (audio, audio, lead, whole);
  }
}

int
main (int argc, char *argv[])
{
  int status;

  habla_test_init (&argc, &argv);
  add_for_each ("whole", test_whole);
  add_for_each ("cuts", test_cuts);
  add_for_each ("pieces", test_pieces);
  add_for_each ("interrupt", test_interrupt);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_strdup_printf ("/container-parser/file/%s", files[i].name);

    g_test_add_data_func (path, &files[i], test_file);
  }
  add_for_each ("damaged-header", test_damaged_header);
  add_for_each ("interrupted-header", test_interrupted_header);
  g_test_add_data_func ("/container-parser/rival/webm", &recorders[0], test_rival);
  g_test_add_data_func ("/container-parser/rival/mp4", &recorders[2], test_rival_mp4);
  g_test_add_func ("/container-parser/lacks-header", test_lacks_header);
  g_test_add_func ("/container-parser/foreign-header", test_foreign_header);
  g_test_add_func ("/container-parser/noise", test_noise);
  g_test_add_func ("/container-parser/false-friends", test_false_friends);
  status = habla_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (recordings); i++)
    g_clear_pointer (&recordings[i], g_bytes_unref);
  return status;
}
