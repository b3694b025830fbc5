/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/reference-transcript.h"

#include <util/regular-file.h>

#include <json/json-validator.h>
#include <string.h>

#define MAX_SEGMENTS 10000
#define MAX_INDEX 999999
#define MAX_TEXT 2000               /* characters; an utterance has a few hundred */
#define MAX_FILE (16 * 1024 * 1024) /* bytes */

static const HablaJsonLimits limits = {
  .max_size = MAX_FILE,
  .max_depth = 32,
  .max_members = 64,
  .max_values = 1000000,
};

static gboolean
transcript_check_segment (JsonNode *node, GHashTable *seen, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *index = object != NULL ? json_object_get_member (object, "index") : NULL;
  JsonNode *text = object != NULL ? json_object_get_member (object, "text") : NULL;
  gint64 number = -1;

  if (index != NULL && JSON_NODE_HOLDS_VALUE (index) &&
      json_node_get_value_type (index) == G_TYPE_INT64)
    number = json_node_get_int (index);
  if (number < 0 || number > MAX_INDEX) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "each of \"segments\" must be an object with an \"index\" from 0 to %d", MAX_INDEX);
    return FALSE;
  }
  if (!g_hash_table_add (seen, GINT_TO_POINTER ((int) number + 1))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "two of \"segments\" have the index %d; each must have its own", (int) number);
    return FALSE;
  }
  if (text == NULL || !JSON_NODE_HOLDS_VALUE (text) ||
      json_node_get_value_type (text) != G_TYPE_STRING ||
      g_utf8_strlen (json_node_get_string (text), -1) > MAX_TEXT) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"text\" of segment %d must be a string of at most %d characters", (int) number, MAX_TEXT);
    return FALSE;
  }
  return TRUE;
}

gboolean
habla_reference_transcript_check (JsonObject *body, GError **error)
{
  JsonNode *node = json_object_get_member (body, "segments");
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  JsonArray *segments;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) > MAX_SEGMENTS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"segments\" must be an array of at most %d objects", MAX_SEGMENTS);
    return FALSE;
  }
  segments = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (segments); i++)
    if (!transcript_check_segment (json_array_get_element (segments, i), seen, error))
      return FALSE;
  return TRUE;
}

gboolean
habla_reference_transcript_save (HablaRecording *recording, JsonObject *body, GError **error)
{
  g_autofree char *path =
      g_build_filename (recording->folder, HABLA_RECORDING_REFERENCE_TRANSCRIPT, NULL);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_array_member (
      object, "segments", json_array_ref (json_object_get_array_member (body, "segments")));
  json_node_take_object (node, object);
  text = json_to_string (node, TRUE);
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return FALSE;
  recording->has_ground_truth = TRUE;
  return TRUE;
}

/* Returns: (transfer full) (nullable): %NULL if there is none, or it is damaged */
static JsonArray *
transcript_load (const HablaRecording *recording)
{
  g_autofree char *path =
      g_build_filename (recording->folder, HABLA_RECORDING_REFERENCE_TRANSCRIPT, NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) object = NULL;
  gsize length;

  if (!recording->has_ground_truth ||
      (text = habla_regular_file_read (path, MAX_FILE, &length, NULL)) == NULL)
    return NULL;
  object = habla_json_parse_object (text, length, &limits, NULL);
  if (object == NULL || !habla_reference_transcript_check (object, NULL))
    return NULL;
  return json_array_ref (json_object_get_array_member (object, "segments"));
}

/* @n_corrected: (out): segments with errors. Returns: the errors of all segments */
static HablaWordErrorRate
transcript_compare (HablaRecording *recording, JsonArray *transcript, guint *n_corrected)
{
  HablaWordErrorRate all = { 0 };

  *n_corrected = 0;
  for (guint i = 0; i < json_array_get_length (transcript); i++) {
    JsonObject *spoken = json_array_get_object_element (transcript, i);
    HablaRecordingSegment *segment =
        habla_recording_get_segment (recording, json_object_get_int_member (spoken, "index"));
    HablaWordErrorRate errors = habla_word_error_rate_compare (
        json_object_get_string_member (spoken, "text"), segment != NULL ? segment->text : "");

    *n_corrected += habla_word_error_rate_count_errors (&errors) > 0;
    habla_word_error_rate_add (&all, &errors);
  }
  return all;
}

static void
add_wer (JsonObject *object, const HablaWordErrorRate *wer)
{
  json_object_set_double_member (object, "word_error_rate", habla_word_error_rate_get_rate (wer));
  json_object_set_int_member (object, "words", wer->words);
  json_object_set_int_member (object, "substitutions", wer->substitutions);
  json_object_set_int_member (object, "deletions", wer->deletions);
  json_object_set_int_member (object, "insertions", wer->insertions);
}

static JsonArray *
get_recognised_segments (const HablaRecording *recording)
{
  g_autoptr (JsonNode) node = habla_recording_to_json (recording);

  return json_array_ref (json_object_get_array_member (json_node_get_object (node), "segments"));
}

JsonNode *
habla_reference_transcript_describe (HablaRecording *recording)
{
  JsonArray *transcript = transcript_load (recording);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *data = json_object_new ();
  guint n_corrected;

  json_object_set_string_member (object, "recording_id", recording->id);
  json_object_set_string_member (
      object, "source", transcript != NULL ? "ground_truth" : "recognised");
  if (transcript != NULL) {
    HablaWordErrorRate wer = transcript_compare (recording, transcript, &n_corrected);

    add_wer (object, &wer);
  } else {
    json_object_set_null_member (object, "word_error_rate");
  }
  json_object_set_array_member (
      data, "segments", transcript != NULL ? transcript : get_recognised_segments (recording));
  json_object_set_object_member (object, "data", data);
  json_node_take_object (node, object);
  return node;
}

gboolean
habla_reference_transcript_compare (
    HablaRecording *recording, guint *n_reviewed, guint *n_corrected, HablaWordErrorRate *wer)
{
  g_autoptr (JsonArray) transcript = transcript_load (recording);

  if (transcript == NULL)
    return FALSE;
  *n_reviewed = json_array_get_length (transcript);
  *wer = transcript_compare (recording, transcript, n_corrected);
  return TRUE;
}
