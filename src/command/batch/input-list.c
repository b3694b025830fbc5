/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/input-list.h"

#include "command/exit-status.h"
#include "command/input.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/base/gsttypefindhelper.h>
#include <habla/language.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILES 10000
#define MAX_DEPTH 32
/* Bytes that are read to find the type of a file. */
#define SNIFFED 65536

/* A file in a folder. */
typedef struct {
  char *name;
  char *stem; /* @name without its extension */
  gboolean is_recording;
} Entry;

typedef struct {
  GPtrArray *paths;  /* (element-type filename) */
  GHashTable *known; /* (element-type filename): canonical paths */
  const HablaFinishedFiles *finished;
  guint n_files; /* number of files that were looked at in folders */
} List;

static void
entry_free (Entry *entry)
{
  g_free (entry->name);
  g_free (entry->stem);
  g_free (entry);
}

/* @is_found: whether the file was found in a folder, and the user has not named it */
static void
list_add (List *list, const char *path, gboolean is_found)
{
  char *canonical = realpath (path, NULL);
  gboolean is_new = canonical == NULL || g_hash_table_add (list->known, canonical);

  if (is_new || !is_found)
    g_ptr_array_add (list->paths, g_strdup (path));
}

static gboolean
caps_are_media (GstCaps *caps)
{
  const char *type = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  return g_str_has_prefix (type, "audio/") || g_str_has_prefix (type, "video/") ||
         g_str_equal (type, "application/ogg") || g_str_equal (type, "application/mxf") ||
         g_str_equal (type, "application/vnd.rn-realmedia");
}

/* Whether GStreamer knows the extension as that of recordings. */
static gboolean
name_is_media (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  const char *dot = strrchr (lower, '.');
  GList *factories = gst_type_find_factory_get_list ();
  gboolean known = FALSE;

  for (GList *l = factories; l != NULL && dot != NULL && !known; l = l->next) {
    const char *const *extensions = gst_type_find_factory_get_extensions (l->data);
    GstCaps *caps = gst_type_find_factory_get_caps (l->data);

    known = extensions != NULL && caps != NULL && !gst_caps_is_empty (caps) &&
            !gst_caps_is_any (caps) && caps_are_media (caps) &&
            g_strv_contains (extensions, dot + 1);
  }
  gst_plugin_feature_list_free (factories);
  return known;
}

/* By the contents, or by the name if the contents are of no known type: a damaged recording is then
 * reported when it is interpreted. */
static gboolean
file_is_recording (const char *path)
{
  g_autofree guint8 *data = g_malloc (SNIFFED);
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  gssize size = fd >= 0 ? pread (fd, data, SNIFFED, 0) : -1;
  GstTypeFindProbability probability = GST_TYPE_FIND_NONE;
  g_autoptr (GstCaps) caps = NULL;

  if (fd >= 0)
    close (fd);
  if (size > 0)
    caps = gst_type_find_helper_for_data (NULL, data, size, &probability);
  if (caps == NULL || probability < GST_TYPE_FIND_LIKELY)
    return name_is_media (path);
  return caps_are_media (caps);
}

/* Returns: (transfer full) (nullable): %NULL if it is neither a recording nor subtitles */
static Entry *
entry_new (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (HablaInput) input = habla_input_new (path, NULL);
  const char *dot = strrchr (name, '.');
  gboolean is_subtitles = input != NULL && input->kind == HABLA_INPUT_SUBTITLES;
  Entry *entry;

  if (!is_subtitles && !file_is_recording (path))
    return NULL;
  entry = g_new0 (Entry, 1);
  entry->name = g_strdup (name);
  entry->stem = dot != NULL ? g_strndup (name, dot - name) : g_strdup (name);
  entry->is_recording = !is_subtitles;
  return entry;
}

/* Whether @entry is named like an output of Habla for @other, or like subtitles for it. */
static gboolean
entry_belongs_to (const Entry *entry, const Entry *other)
{
  gsize length = strlen (other->stem);
  g_autofree char *primary = NULL;
  g_autofree char *language = NULL;

  if (!other->is_recording || entry == other || !g_str_has_prefix (entry->stem, other->stem))
    return FALSE;
  if (entry->stem[length] == '\0')
    return !entry->is_recording;
  if (entry->stem[length] != '.')
    return FALSE;
  language = habla_language_normalize (entry->stem + length + 1, NULL);
  primary = language != NULL ? habla_language_get_primary (language) : NULL;
  return primary != NULL && strlen (primary) <= 3;
}

static gboolean
entries_contain_owner (GPtrArray *entries, const Entry *entry)
{
  for (guint i = 0; i < entries->len; i++)
    if (entry_belongs_to (entry, g_ptr_array_index (entries, i)))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer full) (nullable): the sorted names in a folder, without hidden ones */
static GPtrArray *
folder_list_names (const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &failure);
  GPtrArray *names;
  const char *name;

  if (folder == NULL) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT,
        "%s; name another folder or its files", failure->message);
    return NULL;
  }
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (folder)) != NULL)
    if (name[0] != '.' && strstr (name, ".partial.") == NULL &&
        !g_str_has_suffix (name, ".partial"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* Adds @name to @entries if it is a file to interpret, or to @folders. Links to folders are
 * skipped: they may lead back. */
static gboolean
list_look_at (List *list, const char *folder, const char *name, GPtrArray *entries,
    GPtrArray *folders, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat info;
  Entry *entry;

  if (lstat (path, &info) != 0)
    return TRUE;
  if (S_ISDIR (info.st_mode)) {
    g_ptr_array_add (folders, g_steal_pointer (&path));
    return TRUE;
  }
  if (S_ISLNK (info.st_mode) && stat (path, &info) != 0)
    return TRUE;
  if (!S_ISREG (info.st_mode))
    return TRUE;
  if (++list->n_files > MAX_FILES) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "%s: there are more than %u files; name smaller folders", folder, MAX_FILES);
    return FALSE;
  }
  if (habla_finished_files_are_output (list->finished, path))
    return TRUE;
  entry = entry_new (folder, name);
  if (entry != NULL)
    g_ptr_array_add (entries, entry);
  return TRUE;
}

static gboolean
list_add_folder (List *list, const char *path, guint depth, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = NULL;

  if (depth > MAX_DEPTH) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "%s: there are more than %u folders in each other; name one of them", path, MAX_DEPTH);
    return FALSE;
  }
  names = folder_list_names (path, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!list_look_at (list, path, g_ptr_array_index (names, i), entries, folders, error))
      return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);
    g_autofree char *file = g_build_filename (path, entry->name, NULL);

    if (!entries_contain_owner (entries, entry))
      list_add (list, file, TRUE);
  }
  for (guint i = 0; i < folders->len; i++)
    if (!list_add_folder (list, g_ptr_array_index (folders, i), depth + 1, error))
      return FALSE;
  return TRUE;
}

GPtrArray *
habla_input_list_new (char **arguments, const HablaFinishedFiles *finished, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, free, NULL);
  List list = { paths, known, finished };

  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    if (!g_file_test (arguments[i], G_FILE_TEST_IS_DIR))
      list_add (&list, arguments[i], FALSE);
    else if (!list_add_folder (&list, arguments[i], 1, error))
      return NULL;
  return g_steal_pointer (&paths);
}
