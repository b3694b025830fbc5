/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decoder-fixture.h"

#include "habla-test.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <unistd.h>

#define SOURCE \
  "audiotestsrc num-buffers=30 samplesperbuffer=4800 wave=pink-noise volume=0.2 ! " \
  "audio/x-raw,rate=48000,channels=1"

const Container containers[] = {
  { "webm-opus", "opusenc ! webmmux streamable=true", "opusenc", TRUE },
  { "webm-opus-sizes", "opusenc frame-size=60 ! webmmux", "opusenc", TRUE },
  { "webm-vorbis", "vorbisenc ! webmmux streamable=true", "vorbisenc", FALSE },
  { "matroska-pcm", "audioconvert ! audio/x-raw,format=F32LE ! matroskamux streamable=true",
      "matroskamux", FALSE },
  { "ogg-opus", "opusenc ! oggmux max-page-delay=200000000", "opusenc", TRUE },
  { "ogg-vorbis", "vorbisenc ! oggmux", "vorbisenc", FALSE },
  { "ogg-flac", "audioconvert ! audio/x-raw,format=S16LE ! flacenc ! flacparse ! oggmux", "flacenc",
      FALSE },
  { "mp4-aac", "voaacenc ! aacparse ! mp4mux fragment-duration=500 streamable=true", "voaacenc",
      TRUE },
  { "mp4-opus", "opusenc ! mp4mux fragment-duration=500 streamable=true", "opusenc", TRUE },
  { "wav", "audioconvert ! audio/x-raw,format=S16LE ! wavenc", "wavenc", FALSE },
  { "flac", "audioconvert ! audio/x-raw,format=S16LE ! flacenc", "flacenc", FALSE },
  { "mp3", "lamemp3enc", "lamemp3enc", FALSE },
  { "mp3-id3", "lamemp3enc ! id3v2mux", "lamemp3enc", FALSE },
};
const guint n_containers = G_N_ELEMENTS (containers);

GBytes *
container_record (const Container *container, const char *source)
{
  g_autofree char *line = g_strdup_printf (
      "%s ! audioconvert ! %s", source != NULL ? source : SOURCE, container->launch);
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (container->factory);

  if (factory == NULL) {
    g_autofree char *text = g_strdup_printf ("%s is not installed", container->factory);

    g_test_skip (text);
    return NULL;
  }
  return habla_test_encode (line);
}

static void
on_reference_samples (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_byte_array_append (data, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
}

GByteArray *
container_decode (GBytes *recording)
{
  GByteArray *samples = g_byte_array_new ();
  g_autoptr (GstElement) pipeline = NULL, source = NULL, sink = NULL;
  GError *error = NULL;
  GstFlowReturn flow;

  pipeline = gst_parse_launch ("appsrc name=source ! decodebin ! audioconvert ! audioresample ! "
                               "audio/x-raw,format=S16LE,rate=16000,channels=1 ! "
                               "fakesink name=sink signal-handoffs=true sync=false",
      &error);
  g_assert_no_error (error);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (on_reference_samples), samples);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (gsize at = 0; at < g_bytes_get_size (recording); at += 4000) {
    g_autoptr (GBytes) chunk =
        g_bytes_new_from_bytes (recording, at, MIN (4000, g_bytes_get_size (recording) - at));
    g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (chunk);

    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_message_unref (
      habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS | GST_MESSAGE_ERROR, 60));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return samples;
}

static gboolean
on_wakeup (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
iterate (void)
{
  guint source = g_timeout_add (50, on_wakeup, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

static gboolean
run_on_output (int output, GIOCondition condition, gpointer data)
{
  Run *self = data;
  guint8 buffer[65536];
  gssize n = read (output, buffer, sizeof buffer);

  g_assert_true (n >= 0 || errno == EINTR);
  if (n > 0)
    g_byte_array_append (self->samples, buffer, n);
  if (n != 0)
    return G_SOURCE_CONTINUE;
  close (self->output);
  self->output = -1;
  self->output_source = 0;
  return G_SOURCE_REMOVE;
}

static void
run_on_stream (HablaDecoder *decoder, GBytes *bytes, gpointer data)
{
  Run *self = data;

  g_assert_false (self->is_finished);
  g_byte_array_append (self->stream, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
run_on_finished (HablaDecoder *decoder, GError *error, gpointer data)
{
  Run *self = data;

  g_assert_false (self->is_finished);
  self->is_finished = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

Run *
run_new (GBytes *header, gboolean wants_stream)
{
  Run *self = g_new0 (Run, 1);
  GError *error = NULL;

  self->decoder = habla_decoder_new (header, wants_stream, &error);
  g_assert_no_error (error);
  g_signal_connect (self->decoder, "stream", G_CALLBACK (run_on_stream), self);
  g_signal_connect (self->decoder, "finished", G_CALLBACK (run_on_finished), self);
  self->samples = g_byte_array_new ();
  self->stream = g_byte_array_new ();
  self->output = habla_decoder_steal_output (self->decoder);
  g_assert_cmpint (self->output, >=, 0);
  g_assert_cmpint (habla_decoder_steal_output (self->decoder), ==, -1);
  run_resume (self);
  return self;
}

void
run_free (Run *self)
{
  run_pause (self);
  if (self->output >= 0)
    close (self->output);
  g_signal_handlers_disconnect_by_data (self->decoder, self);
  g_object_unref (self->decoder);
  g_byte_array_unref (self->samples);
  g_byte_array_unref (self->stream);
  g_clear_error (&self->error);
  g_free (self);
}

void
run_pause (Run *self)
{
  g_clear_handle_id (&self->output_source, g_source_remove);
}

void
run_resume (Run *self)
{
  if (self->output >= 0 && self->output_source == 0)
    self->output_source = g_unix_fd_add (self->output, G_IO_IN | G_IO_HUP, run_on_output, self);
}

void
run_push (Run *self, GBytes *bytes, gsize from, gsize to, gsize chunk_size)
{
  for (gsize at = from; at < to; at += chunk_size) {
    g_autoptr (GBytes) chunk = g_bytes_new_from_bytes (bytes, at, MIN (chunk_size, to - at));

    habla_decoder_push (self->decoder, chunk);
  }
}

void
run_wait_finished (Run *self)
{
  wait_until (self->is_finished && self->output < 0);
  g_assert_cmpuint (habla_decoder_get_waiting (self->decoder), ==, 0);
  g_assert_cmpuint (habla_decoder_get_waiting_chunks (self->decoder), ==, 0);
}

void
run_end (Run *self)
{
  habla_decoder_end (self->decoder);
  run_wait_finished (self);
}
