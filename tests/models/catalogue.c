/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <models/catalogue.h>
#include <models/registry/catalogue-json.h>
#include <models/registry/github-release.h>
#include <string.h>

#define SHA256 "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
#define MD5 "0123456789abcdef0123456789abcdef"

#define FIREFOX_FILES \
  "\"files\":{\"model\":{\"path\":\"models/en-es/model.bin.gz\",\"uncompressedSize\":17000000," \
  "\"uncompressedHash\":\"" SHA256 \
  "\"},\"lexicalShortlist\":{\"path\":\"models/en-es/lex.bin.gz\"}," \
  "\"vocab\":{\"path\":\"models/en-es/vocab.spm.gz\"}}"
#define FIREFOX_ENTRY(architecture, status, files) \
  "{\"architecture\":\"" architecture "\",\"releaseStatus\":\"" status \
  "\",\"sourceLanguage\":\"en\",\"targetLanguage\":\"es\"," files "}"
#define FIREFOX(base, entries) \
  "{\"generated\":\"2026\",\"baseUrl\":\"" base "\",\"models\":{\"en-es\":[" entries "]}}"

#define PIPER_FILE(name) "\"" name "\":{\"size_bytes\":1000,\"md5_digest\":\"" MD5 "\"}"
#define PIPER_VOICE(key, code, quality) \
  "\"" key "\":{\"key\":\"" key "\",\"language\":{\"code\":\"" code "\"},\"quality\":\"" quality \
  "\",\"num_speakers\":1,\"files\":{" PIPER_FILE ("a/" key ".onnx") "," PIPER_FILE ( \
      "a/" key ".onnx.json") "," PIPER_FILE ("a/MODEL_CARD") "," PIPER_FILE ("a/sample.mp3") "}}"

#define OWN(path, file) \
  "{\"version\":1,\"models\":[{\"id\":\"a\",\"title\":\"A\",\"engine\":\"a\",\"job\":\"a\"," \
  "\"architecture\":\"a\",\"languages\":[],\"license\":\"MIT\",\"sources\":[{\"url\":" \
  "\"https://a.example/a\",\"path\":\"" path "\"}],\"files\":{\"Model\":\"" file "\"}}]}"

typedef gboolean (*Read) (JsonObject *root, GPtrArray *models, GError **error);

static GPtrArray *
read_text (Read read, const char *text, GError **error)
{
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
  g_autoptr (JsonObject) root = habla_catalogue_json_parse (text, strlen (text), error);

  if (root != NULL)
    read (root, models, error);
  return models;
}

static const HablaModelSource *
get_source (HablaAvailableModel *model, guint i)
{
  g_assert_cmpuint (i, <, model->sources->len);
  return g_ptr_array_index (model->sources, i);
}

/* Each model of the published catalogue is accepted, has a license, and stands in order. */
static void
test_own (void)
{
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_file_get_contents (g_getenv ("HABLA_CATALOGUE"), &text, &length, &error);
  g_assert_no_error (error);
  root = habla_catalogue_json_parse (text, length, &error);
  g_assert_no_error (error);
  models = read_text (habla_catalogue_json_read, text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (models->len, >=, 12);
  g_assert_cmpuint (
      models->len, ==, json_array_get_length (json_object_get_array_member (root, "models")));
  for (guint i = 0; i < models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (models, i);

    g_assert_cmpuint (model->quality, >, 0);
    g_assert_cmpuint (model->download_size, >, 0);
    g_assert_cmpuint (model->memory, >, 0);
    g_assert_cmpuint (g_hash_table_size (model->files), >, 0);
    /* Whose hash is not pinned is asked for at GitHub. */
    g_assert_true (get_source (model, 0)->hash != NULL ||
                   habla_github_release_has (get_source (model, 0)->url));
    if (i > 0)
      g_assert_cmpstr (
          ((HablaAvailableModel *) g_ptr_array_index (models, i - 1))->id, <, model->id);
  }
}

/* The publisher's own figures are kept if they are possible. */
static void
test_firefox_quality (void)
{
  static const struct {
    const char *metrics;
    double comet;
    double bleu;
  } rows[] = {
    { "{\"flores200-plus\":{\"comet22\":0.8719,\"bleu\":39}}", 0.8719, 39 },
    { "{\"flores200-plus\":{\"comet22\":1,\"bleu\":38.5}}", 1, 38.5 },
    { "{\"flores200-plus\":{\"comet22\":1.5,\"bleu\":-1}}", 0, 0 },
    { "{\"flores200-plus\":{\"comet22\":\"0.9\",\"bleu\":null}}", 0, 0 },
    { "{\"flores200-plus\":{\"comet22\":[],\"bleu\":1e999}}", 0, 0 },
    { "{\"flores200-plus\":1}", 0, 0 },
    { "{\"other\":{\"comet22\":0.9}}", 0, 0 },
    { "[]", 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *files = g_strconcat (FIREFOX_FILES ",\"metrics\":", rows[i].metrics, NULL);
    g_autofree char *text = g_strconcat (
        "{\"baseUrl\":\"https://a.example\",\"models\":{\"en-es\":[{\"architecture\":\"tiny\","
        "\"releaseStatus\":\"Release\",\"sourceLanguage\":\"en\",\"targetLanguage\":\"es\",",
        files, "}]}}", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) models = read_text (habla_registry_read_firefox, text, &error);
    const HablaAvailableModel *model;

    g_assert_no_error (error);
    g_assert_cmpuint (models->len, ==, 1);
    model = g_ptr_array_index (models, 0);
    g_assert_cmpfloat (model->comet, ==, rows[i].comet);
    g_assert_cmpfloat (model->bleu, ==, rows[i].bleu);
  }
}

static void
test_firefox (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = read_text (habla_registry_read_firefox,
      FIREFOX ("https://models.example/data/",
          FIREFOX_ENTRY ("tiny", "Release", FIREFOX_FILES) "," FIREFOX_ENTRY (
              "base", "Nightly", FIREFOX_FILES) "," FIREFOX_ENTRY ("huge", "Release",
              FIREFOX_FILES) "," FIREFOX_ENTRY ("tiny", "Release", FIREFOX_FILES)),
      &error);
  HablaAvailableModel *model;

  g_assert_no_error (error);
  g_assert_cmpuint (models->len, ==, 1);
  model = g_ptr_array_index (models, 0);
  g_assert_cmpstr (model->id, ==, "firefox-en-es-tiny");
  g_assert_cmpstr (model->engine, ==, "marian");
  g_assert_cmpstr (model->job, ==, "translator");
  g_assert_cmpstr (model->languages[0], ==, "en>es");
  g_assert_cmpfloat (model->comet, ==, 0);
  g_assert_null (model->languages[1]);
  g_assert_cmpuint (model->sources->len, ==, 3);
  g_assert_cmpstr (
      get_source (model, 0)->url, ==, "https://models.example/data/models/en-es/model.bin.gz");
  g_assert_cmpint (get_source (model, 0)->kind, ==, HABLA_MODEL_SOURCE_GZIP);
  g_assert_cmpstr (get_source (model, 0)->hash, ==, SHA256);
  g_assert_cmpuint (get_source (model, 0)->unpacked_size, ==, 17000000);
  g_assert_cmpstr (g_hash_table_lookup (model->files, "Model"), ==, "model.bin");
  g_assert_cmpstr (g_hash_table_lookup (model->files, "Vocabulary"), ==, "vocab.spm");
  g_assert_cmpstr (g_hash_table_lookup (model->files, "Shortlist"), ==, "lex.bin");
}

static void
test_firefox_vocabularies (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = read_text (habla_registry_read_firefox,
      FIREFOX ("https://models.example",
          FIREFOX_ENTRY ("base", "Release",
              "\"files\":{\"model\":{\"path\":\"m.bin\"},\"srcVocab\":{\"path\":\"s.spm\"},"
              "\"trgVocab\":{\"path\":\"t.spm\"}}") "," FIREFOX_ENTRY ("tiny", "Release",
              "\"files\":{\"model\":{\"path\":\"m.bin\"},\"srcVocab\":{\"path\":\"s.spm\"}}")),
      &error);
  HablaAvailableModel *model;

  g_assert_no_error (error);
  g_assert_cmpuint (models->len, ==, 1);
  model = g_ptr_array_index (models, 0);
  g_assert_cmpint (get_source (model, 0)->kind, ==, HABLA_MODEL_SOURCE_FILE);
  g_assert_cmpstr (g_hash_table_lookup (model->files, "SourceVocabulary"), ==, "s.spm");
  g_assert_cmpstr (g_hash_table_lookup (model->files, "TargetVocabulary"), ==, "t.spm");
}

static void
test_piper (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = read_text (habla_registry_read_piper,
      "{" PIPER_VOICE ("en_US-joe-medium", "en_US", "medium") "," PIPER_VOICE (
          "pt_PT-tugão-medium", "pt_PT", "medium") "," PIPER_VOICE ("xx-new", "en_US", "best") "}",
      &error);
  HablaAvailableModel *model;

  g_assert_no_error (error);
  g_assert_cmpuint (models->len, ==, 2);
  model = g_ptr_array_index (models, 0);
  if (!g_str_equal (model->id, "piper-en_US-joe-medium"))
    model = g_ptr_array_index (models, 1);
  g_assert_cmpstr (model->id, ==, "piper-en_US-joe-medium");
  g_assert_cmpstr (model->languages[0], ==, "en-US");
  g_assert_true (model->is_piper);
  g_assert_cmpuint (model->download_size, ==, 3000);
  g_assert_cmpuint (model->sources->len, ==, 3);
  g_assert_cmpint (get_source (model, 0)->hash_type, ==, G_CHECKSUM_MD5);
  g_assert_cmpstr (g_hash_table_lookup (model->files, "Config"), ==, "en_US-joe-medium.onnx.json");
  g_assert_cmpstr (g_hash_table_lookup (model->files, "Tokens"), ==, "tokens.txt");
  model = g_ptr_array_index (models, model == g_ptr_array_index (models, 0) ? 1 : 0);
  g_assert_cmpstr (model->id, ==, "piper-pt_PT-tugao-medium");
  g_assert_nonnull (strstr (get_source (model, 0)->url, "/a/pt_PT-tug%C3%A3o-medium.onnx"));
}

static void
test_hostile (void)
{
  static const struct {
    Read read;
    const char *text;
  } cases[] = {
    { habla_catalogue_json_read, "{\"version\":2,\"models\":[]}" },
    { habla_catalogue_json_read, "{\"version\":1,\"models\":{}}" },
    { habla_registry_read_firefox, "{\"models\":{}}" },
    { habla_registry_read_firefox, "{\"baseUrl\":7,\"models\":{}}" },
    { habla_registry_read_piper, "{\"a\":[],\"b\":{\"files\":{}}}" },
  };
  static const struct {
    Read read;
    const char *text;
  } empty[] = {
    { habla_registry_read_firefox,
        FIREFOX ("HTTPS://models.example", FIREFOX_ENTRY ("tiny", "Release", FIREFOX_FILES)) },
    { habla_registry_read_firefox,
        FIREFOX ("http://models.example", FIREFOX_ENTRY ("tiny", "Release", FIREFOX_FILES)) },
    { habla_registry_read_firefox,
        FIREFOX ("https://a@models.example", FIREFOX_ENTRY ("tiny", "Release", FIREFOX_FILES)) },
    { habla_registry_read_firefox, FIREFOX ("https://a.example", "7,null,[]") },
    { habla_registry_read_firefox,
        FIREFOX ("https://a.example",
            FIREFOX_ENTRY ("tiny", "Release",
                "\"files\":{\"model\":{\"path\":\"../x\"},\"vocab\":{\"path\":\"v\"}}")) },
    { habla_registry_read_firefox,
        FIREFOX ("https://a.example",
            FIREFOX_ENTRY ("tiny", "Release",
                "\"files\":{\"model\":{\"path\":\"m\",\"uncompressedHash\":\"00\"},"
                "\"vocab\":{\"path\":\"v\"}}")) },
    { habla_registry_read_firefox,
        FIREFOX ("https://a.example",
            FIREFOX_ENTRY ("tiny", "Release",
                "\"files\":{\"model\":{\"path\":\"a/model.ini\"},\"vocab\":{\"path\":\"v\"}}")) },
    { habla_registry_read_piper, "{" PIPER_VOICE ("../../up", "en_US", "medium") "}" },
    { habla_registry_read_piper, "{" PIPER_VOICE ("a b", "en_US", "medium") "}" },
    { habla_registry_read_piper, "{" PIPER_VOICE ("good", "not a language", "medium") "}" },
    { habla_catalogue_json_read, OWN ("../a", "a") },
    { habla_catalogue_json_read, OWN ("a", "../a") },
    { habla_catalogue_json_read, OWN ("a/./b", "a") },
    { habla_catalogue_json_read, OWN ("/a", "a") },
    { habla_catalogue_json_read,
        "{\"version\":1,\"models\":[7,{},{\"id\":\"a\",\"languages\":[{},[],null]}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) models = read_text (cases[i].read, cases[i].text, &error);

    g_assert_error (error, HABLA_ERROR, HABLA_ERROR_INPUT);
  }
  {
    g_autoptr (GPtrArray) models = read_text (habla_catalogue_json_read, OWN ("a", "a"), NULL);

    g_assert_cmpuint (models->len, ==, 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (empty); i++) {
    g_autoptr (GPtrArray) models = read_text (empty[i].read, empty[i].text, NULL);

    if (models->len > 0)
      g_error ("Accepted: %s", empty[i].text);
  }
}

static void
test_github (void)
{
  static const char text[] =
      "{\"assets\":[7,{},{\"name\":\"a.tar.bz2\",\"size\":5,\"digest\":\"sha256:" SHA256
      "\"},{\"name\":\"b.tar.bz2\",\"size\":-1,\"digest\":\"md5:00\"}]}";
  g_autoptr (JsonObject) root = habla_catalogue_json_parse (text, strlen (text), NULL);
  JsonArray *page = json_object_get_array_member (root, "assets");
  HablaGithubAsset asset;

  g_assert_true (habla_github_release_read_page (page, "a.tar.bz2", &asset));
  g_assert_cmpuint (asset.size, ==, 5);
  g_assert_cmpstr (asset.sha256, ==, SHA256);
  g_free (asset.sha256);
  g_assert_true (habla_github_release_read_page (page, "b.tar.bz2", &asset));
  g_assert_cmpuint (asset.size, ==, 0);
  g_assert_null (asset.sha256);
  g_assert_false (habla_github_release_read_page (page, "c.tar.bz2", &asset));
  g_assert_true (habla_github_release_has ("https://github.com/a/b/releases/download/t/f"));
  g_assert_false (habla_github_release_has ("https://github.com/a/b/raw/download/t/f"));
  g_assert_false (habla_github_release_has ("https://github.example/a/b/releases/download/t/f"));
}

/* Without a network, the catalogue has Habla's own models, what is kept of the registries, and says
 * which of them are missing. */
static void
test_offline (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "habla", "models", NULL);
  g_autofree char *path = g_build_filename (folder, "firefox.json", NULL);
  g_autoptr (HablaCatalogue) catalogue = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *models;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path,
      FIREFOX ("https://models.example", FIREFOX_ENTRY ("tiny", "Release", FIREFOX_FILES)), -1,
      NULL);
  habla_catalogue_load_async (HABLA_CATALOGUE_OFFLINE, NULL, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  catalogue = habla_catalogue_load_finish (result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (habla_catalogue_find (catalogue, "firefox-en-es-tiny"));
  g_assert_nonnull (habla_catalogue_find (catalogue, "silero-vad"));
  g_assert_null (habla_catalogue_find (catalogue, "other"));
  g_assert_cmpuint (g_strv_length ((char **) habla_catalogue_get_warnings (catalogue)), ==, 1);
  g_assert_nonnull (strstr (habla_catalogue_get_warnings (catalogue)[0], "Piper"));
  models = habla_catalogue_get_models (catalogue);
  for (guint i = 1; i < models->len; i++) {
    HablaAvailableModel *a = g_ptr_array_index (models, i - 1);
    HablaAvailableModel *b = g_ptr_array_index (models, i);

    g_assert_cmpstr (a->job, <=, b->job);
    if (g_str_equal (a->job, b->job))
      g_assert_cmpuint (a->quality, >=, b->quality);
  }
}

static void
test_languages (void)
{
  g_autoptr (HablaAvailableModel) model = habla_available_model_new ("a");

  g_strfreev (model->languages);
  model->languages = g_strsplit ("es-MX,en>fr", ",", -1);
  g_assert_true (habla_available_model_supports_language (model, "es"));
  g_assert_true (habla_available_model_supports_language (model, "es-MX"));
  g_assert_false (habla_available_model_supports_language (model, "es-ES"));
  g_assert_true (habla_available_model_supports_language (model, "en>fr"));
  g_assert_true (habla_available_model_supports_language (model, "en-US>fr"));
  g_assert_true (habla_available_model_supports_language (model, "fr"));
  g_assert_false (habla_available_model_supports_language (model, "fr>en"));
  g_assert_false (habla_available_model_supports_language (model, ""));
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/catalogue/own", test_own);
  g_test_add_func ("/catalogue/firefox", test_firefox);
  g_test_add_func ("/catalogue/firefox-quality", test_firefox_quality);
  g_test_add_func ("/catalogue/firefox-vocabularies", test_firefox_vocabularies);
  g_test_add_func ("/catalogue/piper", test_piper);
  g_test_add_func ("/catalogue/hostile", test_hostile);
  g_test_add_func ("/catalogue/github", test_github);
  g_test_add_func ("/catalogue/offline", test_offline);
  g_test_add_func ("/catalogue/languages", test_languages);
  return habla_test_run ();
}
