/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/recording.h"

#include <util/regular-file.h>

#include <errno.h>
#include <fcntl.h>
#include <habla/language.h>
#include <json/json-validator.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <util/time-format.h>

#define MAX_ID 64

/* In the older "direction", between the languages. */
#define DIRECTION_SEPARATOR "_to_"

/* Maximum size of a file that is read into memory, in bytes: a day of segments has 2 MB. */
#define MAX_FILE (64 * 1024 * 1024)

/* Limits of segments.jsonl: a day has 10,000 segments, in a few languages. */
#define MAX_SEGMENTS 30000
#define MAX_TRANSLATIONS 64

/* Size limits of the metadata, and of each line of segments. The files may come from elsewhere. */
static const HablaJsonLimits limits = {
  .max_size = 1024 * 1024,
  .max_depth = 4,
  .max_members = 64,
  .max_values = 256,
};

static void
segment_free (HablaRecordingSegment *segment)
{
  g_free (segment->language);
  g_free (segment->text);
  g_hash_table_unref (segment->translations);
  g_free (segment);
}

void
habla_recording_free (HablaRecording *self)
{
  g_free (self->id);
  g_free (self->folder);
  g_free (self->room);
  g_free (self->source_language);
  g_strfreev (self->target_languages);
  g_free (self->stream);
  g_clear_pointer (&self->by_index, g_hash_table_unref);
  g_ptr_array_unref (self->segments);
  g_free (self);
}

gboolean
habla_recording_is_id (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > MAX_ID)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-')
      return FALSE;
  return TRUE;
}

char *
habla_recording_make_id (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *second = g_date_time_format (now, "%Y%m%d-%H%M%S");

  return g_strdup_printf ("%s-%03d-%04x", second, g_date_time_get_microsecond (now) / 1000,
      g_random_int_range (0, 0x10000));
}

static gboolean
is_folder (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

char *
habla_recording_find (const char *root, const char *id, GError **error)
{
  /* Without a folder of recordings, there is none: never look in the working directory. */
  if (*root != '\0' && habla_recording_is_id (id)) {
    g_autofree char *folder = g_build_filename (root, id, NULL);
    g_autofree char *marker = g_build_filename (folder, HABLA_RECORDING_MARKER, NULL);

    if (is_folder (folder) && habla_regular_file_exists (marker))
      return g_steal_pointer (&folder);
  }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no such recording");
  return NULL;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  return -strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
habla_recording_list (const char *root)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = habla_recording_find (root, name, NULL);

    if (folder != NULL)
      g_ptr_array_add (ids, g_strdup (name));
  }
  g_ptr_array_sort (ids, compare_newest_first);
  return ids;
}

int
habla_recording_lock (const char *folder, int operation)
{
  g_autofree char *marker = g_build_filename (folder, HABLA_RECORDING_MARKER, NULL);
  int fd = habla_regular_file_open (marker, O_RDONLY, NULL);

  if (fd >= 0 && flock (fd, operation | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

char *
habla_recording_get_segment_path (const char *folder, guint index)
{
  g_autofree char *name = g_strdup_printf ("segment_%03u.wav", index);

  return g_build_filename (folder, name, NULL);
}

guint64
habla_recording_samples_to_time (guint64 n_samples)
{
  const guint64 second = G_GUINT64_CONSTANT (1000000000);

  return n_samples / HABLA_RECORDING_RATE * second +
         n_samples % HABLA_RECORDING_RATE * second / HABLA_RECORDING_RATE;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static double
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  double number = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0.0;

  return number > 0.0 && number < 1e15 ? number : 0.0;
}

static gint64
get_time (JsonObject *object, const char *name)
{
  const char *text = get_string (object, name);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

HablaRecordingSegment *
habla_recording_get_segment (HablaRecording *self, guint index)
{
  return self->by_index != NULL ? g_hash_table_lookup (self->by_index, GUINT_TO_POINTER (index))
                                : NULL;
}

/* @segment: (transfer full) */
static void
recording_add_segment (HablaRecording *self, HablaRecordingSegment *segment)
{
  if (self->by_index == NULL)
    self->by_index = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (self->by_index, GUINT_TO_POINTER (segment->index), segment);
  g_ptr_array_add (self->segments, segment);
}

HablaRecordingSegment *
habla_recording_find_exchange (HablaRecording *self, guint64 session_id, guint64 exchange_id)
{
  for (guint i = self->segments->len; i > 0; i--) {
    HablaRecordingSegment *segment = g_ptr_array_index (self->segments, i - 1);

    if (segment->session_id == session_id && segment->exchange_id == exchange_id)
      return segment;
  }
  return NULL;
}

/* @object: a segment, or a translation of an earlier segment */
static void
recording_load_line (HablaRecording *self, JsonObject *object)
{
  guint index = MIN (get_number (object, "index"), G_MAXINT32);
  const char *text = get_string (object, "text");
  const char *translation = get_string (object, "translation");
  HablaRecordingSegment *segment;

  if (translation != NULL) {
    const char *language = get_string (object, "language");

    segment = habla_recording_get_segment (self, index);
    if (segment != NULL && language != NULL &&
        g_hash_table_size (segment->translations) < MAX_TRANSLATIONS)
      g_hash_table_insert (segment->translations, g_strdup (language), g_strdup (translation));
    return;
  }
  if (text == NULL || self->segments->len >= MAX_SEGMENTS)
    return;
  segment = g_new0 (HablaRecordingSegment, 1);
  segment->index = index;
  segment->session_id = get_number (object, "session_id");
  segment->exchange_id = get_number (object, "exchange_id");
  segment->begin = get_number (object, "begin") * 1e9;
  segment->end = get_number (object, "end") * 1e9;
  segment->language = g_strdup (get_string (object, "language"));
  segment->text = g_strdup (text);
  segment->translations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  recording_add_segment (self, segment);
}

/* Returns: (transfer full) (nullable) */
static JsonObject *
recording_load_metadata (HablaRecording *self)
{
  g_autofree char *path = g_build_filename (self->folder, HABLA_RECORDING_METADATA, NULL);
  gsize length;
  g_autofree char *text = habla_regular_file_read (path, MAX_FILE, &length, NULL);

  return text != NULL ? habla_json_parse_object (text, length, &limits, NULL) : NULL;
}

/* Ignores an incomplete last line. */
static void
recording_load_segments (HablaRecording *self)
{
  g_autofree char *path = g_build_filename (self->folder, HABLA_RECORDING_SEGMENTS, NULL);
  g_autofree char *text = habla_regular_file_read (path, MAX_FILE, NULL, NULL);

  if (text == NULL)
    return;
  for (char *line = text, *end; (end = strchr (line, '\n')) != NULL; line = end + 1) {
    g_autoptr (JsonObject) object = NULL;

    *end = '\0';
    object = habla_json_parse_object (line, end - line, &limits, NULL);
    if (object != NULL)
      recording_load_line (self, object);
  }
}

static void
recording_add_target (GStrvBuilder *targets, const char *target)
{
  g_autofree char *normal = habla_language_normalize (target, NULL);

  if (normal != NULL)
    g_strv_builder_add (targets, normal);
}

/* Invalid language codes are ignored. Older recordings have only a "direction", such as
 * "en_to_es". */
static void
recording_load_languages (HablaRecording *self, JsonObject *object)
{
  const char *source = get_string (object, "source_language");
  JsonNode *node = json_object_get_member (object, "target_languages");
  const char *direction = get_string (object, "direction");
  g_autoptr (GStrvBuilder) targets = g_strv_builder_new ();

  if (source != NULL && node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    self->source_language = habla_language_normalize (source, NULL);
    for (guint i = 0; i < json_array_get_length (array); i++) {
      JsonNode *element = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_string (element) != NULL)
        recording_add_target (targets, json_node_get_string (element));
    }
  } else if (direction != NULL && strstr (direction, DIRECTION_SEPARATOR) != NULL) {
    const char *separator = strstr (direction, DIRECTION_SEPARATOR);

    g_autofree char *from = g_strndup (direction, separator - direction);

    self->source_language = habla_language_normalize (from, NULL);
    separator += strlen (DIRECTION_SEPARATOR);
    if (strstr (separator, DIRECTION_SEPARATOR) == NULL)
      recording_add_target (targets, separator);
  }
  self->target_languages = g_strv_builder_end (targets);
}

HablaRecording *
habla_recording_load (const char *root, const char *id, GError **error)
{
  g_autofree char *folder = habla_recording_find (root, id, error);
  g_autofree char *transcript = NULL;
  g_autoptr (JsonObject) object = NULL;
  HablaRecording *self;

  if (folder == NULL)
    return NULL;
  self = g_new0 (HablaRecording, 1);
  self->id = g_strdup (id);
  self->folder = g_steal_pointer (&folder);
  self->segments = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_free);
  transcript = g_build_filename (self->folder, HABLA_RECORDING_REFERENCE_TRANSCRIPT, NULL);
  self->has_ground_truth = habla_regular_file_exists (transcript);
  object = recording_load_metadata (self);
  if (object != NULL) {
    const char *stream = get_string (object, "stream");

    self->room = g_strdup (get_string (object, "room"));
    self->session_id = get_number (object, "session_id");
    recording_load_languages (self, object);
    if (stream != NULL && g_str_has_prefix (stream, "stream.") && strchr (stream, '/') == NULL)
      self->stream = g_strdup (stream);
    self->started_at = get_time (object, "started_at");
    self->ended_at = get_time (object, "ended_at");
    self->duration = get_number (object, "duration") * 1e9;
  }
  recording_load_segments (self);
  return self;
}

static void
add_string (JsonObject *object, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, name, valid);
  else
    json_object_set_null_member (object, name);
}

static void
add_time (JsonObject *object, const char *name, gint64 microseconds)
{
  g_autofree char *text =
      microseconds != 0 ? habla_time_format (microseconds, HABLA_TIME_PROTOCOL) : NULL;

  add_string (object, name, text);
}

/* Writes "direction", such as "en_to_es", for older readers. */
static void
add_languages (JsonObject *object, const HablaRecording *self)
{
  GStrv targets = self->target_languages;
  g_autofree char *direction = NULL;
  JsonArray *array;

  if (self->source_language != NULL && targets != NULL && targets[0] != NULL)
    direction = g_strdup_printf ("%s" DIRECTION_SEPARATOR "%s", self->source_language, targets[0]);
  add_string (object, "direction", direction);
  if (direction == NULL)
    return;
  add_string (object, "source_language", self->source_language);
  array = json_array_new ();
  for (guint i = 0; targets[i] != NULL; i++)
    json_array_add_string_element (array, targets[i]);
  json_object_set_array_member (object, "target_languages", array);
}

static JsonObject *
recording_to_object (const HablaRecording *self)
{
  JsonObject *object = json_object_new ();

  add_string (object, "id", self->id);
  add_string (object, "room", self->room);
  json_object_set_int_member (object, "session_id", self->session_id);
  add_languages (object, self);
  add_string (object, "stream", self->stream);
  add_time (object, "started_at", self->started_at);
  add_time (object, "ended_at", self->ended_at);
  if (self->duration > 0)
    json_object_set_double_member (object, "duration", self->duration / 1e9);
  else
    json_object_set_null_member (object, "duration");
  return object;
}

static JsonObject *
segment_to_object (const HablaRecordingSegment *segment)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "index", segment->index);
  json_object_set_int_member (object, "session_id", segment->session_id);
  json_object_set_int_member (object, "exchange_id", segment->exchange_id);
  json_object_set_double_member (object, "begin", segment->begin / 1e9);
  json_object_set_double_member (object, "end", segment->end / 1e9);
  add_string (object, "language", segment->language);
  add_string (object, "text", segment->text);
  return object;
}

static JsonNode *
node_new (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* @object: (transfer full) */
static char *
to_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = node_new (object);
  g_autofree char *text = json_to_string (node, FALSE);

  return g_strconcat (text, "\n", NULL);
}

char *
habla_recording_segment_to_line (const HablaRecordingSegment *segment)
{
  return to_line (segment_to_object (segment));
}

char *
habla_recording_translation_to_line (guint index, const char *language, const char *text)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "index", index);
  add_string (object, "language", language);
  add_string (object, "translation", text);
  return to_line (object);
}

char *
habla_recording_get_segment_name (guint index)
{
  return g_strdup_printf ("segment_%03u.wav", index + 1);
}

/* Under the names by which pages for corrections read them. */
static void
recording_add_corrected_members (
    const HablaRecording *self, const HablaRecordingSegment *segment, JsonObject *object)
{
  g_autofree char *name = habla_recording_get_segment_name (segment->index);
  const char *first = self->target_languages != NULL ? self->target_languages[0] : NULL;
  const char *translation =
      first != NULL ? g_hash_table_lookup (segment->translations, first) : NULL;
  guint64 duration = segment->end > segment->begin ? segment->end - segment->begin : 0;

  json_object_set_int_member (object, "segment_id", (gint64) segment->index + 1);
  json_object_set_string_member (object, "filename", name);
  json_object_set_double_member (object, "duration_seconds", duration / 1e9);
  add_string (object, "transcript", segment->text);
  add_string (object, "translation", translation != NULL ? translation : "");
  json_object_set_null_member (object, "confidence");
  json_object_set_array_member (object, "asr_corrections", json_array_new ());
}

JsonNode *
habla_recording_to_json (const HablaRecording *self)
{
  JsonObject *object = recording_to_object (self);
  JsonArray *segments = json_array_new ();

  for (guint i = 0; i < self->segments->len; i++) {
    HablaRecordingSegment *segment = g_ptr_array_index (self->segments, i);
    JsonObject *member = segment_to_object (segment);
    JsonObject *translations = json_object_new ();
    GHashTableIter iter;
    gpointer language, text;

    g_hash_table_iter_init (&iter, segment->translations);
    while (g_hash_table_iter_next (&iter, &language, &text))
      add_string (translations, language, text);
    json_object_set_object_member (member, "translations", translations);
    recording_add_corrected_members (self, segment, member);
    json_array_add_object_element (segments, member);
  }
  json_object_set_int_member (object, "sample_rate", HABLA_RECORDING_RATE);
  json_object_set_int_member (object, "total_segments", self->segments->len);
  json_object_set_array_member (object, "segments", segments);
  return node_new (object);
}

gboolean
habla_recording_save (const HablaRecording *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, HABLA_RECORDING_METADATA, NULL);
  g_autoptr (JsonNode) node = node_new (recording_to_object (self));
  g_autofree char *text = json_to_string (node, TRUE);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
