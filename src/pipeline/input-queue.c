/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/input-queue.h"

#include "pipeline/audio-tap.h"

#include <decoder/decoder.h>

/* Typed while it starts; more is no typing. */
#define MAX_EARLY_TEXTS 1000
/* Bytes of typed text that may wait in the pipeline; a person does not type a book. */
#define MAX_TEXT_BACKLOG (1024 * 1024)

struct _HablaInputQueue {
  gsize max_size;
  HablaAudioTap *tap; /* NULL = nothing is recorded */

  HablaDecoder *decoder; /* NULL = the audio is raw, or not started, or over */
  HablaPipelineDecoded decoded;
  gpointer data; /* of @decoded */
  GBytes *header;

  GQueue early_audio; /* of GBytes, raw */
  guint64 early_size;
  GPtrArray *early_texts; /* of HablaUtterance */
  gboolean is_losing;
};

HablaInputQueue *
habla_input_queue_new (const HablaPipelineOptions *options)
{
  HablaInputQueue *self = g_new0 (HablaInputQueue, 1);

  self->max_size = options->max_audio_backlog;
  if (options->tap != NULL)
    self->tap = g_object_ref (options->tap);
  self->early_texts = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_free);
  return self;
}

void
habla_input_queue_free (HablaInputQueue *self)
{
  habla_input_queue_drop (self);
  g_ptr_array_unref (self->early_texts);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_clear_pointer (&self->tap, g_object_unref);
  g_free (self);
}

/* The recording has the bytes that the demuxer got. */
static void
backlog_on_stream (HablaDecoder *decoder, GBytes *bytes, HablaInputQueue *self)
{
  habla_audio_tap_push_stream (self->tap, bytes);
}

static void
backlog_on_finished (HablaDecoder *decoder, const GError *error, HablaInputQueue *self)
{
  self->decoded (error, self->data);
}

/**
 * habla_input_queue_start_decoder:
 * @header: (nullable): see habla_decoder_new()
 * @samples: (out) (transfer full): for habla_pipeline_graph_new()
 * @decoded: called once, unless the backlog is dropped before
 * @error: return location for an error of habla_decoder_new()
 *
 * From now on pushed audio is in a container.
 */
gboolean
habla_input_queue_start_decoder (HablaInputQueue *self, GBytes *header, int *samples,
    HablaPipelineDecoded decoded, gpointer data, GError **error)
{
  self->decoder = habla_decoder_new (header, self->tap != NULL, error);
  if (self->decoder == NULL)
    return FALSE;
  self->decoded = decoded;
  self->data = data;
  if (self->tap != NULL)
    g_signal_connect (self->decoder, "stream", G_CALLBACK (backlog_on_stream), self);
  g_signal_connect (self->decoder, "finished", G_CALLBACK (backlog_on_finished), self);
  *samples = habla_decoder_steal_output (self->decoder);
  return TRUE;
}

/* An empty chunk says that no more audio comes. */
static void
push_raw (HablaInputQueue *self, HablaPipelineGraph *graph, GBytes *audio)
{
  if (g_bytes_get_size (audio) == 0)
    return;
  if (self->tap != NULL)
    habla_audio_tap_push_stream (self->tap, audio);
  habla_pipeline_graph_push_audio (graph, audio);
}

static guint64
count_waiting_chunks (HablaInputQueue *self, HablaPipelineGraph *graph)
{
  if (self->decoder != NULL)
    return habla_decoder_get_waiting_chunks (self->decoder);
  return self->early_audio.length +
         (graph != NULL ? habla_pipeline_graph_get_waiting_pieces (graph) : 0);
}

/* Returns: whether it was taken; if not, too much waits, and it is lost */
gboolean
habla_input_queue_push_audio (HablaInputQueue *self, HablaPipelineGraph *graph, GBytes *audio)
{
  guint64 waiting = habla_input_queue_get_waiting (self, graph);
  guint64 chunks = count_waiting_chunks (self, graph) + 1;
  gboolean was_losing = self->is_losing;

  self->is_losing = waiting + g_bytes_get_size (audio) > self->max_size ||
                    chunks * HABLA_CHUNK_COST > self->max_size;
  if (self->is_losing)
    return FALSE;
  if (self->decoder != NULL) {
    /* The recording goes on somewhere in the middle. */
    if (was_losing)
      habla_decoder_interrupt (self->decoder);
    habla_decoder_push (self->decoder, audio);
  } else if (graph != NULL && g_queue_is_empty (&self->early_audio)) {
    push_raw (self, graph, audio);
  } else {
    g_queue_push_tail (&self->early_audio, g_bytes_ref (audio));
    self->early_size += g_bytes_get_size (audio);
  }
  return TRUE;
}

/* No more audio comes; what was pushed is decoded to its end. */
void
habla_input_queue_end_audio (HablaInputQueue *self)
{
  if (self->decoder != NULL)
    habla_decoder_end (self->decoder);
}

/* Returns: whether it was taken */
gboolean
habla_input_queue_push_text (HablaInputQueue *self, HablaPipelineGraph *graph, HablaUtterance *text)
{
  if (graph != NULL && self->early_texts->len == 0)
    return habla_pipeline_graph_get_waiting_text (graph) <= MAX_TEXT_BACKLOG &&
           habla_pipeline_graph_push_text (graph, text);
  if (self->early_texts->len >= MAX_EARLY_TEXTS)
    return FALSE;
  g_ptr_array_add (self->early_texts, habla_utterance_copy (text));
  return TRUE;
}

static void
clear_early (HablaInputQueue *self)
{
  while (!g_queue_is_empty (&self->early_audio))
    g_bytes_unref (g_queue_pop_head (&self->early_audio));
  self->early_size = 0;
  g_ptr_array_set_size (self->early_texts, 0);
}

/* What came before @graph was there. */
void
habla_input_queue_feed (HablaInputQueue *self, HablaPipelineGraph *graph)
{
  while (!g_queue_is_empty (&self->early_audio)) {
    g_autoptr (GBytes) audio = g_queue_pop_head (&self->early_audio);

    push_raw (self, graph, audio);
  }
  for (guint i = 0; i < self->early_texts->len; i++)
    habla_pipeline_graph_push_text (graph, self->early_texts->pdata[i]);
  clear_early (self);
}

/* Discards what waits, and kills the decoder. */
void
habla_input_queue_drop (HablaInputQueue *self)
{
  if (self->decoder != NULL) {
    self->header = habla_decoder_get_header (self->decoder);
    g_signal_handlers_disconnect_by_data (self->decoder, self);
    g_clear_object (&self->decoder);
  }
  clear_early (self);
}

/* Returns: bytes of audio that were pushed and that the pipeline has not taken */
guint64
habla_input_queue_get_waiting (HablaInputQueue *self, HablaPipelineGraph *graph)
{
  if (self->decoder != NULL)
    return habla_decoder_get_waiting (self->decoder);
  return self->early_size + (graph != NULL ? habla_pipeline_graph_get_waiting (graph) : 0);
}

/* Returns: whether the last audio that came was lost */
gboolean
habla_input_queue_is_losing (HablaInputQueue *self)
{
  return self->is_losing;
}

/* Returns: (transfer full) (nullable): see habla_pipeline_get_header() */
GBytes *
habla_input_queue_get_header (HablaInputQueue *self)
{
  if (self->decoder != NULL)
    return habla_decoder_get_header (self->decoder);
  return self->header != NULL ? g_bytes_ref (self->header) : NULL;
}
