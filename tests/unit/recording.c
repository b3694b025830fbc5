/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The languages in the metadata of recordings, also of those that older versions wrote. */
#include "habla-test.h"

#include <glib/gstdio.h>
#include <recording/recording.h>

#define ID "20260101-000000-000-0000"

/* @targets: (nullable): separated by blanks */
static void
assert_languages (const char *metadata, const char *source, const char *targets)
{
  g_autofree char *root = g_build_filename (habla_test_get_dir (), "recordings-XXXXXX", NULL);
  g_autofree char *folder = NULL, *marker = NULL, *path = NULL, *joined = NULL;
  g_autoptr (GError) error = NULL;
  HablaRecording *recording;

  g_assert_nonnull (g_mkdtemp (root));
  folder = g_build_filename (root, ID, NULL);
  marker = g_build_filename (folder, HABLA_RECORDING_MARKER, NULL);
  path = g_build_filename (folder, HABLA_RECORDING_METADATA, NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (marker, "", 0, NULL));
  g_assert_true (g_file_set_contents (path, metadata, -1, NULL));
  recording = habla_recording_load (root, ID, &error);
  g_assert_no_error (error);
  joined = g_strjoinv (" ", recording->target_languages);
  g_assert_cmpstr (recording->source_language, ==, source);
  g_assert_cmpstr (joined, ==, targets);
  habla_recording_free (recording);
}

static void
test_direction (void)
{
  assert_languages ("{\"direction\":\"en_to_es\"}", "en", "es");
  assert_languages ("{\"direction\":\"EN_to_ES\"}", "en", "es");
  assert_languages ("{\"direction\":\"en_to_\"}", "en", "");
  assert_languages ("{\"direction\":\"_to_es\"}", NULL, "es");
  assert_languages ("{\"direction\":\"en_to_es_to_fr\"}", "en", "");
  assert_languages ("{\"direction\":\"english\"}", NULL, "");
}

static void
test_languages (void)
{
  assert_languages ("{\"source_language\":\"en\",\"target_languages\":[\"es\",\"fr\"],"
                    "\"direction\":\"es_to_en\"}",
      "en", "es fr");
  assert_languages (
      "{\"source_language\":\"EN\",\"target_languages\":[\"!\",1,\"Fr\"]}", "en", "fr");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/recording/direction", test_direction);
  g_test_add_func ("/recording/languages", test_languages);
  return habla_test_run ();
}
