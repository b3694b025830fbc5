/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/available-model.h"

#include <gio/gio.h>
#include <habla/error.h>
#include <habla/language.h>
#include <habla/model.h>
#include <string.h>

#define MAX_ID 128
#define MAX_NAME 64
#define MAX_TEXT 512
#define MAX_URL 2048
#define MAX_LANGUAGES 256
#define MAX_PARTS 64
/* Upper bounds: more is a mistake, and sums of them must not overflow. */
#define MAX_SIZE (G_GUINT64_CONSTANT (1) << 40)

static void
source_free (gpointer data)
{
  HablaModelSource *self = data;

  g_free (self->url);
  g_free (self->path);
  g_free (self->hash);
  g_free (self);
}

HablaAvailableModel *
habla_available_model_new (const char *id)
{
  HablaAvailableModel *self = g_atomic_rc_box_new0 (HablaAvailableModel);

  self->id = g_strdup (id);
  self->languages = g_new0 (char *, 1);
  self->sources = g_ptr_array_new_with_free_func (source_free);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

HablaAvailableModel *
habla_available_model_ref (HablaAvailableModel *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
available_model_clear (gpointer data)
{
  HablaAvailableModel *self = data;

  g_free (self->id);
  g_free (self->title);
  g_free (self->engine);
  g_free (self->job);
  g_free (self->architecture);
  g_strfreev (self->languages);
  g_free (self->license);
  g_free (self->license_note);
  g_ptr_array_unref (self->sources);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->settings);
}

void
habla_available_model_unref (HablaAvailableModel *self)
{
  g_atomic_rc_box_release_full (self, available_model_clear);
}

HablaModelSource *
habla_available_model_add_source (
    HablaAvailableModel *self, HablaModelSourceKind kind, const char *url, const char *path)
{
  HablaModelSource *source = g_new0 (HablaModelSource, 1);

  source->kind = kind;
  source->url = g_strdup (url);
  source->path = g_strdup (path);
  source->hash_type = G_CHECKSUM_SHA256;
  g_ptr_array_add (self->sources, source);
  return source;
}

static gboolean
name_is_valid (const char *name, gsize max_length)
{
  if (name == NULL || !g_ascii_isalnum (*name) || strlen (name) > max_length)
    return FALSE;
  for (; *name != '\0'; name++)
    if (!g_ascii_isalnum (*name) && strchr ("._+-", *name) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
text_is_valid (const char *text, gsize max_length)
{
  if (text == NULL || strlen (text) > max_length)
    return FALSE;
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text))
      return FALSE;
  return TRUE;
}

static gboolean
path_is_valid (const char *path)
{
  g_auto (GStrv) parts = NULL;

  if (!text_is_valid (path, MAX_TEXT) || *path == '\0')
    return FALSE;
  parts = g_strsplit (path, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || *parts[i] == '.')
      return FALSE;
  return !g_str_equal (path, HABLA_MODEL_DESCRIPTION);
}

static gboolean
url_is_valid (const char *url)
{
  g_autoptr (GUri) uri = NULL;

  /* As the HTTP client checks it: in lower case. */
  if (!text_is_valid (url, MAX_URL) || !g_str_has_prefix (url, "https://"))
    return FALSE;
  uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0' &&
         g_uri_get_userinfo (uri) == NULL;
}

static gboolean
hash_is_valid (const HablaModelSource *source)
{
  gssize length = g_checksum_type_get_length (source->hash_type);

  if (source->hash == NULL)
    return TRUE;
  if (length < 0 || strlen (source->hash) != (gsize) length * 2)
    return FALSE;
  return strspn (source->hash, "0123456789abcdefABCDEF") == strlen (source->hash);
}

static gboolean
sources_are_valid (GPtrArray *sources)
{
  for (guint i = 0; i < sources->len; i++) {
    const HablaModelSource *source = g_ptr_array_index (sources, i);

    if (!url_is_valid (source->url) || !hash_is_valid (source) || source->size > MAX_SIZE ||
        source->unpacked_size > MAX_SIZE ||
        (source->kind != HABLA_MODEL_SOURCE_ARCHIVE && !path_is_valid (source->path)))
      return FALSE;
  }
  return sources->len > 0 && sources->len <= MAX_PARTS;
}

static gboolean
files_are_valid (GHashTable *files)
{
  GHashTableIter iter;
  gpointer role, path;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &role, &path))
    if (!name_is_valid (role, MAX_NAME) || !path_is_valid (path))
      return FALSE;
  return g_hash_table_size (files) <= MAX_PARTS;
}

static gboolean
settings_are_valid (GHashTable *settings)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, settings);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (!name_is_valid (name, MAX_NAME) || !text_is_valid (value, MAX_TEXT))
      return FALSE;
  return g_hash_table_size (settings) <= MAX_PARTS;
}

/* Normalizes the languages in their place. */
static gboolean
languages_are_valid (char **languages)
{
  for (guint i = 0; languages[i] != NULL; i++) {
    g_auto (GStrv) sides = g_strsplit (languages[i], ">", 2);
    g_autofree char *source = NULL, *target = NULL;

    source = habla_language_normalize (sides[0], NULL);
    if (sides[0] != NULL && sides[1] != NULL)
      target = habla_language_normalize (sides[1], NULL);
    if (i >= MAX_LANGUAGES || source == NULL || (sides[1] != NULL && target == NULL))
      return FALSE;
    g_free (languages[i]);
    languages[i] = target != NULL ? g_strconcat (source, ">", target, NULL) : g_strdup (source);
  }
  return TRUE;
}

static const char *
available_model_find_problem (HablaAvailableModel *self)
{
  if (!name_is_valid (self->id, MAX_ID) || !name_is_valid (self->engine, MAX_NAME) ||
      !name_is_valid (self->job, MAX_NAME) || !name_is_valid (self->architecture, MAX_NAME))
    return "its id, engine, job or architecture is malformed";
  if (!text_is_valid (self->title, MAX_TEXT) || !text_is_valid (self->license, MAX_TEXT) ||
      (self->license_note != NULL && !text_is_valid (self->license_note, MAX_TEXT)))
    return "its title or license is missing or malformed";
  if (self->quality > 100 || self->download_size > MAX_SIZE || self->disk_size > MAX_SIZE ||
      self->memory > MAX_SIZE || self->cpu > 10000)
    return "its quality or one of its sizes is out of range";
  if (!languages_are_valid (self->languages))
    return "one of its languages is malformed";
  if (!sources_are_valid (self->sources))
    return "an address, a path, a hash or a size of its downloads is malformed";
  if (!files_are_valid (self->files) || !settings_are_valid (self->settings))
    return "a file or a setting is malformed";
  return NULL;
}

gboolean
habla_available_model_check (HablaAvailableModel *self, GError **error)
{
  const char *problem = available_model_find_problem (self);
  g_autofree char *id = NULL;

  if (problem == NULL)
    return TRUE;
  id = g_utf8_make_valid (self->id, MIN (strlen (self->id), MAX_NAME));
  g_set_error (
      error, HABLA_ERROR, HABLA_ERROR_INPUT, "Model “%s” of the catalogue: %s", id, problem);
  return FALSE;
}

static gboolean
is_variety (const char *a, const char *b)
{
  return habla_language_matches (a, b) || habla_language_matches (b, a);
}

static gboolean
pair_supports (const char *offered, const char *wanted)
{
  g_auto (GStrv) offer = g_strsplit (offered, ">", 2);
  g_auto (GStrv) want = g_strsplit (wanted, ">", 2);

  if (offer[0] == NULL || want[0] == NULL)
    return FALSE;
  if (offer[1] == NULL)
    return want[1] == NULL && is_variety (want[0], offer[0]);
  if (want[1] == NULL)
    return is_variety (want[0], offer[0]) || is_variety (want[0], offer[1]);
  return is_variety (want[0], offer[0]) && is_variety (want[1], offer[1]);
}

gboolean
habla_available_model_supports_language (HablaAvailableModel *self, const char *language)
{
  for (guint i = 0; self->languages[i] != NULL; i++)
    if (pair_supports (self->languages[i], language))
      return TRUE;
  return FALSE;
}

const char *
habla_available_model_describe_job (const char *job)
{
  if (g_str_equal (job, HABLA_MODEL_JOB_TRANSCRIBER))
    return "hears";
  if (g_str_equal (job, HABLA_MODEL_JOB_SYNTHESIZER))
    return "speaks";
  if (g_str_equal (job, HABLA_MODEL_JOB_TRANSLATOR))
    return "translates";
  if (g_str_equal (job, HABLA_MODEL_JOB_VOICE_ACTIVITY))
    return "finds speech";
  return job;
}
