/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/records.h>

G_BEGIN_DECLS

typedef enum {
  HABLA_EXPORT_TXT,
  HABLA_EXPORT_SRT,
  HABLA_EXPORT_VTT,
  HABLA_EXPORT_JSON,
  HABLA_EXPORT_TSV,
} HablaExportFormat;

/**
 * habla_export_format_from_name:
 * @name: (nullable): a name such as `srt`, in lower case
 * @format: (out): set if @name is known
 *
 * Returns: whether @name is known
 */
gboolean habla_export_format_from_name (const char *name, HablaExportFormat *format);

/**
 * habla_export_format_get_name:
 * @format: a format
 *
 * Returns: (transfer none): its name, which is also the file name extension without the dot
 */
const char *habla_export_format_get_name (HablaExportFormat format);

/**
 * habla_export_format_get_content_type:
 * @format: a format
 *
 * Returns: (transfer none): its media type, with the charset of text formats
 */
const char *habla_export_format_get_content_type (HablaExportFormat format);

/**
 * HablaExportGetDirection:
 * @languages: (nullable): the direction of a record
 *
 * Returns: (transfer none) (nullable): its name in a JSON export
 */
typedef const char *(*HablaExportGetDirection) (const char *languages);

/**
 * HablaExport:
 *
 * Writes a session utterance by utterance, so that memory use does not depend on the length of
 * the session. Does no I/O.
 */
typedef struct _HablaExport HablaExport;

/**
 * habla_export_new:
 * @format: the format to write
 * @session: (transfer none): the session with its languages; must outlive the export
 * @language: (nullable): BCP 47 code: write only the text in this language; %NULL means the
 *   original and all translations side by side
 * @get_direction: names the directions
 * @has_bookmarks: whether bookmarks and their notes are written, in text and JSON
 *
 * Returns: (transfer full): an export that has written nothing yet
 */
HablaExport *habla_export_new (HablaExportFormat format, const HablaSessionRecord *session,
    const char *language, HablaExportGetDirection get_direction, gboolean has_bookmarks);

/**
 * habla_export_free:
 * @self: (transfer full): an export
 */
void habla_export_free (HablaExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaExport, habla_export_free)

/**
 * habla_export_begin:
 * @self: a new export
 * @out: the buffer to append to
 *
 * Appends the header. Call this once, before the first habla_export_add().
 */
void habla_export_begin (HablaExport *self, GString *out);

/**
 * habla_export_add:
 * @self: an export after habla_export_begin()
 * @utterance: the next utterance of the session, in the order of their ids
 * @out: the buffer to append to
 *
 * Appends one utterance.
 */
void habla_export_add (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out);

/**
 * habla_export_end:
 * @self: an export
 * @out: the buffer to append to
 *
 * Appends the trailer. Call this once, after the last habla_export_add().
 */
void habla_export_end (HablaExport *self, GString *out);

G_END_DECLS
