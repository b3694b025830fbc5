/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the publishers for their registries. */
#include "habla-test.h"
#include "models-test.h"
#include "publisher.h"

#include <habla/error.h>
#include <models/catalogue.h>
#include <models/registry/catalogue-json.h>
#include <string.h>

#define FIREFOX \
  "https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data/db/" \
  "models.json"
#define PIPER "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json"

#define FIREFOX_TEXT(status) \
  "{\"baseUrl\":\"https://a.example\",\"models\":{\"en-es\":[{\"architecture\":\"tiny\"," \
  "\"releaseStatus\":\"" status \
  "\",\"sourceLanguage\":\"en\",\"targetLanguage\":\"es\",\"files\":{" \
  "\"model\":{\"path\":\"m\"},\"vocab\":{\"path\":\"v\"}}}]}}"
#define PIPER_TEXT \
  "{\"en_US-a-low\":{\"language\":{\"code\":\"en_US\"},\"quality\":\"low\",\"files\":{" \
  "\"a.onnx\":{},\"a.onnx.json\":{}}}}"

#define N_MUTATIONS 1000

static Publisher *publisher;

static HablaCatalogue *
load (HablaCatalogueUpdate update)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HablaCatalogue *catalogue;

  habla_catalogue_load_async (update, NULL, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  catalogue = habla_catalogue_load_finish (result, &error);
  g_assert_no_error (error);
  return catalogue;
}

static PublisherFile *
publish (const char *url, const char *text)
{
  PublisherFile *file = publisher_add (publisher, url, g_bytes_new (text, strlen (text)));

  g_free (file->type);
  file->type = g_strdup ("application/json");
  file->etag = g_strdup ("\"1\"");
  return file;
}

static void
assert_known (HablaCatalogue *catalogue, const char *warning)
{
  const char *const *warnings = habla_catalogue_get_warnings (catalogue);

  g_assert_nonnull (habla_catalogue_find (catalogue, "firefox-en-es-tiny"));
  g_assert_nonnull (habla_catalogue_find (catalogue, "piper-en_US-a-low"));
  g_assert_cmpuint (g_strv_length ((char **) warnings), ==, warning != NULL ? 1 : 0);
  if (warning != NULL) {
    g_test_message ("%s", warnings[0]);
    g_assert_nonnull (strstr (warnings[0], "Firefox"));
    g_assert_nonnull (strstr (warnings[0], warning));
  }
}

/* A copy of today is not asked for, one that has not changed is not sent again. */
static void
test_changes (void)
{
  g_autoptr (HablaCatalogue) first = NULL;
  g_autoptr (HablaCatalogue) second = NULL;
  g_autoptr (HablaCatalogue) third = NULL;
  g_autoptr (HablaCatalogue) fourth = NULL;
  PublisherFile *file;

  publish (FIREFOX, FIREFOX_TEXT ("Release"));
  publish (PIPER, PIPER_TEXT);
  first = load (HABLA_CATALOGUE_IF_OLD);
  assert_known (first, NULL);
  g_assert_cmpuint (publisher_take_sent (publisher), >, 0);
  g_assert_cmpuint (publisher_take_requests (publisher, FIREFOX), ==, 1);

  second = load (HABLA_CATALOGUE_IF_OLD);
  assert_known (second, NULL);
  g_assert_cmpuint (publisher_take_requests (publisher, FIREFOX), ==, 0);

  third = load (HABLA_CATALOGUE_ALWAYS);
  assert_known (third, NULL);
  g_assert_cmpuint (publisher_take_requests (publisher, FIREFOX), ==, 1);
  g_assert_cmpuint (publisher_take_sent (publisher), ==, 0);

  file = publish (FIREFOX, FIREFOX_TEXT ("Nightly"));
  g_free (file->etag);
  file->etag = g_strdup ("\"2\"");
  fourth = load (HABLA_CATALOGUE_ALWAYS);
  g_assert_null (habla_catalogue_find (fourth, "firefox-en-es-tiny"));
}

/* The old copy stays if the publisher has nothing better. */
static void
test_faults (void)
{
  g_autofree char *large = g_strnfill (HABLA_CATALOGUE_MAX_SIZE + 1, ' ');
  static const char *const warnings[] = { "web page", "no list of models", "404", "too large" };
  g_autoptr (HablaCatalogue) before = NULL;

  publish (PIPER, PIPER_TEXT);
  publish (FIREFOX, FIREFOX_TEXT ("Release"));
  before = load (HABLA_CATALOGUE_ALWAYS);
  assert_known (before, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (warnings); i++) {
    g_autoptr (HablaCatalogue) catalogue = NULL;
    PublisherFile *file = publish (FIREFOX, i == 3 ? large : "<html></html>");

    g_free (file->etag);
    file->etag = g_strdup ("\"3\"");
    if (i == 0) {
      g_free (file->type);
      file->type = g_strdup ("text/html");
    }
    file->status = i == 2 ? 404 : 0;
    catalogue = load (HABLA_CATALOGUE_ALWAYS);
    assert_known (catalogue, warnings[i]);
  }
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  PublisherFile *file = publish (FIREFOX, FIREFOX_TEXT ("Release"));

  g_free (file->etag);
  file->etag = g_strdup ("\"4\"");
  file->stall_after = 1;
  g_timeout_add (200, cancel, cancellable);
  habla_catalogue_load_async (
      HABLA_CATALOGUE_ALWAYS, cancellable, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (habla_catalogue_load_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

typedef gboolean (*Read) (JsonObject *root, GPtrArray *models, GError **error);

/* Words of the registries, and others that a hostile one may use in their place. */
static const char *const words[] = { "../", "\\u0000", "null", "[]", "{}", "-1", "1e999",
  "99999999999999999999", "\"\"", "http:", "file:", "//", "%2e%2e", "en>es", "\xc3", ">" };

static char *
mutate (GRand *generator, const char *original)
{
  g_autoptr (GString) text = g_string_new (original);
  guint n = g_rand_int_range (generator, 1, 6);

  for (guint i = 0; i < n; i++) {
    gsize at = g_rand_int_range (generator, 0, text->len);

    if (g_rand_boolean (generator))
      text->str[at] = g_rand_int_range (generator, 1, 256);
    else
      g_string_overwrite (text, MIN (at, text->len - 1),
          words[g_rand_int_range (generator, 0, G_N_ELEMENTS (words))]);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_harmless (GPtrArray *models)
{
  for (guint i = 0; i < models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (models, i);

    g_assert_null (strpbrk (model->id, "/\\ \n"));
    for (guint j = 0; j < model->sources->len; j++) {
      const HablaModelSource *source = g_ptr_array_index (model->sources, j);

      g_assert_true (g_str_has_prefix (source->url, "https://"));
      if (source->path != NULL)
        g_assert_true (*source->path != '/' && strstr (source->path, "..") == NULL);
    }
  }
}

static void
test_mutations (void)
{
  g_autoptr (GRand) generator = g_rand_new_with_seed (5);
  g_autofree char *own = NULL;
  const char *texts[3] = { FIREFOX_TEXT ("Release"), PIPER_TEXT, NULL };
  const Read readers[] = { habla_registry_read_firefox, habla_registry_read_piper,
    habla_catalogue_json_read };
  guint n_models = 0;

  g_assert_true (g_file_get_contents (g_getenv ("HABLA_CATALOGUE"), &own, NULL, NULL));
  texts[2] = own;
  for (guint i = 0; i < MAX (habla_test_repeat (N_MUTATIONS), 50); i++) {
    g_autofree char *text = mutate (generator, texts[i % 3]);
    g_autoptr (GPtrArray) models =
        g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
    g_autoptr (JsonObject) root = habla_catalogue_json_parse (text, strlen (text), NULL);

    if (root == NULL)
      continue;
    readers[i % 3](root, models, NULL);
    assert_harmless (models);
    n_models += models->len;
  }
  g_test_message ("%u models were accepted", n_models);
}

int
main (int argc, char **argv)
{
  int status;

  habla_test_init (&argc, &argv);
  publisher = publisher_new ();
  g_test_add_func ("/catalogue-update/changes", test_changes);
  g_test_add_func ("/catalogue-update/faults", test_faults);
  g_test_add_func ("/catalogue-update/cancel", test_cancel);
  g_test_add_func ("/catalogue-update/mutations", test_mutations);
  status = habla_test_run ();
  publisher_free (publisher);
  return status;
}
