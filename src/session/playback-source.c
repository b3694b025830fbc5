/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/playback-source.h"

#include <gst/gst.h>
#include <habla/error.h>

/* The identity makes that the demuxer reads on, as when the audio came from a browser: then it
 * takes a recording that begins anew in its middle, and needs no index and no end. */
#define PIPELINE \
  "filesrc name=file ! identity ! decodebin ! audioconvert ! audioresample ! " \
  "audio/x-raw, format=(string)S16LE, rate=(int)16000, channels=(int)1 ! " \
  "appsink name=samples sync=false max-buffers=64"

/* Between two looks at whether it goes on, in nanoseconds. */
#define PATIENCE (100 * GST_MSECOND)
/* A disk or decoder that gives nothing for so many of them is stuck. */
#define MAX_LOOKS 300

struct _HablaPlaybackSource {
  GstElement *pipeline; /* NULL = that failed */
  GstElement *samples;
  GByteArray *read; /* and not given yet */
  gboolean has_read;
  gboolean is_over;
  GError *error; /* of its making */
};

/* Returns: (transfer full): the samples of a file, from its beginning */
HablaPlaybackSource *
habla_playback_source_new (const char *path)
{
  HablaPlaybackSource *self = g_new0 (HablaPlaybackSource, 1);
  g_autoptr (GstElement) file = NULL;

  self->read = g_byte_array_new ();
  self->pipeline = gst_parse_launch (PIPELINE, &self->error);
  if (self->error != NULL) {
    gst_clear_object (&self->pipeline);
    return self;
  }
  gst_object_ref_sink (self->pipeline);
  file = gst_bin_get_by_name (GST_BIN (self->pipeline), "file");
  self->samples = gst_bin_get_by_name (GST_BIN (self->pipeline), "samples");
  g_object_set (file, "location", path, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return self;
}

void
habla_playback_source_free (HablaPlaybackSource *self)
{
  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->samples);
  gst_clear_object (&self->pipeline);
  g_byte_array_unref (self->read);
  g_clear_error (&self->error);
  g_free (self);
}

static void
take_sample (HablaPlaybackSource *self, GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstMapInfo map;

  if (buffer == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  g_byte_array_append (self->read, map.data, map.size);
  self->has_read = TRUE;
  gst_buffer_unmap (buffer, &map);
}

/* Nothing came for a while. Returns: %FALSE if nothing will, for a reason */
static gboolean
look (HablaPlaybackSource *self, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);

  g_object_get (self->samples, "eos", &self->is_over, NULL);
  if (message == NULL)
    return TRUE;
  self->is_over = TRUE;
  /* A recording that was cut off may end anyhow. */
  if (self->has_read)
    return TRUE;
  gst_message_parse_error (message, error, NULL);
  return FALSE;
}

/**
 * habla_playback_source_read:
 * @size: in bytes
 * @error: return location: what the pipeline said, or a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the next @size bytes, or fewer at the end; %NULL
 *   after it, or with an error
 */
GBytes *
habla_playback_source_read (
    HablaPlaybackSource *self, gsize size, GCancellable *cancellable, GError **error)
{
  GBytes *bytes;

  if (self->error != NULL) {
    g_propagate_error (error, g_error_copy (self->error));
    return NULL;
  }
  for (guint n_looks = 0; self->read->len < size && !self->is_over;) {
    g_autoptr (GstSample) sample = NULL;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    g_signal_emit_by_name (self->samples, "try-pull-sample", (guint64) PATIENCE, &sample);
    if (sample != NULL) {
      n_looks = 0;
      take_sample (self, sample);
    } else if (!look (self, error)) {
      return NULL;
    } else if (++n_looks > MAX_LOOKS) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
          "The recording cannot be read: nothing comes from the disk");
      return NULL;
    }
  }
  size = MIN (size, self->read->len);
  if (size == 0)
    return NULL;
  bytes = g_bytes_new (self->read->data, size);
  g_byte_array_remove_range (self->read, 0, size);
  return bytes;
}

/* Returns: how long the audio in a file is, in nanoseconds; 0 if there is none */
guint64
habla_playback_source_measure (const char *path, GCancellable *cancellable)
{
  g_autoptr (HablaPlaybackSource) source = habla_playback_source_new (path);
  guint64 size = 0;
  GBytes *piece;

  while ((piece = habla_playback_source_read (source, HABLA_PLAYBACK_SECOND, cancellable, NULL)) !=
         NULL) {
    size += g_bytes_get_size (piece);
    g_bytes_unref (piece);
  }
  return gst_util_uint64_scale (size, GST_SECOND, HABLA_PLAYBACK_SECOND);
}
