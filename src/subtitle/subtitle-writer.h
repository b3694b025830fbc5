/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/cue.h>

G_BEGIN_DECLS

/* The extensions of the files that can be written, for messages. */
#define HABLA_SUBTITLE_EXTENSIONS ".srt, .vtt, .ass, .ttml, .txt, .tsv or .json"

/**
 * HablaSubtitleEntry:
 * @begin: when it appears, in nanoseconds
 * @end: when it disappears, in nanoseconds
 * @text: plain text; lines are separated by "\n", none of them is empty
 * @speaker: (nullable): who speaks
 * @language: (nullable): BCP 47 code of @text
 * @source: (nullable): the original text, if @text is a translation
 * @cue: (nullable): the cue of a subtitle file of which it is the translation
 *
 * What a file has at one time. Owns nothing.
 */
typedef struct {
  guint64 begin;
  guint64 end;
  const char *text;
  const char *speaker;
  const char *language;
  const char *source;
  const HablaCue *cue;
} HablaSubtitleEntry;

/**
 * HablaSubtitleWriter:
 *
 * Writes a file of subtitles as text. Entries that have a cue of the same format keep its
 * identifier, settings and tags, and the headers, styles and comments before it; of other formats,
 * they get tags that mean the same.
 */
typedef struct _HablaSubtitleWriter HablaSubtitleWriter;

/**
 * HablaSubtitleKind:
 * @HABLA_SUBTITLE_CUES: each entry is shown at its time: SubRip, WebVTT, SubStation, TTML
 * @HABLA_SUBTITLE_ROWS: each entry is a row with its times: TSV, JSON
 * @HABLA_SUBTITLE_LINES: each entry is a line without times: plain text
 *
 * What a file is made for.
 */
typedef enum {
  HABLA_SUBTITLE_CUES,
  HABLA_SUBTITLE_ROWS,
  HABLA_SUBTITLE_LINES,
} HablaSubtitleKind;

/**
 * habla_subtitle_writer_knows:
 * @path: path of a file
 *
 * Returns: whether its extension is one of %HABLA_SUBTITLE_EXTENSIONS, or `.ssa`, `.dfxp` or
 *   `.xml`, in any case
 */
gboolean habla_subtitle_writer_knows (const char *path);

/**
 * habla_subtitle_writer_new:
 * @path: path of a file that habla_subtitle_writer_knows()
 * @language: (nullable): BCP 47 code of the text
 *
 * Returns: (transfer full): a writer
 */
HablaSubtitleWriter *habla_subtitle_writer_new (const char *path, const char *language);

/**
 * habla_subtitle_writer_free:
 * @self: (transfer full): a writer
 */
void habla_subtitle_writer_free (HablaSubtitleWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSubtitleWriter, habla_subtitle_writer_free)

/**
 * habla_subtitle_writer_get_kind:
 * @self: a writer
 *
 * Returns: what its files are made for
 */
HablaSubtitleKind habla_subtitle_writer_get_kind (HablaSubtitleWriter *self);

/**
 * habla_subtitle_writer_append:
 * @self: a writer
 * @entry: the next entry; none may begin before the one before
 * @out: what follows in the file is appended
 *
 * The first entry is preceded by the header of the file.
 */
void habla_subtitle_writer_append (
    HablaSubtitleWriter *self, const HablaSubtitleEntry *entry, GString *out);

/**
 * habla_subtitle_writer_preview:
 * @self: a writer
 * @entry: (nullable): an entry that may change before it is appended
 * @out: what follows in the file is appended
 *
 * Writes @entry and what makes the file complete after it, without changing @self.
 */
void habla_subtitle_writer_preview (
    HablaSubtitleWriter *self, const HablaSubtitleEntry *entry, GString *out);

G_END_DECLS
