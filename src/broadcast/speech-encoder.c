/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broadcast/speech-encoder.h"

#include "broadcast/speech-pacer.h"

#include <gio/gio.h>
#include <gst/audio/audio.h>
#include <util/task-pool.h>

G_STATIC_ASSERT (HABLA_SPEECH_RATE == HABLA_SPEECH_TAP_RATE);

/* 40 ms of silence a buffer, so that a packet of Opus is one buffer. */
#define LAUNCH \
  "audiotestsrc name=silence wave=silence is-live=true samplesperbuffer=960 " \
  "! audio/x-raw,format=" GST_AUDIO_NE ( \
      S16) ",rate=24000,channels=1,layout=interleaved " \
           "! tee name=speech " \
           "speech. ! lamemp3enc name=mp3 target=bitrate bitrate=48 cbr=true mono=true " \
           "! fakesink name=encoded sync=false async=false signal-handoffs=true "

/* Packets may be lost: each has a copy of the last one in lower quality. */
#define LAUNCH_OPUS \
  "speech. ! opusenc name=opus bitrate=32000 audio-type=voice frame-size=40 inband-fec=true " \
  "packet-loss-percentage=5 ! rtpopuspay " \
  "! fakesink name=packets sync=false async=false signal-handoffs=true"

/* The encoder sends one frame a buffer. */
#define FRAMES_PER_CHUNK 10

/* Upper bound of unread chunks on the bus: ten seconds. */
#define MAX_UNREAD (10000 / HABLA_SPEECH_CHUNK)

struct _HablaSpeechEncoder {
  GObject parent;

  GstBus *bus;
  GstElement *pipeline; /* set by worker threads, one after another; the streaming thread, which
                           lives in between, only reads it */
  GMutex lock;
  HablaSpeechPacer *pacer; /* protected by lock; NULL = stopped */
  int n_unread;            /* atomic; chunks on the bus */
  int has_mp3;             /* atomic; MP3 is encoded */
  GMutex output_lock;
  GPtrArray *outputs; /* protected by output_lock; of Output */
  int n_outputs;      /* atomic; Opus is encoded if there are any */

  /* Used by the streaming thread only. */
  GByteArray *chunk;
  guint n_frames;
};

typedef struct {
  HablaSpeechOutput push;
  gpointer user_data;
} Output;

static void habla_speech_encoder_tap_init (HablaSpeechTapInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaSpeechEncoder, habla_speech_encoder, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (HABLA_TYPE_SPEECH_TAP, habla_speech_encoder_tap_init))

/* One thread, so that an encoder is started before it is stopped. It is enough: it starts 40
 * encoders, of eight rooms with five languages, in less than half a second, and each then has its
 * own thread. */
static HablaTaskPool pool = HABLA_TASK_POOL_INIT (1);

static int n_encoders; /* atomic */

static void
habla_speech_encoder_push (
    HablaSpeechTap *tap, const gint16 *samples, gsize n_samples, gboolean is_begin)
{
  HablaSpeechEncoder *self = HABLA_SPEECH_ENCODER (tap);

  g_mutex_lock (&self->lock);
  if (self->pacer != NULL)
    habla_speech_pacer_push (self->pacer, samples, n_samples, is_begin);
  g_mutex_unlock (&self->lock);
}

static void
habla_speech_encoder_tap_init (HablaSpeechTapInterface *iface)
{
  iface->push = habla_speech_encoder_push;
}

/* Streaming thread: replaces silence by speech. */
static GstPadProbeReturn
speech_encoder_on_silence (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  HablaSpeechEncoder *self = user_data;
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GstMapInfo map;

  info->data = buffer;
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_GAP);
  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  if (self->pacer != NULL)
    habla_speech_pacer_pull (self->pacer, (gint16 *) map.data, map.size / sizeof (gint16));
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
  return GST_PAD_PROBE_OK;
}

static void
speech_encoder_post_chunk (HablaSpeechEncoder *self)
{
  g_autoptr (GBytes) chunk = g_byte_array_free_to_bytes (g_steal_pointer (&self->chunk));
  GstStructure *structure;

  self->chunk = g_byte_array_new ();
  self->n_frames = 0;
  if (g_atomic_int_add (&self->n_unread, 1) >= MAX_UNREAD) {
    g_atomic_int_add (&self->n_unread, -1);
    return;
  }
  structure = gst_structure_new ("habla/speech-chunk", "chunk", G_TYPE_BYTES, chunk, NULL);
  gst_element_post_message (
      self->pipeline, gst_message_new_element (GST_OBJECT (self->pipeline), structure));
}

/* Streaming thread. */
static void
speech_encoder_on_frame (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  HablaSpeechEncoder *self = user_data;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  g_byte_array_append (self->chunk, map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  if (++self->n_frames >= FRAMES_PER_CHUNK)
    speech_encoder_post_chunk (self);
}

/* Streaming thread: whether an encoder gets speech. */
static GstPadProbeReturn
speech_encoder_on_input (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return g_atomic_int_get ((int *) user_data) > 0 ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* Streaming thread. */
static void
speech_encoder_on_packet (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  HablaSpeechEncoder *self = user_data;

  g_mutex_lock (&self->output_lock);
  for (guint i = 0; i < self->outputs->len; i++) {
    const Output *output = self->outputs->pdata[i];

    output->push (buffer, output->user_data);
  }
  g_mutex_unlock (&self->output_lock);
}

/* @is_wanted: (type int): an atomic number; 0 = the encoder @name gets nothing */
static void
speech_encoder_connect (
    HablaSpeechEncoder *self, GstBin *bin, const char *name, int *is_wanted, const char *sink_name)
{
  g_autoptr (GstElement) encoder = gst_bin_get_by_name (bin, name);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (bin, sink_name);
  g_autoptr (GstPad) pad = NULL;

  if (encoder == NULL)
    return;
  pad = gst_element_get_static_pad (encoder, "sink");
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, speech_encoder_on_input, (gpointer) is_wanted, NULL);
  g_signal_connect (sink, "handoff",
      is_wanted == &self->has_mp3 ? G_CALLBACK (speech_encoder_on_frame)
                                  : G_CALLBACK (speech_encoder_on_packet),
      self);
}

static GstElement *
speech_encoder_build (HablaSpeechEncoder *self, GError **error)
{
  g_autoptr (GstElement) pipeline =
      gst_parse_launch_full (habla_speech_encoder_has_opus () ? LAUNCH LAUNCH_OPUS : LAUNCH, NULL,
          GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) silence = NULL;
  g_autoptr (GstPad) pad = NULL;

  if (pipeline == NULL)
    return NULL;
  gst_object_ref_sink (pipeline);
  silence = gst_bin_get_by_name (GST_BIN (pipeline), "silence");
  pad = gst_element_get_static_pad (silence, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, speech_encoder_on_silence, self, NULL);
  speech_encoder_connect (self, GST_BIN (pipeline), "mp3", &self->has_mp3, "encoded");
  speech_encoder_connect (self, GST_BIN (pipeline), "opus", &self->n_outputs, "packets");
  gst_element_set_bus (pipeline, self->bus);
  return g_steal_pointer (&pipeline);
}

static void
speech_encoder_run_start (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaSpeechEncoder *self = data;
  g_autoptr (GError) error = NULL;

  g_atomic_int_inc (&n_encoders);
  self->pipeline = speech_encoder_build (self, &error);
  if (error != NULL)
    gst_bus_post (self->bus, gst_message_new_error (NULL, error, NULL));
  else
    gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  g_task_return_boolean (task, TRUE);
}

static void
speech_encoder_run_stop (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  HablaSpeechEncoder *self = data;

  if (self->pipeline != NULL)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->pipeline);
  gst_bus_set_flushing (self->bus, TRUE);
  g_atomic_int_add (&n_encoders, -1);
  g_task_return_boolean (task, TRUE);
}

/* The task has a reference. */
static void
speech_encoder_run (HablaSpeechEncoder *self, GTaskThreadFunc function)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_name (task, "[habla] HablaSpeechEncoder state");
  g_task_set_task_data (task, g_object_ref (self), g_object_unref);
  habla_task_pool_run (&pool, task, function);
}

static gboolean
has_elements (const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (factory == NULL)
      return FALSE;
  }
  return TRUE;
}

gboolean
habla_speech_encoder_is_installed (void)
{
  static const char *const names[] = { "audiotestsrc", "tee", "lamemp3enc", "fakesink", NULL };

  return has_elements (names);
}

gboolean
habla_speech_encoder_has_opus (void)
{
  static const char *const names[] = { "opusenc", "rtpopuspay", NULL };

  return has_elements (names);
}

HablaSpeechEncoder *
habla_speech_encoder_new (void)
{
  return g_object_new (HABLA_TYPE_SPEECH_ENCODER, NULL);
}

void
habla_speech_encoder_start (HablaSpeechEncoder *self)
{
  speech_encoder_run (self, speech_encoder_run_start);
}

void
habla_speech_encoder_stop (HablaSpeechEncoder *self)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->pacer, habla_speech_pacer_free);
  g_mutex_unlock (&self->lock);
  speech_encoder_run (self, speech_encoder_run_stop);
  g_object_unref (self);
}

void
habla_speech_encoder_set_mp3 (HablaSpeechEncoder *self, gboolean is_wanted)
{
  g_atomic_int_set (&self->has_mp3, is_wanted);
}

void
habla_speech_encoder_add_output (
    HablaSpeechEncoder *self, HablaSpeechOutput push, gpointer user_data)
{
  Output *output = g_new (Output, 1);

  *output = (Output){ push, user_data };
  g_mutex_lock (&self->output_lock);
  g_ptr_array_add (self->outputs, output);
  g_atomic_int_set (&self->n_outputs, self->outputs->len);
  g_mutex_unlock (&self->output_lock);
}

void
habla_speech_encoder_remove_output (HablaSpeechEncoder *self, gpointer user_data)
{
  g_mutex_lock (&self->output_lock);
  for (guint i = self->outputs->len; i > 0; i--)
    if (((Output *) self->outputs->pdata[i - 1])->user_data == user_data)
      g_ptr_array_remove_index_fast (self->outputs, i - 1);
  g_atomic_int_set (&self->n_outputs, self->outputs->len);
  g_mutex_unlock (&self->output_lock);
}

GstBus *
habla_speech_encoder_get_bus (HablaSpeechEncoder *self)
{
  return self->bus;
}

GBytes *
habla_speech_encoder_take_chunk (HablaSpeechEncoder *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  GBytes *chunk = NULL;

  if (!gst_message_has_name (message, "habla/speech-chunk") ||
      !gst_structure_get (structure, "chunk", G_TYPE_BYTES, &chunk, NULL))
    return NULL;
  g_atomic_int_add (&self->n_unread, -1);
  return chunk;
}

void
habla_speech_encoder_get_stats (HablaSpeechEncoder *self, HablaSpeechEncoderStats *stats)
{
  *stats = (HablaSpeechEncoderStats){ 0 };
  g_mutex_lock (&self->lock);
  if (self->pacer != NULL) {
    stats->lag = gst_util_uint64_scale (
        habla_speech_pacer_get_lag (self->pacer), GST_SECOND, HABLA_SPEECH_RATE);
    stats->dropped = habla_speech_pacer_get_dropped (self->pacer);
  }
  g_mutex_unlock (&self->lock);
}

guint
habla_speech_encoder_count (void)
{
  return g_atomic_int_get (&n_encoders);
}

static void
habla_speech_encoder_finalize (GObject *object)
{
  HablaSpeechEncoder *self = HABLA_SPEECH_ENCODER (object);

  g_clear_pointer (&self->pacer, habla_speech_pacer_free);
  g_byte_array_unref (self->chunk);
  g_ptr_array_unref (self->outputs);
  g_mutex_clear (&self->output_lock);
  g_mutex_clear (&self->lock);
  gst_object_unref (self->bus);
  G_OBJECT_CLASS (habla_speech_encoder_parent_class)->finalize (object);
}

static void
habla_speech_encoder_class_init (HablaSpeechEncoderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_speech_encoder_finalize;
}

static void
habla_speech_encoder_init (HablaSpeechEncoder *self)
{
  self->bus = gst_bus_new ();
  self->pacer = habla_speech_pacer_new ();
  self->chunk = g_byte_array_new ();
  self->outputs = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->output_lock);
  g_mutex_init (&self->lock);
}
