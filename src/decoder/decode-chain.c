/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder/decode-chain.h"

#include "install-paths.h"
#include "decoder/decoder.h"
#include "decoder/audio-limits.h"
#include "decoder/decoder-text.h"

#include <habla/error.h>
#include <string.h>

#define MAX_STEPS 3
/* Size of an ID3 tag's header, and of its footer, in bytes. */
#define ID3_HEAD 10

typedef enum {
  MATROSKA,
  OGG,
  MP4,
  WAV,
  FLAC_PARSER,
  MPEG_PARSER,
  AAC_PARSER,
  OPUS,
  VORBIS,
  FLAC,
  AAC,
  MPEG,
  CONVERT,
  RESAMPLE,
  N_ELEMENTS,
} ElementIndex;

/* The only plugins that are loaded. */
static const struct {
  const char *factory;
  const char *plugin;
  const char *package;
} elements[N_ELEMENTS] = {
  [MATROSKA] = { "matroskademux", "matroska", "gstreamer1.0-plugins-good" },
  [OGG] = { "oggdemux", "ogg", "gstreamer1.0-plugins-base" },
  [MP4] = { "qtdemux", "isomp4", "gstreamer1.0-plugins-good" },
  [WAV] = { "wavparse", "wavparse", "gstreamer1.0-plugins-good" },
  [FLAC_PARSER] = { "flacparse", "audioparsers", "gstreamer1.0-plugins-good" },
  [MPEG_PARSER] = { "mpegaudioparse", "audioparsers", "gstreamer1.0-plugins-good" },
  [AAC_PARSER] = { "aacparse", "audioparsers", "gstreamer1.0-plugins-good" },
  [OPUS] = { "opusdec", "opus", "gstreamer1.0-plugins-base" },
  [VORBIS] = { "vorbisdec", "vorbis", "gstreamer1.0-plugins-base" },
  [FLAC] = { "flacdec", "flac", "gstreamer1.0-plugins-good" },
  [AAC] = { "faad", "faad", "gstreamer1.0-plugins-bad" },
  [MPEG] = { "mpg123audiodec", "mpg123", "gstreamer1.0-plugins-good" },
  [CONVERT] = { "audioconvert", "audioconvert", "gstreamer1.0-plugins-base" },
  [RESAMPLE] = { "audioresample", "audioresample", "gstreamer1.0-plugins-base" },
};

/* From a track's caps to raw audio. */
static const struct {
  const char *caps;
  int steps[MAX_STEPS]; /* -1 = end */
} codecs[] = {
  { "audio/x-raw", { -1 } },
  { "audio/x-opus", { OPUS, -1 } },
  { "audio/x-vorbis", { VORBIS, -1 } },
  { "audio/x-flac", { FLAC_PARSER, FLAC, -1 } },
  { "audio/mpeg, mpegversion=(int){ 2, 4 }", { AAC_PARSER, AAC, -1 } },
  { "audio/mpeg, mpegversion=(int)1", { MPEG_PARSER, MPEG, -1 } },
};

struct _HablaDecodeChain {
  HablaDecodeFunc output;
  gpointer data;
  GstBus *bus;
  GstElement *elements[N_ELEMENTS]; /* NULL = not installed */
  GstPad *source;                   /* input is pushed through it */
  GstPad *sink;                     /* samples arrive here */
  GstPad *track;                    /* pad of the demuxer that is decoded; NULL = none */
  GByteArray *tag;                  /* the first bytes, possibly of an ID3 tag; NULL = checked */
  gsize n_skip;                     /* remaining bytes of the tag */
  gboolean is_started;
  gboolean has_samples;
  gboolean is_over; /* the container's end was reached */
  GError *error;    /* the first one */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_DECODER_CAPS));

G_GNUC_PRINTF (3, 4)
static void
chain_fail (HablaDecodeChain *self, HablaError code, const char *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (HABLA_ERROR, code, format, args);
  va_end (args);
}

/* Only the first error matters; all other messages are dropped. */
static GstBusSyncReply
chain_on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  HablaDecodeChain *self = data;
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND) ||
        g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
      chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);
    else
      chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_DAMAGED, error->message);
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static GstFlowReturn
chain_on_samples (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  HablaDecodeChain *self = gst_pad_get_element_private (pad);
  GstMapInfo map;

  if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    self->has_samples |= map.size > 0;
    self->output (map.data, map.size, self->data);
    gst_buffer_unmap (buffer, &map);
  }
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
chain_on_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  gst_event_unref (event);
  return TRUE;
}

/* Returns: whether @caps are within the bounds; if not, the chain has failed */
static gboolean
chain_check_caps (HablaDecodeChain *self, const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  int rate, channels;

  if (gst_structure_get_int (structure, "rate", &rate) &&
      (rate < HABLA_MIN_SAMPLE_RATE || rate > HABLA_MAX_SAMPLE_RATE)) {
    chain_fail (self, HABLA_ERROR_INPUT,
        "The audio has a sample rate of %d Hz; it must be from %d to %d Hz", rate,
        HABLA_MIN_SAMPLE_RATE, HABLA_MAX_SAMPLE_RATE);
    return FALSE;
  }
  if (gst_structure_get_int (structure, "channels", &channels) &&
      channels > HABLA_DECODE_MAX_CHANNELS) {
    chain_fail (self, HABLA_ERROR_INPUT, "The audio has %d channels; it must have no more than %d",
        channels, HABLA_DECODE_MAX_CHANNELS);
    return FALSE;
  }
  return TRUE;
}

static GstPadProbeReturn
chain_on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  HablaDecodeChain *self = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  if (!gst_structure_has_name (gst_caps_get_structure (caps, 0), "audio/x-raw")) {
    chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);
    return GST_PAD_PROBE_DROP;
  }
  return chain_check_caps (self, caps) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* Returns: index into codecs of the codec of @caps; -1 = not supported */
static int
chain_find_codec (const GstCaps *caps)
{
  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++) {
    g_autoptr (GstCaps) known = gst_caps_from_string (codecs[i].caps);

    if (gst_caps_is_always_compatible (caps, known))
      return i;
  }
  return -1;
}

/* Returns: (nullable): the element; if it is not installed the chain has failed */
static GstElement *
chain_find_element (HablaDecodeChain *self, ElementIndex index)
{
  if (self->elements[index] == NULL)
    chain_fail (self, HABLA_ERROR_NOT_INSTALLED,
        "There is no GStreamer element “%s”; install the package %s", elements[index].factory,
        elements[index].package);
  return self->elements[index];
}

/* Links @pad with the next element.
 * Returns: (transfer none) (nullable): the source pad of that one */
static GstPad *
chain_append (HablaDecodeChain *self, GstPad *pad, ElementIndex index)
{
  g_autoptr (GstPad) sink = NULL, source = NULL, peer = NULL;
  GstElement *element = chain_find_element (self, index);

  if (element == NULL)
    return NULL;
  sink = gst_element_get_static_pad (element, "sink");
  /* The element decoded an earlier part if a recording starts again in its middle. */
  peer = gst_pad_get_peer (sink);
  if (peer != NULL) {
    gst_pad_unlink (peer, sink);
    gst_element_set_state (element, GST_STATE_READY);
  }
  gst_pad_link_full (pad, sink, GST_PAD_LINK_CHECK_NOTHING);
  gst_element_set_state (element, GST_STATE_PLAYING);
  source = gst_element_get_static_pad (element, "src");
  return source;
}

/* From a track, or a parser, to the sink. */
static void
chain_decode_pad (HablaDecodeChain *self, GstPad *pad, const int *steps)
{
  const int last[] = { CONVERT, RESAMPLE };
  g_autoptr (GstPad) peer = gst_pad_get_peer (self->sink);

  if (peer != NULL)
    gst_pad_unlink (peer, self->sink);
  for (guint i = 0; i < MAX_STEPS && steps[i] >= 0 && pad != NULL; i++)
    pad = chain_append (self, pad, steps[i]);
  for (guint i = 0; i < G_N_ELEMENTS (last) && pad != NULL; i++)
    pad = chain_append (self, pad, last[i]);
  if (pad != NULL)
    gst_pad_link_full (pad, self->sink, GST_PAD_LINK_CHECK_NOTHING);
}

/* Decodes the first track with a supported codec. */
static void
chain_on_pad_added (GstElement *demuxer, GstPad *pad, gpointer data)
{
  HablaDecodeChain *self = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  int codec;

  if (demuxer->numsrcpads > HABLA_DECODE_MAX_TRACKS)
    chain_fail (self, HABLA_ERROR_INPUT, "The audio has more than %d tracks; send one",
        HABLA_DECODE_MAX_TRACKS);
  if (self->track != NULL || self->error != NULL || caps == NULL)
    return;
  codec = chain_find_codec (caps);
  if (codec < 0 || !chain_check_caps (self, caps))
    return;
  self->track = gst_object_ref (pad);
  chain_decode_pad (self, pad, codecs[codec].steps);
}

static void
chain_on_pad_removed (GstElement *demuxer, GstPad *pad, gpointer data)
{
  HablaDecodeChain *self = data;

  if (self->track == pad)
    gst_clear_object (&self->track);
}

static void
chain_on_no_more_pads (GstElement *demuxer, gpointer data)
{
  HablaDecodeChain *self = data;

  if (self->track == NULL)
    chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);
}

static void
chain_create_elements (HablaDecodeChain *self)
{
  g_autofree char *folder = g_strdup (g_getenv ("GST_PLUGIN_SYSTEM_PATH_1_0"));

  for (guint i = 0; i < N_ELEMENTS; i++) {
    g_autofree char *file = g_strdup_printf (
        "%s/libgst%s.so", folder != NULL ? folder : GST_PLUGINS_DIR, elements[i].plugin);
    g_autoptr (GstPlugin) plugin = gst_plugin_load_file (file, NULL);

    self->elements[i] =
        plugin != NULL ? gst_element_factory_make (elements[i].factory, NULL) : NULL;
    if (self->elements[i] == NULL)
      continue;
    gst_object_ref_sink (self->elements[i]);
    gst_element_set_bus (self->elements[i], self->bus);
    if (i > MP4)
      continue;
    g_signal_connect (self->elements[i], "pad-added", G_CALLBACK (chain_on_pad_added), self);
    g_signal_connect (self->elements[i], "pad-removed", G_CALLBACK (chain_on_pad_removed), self);
    g_signal_connect (self->elements[i], "no-more-pads", G_CALLBACK (chain_on_no_more_pads), self);
  }
}

HablaDecodeChain *
habla_decode_chain_new (HablaDecodeFunc output, gpointer data)
{
  HablaDecodeChain *self = g_new0 (HablaDecodeChain, 1);

  self->output = output;
  self->data = data;
  self->tag = g_byte_array_new ();
  /* A bus without file descriptors. */
  self->bus = g_object_new (GST_TYPE_BUS, "enable-async", FALSE, NULL);
  gst_bus_set_sync_handler (self->bus, chain_on_message, self, NULL);
  self->source = gst_object_ref_sink (gst_pad_new ("source", GST_PAD_SRC));
  self->sink = gst_object_ref_sink (gst_pad_new_from_static_template (&sink_template, "sink"));
  gst_pad_set_element_private (self->sink, self);
  gst_pad_set_chain_function (self->sink, chain_on_samples);
  gst_pad_set_event_function (self->sink, chain_on_sink_event);
  gst_pad_set_active (self->source, TRUE);
  gst_pad_set_active (self->sink, TRUE);
  chain_create_elements (self);
  if (self->elements[CONVERT] != NULL) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (self->elements[CONVERT], "sink");

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, chain_on_caps, self, NULL);
  }
  return self;
}

void
habla_decode_chain_prepare (HablaDecodeChain *self)
{
  if (self->elements[OGG] != NULL)
    gst_element_set_state (self->elements[OGG], GST_STATE_PLAYING);
}

static void
chain_start (HablaDecodeChain *self, HablaContainer container)
{
  /* The first element of each container. A demuxer's tracks determine the other elements. */
  static const struct {
    ElementIndex first;
    const char *caps;
    int steps[MAX_STEPS];
  } starts[] = {
    [HABLA_CONTAINER_WEBM] = { MATROSKA, "video/webm", { -1 } },
    [HABLA_CONTAINER_MP4] = { MP4, "video/quicktime", { -1 } },
    [HABLA_CONTAINER_OGG] = { OGG, "application/ogg", { -1 } },
    [HABLA_CONTAINER_WAV] = { WAV, "audio/x-wav", { -1 } },
    [HABLA_CONTAINER_FLAC] = { FLAC_PARSER, "audio/x-flac", { FLAC, -1 } },
    [HABLA_CONTAINER_MP3] = { MPEG_PARSER, "audio/mpeg, mpegversion=(int)1", { MPEG, -1 } },
  };
  GstSegment segment;
  g_autoptr (GstCaps) caps = gst_caps_from_string (starts[container].caps);
  GstPad *pad = chain_append (self, self->source, starts[container].first);

  if (self->error != NULL)
    return;
  if (pad != NULL)
    chain_decode_pad (self, pad, starts[container].steps);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (self->source, gst_event_new_stream_start ("audio"));
  gst_pad_push_event (self->source, gst_event_new_caps (caps));
  gst_pad_push_event (self->source, gst_event_new_segment (&segment));
}

/* Returns: %FALSE, with @error, when the chain has failed */
static gboolean
chain_check (HablaDecodeChain *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

/* @head: ID3_HEAD bytes */
static void
chain_read_tag (HablaDecodeChain *self, const guint8 *head)
{
  gboolean has_footer = (head[5] & 0x10) != 0;

  /* Versions 2.2 to 2.4; the size has four bytes of seven bits. */
  if (head[3] < 2 || head[3] > 4 || ((head[6] | head[7] | head[8] | head[9]) & 0x80) != 0)
    chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_DAMAGED, "its ID3 tag is malformed");
  self->n_skip = ID3_HEAD + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]);
  if (has_footer)
    self->n_skip += ID3_HEAD;
}

/* Skips an ID3 tag, because parsers can mistake its pictures for audio.
 * Returns: (transfer full) (nullable): the bytes after the tag */
static GBytes *
chain_skip_tag (HablaDecodeChain *self, GBytes *bytes)
{
  g_autoptr (GBytes) all = g_bytes_ref (bytes);
  gsize n;

  if (self->tag != NULL) {
    g_byte_array_append (self->tag, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    if (self->tag->len < ID3_HEAD)
      return NULL;
    if (memcmp (self->tag->data, "ID3", 3) == 0)
      chain_read_tag (self, self->tag->data);
    g_bytes_unref (all);
    all = g_byte_array_free_to_bytes (g_steal_pointer (&self->tag));
  }
  n = MIN (g_bytes_get_size (all), self->n_skip);
  self->n_skip -= n;
  return g_bytes_new_from_bytes (all, n, g_bytes_get_size (all) - n);
}

gboolean
habla_decode_chain_push (
    HablaDecodeChain *self, HablaContainer container, GBytes *bytes, GError **error)
{
  g_autoptr (GBytes) input =
      container == HABLA_CONTAINER_MP3 ? chain_skip_tag (self, bytes) : g_bytes_ref (bytes);
  GstFlowReturn flow;

  if (!self->is_started)
    chain_start (self, container);
  self->is_started = TRUE;
  if (!chain_check (self, error))
    return FALSE;
  if (self->is_over || input == NULL || g_bytes_get_size (input) == 0)
    return TRUE;
  flow = gst_pad_push (self->source, gst_buffer_new_wrapped_bytes (input));
  self->is_over = flow == GST_FLOW_EOS;
  if (flow == GST_FLOW_NOT_LINKED)
    chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_NO_AUDIO);
  else if (flow != GST_FLOW_OK && flow != GST_FLOW_EOS)
    chain_fail (self, HABLA_ERROR_INPUT, HABLA_DECODER_DAMAGED, gst_flow_get_name (flow));
  return chain_check (self, error);
}

gboolean
habla_decode_chain_has_track (HablaDecodeChain *self)
{
  return self->track != NULL;
}

gboolean
habla_decode_chain_end (HablaDecodeChain *self, GError **error)
{
  if (self->is_started && self->error == NULL && !self->is_over)
    gst_pad_push_event (self->source, gst_event_new_eos ());
  /* A truncated recording is not an error. */
  if (self->has_samples)
    g_clear_error (&self->error);
  return chain_check (self, error);
}
