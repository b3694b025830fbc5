/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "subtitle/parser/subtitle-lines.h"
#include "subtitle/parser/subtitle-parser.h"

G_BEGIN_DECLS

/**
 * HablaCueCollector:
 * @file: the file that is read
 * @skipped: text since the last cue, which is no cue
 *
 * Takes the cues from the parser of a format, and owns the bounds.
 */
typedef struct {
  HablaSubtitleFile *file;
  GString *skipped;
} HablaCueCollector;

/**
 * habla_cue_collector_add:
 * @self: a collector
 * @times: the times of the cue
 * @markup: (transfer full): its text as it is in the file
 * @line: the number of its line
 * @error: return location for %HABLA_SUBTITLE_ERROR_TOO_LARGE
 *
 * Adds a cue, whose preamble is the skipped text.
 *
 * Returns: (transfer none) (nullable): the cue, for further fields; %NULL if there are too many, or
 *   it is too long
 */
HablaCue *habla_cue_collector_add (HablaCueCollector *self, const HablaSubtitleTimes *times,
    char *markup, guint line, GError **error);

/**
 * habla_cue_collector_skip:
 * @self: a collector
 * @text: text that is no cue
 * @length: its bytes
 *
 * Keeps text for the preamble of the next cue.
 */
void habla_cue_collector_skip (HablaCueCollector *self, const char *text, gsize length);

/**
 * habla_cue_collector_lose:
 * @self: a collector
 * @line: the number of its line
 *
 * Counts a cue whose times cannot be read.
 */
void habla_cue_collector_lose (HablaCueCollector *self, guint line);

/**
 * habla_srt_parse:
 * @collector: a collector
 * @text: SubRip with "\n" as line ends
 * @error: return location for a %HABLA_SUBTITLE_ERROR
 *
 * Returns: whether the bounds were kept
 */
gboolean habla_srt_parse (HablaCueCollector *collector, const char *text, GError **error);

/**
 * habla_vtt_parse:
 * @collector: a collector
 * @text: WebVTT with "\n" as line ends
 * @error: return location for a %HABLA_SUBTITLE_ERROR
 *
 * Returns: whether the bounds were kept
 */
gboolean habla_vtt_parse (HablaCueCollector *collector, const char *text, GError **error);

/**
 * habla_ass_parse:
 * @collector: a collector
 * @text: SubStation with "\n" as line ends
 * @error: return location for a %HABLA_SUBTITLE_ERROR
 *
 * Returns: whether the bounds were kept
 */
gboolean habla_ass_parse (HablaCueCollector *collector, const char *text, GError **error);

/**
 * habla_ttml_parse:
 * @collector: a collector
 * @text: TTML
 * @error: return location for a %HABLA_SUBTITLE_ERROR
 *
 * Refuses declarations of entities and never loads anything. Call on any thread.
 *
 * Returns: whether @text is well-formed and the bounds were kept
 */
gboolean habla_ttml_parse (HablaCueCollector *collector, const char *text, GError **error);

G_END_DECLS
