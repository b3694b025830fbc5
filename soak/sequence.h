/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SoakSequence:
 *
 * Looks whether one client gets each utterance once and in order, and exactly one
 * translation for each of them. It outlives a connection that is cut.
 */
typedef struct _SoakSequence SoakSequence;

SoakSequence *soak_sequence_new (void);
void soak_sequence_free (SoakSequence *self);

/* Returns: (transfer full) (nullable): what is wrong with @message, "lost: …" and the like */
char *soak_sequence_take (SoakSequence *self, JsonObject *message);
/* The connection was cut. Returns: the exchange after which it goes on, as ?since=; what was
 * told after that comes once more */
guint64 soak_sequence_resume (SoakSequence *self);

/* Texts of what was told since soak_sequence_clear(): (transfer none) (element-type utf8) */
GPtrArray *soak_sequence_get_texts (SoakSequence *self);
guint soak_sequence_count_open (SoakSequence *self);
guint64 soak_sequence_count_failed (SoakSequence *self);
/* Ids that were passed over. All rooms count together: it is a loss only if nobody else spoke. */
guint64 soak_sequence_count_missing (SoakSequence *self);
void soak_sequence_clear (SoakSequence *self);

/* How well the texts match those that were said, for speech, of which some words are
 * recognised wrongly. @said: texts in order, maybe several times.
 * Returns: (transfer full) (nullable): what is wrong */
char *soak_sequence_compare_speech (GPtrArray *texts, GPtrArray *said);
/* The same of what was typed, of which nothing may differ. */
char *soak_sequence_compare_typed (GPtrArray *texts, GPtrArray *said);

G_END_DECLS
