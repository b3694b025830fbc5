/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transcription-response.h"

#include "language-names.h"
#include "segmenter.h"

#include <habla/error.h>
#include <habla/utterance.h>
#include <json/json-validator.h>
#include <math.h>
#include <string.h>

#define MAX_WORDS 1000

/* No one says more characters than this in a second; and the slack for short segments. */
#define MAX_SPEED 30
#define MAX_SPEED_SLACK 40

/* Whisper's own rule: a part is silence if it is likely to be and the text is unlikely. */
#define MAX_SILENCE 0.6
#define MIN_LOG_PROBABILITY -1.0

static const HablaJsonLimits limits = {
  .max_size = 1024 * 1024,
  .max_depth = 8,
  .max_members = 64,
  .max_values = 20000,
};

void
transcription_response_clear (TranscriptionResponse *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->language, g_free);
  g_clear_pointer (&self->words, g_ptr_array_unref);
}

static gboolean
set_error (GError **error, const char *what)
{
  g_set_error (
      error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The server's transcription is unusable: %s", what);
  return FALSE;
}

char *
transcription_response_check_text (const char *text, gsize length, gsize n_samples, GError **error)
{
  gsize limit = MAX_SPEED_SLACK + n_samples * MAX_SPEED / HABLA_SEGMENTER_RATE;
  g_autofree char *copy = NULL;
  char *line;

  if (!g_utf8_validate (text, length, NULL)) {
    set_error (error, "it is not valid UTF-8");
    return NULL;
  }
  copy = g_strndup (text, length);
  g_strstrip (copy);
  if (g_utf8_strlen (copy, -1) > (glong) limit) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The server's transcription has %ld characters for %.1f s of speech, which nobody can say",
        g_utf8_strlen (copy, -1), n_samples / (double) HABLA_SEGMENTER_RATE);
    return NULL;
  }
  line = g_steal_pointer (&copy);
  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return line;
}

/* Returns: whether @object has a number @name */
static gboolean
get_number (JsonObject *object, const char *name, double *number)
{
  JsonNode *node = json_object_get_member (object, name);
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : 0;

  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return FALSE;
  *number = json_node_get_double (node);
  return isfinite (*number);
}

/* Returns: (nullable): the string @name of @object */
static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Returns: (nullable): the array @name of @object */
static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Returns: (nullable): the object that is element @i of @array */
static JsonObject *
get_object (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
is_silence (JsonObject *part)
{
  double silence, log_probability;

  return get_number (part, "no_speech_prob", &silence) &&
         get_number (part, "avg_logprob", &log_probability) && silence > MAX_SILENCE &&
         log_probability < MIN_LOG_PROBABILITY;
}

/* Returns: (transfer full) (nullable): the text without the parts that are silence; %NULL if there
 * are none */
static char *
response_read_parts (TranscriptionResponse *self, JsonArray *parts)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0, n_silent = 0;
  double sum = 0;

  for (guint i = 0; i < json_array_get_length (parts); i++) {
    JsonObject *part = get_object (parts, i);
    const char *words = part != NULL ? get_string (part, "text") : NULL;
    double log_probability;

    if (words == NULL)
      return NULL;
    if (is_silence (part)) {
      n_silent++;
      continue;
    }
    g_string_append (text, words);
    if (get_number (part, "avg_logprob", &log_probability)) {
      sum += log_probability;
      n++;
    }
  }
  if (n > 0)
    self->confidence = CLAMP (exp (sum / n), 0, 1);
  return n_silent > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
response_read_words (TranscriptionResponse *self, JsonArray *words, gsize n_samples)
{
  double last = 0, limit = n_samples / (double) HABLA_SEGMENTER_RATE;

  self->words = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_word_free);
  for (guint i = 0; i < MIN (json_array_get_length (words), MAX_WORDS); i++) {
    JsonObject *word = get_object (words, i);
    const char *text = word != NULL ? get_string (word, "word") : NULL;
    g_autofree char *stripped = g_strstrip (g_strdup (text != NULL ? text : ""));
    double begin, end;

    if (*stripped == '\0' || !g_utf8_validate (stripped, -1, NULL) ||
        !get_number (word, "start", &begin) || !get_number (word, "end", &end))
      continue;
    begin = CLAMP (begin, last, limit);
    end = CLAMP (end, begin, limit);
    last = begin;
    g_ptr_array_add (self->words,
        habla_word_new (stripped, begin * HABLA_SEGMENTER_RATE, end * HABLA_SEGMENTER_RATE));
  }
}

static gboolean
response_read_object (
    TranscriptionResponse *self, JsonObject *object, gsize n_samples, GError **error)
{
  const char *text = get_string (object, "text");
  const char *language = get_string (object, "language");
  JsonArray *parts = get_array (object, "segments"), *words = get_array (object, "words");
  g_autofree char *spoken = NULL;

  if (text == NULL)
    return set_error (error, "it has no member “text” that is a string");
  if (parts != NULL)
    spoken = response_read_parts (self, parts);
  if (spoken != NULL)
    text = spoken;
  self->text = transcription_response_check_text (text, strlen (text), n_samples, error);
  if (self->text == NULL)
    return FALSE;
  if (language != NULL)
    self->language = language_from_name (language);
  if (words != NULL)
    response_read_words (self, words, n_samples);
  return TRUE;
}

gboolean
transcription_response_parse (TranscriptionResponse *self, GBytes *body, const char *content_type,
    gsize n_samples, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (body, &size);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) reason = NULL;
  gboolean is_valid;

  self->confidence = HABLA_CONFIDENCE_UNKNOWN;
  if (content_type != NULL && g_str_equal (content_type, "text/plain") &&
      (size == 0 || *data != '{')) {
    self->text = transcription_response_check_text (data, size, n_samples, error);
    is_valid = self->text != NULL;
  } else {
    object = habla_json_parse_object (data, size, &limits, &reason);
    if (object == NULL)
      return set_error (error, reason->message);
    is_valid = response_read_object (self, object, n_samples, error);
  }
  if (is_valid && *self->text == '\0')
    g_clear_pointer (&self->text, g_free);
  return is_valid;
}
