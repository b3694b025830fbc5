/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/protocol.h"

#include "api/direction.h"

#include <json/json-validator.h>

#include <string.h>

/* Generous, because a later version of the protocol may add fields. */
static const HablaJsonLimits limits = {
  .max_size = HABLA_PROTOCOL_MAX_MESSAGE,
  .max_depth = 4,
  .max_members = 32,
  .max_values = 256,
};

/* For clients that are not authenticated yet. */
static const HablaJsonLimits hello_limits = {
  .max_size = HABLA_PROTOCOL_MAX_HELLO,
  .max_depth = 1,
  .max_members = 8,
  .max_values = 9,
};

/* The speaker of typed text if the client sends none, as old clients expect. */
#define TYPED_SPEAKER "MANUAL"

typedef gboolean (*ReadFields) (HablaCommand *command, JsonObject *object, GError **error);

static gboolean protocol_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
protocol_fail (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

/* Returns: (transfer full) (nullable): the text without blanks around it */
static char *
protocol_check_string (JsonNode *node, const char *field, guint max_length, GError **error)
{
  g_autofree char *stripped = NULL;
  const char *string;
  glong length;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING) {
    protocol_fail (error, "Field “%s” must be a string", field);
    return NULL;
  }
  string = json_node_get_string (node);
  /* An escaped lone surrogate is not valid Unicode. */
  if (!g_utf8_validate (string, -1, NULL)) {
    protocol_fail (error, "Field “%s” is not valid Unicode", field);
    return NULL;
  }
  length = g_utf8_strlen (string, -1);
  if (length > max_length) {
    protocol_fail (
        error, "Field “%s” has %ld characters; at most %u are allowed", field, length, max_length);
    return NULL;
  }
  for (const char *p = string; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p)) && strchr ("\t\r\n", *p) == NULL) {
      protocol_fail (error, "Field “%s” has a control character", field);
      return NULL;
    }
  }
  stripped = g_strstrip (g_strdup (string));
  if (*stripped == '\0') {
    protocol_fail (error, "Field “%s” is empty", field);
    return NULL;
  }
  return g_steal_pointer (&stripped);
}

/* @value: (out): not set if the field is optional and missing; null counts as missing */
static gboolean
protocol_read_string (JsonObject *object, const char *field, guint max_length, gboolean required,
    char **value, GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node)) {
    if (required)
      return protocol_fail (error, "Field “%s” is missing", field);
    return TRUE;
  }
  *value = protocol_check_string (node, field, max_length, error);
  return *value != NULL;
}

static gboolean
protocol_read_hello (HablaCommand *command, JsonObject *object, GError **error)
{
  return protocol_read_string (
             object, "token", HABLA_PROTOCOL_MAX_TOKEN, FALSE, &command->token, error) &&
         protocol_read_string (
             object, "code", HABLA_PROTOCOL_MAX_CODE, FALSE, &command->code, error);
}

static gboolean
protocol_read_rename_speaker (HablaCommand *command, JsonObject *object, GError **error)
{
  return protocol_read_string (
             object, "speaker_id", HABLA_MAX_SPEAKER_ID, TRUE, &command->speaker_id, error) &&
         protocol_read_string (
             object, "role_hint", HABLA_MAX_ROLE, FALSE, &command->role_hint, error) &&
         protocol_read_string (object, "name", HABLA_MAX_SPEAKER_NAME, command->role_hint == NULL,
             &command->name, error);
}

/* Whether the language is available here is for the room to decide. */
static gboolean
protocol_check_language (const char *tag, const char *field, GError **error)
{
  for (const char *p = tag; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return protocol_fail (
          error, "Field “%s” must be a language code such as “es” or “pt-BR”", field);
  return TRUE;
}

static gboolean
protocol_read_set_language (HablaCommand *command, JsonObject *object, GError **error)
{
  return protocol_read_string (
             object, "language", HABLA_MAX_LANGUAGE_TAG, TRUE, &command->language, error) &&
         protocol_check_language (command->language, "language", error);
}

/* @min, @max: number of tags. Returns: (transfer full) (nullable): the tags */
static GStrv
protocol_read_language_list (
    JsonNode *node, const char *field, guint min, guint max, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint length = array != NULL ? json_array_get_length (array) : 0;

  if (array == NULL) {
    protocol_fail (error, "Field “%s” must be an array", field);
    return NULL;
  }
  if (length < min || length > max) {
    protocol_fail (error, "Field “%s” must have %u to %u languages", field, min, max);
    return NULL;
  }
  for (guint i = 0; i < length; i++) {
    g_autofree char *tag = protocol_check_string (
        json_array_get_element (array, i), field, HABLA_MAX_LANGUAGE_TAG, error);

    if (tag == NULL || !protocol_check_language (tag, field, error))
      return NULL;
    g_strv_builder_add (builder, tag);
  }
  return g_strv_builder_end (builder);
}

static gboolean
protocol_read_languages (HablaCommand *command, JsonObject *object, GError **error)
{
  static const char *const source = "source_language";
  static const char *const targets = "target_languages";
  JsonNode *node = json_object_get_member (object, targets);

  if (!protocol_read_string (
          object, source, HABLA_MAX_LANGUAGE_TAG, FALSE, &command->source_language, error) ||
      (command->source_language != NULL &&
          !protocol_check_language (command->source_language, source, error)))
    return FALSE;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  command->target_languages =
      protocol_read_language_list (node, targets, 1, HABLA_MAX_TARGETS, error);
  return command->target_languages != NULL;
}

static gboolean
protocol_read_set_languages (HablaCommand *command, JsonObject *object, GError **error)
{
  static const char *const offered = "offered_languages";
  JsonNode *node = json_object_get_member (object, offered);

  if (!protocol_read_languages (command, object, error))
    return FALSE;
  if (node != NULL && !JSON_NODE_HOLDS_NULL (node)) {
    command->offered_languages =
        protocol_read_language_list (node, offered, 0, HABLA_PROTOCOL_MAX_OFFERED, error);
    return command->offered_languages != NULL;
  }
  if (command->source_language == NULL && command->target_languages == NULL)
    return protocol_fail (error, "Field “source_language” or “target_languages” is missing");
  return TRUE;
}

/* Empty = the best one. Names of elements have no blanks, so no launch line is one.
 *
 * @value: (out): not set if the field is missing or null */
static gboolean
protocol_read_engine (JsonObject *object, const char *field, char **value, GError **error)
{
  JsonNode *node = json_object_get_member (object, field);

  if (node != NULL &&
      g_strcmp0 (
          json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL,
          "") == 0) {
    *value = g_strdup ("");
    return TRUE;
  }
  if (!protocol_read_string (object, field, HABLA_PROTOCOL_MAX_WORD, FALSE, value, error))
    return FALSE;
  for (const char *p = *value; p != NULL && *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_+.", *p) == NULL)
      return protocol_fail (error, "Field “%s” must be the name of an element", field);
  return TRUE;
}

static gboolean
protocol_read_auto_language (HablaCommand *command, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "auto_language");

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return protocol_fail (error, "Field “auto_language” must be true or false");
  command->has_auto_language = TRUE;
  command->auto_language = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
protocol_read_set_engines (HablaCommand *command, JsonObject *object, GError **error)
{
  if (!protocol_read_engine (object, "transcriber", &command->transcriber, error) ||
      !protocol_read_engine (object, "translator", &command->translator, error) ||
      !protocol_read_auto_language (command, object, error))
    return FALSE;
  if (command->transcriber == NULL && command->translator == NULL && !command->has_auto_language)
    return protocol_fail (error, "Field “transcriber”, “translator” or “auto_language” is missing");
  return TRUE;
}

static gboolean
protocol_read_set_mode (HablaCommand *command, JsonObject *object, GError **error)
{
  g_autofree char *name = NULL;

  if (!protocol_read_string (object, "mode", HABLA_PROTOCOL_MAX_WORD, TRUE, &name, error))
    return FALSE;
  if (!habla_mode_from_name (name, &command->mode))
    return protocol_fail (error, "Field “mode” must be “conversation” or “classroom”");
  return TRUE;
}

static gboolean
protocol_read_start_listening (HablaCommand *command, JsonObject *object, GError **error)
{
  g_autofree char *format = NULL;
  JsonNode *rate = json_object_get_member (object, "rate");
  gint64 value = 0;

  if (!protocol_read_languages (command, object, error) ||
      !protocol_read_string (
          object, "source", HABLA_PROTOCOL_MAX_WORD, FALSE, &command->source, error) ||
      !protocol_read_string (object, "format", HABLA_PROTOCOL_MAX_WORD, FALSE, &format, error))
    return FALSE;
  if (format != NULL && strcmp (format, "pcm") != 0)
    return protocol_fail (
        error, "Field “format” must be “pcm”, or left out for audio in a container");
  if (format != NULL && command->source != NULL)
    return protocol_fail (error, "Fields “format” and “source” exclude each other");
  if (format == NULL && rate != NULL && !JSON_NODE_HOLDS_NULL (rate))
    return protocol_fail (error, "Field “rate” goes with the format “pcm” only");
  if (format == NULL)
    return TRUE;

  if (rate == NULL || JSON_NODE_HOLDS_NULL (rate))
    return protocol_fail (error, "Field “rate” is missing");
  if (JSON_NODE_HOLDS_VALUE (rate) && json_node_get_value_type (rate) == G_TYPE_INT64)
    value = json_node_get_int (rate);
  if (value < HABLA_MIN_SAMPLE_RATE || value > HABLA_MAX_SAMPLE_RATE)
    return protocol_fail (error, "Field “rate” must be a whole number from %d to %d",
        HABLA_MIN_SAMPLE_RATE, HABLA_MAX_SAMPLE_RATE);
  command->rate = value;
  return TRUE;
}

static gboolean
protocol_read_text_input (HablaCommand *command, JsonObject *object, GError **error)
{
  if (!protocol_read_string (object, "text", HABLA_MAX_TEXT, TRUE, &command->text, error) ||
      !protocol_read_string (
          object, "speaker_id", HABLA_MAX_SPEAKER_ID, FALSE, &command->speaker_id, error))
    return FALSE;
  if (command->speaker_id == NULL)
    command->speaker_id = g_strdup (TYPED_SPEAKER);
  return TRUE;
}

static gboolean
protocol_read_toggle_direction (HablaCommand *command, JsonObject *object, GError **error)
{
  g_autofree char *name = NULL;
  const char *source, *target;

  if (!protocol_read_string (object, "direction", HABLA_PROTOCOL_MAX_WORD, TRUE, &name, error))
    return FALSE;
  command->direction = habla_direction_find (name, &source, &target);
  if (command->direction == NULL)
    return protocol_fail (error, "Field “direction” must be “es_to_en” or “en_to_es”");
  return TRUE;
}

static const struct {
  const char *name;
  ReadFields read; /* (nullable) */
} commands[HABLA_COMMAND_N_TYPES] = {
  [HABLA_COMMAND_END_ROOM] = { "end_room", NULL },
  [HABLA_COMMAND_HELLO] = { "hello", protocol_read_hello },
  [HABLA_COMMAND_NEW_SESSION] = { "new_session", NULL },
  [HABLA_COMMAND_PING] = { "ping", NULL },
  [HABLA_COMMAND_RENAME_SPEAKER] = { "rename_speaker", protocol_read_rename_speaker },
  [HABLA_COMMAND_SEGMENT_END] = { "segment_end", NULL },
  [HABLA_COMMAND_SET_ENGINES] = { "set_engines", protocol_read_set_engines },
  [HABLA_COMMAND_SET_LANGUAGE] = { "set_language", protocol_read_set_language },
  [HABLA_COMMAND_SET_LANGUAGES] = { "set_languages", protocol_read_set_languages },
  [HABLA_COMMAND_SET_MODE] = { "set_mode", protocol_read_set_mode },
  [HABLA_COMMAND_START_LISTENING] = { "start_listening", protocol_read_start_listening },
  [HABLA_COMMAND_STOP_LISTENING] = { "stop_listening", NULL },
  [HABLA_COMMAND_TAKE_OVER] = { "take_over", NULL },
  [HABLA_COMMAND_TEXT_INPUT] = { "text_input", protocol_read_text_input },
  [HABLA_COMMAND_TOGGLE_DIRECTION] = { "toggle_direction", protocol_read_toggle_direction },
};

const char *
habla_command_type_get_name (HablaCommandType type)
{
  return commands[type].name;
}

void
habla_command_free (HablaCommand *self)
{
  switch (self->type) {
  case HABLA_COMMAND_HELLO:
    g_free (self->token);
    g_free (self->code);
    break;
  case HABLA_COMMAND_SET_LANGUAGE:
    g_free (self->language);
    break;
  case HABLA_COMMAND_SET_LANGUAGES:
  case HABLA_COMMAND_START_LISTENING:
    g_free (self->source);
    g_free (self->source_language);
    g_strfreev (self->target_languages);
    g_strfreev (self->offered_languages);
    break;
  case HABLA_COMMAND_SET_ENGINES:
    g_free (self->transcriber);
    g_free (self->translator);
    break;
  case HABLA_COMMAND_RENAME_SPEAKER:
  case HABLA_COMMAND_TEXT_INPUT:
    g_free (self->speaker_id);
    g_free (self->role_hint);
    g_free (self->text);
    break;
  case HABLA_COMMAND_END_ROOM:
  case HABLA_COMMAND_NEW_SESSION:
  case HABLA_COMMAND_PING:
  case HABLA_COMMAND_SEGMENT_END:
  case HABLA_COMMAND_SET_MODE:
  case HABLA_COMMAND_STOP_LISTENING:
  case HABLA_COMMAND_TAKE_OVER:
  case HABLA_COMMAND_TOGGLE_DIRECTION:
    break;
  }
  g_free (self);
}

/* Returns: (transfer full) (nullable): the value of @field */
static char *
protocol_find_secret (const char *text, gsize length, const char *field, guint max_length)
{
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *secret = NULL;

  if (length > hello_limits.max_size)
    return NULL;
  copy = g_strndup (text, length);
  object = habla_json_parse_object (copy, length, &hello_limits, NULL);
  if (object == NULL || !protocol_read_string (object, field, max_length, FALSE, &secret, NULL))
    return NULL;
  return g_steal_pointer (&secret);
}

char *
habla_protocol_find_token (const char *text, gsize length)
{
  return protocol_find_secret (text, length, "token", HABLA_PROTOCOL_MAX_TOKEN);
}

char *
habla_protocol_find_code (const char *text, gsize length)
{
  return protocol_find_secret (text, length, "code", HABLA_PROTOCOL_MAX_CODE);
}

HablaCommand *
habla_protocol_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (HablaCommand) command = NULL;
  g_autoptr (GError) json_error = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *name = NULL;

  if (length > HABLA_PROTOCOL_MAX_MESSAGE) {
    protocol_fail (error, "The message has %" G_GSIZE_FORMAT " bytes; at most %d are allowed",
        length, HABLA_PROTOCOL_MAX_MESSAGE);
    return NULL;
  }
  /* The reader of JSON needs a terminating NUL. */
  copy = g_strndup (text != NULL ? text : "", length);
  object = habla_json_parse_object (copy, length, &limits, &json_error);
  if (object == NULL) {
    protocol_fail (error, "%s", json_error->message);
    return NULL;
  }
  if (!protocol_read_string (object, "type", HABLA_PROTOCOL_MAX_WORD, TRUE, &name, error))
    return NULL;

  command = g_new0 (HablaCommand, 1);
  while (command->type < HABLA_COMMAND_N_TYPES && strcmp (commands[command->type].name, name) != 0)
    command->type++;
  if (command->type == HABLA_COMMAND_N_TYPES) {
    protocol_fail (error, "Unknown message type “%s”", name);
    return NULL;
  }
  if (commands[command->type].read != NULL &&
      !commands[command->type].read (command, object, error))
    return NULL;
  return g_steal_pointer (&command);
}
