/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/mux/mux-graph.h"

#include "command/exit-status.h"
#include "command/mux/plain-text.h"

#include <glib-unix.h>
#include <habla/language.h>
#include <pipeline/template/decode-guard.h>
#include <signal.h>
#include <string.h>
#include <subtitle/parser/subtitle-parser.h>
#include <util/source.h>

/* Time until the first data of a stream, in seconds. Like decodebin, parsebin of GStreamer 1.22
 * sometimes waits forever for the type of a stream. */
#define START_SECONDS 20

/* Name of the added tracks. In Matroska, the blanks make room for a flag, see matroska-flags.c. */
#define TRACK_NAME "Habla   "

#define SPEECH "filesrc name=file ! %s ! queue ! taginject name=tags"
#define CAPTIONS "appsrc name=cues format=time max-bytes=0 ! taginject name=tags"

/* Files of speech, as HablaInterpretOptions.speech names them; parsebin does not link to a muxer.
 */
static const struct {
  const char *extension;
  const char *parser;
} speech_parsers[] = {
  { ".ogg", "oggdemux ! opusparse" },
  { ".opus", "oggdemux ! opusparse" },
  { ".flac", "flacparse" },
  { ".wav", "wavparse" },
};

/* A stream of the recording, blocked until the muxer has the pads of all. */
typedef struct {
  GstPad *pad;
  gulong probe;
} Stream;

typedef struct {
  HablaMuxJob *job;
  GstElement *pipeline;
  GstElement *source;
  GstElement *parsebin;
  GstElement *mux;
  GMainLoop *loop;
  GError *error; /* (nullable): the first one */

  GSource *start_timer;

  int has_data; /* atomic; whether a stream is blocked */
  GMutex lock;
  GPtrArray *streams; /* protected by lock; of Stream */
} Graph;

static void
stream_free (Stream *self)
{
  gst_object_unref (self->pad);
  g_free (self);
}

/* @error: (transfer full) */
static void
graph_fail (Graph *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  g_main_loop_quit (self->loop);
}

/* Streaming thread. parsebin has no signal after the last stream, but pushes no data before it, and
 * none at all from an empty stream. Other events pass: they come before the next stream. */
static GstPadProbeReturn
graph_block (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Graph *self = user_data;

  if ((info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) != 0 &&
      GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_PASS;
  if (g_atomic_int_compare_and_exchange (&self->has_data, FALSE, TRUE))
    gst_element_post_message (
        self->pipeline, gst_message_new_application (GST_OBJECT (self->pipeline),
                            gst_structure_new_empty ("habla/streams")));
  return GST_PAD_PROBE_OK;
}

/* Streaming thread. */
static void
graph_on_pad_added (GstElement *parsebin, GstPad *pad, gpointer user_data)
{
  Graph *self = user_data;
  Stream *stream = g_new0 (Stream, 1);

  stream->pad = gst_object_ref (pad);
  stream->probe = gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST |
          GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      graph_block, self, NULL);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->streams, stream);
  g_mutex_unlock (&self->lock);
}

static gboolean
graph_link_to_mux (Graph *self, GstPad *pad, GstCaps *caps)
{
  g_autoptr (GstPad) sink = gst_element_get_compatible_pad (self->mux, pad, caps);

  if (sink == NULL)
    return FALSE;
  if (GST_PAD_LINK_SUCCESSFUL (gst_pad_link (pad, sink)))
    return TRUE;
  gst_element_release_request_pad (self->mux, sink);
  return FALSE;
}

/* Returns: (transfer floating) (nullable): a parser that writes a stream of @caps in a form that
 * the muxer accepts, such as H.264 with its parameters in the caps */
static GstElement *
graph_create_parser (Graph *self, GstCaps *caps)
{
  GList *parsers =
      gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_PARSER, GST_RANK_MARGINAL);
  GList *fitting = gst_element_factory_list_filter (parsers, caps, GST_PAD_SINK, FALSE);
  GstElement *parser = NULL;

  fitting = g_list_sort (fitting, gst_plugin_feature_rank_compare_func);
  if (fitting != NULL)
    parser = gst_element_factory_create (fitting->data, NULL);
  gst_plugin_feature_list_free (fitting);
  gst_plugin_feature_list_free (parsers);
  return parser;
}

/* Returns: whether the muxer has a pad for @pad now */
static gboolean
graph_link_stream (Graph *self, GstPad *pad, GstCaps *caps)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  GstElement *parser = NULL;
  g_autoptr (GstPad) first = gst_element_get_static_pad (queue, "sink");
  g_autoptr (GstPad) last = gst_element_get_static_pad (queue, "src");
  g_autoptr (GstCaps) pushed = habla_plain_text_add (pad, caps);

  /* Streams of a recording may be far apart: with a limit, the muxer could wait forever. */
  g_object_set (queue, "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time",
      G_GUINT64_CONSTANT (0), NULL);
  gst_bin_add (GST_BIN (self->pipeline), queue);
  if (!graph_link_to_mux (self, last, pushed)) {
    g_autoptr (GstPad) parsed = NULL;

    parser = graph_create_parser (self, pushed);
    if (parser == NULL || !gst_bin_add (GST_BIN (self->pipeline), parser))
      return FALSE;
    parsed = gst_element_get_static_pad (parser, "src");
    if (!graph_link_to_mux (self, parsed, NULL) || !gst_element_link (queue, parser))
      return FALSE;
    gst_element_sync_state_with_parent (parser);
  }
  gst_element_sync_state_with_parent (queue);
  /* The muxer takes any caps that are pushed; the template of @pad may be of Pango markup all the
   * same. */
  return GST_PAD_LINK_SUCCESSFUL (gst_pad_link_full (pad, first, GST_PAD_LINK_CHECK_NOTHING));
}

/* Motion JPEG has the type of a picture. */
static gboolean
stream_is_media (const char *type)
{
  return g_str_has_prefix (type, "audio/") || g_str_has_prefix (type, "video/") ||
         g_str_has_prefix (type, "image/");
}

/* Audio and video must not be lost; other streams may be. */
static void
graph_add_stream (Graph *self, GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *type;

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  type = gst_caps_is_empty (caps) || gst_caps_is_any (caps)
             ? "unknown"
             : gst_structure_get_name (gst_caps_get_structure (caps, 0));
  if (graph_link_stream (self, pad, caps)) {
    self->job->n_original++;
  } else if (stream_is_media (type)) {
    graph_fail (
        self, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
                  "%s: a stream of the type %s cannot be copied into this kind of file; choose %s",
                  self->job->input, type,
                  g_str_equal (self->job->muxer, "matroskamux") ? "--captions and --speech"
                                                                : "a name that ends in .mkv"));
  } else {
    GstElement *sink = gst_element_factory_make ("fakesink", NULL);
    g_autoptr (GstPad) end = gst_element_get_static_pad (sink, "sink");

    g_object_set (sink, "async", FALSE, NULL);
    gst_bin_add (GST_BIN (self->pipeline), sink);
    gst_element_sync_state_with_parent (sink);
    gst_pad_link (pad, end);
    g_ptr_array_add (self->job->skipped, g_strdup (type));
  }
}

static void
graph_push_cues (GstElement *source, HablaSubtitleFile *file)
{
  GstFlowReturn flow;

  for (guint i = 0; i < file->cues->len; i++) {
    HablaCue *cue = g_ptr_array_index (file->cues, i);
    GstBuffer *buffer = gst_buffer_new_memdup (cue->text, strlen (cue->text));

    GST_BUFFER_PTS (buffer) = cue->begin;
    GST_BUFFER_DURATION (buffer) = cue->end - cue->begin;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
}

/* Fills the source of @bin. */
static gboolean
track_open (const HablaMuxTrack *self, GstElement *bin, GError **error)
{
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (bin), self->is_speech ? "file" : "cues");
  g_autoptr (HablaSubtitleFile) file = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (self->is_speech) {
    g_object_set (source, "location", self->path, NULL);
    return TRUE;
  }
  if (!g_file_get_contents (self->path, &text, &length, error))
    return FALSE;
  file = habla_subtitle_file_parse ((guint8 *) text, length, "UTF-8", self->language, error);
  if (file == NULL)
    return FALSE;
  caps = gst_caps_new_simple ("text/x-raw", "format", G_TYPE_STRING, "utf8", NULL);
  g_object_set (source, "caps", caps, NULL);
  graph_push_cues (source, file);
  return TRUE;
}

/* Returns: (transfer full): the elements of a track, as a launch line */
static char *
track_describe (const HablaMuxTrack *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (speech_parsers) && self->is_speech; i++)
    if (g_str_has_suffix (self->path, speech_parsers[i].extension))
      return g_strdup_printf (SPEECH, speech_parsers[i].parser);
  return g_strdup (CAPTIONS);
}

static void
graph_add_track (Graph *self, const HablaMuxTrack *track)
{
  GError *error = NULL;
  g_autofree char *line = track_describe (track);
  GstElement *bin = gst_parse_bin_from_description (line, FALSE, &error);
  g_autoptr (GstElement) tags = NULL;
  g_autoptr (GstPad) source = NULL;
  g_autofree char *language = habla_language_get_primary (track->language);
  g_autofree char *text = g_strdup_printf ("language-code=%s,title=\"%s\"", language, TRACK_NAME);

  if (bin == NULL) {
    graph_fail (self, error);
    return;
  }
  tags = gst_bin_get_by_name (GST_BIN (bin), "tags");
  g_object_set (tags, "tags", text, NULL);
  source = gst_element_get_static_pad (tags, "src");
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", source));
  gst_bin_add (GST_BIN (self->pipeline), bin);
  if (!track_open (track, bin, &error))
    graph_fail (self, error);
  else if (!gst_element_link_pads (
               bin, "src", self->mux, track->is_speech ? "audio_%u" : "subtitle_%u"))
    graph_fail (self, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_ENGINE, "%s has no track for %s",
                          self->job->muxer, track->path));
  else
    gst_element_sync_state_with_parent (bin);
}

/* Gives the muxer a pad for each stream, in the order of the recording, and then for each track;
 * only then data flows. */
static void
graph_link (Graph *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < self->streams->len && self->error == NULL; i++)
    graph_add_stream (self, ((Stream *) g_ptr_array_index (self->streams, i))->pad);
  for (guint i = 0; i < self->job->tracks->len && self->error == NULL; i++)
    graph_add_track (self, g_ptr_array_index (self->job->tracks, i));
  for (guint i = 0; i < self->streams->len; i++) {
    Stream *stream = g_ptr_array_index (self->streams, i);

    gst_pad_remove_probe (stream->pad, stream->probe);
  }
  if (self->job->output == NULL)
    g_main_loop_quit (self->loop);
}

/* Returns: whether @object reads the recording */
static gboolean
graph_is_input (Graph *self, GstObject *object)
{
  return object == GST_OBJECT (self->source) || object == GST_OBJECT (self->parsebin) ||
         gst_object_has_as_ancestor (object, GST_OBJECT (self->parsebin));
}

static gboolean
graph_on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Graph *self = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    graph_fail (
        self, habla_exit_error_from_message (message,
                  graph_is_input (self, GST_MESSAGE_SRC (message)) ? self->job->input : NULL));
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    g_main_loop_quit (self->loop);
  else if (gst_message_has_name (message, "habla/streams"))
    graph_link (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
graph_stop (Graph *self, int signal)
{
  graph_fail (self, g_error_new (HABLA_EXIT_ERROR, 128 + signal,
                        "Stopped before all tracks were written; run it again"));
  return G_SOURCE_CONTINUE;
}

static gboolean
graph_on_sigint (gpointer user_data)
{
  return graph_stop (user_data, SIGINT);
}

static gboolean
graph_on_sigterm (gpointer user_data)
{
  return graph_stop (user_data, SIGTERM);
}

/* Returns: (transfer none) (nullable): a new element of the pipeline */
static GstElement *
graph_add_element (Graph *self, const char *name, GError **error)
{
  GstElement *element = gst_element_factory_make (name, NULL);

  if (element == NULL)
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_UNAVAILABLE,
        "There is no element %s; install gstreamer1.0-plugins-base and gstreamer1.0-plugins-good",
        name);
  else
    gst_bin_add (GST_BIN (self->pipeline), element);
  return element;
}

static gboolean
graph_create (Graph *self, GError **error)
{
  GstElement *sink;

  habla_decode_guard_watch (GST_BIN (self->pipeline));
  if ((self->source = graph_add_element (self, "filesrc", error)) == NULL ||
      (self->parsebin = graph_add_element (self, "parsebin", error)) == NULL ||
      (self->mux = graph_add_element (self, self->job->muxer, error)) == NULL ||
      (sink = graph_add_element (
           self, self->job->output != NULL ? "filesink" : "fakesink", error)) == NULL)
    return FALSE;
  g_object_set (self->source, "location", self->job->input, NULL);
  if (self->job->output != NULL)
    g_object_set (sink, "location", self->job->output, NULL);
  g_signal_connect (self->parsebin, "pad-added", G_CALLBACK (graph_on_pad_added), self);
  gst_element_link (self->source, self->parsebin);
  gst_element_link (self->mux, sink);
  return TRUE;
}

static gboolean
graph_on_start_timeout (gpointer user_data)
{
  Graph *self = user_data;

  habla_source_clear (&self->start_timer);
  if (!g_atomic_int_get (&self->has_data))
    graph_fail (self, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
                          "%s: no stream could be read from it within %d s; try again",
                          self->job->input, START_SECONDS));
  return G_SOURCE_REMOVE;
}

static void
graph_run (Graph *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  guint watch = gst_bus_add_watch (bus, graph_on_bus_message, self);
  guint sigint = g_unix_signal_add (SIGINT, graph_on_sigint, self);
  guint sigterm = g_unix_signal_add (SIGTERM, graph_on_sigterm, self);

  habla_source_start_timer (
      &self->start_timer, START_SECONDS * 1000, "[habla] copy start", graph_on_start_timeout, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self->loop);
  habla_source_clear (&self->start_timer);
  g_source_remove (watch);
  g_source_remove (sigint);
  g_source_remove (sigterm);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

gboolean
habla_mux_graph_run (HablaMuxJob *job, GError **error)
{
  Graph graph = { job };
  gboolean done;

  g_mutex_init (&graph.lock);
  graph.streams = g_ptr_array_new_with_free_func ((GDestroyNotify) stream_free);
  graph.loop = g_main_loop_new (NULL, FALSE);
  graph.pipeline = gst_pipeline_new ("mux");
  if (graph_create (&graph, &graph.error))
    graph_run (&graph);
  done = graph.error == NULL;
  if (!done)
    g_propagate_error (error, graph.error);
  gst_object_unref (graph.pipeline);
  g_main_loop_unref (graph.loop);
  g_ptr_array_unref (graph.streams);
  g_mutex_clear (&graph.lock);
  return done;
}
