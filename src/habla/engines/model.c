/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/model.h"

#include "habla/error.h"
#include "habla/language.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP_MODEL "Model"
#define GROUP_FILES "Files"
#define GROUP_SIZES "Sizes"
#define GROUP_SETTINGS "Settings"

#define MAX_ID 128
#define MAX_TOKEN 64
#define MAX_TEXT 512
#define MAX_LANGUAGES 256
#define MAX_KEYS 64
#define MAX_QUALITY 100

struct _HablaModel {
  char *path;
  char *id;
  char *engine;
  char *job;
  char *architecture;
  char *license;
  char *unusable;
  char **languages;
  guint quality;
  char **roles;
  GHashTable *files;    /* role → absolute path */
  GHashTable *settings; /* name → value */
};

G_DEFINE_BOXED_TYPE (HablaModel, habla_model, habla_model_ref, habla_model_unref)

static void
model_clear (gpointer data)
{
  HablaModel *self = data;

  g_free (self->path);
  g_free (self->id);
  g_free (self->engine);
  g_free (self->job);
  g_free (self->architecture);
  g_free (self->license);
  g_free (self->unusable);
  g_strfreev (self->languages);
  g_strfreev (self->roles);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->settings);
}

HablaModel *
habla_model_ref (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
habla_model_unref (HablaModel *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, model_clear);
}

static gboolean
model_fail (const char *folder, int code, const char *problem, GError **error)
{
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *start = g_utf8_make_valid (problem, MIN (strlen (problem), MAX_TEXT));

  g_set_error (error, HABLA_ERROR, code,
      "Model %s: %s; install it again with “habla models install”", shown, start);
  return FALSE;
}

/* Returns: (transfer full): @relative below @folder without symbolic links, if it is inside */
static char *
model_resolve (const char *folder, const char *relative, GError **error)
{
  g_autofree char *joined = g_build_filename (folder, relative, NULL);
  char *real_folder = realpath (folder, NULL);
  char *real = realpath (joined, NULL);
  g_autofree char *result = g_strdup (real);
  gsize length = real_folder != NULL ? strlen (real_folder) : 0;
  gboolean is_inside = real != NULL && real_folder != NULL &&
                       strncmp (real, real_folder, length) == 0 && real[length] == '/';
  g_autofree char *problem = NULL;

  free (real_folder);
  free (real);
  if (is_inside)
    return g_steal_pointer (&result);
  problem = g_strdup_printf (
      result == NULL ? "“%s” is missing" : "“%s” is outside of the folder", relative);
  model_fail (
      folder, result == NULL ? HABLA_ERROR_NOT_INSTALLED : HABLA_ERROR_INPUT, problem, error);
  return NULL;
}

/* Returns: (transfer full): at most %HABLA_MODEL_MAX_DESCRIPTION bytes and a NUL */
static char *
model_read_description (const char *folder, gsize *length, GError **error)
{
  g_autofree char *path = model_resolve (folder, HABLA_MODEL_DESCRIPTION, error);
  g_autofree char *text = g_malloc (HABLA_MODEL_MAX_DESCRIPTION + 2);
  gsize size = 0;
  gssize n = 0;
  struct stat status;
  int fd;

  if (path == NULL)
    return NULL;
  fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    model_fail (folder, HABLA_ERROR_INPUT, g_strerror (errno), error);
    return NULL;
  }
  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode)) {
    close (fd);
    model_fail (folder, HABLA_ERROR_INPUT, HABLA_MODEL_DESCRIPTION " is not a regular file", error);
    return NULL;
  }
  do {
    n = read (fd, text + size, HABLA_MODEL_MAX_DESCRIPTION + 1 - size);
    size += MAX (n, 0);
  } while (n > 0 || (n < 0 && errno == EINTR));
  close (fd);
  if (n < 0 || size > HABLA_MODEL_MAX_DESCRIPTION || !g_utf8_validate (text, size, NULL)) {
    model_fail (folder, HABLA_ERROR_INPUT,
        HABLA_MODEL_DESCRIPTION " is unreadable, too large or not UTF-8", error);
    return NULL;
  }
  text[size] = '\0';
  *length = size;
  return g_steal_pointer (&text);
}

static gboolean
name_is_valid (const char *name, gsize max_length)
{
  if (!g_ascii_isalnum (*name) || strlen (name) > max_length)
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && strchr ("._+-", *name) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
text_is_valid (const char *text)
{
  if (strlen (text) > MAX_TEXT)
    return FALSE;
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return FALSE;
  return TRUE;
}

static gboolean
model_take_name (
    HablaModel *self, GKeyFile *description, const char *key, char **value, GError **error)
{
  g_autofree char *problem = NULL;

  *value = g_key_file_get_string (description, GROUP_MODEL, key, NULL);
  if (*value != NULL && name_is_valid (*value, g_str_equal (key, "Id") ? MAX_ID : MAX_TOKEN))
    return TRUE;
  problem = g_strdup_printf (
      HABLA_MODEL_DESCRIPTION " has no valid “%s” in the group “" GROUP_MODEL "”", key);
  return model_fail (self->path, HABLA_ERROR_INPUT, problem, error);
}

/* Returns: (transfer full): "en" or "en>es" in normal form */
static char *
language_or_pair_normalize (const char *language, GError **error)
{
  g_auto (GStrv) sides = g_strsplit (language, ">", 3);
  g_autofree char *source = NULL, *target = NULL;

  source = habla_language_normalize (sides[0] != NULL ? g_strstrip (sides[0]) : "", error);
  if (source == NULL || sides[1] == NULL)
    return g_steal_pointer (&source);
  /* A third side is an empty or a malformed code. */
  target = habla_language_normalize (sides[2] == NULL ? g_strstrip (sides[1]) : language, error);
  return target != NULL ? g_strconcat (source, ">", target, NULL) : NULL;
}

static gboolean
model_take_languages (HablaModel *self, GKeyFile *description, GError **error)
{
  gsize n = 0;

  self->languages = g_key_file_get_string_list (description, GROUP_MODEL, "Languages", &n, NULL);
  if (self->languages == NULL)
    self->languages = g_new0 (char *, 1);
  if (n > MAX_LANGUAGES)
    return model_fail (self->path, HABLA_ERROR_INPUT, "it has more than 256 languages", error);
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GError) problem = NULL;
    char *language = language_or_pair_normalize (self->languages[i], &problem);

    if (language == NULL)
      return model_fail (self->path, HABLA_ERROR_INPUT, problem->message, error);
    g_free (self->languages[i]);
    self->languages[i] = language;
  }
  return TRUE;
}

static gboolean
model_take_quality (HablaModel *self, GKeyFile *description, GError **error)
{
  g_autofree char *text = g_key_file_get_string (description, GROUP_MODEL, "Quality", NULL);
  guint64 quality = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, MAX_QUALITY, &quality, NULL))
    return model_fail (
        self->path, HABLA_ERROR_INPUT, "its “Quality” is not a number from 0 to 100", error);
  self->quality = quality;
  return TRUE;
}

static gboolean
model_take_texts (HablaModel *self, GKeyFile *description, GError **error)
{
  self->license = g_key_file_get_string (description, GROUP_MODEL, "License", NULL);
  self->unusable = g_key_file_get_string (description, GROUP_MODEL, "Unusable", NULL);
  if ((self->license == NULL || text_is_valid (self->license)) &&
      (self->unusable == NULL || text_is_valid (self->unusable)))
    return TRUE;
  return model_fail (self->path, HABLA_ERROR_INPUT,
      "its “License” or “Unusable” is too long or contains control characters", error);
}

static gboolean
relative_path_is_valid (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  return *path != '\0' && *path != '/' && text_is_valid (path) &&
         !g_strv_contains ((const char *const *) parts, "..");
}

static gboolean
model_take_file (HablaModel *self, GKeyFile *description, const char *role, GError **error)
{
  g_autofree char *relative = g_key_file_get_string (description, GROUP_FILES, role, NULL);
  g_autofree char *problem = NULL;
  char *path;

  if (relative == NULL || !name_is_valid (role, MAX_TOKEN) || !relative_path_is_valid (relative)) {
    g_autofree char *start = g_utf8_substring (role, 0, MIN (g_utf8_strlen (role, -1), MAX_TOKEN));

    problem = g_strdup_printf ("the file “%s” has no relative path inside the folder", start);
    return model_fail (self->path, HABLA_ERROR_INPUT, problem, error);
  }
  path = model_resolve (self->path, relative, error);
  if (path == NULL)
    return FALSE;
  g_hash_table_insert (self->files, g_strdup (role), path);
  return TRUE;
}

static gboolean
model_take_files (HablaModel *self, GKeyFile *description, GError **error)
{
  gsize n = 0;

  self->roles = g_key_file_get_keys (description, GROUP_FILES, &n, NULL);
  if (self->roles == NULL)
    self->roles = g_new0 (char *, 1);
  if (n > MAX_KEYS)
    return model_fail (self->path, HABLA_ERROR_INPUT, "it names more than 64 files", error);
  for (gsize i = 0; i < n; i++)
    if (!model_take_file (self, description, self->roles[i], error))
      return FALSE;
  return TRUE;
}

/* A file that is cut short or longer makes the model unusable: libraries load some of these, and
 * then hear or speak nonsense. */
static void
model_check_size (HablaModel *self, GKeyFile *description, const char *role)
{
  const char *path = g_hash_table_lookup (self->files, role);
  guint64 size = g_key_file_get_uint64 (description, GROUP_SIZES, role, NULL);
  g_autofree char *name = g_path_get_basename (path);
  struct stat status;

  if (size == 0 || stat (path, &status) != 0 || !S_ISREG (status.st_mode) ||
      (guint64) status.st_size == size || self->unusable != NULL)
    return;
  self->unusable = g_strdup_printf ("%s is damaged: it has %" G_GINT64_FORMAT
                                    " bytes instead of %" G_GUINT64_FORMAT,
      name, (gint64) status.st_size, size);
}

static void
model_check_sizes (HablaModel *self, GKeyFile *description)
{
  for (guint i = 0; self->roles[i] != NULL; i++)
    model_check_size (self, description, self->roles[i]);
}

static gboolean
model_take_settings (HablaModel *self, GKeyFile *description, GError **error)
{
  gsize n = 0;
  g_auto (GStrv) names = g_key_file_get_keys (description, GROUP_SETTINGS, &n, NULL);

  for (gsize i = 0; i < n; i++) {
    g_autofree char *value = g_key_file_get_string (description, GROUP_SETTINGS, names[i], NULL);

    if (n > MAX_KEYS || value == NULL || !text_is_valid (value))
      return model_fail (self->path, HABLA_ERROR_INPUT,
          "it has too many settings, or one that is too long or contains control characters",
          error);
    g_hash_table_insert (self->settings, g_strdup (names[i]), g_steal_pointer (&value));
  }
  return TRUE;
}

static gboolean
model_take_description (HablaModel *self, GKeyFile *description, GError **error)
{
  return model_take_name (self, description, "Id", &self->id, error) &&
         model_take_name (self, description, "Engine", &self->engine, error) &&
         model_take_name (self, description, "Job", &self->job, error) &&
         model_take_name (self, description, "Architecture", &self->architecture, error) &&
         model_take_languages (self, description, error) &&
         model_take_quality (self, description, error) &&
         model_take_texts (self, description, error) &&
         model_take_files (self, description, error) &&
         model_take_settings (self, description, error);
}

HablaModel *
habla_model_load (const char *folder, GError **error)
{
  g_autoptr (HablaModel) self = NULL;
  g_autoptr (GKeyFile) description = g_key_file_new ();
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (folder != NULL, NULL);

  text = model_read_description (folder, &length, error);
  if (text == NULL)
    return NULL;
  if (!g_key_file_load_from_data (description, text, length, G_KEY_FILE_NONE, &problem)) {
    model_fail (folder, HABLA_ERROR_INPUT, problem->message, error);
    return NULL;
  }

  self = g_atomic_rc_box_new0 (HablaModel);
  self->path = g_canonicalize_filename (folder, NULL);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!model_take_description (self, description, error))
    return NULL;
  model_check_sizes (self, description);
  return g_steal_pointer (&self);
}

const char *
habla_model_get_id (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

const char *
habla_model_get_path (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

const char *
habla_model_get_engine (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->engine;
}

const char *
habla_model_get_job (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->job;
}

const char *
habla_model_get_architecture (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->architecture;
}

const char *const *
habla_model_get_languages (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->languages;
}

guint
habla_model_get_quality (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->quality;
}

const char *
habla_model_get_license (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->license;
}

const char *
habla_model_get_unusable (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->unusable;
}

const char *
habla_model_get_file (HablaModel *self, const char *role)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (role != NULL, NULL);

  return g_hash_table_lookup (self->files, role);
}

const char **
habla_model_get_roles (HablaModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self->roles, (g_strv_length (self->roles) + 1) * sizeof *self->roles);
}

const char *
habla_model_get_setting (HablaModel *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->settings, name);
}
