/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/install/model-folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>
#include <unistd.h>
#include <util/regular-file.h>

#define GROUP_MODEL "Model"
#define GROUP_FILES "Files"
#define GROUP_SIZES "Sizes"
#define GROUP_SETTINGS "Settings"

#define MAX_FILES 10000
#define MAX_LEVELS 5
#define MAX_REASON 400
#define MAX_HASHES_SIZE (4 * 1024 * 1024)
#define BUFFER_SIZE (256 * 1024)
#define HASH_LENGTH 64

gboolean
habla_model_folder_match (const char *pattern, const char *path)
{
  for (; *pattern != '\0'; pattern++, path++) {
    if (*pattern == '*') {
      do {
        if (habla_model_folder_match (pattern + 1, path))
          return TRUE;
      } while (*path != '/' && *path++ != '\0');
      return FALSE;
    }
    if (*pattern != *path)
      return FALSE;
  }
  return *path == '\0';
}

static void
list_folder (const char *folder, const char *prefix, guint level, GPtrArray *paths)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && paths->len < MAX_FILES && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *relative = g_strconcat (prefix, name, NULL);
    GStatBuf status;

    if (g_lstat (path, &status) != 0)
      continue;
    if (S_ISREG (status.st_mode)) {
      g_ptr_array_add (paths, g_steal_pointer (&relative));
    } else if (S_ISDIR (status.st_mode) && level + 1 < MAX_LEVELS) {
      g_autofree char *inner = g_strconcat (relative, "/", NULL);

      list_folder (path, inner, level + 1, paths);
    }
  }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char **) a, *(char **) b);
}

GPtrArray *
habla_model_folder_list (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  list_folder (folder, "", 0, paths);
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

gboolean
habla_model_folder_delete (const char *folder)
{
  GStatBuf status;

  if (g_lstat (folder, &status) != 0)
    return TRUE;
  if (S_ISDIR (status.st_mode)) {
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      habla_model_folder_delete (path);
    }
  }
  return g_remove (folder) == 0;
}

gboolean
habla_model_folder_copy_file (
    const char *path, const char *target, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) from = g_file_new_for_path (path);
  g_autoptr (GFile) to = g_file_new_for_path (target);

  if (!habla_regular_file_exists (path)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
        "%s is missing or not a regular file", path);
    return FALSE;
  }
  if (g_file_copy (from, to, G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_TARGET_DEFAULT_PERMS,
          cancellable, NULL, NULL, error))
    return TRUE;
  g_prefix_error (error, "%s cannot be copied; make room on this disk if it is full: ", path);
  return FALSE;
}

static const char *
find_file (GPtrArray *paths, const char *pattern)
{
  for (guint i = 0; i < paths->len; i++)
    if (habla_model_folder_match (pattern, g_ptr_array_index (paths, i)))
      return g_ptr_array_index (paths, i);
  return NULL;
}

static gboolean
describe_files (
    GKeyFile *description, const char *folder, HablaAvailableModel *model, GError **error)
{
  g_autoptr (GPtrArray) paths = habla_model_folder_list (folder);
  g_autoptr (GList) roles =
      g_list_sort (g_hash_table_get_keys (model->files), (GCompareFunc) strcmp);

  for (GList *role = roles; role != NULL; role = role->next) {
    const char *pattern = g_hash_table_lookup (model->files, role->data);
    const char *path = find_file (paths, pattern);

    if (path == NULL) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
          "Model “%s”: the download has no file “%s”; the publisher has changed it: update Habla",
          model->id, pattern);
      return FALSE;
    }
    g_key_file_set_string (description, GROUP_FILES, role->data, path);
  }
  return TRUE;
}

static void
describe_model (GKeyFile *description, HablaAvailableModel *model)
{
  const HablaModelSource *source = g_ptr_array_index (model->sources, 0);
  GHashTableIter iter;
  gpointer name, value;

  g_key_file_set_string (description, GROUP_MODEL, "Id", model->id);
  g_key_file_set_string (description, GROUP_MODEL, "Title", model->title);
  g_key_file_set_string (description, GROUP_MODEL, "Engine", model->engine);
  g_key_file_set_string (description, GROUP_MODEL, "Job", model->job);
  g_key_file_set_string (description, GROUP_MODEL, "Architecture", model->architecture);
  g_key_file_set_string_list (description, GROUP_MODEL, "Languages",
      (const char *const *) model->languages, g_strv_length (model->languages));
  g_key_file_set_integer (description, GROUP_MODEL, "Quality", model->quality);
  g_key_file_set_string (description, GROUP_MODEL, "License", model->license);
  if (model->license_note != NULL)
    g_key_file_set_string (description, GROUP_MODEL, "LicenseNote", model->license_note);
  g_key_file_set_string (description, GROUP_MODEL, "Source", source->url);

  g_hash_table_iter_init (&iter, model->settings);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_key_file_set_string (description, GROUP_SETTINGS, name, value);
}

static gboolean
save_description (GKeyFile *description, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);

  return g_key_file_save_to_file (description, path, error);
}

HablaModel *
habla_model_folder_describe (const char *folder, HablaAvailableModel *model, GError **error)
{
  g_autoptr (GKeyFile) description = g_key_file_new ();

  describe_model (description, model);
  if (!describe_files (description, folder, model, error) ||
      !save_description (description, folder, error))
    return NULL;
  return habla_model_load (folder, error);
}

static GKeyFile *
load_description (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  g_autoptr (GKeyFile) description = g_key_file_new ();

  return g_key_file_load_from_file (
             description, path, G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, error)
             ? g_steal_pointer (&description)
             : NULL;
}

gboolean
habla_model_folder_record_sizes (const char *folder, GError **error)
{
  g_autoptr (GKeyFile) description = load_description (folder, error);
  g_auto (GStrv) roles = NULL;

  if (description == NULL)
    return FALSE;
  g_key_file_remove_group (description, GROUP_SIZES, NULL);
  roles = g_key_file_get_keys (description, GROUP_FILES, NULL, NULL);
  for (guint i = 0; roles != NULL && roles[i] != NULL; i++) {
    g_autofree char *relative = g_key_file_get_string (description, GROUP_FILES, roles[i], NULL);
    g_autofree char *path = g_build_filename (folder, relative, NULL);
    GStatBuf status;

    if (relative != NULL && g_stat (path, &status) == 0 && S_ISREG (status.st_mode))
      g_key_file_set_uint64 (description, GROUP_SIZES, roles[i], status.st_size);
  }
  return save_description (description, folder, error);
}

gboolean
habla_model_folder_mark (const char *folder, const char *reason, GError **error)
{
  g_autoptr (GKeyFile) description = load_description (folder, error);

  if (description == NULL)
    return FALSE;
  if (reason == NULL) {
    if (!g_key_file_remove_key (description, GROUP_MODEL, "Unusable", NULL))
      return TRUE;
  } else {
    g_autofree char *valid = g_utf8_make_valid (reason, MIN (strlen (reason), MAX_REASON));

    for (char *c = valid; *c != '\0'; c++)
      if (g_ascii_iscntrl (*c))
        *c = ' ';
    g_key_file_set_string (description, GROUP_MODEL, "Unusable", valid);
  }
  return save_description (description, folder, error);
}

/* Returns: (transfer full) (nullable): the SHA-256 of a file, in hexadecimal */
static char *
hash_file (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  int fd = habla_regular_file_open (path, O_RDONLY, error);
  gssize n = -1;

  if (fd < 0)
    return NULL;
  while (!g_cancellable_is_cancelled (cancellable) && (n = read (fd, buffer, BUFFER_SIZE)) > 0)
    g_checksum_update (checksum, buffer, n);
  fsync (fd);
  close (fd);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (n < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be read", path);
    return NULL;
  }
  return g_strdup (g_checksum_get_string (checksum));
}

static gboolean
is_hashed (const char *path)
{
  return !g_str_equal (path, HABLA_MODEL_DESCRIPTION) &&
         !g_str_equal (path, HABLA_MODEL_FOLDER_HASHES);
}

gboolean
habla_model_folder_record_hashes (const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) paths = habla_model_folder_list (folder);
  g_autofree char *target = g_build_filename (folder, HABLA_MODEL_FOLDER_HASHES, NULL);
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < paths->len; i++) {
    const char *relative = g_ptr_array_index (paths, i);
    g_autofree char *path = g_build_filename (folder, relative, NULL);
    g_autofree char *hash = NULL;

    if (!is_hashed (relative))
      continue;
    hash = hash_file (path, cancellable, error);
    if (hash == NULL)
      return FALSE;
    g_string_append_printf (lines, "%s  %s\n", hash, relative);
  }
  return g_file_set_contents (target, lines->str, lines->len, error);
}

static gboolean
verify_line (const char *folder, const char *line, GCancellable *cancellable, GError **error)
{
  const char *relative = strlen (line) > HASH_LENGTH + 2 ? line + HASH_LENGTH + 2 : NULL;
  g_autofree char *path = NULL;
  g_autofree char *hash = NULL;

  if (relative == NULL || *relative == '/' || strstr (relative, "..") != NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "%s/" HABLA_MODEL_FOLDER_HASHES " is damaged; install the model again", folder);
    return FALSE;
  }
  path = g_build_filename (folder, relative, NULL);
  hash = hash_file (path, cancellable, error);
  if (hash == NULL)
    return FALSE;
  if (g_ascii_strncasecmp (hash, line, HASH_LENGTH) == 0)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "%s has changed since it was installed; install the model again", path);
  return FALSE;
}

gboolean
habla_model_folder_verify (const char *folder, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_build_filename (folder, HABLA_MODEL_FOLDER_HASHES, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!habla_regular_file_exists (path)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "%s is missing: the model was not installed by “habla models”, and cannot be verified",
        path);
    return FALSE;
  }
  text = habla_regular_file_read (path, MAX_HASHES_SIZE, NULL, error);
  if (text == NULL)
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !verify_line (folder, lines[i], cancellable, error))
      return FALSE;
  return TRUE;
}
