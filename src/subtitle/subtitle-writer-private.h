/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "subtitle/subtitle-writer.h"

G_BEGIN_DECLS

typedef struct _HablaSubtitleFormat HablaSubtitleFormat;

/**
 * HablaSubtitleState:
 * @format: the format that is written
 * @language: (nullable): BCP 47 code of the text
 * @n_entries: number of entries so far
 * @trailer: (nullable): what follows the last cue in the source, if that has the same format
 * @fields: (nullable): SubStation: the names of the fields of a line, separated by commas
 * @elements: (element-type utf8): TTML: the names of the open elements
 *
 * What a writer has written so far.
 */
typedef struct {
  const HablaSubtitleFormat *format;
  char *language;
  guint n_entries;
  char *trailer;
  char *fields;
  GPtrArray *elements;
} HablaSubtitleState;

/**
 * HablaSubtitleFormat:
 * @name: name of the format, as of the cues
 * @kind: what its files are made for
 * @make_header: (nullable): returns (transfer full) the header; @source is (nullable) that of a
 *   file in the same format
 * @read_preamble: (nullable): looks at what is written between cues, also at the header
 * @append_entry: appends an entry
 * @append_footer: (nullable): appends what makes the file complete
 *
 * A format of files.
 */
struct _HablaSubtitleFormat {
  const char *name;
  HablaSubtitleKind kind;
  char *(*make_header) (const HablaSubtitleState *self, const char *source);
  void (*read_preamble) (HablaSubtitleState *self, const char *preamble);
  void (*append_entry) (
      const HablaSubtitleState *self, const HablaSubtitleEntry *entry, GString *out);
  void (*append_footer) (const HablaSubtitleState *self, GString *out);
};

extern const HablaSubtitleFormat habla_subtitle_srt;
extern const HablaSubtitleFormat habla_subtitle_vtt;
extern const HablaSubtitleFormat habla_subtitle_ass;
extern const HablaSubtitleFormat habla_subtitle_ttml;
extern const HablaSubtitleFormat habla_subtitle_txt;
extern const HablaSubtitleFormat habla_subtitle_tsv;
extern const HablaSubtitleFormat habla_subtitle_json;

/**
 * habla_subtitle_append_time:
 * @out: appended to
 * @time: in nanoseconds; rounded to milliseconds
 * @decimal: before the milliseconds
 *
 * Appends a time as "01:02:03.004".
 */
void habla_subtitle_append_time (GString *out, guint64 time, char decimal);

/**
 * habla_subtitle_get_markup:
 * @self: what is written so far
 * @entry: an entry
 * @prefix: prefix of elements of TTML, with its colon
 *
 * Returns: (transfer full): its text as markup of @self's format
 */
char *habla_subtitle_get_markup (
    const HablaSubtitleState *self, const HablaSubtitleEntry *entry, const char *prefix);

/**
 * habla_subtitle_entry_is_from:
 * @entry: an entry
 * @format: a format
 *
 * Returns: whether its cue has this format
 */
gboolean habla_subtitle_entry_is_from (const HablaSubtitleEntry *entry, const char *format);

/**
 * habla_subtitle_entry_get_place:
 * @entry: an entry
 *
 * Returns: where its cue is on the screen, as on the keys of digits: 1 = bottom left, 2 = bottom
 *   centre (also if unknown), 9 = top right
 */
guint habla_subtitle_entry_get_place (const HablaSubtitleEntry *entry);

G_END_DECLS
