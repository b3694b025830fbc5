/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/annotations.h>
#include <habla/cue.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_UTTERANCE (habla_utterance_get_type ())

/* Confidence of engines that have none. */
#define HABLA_CONFIDENCE_UNKNOWN (-1.0)

/* Unknown time; equals GST_CLOCK_TIME_NONE. */
#define HABLA_TIME_NONE G_MAXUINT64

typedef struct _HablaUtterance HablaUtterance;

/**
 * HablaWord:
 * @text: (not nullable): the word, with its punctuation
 * @begin: running time of its begin, in nanoseconds
 * @end: running time of its end, in nanoseconds, >= @begin
 *
 * One word of an utterance. In a script without spaces, one character.
 */
typedef struct {
  char *text;
  guint64 begin;
  guint64 end;
} HablaWord;

#define HABLA_TYPE_WORD (habla_word_get_type ())
/**
 * habla_word_get_type:
 *
 * Returns: the boxed type of #HablaWord
 */
HABLA_API GType habla_word_get_type (void);

/**
 * habla_word_new:
 * @text: the word; invalid UTF-8 is replaced
 * @begin: its begin
 * @end: its end
 *
 * Returns: (transfer full): the word
 */
HABLA_API HablaWord *habla_word_new (const char *text, guint64 begin, guint64 end);

/**
 * habla_word_free:
 * @self: (transfer full): a word
 */
HABLA_API void habla_word_free (HablaWord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaWord, habla_word_free)

/**
 * HablaUtterance:
 * @id: the same number from the first partial hypothesis to every final
 *   translation; unique and increasing within one transcriber, from 1; 0 = none
 * @begin: running time of the begin of speech, in nanoseconds, or %HABLA_TIME_NONE
 * @end: running time of its end, in nanoseconds, >= @begin, or %HABLA_TIME_NONE
 * @text: (not nullable): the text, in @language, in valid UTF-8
 * @language: (nullable): BCP 47 code of @text; %NULL = unknown
 * @source_text: (nullable): the original text; %NULL if @text is not a translation
 * @source_language: (nullable): BCP 47 code of @source_text
 * @speaker: (nullable): identifier of the speaker, from a diarizer or the application;
 *   %NULL = unknown
 * @confidence: of the recognition, 0.0 to 1.0, or %HABLA_CONFIDENCE_UNKNOWN
 * @is_final: %FALSE for a partial hypothesis, which a later one replaces
 * @untranslated: whether a translator failed, so that @text is in its original language
 * @words: (nullable) (element-type HablaWord): the words of @text with their times, in order;
 *   %NULL if the transcriber has none, and for translations. Never modified, so copies share it
 * @annotations: (nullable): errors and idioms in the original text: of @source_text if @text is a
 *   translation. Never modified, so copies share them
 * @cues: (nullable) (element-type HablaCue): the cues of a subtitle file that contain the original
 *   text, in order; %NULL if it is from another source. Never modified, so copies share them
 *
 * One stretch of speech, as a plain value that owns its strings.
 */
struct _HablaUtterance {
  guint64 id;
  guint64 begin;
  guint64 end;
  char *text;
  char *language;
  char *source_text;
  char *source_language;
  char *speaker;
  double confidence;
  gboolean is_final;
  gboolean untranslated;
  GPtrArray *words;
  HablaAnnotations *annotations;
  GPtrArray *cues;
};

/**
 * habla_utterance_get_type:
 *
 * Returns: the boxed type of #HablaUtterance
 */
HABLA_API GType habla_utterance_get_type (void);

/**
 * habla_utterance_new:
 * @id: its id, or 0
 * @text: its text; invalid UTF-8 is replaced
 * @language: (nullable): BCP 47 code of @text
 *
 * Creates a final utterance without times, speaker or confidence.
 *
 * Returns: (transfer full): the utterance
 */
HABLA_API HablaUtterance *habla_utterance_new (guint64 id, const char *text, const char *language);

/**
 * habla_utterance_copy:
 * @self: an utterance
 *
 * Returns: (transfer full): a deep copy
 */
HABLA_API HablaUtterance *habla_utterance_copy (const HablaUtterance *self);

/**
 * habla_utterance_free:
 * @self: (transfer full): an utterance
 */
HABLA_API void habla_utterance_free (HablaUtterance *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaUtterance, habla_utterance_free)

G_END_DECLS
