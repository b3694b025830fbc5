/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models-test.h"

#include "habla-test.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_ARCHIVE (8 * 1024 * 1024)

static void
add_entry (struct archive *archive, const char *name, const char *contents)
{
  struct archive_entry *entry = archive_entry_new ();
  g_autofree char *path = g_strdup (name);
  char *last = path + strlen (path) - 1;
  char kind = *last;
  gsize size = strlen (contents);

  if (kind == '@' || kind == '#')
    *last = '\0';
  archive_entry_set_pathname (entry, path);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_filetype (entry, kind == '@' ? AE_IFLNK : AE_IFREG);
  if (kind == '@') {
    archive_entry_set_symlink (entry, contents);
    size = 0;
  } else if (kind == '#') {
    archive_entry_set_hardlink (entry, contents);
    size = 0;
  }
  archive_entry_set_size (entry, size);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  if (size > 0)
    g_assert_cmpint (archive_write_data (archive, contents, size), ==, size);
  archive_entry_free (entry);
}

GBytes *
models_test_make_archive (const char *filter, ...)
{
  struct archive *archive = archive_write_new ();
  char *buffer = g_malloc (MAX_ARCHIVE);
  const char *name;
  gsize used = 0;
  va_list files;

  archive_write_set_format_gnutar (archive);
  if (filter != NULL)
    g_assert_cmpint (archive_write_add_filter_by_name (archive, filter), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_open_memory (archive, buffer, MAX_ARCHIVE, &used), ==, ARCHIVE_OK);
  va_start (files, filter);
  while ((name = va_arg (files, const char *)) != NULL)
    add_entry (archive, name, va_arg (files, const char *));
  va_end (files);
  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  return g_bytes_new_take (g_realloc (buffer, used), used);
}

GBytes *
models_test_gzip (GBytes *data)
{
  g_autoptr (GConverter) compressor =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, compressor);

  g_output_stream_write_all (
      stream, g_bytes_get_data (data, NULL), g_bytes_get_size (data), NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

GBytes *
models_test_make_noise (gsize size)
{
  g_autoptr (GRand) generator = g_rand_new_with_seed (17);
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = g_rand_int (generator);
  return g_bytes_new_take (data, size);
}

HablaAvailableModel *
models_test_make_model (const char *id, HablaModelSourceKind kind, const char *url, GBytes *data)
{
  HablaAvailableModel *model = habla_available_model_new (id);
  HablaModelSource *source = habla_available_model_add_source (
      model, kind, url, kind == HABLA_MODEL_SOURCE_ARCHIVE ? NULL : "model.onnx");

  model->title = g_strdup (id);
  model->engine = g_strdup ("test");
  model->job = g_strdup (HABLA_MODEL_JOB_TRANSCRIBER);
  model->architecture = g_strdup ("test");
  g_strfreev (model->languages);
  model->languages = g_strsplit ("en", ",", -1);
  model->license = g_strdup ("MIT");
  model->quality = 50;
  g_hash_table_insert (model->files, g_strdup ("Model"), g_strdup ("model.onnx"));
  if (data != NULL && kind != HABLA_MODEL_SOURCE_GZIP) {
    source->size = g_bytes_get_size (data);
    source->hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, data);
  }
  return model;
}

static HablaModel *
wait_for_result (GAsyncResult **result, char **warning, GError **error)
{
  HablaModel *model;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  model = habla_install_finish (*result, warning, error);
  g_object_unref (*result);
  return model;
}

HablaModel *
models_test_install (
    HablaAvailableModel *model, const HablaInstallOptions *options, char **warning, GError **error)
{
  GAsyncResult *result = NULL;

  habla_install_async (model, options, NULL, habla_test_store_result, &result);
  return wait_for_result (&result, warning, error);
}

HablaModel *
models_test_import (
    const char *path, GPtrArray *models, const HablaInstallOptions *options, GError **error)
{
  GAsyncResult *result = NULL;

  habla_install_import_async (path, models, options, NULL, habla_test_store_result, &result);
  return wait_for_result (&result, NULL, error);
}

void
models_test_write (const char *path, GBytes *data)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  /* Without waiting for the disk; GLib 2.74 does not truncate the file then. */
  g_remove (path);
  g_file_set_contents_full (path, g_bytes_get_data (data, NULL), g_bytes_get_size (data),
      G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char **) a, *(char **) b);
}

char *
models_test_list (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

char *
models_test_use_new_folder (void)
{
  static guint count;
  char *folder = g_strdup_printf ("%s/models-%u", habla_test_get_dir (), ++count);

  g_setenv ("HABLA_MODELS_PATH", folder, TRUE);
  return folder;
}

char *
models_test_make_script (const char *name, const char *text)
{
  char *path = g_build_filename (habla_test_get_dir (), name, NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\n%s\n", text);

  g_assert_true (g_file_set_contents_full (path, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  return path;
}
