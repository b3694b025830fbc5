/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `habla models` and `habla setup`, run as a user does, with a local server in place of the
 * publishers. */
#include "habla-test.h"
#include "models-test.h"
#include "publisher.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#define HEAR "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/hear.tar.bz2"
#define HUGE "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/huge.tar.bz2"
#define VAD "https://github.com/k2-fsa/sherpa-onnx/releases/download/asr-models/vad.onnx"
#define FIREFOX_LIST \
  "https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data/db/" \
  "models.json"
#define FIREFOX "https://storage.example/translations/"
#define PIPER "https://huggingface.co/rhasspy/piper-voices/resolve/main/"
#define NOISE 300000
#define CATALOGUE \
  "{\"version\":1,\"models\":[" \
  "{\"id\":\"hear\",\"title\":\"Hear\",\"engine\":\"sherpa\",\"job\":\"transcriber\"," \
  "\"architecture\":\"whisper\",\"languages\":[\"en\",\"es\"],\"quality\":50," \
  "\"license\":\"CC-BY-4.0\",\"license_note\":\"Name the maker.\",\"download_mb\":1," \
  "\"disk_mb\":1,\"memory_mb\":100,\"cpu_percent\":10,\"needs_voice_activity\":true," \
  "\"sources\":[{\"url\":\"" HEAR "\",\"size\":%zu,\"sha256\":\"%s\"}]," \
  "\"files\":{\"Encoder\":\"encoder.onnx\",\"Decoder\":\"decoder.onnx\"," \
  "\"Tokens\":\"tokens.txt\"}}," \
  "{\"id\":\"huge\",\"title\":\"Huge\",\"engine\":\"sherpa\",\"job\":\"transcriber\"," \
  "\"architecture\":\"whisper\",\"languages\":[\"en\"],\"quality\":60,\"license\":\"MIT\"," \
  "\"download_mb\":1000000,\"disk_mb\":1000000,\"memory_mb\":1000000,\"cpu_percent\":10," \
  "\"sources\":[{\"url\":\"" HUGE "\"}],\"files\":{\"Encoder\":\"encoder.onnx\"}}," \
  "{\"id\":\"vad\",\"title\":\"VAD\",\"engine\":\"sherpa\",\"job\":\"voice-activity\"," \
  "\"architecture\":\"silero\",\"languages\":[],\"quality\":50,\"license\":\"MIT\"," \
  "\"download_mb\":1,\"disk_mb\":1,\"memory_mb\":10,\"cpu_percent\":1," \
  "\"sources\":[{\"url\":\"" VAD "\",\"path\":\"vad.onnx\",\"sha256\":\"%s\"}]," \
  "\"files\":{\"Model\":\"vad.onnx\"}}]}"

static Publisher *publisher;
static GBytes *hear;  /* the archive */
static char *usable;  /* a check that each model passes */
static char *checker; /* the real one */

typedef struct {
  char *folder; /* of models */
  PublisherFile *file;
  char *output;
  char *error;
} Fixture;

static GSubprocess *
start (GSubprocessFlags flags, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      flags | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_strv_builder_add (builder, g_getenv ("HABLA_TEST_HABLA"));
  g_strv_builder_addv (builder, (const char **) arguments);
  command = g_strv_builder_end (builder);
  g_subprocess_launcher_unsetenv (launcher, "GST_TRACERS");
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &error);
  g_assert_no_error (error);
  return process;
}

/* Returns: the exit status, 128 + the number of a signal that killed it */
static int
finish (Fixture *self, GSubprocess *process, const char *input)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->output, g_free);
  g_clear_pointer (&self->error, g_free);
  /* The server accepts connections in this main loop. */
  g_subprocess_communicate_utf8_async (process, input, NULL, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_communicate_utf8_finish (process, result, &self->output, &self->error, &error);
  g_assert_no_error (error);
  g_test_message ("output: %s", self->output);
  g_test_message ("error: %s", self->error);
  g_assert_null (strstr (self->error, "CRITICAL"));
  if (g_subprocess_get_if_signaled (process))
    return 1000 + g_subprocess_get_term_sig (process);
  return g_subprocess_get_exit_status (process);
}

/* Runs habla with the words of @line, and @input (nullable) on standard input. */
static void
expect (Fixture *self, int status, const char *line, const char *input)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GSubprocess) process = NULL;

  g_test_message ("habla %s", line);
  process = start (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE,
      (const char *const *) words);
  g_assert_cmpint (finish (self, process, input), ==, status);
}

static void
assert_says (const char *text, const char *word)
{
  if (strstr (text, word) == NULL)
    g_error ("“%s” is not in: %s", word, text);
}

static void
assert_names (Fixture *self, const char *wanted)
{
  g_autofree char *names = models_test_list (self->folder);

  g_assert_cmpstr (names, ==, wanted);
}

static gboolean
has_element (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static void
publish_text (const char *url, const char *text)
{
  publisher_add (publisher, url, g_bytes_new (text, strlen (text)));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = models_test_use_new_folder ();
  self->file = publisher_add (publisher, HEAR, g_bytes_ref (hear));
  self->file->etag = g_strdup ("\"1\"");
  g_setenv ("HABLA_MODEL_CHECK", usable, TRUE);
  g_unsetenv ("HABLA_MODELS_TIMEOUT");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->folder);
  g_free (self->output);
  g_free (self->error);
}

/* Returns: (transfer full): the objects that `habla models list` prints, by id */
static GHashTable *
list (Fixture *self, const char *arguments)
{
  g_autofree char *line = g_strconcat ("models list --json", arguments, NULL);
  GHashTable *table =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_node_unref);
  g_auto (GStrv) lines = NULL;

  expect (self, 0, line, NULL);
  lines = g_strsplit (self->output, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    JsonNode *node = json_from_string (lines[i], NULL);

    g_assert_nonnull (node);
    g_hash_table_insert (
        table, g_strdup (json_object_get_string_member (json_node_get_object (node), "id")), node);
  }
  return table;
}

static gboolean
is_installed (GHashTable *models, const char *id)
{
  JsonNode *node = g_hash_table_lookup (models, id);

  g_assert_nonnull (node);
  return json_object_get_boolean_member (json_node_get_object (node), "installed");
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) all = list (self, "");
  g_autoptr (GHashTable) both = list (self, " es en");
  g_autoptr (GHashTable) spanish = list (self, " es");
  g_autoptr (GHashTable) none = list (self, " --installed");

  g_assert_cmpuint (g_hash_table_size (all), ==, 7);
  g_assert_false (is_installed (all, "hear"));
  g_assert_cmpfloat (
      json_object_get_double_member (
          json_node_get_object (g_hash_table_lookup (all, "firefox-en-es-tiny")), "comet"),
      ==, 0.875);
  g_assert_cmpuint (g_hash_table_size (both), ==, 7);
  /* Not the English voice and "huge". */
  g_assert_cmpuint (g_hash_table_size (spanish), ==, 5);
  g_assert_cmpuint (g_hash_table_size (none), ==, 0);
  expect (self, 0, "models list en es", NULL);
  assert_says (self->output, "Hearing:\n");
  assert_says (self->output, "CC-BY-4.0      English, Spanish");
  assert_says (self->output, "English into Spanish, COMET 0.875\n");
  expect (self, 0, "models list --installed", NULL);
  assert_says (self->output, "habla setup en es");
}

static void
test_usage (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *line;
    const char *word;
  } rows[] = {
    { "models", "models list" },
    { "models boil", "boil" },
    { "models install", "needs an argument" },
    { "models remove --yes hear", "no option -y" },
    { "models list english", "english" },
    { "setup", "habla setup en es" },
    { "setup en x_y_z", "x_y_z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    expect (self, 64, rows[i].line, NULL);
    assert_says (self->error, rows[i].word);
  }
}

static void
test_install (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "hear", NULL);
  g_autofree char *first = g_strdup_printf ("%s\n", self->folder);
  g_autofree char *copy =
      g_build_filename (g_get_user_cache_dir (), "habla", "models", "firefox.json", NULL);
  g_autoptr (GHashTable) models = NULL;

  expect (self, 0, "models path", NULL);
  g_assert_cmpstr (self->output, ==, first);
  publisher_take_requests (publisher, FIREFOX_LIST);
  g_unlink (copy);
  expect (self, 0, "models install hear", NULL);
  g_assert_cmpuint (publisher_take_requests (publisher, FIREFOX_LIST), ==, 0);
  assert_says (self->output, "Installed hear (");
  /* There is no progress without a terminal. */
  g_assert_cmpstr (self->error, ==, "");
  assert_names (self, "hear vad");
  models = list (self, "");
  g_assert_true (is_installed (models, "hear"));
  /* Hearing needs it. */
  g_assert_true (is_installed (models, "vad"));
  g_assert_false (is_installed (models, "huge"));
  expect (self, 0, "models path hear", NULL);
  assert_says (self->output, path);
  expect (self, 69, "models path huge", NULL);
  expect (self, 0, "models install hear", NULL);
  g_assert_null (strstr (self->output, "vad"));
  assert_names (self, "hear vad");
}

/* `script` runs it in a terminal. */
static void
test_progress (Fixture *self, gconstpointer data)
{
  g_autofree char *command =
      g_strdup_printf ("%s models install hear", g_getenv ("HABLA_TEST_HABLA"));
  const char *const words[] = { "script", "-qec", command, "/dev/null", NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);

  if (process == NULL) {
    g_test_skip ("The program script is not installed");
    return;
  }
  g_assert_cmpint (finish (self, process, NULL), ==, 0);
  assert_says (self->output, "hear: downloading 100 % of ");
  assert_says (self->output, "hear: unpacking");
  assert_says (self->output, "\r\033[KInstalled hear (");
}

typedef struct {
  const char *line;
  const char *type; /* of the answer */
  guint http;       /* status of the answer */
  gboolean is_changed;
  gsize stall_after;
  int status;
  const char *word;
  const char *names;
} Fault;

static const Fault faults[] = {
  { "models install hear", NULL, 404, FALSE, 0, 69, "404", "vad" },
  { "models install hear", NULL, 503, FALSE, 0, 69, "later", "vad" },
  { "models install hear", "text/html", 0, FALSE, 0, 65, "login", "vad" },
  { "models install hear", NULL, 0, TRUE, 0, 65, "hash", "vad" },
  { "models install hear", NULL, 0, FALSE, 100000, 69, "check the network", ".hear.part vad" },
  { "models install huge", NULL, 0, FALSE, 0, 74, "make room", "" },
  { "models install vadd", NULL, 0, FALSE, 0, 69, "“vadd”", "" },
};

static void
test_faults (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) changed = models_test_make_noise (g_bytes_get_size (hear));

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    const Fault *fault = &faults[i];
    PublisherFile *file =
        publisher_add (publisher, HEAR, g_bytes_ref (fault->is_changed ? changed : hear));

    g_free (self->folder);
    self->folder = models_test_use_new_folder ();
    file->status = fault->http;
    file->stall_after = fault->stall_after;
    if (fault->type != NULL) {
      g_free (file->type);
      file->type = g_strdup (fault->type);
    }
    g_setenv ("HABLA_MODELS_TIMEOUT", fault->stall_after > 0 ? "1" : "30", TRUE);
    expect (self, fault->status, fault->line, NULL);
    assert_says (self->error, fault->word);
    g_assert_null (strstr (self->output, "Installed h"));
    assert_names (self, fault->names);
  }
}

/* The folder for models is a file. */
static void
test_folder (Fixture *self, gconstpointer data)
{
  models_test_write (self->folder, hear);
  expect (self, 73, "models install hear", NULL);
  assert_says (self->error, "HABLA_MODELS_PATH");
}

/* A second installation of the same model is refused; Ctrl-C ends the first one, and the next one
 * continues its download. */
static void
test_interrupt (Fixture *self, gconstpointer data)
{
  static const char *const words[] = { "models", "install", "hear", NULL };
  g_autoptr (GSubprocess) process = NULL;
  guint64 sent = 0;

  self->file->stall_after = 200000;
  self->file->n_faults = 1;
  publisher_take_sent (publisher);
  process = start (G_SUBPROCESS_FLAGS_NONE, words);
  while (sent < 200000) {
    g_main_context_iteration (NULL, FALSE);
    sent += publisher_take_sent (publisher);
    g_usleep (10000);
  }
  expect (self, 69, "models install hear", NULL);
  assert_says (self->error, "hear");
  g_subprocess_send_signal (process, SIGINT);
  g_assert_cmpint (finish (self, process, NULL), ==, 128 + SIGINT);
  assert_says (self->error, "is kept for the next time");
  assert_names (self, ".hear.part vad");

  publisher_take_sent (publisher);
  expect (self, 0, "models install hear", NULL);
  g_assert_cmpuint (publisher_take_sent (publisher), <, NOISE - 100000);
  assert_names (self, "hear vad");
}

static void
test_verify_and_remove (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "hear", "encoder.onnx", NULL);
  g_autoptr (GBytes) changed = g_bytes_new_static ("changed", 7);

  expect (self, 0, "models install hear vad", NULL);
  expect (self, 0, "models verify", NULL);
  assert_says (self->output, "hear is intact, and works\nvad is intact");
  models_test_write (path, changed);
  expect (self, 65, "models verify hear vad", NULL);
  assert_says (self->error, "/hear/encoder.onnx has changed");
  assert_says (self->output, "vad is intact");
  expect (self, 0, "models remove hear", NULL);
  g_assert_cmpstr (self->output, ==, "Removed hear\n");
  assert_names (self, "vad");
  expect (self, 69, "models remove hear vad", NULL);
  assert_says (self->error, "“hear” is not installed");
  assert_names (self, "");
  expect (self, 64, "models remove ../x", NULL);
}

/* A model that something else has put there. */
static void
test_verify_foreign (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "vad", "SHA256SUMS", NULL);

  expect (self, 0, "models install vad", NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  expect (self, 0, "models verify", NULL);
  assert_says (self->output, "vad was not installed by “habla models”; not verified");
  expect (self, 0, "models verify vad", NULL);
  g_assert_cmpstr (self->error, ==, "");
}

/* Without a network, and without lists from an earlier time. */
static void
test_offline (Fixture *self, gconstpointer data)
{
  const char *const words[] = { "setup", "--yes", "en", "es", NULL };
  g_autofree char *cache = g_build_filename (habla_test_get_dir (), "empty-cache", NULL);
  g_autofree char *home = g_strdup (g_getenv ("XDG_CACHE_HOME"));
  g_autofree char *mirror = g_strdup (g_getenv ("HABLA_MODELS_MIRROR"));
  g_autoptr (GSubprocess) process = NULL;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("HABLA_MODELS_MIRROR", "https://127.0.0.1:9/", TRUE);
  process = start (G_SUBPROCESS_FLAGS_NONE, words);
  g_assert_cmpint (finish (self, process, NULL), ==, 69);
  assert_says (self->error, "Firefox's translation models and of Piper's voices was not updated");
  assert_says (self->error, "lists of models could not be fetched");
  g_assert_null (strstr (self->error, "not known yet"));
  g_assert_null (strstr (self->output, "No model that fits"));
  g_assert_null (strstr (self->output, "habla setup"));
  if (has_element ("sherpatranscriber"))
    g_assert_true (g_str_has_suffix (self->error, "habla: Nothing was installed\n"));
  assert_says (self->output, "lists of models could not be fetched");
  if (home != NULL)
    g_setenv ("XDG_CACHE_HOME", home, TRUE);
  else
    g_unsetenv ("XDG_CACHE_HOME");
  g_setenv ("HABLA_MODELS_MIRROR", mirror, TRUE);
}

/* The real check: the engine cannot load noise. */
static void
test_unusable (Fixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) models = NULL;
  JsonNode *model;

  if (!has_element ("sherpatranscriber")) {
    g_test_skip ("sherpatranscriber is not built");
    return;
  }
  g_setenv ("HABLA_MODEL_CHECK", checker, TRUE);
  expect (self, 70, "models install hear", NULL);
  assert_says (self->error, "habla models remove hear");
  g_assert_null (strstr (self->output, "Installed hear"));
  models = list (self, " --installed");
  model = g_hash_table_lookup (models, "hear");
  g_assert_true (json_object_has_member (json_node_get_object (model), "unusable"));
  expect (self, 0, "models list --installed", NULL);
  assert_says (self->output, "unusable");
  expect (self, 70, "models verify", NULL);
  g_assert_null (strstr (self->error, "failed its check"));
  g_setenv ("HABLA_MODEL_CHECK", usable, TRUE);
  expect (self, 0, "models verify", NULL);
  expect (self, 0, "models list --installed", NULL);
  g_assert_null (strstr (self->output, "unusable"));
}

/* Real models pass the real check; Whisper only where voice activity is installed. */
static void
test_real (Fixture *self, gconstpointer data)
{
  g_autofree char *whisper = habla_test_use_models ("whisper-tiny.en");
  g_autofree char *silero = habla_test_use_models ("silero-vad");
  g_autofree char *first = g_strdup_printf ("models import %s", whisper);
  g_autofree char *second = g_strdup_printf ("models import %s", silero);

  if (whisper == NULL || silero == NULL || !has_element ("sherpatranscriber")) {
    g_test_skip ("Whisper or Silero is not installed");
    return;
  }
  g_free (self->folder);
  self->folder = models_test_use_new_folder ();
  g_setenv ("HABLA_MODEL_CHECK", checker, TRUE);
  expect (self, 0, first, NULL);
  assert_says (self->error, "habla models install silero-vad");
  expect (self, 0, second, NULL);
  assert_names (self, "silero-vad whisper-tiny.en");
  expect (self, 0, "models verify whisper-tiny.en", NULL);
  g_assert_cmpstr (self->output, ==, "whisper-tiny.en is intact, and works\n");
  expect (self, 0, "languages en", NULL);
  assert_says (self->output, "sherpatranscriber (whisper-tiny.en)");
}

/* From a file with its original name, without a network. */
static void
test_import (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "hear.tar.bz2", NULL);
  g_autofree char *other = g_build_filename (habla_test_get_dir (), "other.tar", NULL);
  g_autofree char *line = g_strdup_printf ("models import %s", path);
  g_autofree char *bad = g_strdup_printf ("models import %s", other);
  g_autofree char *folder = NULL;
  g_autoptr (GBytes) half = g_bytes_new_from_bytes (hear, 0, NOISE / 2);

  models_test_write (path, hear);
  publisher_take_requests (publisher, HEAR);
  expect (self, 0, line, NULL);
  /* The lists of publishers that are not known do not matter. */
  g_assert_cmpstr (self->error, ==, "");
  assert_names (self, "hear");
  /* Again from the installed model. */
  folder = g_strdup_printf ("models import %s/hear", self->folder);
  g_free (self->folder);
  self->folder = models_test_use_new_folder ();
  expect (self, 0, folder, NULL);
  assert_names (self, "hear");
  g_assert_cmpuint (publisher_take_requests (publisher, HEAR), ==, 0);

  models_test_write (other, hear);
  expect (self, 69, bad, NULL);
  assert_says (self->error, "use its original name");
  models_test_write (other, half);
  expect (self, 65, bad, NULL);
  assert_says (self->error, "other.tar");
  expect (self, 66, "models import /nowhere.tar", NULL);
  assert_names (self, "hear");
}

/* The first languages of the setup are English and Spanish: a model that hears both, voice
 * activity, two translators, two voices. */
static void
test_setup (Fixture *self, gconstpointer data)
{
  if (!has_element ("sherpatranscriber") || !has_element ("mariantranslator")) {
    g_test_skip ("The neural engines are not built");
    return;
  }
  publisher_take_requests (publisher, HEAR);
  expect (self, 0, "setup en es", "n\n");
  assert_says (self->output, "hears English, Spanish");
  assert_says (self->output, "finds speech");
  assert_says (self->output, "translates English into Spanish");
  assert_says (self->output, "speaks Spanish");
  assert_says (self->output, "License of hear: Name the maker.");
  assert_says (self->output, "Install them? [Y/n] Nothing was installed.");
  assert_names (self, "");
  expect (self, 64, "setup en es", "");
  assert_says (self->error, "--yes");
  expect (self, 64, "setup en es", NULL);
  assert_names (self, "");
  g_assert_cmpuint (publisher_take_requests (publisher, HEAR), ==, 0);

  expect (self, 0, "setup en es", "yes\n");
  assert_names (
      self, "firefox-en-es-tiny firefox-es-en-tiny hear piper-en_US-a-low piper-es_ES-b-low vad");
  assert_says (self->output, "sherpatranscriber (hear)");
  assert_says (self->output, "mariantranslator (firefox-en-es-tiny)");
  assert_says (self->output, "sherpasynthesizer (piper-es_ES-b-low)");
  g_assert_null (strstr (self->output, "not the best"));
  /* Nothing is left to ask. */
  expect (self, 0, "setup en es", NULL);
  g_assert_null (strstr (self->output, "Install them?"));
  g_assert_cmpuint (publisher_take_requests (publisher, HEAR), ==, 1);
}

/* A language with a voice that has moved, and without a model that hears it. */
static void
test_setup_in_part (Fixture *self, gconstpointer data)
{
  PublisherFile *voice;

  if (!has_element ("sherpatranscriber") || !has_element ("mariantranslator")) {
    g_test_skip ("The neural engines are not built");
    return;
  }
  expect (self, 69, "setup --yes fr", NULL);
  assert_says (self->error, "French");
  voice = publisher_add (publisher, PIPER "a/es_ES-b-low.onnx", g_bytes_new_static ("x", 1));
  voice->status = 404;
  expect (self, 69, "models install --yes es", NULL);
  assert_says (self->error, "404");
  assert_names (self, "hear vad");
  publish_text (PIPER "a/es_ES-b-low.onnx", "weights");
}

#define PIPER_VOICE(key, code) \
  "\"" key "\":{\"key\":\"" key "\",\"language\":{\"code\":\"" code \
  "\"},\"quality\":\"low\",\"num_speakers\":1,\"files\":{\"a/" key \
  ".onnx\":{\"size_bytes\":7},\"a/" key ".onnx.json\":{}}}"
#define PIPER_CONFIG \
  "{\"audio\":{\"sample_rate\":22050},\"espeak\":{\"voice\":\"en-us\"},\"num_speakers\":1," \
  "\"language\":{\"name_english\":\"English\"},\"phoneme_id_map\":{\"_\":[0]}}"
#define FIREFOX_PAIR(from, to) \
  "\"" from "-" to "\":[{\"architecture\":\"tiny\",\"releaseStatus\":\"Release\"," \
  "\"sourceLanguage\":\"" from "\",\"targetLanguage\":\"" to "\",\"files\":{\"model\":{" \
  "\"path\":\"model.bin.gz\"},\"vocab\":{\"path\":\"vocab.spm.gz\"}}," \
  "\"metrics\":{\"flores200-plus\":{\"comet22\":0.875,\"bleu\":26.5}}}]"

static void
publish (void)
{
  g_autoptr (GBytes) words = g_bytes_new_static ("words", 5);
  g_autofree char *noise = g_strnfill (NOISE, ' ');
  g_autoptr (GRand) generator = g_rand_new_with_seed (17);
  g_autofree char *hash = NULL, *vad_hash = NULL, *text = NULL, *path = NULL;

  for (guint i = 0; i < NOISE; i++)
    noise[i] = g_rand_int_range (generator, 1, 255);
  hear = models_test_make_archive ("bzip2", "hear/encoder.onnx", noise, "hear/decoder.onnx",
      "weights", "hear/tokens.txt", "a 0\n", NULL);
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, hear);
  vad_hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, words);
  text = g_strdup_printf (CATALOGUE, g_bytes_get_size (hear), hash, vad_hash);
  path = g_build_filename (habla_test_get_dir (), "catalogue.json", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv ("HABLA_CATALOGUE", path, TRUE);
  publisher_add (publisher, VAD, g_bytes_ref (words));
  publish_text (FIREFOX_LIST, "{\"baseUrl\":\"" FIREFOX "\",\"models\":{" FIREFOX_PAIR (
                                  "en", "es") "," FIREFOX_PAIR ("es", "en") "}}");
  publisher_add (publisher, FIREFOX "model.bin.gz", models_test_gzip (hear));
  publisher_add (publisher, FIREFOX "vocab.spm.gz", models_test_gzip (words));
  publish_text (PIPER "voices.json",
      "{" PIPER_VOICE ("en_US-a-low", "en_US") "," PIPER_VOICE ("es_ES-b-low", "es_ES") "}");
  publish_text (PIPER "a/en_US-a-low.onnx", "weights");
  publish_text (PIPER "a/es_ES-b-low.onnx", "weights");
  publish_text (PIPER "a/en_US-a-low.onnx.json", PIPER_CONFIG);
  publish_text (PIPER "a/es_ES-b-low.onnx.json", PIPER_CONFIG);
}

int
main (int argc, char **argv)
{
  int status;

  habla_test_init (&argc, &argv);
  checker = g_strdup (g_getenv ("HABLA_MODEL_CHECK"));
  usable = models_test_make_script ("usable", "exit 0");
  publisher = publisher_new ();
  publish ();
#define ADD(name, function) \
  g_test_add ("/models-command/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("list", test_list);
  ADD ("usage", test_usage);
  ADD ("install", test_install);
  ADD ("progress", test_progress);
  ADD ("faults", test_faults);
  ADD ("folder", test_folder);
  ADD ("interrupt", test_interrupt);
  ADD ("verify-and-remove", test_verify_and_remove);
  ADD ("verify-foreign", test_verify_foreign);
  ADD ("offline", test_offline);
  ADD ("unusable", test_unusable);
  ADD ("real", test_real);
  ADD ("import", test_import);
  ADD ("setup", test_setup);
  ADD ("setup-in-part", test_setup_in_part);
  status = habla_test_run ();
  publisher_free (publisher);
  g_bytes_unref (hear);
  g_free (usable);
  g_free (checker);
  return status;
}
