/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests that files which would end the process inside of sherpa-onnx are refused, and that the
 * reason is seen if it ends the process nevertheless. */
#include "habla-test.h"
#include "tone-model.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <habla/habla.h>
#include <sherpa-model.h>
#include <stderr-capture.h>
#include <stdio.h>
#include <stdlib.h>
#include <token-table.h>

static void
test_base64 (void)
{
  static const struct {
    const char *table;
    gboolean is_valid;
  } cases[] = {
    { "IQ== 0\nIHJlZ3Jlc3M= 1\nYWJj 2\n= 3\n4\n", TRUE },
    { "IQ 0\nIQA 1\n", TRUE },
    { "! 0\n", FALSE },
    { "YWJjI 0\n", FALSE },
    { "Y=== 0\n", FALSE },
    { "YW-j 0\n", FALSE },
    { "YWJ\xc3\xa1 0\n", FALSE },
  };
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "tokens.txt", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (path, cases[i].table, -1, NULL));
    g_assert_true (habla_token_table_check (path, 0, HABLA_TOKEN_TABLE_ANY, NULL));
    g_test_message ("%s", cases[i].table);
    g_assert_cmpint (habla_token_table_check (path, 0, HABLA_TOKEN_TABLE_IS_BASE64, &error), ==,
        cases[i].is_valid);
    if (!cases[i].is_valid) {
      g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
      g_assert_nonnull (strstr (error->message, path));
    }
  }
}

/* Any model of ONNX under the name of one for voice activity. */
static void
test_voice_activity (void)
{
  g_autofree char *folder = tone_model_write ("vad", TONE_MODEL_NO_FAULT, NULL, NULL);
  g_autofree char *model = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *silero = g_build_filename (folder, "silero_vad.onnx", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (model, silero), ==, 0);
  g_assert_null (habla_sherpa_model_open (folder, HABLA_MODEL_JOB_VOICE_ACTIVITY, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, silero));
}

static void
test_exit (void)
{
  if (g_test_subprocess ()) {
    gst_debug_set_threshold_from_string ("sherpa:0", TRUE);
    habla_stderr_capture_begin ();
    fputs ("sherpa-onnx/csrc/file.cc:7 the reason\n", stderr);
    exit (3);
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*habla models verify*the reason*");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/sherpa-files/base64", test_base64);
  g_test_add_func ("/sherpa-files/voice-activity", test_voice_activity);
  g_test_add_func ("/sherpa-files/exit", test_exit);
  return habla_test_run ();
}
