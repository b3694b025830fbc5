/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Installs models from a local server with the layout of the publishers. */
#include "habla-test.h"
#include "models-test.h"
#include "publisher.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <models/installed-model.h>
#include <string.h>

#define RELEASE "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/"
#define API "https://api.github.com/repos/k2-fsa/sherpa-onnx/releases/"
#define FIREFOX "https://storage.example/translations/"
#define PIPER "https://huggingface.co/rhasspy/piper-voices/resolve/main/"

static Publisher *publisher;

typedef struct {
  char *folder; /* of models */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = models_test_use_new_folder ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->folder);
}

static const HablaInstallOptions no_check = { .skip_check = TRUE };

static char *
read_file (HablaModel *model, const char *name)
{
  g_autofree char *path = g_build_filename (habla_model_get_path (model), name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_names (const char *folder, const char *wanted)
{
  g_autofree char *names = models_test_list (folder);

  g_assert_cmpstr (names, ==, wanted);
}

typedef struct {
  HablaInstallPhase phase;
  guint64 done;
  guint n_calls;
} Seen;

static void
on_progress (HablaInstallPhase phase, guint64 done, guint64 total, gpointer data)
{
  Seen *seen = data;

  g_assert_true (phase >= seen->phase);
  if (phase == seen->phase)
    g_assert_cmpuint (done, >=, seen->done);
  g_assert_cmpuint (done, <=, total);
  *seen = (Seen){ phase, done, seen->n_calls + 1 };
}

/* As sherpa-onnx publishes models: recordings and larger variants are left out. */
static void
test_archive (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) archive = models_test_make_archive ("bzip2", "sherpa-onnx-a/LICENSE", "free",
      "sherpa-onnx-a/model.int8.onnx", "weights", "sherpa-onnx-a/model.onnx", "large weights",
      "sherpa-onnx-a/test_wavs/0.wav", "sound", "sherpa-onnx-a/tokens.txt", "a 0", NULL);
  g_autoptr (HablaAvailableModel) available = models_test_make_model (
      "a", HABLA_MODEL_SOURCE_ARCHIVE, RELEASE "sherpa-onnx-a.tar.bz2", archive);
  Seen seen = { 0 };
  HablaInstallOptions options = {
    .skip_check = TRUE, .progress = on_progress, .progress_data = &seen
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (HablaModel) found = NULL;
  g_autofree char *text = NULL, *hash = NULL, *wanted = NULL, *hashes = NULL, *warning = NULL;

  g_hash_table_insert (available->files, g_strdup ("Model"), g_strdup ("model*.onnx"));
  g_hash_table_insert (available->files, g_strdup ("Tokens"), g_strdup ("tokens.txt"));
  g_hash_table_insert (available->settings, g_strdup ("Rate"), g_strdup ("16000"));
  publisher_add (publisher, RELEASE "sherpa-onnx-a.tar.bz2", g_bytes_ref (archive));
  model = models_test_install (available, &options, &warning, &error);
  g_assert_no_error (error);
  g_assert_null (warning);
  assert_names (self->folder, "a");
  assert_names (habla_model_get_path (model),
      "LICENSE SHA256SUMS model.ini model.int8.onnx model.onnx tokens.txt");
  g_assert_true (g_str_has_suffix (habla_model_get_file (model, "Model"), "/a/model.int8.onnx"));
  g_assert_cmpstr (habla_model_get_setting (model, "Rate"), ==, "16000");
  text = read_file (model, "model.int8.onnx");
  g_assert_cmpstr (text, ==, "weights");
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "a 0", -1);
  wanted = g_strdup_printf ("%s  tokens.txt\n", hash);
  hashes = read_file (model, "SHA256SUMS");
  g_assert_nonnull (strstr (hashes, wanted));
  found = habla_model_find_installed ("test", "transcriber", "en", NULL);
  g_assert_cmpstr (habla_model_get_id (found), ==, "a");
  g_assert_cmpint (seen.phase, ==, HABLA_INSTALL_UNPACKING);
  g_assert_cmpuint (seen.done, >, 0);
}

/* Its size and hash are on the second page of GitHub's list. */
static void
publish_digest (const char *name, const char *hash, gsize size)
{
  g_autofree char *page = g_strdup_printf (
      "[{\"name\":\"%s\",\"size\":%zu,\"digest\":\"sha256:%s\"}]", name, size, hash);

  publisher_add (publisher, API "tags/asr-models", g_bytes_new_static ("{\"id\":7}", 8));
  publisher_add (publisher, API "7/assets?per_page=100&page=1",
      g_bytes_new_static ("[{\"name\":\"x\"}]", strlen ("[{\"name\":\"x\"}]")));
  publisher_add (publisher, API "7/assets?per_page=100&page=2", g_bytes_new (page, strlen (page)));
}

static void
forget_registries (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "habla", "models", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_remove (path);
  }
}

static void
test_digest (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) archive = models_test_make_archive ("gzip", "b/model.onnx", "weights", NULL);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, archive);
  g_autoptr (HablaAvailableModel) available =
      models_test_make_model ("b", HABLA_MODEL_SOURCE_ARCHIVE, RELEASE "b.tar.gz", NULL);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;

  publisher_add (publisher, RELEASE "b.tar.gz", g_bytes_ref (archive));
  forget_registries ();
  model = models_test_install (available, &no_check, &warning, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (warning, "b.tar.gz"));
  g_clear_pointer (&model, habla_model_unref);
  g_clear_pointer (&warning, g_free);

  publish_digest ("b.tar.gz", hash, g_bytes_get_size (archive));
  forget_registries ();
  model = models_test_install (available, &no_check, &warning, &error);
  g_assert_no_error (error);
  g_assert_null (warning);
  g_clear_pointer (&model, habla_model_unref);
  g_assert_true (habla_installed_model_remove ("b", &error));

  hash[0] = hash[0] == '0' ? '1' : '0';
  publish_digest ("b.tar.gz", hash, g_bytes_get_size (archive));
  forget_registries ();
  model = models_test_install (available, &no_check, NULL, &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "hash"));
  assert_names (self->folder, "");
}

static HablaAvailableModel *
make_firefox (GBytes *weights)
{
  HablaAvailableModel *model =
      models_test_make_model ("firefox", HABLA_MODEL_SOURCE_GZIP, FIREFOX "model.bin.gz", NULL);
  HablaModelSource *source = g_ptr_array_index (model->sources, 0);

  source->hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, weights);
  source->unpacked_size = g_bytes_get_size (weights);
  habla_available_model_add_source (
      model, HABLA_MODEL_SOURCE_GZIP, FIREFOX "vocab.spm.gz", "vocab.spm");
  g_hash_table_insert (model->files, g_strdup ("Vocabulary"), g_strdup ("vocab.spm"));
  return model;
}

/* Compressed, and as a server sends it that has decompressed it. */
static void
test_gzip (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) weights = models_test_make_noise (100000);
  g_autoptr (GBytes) vocabulary = g_bytes_new_static ("words", 5);
  g_autoptr (HablaAvailableModel) available = make_firefox (weights);
  g_autoptr (GBytes) other = models_test_make_noise (99999);

  publisher_add (publisher, FIREFOX "vocab.spm.gz", models_test_gzip (vocabulary));
  for (guint i = 0; i < 2; i++) {
    g_autoptr (HablaModel) model = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    publisher_add (publisher, FIREFOX "model.bin.gz",
        i == 0 ? models_test_gzip (weights) : g_bytes_ref (weights));
    model = models_test_install (available, &no_check, NULL, &error);
    g_assert_no_error (error);
    assert_names (habla_model_get_path (model), "SHA256SUMS model.ini model.onnx vocab.spm");
    text = read_file (model, "model.onnx");
    g_assert_cmpmem (text, 100000, g_bytes_get_data (weights, NULL), 100000);
  }
  g_assert_true (habla_installed_model_remove ("firefox", NULL));
  for (guint i = 0; i < 3; i++) {
    g_autoptr (HablaModel) model = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) whole = models_test_gzip (weights);

    /* Other contents, a cut file, and contents that are too large. */
    publisher_add (publisher, FIREFOX "model.bin.gz",
        i == 0   ? models_test_gzip (other)
        : i == 1 ? g_bytes_new_from_bytes (whole, 0, 50000)
                 : models_test_gzip (whole));
    model = models_test_install (available, &no_check, NULL, &error);
    g_assert_null (model);
    g_assert_nonnull (error);
    assert_names (self->folder, "");
  }
}

#define PIPER_CONFIG \
  "{\"audio\":{\"sample_rate\":22050},\"espeak\":{\"voice\":\"en-us\"},\"num_speakers\":1," \
  "\"language\":{\"name_english\":\"English\"},\"phoneme_id_map\":{\"_\":[0],\" " \
  "\":[3],\"ɐ\":[50]}}"

static HablaAvailableModel *
make_piper (const char *onnx, const char *config)
{
  HablaAvailableModel *model =
      models_test_make_model ("piper", HABLA_MODEL_SOURCE_FILE, PIPER "a/voice.onnx", NULL);
  HablaModelSource *source = g_ptr_array_index (model->sources, 0);

  model->is_piper = TRUE;
  source->hash_type = G_CHECKSUM_MD5;
  source->hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, "weights", -1);
  habla_available_model_add_source (
      model, HABLA_MODEL_SOURCE_FILE, PIPER "a/voice.onnx.json", "model.onnx.json");
  g_hash_table_insert (model->files, g_strdup ("Tokens"), g_strdup ("tokens.txt"));
  publisher_add (publisher, PIPER "a/voice.onnx", g_bytes_new (onnx, strlen (onnx)));
  publisher_add (publisher, PIPER "a/voice.onnx.json", g_bytes_new (config, strlen (config)));
  return model;
}

static void
test_piper (Fixture *self, gconstpointer data)
{
  g_autoptr (HablaAvailableModel) available = make_piper ("weights", PIPER_CONFIG);
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = models_test_install (available, &no_check, NULL, &error);
  g_autofree char *tokens = NULL, *onnx = NULL;

  g_assert_no_error (error);
  tokens = read_file (model, "tokens.txt");
  g_assert_cmpstr (tokens, ==, "_ 0\n  3\nɐ 50\n");
  onnx = read_file (model, "model.onnx");
  /* Field 14 with the fields 1 and 2: the first and the last entry. */
  g_assert_true (g_str_has_prefix (onnx, "weights\x72\x12\x0a\x0amodel_type\x12\x04vits"));
  g_assert_true (g_str_has_suffix (onnx, "\x72\x14\x0a\x0bsample_rate\x12\x05"
                                         "22050"));
}

static void
test_piper_damaged (Fixture *self, gconstpointer data)
{
  static const char *const configs[] = {
    "",
    "[]",
    "{}",
    "{\"audio\":{\"sample_rate\":22050},\"espeak\":{\"voice\":\"en\"},\"num_speakers\":1,"
    "\"phoneme_id_map\":{\"a\":[-1]}}",
    "{\"audio\":{\"sample_rate\":22050},\"espeak\":{\"voice\":\"en\"},\"num_speakers\":1,"
    "\"phoneme_id_map\":{\"a\\n\":[1]}}",
    "{\"audio\":{\"sample_rate\":22050},\"espeak\":{\"voice\":\"en\"},\"num_speakers\":1,"
    "\"phoneme_id_map\":{\"a\":{}}}",
    "{\"audio\":{\"sample_rate\":-5},\"espeak\":{\"voice\":\"en\"},\"num_speakers\":1,"
    "\"phoneme_id_map\":{\"a\":[1]}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++) {
    g_autoptr (HablaAvailableModel) available = make_piper ("weights", configs[i]);
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaModel) model = models_test_install (available, &no_check, NULL, &error);

    if (model != NULL)
      g_error ("Accepted: %s", configs[i]);
    g_assert_nonnull (strstr (error->message, ".json"));
    assert_names (self->folder, "");
  }
}

/* The new model replaces the old one in one step. */
static void
test_replace (Fixture *self, gconstpointer data)
{
  const char *url = "https://models.example/replaced.onnx";

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) weights = g_bytes_new (i == 0 ? "old" : "new", 3);
    g_autoptr (HablaAvailableModel) available =
        models_test_make_model ("replaced", HABLA_MODEL_SOURCE_FILE, url, weights);
    g_autoptr (HablaModel) model = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    publisher_add (publisher, url, g_bytes_ref (weights));
    model = models_test_install (available, &no_check, NULL, &error);
    g_assert_no_error (error);
    text = read_file (model, "model.onnx");
    g_assert_cmpstr (text, ==, i == 0 ? "old" : "new");
    assert_names (self->folder, "replaced");
  }
}

static void
verify (const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  habla_installed_model_verify_async (id, NULL, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  habla_installed_model_verify_finish (result, NULL, error);
}

static void
test_verify_and_remove (Fixture *self, gconstpointer data)
{
  const char *url = "https://models.example/verified.onnx";
  g_autoptr (GBytes) weights = g_bytes_new_static ("weights", 7);
  g_autoptr (GBytes) changed = g_bytes_new_static ("Weights", 7);
  g_autoptr (HablaAvailableModel) available =
      models_test_make_model ("verified", HABLA_MODEL_SOURCE_FILE, url, weights);
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GPtrArray) installed = NULL;
  g_autoptr (GError) error = NULL;

  publisher_add (publisher, url, g_bytes_ref (weights));
  model = models_test_install (available, &no_check, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (habla_installed_model_get_size (model), >, 100);
  verify ("verified", &error);
  g_assert_no_error (error);
  models_test_write (habla_model_get_file (model, "Model"), changed);
  verify ("verified", &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "/verified/model.onnx has changed"));
  g_clear_error (&error);
  verify ("missing", &error);
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_clear_error (&error);

  g_assert_true (habla_installed_model_remove ("verified", &error));
  assert_names (self->folder, "");
  g_assert_false (habla_installed_model_remove ("verified", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_clear_error (&error);
  g_assert_false (habla_installed_model_remove ("../x", &error));
  g_assert_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER);
  installed = habla_installed_model_list ();
  g_assert_cmpuint (installed->len, ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  habla_test_init (&argc, &argv);
  publisher = publisher_new ();
#define ADD(name, function) \
  g_test_add ("/install/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("archive", test_archive);
  ADD ("digest", test_digest);
  ADD ("gzip", test_gzip);
  ADD ("piper", test_piper);
  ADD ("piper-damaged", test_piper_damaged);
  ADD ("replace", test_replace);
  ADD ("verify-and-remove", test_verify_and_remove);
  status = habla_test_run ();
  publisher_free (publisher);
  return status;
}
