/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/store.h>
#include <store/vocabulary/vocabulary-item.h>

G_BEGIN_DECLS

/* The vocabulary items of a store. Changes fail if the file cannot be written now. */

/**
 * habla_vocabulary_add_async:
 * @store: a store
 * @item: (transfer full): what to add; without id, review and times
 * @callback: see habla_vocabulary_item_finish()
 * @user_data: passed to @callback
 *
 * If there is an item with this term, only counts that it was met again. Fails with
 * %HABLA_STORE_ERROR_CONFLICT if there are %HABLA_VOCABULARY_MAX_ITEMS.
 */
void habla_vocabulary_add_async (
    HablaStore *store, HablaVocabularyItem *item, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_get_async:
 * @store: a store
 * @id: an item
 * @cancellable: (nullable): cancels the query
 * @callback: see habla_vocabulary_item_finish()
 * @user_data: passed to @callback
 */
void habla_vocabulary_get_async (HablaStore *store, guint64 id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_change_async:
 * @store: a store
 * @change: (transfer full): the id of an item, and what to change of it
 * @callback: see habla_vocabulary_item_finish()
 * @user_data: passed to @callback
 *
 * Fails with %HABLA_STORE_ERROR_CONFLICT if another item has the new term.
 */
void habla_vocabulary_change_async (HablaStore *store, HablaVocabularyItem *change,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_review_async:
 * @store: a store
 * @id: an item that was reviewed now
 * @quality: %HABLA_REVIEW_WORST to %HABLA_REVIEW_BEST
 * @callback: see habla_vocabulary_item_finish()
 * @user_data: passed to @callback
 */
void habla_vocabulary_review_async (
    HablaStore *store, guint64 id, guint quality, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_item_finish:
 * @store: a store; may have been freed meanwhile
 * @result: of habla_vocabulary_add_async(), habla_vocabulary_get_async(),
 *   habla_vocabulary_change_async() or habla_vocabulary_review_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the item as it is now
 */
HablaVocabularyItem *habla_vocabulary_item_finish (
    HablaStore *store, GAsyncResult *result, GError **error);

/**
 * habla_vocabulary_delete_async:
 * @store: a store
 * @id: an item
 * @callback: see habla_store_finish()
 * @user_data: passed to @callback
 */
void habla_vocabulary_delete_async (
    HablaStore *store, guint64 id, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_list_async:
 * @store: a store
 * @query: (transfer none): what to list
 * @cancellable: (nullable): cancels the query
 * @callback: receives #HablaVocabularyItem; see habla_store_list_finish()
 * @user_data: passed to @callback
 */
void habla_vocabulary_list_async (HablaStore *store, const HablaVocabularyQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_get_stats_async:
 * @store: a store
 * @cancellable: (nullable): cancels the query
 * @callback: see habla_vocabulary_get_stats_finish()
 * @user_data: passed to @callback
 */
void habla_vocabulary_get_stats_async (
    HablaStore *store, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_get_stats_finish:
 * @store: a store; may have been freed meanwhile
 * @result: of habla_vocabulary_get_stats_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the statistics
 */
HablaVocabularyStats *habla_vocabulary_get_stats_finish (
    HablaStore *store, GAsyncResult *result, GError **error);

/**
 * habla_vocabulary_get_session_async:
 * @store: a store
 * @size: maximum number of items
 * @cancellable: (nullable): cancels the query
 * @callback: see habla_vocabulary_get_session_finish()
 * @user_data: passed to @callback
 */
void habla_vocabulary_get_session_async (HablaStore *store, guint size, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_vocabulary_get_session_finish:
 * @store: a store; may have been freed meanwhile
 * @result: of habla_vocabulary_get_session_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): what to review now
 */
HablaReviewSession *habla_vocabulary_get_session_finish (
    HablaStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
