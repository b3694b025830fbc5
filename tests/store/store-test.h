/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/store.h>

G_BEGIN_DECLS

/* 2026-11-25T08:00:00Z, in microseconds. */
#define STORE_TEST_TIME G_GINT64_CONSTANT (1795593600000000)

/* An exchange of typed text that began @id seconds after STORE_TEST_TIME. */
HablaUtteranceRecord *store_test_utterance (
    guint64 id, guint64 session_id, const char *source, const char *spanish);
/* Each waits for the answer. */
gboolean store_test_add (HablaStore *store, HablaUtteranceRecord *utterance, GError **error);
gboolean store_test_flush (HablaStore *store, GError **error);
GPtrArray *store_test_list (HablaStore *store, guint64 session_id, guint64 after, guint limit);
GPtrArray *store_test_search (HablaStore *store, const char *query, guint limit, GError **error);
HablaSessionRecord *store_test_get_session (HablaStore *store, guint64 id, GError **error);
GPtrArray *store_test_list_sessions (HablaStore *store, guint limit, guint64 offset);
void store_test_wait_for_status (HablaStore *store, HablaStoreStatus status);

/* For a function with its own callback: takes what it gave. */
void store_test_keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *store_test_wait (GAsyncResult **result);

/* Returns: (transfer full): a path below the folder of the test, not there yet */
char *store_test_make_path (void);
/* Returns: the one value that @sql gives, by a connection of its own */
char *store_test_query (const char *path, const char *sql);

G_END_DECLS
