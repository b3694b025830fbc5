/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/speech/speech-scheduler.h"

/* Maximum number of buffers a second: 40 ms each. */
#define BUFFERS_PER_SECOND 25

void
habla_speech_scheduler_init (
    HablaSpeechScheduler *self, GstPad *pad, GstStaticPadTemplate *template, guint rate)
{
  self->pad = pad;
  self->template = template;
  self->rate = rate;
  habla_speech_scheduler_reset (self);
}

void
habla_speech_scheduler_reset (HablaSpeechScheduler *self)
{
  gst_segment_init (&self->input, GST_FORMAT_TIME);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->is_running = FALSE;
  self->pushed = 0;
  self->discont = TRUE;
}

void
habla_speech_scheduler_send_caps (HablaSpeechScheduler *self)
{
  g_autoptr (GstCaps) caps = NULL;

  if (self->caps_sent)
    return;
  caps = gst_caps_make_writable (gst_static_pad_template_get_caps (self->template));
  gst_caps_set_simple (caps, "rate", G_TYPE_INT, (int) self->rate, NULL);
  self->caps_sent = gst_pad_push_event (self->pad, gst_event_new_caps (caps));
}

void
habla_speech_scheduler_set_segment (HablaSpeechScheduler *self, GstEvent *event)
{
  guint32 seqnum = gst_event_get_seqnum (event);

  gst_event_copy_segment (event, &self->input);
  gst_event_unref (event);
  if (self->input.format != GST_FORMAT_TIME)
    gst_segment_init (&self->input, GST_FORMAT_TIME);
  if (self->is_running && self->input.rate == self->segment.rate)
    return;

  self->segment = self->input;
  if (self->segment.rate > 0)
    self->segment.stop = GST_CLOCK_TIME_NONE;
  self->is_running = TRUE;
  self->pushed = MAX (self->pushed, self->segment.base);
  event = gst_event_new_segment (&self->segment);
  gst_event_set_seqnum (event, seqnum);
  gst_pad_push_event (self->pad, event);
}

GstClockTime
habla_speech_get_duration (const HablaSpeech *self, guint64 n_samples)
{
  return gst_util_uint64_scale (n_samples, GST_SECOND, self->rate);
}

static GstClockTime
speech_scheduler_to_position (HablaSpeechScheduler *self, GstClockTime time)
{
  return gst_segment_position_from_running_time (&self->segment, GST_FORMAT_TIME, time);
}

void
habla_speech_scheduler_advance (HablaSpeechScheduler *self, GstClockTime time)
{
  GstClockTime begin, end;

  if (!GST_CLOCK_TIME_IS_VALID (time) || time <= self->pushed)
    return;
  begin = speech_scheduler_to_position (self, self->pushed);
  end = speech_scheduler_to_position (self, time);
  if (GST_CLOCK_TIME_IS_VALID (begin) && GST_CLOCK_TIME_IS_VALID (end) && end > begin)
    gst_pad_push_event (self->pad, gst_event_new_gap (begin, end - begin));
  self->pushed = time;
  self->discont = TRUE;
}

gboolean
habla_speech_scheduler_get_slot (HablaSpeechScheduler *self, GstBuffer *buffer,
    GstClockTime lateness, GstClockTime *begin, GstClockTime *end)
{
  guint64 from = GST_BUFFER_PTS (buffer), to = from;

  *begin = *end = GST_CLOCK_TIME_NONE;
  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return TRUE;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    to += GST_BUFFER_DURATION (buffer);
  if (!gst_segment_clip (&self->input, GST_FORMAT_TIME, from, to, &from, &to))
    return FALSE;
  *begin = gst_segment_to_running_time (&self->input, GST_FORMAT_TIME, from) + lateness;
  *end = gst_segment_to_running_time (&self->input, GST_FORMAT_TIME, to) + lateness;
  return TRUE;
}

static double
speech_scheduler_get_speed (GstClockTime lag, const HablaSpeechSettings *settings)
{
  GstClockTime half = settings->max_lag / 2;

  if (lag <= half)
    return 1.0;
  if (lag >= settings->max_lag)
    return settings->max_speed;
  return 1.0 + (settings->max_speed - 1.0) * (lag - half) / (settings->max_lag - half);
}

void
habla_speech_scheduler_plan (HablaSpeechScheduler *self, GstClockTime begin, GstClockTime end,
    GstClockTime earliest, const HablaSpeechSettings *settings)
{
  HablaSpeech *speech = &self->speech;

  *speech = (HablaSpeech){
    .speed = 1.0, .rate = self->rate, .max_samples = G_MAXUINT64, .flow = GST_FLOW_OK
  };
  speech->begin = MAX (GST_CLOCK_TIME_IS_VALID (begin) ? begin : self->pushed, earliest);
  if (!settings->overlap)
    speech->begin = MAX (speech->begin, self->pushed);
  if (GST_CLOCK_TIME_IS_VALID (end) && speech->begin > end)
    speech->lag = speech->begin - end;

  if (settings->compress)
    speech->speed = speech_scheduler_get_speed (speech->lag, settings);
  if (settings->clip && GST_CLOCK_TIME_IS_VALID (end) && end > begin)
    speech->max_samples =
        gst_util_uint64_scale ((end - begin) * ABS (self->segment.rate), self->rate, GST_SECOND);
}

void
habla_speech_scheduler_begin (HablaSpeechScheduler *self, GstClockTime earliest)
{
  HablaSpeech *speech = &self->speech;

  speech->begin = MAX (speech->begin, earliest);
  habla_speech_scheduler_advance (self, speech->begin);
  self->discont |= speech->begin < self->pushed;
  speech->origin = speech_scheduler_to_position (self, speech->begin);
}

static GstBuffer *
speech_scheduler_create_buffer (HablaSpeechScheduler *self, const gint16 *samples, gsize n_samples)
{
  const HablaSpeech *speech = &self->speech;
  GstBuffer *buffer = gst_buffer_new_memdup (samples, n_samples * sizeof *samples);
  GstClockTime begin = habla_speech_get_duration (speech, speech->n_samples);
  GstClockTime end = habla_speech_get_duration (speech, speech->n_samples + n_samples);

  GST_BUFFER_PTS (buffer) = speech->origin + begin;
  GST_BUFFER_DURATION (buffer) = end - begin;
  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  /* GStreamer: “for audio this is the start of a talkspurt”. */
  if (speech->n_samples == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  self->discont = FALSE;
  return buffer;
}

gboolean
habla_speech_scheduler_push (HablaSpeechScheduler *self, const gint16 *samples, gsize n_samples)
{
  HablaSpeech *speech = &self->speech;

  while (n_samples > 0 && speech->flow == GST_FLOW_OK) {
    gsize n = MIN (n_samples, speech->rate / BUFFERS_PER_SECOND);
    GstClockTime end;
    GstBuffer *buffer;

    n = MIN (n, speech->max_samples - speech->n_samples);
    if (n == 0) {
      speech->clipped = TRUE;
      return FALSE;
    }
    buffer = speech_scheduler_create_buffer (self, samples, n);
    speech->n_samples += n;
    samples += n;
    n_samples -= n;
    end = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME,
        speech->origin + habla_speech_get_duration (speech, speech->n_samples));
    if (GST_CLOCK_TIME_IS_VALID (end))
      self->pushed = MAX (self->pushed, end);
    speech->flow = gst_pad_push (self->pad, buffer);
  }
  return speech->flow == GST_FLOW_OK;
}
