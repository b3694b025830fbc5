/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speech-decoder.h"

#include "wav.h"

#include <habla/error.h>
#include <string.h>

/* Frames that are converted at once. */
#define MAX_FRAMES 4096
/* Fewer frames may become none at a lower rate, and would be lost. */
#define MIN_FRAMES 64

struct _SpeechDecoder {
  SpeechDecoderOutput output;
  gpointer data;
  GstAudioInfo out;
  guint raw_rate;
  gboolean is_trusted;

  GByteArray *pending; /* bytes of the header, or of a frame that is not complete */
  HablaWavHeader header;
  GstAudioConverter *converter; /* NULL = the header is not complete */
  guint64 n_read;               /* bytes of samples */
  guint64 n_frames;             /* of the output */
  gboolean is_satisfied;        /* whether @output needs no more */
};

SpeechDecoder *
speech_decoder_new (guint raw_rate, guint rate, SpeechDecoderOutput output, gpointer data)
{
  SpeechDecoder *self = g_new0 (SpeechDecoder, 1);

  self->output = output;
  self->data = data;
  self->raw_rate = raw_rate;
  self->pending = g_byte_array_new ();
  gst_audio_info_set_format (&self->out, GST_AUDIO_FORMAT_S16, rate, 1, NULL);
  return self;
}

SpeechDecoder *
speech_decoder_new_trusted (guint raw_rate, guint rate, SpeechDecoderOutput output, gpointer data)
{
  SpeechDecoder *self = speech_decoder_new (raw_rate, rate, output, data);

  self->is_trusted = TRUE;
  return self;
}

void
speech_decoder_free (SpeechDecoder *self)
{
  g_byte_array_unref (self->pending);
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  g_free (self);
}

/* Returns: whether the bytes begin like something else than raw samples: an error in JSON or HTML,
 * or encoded speech */
static gboolean
is_foreign (const GByteArray *bytes)
{
  static const char *const beginnings[] = { "{\"", "{\n", "<!", "<h", "ID3", "OggS", "fLaC",
    "\xff\xfb", "\xff\xf3" };

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++) {
    gsize length = strlen (beginnings[i]);

    if (bytes->len >= length && memcmp (bytes->data, beginnings[i], length) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
decoder_begin_raw (SpeechDecoder *self, GError **error)
{
  if (!self->is_trusted && is_foreign (self->pending)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server's speech is not raw samples; set response-format to wav");
    return FALSE;
  }
  gst_audio_info_set_format (&self->header.info, GST_AUDIO_FORMAT_S16LE, self->raw_rate, 1, NULL);
  self->header.size = G_MAXUINT64;
  return TRUE;
}

/* Returns: whether the header is complete */
static gboolean
decoder_read_header (SpeechDecoder *self, GError **error)
{
  GByteArray *pending = self->pending;
  gboolean is_wav =
      !self->is_trusted && pending->len >= 4 && memcmp (pending->data, "RIFF", 4) == 0;

  if (pending->len < 4)
    return FALSE;
  if (self->raw_rate > 0 && !is_wav) {
    if (!decoder_begin_raw (self, error))
      return FALSE;
  } else if (!habla_wav_parse_header (pending->data, pending->len, &self->header, error)) {
    return FALSE;
  }
  g_byte_array_remove_range (pending, 0, self->header.offset);
  self->converter =
      gst_audio_converter_new (GST_AUDIO_CONVERTER_FLAG_NONE, &self->header.info, &self->out, NULL);
  if (self->converter == NULL)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server's speech cannot be converted from %s at %d Hz",
        gst_audio_format_to_string (GST_AUDIO_INFO_FORMAT (&self->header.info)),
        GST_AUDIO_INFO_RATE (&self->header.info));
  return self->converter != NULL;
}

/* @frames: frames of the input, whose number @n_frames is at most %MAX_FRAMES */
static void
decoder_convert (SpeechDecoder *self, gpointer frames, gsize n_frames)
{
  gsize n_out = gst_audio_converter_get_out_frames (self->converter, n_frames);
  g_autofree gint16 *samples = g_new (gint16, n_out);
  gpointer in[] = { frames }, out[] = { samples };

  if (n_out == 0)
    return;
  gst_audio_converter_samples (
      self->converter, GST_AUDIO_CONVERTER_FLAG_NONE, in, n_frames, out, n_out);
  self->n_frames += n_out;
  self->is_satisfied = !self->output (samples, n_out, self->data);
}

/* Converts the whole frames of the pending bytes, if there are @least. */
static void
decoder_drain (SpeechDecoder *self, gsize least)
{
  gsize frame = GST_AUDIO_INFO_BPF (&self->header.info);
  gsize offset = 0;
  guint64 rest = self->header.size - self->n_read;
  gsize end = MIN (self->pending->len, rest);

  while ((end - offset) / frame >= least && !self->is_satisfied) {
    gsize n_frames = MIN ((end - offset) / frame, MAX_FRAMES);

    decoder_convert (self, self->pending->data + offset, n_frames);
    offset += n_frames * frame;
  }
  self->n_read += offset;
  g_byte_array_remove_range (self->pending, 0, offset);
}

/* Returns: whether samples are missing: those after a declared size are ignored */
static gboolean
decoder_is_incomplete (const SpeechDecoder *self)
{
  return self->header.size == G_MAXUINT64 ||
         self->header.size - self->n_read >= (guint) GST_AUDIO_INFO_BPF (&self->header.info);
}

gboolean
speech_decoder_push (SpeechDecoder *self, const guint8 *bytes, gsize size, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->converter != NULL && !decoder_is_incomplete (self))
    return TRUE;
  g_byte_array_append (self->pending, bytes, size);
  if (self->converter == NULL && !decoder_read_header (self, &reason)) {
    gboolean needs_more = reason == NULL;

    if (reason != NULL)
      g_propagate_error (error, g_steal_pointer (&reason));
    return needs_more;
  }
  decoder_drain (self, MIN_FRAMES);
  return !self->is_satisfied;
}

/* Passes on what the resampler holds. */
static void
decoder_flush (SpeechDecoder *self)
{
  gsize latency = MIN (gst_audio_converter_get_max_latency (self->converter), MAX_FRAMES);
  gsize size = latency * GST_AUDIO_INFO_BPF (&self->header.info);
  g_autofree guint8 *silence = NULL;

  if (latency == 0)
    return;
  silence = g_malloc (size);
  gst_audio_format_info_fill_silence (self->header.info.finfo, silence, size);
  decoder_convert (self, silence, latency);
}

gboolean
speech_decoder_finish (SpeechDecoder *self, GError **error)
{
  if (self->is_satisfied || (self->is_trusted && self->converter == NULL))
    return TRUE;
  if (self->converter != NULL)
    decoder_drain (self, 1);
  if (self->n_read == 0) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The server sent no speech");
    return FALSE;
  }
  decoder_flush (self);
  if (self->header.size != G_MAXUINT64 && decoder_is_incomplete (self)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server sent %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes of speech",
        self->n_read, self->header.size);
    return FALSE;
  }
  return TRUE;
}

GstClockTime
speech_decoder_get_duration (const SpeechDecoder *self)
{
  return gst_util_uint64_scale (self->n_frames, GST_SECOND, GST_AUDIO_INFO_RATE (&self->out));
}
