/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * HablaJsonLimits:
 * @max_size: bytes of the text
 * @max_depth: levels of objects and arrays within each other
 * @max_members: members of one object. JSON-GLib keeps them in a hash table whose hash function
 *   is not keyed: the names of a hostile object all collide, and its cost is quadratic
 * @max_values: strings, numbers, words, objects and arrays altogether
 *
 * Bounds for JSON that comes from outside the program: messages, request bodies, files.
 */
typedef struct {
  gsize max_size;
  guint max_depth;
  guint max_members;
  guint max_values;
} HablaJsonLimits;

/**
 * habla_json_parse:
 * @text: @length bytes, not validated, followed by a NUL
 * @length: in bytes, without the NUL
 * @limits: what to accept
 * @error: return location for a %G_IO_ERROR_INVALID_DATA whose message says what is wrong and
 *   near which byte it is
 *
 * The only way to JSON-GLib's parser. JSON-GLib 1.6 accepts more than JSON (comments, single
 * quotes, assignments, several values), ends strings at a NUL, recurses as deep as its input
 * nests, and leaks memory on invalid input: so the text is checked against the grammar of
 * RFC 8259 and @limits first. The check takes linear time and no memory.
 *
 * Returns: (transfer full) (nullable): an immutable tree
 */
JsonNode *habla_json_parse (
    const char *text, gsize length, const HablaJsonLimits *limits, GError **error);

/**
 * habla_json_parse_object:
 * @text: as for habla_json_parse()
 * @length: as for habla_json_parse()
 * @limits: as for habla_json_parse()
 * @error: as for habla_json_parse()
 *
 * Like habla_json_parse(), for text that must be an object.
 *
 * Returns: (transfer full) (nullable): the object
 */
JsonObject *habla_json_parse_object (
    const char *text, gsize length, const HablaJsonLimits *limits, GError **error);

G_END_DECLS
