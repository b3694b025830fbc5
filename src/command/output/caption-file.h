/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output/output-file.h>

#include <subtitle/subtitle-writer.h>
#include <util/caption-layout.h>

G_BEGIN_DECLS

/**
 * HablaCaptionFile:
 *
 * A file of captions in one language. Each caption is written at once, so that the file is valid at
 * any time; of a device or a pipe, JSON and TTML are complete only at their end.
 */
typedef struct _HablaCaptionFile HablaCaptionFile;

/**
 * habla_caption_file_new:
 * @path: the final path, which habla_subtitle_writer_knows()
 * @language: BCP 47 code of the captions
 * @layout: how long captions of speech are shown
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: (transfer full) (nullable): a file without captions; %NULL on error
 */
HablaCaptionFile *habla_caption_file_new (
    const char *path, const char *language, const HablaCaptionLayout *layout, GError **error);

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
 * habla_caption_file_get_language:
 * @self: a file
 *
 * Returns: (transfer none): BCP 47 code of its captions
 */
const char *habla_caption_file_get_language (HablaCaptionFile *self);

/**
 * habla_caption_file_get_kind:
 * @self: a file
 *
 * Returns: what it is made for
 */
HablaSubtitleKind habla_caption_file_get_kind (HablaCaptionFile *self);

/**
 * habla_caption_file_add:
 * @self: a file that is not committed
 * @entry: a caption, which is copied except for its cue
 * @until: when it disappears if the next one leaves it the time, in nanoseconds
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * A caption of speech, which has no cue, is shown until @until or the next one. Its end may
 * therefore change in the file until the next one is added; in a device or a pipe, it has its own
 * end.
 *
 * Returns: %FALSE on error
 */
gboolean habla_caption_file_add (
    HablaCaptionFile *self, const HablaSubtitleEntry *entry, guint64 until, GError **error);

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

G_END_DECLS
