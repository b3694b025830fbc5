/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/database.h>

G_BEGIN_DECLS

/**
 * habla_annotation_rows_add:
 * @database: a connection with a transaction in progress
 * @utterance: an utterance that was just added
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Adds its errors, phrases and processing time, and the role of its speaker. They are deleted with
 * the utterance.
 *
 * Returns: %FALSE on error
 */
gboolean habla_annotation_rows_add (
    HablaDatabase *database, const HablaUtteranceRecord *utterance, GError **error);

/**
 * habla_annotation_rows_read:
 * @database: a connection
 * @utterances: (element-type HablaUtteranceRecord): with the other fields that the store has
 * @ids: the ids of @utterances, as a JSON array
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Reads what habla_annotation_rows_add() wrote. A read-only file of an older version has none.
 *
 * Returns: %FALSE on error
 */
gboolean habla_annotation_rows_read (
    HablaDatabase *database, GPtrArray *utterances, const char *ids, GError **error);

/**
 * habla_role_rows_set:
 * @database: a connection with a transaction in progress
 * @session_id: a session
 * @speaker: one of its speakers
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: %FALSE on error
 */
gboolean habla_role_rows_set (
    HablaDatabase *database, guint64 session_id, const HablaSpeakerRecord *speaker, GError **error);

/**
 * habla_role_rows_read:
 * @database: a connection
 * @session_id: a session
 * @speaker: (inout): one of its speakers
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: %FALSE on error
 */
gboolean habla_role_rows_read (
    HablaDatabase *database, guint64 session_id, HablaSpeakerRecord *speaker, GError **error);

G_END_DECLS
