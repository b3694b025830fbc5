/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as an archive with a model: nothing beside its folder is written, and a
 * description that is accepted names only files in it. */
#include <glib/gstdio.h>
#include <models/install/model-folder.h>
#include <models/install/unpack.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static char *root;

static void
check_root (void)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_true (g_str_equal (name, "folder") || g_str_equal (name, "archive"));
}

static void
check_model (const char *folder)
{
  g_autoptr (HablaModel) model = habla_model_load (folder, NULL);
  g_autofree const char **roles = NULL;

  if (model == NULL)
    return;
  roles = habla_model_get_roles (model);
  for (guint i = 0; roles[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (habla_model_get_file (model, roles[i]), folder));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *archive = NULL;
  g_autofree char *folder = NULL;
  HablaUnpack request = { 0 };

  if (root == NULL)
    root = g_dir_make_tmp ("habla-fuzz-XXXXXX", NULL);
  archive = g_build_filename (root, "archive", NULL);
  folder = g_build_filename (root, "folder", NULL);
  g_remove (archive);
  g_assert_true (g_file_set_contents_full (
      archive, (const char *) data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  request = (HablaUnpack){ .archive = archive, .folder = folder };
  if (habla_unpack_archive (&request, NULL, NULL))
    check_model (folder);
  check_root ();
  g_assert_true (habla_model_folder_delete (folder));
  return 0;
}
