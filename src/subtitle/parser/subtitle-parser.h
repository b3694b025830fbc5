/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/cue.h>

G_BEGIN_DECLS

/* Bounds: bytes of a file, cues of it, bytes of the text of a cue. */
#define HABLA_SUBTITLE_MAX_SIZE (32 * 1024 * 1024)
#define HABLA_SUBTITLE_MAX_CUES 200000
#define HABLA_SUBTITLE_MAX_CUE_SIZE (64 * 1024)

#define HABLA_SUBTITLE_ERROR (habla_subtitle_error_quark ())

/**
 * HablaSubtitleError:
 * @HABLA_SUBTITLE_ERROR_FORMAT: the file is no subtitle file of a format that Habla knows
 * @HABLA_SUBTITLE_ERROR_ENCODING: the text is not in the encoding that was asked for
 * @HABLA_SUBTITLE_ERROR_DAMAGED: the file breaks off or is malformed
 * @HABLA_SUBTITLE_ERROR_TOO_LARGE: the file exceeds a bound
 *
 * Errors of subtitle files.
 */
typedef enum {
  HABLA_SUBTITLE_ERROR_FORMAT,
  HABLA_SUBTITLE_ERROR_ENCODING,
  HABLA_SUBTITLE_ERROR_DAMAGED,
  HABLA_SUBTITLE_ERROR_TOO_LARGE,
} HablaSubtitleError;

/**
 * habla_subtitle_error_quark:
 *
 * Returns: the quark
 */
GQuark habla_subtitle_error_quark (void);

/**
 * HablaSubtitleFile:
 * @format: "srt", "vtt", "ass" or "ttml"
 * @cues: (element-type HablaCue): its cues, in the order of the file
 * @assumed_encoding: (nullable): the encoding, if it was guessed
 * @n_lost: number of cues whose times cannot be read, which are in the preamble of the next one
 * @first_lost: line of the first of them, from 1
 *
 * A subtitle file in memory.
 */
typedef struct {
  const char *format;
  GPtrArray *cues;
  char *assumed_encoding;
  guint n_lost;
  guint first_lost;
} HablaSubtitleFile;

/**
 * habla_subtitle_file_parse:
 * @data: the bytes of the file
 * @size: their number
 * @encoding: (nullable): the encoding of the text; %NULL or "" to detect it
 * @language: (nullable): BCP 47 code of the text, which helps to detect the encoding
 * @error: return location for a %HABLA_SUBTITLE_ERROR, with the number of a line
 *
 * Reads SubRip, WebVTT, SubStation and TTML. The strings of the cues together have everything that
 * is in the file: text between cues is in `preamble` of the next cue, or in `trailer` of the last.
 *
 * - SubRip in the dialects of the field. `settings` has the text behind the times. Empty lines in a
 *   cue are removed, and `id` has its number.
 * - WebVTT. `settings` has the settings of the cue.
 * - SubStation. `settings` has the fields of the dialogue in the order of the Format line, without
 *   times and text, separated by commas; `preamble` ends with the line above.
 * - TTML. A cue is a `p`, or a `span` with times in a `p` without. `settings` has the attributes
 *   without `begin`, `end`, `dur` and `xml:id`, as in the file; `markup` the contents of the
 *   element; `preamble` begins behind the previous element and ends before `<`. Its name has the
 *   prefix of the root element. Times are those of the whole file, also if those in the file
 *   are relative to another element.
 *
 * A cue without an end lasts to the begin of the next, but at most 5 seconds.
 *
 * Returns: (transfer full) (nullable): the file; %NULL if it is no subtitle file, damaged or too
 *   large
 */
HablaSubtitleFile *habla_subtitle_file_parse (
    const guint8 *data, gsize size, const char *encoding, const char *language, GError **error);

/**
 * habla_subtitle_file_free:
 * @self: (transfer full): a file
 */
void habla_subtitle_file_free (HablaSubtitleFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSubtitleFile, habla_subtitle_file_free)

G_END_DECLS
