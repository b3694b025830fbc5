/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-openaitranscriber
 * @title: openaitranscriber
 *
 * Recognises speech with a server that has OpenAI's interface: OpenAI itself, speaches, vLLM,
 * whisper.cpp, LocalAI. The element finds the speech itself, by its level and pitch, and posts each
 * segment to `v1/audio/transcriptions`; silence and noise do not leave the machine. With
 * #HablaOpenaiTranscriber:realtime, it sends speech over the realtime WebSocket while it is spoken,
 * and there are partial hypotheses.
 *
 *     gst-launch-1.0 -m filesrc location=lesson.wav ! wavparse ! audioconvert ! audioresample !
 *         queue max-size-buffers=0 max-size-bytes=0 max-size-time=20000000000 !
 *         openaitranscriber url=http://gpu-box:8000 ! captionsink
 *
 * The streaming thread waits for the answer: for `timeout` and the duration of the segment, at
 * most. A queue before the element takes the audio meanwhile.
 *
 * If there is no answer then, or a wrong one, #HablaOpenaiTranscriber:fallback recognises the
 * segment, and then gets all audio, with its own partial hypotheses. After a second, and then after
 * times that double up to a minute, the next segment goes to the server again, for `timeout` at
 * most. The element posts `habla/engine-degraded` when the local engine takes over, and
 * `habla/engine-recovered` when the server works again. Without a local engine, a segment that
 * fails is lost, as with other transcribers.
 */
#include "openaitranscriber.h"

#include <fallback/server-health.h>
#include <audio/language-names.h>
#include <fallback/local-engine.h>
#include <audio/local-transcriber.h>
#include <audio/realtime.h>
#include <audio/segmenter.h>
#include <audio/transcription-request.h>

#include <habla/glossary.h>
#include <habla/language.h>
#include <habla/utterance.h>
#include <string.h>

enum {
  PROP_0,
  PROP_PROMPT,
  PROP_GLOSSARY,
  PROP_END_PAUSE,
  PROP_REALTIME,
  PROP_REALTIME_PATH,
  PROP_REMOTE,
};

#define DEFAULT_END_PAUSE 500
#define DEFAULT_REALTIME FALSE
#define DEFAULT_REALTIME_PATH "v1/realtime?intent=transcription"
#define DEFAULT_MODEL "whisper-1"
#define DEFAULT_TIMEOUT 2000

/* Time until speech is detected, also by the local engine. */
#define ONSET (300 * GST_MSECOND)
#define HANGOVER (DEFAULT_END_PAUSE * GST_MSECOND)

#define MS (HABLA_TRANSCRIBER_RATE / 1000)
/* Audio after the speech that is sent, too. */
#define POST_ROLL (200 * MS)
/* Audio before a change from the local engine to the server that may belong to speech. */
#define RECENT (500 * MS)
/* Bytes of the terms, and characters of the last sentence in the prompt: servers ignore more than
 * 224 tokens. */
#define MAX_TERMS 400
#define MAX_CONTEXT 200

struct _HablaOpenaiTranscriber {
  HablaTranscriber parent_instance;

  RemoteClient *client;      /* has its own synchronisation */
  char *prompt;              /* protected by object lock */
  char *glossary;            /* protected by object lock; path */
  gboolean has_new_glossary; /* protected by object lock */
  guint end_pause;           /* protected by object lock */
  gboolean use_realtime;     /* protected by object lock */
  char *realtime_path;       /* protected by object lock */
  GCancellable *cancellable; /* protected by object lock */

  /* Used by the streaming thread, start() and stop() only. */
  HablaSegmenter *segmenter;
  LocalTranscriber *local; /* (nullable) */
  Realtime *realtime;      /* (nullable) */
  ServerHealth health;
  char *model;
  char *language;    /* (nullable): ISO 639 code */
  char *last_text;   /* (nullable): of the last sentence */
  char *terms;       /* (nullable): of the glossary */
  gboolean is_plain; /* whether the server has no verbose_json */

  gboolean is_local;              /* whether the local engine gets the audio */
  gboolean was_in_speech;         /* according to the local engine */
  gsize n_samples;                /* of the utterance */
  gsize base;                     /* sample of the utterance that is the segmenter's first one */
  gsize n_streamed;               /* samples of the segmenter up to which the server has got them */
  gint64 speech_end;              /* of the last text; in samples of the utterance */
  GArray *recent;                 /* of gint16: the last samples, for the segmenter */
  TranscriptionResponse response; /* the last one of the server */
};

G_DEFINE_FINAL_TYPE (HablaOpenaiTranscriber, habla_openai_transcriber, HABLA_TYPE_TRANSCRIBER)
GST_ELEMENT_REGISTER_DEFINE (
    openaitranscriber, "openaitranscriber", GST_RANK_NONE, HABLA_TYPE_OPENAI_TRANSCRIBER)

static const RemoteClientInfo client_info = {
  .data = "audio",
  .timeout = DEFAULT_TIMEOUT,
  .fallback = LOCAL_ENGINE_AUTO,
};

static HablaTranscriberClass *
local_class (HablaOpenaiTranscriber *self)
{
  return HABLA_TRANSCRIBER_GET_CLASS (local_transcriber_get_engine (self->local));
}

/* Without an engine on this machine, the server works alone. */
static gboolean
transcriber_start_local (HablaOpenaiTranscriber *self, const char *language, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *fallback = remote_client_dup_fallback (self->client);

  self->local = local_transcriber_start (HABLA_TRANSCRIBER (self), fallback, language, &reason);
  if (reason == NULL)
    return TRUE;
  if (g_strcmp0 (fallback, LOCAL_ENGINE_AUTO) != 0) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  GST_ELEMENT_WARNING (self, LIBRARY, INIT, ("%s", reason->message), (NULL));
  return TRUE;
}

/* Returns: (transfer full): the first terms, as many as fit */
static char *
list_terms (HablaGlossary *glossary)
{
  g_auto (GStrv) terms = habla_glossary_list_terms (glossary);
  GString *list = g_string_new (NULL);

  for (guint i = 0; terms[i] != NULL && list->len + strlen (terms[i]) + 3 <= MAX_TERMS; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", terms[i]);
  if (list->len > 0)
    g_string_append_c (list, '.');
  return g_string_free (list, FALSE);
}

/* Reads the glossary if it was set. Returns: whether it is usable; otherwise the terms stay */
static gboolean
transcriber_refresh_terms (HablaOpenaiTranscriber *self, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (HablaGlossary) glossary = NULL;
  gboolean is_new;

  GST_OBJECT_LOCK (self);
  is_new = self->has_new_glossary;
  path = g_strdup (self->glossary);
  self->has_new_glossary = FALSE;
  GST_OBJECT_UNLOCK (self);
  if (!is_new)
    return TRUE;
  if (path != NULL && *path != '\0' && (glossary = habla_glossary_load (path, error)) == NULL)
    return FALSE;
  g_free (self->terms);
  self->terms = glossary != NULL ? list_terms (glossary) : NULL;
  return TRUE;
}

/* Returns: (transfer full): terms, words to expect, and the last sentence, those that there are */
static char *
transcriber_join_prompt (HablaOpenaiTranscriber *self, const char *context)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  if (self->terms != NULL && *self->terms != '\0')
    g_strv_builder_add (builder, self->terms);
  GST_OBJECT_LOCK (self);
  if (self->prompt != NULL && *self->prompt != '\0')
    g_strv_builder_add (builder, self->prompt);
  GST_OBJECT_UNLOCK (self);
  if (*context != '\0')
    g_strv_builder_add (builder, context);
  parts = g_strv_builder_end (builder);
  return g_strjoinv (" ", parts);
}

static void
transcriber_start_realtime (HablaOpenaiTranscriber *self)
{
  g_autofree char *path = NULL;
  g_autofree char *prompt = NULL;
  gboolean is_wanted;
  RealtimeSettings settings = { .model = self->model, .language = self->language };

  GST_OBJECT_LOCK (self);
  is_wanted = self->use_realtime;
  path = g_strdup (self->realtime_path);
  GST_OBJECT_UNLOCK (self);
  prompt = transcriber_join_prompt (self, "");
  settings.path = path;
  settings.prompt = prompt;
  if (is_wanted)
    self->realtime = realtime_new (self->client, &settings);
}

static gboolean
habla_openai_transcriber_start (HablaTranscriber *transcriber, const char *language, GError **error)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);
  const char *const *detected = habla_transcriber_get_detected (transcriber);

  /* The file may have changed since the last start. */
  GST_OBJECT_LOCK (self);
  self->has_new_glossary = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (!transcriber_refresh_terms (self, error))
    return FALSE;
  /* Local engines need a language; the first one counts if none is detected. */
  if (!transcriber_start_local (self, detected != NULL ? detected[0] : language, error))
    return FALSE;
  if (!remote_client_start (self->client, error)) {
    g_clear_pointer (&self->local, local_transcriber_stop);
    return FALSE;
  }
  self->model = remote_client_dup_model (self->client);
  if (self->model == NULL)
    self->model = g_strdup (DEFAULT_MODEL);
  self->language = g_str_equal (language, "auto") ? NULL : habla_language_get_primary (language);
  transcriber_start_realtime (self);
  self->segmenter = habla_segmenter_new ();
  server_health_reset (&self->health);
  self->is_plain = FALSE;
  return TRUE;
}

static void
habla_openai_transcriber_stop (HablaTranscriber *transcriber)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);

  g_clear_pointer (&self->realtime, realtime_free);
  remote_client_stop (self->client);
  g_clear_pointer (&self->local, local_transcriber_stop);
  g_clear_pointer (&self->segmenter, habla_segmenter_free);
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->last_text, g_free);
  g_clear_pointer (&self->terms, g_free);
  transcription_response_clear (&self->response);
}

static gboolean
habla_openai_transcriber_begin (HablaTranscriber *transcriber, GError **error)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);

  self->n_samples = 0;
  self->base = 0;
  self->n_streamed = 0;
  self->was_in_speech = FALSE;
  g_array_set_size (self->recent, 0);
  self->is_local = self->local != NULL && !server_health_is_due (&self->health);
  if (self->is_local)
    return local_class (self)->begin (local_transcriber_get_engine (self->local), error);
  habla_segmenter_begin (self->segmenter);
  return TRUE;
}

static gsize
transcriber_get_end_pause (HablaOpenaiTranscriber *self)
{
  gsize end_pause;

  GST_OBJECT_LOCK (self);
  end_pause = self->end_pause;
  GST_OBJECT_UNLOCK (self);
  return end_pause * MS;
}

/* Sends what is new of a segment with voice. */
static void
transcriber_stream (HablaOpenaiTranscriber *self)
{
  gsize n_samples, offset = habla_segmenter_get_offset (self->segmenter);
  const gint16 *samples = habla_segmenter_get_samples (self->segmenter, &n_samples);
  gsize begin = MAX (self->n_streamed, offset);

  if (self->realtime == NULL || !realtime_is_supported (self->realtime) ||
      !habla_segmenter_has_voice (self->segmenter))
    return;
  realtime_append (self->realtime, samples + (begin - offset), offset + n_samples - begin);
  self->n_streamed = offset + n_samples;
}

/* In a pause the server gets its next chance. */
static void
transcriber_leave_local (HablaOpenaiTranscriber *self)
{
  const gint16 *recent = (const gint16 *) self->recent->data;

  g_free (local_class (self)->end (local_transcriber_get_engine (self->local), NULL, NULL));
  self->is_local = FALSE;
  self->base = self->n_samples - self->recent->len;
  habla_segmenter_begin (self->segmenter);
  habla_segmenter_push (
      self->segmenter, recent, self->recent->len, transcriber_get_end_pause (self));
}

static gboolean
transcriber_feed_local (HablaOpenaiTranscriber *self, const gint16 *samples, gsize n_samples,
    gboolean *in_speech, GError **error)
{
  HablaTranscriber *engine = local_transcriber_get_engine (self->local);

  if (!local_class (self)->feed (engine, samples, n_samples, in_speech, error))
    return FALSE;
  g_array_append_vals (self->recent, samples, n_samples);
  if (self->recent->len > RECENT)
    g_array_remove_range (self->recent, 0, self->recent->len - RECENT);
  /* The text of speech that has just ended is still to be fetched. */
  if (!*in_speech && !self->was_in_speech && server_health_is_due (&self->health))
    transcriber_leave_local (self);
  self->was_in_speech = *in_speech;
  return TRUE;
}

static gboolean
habla_openai_transcriber_feed (HablaTranscriber *transcriber, const gint16 *samples,
    gsize n_samples, gboolean *in_speech, GError **error)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);

  self->n_samples += n_samples;
  if (self->is_local)
    return transcriber_feed_local (self, samples, n_samples, in_speech, error);
  *in_speech =
      habla_segmenter_push (self->segmenter, samples, n_samples, transcriber_get_end_pause (self));
  transcriber_stream (self);
  return TRUE;
}

/* Returns: (transfer full) (nullable): the text of the WebSocket so far */
static char *
transcriber_get_partial (HablaOpenaiTranscriber *self)
{
  g_autofree char *text = realtime_dup_partial (self->realtime);
  gint64 begin, end;
  gsize n_samples;

  habla_segmenter_get_samples (self->segmenter, &n_samples);
  habla_segmenter_get_speech (self->segmenter, &begin, &end);
  self->speech_end = self->base + end;
  return transcription_response_check_text (text, strlen (text), n_samples, NULL);
}

static char *
habla_openai_transcriber_get_hypothesis (HablaTranscriber *transcriber)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);

  if (self->is_local)
    return local_class (self)->get_hypothesis != NULL
               ? local_class (self)->get_hypothesis (local_transcriber_get_engine (self->local))
               : NULL;
  return self->n_streamed > 0 ? transcriber_get_partial (self) : NULL;
}

/* Returns: (transfer full): the prompt of a segment */
static char *
transcriber_make_prompt (HablaOpenaiTranscriber *self)
{
  const char *context = self->last_text != NULL ? self->last_text : "";
  glong length = g_utf8_strlen (context, -1);
  g_autoptr (GError) unreadable = NULL;

  if (!transcriber_refresh_terms (self, &unreadable))
    GST_ELEMENT_WARNING (self, RESOURCE, READ, ("%s", unreadable->message), (NULL));

  if (length > MAX_CONTEXT)
    context = g_utf8_offset_to_pointer (context, length - MAX_CONTEXT);
  return transcriber_join_prompt (self, context);
}

/* Returns: time for the server to recognise the segment, in milliseconds: no more than `timeout`
 * for one that only tests whether it works again */
static guint
transcriber_get_timeout (HablaOpenaiTranscriber *self, gsize n_samples)
{
  guint timeout;

  g_object_get (self, "timeout", &timeout, NULL);
  return server_health_is_degraded (&self->health) ? timeout : timeout + n_samples / MS;
}

/* Returns: whether the WebSocket had the text */
static gboolean
transcriber_finish_realtime (
    HablaOpenaiTranscriber *self, gsize n_samples, gint64 deadline, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = realtime_finish (self->realtime, deadline, cancellable, &error);

  self->response.confidence = HABLA_CONFIDENCE_UNKNOWN;
  if (text != NULL)
    self->response.text =
        transcription_response_check_text (text, strlen (text), n_samples, &error);
  if (error != NULL)
    GST_INFO_OBJECT (self, "%s", error->message);
  return self->response.text != NULL;
}

/* Asks the server for the text of the segment: what the WebSocket has not, a POST may have. */
static gboolean
transcriber_ask_server (HablaOpenaiTranscriber *self, const gint16 *samples, gsize n_samples,
    GCancellable *cancellable, GError **error)
{
  guint timeout = transcriber_get_timeout (self, n_samples);
  gint64 deadline = g_get_monotonic_time () + timeout * G_TIME_SPAN_MILLISECOND;
  g_autofree char *prompt = transcriber_make_prompt (self);
  TranscriptionRequest request = { self->model, self->language, prompt, samples, n_samples, 0 };
  gint64 left;

  transcription_response_clear (&self->response);
  if (self->n_streamed > 0 && transcriber_finish_realtime (self, n_samples, deadline, cancellable))
    return TRUE;
  left = (deadline - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
  request.timeout = MAX (left, TRANSCRIPTION_REQUEST_MIN_TIMEOUT);
  return transcription_request_send (
      &request, self->client, &self->is_plain, &self->response, cancellable, error);
}

/* Returns: (transfer full) (nullable): the text of the server, or else of the local engine */
static char *
transcriber_recognize (HablaOpenaiTranscriber *self, const gint16 *samples, gsize n_samples,
    double *confidence, GError **error)
{
  const char *fallback = local_transcriber_get_name (self->local);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) reason = NULL;

  GST_OBJECT_LOCK (self);
  cancellable = g_object_ref (self->cancellable);
  GST_OBJECT_UNLOCK (self);
  if (self->local != NULL && !server_health_allow (&self->health, TRUE))
    return local_transcriber_recognize (
        self->local, samples, n_samples, cancellable, confidence, error);
  if (transcriber_ask_server (self, samples, n_samples, cancellable, &reason)) {
    server_health_report (&self->health, GST_ELEMENT (self), fallback, NULL);
    *confidence = self->response.confidence;
    return g_steal_pointer (&self->response.text);
  }
  if (g_cancellable_is_cancelled (cancellable)) {
    server_health_cancel (&self->health);
    return NULL;
  }
  transcription_response_clear (&self->response);
  if (self->local == NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return NULL;
  }
  server_health_report (&self->health, GST_ELEMENT (self), fallback, reason);
  return local_transcriber_recognize (
      self->local, samples, n_samples, cancellable, confidence, error);
}

/* Ends the segment at sample @end of the utterance, if it has speech. */
static char *
transcriber_finish (HablaOpenaiTranscriber *self, gsize end, double *confidence, GError **error)
{
  gsize n_samples, offset = habla_segmenter_get_offset (self->segmenter);
  const gint16 *samples = habla_segmenter_get_samples (self->segmenter, &n_samples);
  char *text = NULL;

  if (habla_segmenter_has_voice (self->segmenter) && confidence != NULL)
    text = transcriber_recognize (
        self, samples, MIN (end - self->base - offset, n_samples), confidence, error);
  if (self->realtime != NULL)
    realtime_discard (self->realtime);
  self->n_streamed = 0;
  if (text != NULL && *text != '\0') {
    g_free (self->last_text);
    self->last_text = g_strdup (text);
  }
  return text;
}

static char *
habla_openai_transcriber_end (HablaTranscriber *transcriber, double *confidence, GError **error)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);
  gint64 begin, end;

  if (self->is_local)
    return local_class (self)->end (local_transcriber_get_engine (self->local), confidence, error);
  habla_segmenter_get_speech (self->segmenter, &begin, &end);
  self->speech_end = self->base + end;
  return transcriber_finish (
      self, MIN (self->base + end + POST_ROLL, self->n_samples), confidence, error);
}

static char *
habla_openai_transcriber_cut (
    HablaTranscriber *transcriber, gsize *n_samples, double *confidence, GError **error)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);

  if (self->is_local) {
    HablaTranscriber *engine = local_transcriber_get_engine (self->local);

    return local_class (self)->cut != NULL
               ? local_class (self)->cut (engine, n_samples, confidence, error)
               : local_class (self)->end (engine, confidence, error);
  }
  *n_samples = self->base + habla_segmenter_find_boundary (self->segmenter);
  self->speech_end = *n_samples;
  return transcriber_finish (self, *n_samples, confidence, error);
}

static void
habla_openai_transcriber_describe (HablaTranscriber *transcriber, HablaTranscription *transcription)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);
  gint64 begin, end;
  gsize first;

  if (self->is_local) {
    if (local_class (self)->describe != NULL)
      local_class (self)->describe (local_transcriber_get_engine (self->local), transcription);
    return;
  }
  habla_segmenter_get_speech (self->segmenter, &begin, &end);
  transcription->begin = self->base + begin;
  transcription->end = MAX (self->speech_end, transcription->begin);
  transcription->language = self->language == NULL ? g_strdup (self->response.language) : NULL;
  first = self->base + habla_segmenter_get_offset (self->segmenter);
  for (guint i = 0; self->response.words != NULL && i < self->response.words->len; i++) {
    const HablaWord *word = self->response.words->pdata[i];

    habla_transcription_add_word (
        transcription, word->text, first + word->begin, first + word->end);
  }
}

static void
habla_openai_transcriber_unlock (HablaTranscriber *transcriber)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);
  g_autoptr (GCancellable) cancellable = NULL;

  GST_OBJECT_LOCK (self);
  cancellable = g_object_ref (self->cancellable);
  GST_OBJECT_UNLOCK (self);
  g_cancellable_cancel (cancellable);
}

static void
habla_openai_transcriber_unlock_stop (HablaTranscriber *transcriber)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (transcriber);

  GST_OBJECT_LOCK (self);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  GST_OBJECT_UNLOCK (self);
}

/* A server does not say which languages it has: those of Whisper. */
static GStrv
habla_openai_transcriber_list_languages (HablaTranscriber *transcriber)
{
  return language_list_codes ();
}

static GstStateChangeReturn
habla_openai_transcriber_change_state (GstElement *element, GstStateChange transition)
{
  if (!remote_client_check (HABLA_OPENAI_TRANSCRIBER (element)->client, transition))
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (habla_openai_transcriber_parent_class)
      ->change_state (element, transition);
}

static void
habla_openai_transcriber_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (object);

  if (id >= PROP_REMOTE) {
    if (!remote_client_set_property (self->client, id - PROP_REMOTE, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_PROMPT:
    g_free (self->prompt);
    self->prompt = g_value_dup_string (value);
    break;
  case PROP_GLOSSARY:
    g_free (self->glossary);
    self->glossary = g_value_dup_string (value);
    self->has_new_glossary = TRUE;
    break;
  case PROP_END_PAUSE:
    self->end_pause = g_value_get_uint (value);
    break;
  case PROP_REALTIME:
    self->use_realtime = g_value_get_boolean (value);
    break;
  case PROP_REALTIME_PATH:
    g_free (self->realtime_path);
    self->realtime_path = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_openai_transcriber_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (object);

  if (id >= PROP_REMOTE) {
    if (!remote_client_get_property (self->client, id - PROP_REMOTE, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_PROMPT:
    g_value_set_string (value, self->prompt);
    break;
  case PROP_GLOSSARY:
    g_value_set_string (value, self->glossary);
    break;
  case PROP_END_PAUSE:
    g_value_set_uint (value, self->end_pause);
    break;
  case PROP_REALTIME:
    g_value_set_boolean (value, self->use_realtime);
    break;
  case PROP_REALTIME_PATH:
    g_value_set_string (value, self->realtime_path);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_openai_transcriber_finalize (GObject *object)
{
  HablaOpenaiTranscriber *self = HABLA_OPENAI_TRANSCRIBER (object);

  remote_client_free (self->client);
  server_health_destroy (&self->health);
  g_free (self->prompt);
  g_free (self->glossary);
  g_free (self->realtime_path);
  g_object_unref (self->cancellable);
  g_array_unref (self->recent);
  G_OBJECT_CLASS (habla_openai_transcriber_parent_class)->finalize (object);
}

static void
openai_install_properties (GObjectClass *object_class)
{
  GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (object_class, PROP_PROMPT,
      g_param_spec_string ("prompt", "Prompt",
          "Names and terms that may occur, for the server, in the language of the speech; the last "
          "sentence is added",
          NULL, playing));
  g_object_class_install_property (object_class, PROP_GLOSSARY,
      g_param_spec_string ("glossary", "Glossary",
          "Path of a glossary, as of translators, whose first terms are put before prompt; empty = "
          "none. A new one is read for the next segment; realtime needs READY",
          NULL, playing));
  g_object_class_install_property (object_class, PROP_END_PAUSE,
      g_param_spec_uint ("end-pause", "Pause at the end",
          "Pause that ends an utterance, in milliseconds", 100, 10000, DEFAULT_END_PAUSE, playing));
  g_object_class_install_property (object_class, PROP_REALTIME,
      g_param_spec_boolean ("realtime", "Realtime",
          "Whether to send speech over the realtime WebSocket while it is spoken, for partial "
          "hypotheses; segments are posted if the server has none; takes effect in READY",
          DEFAULT_REALTIME, ready));
  g_object_class_install_property (object_class, PROP_REALTIME_PATH,
      g_param_spec_string ("realtime-path", "Realtime path",
          "Path and query of the realtime WebSocket, below url; takes effect in READY",
          DEFAULT_REALTIME_PATH, ready));
  remote_client_install_properties (object_class, PROP_REMOTE, &client_info);
}

static void
habla_openai_transcriber_class_init (HablaOpenaiTranscriberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaTranscriberClass *transcriber_class = HABLA_TRANSCRIBER_CLASS (klass);

  object_class->set_property = habla_openai_transcriber_set_property;
  object_class->get_property = habla_openai_transcriber_get_property;
  object_class->finalize = habla_openai_transcriber_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = habla_openai_transcriber_change_state;
  openai_install_properties (object_class);

  transcriber_class->onset = ONSET;
  transcriber_class->hangover = HANGOVER;
  transcriber_class->start = habla_openai_transcriber_start;
  transcriber_class->stop = habla_openai_transcriber_stop;
  transcriber_class->begin = habla_openai_transcriber_begin;
  transcriber_class->feed = habla_openai_transcriber_feed;
  transcriber_class->get_hypothesis = habla_openai_transcriber_get_hypothesis;
  transcriber_class->end = habla_openai_transcriber_end;
  transcriber_class->cut = habla_openai_transcriber_cut;
  transcriber_class->describe = habla_openai_transcriber_describe;
  transcriber_class->unlock = habla_openai_transcriber_unlock;
  transcriber_class->unlock_stop = habla_openai_transcriber_unlock_stop;
  transcriber_class->list_languages = habla_openai_transcriber_list_languages;
  transcriber_class->list_detectable = habla_openai_transcriber_list_languages;

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "OpenAI transcriber",
      "Audio/Text/Filter/Network",
      "Recognises speech with a server that has OpenAI's interface, and with a local engine while "
      "it fails. Example: gst-launch-1.0 -m filesrc location=lesson.wav ! wavparse ! audioconvert "
      "! audioresample ! openaitranscriber url=http://gpu-box:8000 ! captionsink",
      "Habla developers <habla@habla.example>");
}

static void
habla_openai_transcriber_init (HablaOpenaiTranscriber *self)
{
  self->client = remote_client_new (GST_ELEMENT (self), &client_info);
  server_health_init (&self->health);
  self->end_pause = DEFAULT_END_PAUSE;
  self->use_realtime = DEFAULT_REALTIME;
  self->realtime_path = g_strdup (DEFAULT_REALTIME_PATH);
  self->cancellable = g_cancellable_new ();
  self->recent = g_array_new (FALSE, FALSE, sizeof (gint16));
}
