/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output/output-file.h>

#include <habla/utterance.h>

G_BEGIN_DECLS

/**
 * HablaCaptionFile:
 *
 * Captions as WebVTT (`.vtt`) or SubRip (`.srt`). Each caption is written at once, so that the file
 * is valid at any time.
 */
typedef struct _HablaCaptionFile HablaCaptionFile;

/**
 * habla_caption_file_knows:
 * @path: path of a file
 *
 * Returns: whether its extension is `.vtt` or `.srt`
 */
gboolean habla_caption_file_knows (const char *path);

/**
 * habla_caption_file_new:
 * @path: the final path, which ends in `.vtt` or `.srt`
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: (transfer full) (nullable): a file without captions; %NULL on error
 */
HablaCaptionFile *habla_caption_file_new (const char *path, GError **error);

/**
 * habla_caption_file_free:
 * @self: (transfer full): a file
 */
void habla_caption_file_free (HablaCaptionFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCaptionFile, habla_caption_file_free)

/**
 * habla_caption_file_get_output:
 * @self: a file
 *
 * Returns: (transfer none): the underlying file
 */
HablaOutputFile *habla_caption_file_get_output (HablaCaptionFile *self);

/**
 * habla_caption_file_commit:
 * @self: a file with all its captions
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * See habla_output_file_commit().
 *
 * Returns: %FALSE on error
 */
gboolean habla_caption_file_commit (HablaCaptionFile *self, GError **error);

/**
 * habla_caption_file_add:
 * @self: a file that is not committed
 * @utterance: a final utterance; without times it follows the one before; ignored if it has no
 *   text
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: %FALSE on error
 */
gboolean habla_caption_file_add (
    HablaCaptionFile *self, const HablaUtterance *utterance, GError **error);

G_END_DECLS
