/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_ANNOTATIONS (habla_annotations_get_type ())

/* Upper bounds of what one utterance carries. Whatever exceeds them is left out. */
#define HABLA_MAX_NOTES 32
#define HABLA_MAX_CORRECTIONS 32
#define HABLA_MAX_NOTE_TEXT 2000 /* characters of each string */

/* Values of the field @source of a note. */
#define HABLA_NOTE_SOURCE_PATTERNS "pattern_db"
#define HABLA_NOTE_SOURCE_MODEL "llm"

/**
 * HablaNote:
 * @phrase: (not nullable): the phrase in its canonical form: "tomar el pelo"
 * @literal: (not nullable): its literal translation; "" = unknown
 * @meaning: (not nullable): what it means
 * @type: (not nullable): "idiom", "false_friend" or any other short name
 * @region: (not nullable): where it is said; "universal" = everywhere
 * @source: (not nullable): %HABLA_NOTE_SOURCE_PATTERNS or %HABLA_NOTE_SOURCE_MODEL
 * @save_worthy: whether a learner would want to keep it
 * @begin: its first character in the text that was said; -1 = unknown
 * @end: the character after its last one; -1 = unknown
 *
 * A phrase in an utterance that deserves an explanation.
 */
typedef struct {
  char *phrase;
  char *literal;
  char *meaning;
  char *type;
  char *region;
  char *source;
  gboolean save_worthy;
  int begin;
  int end;
} HablaNote;

/**
 * HablaCorrection:
 * @wrong: (not nullable): the words spoken
 * @right: (not nullable): what is right
 * @explanation: (not nullable): why; "" = unknown
 *
 * An error of a learner.
 */
typedef struct {
  char *wrong;
  char *right;
  char *explanation;
} HablaCorrection;

/**
 * HablaAnnotations:
 * @corrected: (nullable): the whole text that was said, without its errors; %NULL = as it was said
 * @corrections: (element-type HablaCorrection): the errors, in the order of the text
 * @notes: (element-type HablaNote): phrases with an explanation
 *
 * What a #HablaUtterance carries beside its text. All of it is about the text that was said, also
 * in a translation. A reference-counted value: once an utterance has it, it is never modified, so
 * copies share it, and any thread may read it.
 */
typedef struct {
  char *corrected;
  GPtrArray *corrections;
  GPtrArray *notes;

  /*< private >*/
  gatomicrefcount ref_count;
} HablaAnnotations;

/**
 * habla_annotations_get_type:
 *
 * Returns: the boxed type of #HablaAnnotations, whose copy is a reference
 */
HABLA_API GType habla_annotations_get_type (void);

/**
 * habla_annotations_new:
 *
 * Returns: (transfer full): annotations without corrections and notes
 */
HABLA_API HablaAnnotations *habla_annotations_new (void);

/**
 * habla_annotations_ref:
 * @self: annotations
 *
 * Returns: (transfer full): @self with one more reference
 */
HABLA_API HablaAnnotations *habla_annotations_ref (HablaAnnotations *self);

/**
 * habla_annotations_unref:
 * @self: (transfer full): annotations
 */
HABLA_API void habla_annotations_unref (HablaAnnotations *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaAnnotations, habla_annotations_unref)

/**
 * habla_annotations_set_corrected:
 * @self: new annotations
 * @corrected: (nullable): see #HablaAnnotations; invalid UTF-8 is replaced
 */
HABLA_API void habla_annotations_set_corrected (HablaAnnotations *self, const char *corrected);

/**
 * habla_annotations_add_correction:
 * @self: new annotations
 * @correction: (transfer none): an error; its strings may be %NULL for "", and are shortened to
 *   %HABLA_MAX_NOTE_TEXT
 *
 * No-op if there are %HABLA_MAX_CORRECTIONS.
 */
HABLA_API void habla_annotations_add_correction (
    HablaAnnotations *self, const HablaCorrection *correction);

/**
 * habla_annotations_add_note:
 * @self: new annotations
 * @note: (transfer none): a note; its strings may be %NULL for "", and are shortened to
 *   %HABLA_MAX_NOTE_TEXT
 *
 * No-op if there are %HABLA_MAX_NOTES, or one with the same phrase without regard to case.
 */
HABLA_API void habla_annotations_add_note (HablaAnnotations *self, const HablaNote *note);

/**
 * habla_annotations_is_empty:
 * @self: (nullable): annotations
 *
 * Returns: whether there is nothing in them
 */
HABLA_API gboolean habla_annotations_is_empty (const HablaAnnotations *self);

/**
 * habla_annotations_merge:
 * @first: (nullable): annotations, of rules
 * @second: (nullable): annotations of the same text, of a language model
 *
 * The corrected text and the corrections are those of @second if it has any. The notes are those of
 * @first, then those of @second whose phrase is new.
 *
 * Returns: (transfer full) (nullable): the annotations of both; %NULL if both are %NULL
 */
HABLA_API HablaAnnotations *habla_annotations_merge (
    HablaAnnotations *first, HablaAnnotations *second);

G_END_DECLS
