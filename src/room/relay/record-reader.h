/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * HablaRecordReader:
 * @object: the object to read
 * @error: (nullable): of the first member that is wrong; nothing is read after it
 *
 * Reads members of a JSON object from outside. Members that it does not ask for are ignored, so
 * that a newer release may add some.
 */
typedef struct {
  JsonObject *object;
  GError *error;
} HablaRecordReader;

/**
 * habla_record_reader_fail:
 * @self: a reader
 * @name: of the member that is wrong
 * @problem: what it must be: "must be a whole number"
 *
 * No-op if there is an error already.
 */
void habla_record_reader_fail (HablaRecordReader *self, const char *name, const char *problem);

/**
 * habla_record_reader_get_string:
 * @self: a reader
 * @name: of a member that may be missing or null
 * @max: bytes of its value
 *
 * Returns: (transfer none) (nullable): its value; %NULL = there is none, or it is wrong
 */
const char *habla_record_reader_get_string (HablaRecordReader *self, const char *name, gsize max);

/**
 * habla_record_reader_need_string:
 * @self: a reader
 * @name: of a member that must exist
 * @max: bytes of its value
 *
 * Returns: (transfer none): its value; "" if it is wrong
 */
const char *habla_record_reader_need_string (HablaRecordReader *self, const char *name, gsize max);

/**
 * habla_record_reader_get_tag:
 * @self: a reader
 * @name: of a member that may be missing or null
 *
 * Returns: (transfer none) (nullable): a text that looks like a language tag; %NULL = there is
 *   none, or it is wrong
 */
const char *habla_record_reader_get_tag (HablaRecordReader *self, const char *name);

/**
 * habla_record_reader_need_tag:
 * @self: a reader
 * @name: of a member that must exist
 *
 * Returns: (transfer none): a text that looks like a language tag; "" if it is wrong
 */
const char *habla_record_reader_need_tag (HablaRecordReader *self, const char *name);

/**
 * habla_record_reader_list_tags:
 * @self: a reader
 * @name: of a member that may be missing
 * @max: elements
 *
 * Returns: (transfer full) (array zero-terminated=1): texts that look like language tags
 */
GStrv habla_record_reader_list_tags (HablaRecordReader *self, const char *name, guint max);

/**
 * habla_record_reader_list_names:
 * @self: a reader
 * @name: of a member that may be missing
 * @max: elements
 *
 * Returns: (transfer full) (array zero-terminated=1): short texts, as names of engines
 */
GStrv habla_record_reader_list_names (HablaRecordReader *self, const char *name, guint max);

/**
 * habla_record_reader_get_objects:
 * @self: a reader
 * @name: of a member that may be missing
 * @max: elements
 *
 * Returns: (transfer full) (element-type JsonObject): its elements, owned by the record
 */
GPtrArray *habla_record_reader_get_objects (HablaRecordReader *self, const char *name, guint max);

/**
 * habla_record_reader_get_int:
 * @self: a reader
 * @name: of a member that may be missing
 * @min: lowest value
 * @max: highest value
 * @fallback: the value if it is missing
 *
 * Returns: its value; @fallback if it is wrong
 */
gint64 habla_record_reader_get_int (
    HablaRecordReader *self, const char *name, gint64 min, gint64 max, gint64 fallback);

/**
 * habla_record_reader_need_id:
 * @self: a reader
 * @name: of a member that must exist
 *
 * Returns: its value, from 1; 0 if it is wrong
 */
guint64 habla_record_reader_need_id (HablaRecordReader *self, const char *name);

/**
 * habla_record_reader_get_double:
 * @self: a reader
 * @name: of a member that may be missing
 * @min: lowest value
 * @max: highest value
 * @fallback: the value if it is missing
 *
 * Returns: its value; @fallback if it is missing or wrong
 */
double habla_record_reader_get_double (
    HablaRecordReader *self, const char *name, double min, double max, double fallback);

/**
 * habla_record_reader_get_boolean:
 * @self: a reader
 * @name: of a member that may be missing
 *
 * Returns: its value; %FALSE if it is missing or wrong
 */
gboolean habla_record_reader_get_boolean (HablaRecordReader *self, const char *name);

G_END_DECLS
