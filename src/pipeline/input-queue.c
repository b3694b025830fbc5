/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/input-queue.h"

#include "pipeline/audio-tap.h"

#include <decoder/decoder.h>

/* Upper bound on utterances typed before there is a graph; more than a person can type. */
#define MAX_EARLY_TEXTS 1000
/* Upper bound on typed text that waits in the graph, in bytes. */
#define MAX_WAITING_TEXT (1024 * 1024)

struct _HablaInputQueue {
  gsize max_size;
  gboolean has_rival;
  HablaAudioTap *tap; /* (nullable) */

  HablaDecoder *decoder; /* NULL = the audio is raw, or the decoder is not running */
  HablaInputQueueDecoded decoded;
  gpointer user_data; /* of @decoded */
  GBytes *header;

  GQueue early_audio;     /* of GBytes: raw audio from before there was a graph */
  guint64 early_size;     /* in bytes */
  GPtrArray *early_texts; /* of HablaUtterance */
  gboolean is_full;
};

HablaInputQueue *
habla_input_queue_new (const HablaPipelineOptions *options)
{
  HablaInputQueue *self = g_new0 (HablaInputQueue, 1);

  self->max_size = options->max_audio_backlog;
  self->has_rival = options->has_rival;
  if (options->tap != NULL)
    self->tap = g_object_ref (options->tap);
  self->early_texts = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_free);
  return self;
}

void
habla_input_queue_free (HablaInputQueue *self)
{
  habla_input_queue_clear (self);
  g_ptr_array_unref (self->early_texts);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_clear_pointer (&self->tap, g_object_unref);
  g_free (self);
}

/* The tap receives the bytes as the demuxer gets them. */
static void
input_queue_on_stream (HablaDecoder *decoder, GBytes *bytes, HablaInputQueue *self)
{
  habla_audio_tap_push_stream (self->tap, bytes);
}

static void
input_queue_on_finished (HablaDecoder *decoder, const GError *error, HablaInputQueue *self)
{
  self->decoded (error, self->user_data);
}

gboolean
habla_input_queue_start_decoder (HablaInputQueue *self, GBytes *header, int *samples,
    HablaInputQueueDecoded decoded, gpointer user_data, GError **error)
{
  self->decoder = habla_decoder_new (header, self->tap != NULL, error);
  if (self->decoder == NULL)
    return FALSE;
  if (self->has_rival)
    habla_decoder_expect_rival (self->decoder);
  self->decoded = decoded;
  self->user_data = user_data;
  if (self->tap != NULL)
    g_signal_connect (self->decoder, "stream", G_CALLBACK (input_queue_on_stream), self);
  g_signal_connect (self->decoder, "finished", G_CALLBACK (input_queue_on_finished), self);
  *samples = habla_decoder_steal_output (self->decoder);
  return TRUE;
}

static void
input_queue_push_raw (HablaInputQueue *self, HablaPipelineGraph *graph, GBytes *audio)
{
  if (g_bytes_get_size (audio) == 0)
    return;
  if (self->tap != NULL)
    habla_audio_tap_push_stream (self->tap, audio);
  habla_pipeline_graph_push_audio (graph, audio);
}

static guint64
input_queue_count_chunks (HablaInputQueue *self, HablaPipelineGraph *graph)
{
  if (self->decoder != NULL)
    return habla_decoder_get_waiting_chunks (self->decoder);
  return self->early_audio.length +
         (graph != NULL ? habla_pipeline_graph_get_waiting_chunks (graph) : 0);
}

gboolean
habla_input_queue_push_audio (HablaInputQueue *self, HablaPipelineGraph *graph, GBytes *audio)
{
  guint64 waiting = habla_input_queue_get_waiting (self, graph);
  guint64 chunks = input_queue_count_chunks (self, graph) + 1;
  gboolean was_full = self->is_full;

  self->is_full = waiting + g_bytes_get_size (audio) > self->max_size ||
                  chunks * HABLA_CHUNK_COST > self->max_size;
  if (self->is_full)
    return FALSE;
  if (self->decoder != NULL) {
    /* The recording continues somewhere in its middle. */
    if (was_full)
      habla_decoder_interrupt (self->decoder);
    habla_decoder_push (self->decoder, audio);
  } else if (graph != NULL && g_queue_is_empty (&self->early_audio)) {
    input_queue_push_raw (self, graph, audio);
  } else {
    g_queue_push_tail (&self->early_audio, g_bytes_ref (audio));
    self->early_size += g_bytes_get_size (audio);
  }
  return TRUE;
}

void
habla_input_queue_end_audio (HablaInputQueue *self)
{
  if (self->decoder != NULL)
    habla_decoder_end (self->decoder);
}

gboolean
habla_input_queue_push_text (
    HablaInputQueue *self, HablaPipelineGraph *graph, const HablaUtterance *text)
{
  if (graph != NULL && self->early_texts->len == 0)
    return habla_pipeline_graph_get_waiting_text (graph) <= MAX_WAITING_TEXT &&
           habla_pipeline_graph_push_text (graph, text);
  if (self->early_texts->len >= MAX_EARLY_TEXTS)
    return FALSE;
  g_ptr_array_add (self->early_texts, habla_utterance_copy (text));
  return TRUE;
}

static void
input_queue_clear_early (HablaInputQueue *self)
{
  while (!g_queue_is_empty (&self->early_audio))
    g_bytes_unref (g_queue_pop_head (&self->early_audio));
  self->early_size = 0;
  g_ptr_array_set_size (self->early_texts, 0);
}

void
habla_input_queue_flush (HablaInputQueue *self, HablaPipelineGraph *graph)
{
  while (!g_queue_is_empty (&self->early_audio)) {
    g_autoptr (GBytes) audio = g_queue_pop_head (&self->early_audio);

    input_queue_push_raw (self, graph, audio);
  }
  for (guint i = 0; i < self->early_texts->len; i++)
    habla_pipeline_graph_push_text (graph, self->early_texts->pdata[i]);
  input_queue_clear_early (self);
}

void
habla_input_queue_clear (HablaInputQueue *self)
{
  if (self->decoder != NULL) {
    self->header = habla_decoder_get_header (self->decoder);
    g_signal_handlers_disconnect_by_data (self->decoder, self);
    g_clear_object (&self->decoder);
  }
  input_queue_clear_early (self);
}

guint64
habla_input_queue_get_waiting (HablaInputQueue *self, HablaPipelineGraph *graph)
{
  if (self->decoder != NULL)
    return habla_decoder_get_waiting (self->decoder);
  return self->early_size + (graph != NULL ? habla_pipeline_graph_get_waiting (graph) : 0);
}

gboolean
habla_input_queue_is_full (HablaInputQueue *self)
{
  return self->is_full;
}

GBytes *
habla_input_queue_get_header (HablaInputQueue *self)
{
  if (self->decoder != NULL)
    return habla_decoder_get_header (self->decoder);
  return self->header != NULL ? g_bytes_ref (self->header) : NULL;
}
