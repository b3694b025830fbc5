/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broadcast/speech-encoder.h"

#include "broadcast/speech-pacer.h"

#include <gio/gio.h>
#include <gst/audio/audio.h>
#include <util/task-pool.h>

G_STATIC_ASSERT (HABLA_SPEECH_RATE == HABLA_SPEECH_TAP_RATE);

/* 40 ms of silence a buffer. */
#define LAUNCH \
  "audiotestsrc name=silence wave=silence is-live=true samplesperbuffer=960 " \
  "! audio/x-raw,format=" GST_AUDIO_NE ( \
      S16) ",rate=24000,channels=1,layout=interleaved " \
           "! lamemp3enc target=bitrate bitrate=48 cbr=true mono=true " \
           "! fakesink name=encoded sync=false async=false signal-handoffs=true"

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

  /* Used by the streaming thread only. */
  GByteArray *chunk;
  guint n_frames;
};

static void habla_speech_encoder_tap_init (HablaSpeechTapInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaSpeechEncoder, habla_speech_encoder, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (HABLA_TYPE_SPEECH_TAP, habla_speech_encoder_tap_init))

/* One thread, so that an encoder is started before it is stopped. */
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

static GstElement *
speech_encoder_build (HablaSpeechEncoder *self, GError **error)
{
  g_autoptr (GstElement) pipeline =
      gst_parse_launch_full (LAUNCH, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) silence = NULL;
  g_autoptr (GstElement) encoded = NULL;
  g_autoptr (GstPad) pad = NULL;

  if (pipeline == NULL)
    return NULL;
  gst_object_ref_sink (pipeline);
  silence = gst_bin_get_by_name (GST_BIN (pipeline), "silence");
  encoded = gst_bin_get_by_name (GST_BIN (pipeline), "encoded");
  pad = gst_element_get_static_pad (silence, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, speech_encoder_on_silence, self, NULL);
  g_signal_connect (encoded, "handoff", G_CALLBACK (speech_encoder_on_frame), self);
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

gboolean
habla_speech_encoder_is_installed (void)
{
  static const char *const names[] = { "audiotestsrc", "lamemp3enc", "fakesink" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (factory == NULL)
      return FALSE;
  }
  return TRUE;
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
  g_mutex_init (&self->lock);
}
