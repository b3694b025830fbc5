/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/bookmarks/bookmark-list.h>
#include <store/store.h>

G_BEGIN_DECLS

/* The bookmarks of a store. */

/**
 * habla_bookmarks_change_async:
 * @store: a store
 * @exchange_id: an exchange
 * @change: what to do
 * @note: (nullable): for the bookmark; %NULL = the one that it has, or none
 * @callback: see habla_bookmarks_change_finish()
 * @user_data: passed to @callback
 *
 * Fails if the file cannot be written now.
 */
void habla_bookmarks_change_async (HablaStore *store, guint64 exchange_id,
    HablaBookmarkChange change, const char *note, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_bookmarks_change_finish:
 * @store: a store; may have been freed meanwhile
 * @result: of habla_bookmarks_change_async()
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is no
 *   such exchange
 *
 * Returns: (transfer full) (nullable): the exchange as it is now
 */
HablaUtteranceRecord *habla_bookmarks_change_finish (
    HablaStore *store, GAsyncResult *result, GError **error);

/**
 * habla_bookmarks_list_async:
 * @store: a store
 * @query: (transfer none): what to list
 * @cancellable: (nullable): cancels the query
 * @callback: see habla_bookmarks_list_finish()
 * @user_data: passed to @callback
 */
void habla_bookmarks_list_async (HablaStore *store, const HablaBookmarkQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_bookmarks_list_finish:
 * @store: a store; may have been freed meanwhile
 * @result: of habla_bookmarks_list_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the bookmarks
 */
HablaBookmarkList *habla_bookmarks_list_finish (
    HablaStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
