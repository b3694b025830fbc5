/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/phrases/idiom-record.h>
#include <store/store.h>

G_BEGIN_DECLS

/* Idioms of users. */

/**
 * habla_idioms_add_async:
 * @store: a store
 * @idiom: (transfer full): the idiom
 * @callback: see habla_idioms_add_finish()
 * @user_data: passed to @callback
 *
 * Fails if the file cannot be written now.
 */
void habla_idioms_add_async (
    HablaStore *store, HablaIdiomRecord *idiom, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_idioms_add_finish:
 * @store: a store; may have been freed meanwhile
 * @result: of habla_idioms_add_async()
 * @error: return location for a %HABLA_STORE_ERROR; %HABLA_STORE_ERROR_REFUSED if there is one with
 *   the same canonical form
 *
 * Returns: (transfer full) (nullable): the idiom with its id
 */
HablaIdiomRecord *habla_idioms_add_finish (HablaStore *store, GAsyncResult *result, GError **error);

/**
 * habla_idioms_list_async:
 * @store: a store
 * @callback: receives #HablaIdiomRecord in the order of their ids; see habla_store_list_finish()
 * @user_data: passed to @callback
 */
void habla_idioms_list_async (HablaStore *store, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_idioms_remove_async:
 * @store: a store
 * @id: of an idiom
 * @callback: see habla_store_finish(); %HABLA_STORE_ERROR_NOT_FOUND if there is none
 * @user_data: passed to @callback
 */
void habla_idioms_remove_async (
    HablaStore *store, gint64 id, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
