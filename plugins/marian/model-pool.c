/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model-pool.h"

#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>

typedef struct {
  char *folder;
  struct timespec changed; /* of the description, which an update in the same folder rewrites */
  MarianArithmetic arithmetic;
  MarianModel *model;
  guint n_users;
} Entry;

static GMutex lock;
static GSList *entries; /* protected by lock */

static MarianModel *
model_pool_load (HablaModel *model, MarianArithmetic arithmetic, GError **error)
{
  MarianFiles files = {
    .model = habla_model_get_file (model, "Model"),
    .source_vocabulary = habla_model_get_file (model, "SourceVocabulary"),
    .target_vocabulary = habla_model_get_file (model, "TargetVocabulary"),
    .shortlist = habla_model_get_file (model, "Shortlist"),
  };
  g_autoptr (GError) failure = NULL;
  MarianModel *loaded;

  if (files.source_vocabulary == NULL)
    files.source_vocabulary = habla_model_get_file (model, "Vocabulary");
  if (files.model == NULL || files.source_vocabulary == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
        "The description of the model %s names no file Model or Vocabulary; install it again",
        habla_model_get_path (model));
    return NULL;
  }
  loaded = marian_model_new (&files, arithmetic, &failure);
  if (loaded == NULL)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "Cannot load the model %s: %s",
        habla_model_get_path (model), failure->message);
  return loaded;
}

static struct timespec
get_change (const char *folder)
{
  g_autofree char *description = g_build_filename (folder, HABLA_MODEL_DESCRIPTION, NULL);
  GStatBuf status = { 0 };

  g_stat (description, &status);
  return status.st_mtim;
}

static gboolean
entry_fits (const Entry *self, const Entry *wanted)
{
  return self->arithmetic == wanted->arithmetic && self->changed.tv_sec == wanted->changed.tv_sec &&
         self->changed.tv_nsec == wanted->changed.tv_nsec &&
         strcmp (self->folder, wanted->folder) == 0;
}

MarianModel *
marian_model_pool_acquire (HablaModel *model, MarianArithmetic arithmetic, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Entry wanted = { (char *) habla_model_get_path (model), .arithmetic = arithmetic };
  Entry *entry;
  MarianModel *loaded;

  wanted.changed = get_change (wanted.folder);
  for (GSList *l = entries; l != NULL; l = l->next) {
    entry = l->data;
    if (entry_fits (entry, &wanted)) {
      entry->n_users++;
      return entry->model;
    }
  }
  loaded = model_pool_load (model, arithmetic, error);
  if (loaded == NULL)
    return NULL;
  entry = g_new0 (Entry, 1);
  *entry = (Entry){ g_strdup (wanted.folder), wanted.changed, arithmetic, loaded, 1 };
  entries = g_slist_prepend (entries, entry);
  return loaded;
}

void
marian_model_pool_release (MarianModel *model)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  for (GSList *l = entries; l != NULL; l = l->next) {
    Entry *entry = l->data;

    if (entry->model != model)
      continue;
    if (--entry->n_users == 0) {
      entries = g_slist_delete_link (entries, l);
      marian_model_unref (entry->model);
      g_free (entry->folder);
      g_free (entry);
    }
    return;
  }
  g_return_if_reached ();
}
