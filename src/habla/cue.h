/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/**
 * HablaCue:
 * @begin: when it appears, in nanoseconds from the begin of the file
 * @end: when it disappears, in nanoseconds, >= @begin
 * @text: (not nullable): its plain text; lines are separated by "\n"
 * @format: (not nullable): the format of the strings below: "srt", "vtt", "ass" or "ttml"
 * @markup: (nullable): its text as it is in the file, in UTF-8; %NULL if it has no markup
 * @id: (nullable): its identifier, also a number
 * @settings: (nullable): the other fields of the cue as they are in the file: settings of WebVTT,
 *   coordinates of SubRip, the fields of SubStation in the order of its Format line without times
 *   and text, attributes of TTML
 * @speaker: (nullable): who speaks
 * @preamble: (nullable): what the file has before the cue and is no cue, as it is in the file:
 *   headers, styles, regions, comments
 * @trailer: (nullable): the same after the last cue
 *
 * A cue of a subtitle file: what appears at one time.
 */
typedef struct {
  guint64 begin;
  guint64 end;
  char *text;
  char *format;
  char *markup;
  char *id;
  char *settings;
  char *speaker;
  char *preamble;
  char *trailer;
} HablaCue;

#define HABLA_TYPE_CUE (habla_cue_get_type ())
/**
 * habla_cue_get_type:
 *
 * Returns: the boxed type of #HablaCue
 */
HABLA_API GType habla_cue_get_type (void);

/**
 * habla_cue_new:
 * @begin: when it appears
 * @end: when it disappears
 * @text: its plain text; invalid UTF-8 is replaced
 * @format: the format of the file
 *
 * Returns: (transfer full): a cue whose other strings are %NULL; the caller sets them
 */
HABLA_API HablaCue *habla_cue_new (
    guint64 begin, guint64 end, const char *text, const char *format);

/**
 * habla_cue_free:
 * @self: (transfer full): a cue
 */
HABLA_API void habla_cue_free (HablaCue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaCue, habla_cue_free)

G_END_DECLS
