/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/sample-history.h"

#include "recording/recording.h"

#include <string.h>

/* Capacity in samples: longer than an utterance and the input that waits for the transcriber. */
#define CAPACITY (120 * HABLA_RECORDING_RATE)

/* Timestamps that differ more than this from the sample count mark a gap: the daemon's own audio
 * sources can have them. */
#define MAX_DRIFT (50 * GST_MSECOND)

/* Samples after this one are contiguous until the next anchor. */
typedef struct {
  guint64 index;
  GstClockTime time;
} Anchor;

struct _HablaSampleHistory {
  gint16 *samples; /* ring of CAPACITY; NULL until the first push */
  guint64 count;
  GArray *anchors;
  GstAudioConverter *converter; /* (nullable) */
  GstAudioInfo info;            /* input of the converter */
};

HablaSampleHistory *
habla_sample_history_new (void)
{
  HablaSampleHistory *self = g_new0 (HablaSampleHistory, 1);

  self->anchors = g_array_new (FALSE, FALSE, sizeof (Anchor));
  return self;
}

void
habla_sample_history_free (HablaSampleHistory *self)
{
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  g_array_unref (self->anchors);
  g_free (self->samples);
  g_free (self);
}

static gboolean
history_set_format (HablaSampleHistory *self, const GstAudioInfo *info, GError **error)
{
  GstAudioInfo out;

  if (self->converter != NULL && gst_audio_info_is_equal (info, &self->info))
    return TRUE;
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  self->info = *info;
  gst_audio_info_set_format (&out, GST_AUDIO_FORMAT_S16, HABLA_RECORDING_RATE, 1, NULL);
  self->converter = gst_audio_converter_new (0, &self->info, &out, NULL);
  if (self->converter == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        "Failed to convert audio of format %s; use another audio source",
        gst_audio_format_to_string (GST_AUDIO_INFO_FORMAT (info)));
  return self->converter != NULL;
}

/* Returns: the running time of the next sample if there is no gap before it */
static GstClockTime
history_get_next_time (const HablaSampleHistory *self)
{
  const Anchor *last = &g_array_index (self->anchors, Anchor, self->anchors->len - 1);

  return last->time +
         gst_util_uint64_scale (self->count - last->index, GST_SECOND, HABLA_RECORDING_RATE);
}

static void
history_add_time (HablaSampleHistory *self, GstClockTime time)
{
  Anchor anchor = { self->count, time };

  if (self->anchors->len > 0) {
    GstClockTime expected = history_get_next_time (self);

    if (MAX (expected, time) - MIN (expected, time) <= MAX_DRIFT)
      return;
  }
  g_array_append_val (self->anchors, anchor);
  while (self->anchors->len > 1 &&
         g_array_index (self->anchors, Anchor, 1).index + CAPACITY < self->count)
    g_array_remove_index (self->anchors, 0);
}

static void
history_append (HablaSampleHistory *self, const gint16 *samples, gsize n)
{
  if (self->samples == NULL)
    self->samples = g_new (gint16, CAPACITY);
  for (gsize done = 0, part; done < n; done += part) {
    gsize position = self->count % CAPACITY;

    part = MIN (n - done, CAPACITY - position);
    memcpy (self->samples + position, samples + done, part * sizeof *samples);
    self->count += part;
  }
}

GBytes *
habla_sample_history_push (HablaSampleHistory *self, GstBuffer *buffer, const GstAudioInfo *info,
    GstClockTime time, GError **error)
{
  g_autofree gint16 *samples = NULL;
  GstAudioBuffer audio;
  gsize n;

  if (!history_set_format (self, info, error))
    return NULL;
  if (!gst_audio_buffer_map (&audio, &self->info, buffer, GST_MAP_READ))
    return g_bytes_new (NULL, 0);
  n = gst_audio_converter_get_out_frames (self->converter, audio.n_samples);
  samples = g_new (gint16, n + 1);
  if (!gst_audio_converter_samples (
          self->converter, 0, audio.planes, audio.n_samples, (gpointer *) &samples, n))
    n = 0;
  gst_audio_buffer_unmap (&audio);
  history_add_time (self, time);
  history_append (self, samples, n);
  return g_bytes_new_take (g_steal_pointer (&samples), n * sizeof (gint16));
}

guint64
habla_sample_history_find (const HablaSampleHistory *self, GstClockTime time)
{
  for (guint i = self->anchors->len; i > 0; i--) {
    const Anchor *anchor = &g_array_index (self->anchors, Anchor, i - 1);

    if (anchor->time <= time)
      return anchor->index +
             gst_util_uint64_scale (time - anchor->time, HABLA_RECORDING_RATE, GST_SECOND);
  }
  return 0;
}

GBytes *
habla_sample_history_copy (const HablaSampleHistory *self, guint64 begin, guint64 end)
{
  gint16 *copy;
  gsize n = 0;

  end = MIN (end, self->count);
  if (self->count > CAPACITY)
    begin = MAX (begin, self->count - CAPACITY);
  if (begin >= end)
    return NULL;
  copy = g_new (gint16, end - begin);
  while (begin < end) {
    guint64 position = begin % CAPACITY;
    guint64 part = MIN (end - begin, CAPACITY - position);

    memcpy (copy + n, self->samples + position, part * sizeof *copy);
    n += part;
    begin += part;
  }
  return g_bytes_new_take (copy, n * sizeof *copy);
}
