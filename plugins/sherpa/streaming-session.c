/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session with a model that recognises speech as it comes: hypotheses for nothing, and the
 * library's own rules of where an utterance ends. */
#include "session.h"
#include "transcript.h"

#include <habla/utterance.h>

#include <string.h>

#define RATE HABLA_TRANSCRIBER_RATE
#define FRAME (RATE / 100)

/* Duration of the last word, which the model does not tell. */
#define LAST_WORD (RATE / 5)
/* Bound on hostile metadata: longest chunk, in frames. */
#define MAX_CHUNK 1000

typedef struct {
  HablaSession parent;
  HablaRecognizer *recognizer;
  const SherpaOnnxOnlineStream *stream;
  gint64 chunk_shift;  /* frames that a decode consumes */
  gint64 chunk_window; /* frames that it needs */

  /* Numbers of samples count from the begin of the stream of the element. */
  gint64 position;        /* the next sample */
  gint64 utterance_begin; /* where the utterance of the base class begins */
  gint64 stream_begin;    /* where @stream begins */
  gint64 n_decoded;       /* number of frames that @stream has decoded */
  gint64 n_reset;         /* @n_decoded at its last reset, from which its times count */
  gboolean at_endpoint;
  gboolean has_ended; /* the text was returned */
  int n_tokens;       /* tokens in the text that was returned last */

  const SherpaOnnxOnlineRecognizerResult *result; /* (nullable): since the last reset */
} StreamingSession;

static gint64
get_number (HablaSherpaModel *model, const char *key)
{
  const char *value = habla_sherpa_model_get_metadata (model, key);

  return value != NULL ? CLAMP (g_ascii_strtoll (value, NULL, 10), 0, MAX_CHUNK) : 0;
}

static void
streaming_session_forget (StreamingSession *self)
{
  if (self->result != NULL)
    SherpaOnnxDestroyOnlineRecognizerResult (self->result);
  self->result = NULL;
  self->at_endpoint = FALSE;
}

/* Begins a new stream of the library at @position. */
static void
streaming_session_restart (StreamingSession *self)
{
  streaming_session_forget (self);
  if (self->stream != NULL)
    SherpaOnnxDestroyOnlineStream (self->stream);
  self->stream = SherpaOnnxCreateOnlineStream (self->recognizer->online);
  self->stream_begin = self->position;
  self->n_decoded = 0;
  self->n_reset = 0;
}

/* Forgets the text; audio that is not decoded yet remains. */
static void
streaming_session_reset (StreamingSession *self)
{
  streaming_session_forget (self);
  SherpaOnnxOnlineStreamReset (self->recognizer->online, self->stream);
  self->n_reset = self->n_decoded;
}

static void
streaming_session_decode (StreamingSession *self, const float *samples, gsize n_samples)
{
  const SherpaOnnxOnlineRecognizer *recognizer = self->recognizer->online;
  gboolean has_decoded = FALSE;

  SherpaOnnxOnlineStreamAcceptWaveform (self->stream, RATE, samples, n_samples);
  while (SherpaOnnxIsOnlineStreamReady (recognizer, self->stream)) {
    SherpaOnnxDecodeOnlineStream (recognizer, self->stream);
    self->n_decoded += self->chunk_shift;
    has_decoded = TRUE;
  }
  if (!has_decoded)
    return;
  streaming_session_forget (self);
  self->result = SherpaOnnxGetOnlineStreamResult (recognizer, self->stream);
  self->at_endpoint = SherpaOnnxOnlineStreamIsEndpoint (recognizer, self->stream);
}

/* Decodes the audio of which the library wants more. */
static void
streaming_session_flush (StreamingSession *self)
{
  gsize n_samples = (self->chunk_window + self->chunk_shift + 2) * FRAME;
  g_autofree float *silence = g_new0 (float, n_samples);

  streaming_session_decode (self, silence, n_samples);
}

/* Returns: (transfer full) (nullable): the text of the first @n_tokens */
static char *
streaming_session_get_text (StreamingSession *self, int n_tokens)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->result == NULL)
    return NULL;
  self->n_tokens = MIN (n_tokens, self->result->count);
  if (n_tokens >= self->result->count)
    return habla_transcript_clean (self->result->text != NULL ? self->result->text : "");
  for (int i = 0; i < n_tokens; i++)
    g_string_append (text, self->result->tokens_arr[i]);
  return habla_transcript_clean (text->str);
}

/* Returns: the sample of a time of the library, since the begin of the utterance */
static gint64
streaming_session_get_origin (StreamingSession *self)
{
  return self->stream_begin + self->n_reset * FRAME - self->utterance_begin;
}

static gint64
streaming_session_get_token_begin (StreamingSession *self, int token)
{
  return streaming_session_get_origin (self) +
         (gint64) (CLAMP (self->result->timestamps[token], 0, 3600) * RATE);
}

static void
streaming_session_begin (HablaSession *session)
{
  StreamingSession *self = (StreamingSession *) session;

  if (self->has_ended && self->at_endpoint)
    streaming_session_reset (self);
  else if (self->has_ended)
    streaming_session_restart (self);
  self->has_ended = FALSE;
  self->utterance_begin = self->position;
}

static void
streaming_session_feed (HablaSession *session, const gint16 *samples, gsize n_samples,
    GstClockTime lag, gboolean *in_speech)
{
  StreamingSession *self = (StreamingSession *) session;
  g_autofree float *floats = g_new (float, n_samples);
  g_autofree char *text = NULL;

  for (gsize i = 0; i < n_samples; i++)
    floats[i] = samples[i] / 32768.0f;
  self->position += n_samples;
  streaming_session_decode (self, floats, n_samples);
  text = streaming_session_get_text (self, G_MAXINT);
  if (self->at_endpoint && text == NULL)
    streaming_session_reset (self);
  *in_speech = text != NULL && !self->at_endpoint;
}

static char *
streaming_session_get_hypothesis (HablaSession *session, GstClockTime lag)
{
  return streaming_session_get_text ((StreamingSession *) session, G_MAXINT);
}

/* The library passes probabilities on in its JSON only; those of CTC models are empty. */
static double
streaming_session_get_confidence (StreamingSession *self)
{
  static const char key[] = "\"ys_probs\": [";
  const char *json = self->result != NULL ? self->result->json : NULL;
  const char *at = json != NULL ? strstr (json, key) : NULL;
  g_autoptr (GArray) log_probs = g_array_new (FALSE, FALSE, sizeof (float));
  HablaTokens tokens = { 0 };
  char *end = NULL;

  if (at == NULL)
    return HABLA_CONFIDENCE_UNKNOWN;
  for (at += strlen (key); log_probs->len < G_MAXUINT16; at = end + strspn (end, ", ")) {
    float value = g_ascii_strtod (at, &end);

    if (end == at)
      break;
    g_array_append_val (log_probs, value);
  }
  tokens.log_probs = (const float *) log_probs->data;
  tokens.n_tokens = log_probs->len;
  return habla_transcript_get_confidence (&tokens);
}

static char *
streaming_session_end (HablaSession *session, double *confidence)
{
  StreamingSession *self = (StreamingSession *) session;

  self->has_ended = TRUE;
  if (confidence == NULL) {
    self->at_endpoint = FALSE;
    return NULL;
  }
  if (!self->at_endpoint)
    streaming_session_flush (self);
  *confidence = streaming_session_get_confidence (self);
  return streaming_session_get_text (self, G_MAXINT);
}

static gboolean
is_word_begin (const char *token)
{
  return *token == ' ';
}

/* Leaves the last word, which may be incomplete, to the next utterance. */
static char *
streaming_session_cut (HablaSession *session, gsize *n_samples, double *confidence)
{
  StreamingSession *self = (StreamingSession *) session;
  int last = self->result != NULL && self->result->timestamps != NULL ? self->result->count : 0;
  gint64 boundary;
  char *text;

  *confidence = streaming_session_get_confidence (self);
  while (last > 1 && !is_word_begin (self->result->tokens_arr[last - 1]))
    last--;
  boundary = last > 1 ? streaming_session_get_token_begin (self, last - 1) : 0;
  if (boundary <= 0 || boundary > (gint64) *n_samples) {
    streaming_session_flush (self);
    boundary = *n_samples;
    text = streaming_session_get_text (self, G_MAXINT);
  } else {
    text = streaming_session_get_text (self, last - 1);
  }
  *n_samples = boundary;
  self->position = self->utterance_begin + boundary;
  self->has_ended = TRUE;
  self->at_endpoint = FALSE;
  return text;
}

static void
streaming_session_describe (HablaSession *session, HablaTranscription *transcription)
{
  StreamingSession *self = (StreamingSession *) session;
  HablaTokens tokens = { 0 };
  gint64 last;

  if (self->result == NULL || self->result->timestamps == NULL || self->n_tokens == 0)
    return;
  last = streaming_session_get_token_begin (self, self->n_tokens - 1);
  transcription->begin = MAX (streaming_session_get_token_begin (self, 0), 0);
  transcription->end = MAX (MIN (last + LAST_WORD, self->position - self->utterance_begin), 0);
  tokens.texts = self->result->tokens_arr;
  tokens.times = self->result->timestamps;
  tokens.n_tokens = self->n_tokens;
  habla_transcript_add_words (
      &tokens, streaming_session_get_origin (self), transcription->end, transcription);
}

static void
streaming_session_configure (HablaSession *session, const HablaSessionSettings *settings)
{
}

static void
streaming_session_free (HablaSession *session)
{
  StreamingSession *self = (StreamingSession *) session;

  streaming_session_forget (self);
  SherpaOnnxDestroyOnlineStream (self->stream);
  g_free (self);
}

HablaSession *
habla_streaming_session_new (HablaRecognizer *recognizer)
{
  StreamingSession *self = g_new0 (StreamingSession, 1);
  HablaSherpaModel *model = recognizer->model;

  self->parent = (HablaSession){ streaming_session_begin, streaming_session_feed,
    streaming_session_get_hypothesis, streaming_session_end, streaming_session_cut,
    streaming_session_describe, streaming_session_configure, streaming_session_free };
  self->recognizer = recognizer;
  /* The names of NeMo and of icefall. */
  self->chunk_shift = get_number (model, "chunk_shift");
  if (self->chunk_shift == 0)
    self->chunk_shift = get_number (model, "decode_chunk_len");
  self->chunk_window = MAX (get_number (model, "window_size"), get_number (model, "T"));
  streaming_session_restart (self);
  return &self->parent;
}
