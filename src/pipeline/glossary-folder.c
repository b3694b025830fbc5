/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file is named after a hash of its key: names of rooms are any text, and may be longer than a
 * name of a file. */
#include "pipeline/glossary-folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <habla/glossary.h>
#include <habla/language.h>
#include <string.h>
#include <util/regular-file.h>

#define SUFFIX ".txt"
/* Hexadecimal digits of a SHA-256. */
#define HASH_LENGTH 64

struct _HablaGlossaryFolder {
  char *path;
  GMutex write_lock; /* held while a file is written or deleted, which find() does not wait for */
  GMutex lock;
  GHashTable *names; /* protected by lock; set of names of files */
};

static gboolean
is_name (const char *name)
{
  return strspn (name, "0123456789abcdef") == HASH_LENGTH &&
         g_str_equal (name + HASH_LENGTH, SUFFIX);
}

HablaGlossaryFolder *
habla_glossary_folder_new (const char *path)
{
  HablaGlossaryFolder *self = g_atomic_rc_box_new0 (HablaGlossaryFolder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  self->path = g_strdup (path);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->write_lock);
  g_mutex_init (&self->lock);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL &&
         g_hash_table_size (self->names) < HABLA_GLOSSARY_FOLDER_MAX)
    if (is_name (name))
      g_hash_table_add (self->names, g_strdup (name));
  return self;
}

static void
folder_clear (gpointer data)
{
  HablaGlossaryFolder *self = data;

  g_hash_table_unref (self->names);
  g_mutex_clear (&self->write_lock);
  g_mutex_clear (&self->lock);
  g_free (self->path);
}

HablaGlossaryFolder *
habla_glossary_folder_ref (HablaGlossaryFolder *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
habla_glossary_folder_unref (HablaGlossaryFolder *self)
{
  g_atomic_rc_box_release_full (self, folder_clear);
}

gboolean
habla_glossary_folder_check (const HablaGlossaryKey *key, GError **error)
{
  g_autofree char *from = NULL, *to = NULL;

  if (key->from == NULL && key->to == NULL)
    return TRUE;
  if (key->from == NULL || key->to == NULL) {
    g_set_error_literal (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "Give both languages, \"from\" and \"to\", or neither for all languages");
    return FALSE;
  }
  from = habla_language_normalize (key->from, error);
  to = from != NULL ? habla_language_normalize (key->to, error) : NULL;
  return to != NULL;
}

/* Returns: (transfer full) (nullable): name of the file; %NULL if a language is malformed */
static char *
name_key (const HablaGlossaryKey *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *from = NULL, *to = NULL;

  g_checksum_update (checksum, (const guchar *) key->room, strlen (key->room));
  if (key->from != NULL && key->to != NULL) {
    from = habla_language_normalize (key->from, NULL);
    to = habla_language_normalize (key->to, NULL);
    if (from == NULL || to == NULL)
      return NULL;
    /* No string has a NUL, so that no room's name looks like a room and languages. */
    g_checksum_update (checksum, (const guchar *) "", 1);
    g_checksum_update (checksum, (const guchar *) from, strlen (from) + 1);
    g_checksum_update (checksum, (const guchar *) to, strlen (to));
  }
  return g_strconcat (g_checksum_get_string (checksum), SUFFIX, NULL);
}

static gboolean
folder_has (HablaGlossaryFolder *self, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return name != NULL && g_hash_table_contains (self->names, name);
}

char *
habla_glossary_folder_find (HablaGlossaryFolder *self, const HablaGlossaryKey *key)
{
  const HablaGlossaryKey all_languages = { .room = key->room };
  g_autofree char *name = name_key (key);
  g_autofree char *name_for_all = name_key (&all_languages);

  if (folder_has (self, name))
    return g_build_filename (self->path, name, NULL);
  return folder_has (self, name_for_all) ? g_build_filename (self->path, name_for_all, NULL) : NULL;
}

GBytes *
habla_glossary_folder_read (HablaGlossaryFolder *self, const HablaGlossaryKey *key, GError **error)
{
  g_autofree char *name = name_key (key);
  g_autofree char *path = NULL, *text = NULL;
  gsize length;

  if (!folder_has (self, name)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
        key->from == NULL
            ? "The room has no glossary for all languages"
            : "The room has no glossary for this pair of languages; that for all is used");
    return NULL;
  }
  path = g_build_filename (self->path, name, NULL);
  text = habla_regular_file_read (path, HABLA_GLOSSARY_MAX_SIZE, &length, error);
  return text != NULL ? g_bytes_new_take (g_steal_pointer (&text), length) : NULL;
}

static gboolean
folder_check_space (HablaGlossaryFolder *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (g_hash_table_contains (self->names, name) ||
      g_hash_table_size (self->names) < HABLA_GLOSSARY_FOLDER_MAX)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
      "There are %d glossaries already, as many as may be kept; delete one",
      HABLA_GLOSSARY_FOLDER_MAX);
  return FALSE;
}

static gboolean
folder_write_file (HablaGlossaryFolder *self, const char *name, GBytes *text, GError **error)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  g_autoptr (GError) file_error = NULL;

  if (g_mkdir_with_parents (self->path, 0700) != 0) {
    int code = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
        "Failed to make the folder %s: %s", self->path, g_strerror (code));
    return FALSE;
  }
  if (g_file_set_contents_full (path, g_bytes_get_data (text, NULL), g_bytes_get_size (text),
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &file_error))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Failed to write the glossary: %s",
      file_error->message);
  return FALSE;
}

gboolean
habla_glossary_folder_write (HablaGlossaryFolder *self, const HablaGlossaryKey *key, GBytes *text,
    guint *n_terms, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  g_autoptr (HablaGlossary) glossary = NULL;
  g_autoptr (GMutexLocker) writing = NULL;
  g_autofree char *name = name_key (key);

  if (length > HABLA_GLOSSARY_MAX_SIZE) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
        "The glossary has %" G_GSIZE_FORMAT " bytes; %d are the limit", length,
        HABLA_GLOSSARY_MAX_SIZE);
    return FALSE;
  }
  glossary = habla_glossary_parse (length > 0 ? data : "", length, "of the room", error);
  if (glossary == NULL)
    return FALSE;
  *n_terms = habla_glossary_get_size (glossary);
  writing = g_mutex_locker_new (&self->write_lock);
  if (!folder_check_space (self, name, error) || !folder_write_file (self, name, text, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->names, g_steal_pointer (&name));
  g_mutex_unlock (&self->lock);
  return TRUE;
}

gboolean
habla_glossary_folder_forget (HablaGlossaryFolder *self, const HablaGlossaryKey *key)
{
  g_autofree char *name = name_key (key);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_hash_table_remove (self->names, name);
}

gboolean
habla_glossary_folder_delete (
    HablaGlossaryFolder *self, const HablaGlossaryKey *key, GError **error)
{
  g_autoptr (GMutexLocker) writing = g_mutex_locker_new (&self->write_lock);
  g_autofree char *name = name_key (key);
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  int code;

  if (folder_has (self, name) || g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Failed to delete the glossary: %s",
      g_strerror (code));
  return FALSE;
}
