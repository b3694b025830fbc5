/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns of a line. A character that takes two columns, as in Chinese, counts twice. */
#define HABLA_CAPTION_MAX_COLUMNS 42
/* Lines of a cue. */
#define HABLA_CAPTION_MAX_LINES 2
/* Minimum duration of a cue, if the speech is not shorter; in milliseconds. */
#define HABLA_CAPTION_MIN_DURATION 1000
/* Maximum duration of a cue, in milliseconds. */
#define HABLA_CAPTION_MAX_DURATION 7000
/* Time between two cues, so that a reader sees that they change: two frames, in milliseconds. */
#define HABLA_CAPTION_MIN_GAP 80
/* Columns that an adult reads in a second. */
#define HABLA_CAPTION_RATE 17.0

/**
 * HablaCaptionLayout:
 * @max_columns: of a line; a longer word is a longer line
 * @max_lines: of a cue; 1 to %HABLA_CAPTION_MOST_LINES
 * @max_width: of all lines of a cue together, in columns; at most @max_columns x @max_lines
 * @rate: columns that a reader needs a second for, above 0
 *
 * What makes captions easy to read.
 */
typedef struct {
  guint max_columns;
  guint max_lines;
  guint max_width;
  double rate;
} HablaCaptionLayout;

#define HABLA_CAPTION_MOST_LINES 4

/* The layout by default. */
#define HABLA_CAPTION_LAYOUT \
  { \
    HABLA_CAPTION_MAX_COLUMNS, HABLA_CAPTION_MAX_LINES, \
        HABLA_CAPTION_MAX_COLUMNS *HABLA_CAPTION_MAX_LINES, HABLA_CAPTION_RATE \
  }

/**
 * HablaCaptionWord:
 * @begin: when it begins, in milliseconds
 * @end: when it ends, in milliseconds
 * @n_characters: its length without blanks
 *
 * A word of an utterance.
 */
typedef struct {
  gint64 begin;
  gint64 end;
  guint n_characters;
} HablaCaptionWord;

/**
 * HablaCaptionSpeech:
 * @text: UTF-8
 * @begin: when its speech begins, in milliseconds
 * @end: when its speech ends, in milliseconds
 * @words: (nullable) (element-type HablaCaptionWord): its words in order; %NULL if they have no
 *   times
 *
 * An utterance that becomes cues.
 */
typedef struct {
  const char *text;
  gint64 begin;
  gint64 end;
  GArray *words;
} HablaCaptionSpeech;

/**
 * HablaCaptionTime:
 * @begin: in milliseconds
 * @end: in milliseconds
 * @n_characters: of the text up to the end
 *
 * When a part of an utterance is spoken.
 */
typedef struct {
  gint64 begin;
  gint64 end;
  guint64 n_characters;
} HablaCaptionTime;

/**
 * HablaCaptionCue:
 * @begin: in milliseconds
 * @end: in milliseconds; after @begin
 * @lines: (array zero-terminated=1): the lines, without blanks at the ends; at least one
 *
 * What subtitles show at one time.
 */
typedef struct {
  gint64 begin;
  gint64 end;
  GStrv lines;
} HablaCaptionCue;

G_END_DECLS
