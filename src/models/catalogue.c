/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/catalogue.h"

#include "models/registry/catalogue-json.h"
#include "models/registry/document-cache.h"

#include "install-paths.h"

#include <habla/error.h>
#include <string.h>
#include <util/regular-file.h>
#include <util/task-pool.h>

typedef gboolean (*ReadRegistry) (JsonObject *root, GPtrArray *models, GError **error);

typedef struct {
  const char *name; /* of the copy on the disk */
  const char *title;
  const char *url;
  ReadRegistry read;
} Registry;

static const Registry registries[] = {
  { "firefox.json", "Firefox's translation models",
      "https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data/db/"
      "models.json",
      habla_registry_read_firefox },
  { "piper.json", "Piper's voices",
      "https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json",
      habla_registry_read_piper },
};

struct _HablaCatalogue {
  GPtrArray *models;
  GHashTable *by_id; /* borrows from @models */
  GPtrArray *warnings;
  guint n_read; /* registries */
};

/* Registries that were not updated; @problem is that of the first one. */
typedef struct {
  GString *titles;
  char *problem; /* nullable */
} Failures;

static HablaTaskPool pool = HABLA_TASK_POOL_INIT (2);

static void
catalogue_clear (gpointer data)
{
  HablaCatalogue *self = data;

  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->models);
  g_ptr_array_unref (self->warnings);
}

HablaCatalogue *
habla_catalogue_ref (HablaCatalogue *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
habla_catalogue_unref (HablaCatalogue *self)
{
  g_atomic_rc_box_release_full (self, catalogue_clear);
}

static gboolean
catalogue_read_own (HablaCatalogue *self, GError **error)
{
  const char *path = g_getenv ("HABLA_CATALOGUE");
  g_autoptr (JsonObject) root = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (path == NULL)
    path = CATALOGUE_PATH;
  text = habla_regular_file_read (path, HABLA_CATALOGUE_MAX_SIZE, &length, error);
  if (text != NULL)
    root = habla_catalogue_json_parse (text, length, error);
  if (root == NULL) {
    g_prefix_error (error, "The catalogue of models cannot be read; install Habla again: ");
    return FALSE;
  }
  return habla_catalogue_json_read (root, self->models, error);
}

static void
catalogue_warn (HablaCatalogue *self, const char *format, const char *title, const char *problem)
{
  g_autoptr (GString) text = g_string_new (format);

  g_string_replace (text, "TITLE", title, 1);
  g_string_replace (text, "PROBLEM", problem, 1);
  g_ptr_array_add (self->warnings, g_strdup (text->str));
}

/* Returns: %FALSE if it was cancelled */
static gboolean
catalogue_update_registry (
    Failures *failures, const Registry *registry, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (HablaHttpClient) client = habla_http_client_new (&problem);

  if (client != NULL &&
      habla_document_cache_update (registry->name, client, registry->url, cancellable, &problem))
    return TRUE;
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  g_string_append_printf (
      failures->titles, "%s%s", failures->problem != NULL ? " and of " : "", registry->title);
  if (failures->problem == NULL)
    failures->problem = g_strdup (problem->message);
  return TRUE;
}

static void
catalogue_read_registry (HablaCatalogue *self, const Registry *registry, gboolean is_asked)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = NULL;
  gsize length;
  g_autofree char *text = habla_document_cache_read (registry->name, &length, &error);

  if (text == NULL) {
    /* That it could not be fetched is a warning of its own. */
    if (!is_asked)
      catalogue_warn (self,
          "The list of TITLE is not known yet; run “habla models list” with a network",
          registry->title, "");
    return;
  }
  root = habla_catalogue_json_parse (text, length, &error);
  if (root == NULL || !registry->read (root, self->models, &error))
    catalogue_warn (
        self, "The list of TITLE cannot be read: PROBLEM", registry->title, error->message);
  else
    self->n_read++;
}

static int
compare_models (gconstpointer a, gconstpointer b)
{
  const HablaAvailableModel *left = *(HablaAvailableModel **) a;
  const HablaAvailableModel *right = *(HablaAvailableModel **) b;
  int order = strcmp (left->job, right->job);

  if (order == 0)
    order = (int) right->quality - (int) left->quality;
  return order != 0 ? order : strcmp (left->id, right->id);
}

static void
catalogue_index (HablaCatalogue *self)
{
  g_ptr_array_sort (self->models, compare_models);
  for (guint i = 0; i < self->models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (self->models, i);

    if (!g_hash_table_contains (self->by_id, model->id))
      g_hash_table_insert (self->by_id, model->id, model);
  }
  g_ptr_array_add (self->warnings, NULL);
}

static gboolean
catalogue_read_registries (
    HablaCatalogue *self, HablaCatalogueUpdate update, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) titles = g_string_new (NULL);
  g_autofree char *problem = NULL;
  Failures failures = { .titles = titles };
  gboolean is_cancelled = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (registries) && !is_cancelled; i++) {
    gboolean is_asked =
        update == HABLA_CATALOGUE_ALWAYS ||
        (update == HABLA_CATALOGUE_IF_OLD && habla_document_cache_is_old (registries[i].name));

    if (is_asked && !catalogue_update_registry (&failures, &registries[i], cancellable, error))
      is_cancelled = TRUE;
    else
      catalogue_read_registry (self, &registries[i], is_asked);
  }
  problem = failures.problem;
  if (problem != NULL)
    catalogue_warn (self, "The list of TITLE was not updated. PROBLEM", titles->str, problem);
  return !is_cancelled;
}

HablaCatalogue *
habla_catalogue_load (HablaCatalogueUpdate update, GCancellable *cancellable, GError **error)
{
  g_autoptr (HablaCatalogue) self = g_atomic_rc_box_new0 (HablaCatalogue);

  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  if (!catalogue_read_own (self, error))
    return NULL;
  if (update != HABLA_CATALOGUE_OWN &&
      !catalogue_read_registries (self, update, cancellable, error))
    return NULL;
  catalogue_index (self);
  return g_steal_pointer (&self);
}

static void
catalogue_load_in_thread (
    GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  HablaCatalogue *self = habla_catalogue_load (GPOINTER_TO_INT (task_data), cancellable, &error);

  if (self != NULL)
    g_task_return_pointer (task, self, (GDestroyNotify) habla_catalogue_unref);
  else
    g_task_return_error (task, error);
}

void
habla_catalogue_load_async (HablaCatalogueUpdate update, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, habla_catalogue_load_async);
  g_task_set_task_data (task, GINT_TO_POINTER (update), NULL);
  habla_task_pool_run (&pool, task, catalogue_load_in_thread);
}

HablaCatalogue *
habla_catalogue_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, habla_catalogue_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GPtrArray *
habla_catalogue_get_models (HablaCatalogue *self)
{
  return self->models;
}

const char *const *
habla_catalogue_get_warnings (HablaCatalogue *self)
{
  return (const char *const *) self->warnings->pdata;
}

gboolean
habla_catalogue_is_complete (HablaCatalogue *self)
{
  return self->n_read == G_N_ELEMENTS (registries);
}

HablaAvailableModel *
habla_catalogue_find (HablaCatalogue *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}
