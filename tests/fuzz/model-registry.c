/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a list of models: the first byte chooses the publisher. What is accepted has
 * only `https` addresses, and paths inside of the folder of the model. */
#include <models/registry/catalogue-json.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_path (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  g_assert_true (*path != '/');
  g_assert_false (g_strv_contains ((const char *const *) parts, ".."));
}

static void
check_model (HablaAvailableModel *model)
{
  GHashTableIter iter;
  gpointer path;

  g_assert_null (strchr (model->id, '/'));
  g_assert_cmpint (*model->id, !=, '.');
  g_assert_cmpuint (model->quality, <=, 100);
  g_assert_cmpuint (model->sources->len, >, 0);
  for (guint i = 0; i < model->sources->len; i++) {
    const HablaModelSource *source = g_ptr_array_index (model->sources, i);

    g_assert_true (g_str_has_prefix (source->url, "https://"));
    if (source->path != NULL)
      check_path (source->path);
  }
  g_hash_table_iter_init (&iter, model->files);
  while (g_hash_table_iter_next (&iter, NULL, &path))
    check_path (path);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
  g_autofree char *text = g_malloc0 (size + 1);
  g_autoptr (JsonObject) root = NULL;

  if (size == 0)
    return 0;
  memcpy (text, data + 1, size - 1);
  root = habla_catalogue_json_parse (text, size - 1, NULL);
  if (root == NULL)
    return 0;
  if (data[0] % 3 == 0)
    habla_catalogue_json_read (root, models, NULL);
  else if (data[0] % 3 == 1)
    habla_registry_read_firefox (root, models, NULL);
  else
    habla_registry_read_piper (root, models, NULL);
  for (guint i = 0; i < models->len; i++)
    check_model (g_ptr_array_index (models, i));
  return 0;
}
