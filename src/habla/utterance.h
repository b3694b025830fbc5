/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_TYPE_UTTERANCE (habla_utterance_get_type ())

/* The confidence of an engine that does not tell any. */
#define HABLA_CONFIDENCE_UNKNOWN (-1.0)

/* A time that is not known; equals GST_CLOCK_TIME_NONE. */
#define HABLA_TIME_NONE G_MAXUINT64

typedef struct _HablaUtterance HablaUtterance;

/**
 * HablaUtterance:
 * @id: the same number from the first partial hypothesis to every final
 *   translation; unique and increasing within one transcriber, from 1; 0 = none
 * @begin: running time at which the speech begins, in nanoseconds,
 *   or %HABLA_TIME_NONE
 * @end: running time at which it ends, in nanoseconds, >= @begin,
 *   or %HABLA_TIME_NONE
 * @text: (not nullable): what was said, in @language, in valid UTF-8
 * @language: (nullable): BCP 47 code of @text; %NULL = not known
 * @source_text: (nullable): what was said before it was translated; %NULL if
 *   @text is not a translation
 * @source_language: (nullable): BCP 47 code of @source_text
 * @speaker: (nullable): who said it, as an identifier of the diarizer or
 *   application; %NULL = not known
 * @confidence: of the recognition, 0.0 to 1.0, or %HABLA_CONFIDENCE_UNKNOWN
 * @is_final: %FALSE for a partial hypothesis, which a later one replaces
 * @untranslated: a translator failed on it and passed @text on in the language
 *   that it came in
 *
 * A stretch of speech. A plain value: whoever holds one owns all of its strings.
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
};

HABLA_API GType habla_utterance_get_type (void);
HABLA_API HablaUtterance *habla_utterance_new (guint64 id, const char *text, const char *language);
HABLA_API HablaUtterance *habla_utterance_copy (const HablaUtterance *self);
HABLA_API void habla_utterance_free (HablaUtterance *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaUtterance, habla_utterance_free)

G_END_DECLS
