/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/annotations.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * habla_annotation_json_add_idioms:
 * @builder: a builder within an object
 * @annotations: (nullable): errors and phrases of an exchange
 *
 * Adds the member `idioms`.
 */
void habla_annotation_json_add_idioms (JsonBuilder *builder, const HablaAnnotations *annotations);

/**
 * habla_annotation_json_add_corrections:
 * @builder: a builder within an object
 * @annotations: (nullable): errors and phrases of an exchange
 *
 * Adds the members `correction_detail`, the first error or null, and `corrections`, all errors.
 */
void habla_annotation_json_add_corrections (
    JsonBuilder *builder, const HablaAnnotations *annotations);

/**
 * habla_annotation_json_has_errors:
 * @annotations: (nullable): errors and phrases of an exchange
 *
 * Returns: whether there are errors: the member `is_correction`
 */
gboolean habla_annotation_json_has_errors (const HablaAnnotations *annotations);

/**
 * habla_annotation_json_dup_detail:
 * @annotations: (nullable): errors and phrases of an exchange
 *
 * Returns: (transfer full) (nullable): the first error as JSON text: the member `correction_json`
 */
char *habla_annotation_json_dup_detail (const HablaAnnotations *annotations);

G_END_DECLS
