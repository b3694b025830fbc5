/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/relay/record.h"

#include "room/relay/record-annotations.h"
#include "room/room-limits.h"

#include <json/json-validator.h>
#include <json/json-writer.h>

#include <string.h>

/* Bytes of a text: a character may have four. */
#define MAX_TEXT (4 * HABLA_MAX_TEXT)

/* Bytes of an id. */
#define MAX_ID 256

/* Languages whose translations an exchange awaits. */
#define MAX_AWAITED 256

static const HablaJsonLimits limits = {
  .max_size = HABLA_MAX_RECORD, .max_depth = 5, .max_members = 64, .max_values = 8192
};

static const char *const type_names[] = {
  [HABLA_RECORD_EVENT] = "event",
  [HABLA_RECORD_TRANSCRIPT] = "transcript",
  [HABLA_RECORD_TRANSLATION] = "translation",
  [HABLA_RECORD_RESET] = "reset",
  [HABLA_RECORD_ENDED] = "ended",
};

/* Without those that only the owner, or one member, is notified of. */
static const char *const event_names[] = {
  [HABLA_EVENT_STATUS] = "status",
  [HABLA_EVENT_PARTIAL] = "partial",
  [HABLA_EVENT_PARTIAL_TRANSLATION] = "partial_translation",
  [HABLA_EVENT_SPEAKERS] = "speakers",
  [HABLA_EVENT_LANGUAGES] = "languages",
  [HABLA_EVENT_MODE] = "mode",
  [HABLA_EVENT_LISTENING_STARTED] = "listening_started",
  [HABLA_EVENT_LISTENING_STOPPED] = "listening_stopped",
  [HABLA_EVENT_OVERLOAD] = "overload",
  [HABLA_EVENT_PLAYBACK_STARTED] = "playback_started",
  [HABLA_EVENT_PLAYBACK_PROGRESS] = "playback_progress",
  [HABLA_EVENT_PLAYBACK_FINISHED] = "playback_finished",
  [HABLA_EVENT_PLAYBACK_STOPPED] = "playback_stopped",
  [HABLA_EVENT_STORED] = "stored",
  [HABLA_EVENT_ERROR] = "error",
};

HablaRecord *
habla_record_new (HablaRecordType type)
{
  HablaRecord *self = g_new0 (HablaRecord, 1);

  self->type = type;
  return self;
}

HablaRecord *
habla_record_new_event (const HablaEvent *event)
{
  HablaRecord *self = habla_record_new (HABLA_RECORD_EVENT);

  self->has_event = event != NULL;
  if (event == NULL)
    return self;
  self->event = *event;
  self->event.exchange = NULL;
  self->event.languages = NULL;
  self->event.encoded = NULL;
  self->event.text = self->text = g_strdup (event->text);
  self->event.language = self->language = g_strdup (event->language);
  self->event.recording = self->recording = g_strdup (event->recording);
  self->event.playback_mode = self->playback_mode = g_strdup (event->playback_mode);
  return self;
}

void
habla_record_free (HablaRecord *self)
{
  g_free (self->text);
  g_free (self->language);
  g_free (self->recording);
  g_free (self->playback_mode);
  g_clear_pointer (&self->state, habla_room_snapshot_free);
  g_free (self->exchange.language);
  g_free (self->exchange.target_language);
  g_free (self->exchange.source);
  g_free (self->exchange.recording);
  g_clear_pointer (&self->exchange.annotations, habla_annotations_unref);
  g_free (self->speaker_id);
  g_strfreev (self->awaited);
  g_free (self);
}

/* Writing */

static void
record_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid != NULL && strlen (valid) > MAX_TEXT)
    *g_utf8_find_prev_char (valid, valid + MAX_TEXT + 1) = '\0';
  habla_json_add_string (builder, name, valid);
}

static void
record_add_number (JsonBuilder *builder, const char *name, guint64 number)
{
  if (number != 0)
    habla_json_add_int (builder, name, number);
}

static void
record_add_string (JsonBuilder *builder, const char *name, const char *string)
{
  if (string != NULL)
    habla_json_add_string (builder, name, string);
}

static void
record_write_event (const HablaRecord *self, JsonBuilder *builder)
{
  const HablaEvent *event = &self->event;

  if (self->state != NULL)
    habla_room_snapshot_write (self->state, builder);
  if (!self->has_event)
    return;
  habla_json_add_string (builder, "event", event_names[event->type]);
  if (self->text != NULL)
    record_add_text (builder, "text", self->text);
  record_add_string (builder, "language", self->language);
  record_add_string (builder, "recording", self->recording);
  record_add_string (builder, "playback_mode", self->playback_mode);
  record_add_number (builder, "overload", event->overload);
  record_add_number (builder, "exchange", event->exchange_id);
  record_add_number (builder, "segments", event->segments);
  record_add_number (builder, "speech_time", event->speech_time);
  record_add_number (builder, "chunk", event->chunk);
  record_add_number (builder, "total_chunks", event->total_chunks);
  if (event->speed > 0)
    habla_json_add_double (builder, "speed", event->speed);
  if (self->is_renamed)
    habla_json_add_boolean (builder, "renamed", TRUE);
}

static void
record_write_transcript (const HablaRecord *self, JsonBuilder *builder)
{
  const HablaExchange *exchange = &self->exchange;

  habla_json_add_int (builder, "session", self->session_id);
  habla_json_add_int (builder, "exchange", exchange->id);
  record_add_string (builder, "speaker", self->speaker_id);
  record_add_number (builder, "utterances", self->utterance_count);
  habla_json_add_string (builder, "language", exchange->language);
  habla_json_add_string (builder, "target", exchange->target_language);
  record_add_text (builder, "text", exchange->source);
  /* NaN fails the comparison. */
  habla_json_add_double (
      builder, "confidence", exchange->confidence >= 0.0 ? MIN (exchange->confidence, 1.0) : 1.0);
  habla_json_add_int (builder, "time", exchange->timestamp);
  habla_json_add_int (builder, "begin", exchange->begin);
  habla_json_add_int (builder, "end", exchange->end);
  habla_json_add_int (builder, "origin", exchange->origin);
  record_add_string (builder, "recording", exchange->recording);
  habla_json_add_strings (builder, "awaited", (const char *const *) self->awaited);
}

static void
record_write_translation (const HablaRecord *self, JsonBuilder *builder)
{
  habla_json_add_int (builder, "exchange", self->exchange.id);
  habla_json_add_string (builder, "language", self->language);
  record_add_text (builder, "text", self->text);
  habla_json_add_int (builder, "processing", self->exchange.processing);
}

static GBytes *
record_write (const HablaRecord *self, const HablaAnnotations *annotations)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", type_names[self->type]);
  record_add_number (builder, "number", self->number);
  if (self->type == HABLA_RECORD_EVENT)
    record_write_event (self, builder);
  else if (self->type == HABLA_RECORD_TRANSCRIPT)
    record_write_transcript (self, builder);
  else if (self->type == HABLA_RECORD_TRANSLATION)
    record_write_translation (self, builder);
  else if (self->type == HABLA_RECORD_RESET)
    habla_json_add_int (builder, "session", self->session_id);
  habla_record_annotations_write (builder, annotations);
  json_builder_end_object (builder);
  return habla_json_to_bytes (builder);
}

GBytes *
habla_record_encode (const HablaRecord *self)
{
  GBytes *bytes = record_write (self, self->exchange.annotations);

  if (g_bytes_get_size (bytes) <= HABLA_MAX_RECORD)
    return bytes;
  g_bytes_unref (bytes);
  return record_write (self, NULL);
}

/* Reading */

/* Returns: the index of @name in @names; -1 = it is none of them */
static int
record_find_name (const char *const *names, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (names[i], name) == 0)
      return i;
  return -1;
}

static void
record_read_event (HablaRecord *self, HablaRecordReader *reader)
{
  HablaEvent *event = &self->event;
  const char *name = habla_record_reader_get_string (reader, "event", MAX_ID);
  int type = name != NULL ? record_find_name (event_names, G_N_ELEMENTS (event_names), name) : -1;

  self->has_event = name != NULL;
  if (name == NULL && self->state == NULL)
    habla_record_reader_fail (reader, "event", "is missing");
  if (name == NULL)
    return;
  if (type < 0)
    habla_record_reader_fail (reader, "event", "is unknown; it may be from a newer release");
  event->type = MAX (type, 0);
  event->text = self->text = g_strdup (habla_record_reader_get_string (reader, "text", MAX_TEXT));
  event->language = self->language = g_strdup (habla_record_reader_get_tag (reader, "language"));
  event->recording = self->recording =
      g_strdup (habla_record_reader_get_string (reader, "recording", MAX_ID));
  event->playback_mode = self->playback_mode =
      g_strdup (habla_record_reader_get_string (reader, "playback_mode", MAX_ID));
  event->overload = habla_record_reader_get_int (reader, "overload", 0, 3, 0);
  event->exchange_id = habla_record_reader_get_int (reader, "exchange", 0, G_MAXINT64, 0);
  event->segments = habla_record_reader_get_int (reader, "segments", 0, G_MAXINT64, 0);
  event->speech_time = habla_record_reader_get_int (reader, "speech_time", 0, G_MAXINT64, 0);
  event->chunk = habla_record_reader_get_int (reader, "chunk", 0, G_MAXINT, 0);
  event->total_chunks = habla_record_reader_get_int (reader, "total_chunks", 0, G_MAXINT, 0);
  event->speed = habla_record_reader_get_double (reader, "speed", 0.0, 1000.0, 0.0);
  self->is_renamed = habla_record_reader_get_boolean (reader, "renamed");
  if ((type == HABLA_EVENT_PARTIAL || type == HABLA_EVENT_PARTIAL_TRANSLATION ||
          type == HABLA_EVENT_ERROR) &&
      event->text == NULL)
    habla_record_reader_fail (reader, "text", "is missing");
  if ((type == HABLA_EVENT_PARTIAL_TRANSLATION || type == HABLA_EVENT_ERROR) &&
      event->language == NULL)
    habla_record_reader_fail (reader, "language", "is missing");
}

static void
record_read_state (HablaRecord *self, HablaRecordReader *reader)
{
  JsonNode *node = json_object_get_member (reader->object, "state");
  HablaRecordReader inner = { NULL };

  if (node == NULL)
    return;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    habla_record_reader_fail (reader, "state", "must be an object");
    return;
  }
  inner.object = json_node_get_object (node);
  self->state = habla_room_snapshot_read (&inner);
  if (inner.error != NULL && reader->error == NULL)
    reader->error = g_steal_pointer (&inner.error);
  g_clear_error (&inner.error);
}

static void
record_read_transcript (HablaRecord *self, HablaRecordReader *reader)
{
  HablaExchange *exchange = &self->exchange;

  self->session_id = habla_record_reader_need_id (reader, "session");
  exchange->id = habla_record_reader_need_id (reader, "exchange");
  self->speaker_id = g_strdup (habla_record_reader_get_string (reader, "speaker", MAX_ID));
  self->utterance_count = habla_record_reader_get_int (reader, "utterances", 0, G_MAXUINT, 0);
  exchange->language = g_strdup (habla_record_reader_need_tag (reader, "language"));
  exchange->target_language = g_strdup (habla_record_reader_need_tag (reader, "target"));
  exchange->source = g_strdup (habla_record_reader_need_string (reader, "text", MAX_TEXT));
  exchange->confidence = habla_record_reader_get_double (reader, "confidence", 0.0, 1.0, 1.0);
  exchange->timestamp = habla_record_reader_get_int (reader, "time", 0, G_MAXINT64, 0);
  exchange->begin = habla_record_reader_get_int (reader, "begin", G_MININT64, G_MAXINT64, 0);
  exchange->end = habla_record_reader_get_int (reader, "end", G_MININT64, G_MAXINT64, 0);
  exchange->origin = habla_record_reader_get_int (reader, "origin", G_MININT64, G_MAXINT64, 0);
  exchange->recording = g_strdup (habla_record_reader_get_string (reader, "recording", MAX_ID));
  exchange->processing = -1;
  self->awaited = habla_record_reader_list_tags (reader, "awaited", MAX_AWAITED);
}

static void
record_read_translation (HablaRecord *self, HablaRecordReader *reader)
{
  self->exchange.id = habla_record_reader_need_id (reader, "exchange");
  self->language = g_strdup (habla_record_reader_need_tag (reader, "language"));
  self->text = g_strdup (habla_record_reader_get_string (reader, "text", MAX_TEXT));
  self->exchange.processing =
      habla_record_reader_get_int (reader, "processing", -1, G_MAXINT64, -1);
}

static HablaRecord *
record_read (HablaRecordReader *reader)
{
  const char *name = habla_record_reader_need_string (reader, "type", MAX_ID);
  int type = record_find_name (type_names, G_N_ELEMENTS (type_names), name);
  HablaRecord *self = habla_record_new (MAX (type, 0));

  if (type < 0)
    habla_record_reader_fail (reader, "type", "is unknown; it may be from a newer release");
  self->number = habla_record_reader_get_int (reader, "number", 0, G_MAXINT64 - 1, 0);
  if (type == HABLA_RECORD_EVENT) {
    record_read_state (self, reader);
    record_read_event (self, reader);
  } else if (type == HABLA_RECORD_TRANSCRIPT) {
    record_read_transcript (self, reader);
  } else if (type == HABLA_RECORD_TRANSLATION) {
    record_read_translation (self, reader);
  } else if (type == HABLA_RECORD_RESET) {
    self->session_id = habla_record_reader_need_id (reader, "session");
  }
  if (type == HABLA_RECORD_TRANSCRIPT || type == HABLA_RECORD_TRANSLATION)
    self->exchange.annotations = habla_record_annotations_read (reader);
  if (type != HABLA_RECORD_EVENT && self->number == 0)
    habla_record_reader_fail (reader, "number", "is missing");
  return self;
}

HablaRecord *
habla_record_decode (GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (HablaRecord) self = NULL;
  HablaRecordReader reader = { NULL };

  if (size > HABLA_MAX_RECORD) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "A record of a room has %" G_GSIZE_FORMAT " bytes; the maximum is %d", size,
        HABLA_MAX_RECORD);
    return NULL;
  }
  text = g_strndup (data != NULL ? data : "", size);
  object = habla_json_parse_object (text, size, &limits, error);
  if (object == NULL) {
    g_prefix_error_literal (error, "Invalid record of a room: ");
    return NULL;
  }
  reader.object = object;
  self = record_read (&reader);
  if (reader.error == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, reader.error);
  return NULL;
}
