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

/* Returns: the member as a number; -1 if it is missing or none */
static gint64
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : -1;
}

/* Returns: (nullable): the member if it is a string */
static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* Segments count from 0 by their index, from 1 by their id. Returns: the index; -1 if there is
 * none, or they contradict each other */
static gint64
segment_get_index (JsonObject *object)
{
  gint64 index = get_number (object, "index"), id = get_number (object, "segment_id");

  if (!json_object_has_member (object, "segment_id"))
    return index;
  if (id < 1 || get_string (object, "filename") == NULL)
    return -1;
  return json_object_has_member (object, "index") && index != id - 1 ? -1 : id - 1;
}

/* A page that corrects a transcript sends the recognised text along with it, unchanged. */
static const char *
segment_get_text (JsonObject *object)
{
  return get_string (object, json_object_has_member (object, "transcript") ? "transcript" : "text");
}

static gboolean
transcript_check_segment (JsonNode *node, GHashTable *seen, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64 index = object != NULL ? segment_get_index (object) : -1;
  const char *text = object != NULL ? segment_get_text (object) : NULL;

  if (index < 0 || index > MAX_INDEX) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "each of \"segments\" must be an object with an \"index\" from 0 to %d, or with a "
        "\"segment_id\" from 1 and a \"filename\"",
        MAX_INDEX);
    return FALSE;
  }
  if (!g_hash_table_add (seen, GINT_TO_POINTER ((int) index + 1))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "two of \"segments\" have the index %d; each must have its own", (int) index);
    return FALSE;
  }
  if (text == NULL || g_utf8_strlen (text, -1) > MAX_TEXT) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"transcript\" or \"text\" of the segment with the index %d must be a string of at most "
        "%d "
        "characters",
        (int) index, MAX_TEXT);
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

static gboolean
segment_is_reviewed (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "reviewed");

  return node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
         json_node_get_value_type (node) != G_TYPE_BOOLEAN || json_node_get_boolean (node);
}

/* Statistics of a reference transcript. */
typedef struct {
  guint n_reviewed;
  guint n_corrected;
  HablaWordErrorRate wer;
} Comparison;

/* Clients send back all segments. One that nobody has reviewed equals the recognised text without
 * being right, so only reviewed and changed segments count for the word error rate. */
static void
transcript_compare (HablaRecording *recording, JsonArray *transcript, Comparison *comparison)
{
  memset (comparison, 0, sizeof *comparison);
  for (guint i = 0; i < json_array_get_length (transcript); i++) {
    JsonObject *spoken = json_array_get_object_element (transcript, i);
    HablaRecordingSegment *segment =
        habla_recording_get_segment (recording, segment_get_index (spoken));
    const char *text = segment_get_text (spoken);
    const char *recognised = segment != NULL ? segment->text : "";
    gboolean is_reviewed = segment_is_reviewed (spoken);
    gboolean is_changed = !g_str_equal (text, recognised);
    HablaWordErrorRate errors;

    comparison->n_reviewed += is_reviewed;
    comparison->n_corrected += is_changed;
    if (!is_reviewed && !is_changed)
      continue;
    errors = habla_word_error_rate_compare (text, recognised);
    habla_word_error_rate_add (&comparison->wer, &errors);
  }
}

static void
add_wer (JsonObject *object, const HablaWordErrorRate *wer)
{
  if (wer->words > 0)
    json_object_set_double_member (object, "word_error_rate", habla_word_error_rate_get_rate (wer));
  else
    json_object_set_null_member (object, "word_error_rate");
  json_object_set_int_member (object, "words", wer->words);
  json_object_set_int_member (object, "substitutions", wer->substitutions);
  json_object_set_int_member (object, "deletions", wer->deletions);
  json_object_set_int_member (object, "insertions", wer->insertions);
}

static JsonObject *
copy_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (copy, name, json_node_copy (node));
  return copy;
}

/* Returns: (transfer full): a segment with all members that clients read, whichever it was sent
 * with */
static JsonObject *
describe_segment (HablaRecording *recording, JsonObject *spoken)
{
  gint64 index = segment_get_index (spoken);
  const char *text = segment_get_text (spoken);
  HablaRecordingSegment *segment = habla_recording_get_segment (recording, index);
  const char *recognised = segment != NULL ? segment->text : "";
  g_autofree char *name = habla_recording_get_segment_name (index);
  JsonObject *object = copy_object (spoken);

  json_object_set_int_member (object, "index", index);
  json_object_set_int_member (object, "segment_id", index + 1);
  json_object_set_string_member (object, "filename", name);
  json_object_set_string_member (object, "text", text);
  json_object_set_string_member (object, "transcript", text);
  json_object_set_string_member (object, "recognised", recognised);
  json_object_set_boolean_member (object, "reviewed", segment_is_reviewed (spoken));
  json_object_set_boolean_member (object, "human_corrected", !g_str_equal (text, recognised));
  return object;
}

/* Returns: (transfer full): the segments of a reference transcript */
static JsonArray *
describe_spoken (HablaRecording *recording, JsonArray *transcript)
{
  JsonArray *segments = json_array_new ();

  for (guint i = 0; i < json_array_get_length (transcript); i++)
    json_array_add_object_element (
        segments, describe_segment (recording, json_array_get_object_element (transcript, i)));
  return segments;
}

/* Returns: (transfer full): the segments as they were recognised */
static JsonArray *
describe_recognised (const HablaRecording *recording)
{
  g_autoptr (JsonNode) node = habla_recording_to_json (recording);
  JsonArray *segments = json_object_get_array_member (json_node_get_object (node), "segments");

  for (guint i = 0; i < json_array_get_length (segments); i++) {
    JsonObject *object = json_array_get_object_element (segments, i);

    json_object_set_boolean_member (object, "reviewed", FALSE);
    json_object_set_boolean_member (object, "human_corrected", FALSE);
  }
  return json_array_ref (segments);
}

JsonNode *
habla_reference_transcript_describe (HablaRecording *recording)
{
  g_autoptr (JsonArray) transcript = transcript_load (recording);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *data = json_object_new ();
  JsonArray *segments;

  json_object_set_string_member (object, "recording_id", recording->id);
  json_object_set_string_member (object, "source", transcript != NULL ? "corrected" : "original");
  if (transcript != NULL) {
    Comparison comparison;

    transcript_compare (recording, transcript, &comparison);
    add_wer (object, &comparison.wer);
    json_object_set_int_member (object, "reviewed", comparison.n_reviewed);
    json_object_set_int_member (object, "corrected", comparison.n_corrected);
    segments = describe_spoken (recording, transcript);
  } else {
    json_object_set_null_member (object, "word_error_rate");
    segments = describe_recognised (recording);
  }
  json_object_set_int_member (object, "total", json_array_get_length (segments));
  json_object_set_array_member (data, "segments", segments);
  json_object_set_object_member (object, "data", data);
  json_node_take_object (node, object);
  return node;
}

gboolean
habla_reference_transcript_compare (
    HablaRecording *recording, guint *n_reviewed, guint *n_corrected, HablaWordErrorRate *wer)
{
  g_autoptr (JsonArray) transcript = transcript_load (recording);
  Comparison comparison;

  if (transcript == NULL)
    return FALSE;
  transcript_compare (recording, transcript, &comparison);
  *n_reviewed = comparison.n_reviewed;
  *n_corrected = comparison.n_corrected;
  *wer = comparison.wer;
  return TRUE;
}
