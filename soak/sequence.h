/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SoakSequence:
 *
 * Checks that one client receives each transcript once and in order, and exactly one translation
 * of each. It may outlive a connection.
 */
typedef struct _SoakSequence SoakSequence;

/* Returns: (transfer full): an empty sequence */
SoakSequence *soak_sequence_new (void);

/* Frees @self. */
void soak_sequence_free (SoakSequence *self);

/* @message: any message of the protocol. Returns: (transfer full) (nullable): a problem, such as
 * "lost: …" */
char *soak_sequence_add (SoakSequence *self, JsonObject *message);

/* Call when the connection was aborted. Exchanges without a translation are expected again.
 * Returns: the last complete exchange, for the query parameter "since" */
guint64 soak_sequence_resume (SoakSequence *self);

/* Returns: (transfer none) (element-type utf8): transcripts since soak_sequence_clear() */
GPtrArray *soak_sequence_get_texts (SoakSequence *self);

/* Returns: number of transcripts without a translation */
guint soak_sequence_count_open (SoakSequence *self);

/* Returns: number of translations that are marked as failed */
guint64 soak_sequence_count_failed (SoakSequence *self);

/* Returns: number of gaps in the exchange IDs. All rooms share the IDs, so a gap is a loss only if
 * there is no other speaker */
guint64 soak_sequence_count_missing (SoakSequence *self);

/* Discards the transcripts that were received. */
void soak_sequence_clear (SoakSequence *self);

/**
 * soak_sequence_compare_speech:
 * @texts: (element-type utf8): transcripts
 * @said: (element-type utf8): sentences that were spoken, in order
 *
 * Assigns each transcript to the most similar sentence, as recognition is not exact and may split
 * a sentence, and checks their order.
 *
 * Returns: (transfer full) (nullable): a problem
 */
char *soak_sequence_compare_speech (GPtrArray *texts, GPtrArray *said);

/* Like soak_sequence_compare_speech(), but @texts must be equal to @said. */
char *soak_sequence_compare_typed (GPtrArray *texts, GPtrArray *said);

G_END_DECLS
