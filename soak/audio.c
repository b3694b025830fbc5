/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio.h"

#include <gst/gst.h>
#include <string.h>

#define FOLDER "/usr/share/pocketsphinx/test/data/"
#define BOOK "librivox/sense_and_sensibility_01_austen_64kb-"

/* A pause of 1.5 s after each file, which ends an utterance. */
#define PAUSE " audiotestsrc wave=silence num-buffers=100 samplesperbuffer=720 ! " CAPS " ! all."
#define CAPS "audio/x-raw,format=S16LE,rate=48000,channels=1"

/* With the transcription that pocketsphinx-testdata has. */
static const struct {
  const char *name;
  const char *text;
} files[] = {
  { BOOK "0870.wav",
      "and mister john dashwood had then leisure to consider how much there might be prudently "
      "in his power to do for them" },
  { BOOK "0880.wav", "he was not an ill disposed young man" },
  { BOOK "0890.wav", "unless to be rather cold hearted and rather selfish is to be ill disposed" },
  { BOOK "0920.wav",
      "had he married a more a amiable woman he might have been made still more respectable "
      "than he was" },
  { BOOK "0930.wav", "he might even have been made amiable himself" },
  [SOAK_AUDIO_SHORT] = { "cards/003.wav", "seven of clubs" },
};

static const char *
audio_get_ending (const char *format)
{
  if (g_str_equal (format, "ogg"))
    return "opusenc ! oggmux max-delay=100000000 max-page-delay=100000000";
  if (g_str_equal (format, "pcm"))
    return "audioresample ! audio/x-raw,format=S16LE,rate=16000,channels=1";
  return "opusenc ! webmmux streamable=true";
}

static char *
audio_describe (SoakAudio *self, const char *format, guint first, guint n)
{
  GString *line = g_string_new ("concat name=all ! audioconvert ! ");

  g_string_append_printf (line, "%s ! appsink name=out sync=false", audio_get_ending (format));
  for (guint i = 0; i < n; i++) {
    guint file = first == SOAK_AUDIO_SHORT ? first : (first + i) % SOAK_AUDIO_FILES;

    g_string_append_printf (
        line, " filesrc location=" FOLDER "%s ! wavparse ! audioconvert ! ", files[file].name);
    g_string_append (line, "audioresample ! " CAPS " ! all." PAUSE);
    g_ptr_array_add (self->texts, g_strdup (files[file].text));
  }
  return g_string_free (line, FALSE);
}

static void
audio_end_chunk (SoakAudio *self, GByteArray *chunk)
{
  if (chunk->len > 0)
    g_ptr_array_add (self->chunks, g_bytes_new (chunk->data, chunk->len));
  g_byte_array_set_size (chunk, 0);
}

static gboolean
audio_record (SoakAudio *self, GstElement *pipeline, GError **error)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  g_autoptr (GstMessage) failure = NULL;
  GstSample *sample = NULL;
  GstClockTime cut = GST_SECOND;

  while (g_signal_emit_by_name (sink, "pull-sample", &sample), sample != NULL) {
    GstBuffer *buffer = gst_sample_get_buffer (sample);
    gsize old = chunk->len;

    if (GST_BUFFER_PTS_IS_VALID (buffer)) {
      if (GST_BUFFER_PTS (buffer) >= cut) {
        audio_end_chunk (self, chunk);
        old = 0;
        cut = (GST_BUFFER_PTS (buffer) / GST_SECOND + 1) * GST_SECOND;
      }
      if (GST_BUFFER_DURATION_IS_VALID (buffer))
        self->duration = (double) (GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer)) / 1e9;
    }
    g_byte_array_set_size (chunk, old + gst_buffer_get_size (buffer));
    gst_buffer_extract (buffer, 0, chunk->data + old, -1);
    gst_sample_unref (sample);
  }
  audio_end_chunk (self, chunk);
  failure = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  if (failure == NULL && self->chunks->len > 0)
    return TRUE;
  if (failure != NULL)
    gst_message_parse_error (failure, error, NULL);
  else
    g_set_error_literal (
        error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED, "The pipeline produced no audio");
  g_prefix_error (error, "Failed to encode recordings; is pocketsphinx-testdata installed? ");
  return FALSE;
}

SoakAudio *
soak_audio_new (const char *format, guint first, guint n, GError **error)
{
  g_autoptr (SoakAudio) self = g_new0 (SoakAudio, 1);
  g_autoptr (GstElement) pipeline = NULL;
  g_autofree char *line = NULL;
  gboolean is_good;

  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->texts = g_ptr_array_new_with_free_func (g_free);
  line = audio_describe (self, format, first, n);
  pipeline = gst_parse_launch (line, error);
  if (pipeline == NULL)
    return NULL;
  gst_object_ref_sink (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  is_good = audio_record (self, pipeline, error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return is_good ? g_steal_pointer (&self) : NULL;
}

void
soak_audio_free (SoakAudio *self)
{
  g_ptr_array_unref (self->chunks);
  g_ptr_array_unref (self->texts);
  g_free (self);
}
