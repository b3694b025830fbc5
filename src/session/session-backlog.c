/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/session-backlog.h"

#include "session/recorder.h"

#include <media/container-parser.h>

/* Typed while it starts; more is no typing. */
#define MAX_EARLY_TEXTS 1000
/* Bytes of typed text that may wait in the pipeline; a person does not type a book. */
#define MAX_TEXT_BACKLOG (1024 * 1024)

struct _HablaSessionBacklog {
  gsize max_size;
  HablaContainerParser *parser; /* NULL = audio has no container */
  HablaRecorder *recorder;      /* NULL = nothing is recorded */
  GQueue early_audio;           /* of GBytes; NULL = here something was lost */
  guint64 early_size;
  GPtrArray *early_texts; /* of HablaUtterance */
  gboolean is_losing;
};

HablaSessionBacklog *
habla_session_backlog_new (const HablaSessionOptions *options)
{
  HablaSessionBacklog *self = g_new0 (HablaSessionBacklog, 1);

  self->max_size = options->max_audio_backlog;
  if (options->input == HABLA_SESSION_INPUT_PUSHED && options->raw_caps == NULL)
    self->parser = habla_container_parser_new (options->header);
  if (options->recorder != NULL)
    self->recorder = habla_recorder_ref (options->recorder);
  self->early_texts = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_free);
  return self;
}

void
habla_session_backlog_free (HablaSessionBacklog *self)
{
  habla_session_backlog_drop (self);
  g_ptr_array_unref (self->early_texts);
  g_clear_pointer (&self->parser, habla_container_parser_free);
  g_clear_pointer (&self->recorder, habla_recorder_unref);
  g_free (self);
}

/* What is recorded is what the decoder gets. */
static void
decode (HablaSessionBacklog *self, HablaSessionGraph *graph, GBytes *audio)
{
  if (self->recorder != NULL)
    habla_recorder_push_stream (self->recorder, audio);
  habla_session_graph_push_audio (graph, audio);
}

/* @audio: as the client sent it; %NULL = something was lost. Here it becomes what the
 * decoder takes. */
static void
hand_on (HablaSessionBacklog *self, HablaSessionGraph *graph, GBytes *audio)
{
  g_autoptr (GBytes) parsed = NULL;
  gconstpointer data;
  gsize size;

  if (self->parser == NULL) {
    /* An empty piece says that no more comes. */
    if (audio != NULL && g_bytes_get_size (audio) > 0)
      decode (self, graph, audio);
    return;
  }
  if (audio == NULL) {
    habla_container_parser_interrupt (self->parser);
    return;
  }
  data = g_bytes_get_data (audio, &size);
  parsed = habla_container_parser_push (self->parser, data, size);
  if (parsed != NULL && g_bytes_get_size (parsed) > 0)
    decode (self, graph, parsed);
}

/* @audio: (nullable): as hand_on() */
static void
keep_or_hand_on (HablaSessionBacklog *self, HablaSessionGraph *graph, GBytes *audio)
{
  if (graph != NULL && g_queue_is_empty (&self->early_audio)) {
    hand_on (self, graph, audio);
    return;
  }
  g_queue_push_tail (&self->early_audio, audio != NULL ? g_bytes_ref (audio) : NULL);
  self->early_size += audio != NULL ? g_bytes_get_size (audio) : 0;
}

/* Returns: whether it was taken; if not, too much waits, and it is lost */
gboolean
habla_session_backlog_push_audio (
    HablaSessionBacklog *self, HablaSessionGraph *graph, GBytes *audio)
{
  guint64 waiting = habla_session_backlog_get_waiting (self, graph);
  guint64 pieces = self->early_audio.length + 1;

  if (graph != NULL)
    pieces += habla_session_graph_get_waiting_pieces (graph);
  if (waiting + g_bytes_get_size (audio) > self->max_size ||
      pieces * HABLA_PIECE_COST > self->max_size) {
    self->is_losing = TRUE;
    return FALSE;
  }
  /* The recording goes on somewhere in the middle. */
  if (self->is_losing)
    keep_or_hand_on (self, graph, NULL);
  self->is_losing = FALSE;
  keep_or_hand_on (self, graph, audio);
  return TRUE;
}

/* Returns: whether it was taken */
gboolean
habla_session_backlog_push_text (
    HablaSessionBacklog *self, HablaSessionGraph *graph, HablaUtterance *text)
{
  if (graph != NULL && self->early_texts->len == 0)
    return habla_session_graph_get_waiting_text (graph) <= MAX_TEXT_BACKLOG &&
           habla_session_graph_push_text (graph, text);
  if (self->early_texts->len >= MAX_EARLY_TEXTS)
    return FALSE;
  g_ptr_array_add (self->early_texts, habla_utterance_copy (text));
  return TRUE;
}

/* What came before @graph was there. */
void
habla_session_backlog_feed (HablaSessionBacklog *self, HablaSessionGraph *graph)
{
  while (!g_queue_is_empty (&self->early_audio)) {
    g_autoptr (GBytes) audio = g_queue_pop_head (&self->early_audio);

    hand_on (self, graph, audio);
  }
  for (guint i = 0; i < self->early_texts->len; i++)
    habla_session_graph_push_text (graph, self->early_texts->pdata[i]);
  habla_session_backlog_drop (self);
}

void
habla_session_backlog_drop (HablaSessionBacklog *self)
{
  while (!g_queue_is_empty (&self->early_audio)) {
    g_autoptr (GBytes) audio = g_queue_pop_head (&self->early_audio);
  }
  self->early_size = 0;
  g_ptr_array_set_size (self->early_texts, 0);
}

/* Returns: bytes of audio that were pushed and that the pipeline has not taken */
guint64
habla_session_backlog_get_waiting (HablaSessionBacklog *self, HablaSessionGraph *graph)
{
  return self->early_size + (graph != NULL ? habla_session_graph_get_waiting (graph) : 0);
}

/* Returns: whether the last audio that came was lost */
gboolean
habla_session_backlog_is_losing (HablaSessionBacklog *self)
{
  return self->is_losing;
}

/* Returns: (transfer full) (nullable): see habla_session_get_header() */
GBytes *
habla_session_backlog_get_header (HablaSessionBacklog *self)
{
  return self->parser != NULL ? habla_container_parser_get_header (self->parser) : NULL;
}
