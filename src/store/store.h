/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <store/store-error.h>
#include <store/records.h>

G_BEGIN_DECLS

/**
 * HablaStore:
 *
 * What was said, in a database file, on a thread of its own: no call waits for the disk but
 * those that say so. Callbacks come in the thread-default main context of the caller.
 *
 * While the file cannot be written, what is to be put in waits in memory, at most
 * %HABLA_STORE_MAX_PENDING of it; the rest is lost, and counted. Questions are answered as
 * long as the file can be read. A damaged file is moved aside and a new one begun.
 */
typedef struct _HablaStore HablaStore;

#define HABLA_STORE_MAX_PENDING 4096
#define HABLA_STORE_MAX_QUERIES 64

typedef enum {
  HABLA_STORE_OPENING,
  HABLA_STORE_OK,
  HABLA_STORE_READ_ONLY,
  HABLA_STORE_FULL,
  HABLA_STORE_LOCKED,
  HABLA_STORE_CORRUPT,
  HABLA_STORE_FAILED,
} HablaStoreStatus;

/* "ok", "read-only", … */
/* By HablaStoreStatus; %NULL ends them. */
extern const char *const habla_store_status_names[];

/**
 * HablaStoreStart:
 * @session_id: the next one, from which on none was used before; 0 = the file cannot be read
 * @exchange_id: likewise
 * @direction: (nullable): of the last session, by name
 * @mode: (nullable): likewise
 */
typedef struct {
  guint64 session_id;
  guint64 exchange_id;
  char *direction;
  char *mode;
} HablaStoreStart;

void habla_store_start_clear (HablaStoreStart *self);

/**
 * HablaStoreStats:
 * @pending: changes that are not written yet
 * @queries: queries that have no answer yet
 * @stored: utterances that were put in
 * @lost: utterances that were not, and will not be
 * @failures: tries to open the file or to write that failed; what was to be written waits
 * @corruptions: damaged files that were moved aside
 */
typedef struct {
  guint pending;
  guint queries;
  guint64 stored;
  guint64 lost;
  guint64 failures;
  guint64 corruptions;
} HablaStoreStats;

char *habla_store_get_default_path (void);

HablaStore *habla_store_new (const char *path);
/* Blocking: puts in what waits, if the file takes it, and ends the thread. What is still to
 * be called back is called in the main context after this. */
void habla_store_free (HablaStore *self);
/* Blocking, before a main loop runs: waits until the file was opened, or could not be, for
 * @timeout microseconds at most. @start: (out caller-allocates) */
void habla_store_wait_until_open (HablaStore *self, gint64 timeout, HablaStoreStart *start);

/* From any thread; never blocks. @message: (out) (optional) (transfer full) (nullable): for
 * people */
HablaStoreStatus habla_store_get_status (HablaStore *self, char **message);
void habla_store_get_stats (HablaStore *self, HablaStoreStats *figures);

/* @utterance: (transfer full). It succeeds when @utterance is on the disk, which may be long
 * after, and fails when it never will be. */
void habla_store_add_utterance_async (HablaStore *self, HablaUtteranceRecord *utterance,
    GAsyncReadyCallback callback, gpointer user_data);
/* Names of speakers that have spoken in a session. @speakers: (transfer full) (element-type
 * HablaSpeakerRecord) */
void habla_store_update_speakers (HablaStore *self, guint64 session_id, GPtrArray *speakers);
/* Settings of the last session. */
void habla_store_set_settings (HablaStore *self, const char *direction, const char *mode);
/* Before the end: these are the first that were not used. */
void habla_store_release_ids (HablaStore *self, guint64 session_id, guint64 exchange_id);
/* It succeeds when all that was given to the store before is on the disk; it fails when
 * something cannot be written now. */
void habla_store_flush_async (HablaStore *self, GAsyncReadyCallback callback, gpointer user_data);
/* Of all that answer with a boolean. */
gboolean habla_store_finish (HablaStore *self, GAsyncResult *result, GError **error);

/* Questions fail at once when the file cannot be read. Their errors are %HABLA_STORE_ERROR,
 * or %G_IO_ERROR_CANCELLED. */
void habla_store_list_sessions_async (HablaStore *self, guint limit, guint64 offset,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void habla_store_get_session_async (HablaStore *self, guint64 id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
HablaSessionRecord *habla_store_get_session_finish (
    HablaStore *self, GAsyncResult *result, GError **error);
/* Those of @session_id after the id @after, in their order. */
void habla_store_list_utterances_async (HablaStore *self, guint64 session_id, guint64 after,
    guint limit, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The last ones between @since and @before in @session_id; or, if that has none, in the last
 * session of @owner (nullable). */
void habla_store_list_missed_async (HablaStore *self, guint64 session_id, const char *owner,
    guint64 since, guint64 before, guint limit, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);
/* Where an exchange can be heard; %HABLA_STORE_ERROR_NOT_FOUND if it is in no recording. */
void habla_store_find_recording_async (HablaStore *self, guint64 session_id, guint64 exchange_id,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): the recording's id */
char *habla_store_find_recording_finish (HablaStore *self, GAsyncResult *result, GError **error);
/* The newest first. @query: in the syntax of SQLite's FTS5 */
void habla_store_search_async (HablaStore *self, const char *query, guint limit,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Of all that answer with several. Returns: (transfer full) (nullable) (element-type
 * HablaUtteranceRecord) or (element-type HablaSessionRecord) */
GPtrArray *habla_store_list_finish (HablaStore *self, GAsyncResult *result, GError **error);

/* Changes that somebody waits for: they fail when they cannot be made now. */
void habla_store_save_session_async (HablaStore *self, guint64 id, const char *notes,
    GAsyncReadyCallback callback, gpointer user_data);
void habla_store_delete_session_async (
    HablaStore *self, guint64 id, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
