/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/store.h>

G_BEGIN_DECLS

/* 2026-11-25T08:00:00Z, in microseconds. */
#define STORE_TEST_TIME G_GINT64_CONSTANT (1795593600000000)

/* Returns: (transfer full): an exchange of typed text that began @id seconds after STORE_TEST_TIME
 */
HablaUtteranceRecord *store_test_utterance (
    guint64 id, guint64 session_id, const char *source, const char *spanish);
/* These wait for the result. */
gboolean store_test_add (HablaStore *store, HablaUtteranceRecord *utterance, GError **error);
gboolean store_test_flush (HablaStore *store, GError **error);
GPtrArray *store_test_list (HablaStore *store, guint64 session_id, guint64 after, guint limit);
GPtrArray *store_test_search (HablaStore *store, const char *query, guint limit, GError **error);
HablaSessionRecord *store_test_get_session (HablaStore *store, guint64 id, GError **error);
GPtrArray *store_test_list_sessions (HablaStore *store, guint limit, guint64 offset);
void store_test_wait_for_status (HablaStore *store, HablaStoreStatus status);

/* A GAsyncReadyCallback that keeps the result. */
void store_test_keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *store_test_wait (GAsyncResult **result);

/* Returns: (transfer full): path of a file in the folder of the test, which does not exist yet */
char *store_test_make_path (void);
/* Returns: the single value of @sql, from a separate connection */
char *store_test_query (const char *path, const char *sql);

G_END_DECLS
