/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-speechgain
 * @title: speechgain
 *
 * Amplifies speech that is very quiet, which neural recognisers understand less well.
 *
 *     gst-launch-1.0 -m autoaudiosrc ! audioconvert ! audio/x-raw,channels=1 ! speechgain !
 *       audioconvert ! autoaudiosink
 *
 * The element measures the loudness of speech in the last 30 seconds as EBU R128 does, without
 * pauses. Speech below -36 LUFS is brought to -23 LUFS; louder speech passes through unchanged,
 * without a copy. So does noise without speech. There is no latency: the first 0.4 s of speech are
 * not amplified.
 *
 * Posts an element message `habla/gain` when it begins to amplify:
 *
 * - `level` (double): loudness of the speech, in LUFS
 * - `gain` (double): in decibels
 */
#include "speechgain.h"

#include "speech-level.h"

#include <gst/audio/audio.h>
#include <math.h>

GST_DEBUG_CATEGORY_STATIC (habla_speech_gain_debug);
#define GST_CAT_DEFAULT habla_speech_gain_debug

#define CAPS \
  "audio/x-raw, format={ " GST_AUDIO_NE (S16) ", " GST_AUDIO_NE ( \
      F32) " }, rate=[ 4000, max ], channels=1, layout=interleaved"

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));

/* Loudness in LUFS: of the output; below which speech is amplified; and above which it is not any
 * longer. */
#define TARGET -23.0
#define QUIET -36.0
#define LOUD_ENOUGH -30.0
/* Change of the gain in a block of 100 ms, in decibels. The first change has no limit. */
#define MAX_CHANGE 0.6
#define DEFAULT_MAX_GAIN 40.0

enum {
  PROP_MAX_GAIN = 1,
};

struct _HablaSpeechGain {
  GstBaseTransform parent;

  double max_gain; /* protected by the object lock; decibels */

  /* Used by the streaming thread only. */
  HablaSpeechLevel *level; /* (nullable): NULL = not negotiated */
  gboolean is_float;
  gboolean is_quiet;
  double gain;  /* decibels; the aim of the current block */
  float factor; /* now */
  float target; /* at the end of the current block */
};

G_DEFINE_TYPE_WITH_CODE (HablaSpeechGain, habla_speech_gain, GST_TYPE_BASE_TRANSFORM,
    GST_DEBUG_CATEGORY_INIT (habla_speech_gain_debug, "speechgain", 0, "Gain of speech"))
GST_ELEMENT_REGISTER_DEFINE (speechgain, "speechgain", GST_RANK_NONE, HABLA_TYPE_SPEECH_GAIN)

static gboolean
habla_speech_gain_set_caps (GstBaseTransform *transform, GstCaps *in, GstCaps *out)
{
  HablaSpeechGain *self = HABLA_SPEECH_GAIN (transform);
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, in))
    return FALSE;
  g_clear_pointer (&self->level, habla_speech_level_free);
  self->level = habla_speech_level_new (GST_AUDIO_INFO_RATE (&info));
  self->is_float = GST_AUDIO_INFO_IS_FLOAT (&info);
  self->is_quiet = FALSE;
  self->gain = 0;
  self->factor = 1;
  self->target = 1;
  gst_base_transform_set_passthrough (transform, TRUE);
  return TRUE;
}

static double
speech_gain_get_max (HablaSpeechGain *self)
{
  double max_gain;

  GST_OBJECT_LOCK (self);
  max_gain = self->max_gain;
  GST_OBJECT_UNLOCK (self);
  return max_gain;
}

/* At the end of a block. */
static void
speech_gain_decide (HablaSpeechGain *self)
{
  double max_gain = speech_gain_get_max (self);
  gboolean was_quiet = self->is_quiet;
  double level;
  double wanted;

  if (!habla_speech_level_get (self->level, &level))
    return;
  self->is_quiet = level < (was_quiet ? LOUD_ENOUGH : QUIET) && max_gain > 0;
  wanted = self->is_quiet ? MIN (TARGET - level, max_gain) : 0;
  if (self->gain == 0)
    self->gain = wanted;
  else
    self->gain += CLAMP (wanted - self->gain, -MAX_CHANGE, MAX_CHANGE);
  self->target = (float) pow (10, self->gain / 20);
  if (self->is_quiet && !was_quiet)
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_element (
            GST_OBJECT (self), gst_structure_new (HABLA_GAIN_MESSAGE, "level", G_TYPE_DOUBLE, level,
                                   "gain", G_TYPE_DOUBLE, wanted, NULL)));
}

static float
read_sample (HablaSpeechGain *self, const guint8 *data, gsize index)
{
  return self->is_float ? ((const float *) data)[index] : ((const gint16 *) data)[index] / 32768.0f;
}

static void
write_sample (HablaSpeechGain *self, guint8 *data, gsize index, float sample)
{
  if (self->is_float)
    ((float *) data)[index] = CLAMP (sample, -1.0f, 1.0f);
  else
    ((gint16 *) data)[index] = (gint16) CLAMP (sample * 32768.0f, -32768.0f, 32767.0f);
}

/* Measures samples, and amplifies them if @writable. */
static void
speech_gain_process (HablaSpeechGain *self, guint8 *data, gsize n_samples, gboolean writable)
{
  for (gsize i = 0; i < n_samples; i++) {
    float sample = read_sample (self, data, i);
    guint n_left = habla_speech_level_get_free (self->level);

    habla_speech_level_push (self->level, sample);
    if (writable) {
      self->factor += (self->target - self->factor) / n_left;
      write_sample (self, data, i, sample * self->factor);
    }
    if (n_left == 1) {
      self->factor = writable ? self->target : 1;
      speech_gain_decide (self);
    }
  }
}

static GstFlowReturn
habla_speech_gain_transform_ip (GstBaseTransform *transform, GstBuffer *buffer)
{
  HablaSpeechGain *self = HABLA_SPEECH_GAIN (transform);
  gboolean writable = !gst_base_transform_is_passthrough (transform);
  GstMapInfo map;

  if (self->level == NULL ||
      !gst_buffer_map (buffer, &map, writable ? GST_MAP_READWRITE : GST_MAP_READ))
    return GST_FLOW_ERROR;
  speech_gain_process (self, map.data, map.size / (self->is_float ? 4 : 2), writable);
  gst_buffer_unmap (buffer, &map);
  /* From the next buffer on. */
  gst_base_transform_set_passthrough (transform, self->gain == 0 && self->factor == 1);
  return GST_FLOW_OK;
}

static gboolean
habla_speech_gain_stop (GstBaseTransform *transform)
{
  g_clear_pointer (&HABLA_SPEECH_GAIN (transform)->level, habla_speech_level_free);
  return TRUE;
}

static void
habla_speech_gain_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MAX_GAIN)
    g_value_set_double (value, speech_gain_get_max (HABLA_SPEECH_GAIN (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
habla_speech_gain_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaSpeechGain *self = HABLA_SPEECH_GAIN (object);

  if (id != PROP_MAX_GAIN) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->max_gain = g_value_get_double (value);
  GST_OBJECT_UNLOCK (self);
}

static void
habla_speech_gain_class_init (HablaSpeechGainClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *transform_class = GST_BASE_TRANSFORM_CLASS (klass);

  object_class->get_property = habla_speech_gain_get_property;
  object_class->set_property = habla_speech_gain_set_property;
  transform_class->set_caps = habla_speech_gain_set_caps;
  transform_class->transform_ip = habla_speech_gain_transform_ip;
  transform_class->transform_ip_on_passthrough = TRUE;
  transform_class->stop = habla_speech_gain_stop;

  g_object_class_install_property (object_class, PROP_MAX_GAIN,
      g_param_spec_double ("max-gain", "Maximum gain",
          "Highest gain in decibels, from 0 (0 = the samples stay as they are)", 0, 60,
          DEFAULT_MAX_GAIN,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Speech gain", "Filter/Effect/Audio",
      "Amplifies very quiet speech, and nothing else. Example: "
      "gst-launch-1.0 -m autoaudiosrc ! audioconvert ! audio/x-raw,channels=1 ! speechgain ! "
      "audioconvert ! autoaudiosink",
      "Habla developers <habla@habla.example>");
}

static void
habla_speech_gain_init (HablaSpeechGain *self)
{
  self->max_gain = DEFAULT_MAX_GAIN;
}
