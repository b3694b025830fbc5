/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies a voice of Piper, with differences. A model file is a protobuf message, and metadata that
 * are appended to it count. */
#include "test-voice.h"

#include "habla-test.h"

#include <glib/gstdio.h>

/* Tag of the field metadata_props of a model, a message with a key (field 1) and a value (2). */
#define METADATA_TAG 0x72
#define KEY_TAG 0x0a
#define VALUE_TAG 0x12

#define MODEL "voice.onnx"

static void
append_string (GByteArray *message, guint8 tag, const char *text)
{
  guint8 head[] = { tag, strlen (text) };

  g_assert_cmpuint (strlen (text), <, 100);
  g_byte_array_append (message, head, sizeof head);
  g_byte_array_append (message, (const guint8 *) text, strlen (text));
}

static void
append_metadata (GByteArray *model, const char *key, const char *value)
{
  g_autoptr (GByteArray) entry = g_byte_array_new ();
  guint8 head[2] = { METADATA_TAG };

  append_string (entry, KEY_TAG, key);
  append_string (entry, VALUE_TAG, value);
  head[1] = entry->len;
  g_byte_array_append (model, head, sizeof head);
  g_byte_array_append (model, entry->data, entry->len);
}

/* Returns: (transfer full): the content of the model file in @from */
static GByteArray *
read_model (const char *from)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (from, name, NULL);
    char *content;
    gsize size;

    if (!g_str_has_suffix (name, ".onnx"))
      continue;
    g_assert_true (g_file_get_contents (path, &content, &size, NULL));
    return g_byte_array_new_take ((guint8 *) content, size);
  }
  g_error ("no model in %s", from);
}

/* Metadata are at the end of a prepared model. */
static void
remove_metadata (GByteArray *model)
{
  static const char key[] = "model_type";
  guint i = model->len - sizeof key;

  while (memcmp (model->data + i, key, strlen (key)) != 0)
    g_assert_cmpuint (--i, >, 4);
  g_byte_array_set_size (model, i - 4);
}

static void
write_file (const char *folder, const char *name, const void *data, gssize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (
      path, data != NULL ? data : "", size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
write_model (const char *from, const char *folder, TestVoiceDamage damage)
{
  g_autoptr (GByteArray) model = read_model (from);

  switch (damage) {
  case TEST_VOICE_16_KHZ:
    append_metadata (model, "sample_rate", "16000");
    append_metadata (model, "voice", "es");
    break;
  case TEST_VOICE_EMPTY_FILE:
    g_byte_array_set_size (model, 0);
    break;
  case TEST_VOICE_CUT:
    g_byte_array_set_size (model, 1000000);
    break;
  case TEST_VOICE_NO_METADATA:
    remove_metadata (model);
    break;
  case TEST_VOICE_BAD_RATE:
    append_metadata (model, "sample_rate", "fast");
    break;
  case TEST_VOICE_LOW_RATE:
    append_metadata (model, "sample_rate", "4000");
    break;
  case TEST_VOICE_OTHER_KIND:
    append_metadata (model, "comment", "coqui");
    break;
  case TEST_VOICE_NO_PRONUNCIATION:
    append_metadata (model, "voice", "klingonese");
    break;
  default:
    break;
  }
  write_file (folder, MODEL, model->data, model->len);
}

static void
write_tokens (const char *from, const char *folder, TestVoiceDamage damage)
{
  g_autofree char *path = g_build_filename (from, "tokens.txt", NULL);
  g_autofree char *tokens = NULL, *more = NULL;
  gsize size;

  if (damage == TEST_VOICE_NO_TOKENS)
    return;
  g_assert_true (g_file_get_contents (path, &tokens, &size, NULL));
  switch (damage) {
  case TEST_VOICE_BAD_TOKENS:
    write_file (folder, "tokens.txt", "a b c\n", -1);
    break;
  case TEST_VOICE_NO_MARKS:
    write_file (folder, "tokens.txt", "a 14\n", -1);
    break;
  case TEST_VOICE_UNKNOWN_TOKEN:
  case TEST_VOICE_REPEATED_TOKEN:
    more =
        g_strdup_printf ("%s%s\n", tokens, damage == TEST_VOICE_REPEATED_TOKEN ? "a 14" : "Q 256");
    write_file (folder, "tokens.txt", more, -1);
    break;
  default:
    write_file (folder, "tokens.txt", tokens, size);
    break;
  }
}

static void
write_description (const char *folder, const char *language, const char *unusable)
{
  g_autofree char *id = g_path_get_basename (folder);
  g_autofree char *text = g_strdup_printf ("[Model]\nId=%s\nEngine=sherpa\nJob=synthesizer\n"
                                           "Architecture=piper\nLanguages=%s\n%s%s\n[Files]\n"
                                           "Model=" MODEL "\nTokens=tokens.txt\n",
      id, language, unusable != NULL ? "Unusable=" : "", unusable != NULL ? unusable : "");

  write_file (folder, "model.ini", text, -1);
}

char *
test_voice_write (const char *from, const char *name, TestVoiceDamage damage, const char *language)
{
  char *folder = g_build_filename (habla_test_get_dir (), name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  write_model (from, folder, damage);
  write_tokens (from, folder, damage);
  if (damage == TEST_VOICE_UNUSABLE)
    write_description (folder, "en", "planted reason");
  else if (language != NULL)
    write_description (folder, language, NULL);
  return folder;
}

void
test_voice_remove (const char *folder)
{
  static const char *const names[] = { MODEL, "tokens.txt", "model.ini" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);

    g_unlink (path);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}
