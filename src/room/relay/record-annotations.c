/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/relay/record-annotations.h"

#include "room/relay/room-relay.h"

#include <json/json-writer.h>

/* Bytes of a text: its characters may have four. */
#define MAX_TEXT (4 * HABLA_MAX_NOTE_TEXT)

static void
record_annotations_write_note (JsonBuilder *builder, const HablaNote *note)
{
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "phrase", note->phrase);
  habla_json_add_string (builder, "literal", note->literal);
  habla_json_add_string (builder, "meaning", note->meaning);
  habla_json_add_string (builder, "type", note->type);
  habla_json_add_string (builder, "region", note->region);
  habla_json_add_string (builder, "source", note->source);
  habla_json_add_boolean (builder, "save_worthy", note->save_worthy);
  habla_json_add_int (builder, "begin", note->begin);
  habla_json_add_int (builder, "end", note->end);
  json_builder_end_object (builder);
}

void
habla_record_annotations_write (JsonBuilder *builder, const HablaAnnotations *annotations)
{
  if (habla_annotations_is_empty (annotations))
    return;
  habla_json_begin_object (builder, "annotations");
  if (annotations->corrected != NULL)
    habla_json_add_string (builder, "corrected", annotations->corrected);
  habla_json_begin_array (builder, "corrections");
  for (guint i = 0; i < annotations->corrections->len; i++) {
    const HablaCorrection *correction = annotations->corrections->pdata[i];

    habla_json_begin_object (builder, NULL);
    habla_json_add_string (builder, "wrong", correction->wrong);
    habla_json_add_string (builder, "right", correction->right);
    habla_json_add_string (builder, "explanation", correction->explanation);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  habla_json_begin_array (builder, "notes");
  for (guint i = 0; i < annotations->notes->len; i++)
    record_annotations_write_note (builder, annotations->notes->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
record_annotations_read_correction (
    HablaRecordReader *reader, JsonObject *object, HablaAnnotations *annotations)
{
  HablaRecordReader inner = { .object = object };
  HablaCorrection correction = {
    .wrong = (char *) habla_record_reader_need_string (&inner, "wrong", MAX_TEXT),
    .right = (char *) habla_record_reader_need_string (&inner, "right", MAX_TEXT),
    .explanation = (char *) habla_record_reader_need_string (&inner, "explanation", MAX_TEXT),
  };

  if (inner.error == NULL)
    habla_annotations_add_correction (annotations, &correction);
  else if (reader->error == NULL)
    reader->error = g_steal_pointer (&inner.error);
  g_clear_error (&inner.error);
}

static void
record_annotations_read_note (
    HablaRecordReader *reader, JsonObject *object, HablaAnnotations *annotations)
{
  HablaRecordReader inner = { .object = object };
  HablaNote note = {
    .phrase = (char *) habla_record_reader_need_string (&inner, "phrase", MAX_TEXT),
    .literal = (char *) habla_record_reader_need_string (&inner, "literal", MAX_TEXT),
    .meaning = (char *) habla_record_reader_need_string (&inner, "meaning", MAX_TEXT),
    .type = (char *) habla_record_reader_need_string (&inner, "type", MAX_TEXT),
    .region = (char *) habla_record_reader_need_string (&inner, "region", MAX_TEXT),
    .source = (char *) habla_record_reader_need_string (&inner, "source", MAX_TEXT),
    .save_worthy = habla_record_reader_get_boolean (&inner, "save_worthy"),
    .begin = habla_record_reader_get_int (&inner, "begin", -1, HABLA_MAX_RECORD, -1),
    .end = habla_record_reader_get_int (&inner, "end", -1, HABLA_MAX_RECORD, -1),
  };

  if (inner.error == NULL)
    habla_annotations_add_note (annotations, &note);
  else if (reader->error == NULL)
    reader->error = g_steal_pointer (&inner.error);
  g_clear_error (&inner.error);
}

HablaAnnotations *
habla_record_annotations_read (HablaRecordReader *reader)
{
  g_autoptr (HablaAnnotations) annotations = NULL;
  g_autoptr (GPtrArray) corrections = NULL;
  g_autoptr (GPtrArray) notes = NULL;
  HablaRecordReader inner = { NULL };
  JsonNode *node = json_object_get_member (reader->object, "annotations");

  if (node == NULL || reader->error != NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    habla_record_reader_fail (reader, "annotations", "must be an object");
    return NULL;
  }
  inner.object = json_node_get_object (node);
  annotations = habla_annotations_new ();
  habla_annotations_set_corrected (
      annotations, habla_record_reader_get_string (&inner, "corrected", HABLA_MAX_RECORD));
  corrections = habla_record_reader_get_objects (&inner, "corrections", HABLA_MAX_CORRECTIONS);
  notes = habla_record_reader_get_objects (&inner, "notes", HABLA_MAX_NOTES);
  for (guint i = 0; i < corrections->len; i++)
    record_annotations_read_correction (&inner, corrections->pdata[i], annotations);
  for (guint i = 0; i < notes->len; i++)
    record_annotations_read_note (&inner, notes->pdata[i], annotations);
  reader->error = inner.error;
  return reader->error == NULL ? g_steal_pointer (&annotations) : NULL;
}
