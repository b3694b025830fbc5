/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/protocol.h"

#include "api/direction.h"

#include <json/json-validator.h>

#include <string.h>

/* Bounds of a message; fields that a later version may add have room. */
static const HablaJsonLimits limits = {
  .max_size = HABLA_PROTOCOL_MAX_MESSAGE,
  .max_depth = 4,
  .max_members = 32,
  .max_values = 256,
};

/* Of a message of somebody who is not known yet. */
static const HablaJsonLimits hello_limits = {
  .max_size = HABLA_PROTOCOL_MAX_HELLO,
  .max_depth = 1,
  .max_members = 8,
  .max_values = 9,
};

/* Contract: clients that do not say who types. */
#define TYPED_SPEAKER "MANUAL"

typedef gboolean (*ReadFields) (HablaCommand *command, JsonObject *object, GError **error);

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

/* @required: whether it may not be left out; null counts as left out. */
static gboolean
read_string (JsonObject *object, const char *field, guint max_length, gboolean required,
    char **value, GError **error)
{
  JsonNode *node = json_object_get_member (object, field);
  const char *string;
  glong length;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node)) {
    if (required)
      return fail (error, "Field “%s” is missing", field);
    return TRUE;
  }
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fail (error, "Field “%s” must be a string", field);

  string = json_node_get_string (node);
  /* Escapes may make what is no character: a lone surrogate. */
  if (!g_utf8_validate (string, -1, NULL))
    return fail (error, "Field “%s” is not valid Unicode", field);
  length = g_utf8_strlen (string, -1);
  if (length > max_length)
    return fail (
        error, "Field “%s” has %ld characters; at most %u are allowed", field, length, max_length);
  for (const char *p = string; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)) && strchr ("\t\r\n", *p) == NULL)
      return fail (error, "Field “%s” has a control character", field);
  *value = g_strstrip (g_strdup (string));
  if (**value == '\0') {
    g_clear_pointer (value, g_free);
    return fail (error, "Field “%s” is empty", field);
  }
  return TRUE;
}

static gboolean
read_hello (HablaCommand *command, JsonObject *object, GError **error)
{
  return read_string (object, "token", HABLA_PROTOCOL_MAX_TOKEN, FALSE, &command->token, error);
}

static gboolean
read_rename_speaker (HablaCommand *command, JsonObject *object, GError **error)
{
  return read_string (
             object, "speaker_id", HABLA_PROTOCOL_MAX_ID, TRUE, &command->speaker_id, error) &&
         read_string (object, "name", HABLA_PROTOCOL_MAX_NAME, TRUE, &command->name, error);
}

/* Whether it is a language that is known here is for the room to say. */
static gboolean
read_set_language (HablaCommand *command, JsonObject *object, GError **error)
{
  if (!read_string (object, "language", HABLA_PROTOCOL_MAX_ID, TRUE, &command->language, error))
    return FALSE;
  for (const char *p = command->language; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return fail (error, "Field “language” must be a code as “es” or “pt-BR”");
  return TRUE;
}

static gboolean
read_set_mode (HablaCommand *command, JsonObject *object, GError **error)
{
  g_autofree char *name = NULL;

  if (!read_string (object, "mode", HABLA_PROTOCOL_MAX_ID, TRUE, &name, error))
    return FALSE;
  if (!habla_mode_from_name (name, &command->mode))
    return fail (error, "Field “mode” must be “conversation” or “classroom”");
  return TRUE;
}

static gboolean
read_start_listening (HablaCommand *command, JsonObject *object, GError **error)
{
  g_autofree char *format = NULL;
  JsonNode *rate = json_object_get_member (object, "rate");
  gint64 value = 0;

  if (!read_string (object, "source", HABLA_PROTOCOL_MAX_ID, FALSE, &command->source, error) ||
      !read_string (object, "format", HABLA_PROTOCOL_MAX_ID, FALSE, &format, error))
    return FALSE;
  if (format != NULL && strcmp (format, "pcm") != 0)
    return fail (error, "Field “format” must be “pcm”, or left out for audio in a container");
  if (format != NULL && command->source != NULL)
    return fail (error, "Fields “format” and “source” exclude each other");
  if (format == NULL && rate != NULL && !JSON_NODE_HOLDS_NULL (rate))
    return fail (error, "Field “rate” goes with the format “pcm” only");
  if (format == NULL)
    return TRUE;

  if (rate == NULL || JSON_NODE_HOLDS_NULL (rate))
    return fail (error, "Field “rate” is missing");
  if (JSON_NODE_HOLDS_VALUE (rate) && json_node_get_value_type (rate) == G_TYPE_INT64)
    value = json_node_get_int (rate);
  if (value < HABLA_MIN_SAMPLE_RATE || value > HABLA_MAX_SAMPLE_RATE)
    return fail (error, "Field “rate” must be a whole number from %d to %d", HABLA_MIN_SAMPLE_RATE,
        HABLA_MAX_SAMPLE_RATE);
  command->rate = value;
  return TRUE;
}

static gboolean
read_text_input (HablaCommand *command, JsonObject *object, GError **error)
{
  if (!read_string (object, "text", HABLA_PROTOCOL_MAX_TEXT, TRUE, &command->text, error) ||
      !read_string (
          object, "speaker_id", HABLA_PROTOCOL_MAX_ID, FALSE, &command->speaker_id, error))
    return FALSE;
  if (command->speaker_id == NULL)
    command->speaker_id = g_strdup (TYPED_SPEAKER);
  return TRUE;
}

static gboolean
read_toggle_direction (HablaCommand *command, JsonObject *object, GError **error)
{
  g_autofree char *name = NULL;
  const char *source, *target;

  if (!read_string (object, "direction", HABLA_PROTOCOL_MAX_ID, TRUE, &name, error))
    return FALSE;
  command->direction = habla_direction_find (name, &source, &target);
  if (command->direction == NULL)
    return fail (error, "Field “direction” must be “es_to_en” or “en_to_es”");
  return TRUE;
}

static const struct {
  const char *name;
  ReadFields read; /* NULL = it has no fields */
} commands[HABLA_COMMAND_N_TYPES] = {
  [HABLA_COMMAND_HELLO] = { "hello", read_hello },
  [HABLA_COMMAND_NEW_SESSION] = { "new_session", NULL },
  [HABLA_COMMAND_PING] = { "ping", NULL },
  [HABLA_COMMAND_RENAME_SPEAKER] = { "rename_speaker", read_rename_speaker },
  [HABLA_COMMAND_SEGMENT_END] = { "segment_end", NULL },
  [HABLA_COMMAND_SET_LANGUAGE] = { "set_language", read_set_language },
  [HABLA_COMMAND_SET_MODE] = { "set_mode", read_set_mode },
  [HABLA_COMMAND_START_LISTENING] = { "start_listening", read_start_listening },
  [HABLA_COMMAND_STOP_LISTENING] = { "stop_listening", NULL },
  [HABLA_COMMAND_TEXT_INPUT] = { "text_input", read_text_input },
  [HABLA_COMMAND_TOGGLE_DIRECTION] = { "toggle_direction", read_toggle_direction },
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
    break;
  case HABLA_COMMAND_SET_LANGUAGE:
    g_free (self->language);
    break;
  case HABLA_COMMAND_START_LISTENING:
    g_free (self->source);
    break;
  case HABLA_COMMAND_RENAME_SPEAKER:
  case HABLA_COMMAND_TEXT_INPUT:
    g_free (self->speaker_id);
    g_free (self->text);
    break;
  case HABLA_COMMAND_NEW_SESSION:
  case HABLA_COMMAND_PING:
  case HABLA_COMMAND_SEGMENT_END:
  case HABLA_COMMAND_SET_MODE:
  case HABLA_COMMAND_STOP_LISTENING:
  case HABLA_COMMAND_TOGGLE_DIRECTION:
    break;
  }
  g_free (self);
}

char *
habla_protocol_find_token (const char *message, gsize length)
{
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *text = NULL;
  g_autofree char *token = NULL;

  if (length > hello_limits.max_size)
    return NULL;
  text = g_strndup (message, length);
  object = habla_json_parse_object (text, length, &hello_limits, NULL);
  if (object == NULL ||
      !read_string (object, "token", HABLA_PROTOCOL_MAX_TOKEN, FALSE, &token, NULL))
    return NULL;
  return g_steal_pointer (&token);
}

/**
 * habla_protocol_parse:
 * @message: (nullable): a text message of a client; whatever it holds; %NULL = nothing
 * @length: of @message, in bytes; it need not end in a NUL
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT, whose message is for the
 *   client: it names the field
 *
 * Fields that are not known are passed over, as a later version may have them.
 *
 * Returns: (transfer full) (nullable): what the client wants, with all values in range
 */
HablaCommand *
habla_protocol_parse (const char *message, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (HablaCommand) command = NULL;
  g_autoptr (GError) json_error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (length > HABLA_PROTOCOL_MAX_MESSAGE) {
    fail (error, "The message has %" G_GSIZE_FORMAT " bytes; at most %d are allowed", length,
        HABLA_PROTOCOL_MAX_MESSAGE);
    return NULL;
  }
  /* A copy that ends in a NUL. */
  text = g_strndup (message != NULL ? message : "", length);
  object = habla_json_parse_object (text, length, &limits, &json_error);
  if (object == NULL) {
    fail (error, "%s", json_error->message);
    return NULL;
  }
  if (!read_string (object, "type", HABLA_PROTOCOL_MAX_ID, TRUE, &name, error))
    return NULL;

  command = g_new0 (HablaCommand, 1);
  while (command->type < HABLA_COMMAND_N_TYPES && strcmp (commands[command->type].name, name) != 0)
    command->type++;
  if (command->type == HABLA_COMMAND_N_TYPES) {
    fail (error, "Unknown message type “%s”", name);
    return NULL;
  }
  if (commands[command->type].read != NULL &&
      !commands[command->type].read (command, object, error))
    return NULL;
  return g_steal_pointer (&command);
}
