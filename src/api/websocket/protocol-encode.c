/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/direction.h"
#include "api/websocket/protocol.h"

#include <json-glib/json-glib.h>
#include <util/time-format.h>

/* Starts a message; end it with end_message(). */
static JsonBuilder *
begin_message (const char *type)
{
  JsonBuilder *builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "type");
  json_builder_add_string_value (builder, type);
  return builder;
}

static GBytes *
end_message (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  char *text;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

/* What does not come from an engine may be in any encoding: WebSocket takes UTF-8 only. */
static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value == NULL) {
    json_builder_add_null_value (builder);
  } else {
    g_autofree char *valid = g_utf8_make_valid (value, -1);

    json_builder_add_string_value (builder, valid);
  }
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_speaker (JsonBuilder *builder, const HablaSpeaker *speaker)
{
  if (speaker == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  add_string (builder, "id", speaker->id);
  add_string (builder, "label", speaker->label);
  add_string (builder, "custom_name", speaker->custom_name);
  add_string (builder, "role_hint", NULL);
  add_string (builder, "color", speaker->color);
  add_int (builder, "utterance_count", speaker->utterance_count);
  json_builder_end_object (builder);
}

static void
add_strings (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; values != NULL && *values != NULL; values++)
    json_builder_add_string_value (builder, *values);
  json_builder_end_array (builder);
}

static void
add_timestamp (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  g_autofree char *text = habla_time_format (microseconds, HABLA_TIME_PROTOCOL);

  add_string (builder, name, text);
}

static GBytes *
encode_status (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = begin_message ("status");

  add_boolean (builder, "pipeline_ready", view->can_hear);
  add_int (builder, "session_id", view->session_id);
  add_string (builder, "direction", view->direction);
  add_string (builder, "mode", habla_mode_get_name (view->mode));
  add_int (builder, "speaker_count", view->speakers->len);
  add_string (builder, "role", view->is_owner ? "owner" : "listener");
  add_string (builder, "room", view->name);
  add_string (builder, "language", view->language);
  add_strings (builder, "languages", view->languages);
  return end_message (builder);
}

static GBytes *
encode_partial (const char *type, const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message (type);

  add_string (builder, "text", event->text);
  add_string (builder, "speaker_id", NULL);
  return end_message (builder);
}

static GBytes *
encode_transcript (const HablaExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = begin_message ("transcript_final");

  add_string (builder, "text", exchange->source);
  json_builder_set_member_name (builder, "speaker");
  add_speaker (builder, exchange->speaker);
  add_string (builder, "direction",
      habla_direction_get_name (exchange->language, exchange->target_language));
  add_int (builder, "exchange_id", exchange->id);
  return end_message (builder);
}

/* Who reads the language that is spoken reads what was said. */
static const char *
get_translation (const HablaExchange *exchange, const char *language)
{
  if (g_strcmp0 (exchange->language, language) == 0)
    return exchange->source;
  return language != NULL ? g_hash_table_lookup (exchange->translations, language) : NULL;
}

static GBytes *
encode_translation (const HablaEvent *event)
{
  const HablaExchange *exchange = event->exchange;
  const char *translated = get_translation (exchange, event->language);
  /* Not a number compares as nothing. */
  double confidence = exchange->confidence >= 0 ? MIN (exchange->confidence, 1) : 0;
  g_autoptr (JsonBuilder) builder = begin_message ("translation");

  add_int (builder, "exchange_id", exchange->id);
  json_builder_set_member_name (builder, "speaker");
  add_speaker (builder, exchange->speaker);
  add_string (builder, "source", exchange->source);
  add_string (builder, "corrected", exchange->source);
  add_string (builder, "translated", translated != NULL ? translated : "");
  add_strings (builder, "idioms", NULL);
  add_boolean (builder, "is_correction", FALSE);
  add_string (builder, "correction_detail", NULL);
  add_double (builder, "confidence", confidence);
  add_boolean (builder, "has_audio", exchange->recording != NULL);
  add_timestamp (builder, "timestamp", exchange->timestamp);
  add_string (builder, "language", event->language);
  add_boolean (builder, "failed", translated == NULL);
  return end_message (builder);
}

static GBytes *
encode_speakers (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = begin_message ("speakers_updated");

  json_builder_set_member_name (builder, "speakers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < view->speakers->len; i++)
    add_speaker (builder, g_ptr_array_index (view->speakers, i));
  json_builder_end_array (builder);
  return end_message (builder);
}

static GBytes *
encode_direction (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = begin_message ("direction_changed");

  add_string (builder, "direction", view->direction);
  return end_message (builder);
}

static GBytes *
encode_mode (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = begin_message ("mode_changed");

  add_string (builder, "mode", habla_mode_get_name (view->mode));
  return end_message (builder);
}

static GBytes *
encode_listening_started (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = begin_message ("listening_started");

  add_string (builder, "mode", "continuous");
  add_boolean (builder, "recording", view->is_recording);
  return end_message (builder);
}

static GBytes *
encode_listening_stopped (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message ("listening_stopped");

  add_int (builder, "segments_processed", event->segments);
  add_double (builder, "total_speech_seconds", event->speech_time / 1e9);
  return end_message (builder);
}

static GBytes *
encode_session_reset (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = begin_message ("session_reset");

  add_int (builder, "session_id", view->session_id);
  add_string (builder, "direction", view->direction);
  add_string (builder, "mode", habla_mode_get_name (view->mode));
  return end_message (builder);
}

static GBytes *
encode_overload (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message ("overload");

  add_int (builder, "level", event->overload);
  return end_message (builder);
}

static GBytes *
encode_playback_started (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message ("playback_started");

  add_string (builder, "recording_id", event->recording);
  add_int (builder, "total_chunks", event->total_chunks);
  add_double (builder, "speed", event->speed);
  add_string (builder, "mode", event->playback_mode);
  return end_message (builder);
}

static GBytes *
encode_playback_progress (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message ("playback_progress");

  add_int (builder, "chunk_index", event->chunk);
  add_int (builder, "total_chunks", event->total_chunks);
  return end_message (builder);
}

static GBytes *
encode_playback_finished (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message ("playback_finished");

  add_string (builder, "recording_id", event->recording);
  add_int (builder, "chunks_processed", event->chunk);
  return end_message (builder);
}

static GBytes *
encode_playback_stopped (void)
{
  g_autoptr (JsonBuilder) builder = begin_message ("playback_stopped");

  return end_message (builder);
}

static GBytes *
encode_stored (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = begin_message ("exchange_stored");

  add_int (builder, "exchange_id", event->exchange_id);
  return end_message (builder);
}

/* Returns: (transfer full): {"type":"error"} */
GBytes *
habla_protocol_encode_error (const char *message)
{
  g_autoptr (JsonBuilder) builder = begin_message ("error");

  add_string (builder, "message", message != NULL ? message : "");
  return end_message (builder);
}

/* Returns: (transfer full): {"type":"pong"} */
GBytes *
habla_protocol_encode_pong (void)
{
  g_autoptr (JsonBuilder) builder = begin_message ("pong");

  return end_message (builder);
}

/**
 * habla_protocol_encode:
 * @event: what a room tells
 * @view: of that room
 *
 * Returns: (transfer full): the message on the wire; it depends on who gets it for
 *   %HABLA_EVENT_STATUS, else on nothing but @event and its room
 */
GBytes *
habla_protocol_encode (const HablaEvent *event, const HablaRoomView *view)
{
  switch (event->type) {
  case HABLA_EVENT_STATUS:
    return encode_status (view);
  case HABLA_EVENT_PARTIAL:
    return encode_partial ("partial", event);
  case HABLA_EVENT_PARTIAL_TRANSLATION:
    return encode_partial ("partial_translation", event);
  case HABLA_EVENT_TRANSCRIPT:
    return encode_transcript (event->exchange);
  case HABLA_EVENT_TRANSLATION:
    return encode_translation (event);
  case HABLA_EVENT_SPEAKERS:
    return encode_speakers (view);
  case HABLA_EVENT_LANGUAGES:
    return encode_direction (view);
  case HABLA_EVENT_MODE:
    return encode_mode (view);
  case HABLA_EVENT_LISTENING_STARTED:
    return encode_listening_started (view);
  case HABLA_EVENT_LISTENING_STOPPED:
    return encode_listening_stopped (event);
  case HABLA_EVENT_SESSION_RESET:
    return encode_session_reset (view);
  case HABLA_EVENT_OVERLOAD:
    return encode_overload (event);
  case HABLA_EVENT_PLAYBACK_STARTED:
    return encode_playback_started (event);
  case HABLA_EVENT_PLAYBACK_PROGRESS:
    return encode_playback_progress (event);
  case HABLA_EVENT_PLAYBACK_FINISHED:
    return encode_playback_finished (event);
  case HABLA_EVENT_PLAYBACK_STOPPED:
    return encode_playback_stopped ();
  case HABLA_EVENT_STORED:
    return encode_stored (event);
  case HABLA_EVENT_ERROR:
    break;
  }
  return habla_protocol_encode_error (event->text);
}
