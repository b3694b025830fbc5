/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <models/available-model.h>

G_BEGIN_DECLS

/**
 * HablaCatalogue:
 *
 * The models that can be installed: those of Habla's own catalogue, `models.json`, the translation
 * models of Firefox and the voices of Piper. Immutable and reference counted. May be used in any
 * thread.
 */
typedef struct _HablaCatalogue HablaCatalogue;

/**
 * HablaCatalogueUpdate:
 * @HABLA_CATALOGUE_OWN: read Habla's own catalogue only
 * @HABLA_CATALOGUE_OFFLINE: read the lists on the disk only
 * @HABLA_CATALOGUE_IF_OLD: ask the publishers for changes of their registries if the copies on the
 *   disk are older than a day or missing
 * @HABLA_CATALOGUE_ALWAYS: ask the publishers for changes
 */
typedef enum {
  HABLA_CATALOGUE_OWN,
  HABLA_CATALOGUE_OFFLINE,
  HABLA_CATALOGUE_IF_OLD,
  HABLA_CATALOGUE_ALWAYS,
} HablaCatalogueUpdate;

/**
 * habla_catalogue_load_async:
 * @update: whether to use the network
 * @cancellable: (nullable): to cancel it
 * @callback: called when it is loaded, in the thread-default main context of the caller
 * @user_data: passed to @callback
 *
 * Reads the catalogue in a worker thread. A registry that is missing or damaged, or whose publisher
 * cannot be reached, becomes a warning.
 */
void habla_catalogue_load_async (HablaCatalogueUpdate update, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_catalogue_load_finish:
 * @result: of the callback
 * @error: return location for a %HABLA_ERROR_INPUT about Habla's own catalogue, or a
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the catalogue
 */
HablaCatalogue *habla_catalogue_load_finish (GAsyncResult *result, GError **error);

/**
 * habla_catalogue_load:
 * @update: whether to use the network
 * @cancellable: (nullable): to cancel it
 * @error: as for habla_catalogue_load_finish()
 *
 * Like habla_catalogue_load_async(), but blocks.
 *
 * Returns: (transfer full) (nullable): the catalogue
 */
HablaCatalogue *habla_catalogue_load (
    HablaCatalogueUpdate update, GCancellable *cancellable, GError **error);

/**
 * habla_catalogue_ref:
 * @self: a catalogue
 *
 * Returns: (transfer full): @self
 */
HablaCatalogue *habla_catalogue_ref (HablaCatalogue *self);

/**
 * habla_catalogue_unref:
 * @self: (transfer full): a catalogue
 */
void habla_catalogue_unref (HablaCatalogue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCatalogue, habla_catalogue_unref)

/**
 * habla_catalogue_get_models:
 * @self: a catalogue
 *
 * Returns: (transfer none) (element-type HablaAvailableModel): all models, sorted by job, then by
 *   quality from the greatest on, then by id
 */
GPtrArray *habla_catalogue_get_models (HablaCatalogue *self);

/**
 * habla_catalogue_get_warnings:
 * @self: a catalogue
 *
 * Returns: (transfer none) (array zero-terminated=1): sentences for people about missing models
 */
const char *const *habla_catalogue_get_warnings (HablaCatalogue *self);

/**
 * habla_catalogue_is_complete:
 * @self: a catalogue
 *
 * Returns: whether the lists of all publishers could be read
 */
gboolean habla_catalogue_is_complete (HablaCatalogue *self);

/**
 * habla_catalogue_find:
 * @self: a catalogue
 * @id: of a model
 *
 * Returns: (transfer none) (nullable): the model
 */
HablaAvailableModel *habla_catalogue_find (HablaCatalogue *self, const char *id);

G_END_DECLS
