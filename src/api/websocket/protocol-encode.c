/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/protocol.h"

#include "api/annotation-json.h"
#include "api/direction.h"

#include <json/json-writer.h>
#include <util/message-code.h>
#include <util/time-format.h>

static JsonBuilder *
protocol_begin_message (const char *type)
{
  JsonBuilder *builder = json_builder_new_immutable ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", type);
  return builder;
}

static GBytes *
protocol_end_message (JsonBuilder *builder)
{
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

static void
protocol_add_speaker (JsonBuilder *builder, const HablaSpeaker *speaker)
{
  if (speaker == NULL) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  habla_json_add_string (builder, "id", speaker->id);
  habla_json_add_string (builder, "label", speaker->label);
  habla_json_add_string (builder, "custom_name", speaker->custom_name);
  habla_json_add_string (builder, "role_hint", speaker->role_hint);
  habla_json_add_string (builder, "color", speaker->color);
  habla_json_add_int (builder, "utterance_count", speaker->utterance_count);
  json_builder_end_object (builder);
}

static void
protocol_add_timestamp (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  g_autofree char *text = habla_time_format (microseconds, HABLA_TIME_PROTOCOL);

  habla_json_add_string (builder, name, text);
}

/* As in the response of /api/system/status. */
static void
protocol_add_available_languages (JsonBuilder *builder, const HablaLanguages *available)
{
  habla_json_begin_object (builder, "available_languages");
  habla_json_add_strings (builder, "heard", (const char *const *) available->heard);
  habla_json_add_strings (builder, "translated", (const char *const *) available->translated);
  habla_json_add_strings (builder, "spoken", (const char *const *) available->spoken);
  json_builder_end_object (builder);
}

/* How the translation can be heard, the best first. */
static void
protocol_add_headphones (JsonBuilder *builder, const HablaRoomView *view)
{
  static const char *const formats[] = { "webrtc", "mp3", NULL };

  habla_json_add_strings (builder, "headphones", view->has_webrtc ? formats : formats + 1);
}

static void
protocol_add_engines (JsonBuilder *builder, const HablaRoomView *view)
{
  habla_json_add_string (
      builder, "transcriber", view->transcriber != NULL ? view->transcriber : "");
  habla_json_add_string (builder, "translator", view->translator != NULL ? view->translator : "");
  habla_json_begin_object (builder, "available_engines");
  habla_json_add_strings (builder, "transcribers", view->transcribers);
  habla_json_add_strings (builder, "translators", view->translators);
  json_builder_end_object (builder);
}

static void
protocol_add_detection (JsonBuilder *builder, const HablaRoomView *view)
{
  if (!view->is_owner)
    return;
  habla_json_add_boolean (builder, "auto_language", view->auto_language);
  habla_json_add_boolean (builder, "can_detect_language", view->can_detect_language);
}

static void
protocol_add_join (JsonBuilder *builder, const HablaRoomView *view)
{
  if (view->join_code == NULL)
    return;
  habla_json_begin_object (builder, "join");
  habla_json_add_string (builder, "code", view->join_code);
  habla_json_add_string (builder, "url", view->join_url);
  json_builder_end_object (builder);
}

static GBytes *
protocol_encode_status (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("status");

  habla_json_add_boolean (builder, "pipeline_ready", view->can_hear);
  habla_json_add_int (builder, "session_id", view->session_id);
  habla_json_add_string (builder, "direction", view->direction);
  habla_json_add_string (builder, "mode", habla_mode_get_name (view->mode));
  habla_json_add_int (builder, "speaker_count", view->speakers->len);
  habla_json_add_string (builder, "role", view->is_owner ? "owner" : "listener");
  habla_json_add_boolean (builder, "owner_elsewhere", view->is_owner_elsewhere);
  habla_json_add_string (builder, "room", view->name);
  habla_json_add_string (builder, "language", view->language);
  habla_json_add_boolean (builder, "language_offered", view->is_language_offered);
  habla_json_add_strings (builder, "languages", view->languages);
  habla_json_add_string (builder, "source_language", view->source_language);
  habla_json_add_strings (builder, "target_languages", view->target_languages);
  protocol_add_available_languages (builder, view->available);
  protocol_add_headphones (builder, view);
  protocol_add_engines (builder, view);
  protocol_add_detection (builder, view);
  protocol_add_join (builder, view);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_partial (const char *type, const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message (type);

  habla_json_add_string (builder, "text", event->text);
  habla_json_add_string (builder, "speaker_id", NULL);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_transcript (const HablaExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("transcript_final");

  habla_json_add_string (builder, "text", exchange->source);
  json_builder_set_member_name (builder, "speaker");
  protocol_add_speaker (builder, exchange->speaker);
  habla_json_add_string (builder, "direction",
      habla_direction_get_name (exchange->language, exchange->target_language));
  habla_json_add_int (builder, "exchange_id", exchange->id);
  return protocol_end_message (builder);
}

/* @time: in microseconds since 1970. Adds seconds since the first speech of the session, or null.
 */
static void
protocol_add_offset (
    JsonBuilder *builder, const char *name, const HablaExchange *exchange, gint64 time)
{
  if (exchange->origin != 0) {
    habla_json_add_double (builder, name, MAX (time - exchange->origin, 0) / 1000 / 1e3);
    return;
  }
  json_builder_set_member_name (builder, name);
  json_builder_add_null_value (builder);
}

/* Returns: whether @exchange was over before a member read @event's language. A room always
 * translates into its first target language. */
static gboolean
protocol_is_untranslated (const HablaEvent *event)
{
  return event->is_replayed && event->language != NULL &&
         g_strcmp0 (event->language, event->exchange->target_language) != 0 &&
         habla_exchange_get_text (event->exchange, event->language) == NULL;
}

static GBytes *
protocol_encode_translation (const HablaEvent *event)
{
  const HablaExchange *exchange = event->exchange;
  const HablaAnnotations *annotations = exchange->annotations;
  gboolean is_untranslated = protocol_is_untranslated (event);
  const char *language = is_untranslated ? exchange->language : event->language;
  const char *translated = language != NULL ? habla_exchange_get_text (exchange, language) : NULL;
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("translation");

  habla_json_add_int (builder, "exchange_id", exchange->id);
  json_builder_set_member_name (builder, "speaker");
  protocol_add_speaker (builder, exchange->speaker);
  habla_json_add_string (builder, "source", exchange->source);
  habla_json_add_string (builder, "corrected",
      annotations != NULL && annotations->corrected != NULL ? annotations->corrected
                                                            : exchange->source);
  habla_json_add_string (builder, "translated", translated != NULL ? translated : "");
  habla_annotation_json_add_idioms (builder, annotations);
  habla_json_add_boolean (builder, "is_correction", habla_annotation_json_has_errors (annotations));
  habla_annotation_json_add_corrections (builder, annotations);
  /* NaN fails the comparison, and %HABLA_CONFIDENCE_UNKNOWN does. */
  if (exchange->confidence >= 0)
    habla_json_add_double (builder, "confidence", MIN (exchange->confidence, 1));
  else
    habla_json_add_string (builder, "confidence", NULL);
  habla_json_add_boolean (builder, "has_audio", exchange->recording != NULL);
  protocol_add_timestamp (builder, "timestamp", exchange->timestamp);
  habla_json_add_string (builder, "language", language);
  habla_json_add_boolean (builder, "failed", translated == NULL);
  habla_json_add_boolean (builder, "untranslated", is_untranslated);
  protocol_add_offset (builder, "begin", exchange, exchange->begin);
  protocol_add_offset (builder, "end", exchange, exchange->end);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_speakers (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("speakers_updated");

  habla_json_begin_array (builder, "speakers");
  for (guint i = 0; i < view->speakers->len; i++)
    protocol_add_speaker (builder, g_ptr_array_index (view->speakers, i));
  json_builder_end_array (builder);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_direction (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("direction_changed");

  habla_json_add_string (builder, "direction", view->direction);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_mode (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("mode_changed");

  habla_json_add_string (builder, "mode", habla_mode_get_name (view->mode));
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_listening_started (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("listening_started");

  habla_json_add_string (builder, "mode", "continuous");
  habla_json_add_boolean (builder, "recording", view->is_recording);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_listening_stopped (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("listening_stopped");

  habla_json_add_int (builder, "segments_processed", event->segments);
  habla_json_add_double (builder, "total_speech_seconds", event->speech_time / 1e9);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_session_reset (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("session_reset");

  habla_json_add_int (builder, "session_id", view->session_id);
  habla_json_add_string (builder, "direction", view->direction);
  habla_json_add_string (builder, "mode", habla_mode_get_name (view->mode));
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_overload (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("overload");

  habla_json_add_int (builder, "level", event->overload);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_playback_started (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("playback_started");

  habla_json_add_string (builder, "recording_id", event->recording);
  habla_json_add_int (builder, "total_chunks", event->total_chunks);
  habla_json_add_double (builder, "speed", event->speed);
  habla_json_add_string (builder, "mode", event->playback_mode);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_playback_progress (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("playback_progress");

  habla_json_add_int (builder, "chunk_index", event->chunk);
  habla_json_add_int (builder, "total_chunks", event->total_chunks);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_playback_finished (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("playback_finished");

  habla_json_add_string (builder, "recording_id", event->recording);
  habla_json_add_int (builder, "chunks_processed", event->chunk);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_playback_stopped (void)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("playback_stopped");

  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_stored (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("exchange_stored");

  habla_json_add_int (builder, "exchange_id", event->exchange_id);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_audience (const HablaEvent *event)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("audience");

  habla_json_add_int (builder, "listeners", event->listeners);
  habla_json_begin_object (builder, "languages");
  for (guint i = 0; i < event->languages->len; i++) {
    const HablaReaders *readers = &g_array_index (event->languages, HablaReaders, i);

    habla_json_add_int (builder, readers->language, readers->n);
  }
  json_builder_end_object (builder);
  return protocol_end_message (builder);
}

static GBytes *
protocol_encode_room_ended (const HablaRoomView *view)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("room_ended");

  habla_json_add_int (builder, "session_id", view->session_id);
  return protocol_end_message (builder);
}

GBytes *
habla_protocol_encode_waiting (const char *room)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("waiting");

  habla_json_add_string (builder, "room", room);
  return protocol_end_message (builder);
}

GBytes *
habla_protocol_encode_error (const char *message)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("error");
  const char *code = habla_message_code_find (message);

  habla_json_add_string (builder, "message", message != NULL ? message : "");
  if (code != NULL)
    habla_json_add_string (builder, "code", code);
  return protocol_end_message (builder);
}

GBytes *
habla_protocol_encode_languages_changed (const char *source, const char *const *targets)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("languages_changed");

  habla_json_add_string (builder, "source_language", source);
  habla_json_add_strings (builder, "target_languages", targets);
  return protocol_end_message (builder);
}

GBytes *
habla_protocol_encode_pong (void)
{
  g_autoptr (JsonBuilder) builder = protocol_begin_message ("pong");

  return protocol_end_message (builder);
}

GBytes *
habla_protocol_encode (const HablaEvent *event, const HablaRoomView *view)
{
  switch (event->type) {
  case HABLA_EVENT_STATUS:
    return protocol_encode_status (view);
  case HABLA_EVENT_PARTIAL:
    return protocol_encode_partial ("partial", event);
  case HABLA_EVENT_PARTIAL_TRANSLATION:
    return protocol_encode_partial ("partial_translation", event);
  case HABLA_EVENT_TRANSCRIPT:
    return protocol_encode_transcript (event->exchange);
  case HABLA_EVENT_TRANSLATION:
    return protocol_encode_translation (event);
  case HABLA_EVENT_SPEAKERS:
    return protocol_encode_speakers (view);
  case HABLA_EVENT_LANGUAGES:
    return protocol_encode_direction (view);
  case HABLA_EVENT_MODE:
    return protocol_encode_mode (view);
  case HABLA_EVENT_LISTENING_STARTED:
    return protocol_encode_listening_started (view);
  case HABLA_EVENT_LISTENING_STOPPED:
    return protocol_encode_listening_stopped (event);
  case HABLA_EVENT_SESSION_RESET:
    return protocol_encode_session_reset (view);
  case HABLA_EVENT_OVERLOAD:
    return protocol_encode_overload (event);
  case HABLA_EVENT_PLAYBACK_STARTED:
    return protocol_encode_playback_started (event);
  case HABLA_EVENT_PLAYBACK_PROGRESS:
    return protocol_encode_playback_progress (event);
  case HABLA_EVENT_PLAYBACK_FINISHED:
    return protocol_encode_playback_finished (event);
  case HABLA_EVENT_PLAYBACK_STOPPED:
    return protocol_encode_playback_stopped ();
  case HABLA_EVENT_STORED:
    return protocol_encode_stored (event);
  case HABLA_EVENT_AUDIENCE:
    return protocol_encode_audience (event);
  case HABLA_EVENT_ROOM_ENDED:
    return protocol_encode_room_ended (view);
  case HABLA_EVENT_MOVED:
  case HABLA_EVENT_ERROR:
    break;
  }
  return habla_protocol_encode_error (event->text);
}
