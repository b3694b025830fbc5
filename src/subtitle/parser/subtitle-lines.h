/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaSubtitleLines:
 * @line: the current line, which ends with "\n" or NUL
 * @length: its bytes, without the line end
 * @number: its number, from 1; 0 = before the first
 * @next: (nullable): the next line; %NULL behind the last
 *
 * The lines of a text that ends with NUL, whose lines end with "\n". A plain value.
 */
typedef struct {
  const char *line;
  gsize length;
  guint number;
  const char *next;
} HablaSubtitleLines;

/**
 * HablaSubtitleTimes:
 * @begin: in nanoseconds
 * @end: in nanoseconds
 * @rest: the text behind the times, without blanks before it; not a copy
 * @rest_length: its bytes, without blanks at the end
 *
 * A line with the times of a cue.
 */
typedef struct {
  guint64 begin;
  guint64 end;
  const char *rest;
  gsize rest_length;
} HablaSubtitleTimes;

/**
 * habla_subtitle_lines_init:
 * @self: (out): lines
 * @text: the text, which must outlive @self
 */
void habla_subtitle_lines_init (HablaSubtitleLines *self, const char *text);

/**
 * habla_subtitle_lines_read:
 * @self: lines
 *
 * Goes to the next line.
 *
 * Returns: whether there is one
 */
gboolean habla_subtitle_lines_read (HablaSubtitleLines *self);

/**
 * habla_subtitle_lines_is_blank:
 * @self: lines
 *
 * Returns: whether the current line is empty or consists of blanks
 */
gboolean habla_subtitle_lines_is_blank (const HablaSubtitleLines *self);

/**
 * habla_subtitle_lines_is_number:
 * @self: lines
 * @number: (out): the value
 *
 * Returns: whether the current line is a number of up to 10 digits, such as that of a cue
 */
gboolean habla_subtitle_lines_is_number (const HablaSubtitleLines *self, guint64 *number);

/**
 * habla_subtitle_lines_has_arrow:
 * @self: lines
 *
 * Returns: whether the current line contains "-->"
 */
gboolean habla_subtitle_lines_has_arrow (const HablaSubtitleLines *self);

/**
 * habla_subtitle_lines_get_times:
 * @self: lines
 * @times: (out): the times and the text behind them
 *
 * Reads times of SubRip and WebVTT as people write them: with or without hours, any number of
 * digits, "," "." or ":" before the fraction, blanks around it, other dashes in the arrow.
 *
 * Returns: whether the current line begins with two times
 */
gboolean habla_subtitle_lines_get_times (const HablaSubtitleLines *self, HablaSubtitleTimes *times);

/**
 * habla_subtitle_time_parse:
 * @text: (inout): begins with a time; moved behind it
 * @time: (out): in nanoseconds
 *
 * Reads HOURS:MINUTES:SECONDS or MINUTES:SECONDS, with a decimal fraction or without.
 *
 * Returns: whether @text begins with a time
 */
gboolean habla_subtitle_time_parse (const char **text, guint64 *time);

G_END_DECLS
