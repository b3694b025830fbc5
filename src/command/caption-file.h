/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output-file.h>

#include <habla/utterance.h>

G_BEGIN_DECLS

typedef struct _HablaCaptionFile HablaCaptionFile;

gboolean habla_caption_file_knows (const char *path);
HablaCaptionFile *habla_caption_file_new (const char *path, GError **error);
void habla_caption_file_free (HablaCaptionFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCaptionFile, habla_caption_file_free)

HablaOutputFile *habla_caption_file_get_output (HablaCaptionFile *self);
gboolean habla_caption_file_commit (HablaCaptionFile *self, GError **error);
gboolean habla_caption_file_add (
    HablaCaptionFile *self, const HablaUtterance *utterance, GError **error);

G_END_DECLS
