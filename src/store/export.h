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

gboolean habla_export_format_from_name (const char *name, HablaExportFormat *format);
/* "srt"; also how the name of a file ends */
const char *habla_export_format_get_name (HablaExportFormat format);
const char *habla_export_format_get_content_type (HablaExportFormat format);

/**
 * HablaExport:
 *
 * Writes a session piece by piece: no more of it is in memory than one utterance. No I/O.
 */
typedef struct _HablaExport HablaExport;

HablaExport *habla_export_new (
    HablaExportFormat format, const HablaSessionRecord *session, const char *language);
void habla_export_free (HablaExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaExport, habla_export_free)

/* Each appends to @out: the beginning, once; each utterance, in order; the end, once. */
void habla_export_begin (HablaExport *self, GString *out);
void habla_export_add (HablaExport *self, const HablaUtteranceRecord *utterance, GString *out);
void habla_export_end (HablaExport *self, GString *out);

G_END_DECLS
