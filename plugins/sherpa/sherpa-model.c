/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sherpa-model.h"

#include "onnx-file.h"
#include "token-table.h"

#include <habla/error.h>
#include <habla/model.h>

#include <glib/gstdio.h>
#include <string.h>

/* Upper bounds on hostile folders and metadata. */
#define MAX_FILES 1000
#define MAX_NUMBER 10000000
#define MAX_CACHE 5e6
#define MAX_LANGUAGES 1000

struct _HablaSherpaModel {
  gatomicrefcount ref_count;
  char *folder;
  char *key;
  const HablaSherpaArchitecture *architecture;
  GHashTable *files;    /* of role, to char* */
  GHashTable *outlines; /* of role, to HablaOnnxFile* */
  GStrv languages;
};

static HablaSherpaModel *
sherpa_model_new (const char *folder)
{
  HablaSherpaModel *self = g_new0 (HablaSherpaModel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->folder = g_canonicalize_filename (folder, NULL);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->outlines =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) habla_onnx_file_free);
  self->languages = g_new0 (char *, 1);
  return self;
}

HablaSherpaModel *
habla_sherpa_model_ref (HablaSherpaModel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
habla_sherpa_model_unref (HablaSherpaModel *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->folder);
  g_free (self->key);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->outlines);
  g_strfreev (self->languages);
  g_free (self);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer full) (nullable): names of the files in @folder, sorted */
static GPtrArray *
sherpa_model_list_files (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no folder of a model %s; install the model with “habla models install”", folder);
    return NULL;
  }
  while (names->len < MAX_FILES && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/* Publishers distribute some models with and without quantisation. */
static const char *
sherpa_model_match_file (GPtrArray *names, const char *pattern)
{
  const char *found = NULL;

  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];

    if (!g_pattern_match_simple (pattern, name))
      continue;
    if (strstr (name, ".int8.") != NULL)
      return name;
    if (found == NULL)
      found = name;
  }
  return found;
}

/* Returns: (nullable): the role for which there is no file */
static const HablaSherpaRole *
sherpa_model_match_files (
    HablaSherpaModel *self, const HablaSherpaArchitecture *architecture, GPtrArray *names)
{
  const HablaSherpaRole *missing = NULL;

  g_hash_table_remove_all (self->files);
  for (const HablaSherpaRole *role = architecture->roles; role->name != NULL; role++) {
    const char *name = sherpa_model_match_file (names, role->pattern);

    if (name != NULL)
      g_hash_table_insert (
          self->files, (gpointer) role->name, g_build_filename (self->folder, name, NULL));
    else if (missing == NULL)
      missing = role;
  }
  return missing;
}

/* Returns: (nullable): the outline of the file of @role */
static HablaOnnxFile *
sherpa_model_get_outline (HablaSherpaModel *self, const char *role, GError **error)
{
  HablaOnnxFile *outline = g_hash_table_lookup (self->outlines, role);
  const char *path = g_hash_table_lookup (self->files, role);

  if (outline == NULL && path != NULL) {
    outline = habla_onnx_file_open (path, error);
    if (outline != NULL)
      g_hash_table_insert (self->outlines, (gpointer) role, outline);
  }
  return outline;
}

static gboolean
matches_any (const char *patterns, const char *value)
{
  g_auto (GStrv) alternatives = g_strsplit (patterns, "|", -1);

  for (guint i = 0; value != NULL && alternatives[i] != NULL; i++)
    if (g_pattern_match_simple (alternatives[i], value))
      return TRUE;
  return FALSE;
}

/* Returns: whether the metadata of the first file are those of @architecture */
static gboolean
architecture_fits (const HablaSherpaArchitecture *architecture, const HablaOnnxFile *outline)
{
  if (architecture->model_types != NULL &&
      !matches_any (
          architecture->model_types, habla_onnx_file_get_metadata (outline, "model_type")))
    return FALSE;
  if (architecture->present != NULL &&
      habla_onnx_file_get_metadata (outline, architecture->present) == NULL)
    return FALSE;
  return architecture->absent == NULL ||
         habla_onnx_file_get_metadata (outline, architecture->absent) == NULL;
}

static gboolean
is_number (const char *text, gint64 minimum)
{
  gint64 value;

  return g_ascii_string_to_signed (text, 10, minimum, MAX_NUMBER, &value, NULL);
}

static gboolean
is_list (const char *text, char type)
{
  g_auto (GStrv) items = g_strsplit (text, ",", -1);

  for (guint i = 0; items[i] != NULL; i++) {
    char *item = g_strstrip (items[i]);
    char *end;

    if (type == 'v' && !is_number (item, 0))
      return FALSE;
    g_ascii_strtod (item, &end);
    if (*item == '\0' || *end != '\0')
      return FALSE;
  }
  return items[0] != NULL;
}

static gboolean
is_value (const char *text, char type)
{
  switch (type) {
  case '+':
    return is_number (text, 1);
  case '0':
    return is_number (text, 0);
  case 'v':
  case 'f':
    return is_list (text, type);
  default:
    return *text != '\0';
  }
}

/* @requirement: ROLE/KEY:TYPE */
static gboolean
sherpa_model_check_key (HablaSherpaModel *self, const char *requirement, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (requirement, "/:", 3);
  HablaOnnxFile *outline = sherpa_model_get_outline (self, parts[0], error);
  const char *value = outline != NULL ? habla_onnx_file_get_metadata (outline, parts[1]) : NULL;

  if (outline == NULL)
    return FALSE;
  if (value != NULL && is_value (value, parts[2][0]))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      value == NULL ? "The metadata of the model file %s has no %s; use a model that was made for "
                      "sherpa-onnx"
                    : "The metadata of the model file %s has an invalid %s; install the model "
                      "again",
      (const char *) g_hash_table_lookup (self->files, parts[0]), parts[1]);
  return FALSE;
}

/* The library allocates the caches of a stream at once. */
static gboolean
sherpa_model_check_cache (HablaSherpaModel *self, const char *name, GError **error)
{
  double size = 1;

  for (guint i = 1; i <= 3; i++) {
    g_autofree char *key = g_strdup_printf ("%s_dim%u", name, i);
    const char *value = habla_sherpa_model_get_metadata (self, key);

    size *= value != NULL ? g_ascii_strtod (value, NULL) : 1;
  }
  if (size <= MAX_CACHE)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "The metadata of the model in %s has a %s that is too large; install the model again",
      self->folder, name);
  return FALSE;
}

static gboolean
sherpa_model_check_tokens (HablaSherpaModel *self, GError **error)
{
  const HablaSherpaArchitecture *architecture = self->architecture;
  const char *path = habla_sherpa_model_get_file (self, "Tokens");
  const char *vocab_size = habla_sherpa_model_get_metadata (self, "vocab_size");
  guint n_tokens = 0;

  if (path == NULL)
    return TRUE;
  if (architecture->tokens_beyond >= 0 && vocab_size != NULL)
    n_tokens = g_ascii_strtoull (vocab_size, NULL, 10) + architecture->tokens_beyond;
  return habla_token_table_check (path, n_tokens, architecture->tokens, error);
}

/* Returns: whether @names begins with all of @wanted, which are separated by commas */
static gboolean
begins_with (const char *const *names, const char *wanted)
{
  g_auto (GStrv) parts = g_strsplit (wanted, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_strcmp0 (names[i], parts[i]) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
sherpa_model_check_tensors (HablaSherpaModel *self, GError **error)
{
  const char *role = self->architecture->roles[0].name;
  const HablaOnnxFile *outline = g_hash_table_lookup (self->outlines, role);
  const char *const *tensors = self->architecture->tensors;

  for (guint i = 0; tensors[i] != NULL; i++) {
    g_auto (GStrv) sides = g_strsplit (tensors[i], ">", 2);

    if (begins_with (habla_onnx_file_get_inputs (outline), sides[0]) &&
        begins_with (habla_onnx_file_get_outputs (outline), sides[1]))
      return TRUE;
  }
  if (tensors[0] == NULL)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "The model file %s is not a %s that sherpa-onnx knows; install the model again",
      (const char *) g_hash_table_lookup (self->files, role), self->architecture->name);
  return FALSE;
}

/* Checks all files of the architecture. */
static gboolean
sherpa_model_check (HablaSherpaModel *self, GError **error)
{
  const HablaSherpaArchitecture *architecture = self->architecture;

  for (const HablaSherpaRole *role = architecture->roles; role->name != NULL; role++)
    if (!g_str_equal (role->name, "Tokens") &&
        sherpa_model_get_outline (self, role->name, error) == NULL)
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (architecture->keys) && architecture->keys[i] != NULL; i++)
    if (!sherpa_model_check_key (self, architecture->keys[i], error))
      return FALSE;
  return sherpa_model_check_cache (self, "cache_last_channel", error) &&
         sherpa_model_check_cache (self, "cache_last_time", error) &&
         sherpa_model_check_tensors (self, error) && sherpa_model_check_tokens (self, error);
}

/* Tries one architecture. Sets @error if the folder has a damaged or incomplete model of it.
 * Returns: whether the folder has a model of @architecture */
static gboolean
sherpa_model_try (HablaSherpaModel *self, const HablaSherpaArchitecture *architecture,
    GPtrArray *names, GError **error)
{
  const HablaSherpaRole *missing = sherpa_model_match_files (self, architecture, names);
  const char *first = architecture->roles[0].name;
  HablaOnnxFile *outline;

  g_hash_table_remove_all (self->outlines);
  if (missing == architecture->roles || (missing != NULL && architecture->model_types == NULL))
    return FALSE;
  outline = sherpa_model_get_outline (self, first, error);
  if (outline == NULL || !architecture_fits (architecture, outline))
    return FALSE;
  if (missing == NULL)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "The model in %s lacks the file %s; install the model again", self->folder, missing->pattern);
  return FALSE;
}

/* Detects the architecture by the names of the files and the metadata of the first. */
static gboolean
sherpa_model_detect (HablaSherpaModel *self, const char *job, GError **error)
{
  g_autoptr (GPtrArray) names = sherpa_model_list_files (self->folder, error);
  g_autoptr (GError) problem = NULL;
  guint n_architectures;
  const HablaSherpaArchitecture *all = habla_sherpa_architectures_get (&n_architectures);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < n_architectures; i++) {
    if (!g_str_equal (all[i].job, job))
      continue;
    if (sherpa_model_try (self, &all[i], names, problem == NULL ? &problem : NULL)) {
      self->architecture = &all[i];
      return TRUE;
    }
  }
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "The folder %s has no %s for sherpa-onnx; choose the folder of an unpacked model, or see "
        "“habla models list”",
        self->folder, job);
  return FALSE;
}

/* Returns: (nullable): the first role of @architecture that @model has no file for */
static const HablaSherpaRole *
sherpa_model_take_files (
    HablaSherpaModel *self, const HablaSherpaArchitecture *architecture, HablaModel *model)
{
  g_hash_table_remove_all (self->files);
  for (const HablaSherpaRole *role = architecture->roles; role->name != NULL; role++) {
    const char *path = habla_model_get_file (model, role->name);

    if (path == NULL)
      return role;
    g_hash_table_insert (self->files, (gpointer) role->name, g_strdup (path));
  }
  return NULL;
}

/* Takes architecture and files from the description. */
static gboolean
sherpa_model_read (HablaSherpaModel *self, const char *job, GError **error)
{
  g_autoptr (HablaModel) model = habla_model_load (self->folder, error);
  const HablaSherpaRole *missing = NULL;
  guint n_architectures;
  const HablaSherpaArchitecture *all = habla_sherpa_architectures_get (&n_architectures);

  if (model == NULL)
    return FALSE;
  if (habla_model_get_unusable (model) != NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "The model %s failed its check (%s); install it again, or choose another one",
        habla_model_get_id (model), habla_model_get_unusable (model));
    return FALSE;
  }
  g_strfreev (self->languages);
  self->languages = g_strdupv ((char **) habla_model_get_languages (model));
  for (guint i = 0; i < n_architectures; i++) {
    if (!g_str_equal (all[i].job, job) ||
        !g_str_equal (all[i].name, habla_model_get_architecture (model)))
      continue;
    missing = sherpa_model_take_files (self, &all[i], model);
    if (missing == NULL) {
      self->architecture = &all[i];
      return TRUE;
    }
  }
  if (missing != NULL)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The description %s/" HABLA_MODEL_DESCRIPTION " names no file %s; install the model again",
        self->folder, missing->name);
  else
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The model %s is no %s of an architecture that Habla knows (%s); choose another one",
        self->folder, job, habla_model_get_architecture (model));
  return FALSE;
}

/* Publishers name the languages of some models in their metadata. */
static void
sherpa_model_detect_languages (HablaSherpaModel *self)
{
  const char *codes = habla_sherpa_model_get_metadata (self, "all_language_codes");

  if (g_str_equal (self->architecture->name, "whisper")) {
    gboolean is_english =
        g_strcmp0 (habla_sherpa_model_get_metadata (self, "is_multilingual"), "0") == 0;

    if (!is_english && codes == NULL)
      return;
    g_strfreev (self->languages);
    self->languages = g_strsplit (is_english ? "en" : codes, ",", MAX_LANGUAGES);
  } else if (g_str_equal (self->architecture->name, "nemo-canary")) {
    g_strfreev (self->languages);
    self->languages = g_strsplit ("en,es,de,fr", ",", -1);
  } else if (g_str_equal (self->architecture->name, "sense-voice")) {
    g_strfreev (self->languages);
    self->languages = g_strsplit ("zh,en,ja,ko,yue", ",", -1);
  }
}

/* An update of a model writes a new description in the same folder. */
static char *
make_key (const char *folder, const char *description)
{
  GStatBuf status = { 0 };

  if (g_stat (description, &status) != 0)
    return g_strdup (folder);
  return g_strdup_printf ("%s\n%" G_GINT64_FORMAT ".%09ld", folder, (gint64) status.st_mtim.tv_sec,
      status.st_mtim.tv_nsec);
}

HablaSherpaModel *
habla_sherpa_model_open (const char *folder, const char *job, GError **error)
{
  g_autoptr (HablaSherpaModel) self = sherpa_model_new (folder);
  g_autofree char *description = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  gboolean is_described = g_file_test (description, G_FILE_TEST_EXISTS);

  self->key = make_key (self->folder, description);
  if (!(is_described ? sherpa_model_read (self, job, error)
                     : sherpa_model_detect (self, job, error)) ||
      !sherpa_model_check (self, error))
    return NULL;
  if (!is_described)
    sherpa_model_detect_languages (self);
  return g_steal_pointer (&self);
}

const char *
habla_sherpa_model_get_folder (const HablaSherpaModel *self)
{
  return self->folder;
}

const char *
habla_sherpa_model_get_key (const HablaSherpaModel *self)
{
  return self->key;
}

const char *
habla_sherpa_model_get_architecture (const HablaSherpaModel *self)
{
  return self->architecture->name;
}

gboolean
habla_sherpa_model_is_streaming (const HablaSherpaModel *self)
{
  return self->architecture->streaming;
}

const char *
habla_sherpa_model_get_file (const HablaSherpaModel *self, const char *role)
{
  return g_hash_table_lookup (self->files, role);
}

const char *
habla_sherpa_model_get_metadata (const HablaSherpaModel *self, const char *key)
{
  const HablaOnnxFile *outline =
      g_hash_table_lookup (self->outlines, self->architecture->roles[0].name);

  return outline != NULL ? habla_onnx_file_get_metadata (outline, key) : NULL;
}

guint
habla_sherpa_model_get_n_symbols (const HablaSherpaModel *self)
{
  const HablaOnnxFile *outline =
      g_hash_table_lookup (self->outlines, self->architecture->roles[0].name);

  return outline != NULL ? habla_onnx_file_get_n_symbols (outline) : 0;
}

const char *const *
habla_sherpa_model_get_languages (const HablaSherpaModel *self)
{
  return (const char *const *) self->languages;
}
