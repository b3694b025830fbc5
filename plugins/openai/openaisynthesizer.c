/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-openaisynthesizer
 * @title: openaisynthesizer
 *
 * Speaks text with a server that has OpenAI's interface, `v1/audio/speech`: OpenAI itself,
 * speaches, Kokoro-FastAPI, LocalAI. Speech is 24 kHz mono, whatever the server sends, and begins
 * before the server has sent all of it.
 *
 *     gst-launch-1.0 filesrc location=text.txt ! openaisynthesizer url=http://gpu-box:8880
 *         voice=af_heart ! audioconvert ! autoaudiosink
 *
 * If the server is not ready within `timeout` and a tenth of a second for each character, or sends
 * something else than speech, #HablaOpenaiSynthesizer:fallback speaks the sentence, from its begin.
 * It then speaks all of them, until a sentence goes to the server again, after a second at first
 * and then after times that double up to a minute. The element posts `habla/engine-degraded` when
 * the local engine takes over, and `habla/engine-recovered` when the server works again. Without a
 * local engine, a sentence that fails is left out, as with other synthesizers.
 */
#include "openaisynthesizer.h"

#include <fallback/server-health.h>
#include <audio/language-names.h>
#include <fallback/local-engine.h>
#include <audio/local-synthesizer.h>
#include <audio/speech-decoder.h>
#include <client/remote-client.h>

#include <habla/error.h>
#include <json/json-writer.h>
#include <string.h>

enum {
  PROP_0,
  PROP_VOICE,
  PROP_RESPONSE_FORMAT,
  PROP_REMOTE,
};

#define DEFAULT_VOICE "alloy"
#define DEFAULT_RESPONSE_FORMAT HABLA_OPENAI_SPEECH_FORMAT_WAV
#define DEFAULT_MODEL "tts-1"
#define DEFAULT_TIMEOUT 3000

#define PATH "v1/audio/speech"

/* Samples a second of the element, and of a server's raw samples. */
#define RATE 24000

/* Time for each character, in milliseconds. */
#define TIME_PER_CHARACTER 100
/* Longest speech: so many nanoseconds, and for each character. */
#define MAX_SPEECH (10 * GST_SECOND)
#define MAX_SPEECH_PER_CHARACTER (500 * GST_MSECOND)

typedef enum {
  HABLA_OPENAI_SPEECH_FORMAT_WAV,
  HABLA_OPENAI_SPEECH_FORMAT_PCM,
} HablaOpenaiSpeechFormat;

struct _HablaOpenaiSynthesizer {
  HablaSynthesizer parent_instance;

  RemoteClient *client;                    /* has its own synchronisation */
  char *voice;                             /* protected by object lock */
  HablaOpenaiSpeechFormat response_format; /* protected by object lock */

  /* Used by the source pad's task, start() and stop() only. */
  LocalSynthesizer *local; /* (nullable) */
  ServerHealth health;
  char *model;
};

G_DEFINE_FINAL_TYPE (HablaOpenaiSynthesizer, habla_openai_synthesizer, HABLA_TYPE_SYNTHESIZER)
GST_ELEMENT_REGISTER_DEFINE (
    openaisynthesizer, "openaisynthesizer", GST_RANK_NONE, HABLA_TYPE_OPENAI_SYNTHESIZER)

static const RemoteClientInfo client_info = {
  .data = "text",
  .timeout = DEFAULT_TIMEOUT,
  .fallback = LOCAL_ENGINE_AUTO,
};

static GType
habla_openai_speech_format_get_type (void)
{
  static gsize type = 0;
  static const GEnumValue values[] = {
    { HABLA_OPENAI_SPEECH_FORMAT_WAV, "WAV, of any rate", "wav" },
    { HABLA_OPENAI_SPEECH_FORMAT_PCM, "Raw samples: signed 16-bit, little endian, 24 kHz, mono",
        "pcm" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("HablaOpenaiSpeechFormat", values));
  return type;
}

/* Without an engine on this machine, the server works alone. */
static gboolean
synthesizer_start_local (HablaOpenaiSynthesizer *self, const char *language, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *fallback = remote_client_dup_fallback (self->client);

  self->local = local_synthesizer_start (HABLA_SYNTHESIZER (self), fallback, language, &reason);
  if (reason == NULL)
    return TRUE;
  if (g_strcmp0 (fallback, LOCAL_ENGINE_AUTO) != 0) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  GST_ELEMENT_WARNING (self, LIBRARY, INIT, ("%s", reason->message), (NULL));
  return TRUE;
}

static gboolean
habla_openai_synthesizer_start (HablaSynthesizer *synthesizer, const char *language, GError **error)
{
  HablaOpenaiSynthesizer *self = HABLA_OPENAI_SYNTHESIZER (synthesizer);

  if (!synthesizer_start_local (self, language, error))
    return FALSE;
  if (!remote_client_start (self->client, error)) {
    g_clear_pointer (&self->local, local_synthesizer_stop);
    return FALSE;
  }
  self->model = remote_client_dup_model (self->client);
  if (self->model == NULL)
    self->model = g_strdup (DEFAULT_MODEL);
  server_health_reset (&self->health);
  habla_synthesizer_set_rate (synthesizer, RATE);
  return TRUE;
}

static void
habla_openai_synthesizer_stop (HablaSynthesizer *synthesizer)
{
  HablaOpenaiSynthesizer *self = HABLA_OPENAI_SYNTHESIZER (synthesizer);

  remote_client_stop (self->client);
  g_clear_pointer (&self->local, local_synthesizer_stop);
  g_clear_pointer (&self->model, g_free);
}

/* Returns: (transfer full): the body of the request */
static GBytes *
synthesizer_make_body (
    HablaOpenaiSynthesizer *self, const char *text, double speed, const char *format)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *voice = NULL;

  GST_OBJECT_LOCK (self);
  voice = g_strdup (self->voice);
  GST_OBJECT_UNLOCK (self);
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "model", self->model);
  habla_json_add_string (builder, "input", text);
  habla_json_add_string (builder, "voice", voice != NULL ? voice : DEFAULT_VOICE);
  habla_json_add_string (builder, "response_format", format);
  if (speed != 1.0)
    habla_json_add_double (builder, "speed", speed);
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

static gboolean
synthesizer_push (const gint16 *samples, gsize n_samples, gpointer data)
{
  return habla_synthesizer_push (HABLA_SYNTHESIZER (data), samples, n_samples);
}

/* An answer on its way to the source pad. */
typedef struct {
  SpeechDecoder *decoder;
  GstClockTime limit;
  gboolean is_over; /* downstream needs no more */
  GError *error;
} Answer;

static gboolean
answer_push (const guint8 *data, gsize size, gpointer user_data)
{
  Answer *self = user_data;

  self->is_over = !speech_decoder_push (self->decoder, data, size, &self->error);
  if (!self->is_over && speech_decoder_get_duration (self->decoder) > self->limit)
    g_set_error (&self->error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server's speech takes longer than %" G_GUINT64_FORMAT " s, which is too long for its "
        "text",
        self->limit / GST_SECOND);
  return !self->is_over && self->error == NULL;
}

/* Speaks @text with the server. */
static gboolean
synthesizer_ask_server (HablaOpenaiSynthesizer *self, const char *text, double speed,
    GCancellable *cancellable, GError **error)
{
  HablaOpenaiSpeechFormat format;
  glong n_characters = g_utf8_strlen (text, -1);
  g_autoptr (SpeechDecoder) decoder = NULL;
  g_autoptr (GBytes) body = NULL;
  g_auto (RemoteResponse) response = { 0 };
  Answer answer = { .limit = MAX_SPEECH + n_characters * MAX_SPEECH_PER_CHARACTER };
  RemoteRequest request = { PATH, .accept = "audio/*", .on_chunk = answer_push,
    .user_data = &answer, .max_response = REMOTE_CLIENT_MAX_AUDIO };

  GST_OBJECT_LOCK (self);
  format = self->response_format;
  GST_OBJECT_UNLOCK (self);
  g_object_get (self, "timeout", &request.timeout, NULL);
  request.timeout += n_characters * TIME_PER_CHARACTER;
  decoder = answer.decoder = speech_decoder_new (
      format == HABLA_OPENAI_SPEECH_FORMAT_PCM ? RATE : 0, RATE, synthesizer_push, self);
  body = request.body = synthesizer_make_body (
      self, text, speed, format == HABLA_OPENAI_SPEECH_FORMAT_PCM ? "pcm" : "wav");
  if (!remote_client_send (self->client, &request, &response, cancellable, error)) {
    g_clear_error (&answer.error);
    return FALSE;
  }
  if (answer.error == NULL && !answer.is_over)
    speech_decoder_finish (decoder, &answer.error);
  if (answer.error == NULL)
    return TRUE;
  remote_client_reject (self->client, answer.error->message);
  g_propagate_error (error, answer.error);
  return FALSE;
}

static gboolean
habla_openai_synthesizer_synthesize (HablaSynthesizer *synthesizer, const char *text,
    const char *language, double speed, GCancellable *cancellable, GError **error)
{
  HablaOpenaiSynthesizer *self = HABLA_OPENAI_SYNTHESIZER (synthesizer);
  const char *fallback = local_synthesizer_get_name (self->local);
  LocalSpeech speech = { text, language, speed, RATE, synthesizer_push, self };
  g_autoptr (GError) reason = NULL;

  if (self->local == NULL || server_health_allow (&self->health, TRUE)) {
    if (synthesizer_ask_server (self, text, speed, cancellable, &reason)) {
      server_health_report (&self->health, GST_ELEMENT (self), fallback, NULL);
      return TRUE;
    }
    if (self->local == NULL || g_cancellable_is_cancelled (cancellable)) {
      server_health_cancel (&self->health);
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
    server_health_report (&self->health, GST_ELEMENT (self), fallback, reason);
  }
  return local_synthesizer_speak (self->local, &speech, cancellable, error);
}

/* A server does not say which languages it has: those of OpenAI, which are those of Whisper. */
static GStrv
habla_openai_synthesizer_list_languages (HablaSynthesizer *synthesizer)
{
  return language_list_codes ();
}

static GstStateChangeReturn
habla_openai_synthesizer_change_state (GstElement *element, GstStateChange transition)
{
  if (!remote_client_check (HABLA_OPENAI_SYNTHESIZER (element)->client, transition))
    return GST_STATE_CHANGE_FAILURE;
  return GST_ELEMENT_CLASS (habla_openai_synthesizer_parent_class)
      ->change_state (element, transition);
}

static void
habla_openai_synthesizer_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaOpenaiSynthesizer *self = HABLA_OPENAI_SYNTHESIZER (object);

  if (id >= PROP_REMOTE) {
    if (!remote_client_set_property (self->client, id - PROP_REMOTE, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_VOICE:
    g_free (self->voice);
    self->voice = g_value_dup_string (value);
    break;
  case PROP_RESPONSE_FORMAT:
    self->response_format = g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_openai_synthesizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaOpenaiSynthesizer *self = HABLA_OPENAI_SYNTHESIZER (object);

  if (id >= PROP_REMOTE) {
    if (!remote_client_get_property (self->client, id - PROP_REMOTE, value))
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_VOICE:
    g_value_set_string (value, self->voice);
    break;
  case PROP_RESPONSE_FORMAT:
    g_value_set_enum (value, self->response_format);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_openai_synthesizer_finalize (GObject *object)
{
  HablaOpenaiSynthesizer *self = HABLA_OPENAI_SYNTHESIZER (object);

  remote_client_free (self->client);
  server_health_destroy (&self->health);
  g_free (self->voice);
  G_OBJECT_CLASS (habla_openai_synthesizer_parent_class)->finalize (object);
}

static void
openai_install_properties (GObjectClass *object_class)
{
  GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (object_class, PROP_VOICE,
      g_param_spec_string (
          "voice", "Voice", "Name of a voice of the server", DEFAULT_VOICE, playing));
  g_object_class_install_property (object_class, PROP_RESPONSE_FORMAT,
      g_param_spec_enum ("response-format", "Response format", "Format of the speech of the server",
          habla_openai_speech_format_get_type (), DEFAULT_RESPONSE_FORMAT, playing));
  remote_client_install_properties (object_class, PROP_REMOTE, &client_info);
}

static void
habla_openai_synthesizer_class_init (HablaOpenaiSynthesizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  HablaSynthesizerClass *synthesizer_class = HABLA_SYNTHESIZER_CLASS (klass);

  object_class->set_property = habla_openai_synthesizer_set_property;
  object_class->get_property = habla_openai_synthesizer_get_property;
  object_class->finalize = habla_openai_synthesizer_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = habla_openai_synthesizer_change_state;
  openai_install_properties (object_class);

  synthesizer_class->start = habla_openai_synthesizer_start;
  synthesizer_class->stop = habla_openai_synthesizer_stop;
  synthesizer_class->synthesize = habla_openai_synthesizer_synthesize;
  synthesizer_class->list_languages = habla_openai_synthesizer_list_languages;

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "OpenAI synthesizer",
      "Text/Audio/Converter/Network",
      "Speaks text with a server that has OpenAI's interface, and with a local engine while it "
      "fails. Example: gst-launch-1.0 filesrc location=text.txt ! openaisynthesizer "
      "url=http://gpu-box:8880 ! audioconvert ! autoaudiosink",
      "Habla developers <habla@habla.example>");
}

static void
habla_openai_synthesizer_init (HablaOpenaiSynthesizer *self)
{
  self->client = remote_client_new (GST_ELEMENT (self), &client_info);
  server_health_init (&self->health);
  self->voice = g_strdup (DEFAULT_VOICE);
  self->response_format = DEFAULT_RESPONSE_FORMAT;
}
