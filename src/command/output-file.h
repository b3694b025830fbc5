/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _HablaOutputFile HablaOutputFile;

HablaOutputFile *habla_output_file_new (const char *path, GError **error);
void habla_output_file_free (HablaOutputFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaOutputFile, habla_output_file_free)

const char *habla_output_file_get_path (HablaOutputFile *self);
const char *habla_output_file_get_written_path (HablaOutputFile *self);
gboolean habla_output_file_is_empty (HablaOutputFile *self);
gboolean habla_output_file_write (HablaOutputFile *self, const char *text, GError **error);
gboolean habla_output_file_commit (HablaOutputFile *self, GError **error);

char *habla_output_file_name (const char *path, const char *tag);

G_END_DECLS
