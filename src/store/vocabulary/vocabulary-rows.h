/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/database.h>
#include <store/vocabulary/vocabulary-item.h>

G_BEGIN_DECLS

/* The table of vocabulary items. Times are in microseconds since 1970-01-01 UTC. */

/**
 * habla_vocabulary_rows_add:
 * @database: a connection
 * @item: what to add; @exchange_id is ignored if there is no such exchange
 * @now: the current time
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_CONFLICT if there are
 *   %HABLA_VOCABULARY_MAX_ITEMS already
 *
 * If there is an item with this term, only counts that it was met again.
 *
 * Returns: (transfer full) (nullable): the item as it is in the table
 */
HablaVocabularyItem *habla_vocabulary_rows_add (
    HablaDatabase *database, const HablaVocabularyItem *item, gint64 now, GError **error);

/**
 * habla_vocabulary_rows_get:
 * @database: a connection
 * @id: an item
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is none
 *
 * Returns: (transfer full) (nullable): the item
 */
HablaVocabularyItem *habla_vocabulary_rows_get (
    HablaDatabase *database, guint64 id, GError **error);

/**
 * habla_vocabulary_rows_change:
 * @database: a connection
 * @change: the id of an item, and what to change of it
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is no
 *   such item, %HABLA_STORE_ERROR_CONFLICT if another one has its new term
 *
 * Returns: (transfer full) (nullable): the item as it is now
 */
HablaVocabularyItem *habla_vocabulary_rows_change (
    HablaDatabase *database, const HablaVocabularyItem *change, GError **error);

/**
 * habla_vocabulary_rows_review:
 * @database: a connection
 * @id: an item
 * @quality: %HABLA_REVIEW_WORST to %HABLA_REVIEW_BEST
 * @now: the current time
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is none
 *
 * Returns: (transfer full) (nullable): the item as it is now
 */
HablaVocabularyItem *habla_vocabulary_rows_review (
    HablaDatabase *database, guint64 id, guint quality, gint64 now, GError **error);

/**
 * habla_vocabulary_rows_delete:
 * @database: a connection
 * @id: an item
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is none
 *
 * Returns: %FALSE on error
 */
gboolean habla_vocabulary_rows_delete (HablaDatabase *database, guint64 id, GError **error);

/**
 * habla_vocabulary_rows_list:
 * @database: a connection
 * @query: what to list
 * @now: the current time
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: (transfer full) (element-type HablaVocabularyItem) (nullable): the items
 */
GPtrArray *habla_vocabulary_rows_list (
    HablaDatabase *database, const HablaVocabularyQuery *query, gint64 now, GError **error);

/**
 * habla_vocabulary_rows_get_stats:
 * @database: a connection
 * @now: the current time
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the statistics
 */
HablaVocabularyStats *habla_vocabulary_rows_get_stats (
    HablaDatabase *database, gint64 now, GError **error);

/**
 * habla_vocabulary_rows_get_session:
 * @database: a connection
 * @size: maximum number of items
 * @now: the current time
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): what to review now
 */
HablaReviewSession *habla_vocabulary_rows_get_session (
    HablaDatabase *database, guint size, gint64 now, GError **error);

G_END_DECLS
