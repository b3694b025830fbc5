/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <models/available-model.h>

G_BEGIN_DECLS

/* Readers of catalogues and registries, which are input from outside. Each adds what it understands
 * to an array; a single model that is malformed is skipped and logged at debug level. */

/* Upper bound of the size of a registry, in bytes. Firefox's has about 1 MB. */
#define HABLA_CATALOGUE_MAX_SIZE (16 * 1024 * 1024)

/**
 * habla_catalogue_json_parse:
 * @text: @length bytes and a NUL
 * @length: in bytes
 * @error: return location for a %G_IO_ERROR_INVALID_DATA
 *
 * Returns: (transfer full) (nullable): the object, if it is within the bounds for registries
 */
JsonObject *habla_catalogue_json_parse (const char *text, gsize length, GError **error);

/**
 * habla_catalogue_json_parse_any:
 * @text: as for habla_catalogue_json_parse()
 * @length: as for habla_catalogue_json_parse()
 * @error: as for habla_catalogue_json_parse()
 *
 * Returns: (transfer full) (nullable): the value
 */
JsonNode *habla_catalogue_json_parse_any (const char *text, gsize length, GError **error);

/**
 * habla_catalogue_json_read:
 * @root: contents of Habla's `models.json`, see docs/models.md
 * @models: (element-type HablaAvailableModel): where to add the models
 * @error: return location for a %HABLA_ERROR_INPUT
 *
 * Returns: whether @root is a catalogue of a known version
 */
gboolean habla_catalogue_json_read (JsonObject *root, GPtrArray *models, GError **error);

/**
 * habla_registry_read_firefox:
 * @root: contents of Firefox's `models.json`
 * @models: (element-type HablaAvailableModel): where to add the released models
 * @error: return location for a %HABLA_ERROR_INPUT
 *
 * Returns: whether @root is such a registry
 */
gboolean habla_registry_read_firefox (JsonObject *root, GPtrArray *models, GError **error);

/**
 * habla_registry_read_piper:
 * @root: contents of Piper's `voices.json`
 * @models: (element-type HablaAvailableModel): where to add the voices
 * @error: return location for a %HABLA_ERROR_INPUT
 *
 * Returns: whether @root is such a registry
 */
gboolean habla_registry_read_piper (JsonObject *root, GPtrArray *models, GError **error);

/**
 * habla_catalogue_json_get_string:
 * @object: an object
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): the member, if it is a string
 */
const char *habla_catalogue_json_get_string (JsonObject *object, const char *name);

/**
 * habla_catalogue_json_get_size:
 * @object: an object
 * @name: of a member
 *
 * Returns: the member, if it is a number from 0 to 2^40, else 0
 */
guint64 habla_catalogue_json_get_size (JsonObject *object, const char *name);

/**
 * habla_catalogue_json_get_number:
 * @object: an object
 * @name: of a member
 * @max: the greatest possible value
 *
 * Returns: the member, if it is a number from 0 to @max, else 0
 */
double habla_catalogue_json_get_number (JsonObject *object, const char *name, double max);

/**
 * habla_catalogue_json_get_object:
 * @object: an object
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): the member, if it is an object
 */
JsonObject *habla_catalogue_json_get_object (JsonObject *object, const char *name);

/**
 * habla_catalogue_json_get_array:
 * @object: an object
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): the member, if it is an array
 */
JsonArray *habla_catalogue_json_get_array (JsonObject *object, const char *name);

/**
 * habla_catalogue_json_add_checked:
 * @models: (element-type HablaAvailableModel): where to add it
 * @model: (transfer full): a model
 *
 * Adds @model if habla_available_model_check() accepts it.
 */
void habla_catalogue_json_add_checked (GPtrArray *models, HablaAvailableModel *model);

G_END_DECLS
