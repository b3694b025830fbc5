/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/bookmarks/bookmark-list.h>
#include <store/database.h>

G_BEGIN_DECLS

/* The table of bookmarks. */

/**
 * habla_bookmark_rows_change:
 * @database: a connection
 * @exchange_id: an exchange
 * @change: what to do
 * @note: (nullable): for the bookmark; %NULL = the one that it has, or none
 * @now: in microseconds since 1970-01-01 UTC
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is no
 *   such exchange
 *
 * Returns: (transfer full) (nullable): the exchange as it is now
 */
HablaUtteranceRecord *habla_bookmark_rows_change (HablaDatabase *database, guint64 exchange_id,
    HablaBookmarkChange change, const char *note, gint64 now, GError **error);

/**
 * habla_bookmark_rows_list:
 * @database: a connection
 * @query: what to list
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_NOT_FOUND if there is no
 *   such session
 *
 * Returns: (transfer full) (nullable): the bookmarks
 */
HablaBookmarkList *habla_bookmark_rows_list (
    HablaDatabase *database, const HablaBookmarkQuery *query, GError **error);

G_END_DECLS
