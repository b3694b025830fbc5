/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-monomixer
 * @title: monomixer
 *
 * Mixes the channels that have speech into one.
 *
 *     gst-launch-1.0 -m autoaudiosrc ! audioconvert ! monomixer ! audioconvert ! autoaudiosink
 *
 * The mean of two channels that are out of phase, such as those of a balanced microphone on a
 * stereo socket, is silence. With `channel=-1`, the element measures the power and the correlation
 * of the channels over half a second, and omits channels that are out of phase with the loudest
 * one, 30 dB below it for a second, or for low frequency effects. Of a surround layout, it takes
 * the centre unless that is silent. Audio with one channel passes through unchanged, without a
 * copy. There is no latency.
 *
 * Posts an element message `habla/channels` when a decision has lasted for a second of audio:
 *
 * - `reason` (string): "centre", "out-of-phase" or "silent-channel"; absent if all channels are
 * heard
 * - `channel` (guint): the only channel that is heard, from 1; 0 = several
 * - `channels` (guint): the number of channels
 */
#include "monomixer.h"

#include "channel-mix.h"

#include <gst/audio/audio.h>
#include <habla/error.h>

GST_DEBUG_CATEGORY_STATIC (habla_mono_mixer_debug);
#define GST_CAT_DEFAULT habla_mono_mixer_debug

#define FORMATS "{ " GST_AUDIO_NE (S16) ", " GST_AUDIO_NE (F32) " }"
#define CAPS(channels) \
  "audio/x-raw, format=" FORMATS ", rate=[ 1, max ], layout=interleaved, channels=" channels

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS ("[ 1, 64 ]")));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS ("1")));

enum {
  PROP_CHANNEL = 1,
};

struct _HablaMonoMixer {
  GstBaseTransform parent;

  int channel; /* atomic */

  /* Used by the streaming thread only. */
  GstAudioInfo info;
  HablaChannelMix *mix; /* (nullable): NULL = one channel, or not negotiated */
  const char *reason;   /* (nullable): of the last decision */
  guint heard;
  guint64 n_frames; /* since the last decision */
  gboolean posted;
};

G_DEFINE_TYPE_WITH_CODE (HablaMonoMixer, habla_mono_mixer, GST_TYPE_BASE_TRANSFORM,
    GST_DEBUG_CATEGORY_INIT (habla_mono_mixer_debug, "monomixer", 0, "Mixer of channels"))
GST_ELEMENT_REGISTER_DEFINE (monomixer, "monomixer", GST_RANK_NONE, HABLA_TYPE_MONO_MIXER)

static void
structure_set_channels (GstStructure *structure, gboolean is_sink)
{
  gst_structure_remove_fields (structure, "channels", "channel-mask", NULL);
  if (is_sink)
    gst_structure_set (structure, "channels", GST_TYPE_INT_RANGE, 1, HABLA_CHANNEL_MIX_MAX, NULL);
  else
    gst_structure_set (structure, "channels", G_TYPE_INT, 1, NULL);
}

static GstCaps *
habla_mono_mixer_transform_caps (
    GstBaseTransform *transform, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstCaps *other = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (other); i++)
    structure_set_channels (gst_caps_get_structure (other, i), direction == GST_PAD_SRC);
  if (filter != NULL) {
    GstCaps *filtered = gst_caps_intersect_full (filter, other, GST_CAPS_INTERSECT_FIRST);

    gst_caps_unref (other);
    other = filtered;
  }
  return other;
}

static gboolean
habla_mono_mixer_get_unit_size (GstBaseTransform *transform, GstCaps *caps, gsize *size)
{
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, caps))
    return FALSE;
  *size = GST_AUDIO_INFO_BPF (&info);
  return TRUE;
}

static gboolean
habla_mono_mixer_set_caps (GstBaseTransform *transform, GstCaps *in, GstCaps *out)
{
  HablaMonoMixer *self = HABLA_MONO_MIXER (transform);
  int channel = g_atomic_int_get (&self->channel);
  int n_channels;

  g_clear_pointer (&self->mix, habla_channel_mix_free);
  if (!gst_audio_info_from_caps (&self->info, in))
    return FALSE;
  n_channels = GST_AUDIO_INFO_CHANNELS (&self->info);
  gst_base_transform_set_passthrough (transform, n_channels == 1);
  if (channel > n_channels) {
    g_autoptr (GError) error = g_error_new (HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "there is no channel %d; the audio has %d channel%s", channel, n_channels,
        n_channels == 1 ? "" : "s");

    gst_element_post_message (
        GST_ELEMENT (self), gst_message_new_error (GST_OBJECT (self), error, NULL));
    return FALSE;
  }
  if (n_channels > 1)
    self->mix = habla_channel_mix_new (&self->info, channel);
  self->reason = NULL;
  self->heard = MAX (channel, 0);
  self->n_frames = 0;
  self->posted = TRUE;
  return TRUE;
}

static void
mono_mixer_post_decision (HablaMonoMixer *self)
{
  GstStructure *structure = gst_structure_new (HABLA_CHANNELS_MESSAGE, "channel", G_TYPE_UINT,
      self->heard, "channels", G_TYPE_UINT, GST_AUDIO_INFO_CHANNELS (&self->info), NULL);

  if (self->reason != NULL)
    gst_structure_set (structure, "reason", G_TYPE_STRING, self->reason, NULL);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), structure));
}

/* Posts decisions that last. */
static void
mono_mixer_observe_decision (HablaMonoMixer *self, guint n_frames)
{
  const char *reason;
  guint heard = habla_channel_mix_get_decision (self->mix, &reason);

  if (heard != self->heard || g_strcmp0 (reason, self->reason) != 0) {
    self->heard = heard;
    self->reason = reason;
    self->n_frames = 0;
    self->posted = FALSE;
  }
  self->n_frames += n_frames;
  if (!self->posted && self->n_frames >= (guint64) GST_AUDIO_INFO_RATE (&self->info)) {
    self->posted = TRUE;
    mono_mixer_post_decision (self);
  }
}

static void
mono_mixer_mix_s16 (HablaMonoMixer *self, const gint16 *in, guint n_frames, gint16 *out)
{
  guint n_samples = n_frames * GST_AUDIO_INFO_CHANNELS (&self->info);
  g_autofree float *samples = g_new (float, n_samples);
  g_autofree float *mono = g_new (float, n_frames);

  for (guint i = 0; i < n_samples; i++)
    samples[i] = in[i] / 32768.0f;
  habla_channel_mix_process (self->mix, samples, n_frames, mono);
  for (guint i = 0; i < n_frames; i++)
    out[i] = (gint16) CLAMP (mono[i] * 32768.0f, -32768.0f, 32767.0f);
}

static GstFlowReturn
habla_mono_mixer_transform (GstBaseTransform *transform, GstBuffer *in, GstBuffer *out)
{
  HablaMonoMixer *self = HABLA_MONO_MIXER (transform);
  g_auto (GstBufferMapInfo) source = GST_MAP_INFO_INIT;
  g_auto (GstBufferMapInfo) target = GST_MAP_INFO_INIT;
  guint n_frames;

  if (self->mix == NULL || !gst_buffer_map (in, &source, GST_MAP_READ) ||
      !gst_buffer_map (out, &target, GST_MAP_WRITE))
    return GST_FLOW_ERROR;
  n_frames = MIN (source.size / GST_AUDIO_INFO_BPF (&self->info),
      target.size / (GST_AUDIO_INFO_WIDTH (&self->info) / 8));
  if (GST_AUDIO_INFO_WIDTH (&self->info) == 16)
    mono_mixer_mix_s16 (self, (const gint16 *) source.data, n_frames, (gint16 *) target.data);
  else
    habla_channel_mix_process (
        self->mix, (const float *) source.data, n_frames, (float *) target.data);
  mono_mixer_observe_decision (self, n_frames);
  return GST_FLOW_OK;
}

static gboolean
habla_mono_mixer_stop (GstBaseTransform *transform)
{
  g_clear_pointer (&HABLA_MONO_MIXER (transform)->mix, habla_channel_mix_free);
  return TRUE;
}

static void
habla_mono_mixer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHANNEL)
    g_value_set_int (value, g_atomic_int_get (&HABLA_MONO_MIXER (object)->channel));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
habla_mono_mixer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHANNEL)
    g_atomic_int_set (&HABLA_MONO_MIXER (object)->channel, g_value_get_int (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
habla_mono_mixer_class_init (HablaMonoMixerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *transform_class = GST_BASE_TRANSFORM_CLASS (klass);

  object_class->get_property = habla_mono_mixer_get_property;
  object_class->set_property = habla_mono_mixer_set_property;
  transform_class->transform_caps = habla_mono_mixer_transform_caps;
  transform_class->get_unit_size = habla_mono_mixer_get_unit_size;
  transform_class->set_caps = habla_mono_mixer_set_caps;
  transform_class->transform = habla_mono_mixer_transform;
  transform_class->stop = habla_mono_mixer_stop;

  g_object_class_install_property (object_class, PROP_CHANNEL,
      g_param_spec_int ("channel", "Channel",
          "Number of the channel to hear, from 1 (-1 = those that have speech, 0 = the mean of "
          "all)",
          HABLA_CHANNEL_AUTO, HABLA_CHANNEL_MIX_MAX, HABLA_CHANNEL_AUTO,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Mono mixer", "Filter/Converter/Audio",
      "Mixes the channels that have speech into one, without those that are silent or out of "
      "phase. "
      "Example: gst-launch-1.0 -m autoaudiosrc ! audioconvert ! monomixer ! audioconvert ! "
      "autoaudiosink",
      "Habla developers <habla@habla.example>");
}

static void
habla_mono_mixer_init (HablaMonoMixer *self)
{
  self->channel = HABLA_CHANNEL_AUTO;
  gst_audio_info_init (&self->info);
}
