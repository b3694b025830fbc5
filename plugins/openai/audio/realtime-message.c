/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "realtime-message.h"

#include <habla/error.h>
#include <json/json-validator.h>
#include <json/json-writer.h>
#include <string.h>

#define RATE 24000
#define PREFIX "conversation.item.input_audio_transcription."

static const HablaJsonLimits limits = {
  .max_size = 256 * 1024,
  .max_depth = 16,
  .max_members = 64,
  .max_values = 5000,
};

static const struct {
  const char *name;
  RealtimeMessageType type;
  const char *member; /* (nullable) */
} types[] = {
  { "session.updated", REALTIME_MESSAGE_UPDATED, NULL },
  { "transcription_session.updated", REALTIME_MESSAGE_UPDATED, NULL },
  { "input_audio_buffer.committed", REALTIME_MESSAGE_COMMITTED, NULL },
  { PREFIX "delta", REALTIME_MESSAGE_DELTA, "delta" },
  { PREFIX "completed", REALTIME_MESSAGE_COMPLETED, "transcript" },
  { PREFIX "failed", REALTIME_MESSAGE_FAILED, NULL },
  { "error", REALTIME_MESSAGE_FAILED, NULL },
};

void
realtime_message_clear (RealtimeMessage *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->item, g_free);
}

/* Returns: (nullable): the string @name of @object */
static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static void
message_read_error (RealtimeMessage *self, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "error");
  JsonObject *reason =
      node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *text = get_string (reason, "message");

  if (g_strcmp0 (get_string (reason, "code"), "input_audio_buffer_commit_empty") == 0)
    self->type = REALTIME_MESSAGE_EMPTY;
  self->text = g_strdup (text != NULL ? text : "it gave no reason");
}

static gboolean
set_error (GError **error, const char *what)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
      "A message of the server's realtime transcription is unusable: %s", what);
  return FALSE;
}

gboolean
realtime_message_parse (RealtimeMessage *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonObject) object = habla_json_parse_object (text, length, &limits, &reason);
  const char *type = get_string (object, "type");

  *self = (RealtimeMessage){ 0 };
  if (object == NULL)
    return set_error (error, reason->message);
  if (type == NULL)
    return set_error (error, "it has no type");
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    const char *member = types[i].member;

    if (!g_str_equal (type, types[i].name))
      continue;
    self->type = types[i].type;
    self->item = g_strdup (get_string (object, "item_id"));
    if (self->type == REALTIME_MESSAGE_FAILED)
      message_read_error (self, object);
    else if (member != NULL)
      self->text = g_strdup (get_string (object, member));
    if (member != NULL && self->text == NULL)
      return set_error (error, "a member that must be a string is missing");
  }
  return TRUE;
}

static void
add_transcription (JsonBuilder *builder, const char *name, const char *model, const char *language,
    const char *prompt)
{
  habla_json_begin_object (builder, name);
  habla_json_add_string (builder, "model", model);
  if (language != NULL)
    habla_json_add_string (builder, "language", language);
  if (prompt != NULL)
    habla_json_add_string (builder, "prompt", prompt);
  json_builder_end_object (builder);
}

static void
add_null (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_null_value (builder);
}

/* Returns: (transfer full): the text of the object that @builder has begun */
static char *
finish (JsonBuilder *builder)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const char *data;

  json_builder_end_object (builder);
  bytes = habla_json_to_bytes (builder);
  data = g_bytes_get_data (bytes, &size);
  return g_strndup (data, size);
}

char *
realtime_message_make_settings (
    guint edition, const char *model, const char *language, const char *prompt)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  habla_json_begin_object (builder, NULL);
  if (edition > 0) {
    habla_json_add_string (builder, "type", "transcription_session.update");
    habla_json_begin_object (builder, "session");
    habla_json_add_string (builder, "input_audio_format", "pcm16");
    add_transcription (builder, "input_audio_transcription", model, language, prompt);
    add_null (builder, "turn_detection");
    json_builder_end_object (builder);
    return finish (builder);
  }
  habla_json_add_string (builder, "type", "session.update");
  habla_json_begin_object (builder, "session");
  habla_json_add_string (builder, "type", "transcription");
  habla_json_begin_object (builder, "audio");
  habla_json_begin_object (builder, "input");
  habla_json_begin_object (builder, "format");
  habla_json_add_string (builder, "type", "audio/pcm");
  habla_json_add_int (builder, "rate", RATE);
  json_builder_end_object (builder);
  add_transcription (builder, "transcription", model, language, prompt);
  add_null (builder, "turn_detection");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return finish (builder);
}

char *
realtime_message_make_append (const gint16 *samples, gsize n_samples)
{
  g_autofree gint16 *data = g_new (gint16, n_samples);
  g_autofree char *base64 = NULL;

  for (gsize i = 0; i < n_samples; i++)
    data[i] = GINT16_TO_LE (samples[i]);
  base64 = g_base64_encode ((guchar *) data, n_samples * sizeof *data);
  return g_strdup_printf ("{\"type\":\"input_audio_buffer.append\",\"audio\":\"%s\"}", base64);
}
