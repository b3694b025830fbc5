/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sherpa-onnx wants the symbols of a voice in `tokens.txt`, and its settings in the ONNX file, as
 * `metadata_props`: field 14 of the protobuf message ModelProto, repeated, with the key in field 1
 * and the value in field 2. Protobuf messages merge when they are concatenated, so these fields are
 * appended to the file.
 */
#include "models/install/piper-voice.h"

#include "models/registry/catalogue-json.h"
#include "models/install/model-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <habla/error.h>
#include <string.h>
#include <unistd.h>
#include <util/regular-file.h>

#define TAG_METADATA ((14 << 3) | 2)
#define TAG_KEY ((1 << 3) | 2)
#define TAG_VALUE ((2 << 3) | 2)

#define MAX_SYMBOLS 4096
#define MAX_ID 65535
#define MAX_SAMPLE_RATE 192000
#define MAX_VALUE 256

static gboolean
fail (const char *path, const char *problem, GError **error)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "%s: %s; it is not a voice of Piper that Habla knows", path, problem);
  return FALSE;
}

static void
append_varint (GByteArray *bytes, gsize number)
{
  for (; number >= 0x80; number >>= 7)
    g_byte_array_append (bytes, (const guint8[]){ (number & 0x7f) | 0x80 }, 1);
  g_byte_array_append (bytes, (const guint8[]){ number }, 1);
}

static void
append_field (GByteArray *bytes, guint tag, const void *data, gsize length)
{
  append_varint (bytes, tag);
  append_varint (bytes, length);
  g_byte_array_append (bytes, data, length);
}

static void
append_metadata (GByteArray *bytes, const char *key, const char *value)
{
  g_autoptr (GByteArray) entry = g_byte_array_new ();

  append_field (entry, TAG_KEY, key, strlen (key));
  append_field (entry, TAG_VALUE, value, strlen (value));
  append_field (bytes, TAG_METADATA, entry->data, entry->len);
}

static void
append_number (GByteArray *bytes, const char *key, guint64 number)
{
  g_autofree char *value = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  append_metadata (bytes, key, value);
}

/* Returns: (transfer full) (nullable): the encoded metadata */
static GByteArray *
encode_metadata (JsonObject *voice, const char *path, GError **error)
{
  JsonObject *language = habla_catalogue_json_get_object (voice, "language");
  JsonObject *espeak = habla_catalogue_json_get_object (voice, "espeak");
  JsonObject *audio = habla_catalogue_json_get_object (voice, "audio");
  const char *name =
      language != NULL ? habla_catalogue_json_get_string (language, "name_english") : NULL;
  const char *espeak_voice =
      espeak != NULL ? habla_catalogue_json_get_string (espeak, "voice") : NULL;
  guint64 rate = audio != NULL ? habla_catalogue_json_get_size (audio, "sample_rate") : 0;
  guint64 n_speakers = habla_catalogue_json_get_size (voice, "num_speakers");
  GByteArray *bytes;

  if (espeak_voice == NULL || strlen (espeak_voice) > MAX_VALUE || rate == 0 ||
      rate > MAX_SAMPLE_RATE || n_speakers == 0 || n_speakers > MAX_ID ||
      (name != NULL && strlen (name) > MAX_VALUE)) {
    fail (path, "its voice, sample rate or number of speakers is missing", error);
    return NULL;
  }
  bytes = g_byte_array_new ();
  append_metadata (bytes, "model_type", "vits");
  append_metadata (bytes, "comment", "piper");
  /* Voices before 2024 have no name. */
  append_metadata (bytes, "language", name != NULL ? name : espeak_voice);
  append_metadata (bytes, "voice", espeak_voice);
  append_number (bytes, "version", 1);
  append_number (bytes, "has_espeak", 1);
  append_number (bytes, "has_g2pw", 0);
  append_number (bytes, "n_speakers", n_speakers);
  append_number (bytes, "sample_rate", rate);
  return bytes;
}

static gboolean
append_token (GString *tokens, const char *symbol, JsonNode *ids)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (ids) ? json_node_get_array (ids) : NULL;
  JsonNode *first = array != NULL && json_array_get_length (array) == 1
                        ? json_array_get_element (array, 0)
                        : NULL;
  gint64 id = first != NULL && JSON_NODE_HOLDS_VALUE (first) ? json_node_get_int (first) : -1;

  if (*symbol == '\0' || strlen (symbol) > MAX_VALUE || strpbrk (symbol, "\r\n") != NULL ||
      id < 0 || id > MAX_ID)
    return FALSE;
  g_string_append_printf (tokens, "%s %" G_GINT64_FORMAT "\n", symbol, id);
  return TRUE;
}

static gboolean
write_tokens (const char *folder, JsonObject *voice, const char *path, GError **error)
{
  JsonObject *map = habla_catalogue_json_get_object (voice, "phoneme_id_map");
  g_autofree char *target = g_build_filename (folder, "tokens.txt", NULL);
  g_autoptr (GString) tokens = g_string_new (NULL);
  JsonObjectIter iter;
  const char *symbol;
  JsonNode *ids;

  if (map == NULL || json_object_get_size (map) == 0 || json_object_get_size (map) > MAX_SYMBOLS)
    return fail (path, "it has no “phoneme_id_map”", error);
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &symbol, &ids))
    if (!append_token (tokens, symbol, ids))
      return fail (path, "its “phoneme_id_map” is malformed", error);
  return g_file_set_contents (target, tokens->str, tokens->len, error);
}

static gboolean
append_to_file (const char *path, GByteArray *bytes, GError **error)
{
  int fd = habla_regular_file_open (path, O_WRONLY | O_APPEND, error);
  gssize n;

  if (fd < 0)
    return FALSE;
  n = write (fd, bytes->data, bytes->len);
  if (n != bytes->len)
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  close (fd);
  return n == bytes->len;
}

/* Returns: (transfer full) (nullable): the only file of @folder whose name ends with @suffix */
static char *
find_file (const char *folder, const char *suffix)
{
  g_autoptr (GPtrArray) paths = habla_model_folder_list (folder);
  const char *found = NULL;

  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);

    if (!g_str_has_suffix (path, suffix))
      continue;
    if (found != NULL)
      return NULL;
    found = path;
  }
  return found != NULL ? g_build_filename (folder, found, NULL) : NULL;
}

gboolean
habla_piper_voice_prepare (const char *folder, GError **error)
{
  g_autofree char *config = find_file (folder, ".onnx.json");
  g_autofree char *onnx = find_file (folder, ".onnx");
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) voice = NULL;
  g_autoptr (GByteArray) metadata = NULL;
  gsize length;

  if (config == NULL || onnx == NULL)
    return fail (folder, "it has no .onnx file with an .onnx.json file, or several", error);
  text = habla_regular_file_read (config, HABLA_CATALOGUE_MAX_SIZE, &length, error);
  if (text == NULL)
    return FALSE;
  voice = habla_catalogue_json_parse (text, length, error);
  if (voice == NULL) {
    g_prefix_error (error, "%s: ", config);
    return FALSE;
  }
  metadata = encode_metadata (voice, config, error);
  return metadata != NULL && write_tokens (folder, voice, config, error) &&
         append_to_file (onnx, metadata, error);
}
