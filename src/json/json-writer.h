/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/*
 * Shorter calls for JsonBuilder: a member or an element each.
 *
 * @name is the member's name; %NULL adds an element to an array, or the outermost value.
 */

/**
 * habla_json_begin_object:
 * @builder: a builder
 * @name: (nullable): see above
 *
 * Follow with the members and json_builder_end_object().
 */
void habla_json_begin_object (JsonBuilder *builder, const char *name);

/**
 * habla_json_begin_array:
 * @builder: a builder
 * @name: (nullable): see above
 *
 * Follow with the elements and json_builder_end_array().
 */
void habla_json_begin_array (JsonBuilder *builder, const char *name);

/**
 * habla_json_add_string:
 * @builder: a builder
 * @name: (nullable): see above
 * @value: (nullable): copied; %NULL adds null. Bytes that are not UTF-8 are replaced by U+FFFD
 */
void habla_json_add_string (JsonBuilder *builder, const char *name, const char *value);

/**
 * habla_json_add_int:
 * @builder: a builder
 * @name: (nullable): see above
 * @value: any number
 */
void habla_json_add_int (JsonBuilder *builder, const char *name, gint64 value);

/**
 * habla_json_add_double:
 * @builder: a builder
 * @name: (nullable): see above
 * @value: must be finite
 */
void habla_json_add_double (JsonBuilder *builder, const char *name, double value);

/**
 * habla_json_add_boolean:
 * @builder: a builder
 * @name: (nullable): see above
 * @value: any truth value
 */
void habla_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value);

/**
 * habla_json_add_strings:
 * @builder: a builder
 * @name: (nullable): see above
 * @values: (nullable) (array zero-terminated=1): elements of the array that is added; %NULL adds
 *   an empty one
 */
void habla_json_add_strings (JsonBuilder *builder, const char *name, const char *const *values);

/**
 * habla_json_to_bytes:
 * @builder: with one whole value
 *
 * Returns: (transfer full): the value as text in one line, without a line end
 */
GBytes *habla_json_to_bytes (JsonBuilder *builder);

G_END_DECLS
