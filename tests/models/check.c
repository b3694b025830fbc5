/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check of a new model in a child process, and imports from the disk, which use it. */
#include "habla-test.h"
#include "models-test.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <models/install/install-lock.h>
#include <models/installed-model.h>
#include <string.h>
#include <utime.h>

typedef struct {
  char *folder;  /* of models */
  char *disk;    /* where imports come from */
  char *program; /* the real one */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static guint count;

  self->folder = models_test_use_new_folder ();
  self->disk = g_strdup_printf ("%s/disk-%u", habla_test_get_dir (), ++count);
  g_assert_cmpint (g_mkdir (self->disk, 0700), ==, 0);
  self->program = g_strdup (g_getenv ("HABLA_MODEL_CHECK"));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_setenv ("HABLA_MODEL_CHECK", self->program, TRUE);
  g_free (self->folder);
  g_free (self->disk);
  g_free (self->program);
}

#define DESCRIPTION \
  "[Model]\nId=carried\nEngine=test\nJob=transcriber\nArchitecture=a\nLanguages=en\n[Files]\n" \
  "Model=model.onnx\n"

/* Returns: (transfer full): an archive as “tar” makes it of an installed model */
static GBytes *
pack (const char *description)
{
  return models_test_make_archive (
      "gzip", "carried/model.ini", description, "carried/model.onnx", "weights", NULL);
}

static HablaModel *
import (Fixture *self, const char *name, GBytes *data, GPtrArray *models, GError **error)
{
  g_autofree char *path = g_build_filename (self->disk, name, NULL);

  if (data != NULL)
    models_test_write (path, data);
  return models_test_import (path, models, NULL, error);
}

static void
use_program (const char *text)
{
  g_autofree char *script = models_test_make_script ("check", text);

  g_setenv ("HABLA_MODEL_CHECK", script, TRUE);
}

static void
check (Fixture *self, const char *script, const char *wanted)
{
  g_autoptr (GBytes) archive = pack (DESCRIPTION);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (HablaModel) found = NULL;

  use_program (script);
  model = import (self, "carried.tar.gz", archive, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", habla_model_get_unusable (model));
  found = habla_model_find_installed (NULL, "transcriber", "en", NULL);
  if (wanted == NULL) {
    g_assert_null (habla_model_get_unusable (model));
    g_assert_nonnull (found);
  } else {
    g_assert_nonnull (strstr (habla_model_get_unusable (model), wanted));
    g_assert_null (found);
  }
}

static void
test_results (Fixture *self, gconstpointer data)
{
  check (self, "exit 0", NULL);
  check (self, "echo first >&2; echo 'the reason is this' >&2; exit 1", "the reason is this");
  check (self, "printf 'bad \\377\\001 text' >&2; exit 1", "bad \xef\xbf\xbd");
  check (self, "kill -SEGV $$", "crashes");
  check (self, "exit 255", "ends the process");
  check (self, "test -f \"$1/model.ini\" && test -f \"$1/model.onnx\" || exit 1", NULL);
}

static void
test_hang (Fixture *self, gconstpointer data)
{
  gint64 begin = g_get_monotonic_time ();

  g_setenv ("HABLA_MODEL_CHECK_TIMEOUT", "1", TRUE);
  check (self, "exec sleep 600", "within 1 s");
  g_unsetenv ("HABLA_MODEL_CHECK_TIMEOUT");
  g_assert_cmpint (g_get_monotonic_time () - begin, <, habla_test_scale (60) * G_USEC_PER_SEC);
}

static GAsyncResult *
verify (const char *id)
{
  GAsyncResult *result = NULL;

  habla_installed_model_verify_async (id, NULL, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return result;
}

/* A check that fails marks the model, and one that succeeds removes the mark. */
static void
test_verify (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (GAsyncResult) passed = NULL;
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;

  check (self, "exit 0", NULL);
  use_program ("echo 'too new' >&2; exit 1");
  failed = verify ("carried");
  g_assert_false (habla_installed_model_verify_finish (failed, NULL, &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "too new"));
  g_clear_error (&error);
  g_assert_null (habla_model_find_by_name ("carried", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_clear_error (&error);

  use_program ("exit 0");
  passed = verify ("carried");
  g_assert_true (habla_installed_model_verify_finish (passed, &warning, &error));
  g_assert_null (warning);
  model = habla_model_find_by_name ("carried", &error);
  g_assert_no_error (error);
}

/* A file that is cut short after the installation. */
static void
test_cut_short (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "carried", "model.onnx", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) found = NULL;

  check (self, "exit 0", NULL);
  g_assert_true (g_file_set_contents (path, "weight", -1, NULL));
  found = habla_model_find_installed (NULL, "transcriber", "en", NULL);
  g_assert_null (found);
  g_assert_null (habla_model_find_by_name ("carried", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE);
  g_assert_nonnull (strstr (error->message, "6 bytes instead of 7"));
  g_clear_error (&error);
  result = verify ("carried");
  g_assert_false (habla_installed_model_verify_finish (result, NULL, &error));
  g_assert_nonnull (strstr (error->message, path));
}

static void
cancel_at_check (HablaInstallPhase phase, guint64 done, guint64 total, gpointer cancellable)
{
  if (phase == HABLA_INSTALL_CHECKING)
    g_cancellable_cancel (cancellable);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  HablaInstallOptions options = { .progress = cancel_at_check, .progress_data = cancellable };
  g_autofree char *path = g_build_filename (self->disk, "carried.tar", NULL);
  g_autoptr (GBytes) archive = pack (DESCRIPTION);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  use_program ("exec sleep 600");
  models_test_write (path, archive);
  habla_install_import_async (path, NULL, &options, cancellable, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (habla_install_finish (result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  names = models_test_list (self->folder);
  g_assert_cmpstr (names, ==, "");
}

/* The real program: it knows no element for this engine, and reads no damaged description. */
static void
test_program (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) archive = pack (DESCRIPTION);
  g_autofree char *path = g_build_filename (self->disk, "carried.tar.gz", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;

  models_test_write (path, archive);
  habla_install_import_async (path, NULL, NULL, NULL, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  model = habla_install_finish (result, &warning, &error);
  g_assert_no_error (error);
  g_assert_null (habla_model_get_unusable (model));
  g_assert_nonnull (strstr (warning, "no element for the engine “test”"));
}

/* Imports a real model, and checks it with the real engine. Returns: (transfer full) (nullable) */
static HablaModel *
import_real (const char *id, const char *element)
{
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);
  g_autofree char *path = g_build_filename (models != NULL ? models : "", id, NULL);
  g_autoptr (GError) error = NULL;
  HablaModel *model;

  if (factory == NULL || models == NULL || !g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_test_skip ("No models: set the build option models_dir, see scripts/models");
    return NULL;
  }
  model = models_test_import (path, NULL, NULL, &error);
  g_assert_no_error (error);
  return model;
}

/* @problem: (nullable): wanted reason of a model that is not usable */
static void
assert_usable (HablaModel *model, const char *problem)
{
  const char *reason = habla_model_get_unusable (model);

  g_test_message ("%s: %s", habla_model_get_id (model), reason != NULL ? reason : "usable");
  if (problem == NULL)
    g_assert_cmpstr (reason, ==, NULL);
  else
    g_assert_nonnull (strstr (reason, problem));
}

/* Replaces a file of an installed model, and imports it again without its hashes. */
static HablaModel *
import_damaged (Fixture *self, HablaModel *model, const char *role, const char *damage)
{
  g_autoptr (GBytes) bytes = g_bytes_new (damage, strlen (damage));
  g_autofree char *hashes = g_build_filename (habla_model_get_path (model), "SHA256SUMS", NULL);
  g_autofree char *moved = g_build_filename (self->disk, habla_model_get_id (model), NULL);
  g_autoptr (GError) error = NULL;
  HablaModel *damaged;

  models_test_write (habla_model_get_file (model, role), bytes);
  g_assert_cmpint (g_remove (hashes), ==, 0);
  g_assert_cmpint (g_rename (habla_model_get_path (model), moved), ==, 0);
  damaged = models_test_import (moved, NULL, NULL, &error);
  g_assert_no_error (error);
  return damaged;
}

static void
test_voice (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaModel) model = import_real ("piper-en_US-joe-medium", "sherpasynthesizer");
  g_autoptr (HablaModel) damaged = NULL;

  if (model == NULL)
    return;
  assert_usable (model, NULL);
  damaged = import_damaged (self, model, "Model", "no model");
  assert_usable (damaged, "");
}

/* Without voice activity a transcriber cannot be checked; with it, it can. */
static void
test_transcriber (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaModel) first = import_real ("whisper-tiny.en", "sherpatranscriber");
  g_autoptr (HablaModel) voice_activity = import_real ("silero-vad", "sherpatranscriber");
  g_autoptr (HablaModel) second = import_real ("whisper-tiny.en", "sherpatranscriber");
  g_autoptr (HablaModel) damaged = NULL;

  if (first == NULL || voice_activity == NULL || second == NULL)
    return;
  assert_usable (first, NULL);
  assert_usable (voice_activity, NULL);
  assert_usable (second, NULL);
  damaged = import_damaged (self, second, "Encoder", "no model");
  assert_usable (damaged, "ncoder");
}

/* A transcriber whose files are empty is refused although there is no voice activity. */
static void
test_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("sherpatranscriber");
  g_autoptr (GBytes) archive = models_test_make_archive (NULL, "bad/model.ini",
      "[Model]\nId=bad\nEngine=sherpa\nJob=transcriber\nArchitecture=whisper\nLanguages=en\n"
      "Quality=100\n[Files]\nEncoder=e.onnx\nDecoder=d.onnx\nTokens=t.txt\n",
      "bad/e.onnx", "", "bad/d.onnx", "", "bad/t.txt", "", NULL);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;

  if (factory == NULL) {
    g_test_skip ("No sherpa-onnx");
    return;
  }
  model = import (self, "bad.tar", archive, NULL, &error);
  g_assert_no_error (error);
  assert_usable (model, "e.onnx");
}

static void
test_translator (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaModel) model = import_real ("firefox-en-pt-tiny", "mariantranslator");
  g_autoptr (HablaModel) damaged = NULL;

  if (model == NULL)
    return;
  assert_usable (model, NULL);
  damaged = import_damaged (self, model, "Vocabulary", "no words");
  assert_usable (damaged, "");
}

static HablaAvailableModel *
make_known (GPtrArray *models)
{
  g_autoptr (GBytes) weights = g_bytes_new_static ("weights", 7);
  HablaAvailableModel *model = models_test_make_model (
      "known", HABLA_MODEL_SOURCE_FILE, "https://models.example/a/kn%C3%B3wn.onnx", weights);
  HablaModelSource *source = habla_available_model_add_source (
      model, HABLA_MODEL_SOURCE_FILE, "https://models.example/a/tokens.txt", "tokens.txt");

  source->size = 3;
  g_ptr_array_add (models, model);
  return model;
}

/* Files of a model of the catalogue, under the names that they have at the publisher. */
static void
test_import_known (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
  g_autoptr (GBytes) weights = g_bytes_new_static ("weights", 7);
  g_autoptr (GBytes) forged = g_bytes_new_static ("Weights", 7);
  g_autoptr (GBytes) tokens = g_bytes_new_static ("a 0", 3);
  g_autofree char *other = g_build_filename (self->disk, "tokens.txt", NULL);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  use_program ("exit 0");
  make_known (models);
  model = import (self, "knówn.onnx", weights, models, &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_clear_error (&error);
  models_test_write (other, tokens);
  model = import (self, "knówn.onnx", forged, models, &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "hash"));
  g_clear_error (&error);
  model = import (self, "knówn.onnx", weights, models, &error);
  g_assert_no_error (error);
  names = models_test_list (habla_model_get_path (model));
  g_assert_cmpstr (names, ==, "SHA256SUMS model.ini model.onnx tokens.txt");
  /* What was imported is still there. */
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
test_import_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->disk, "carried", NULL);
  g_autofree char *description = g_build_filename (folder, "model.ini", NULL);
  g_autofree char *weights = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *sums = g_build_filename (folder, "SHA256SUMS", NULL);
  g_autoptr (GBytes) text = g_bytes_new_static (DESCRIPTION, strlen (DESCRIPTION));
  g_autoptr (GBytes) bytes = g_bytes_new_static ("weights", 7);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *line = g_strdup_printf ("%s  model.onnx\n", hash);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;

  use_program ("exit 0");
  models_test_write (weights, bytes);
  model = import (self, "carried", NULL, NULL, &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_assert_nonnull (strstr (error->message, "no model that Habla knows"));
  g_clear_error (&error);
  models_test_write (description, text);
  line[0] = line[0] == '0' ? '1' : '0';
  g_file_set_contents (sums, line, -1, NULL);
  model = import (self, "carried", NULL, NULL, &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_clear_error (&error);
  g_file_set_contents (sums, "00  ../../etc/passwd\n", -1, NULL);
  model = import (self, "carried", NULL, NULL, &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_cmpint (g_remove (sums), ==, 0);
  model = import (self, "carried", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (weights, G_FILE_TEST_EXISTS));
}

static void
test_import_hostile (Fixture *self, gconstpointer data)
{
  GBytes *archives[] = {
    models_test_make_archive (NULL, "carried/../../model.ini", DESCRIPTION, NULL),
    models_test_make_archive (NULL, "carried/model.ini", DESCRIPTION, NULL),
    models_test_make_archive (
        NULL, "carried/model.ini", DESCRIPTION, "carried/model.onnx@", "/etc/passwd", NULL),
    pack ("[Model]\nId=../../up\nEngine=a\nJob=a\nArchitecture=a\n"),
    models_test_make_noise (1000),
  };

  use_program ("exit 0");
  for (guint i = 0; i < G_N_ELEMENTS (archives); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *names = NULL;

    g_assert_null (import (self, "hostile.tar", archives[i], NULL, &error));
    g_bytes_unref (archives[i]);
    g_test_message ("%s", error->message);
    names = models_test_list (self->folder);
    g_assert_cmpstr (names, ==, "");
  }
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (import (self, "missing.tar", NULL, NULL, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  }
}

/* What a killed import and, after a week, an interrupted download leave is deleted, but not that of
 * an import that is still running. */
static void
test_leftovers (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) archive = pack (DESCRIPTION);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (HablaInstallLock) lock = habla_install_lock_take (self->folder, "import-2-b", NULL);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;
  static const char *const paths[] = { ".import-1-a.lock", ".import-1-a.part/model/file",
    ".import-2-b.part/model/file", ".import-3-c.lock", ".new.part/downloads/0",
    ".old.part/downloads/0" };
  const time_t week_ago = time (NULL) - 7 * 24 * 60 * 60 - 60;
  const struct utimbuf times = { week_ago, week_ago };
  g_autofree char *old = g_build_filename (self->folder, ".old.part", NULL);

  use_program ("exit 0");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *path = g_build_filename (self->folder, paths[i], NULL);

    models_test_write (path, nothing);
  }
  g_assert_cmpint (g_utime (old, (struct utimbuf *) &times), ==, 0);
  model = import (self, "carried.tar.gz", archive, NULL, &error);
  g_assert_no_error (error);
  names = models_test_list (self->folder);
  g_assert_cmpstr (
      names, ==, ".import-2-b.lock .import-2-b.part .import-3-c.lock .new.part carried");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ("/model-check/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("results", test_results);
  ADD ("hang", test_hang);
  ADD ("verify", test_verify);
  ADD ("cut-short", test_cut_short);
  ADD ("cancel", test_cancel);
  ADD ("program", test_program);
  ADD ("voice", test_voice);
  ADD ("transcriber", test_transcriber);
  ADD ("empty", test_empty);
  ADD ("translator", test_translator);
  ADD ("leftovers", test_leftovers);
  ADD ("import-known", test_import_known);
  ADD ("import-folder", test_import_folder);
  ADD ("import-hostile", test_import_hostile);
  return habla_test_run ();
}
