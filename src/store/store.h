/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <store/store-error.h>
#include <store/records.h>

G_BEGIN_DECLS

/**
 * HablaStore:
 *
 * Finished exchanges in a database file, written and read by a thread of its own. Only calls that
 * are documented as blocking wait for the disk. All calls are for one thread, unless documented
 * otherwise; callbacks run in the thread-default main context of the caller.
 *
 * While the file cannot be written, up to %HABLA_STORE_MAX_PENDING changes are kept in memory and
 * retried every second; further ones are dropped and counted. Queries work as long as the file can
 * be read. A damaged file is quarantined, and an empty one takes its place.
 */
typedef struct _HablaStore HablaStore;

/* Maximum number of changes, and of queries, in the queues. */
#define HABLA_STORE_MAX_PENDING 4096
#define HABLA_STORE_MAX_QUERIES 64

/**
 * HablaStoreStatus:
 * @HABLA_STORE_OPENING: the file has not been opened yet
 * @HABLA_STORE_OK: the file can be read and written
 * @HABLA_STORE_READ_ONLY: the file or its folder is not writable
 * @HABLA_STORE_FULL: the disk is full
 * @HABLA_STORE_LOCKED: another program uses the file
 * @HABLA_STORE_CORRUPT: the file is damaged and could not be quarantined
 * @HABLA_STORE_FAILED: any other error
 */
typedef enum {
  HABLA_STORE_OPENING,
  HABLA_STORE_OK,
  HABLA_STORE_READ_ONLY,
  HABLA_STORE_FULL,
  HABLA_STORE_LOCKED,
  HABLA_STORE_CORRUPT,
  HABLA_STORE_FAILED,
} HablaStoreStatus;

/* Such as "read-only", indexed by HablaStoreStatus; terminated by %NULL. */
extern const char *const habla_store_status_names[];

/**
 * HablaStoreStart:
 * @session_id: the first session id that was never used; 0 if the file cannot be read
 * @exchange_id: the first exchange id that was never used; 0 if the file cannot be read
 * @direction: (nullable): name of the direction of the last session
 * @mode: (nullable): name of the mode of the last session
 * @language_model: (nullable): what habla_store_set_language_model() got last
 *
 * Where to continue after the last run.
 */
typedef struct {
  guint64 session_id;
  guint64 exchange_id;
  char *direction;
  char *mode;
  char *language_model;
} HablaStoreStart;

/**
 * habla_store_start_clear:
 * @self: a struct that habla_store_wait_until_open() has filled in
 *
 * Frees the strings, not the struct.
 */
void habla_store_start_clear (HablaStoreStart *self);

/**
 * HablaStoreStats:
 * @pending: changes that are not written yet
 * @queries: queries that have no answer yet
 * @stored: utterances written so far
 * @lost: utterances dropped or refused so far
 * @failures: failed attempts to open or write the file so far; the changes stay pending
 * @corruptions: files quarantined so far
 */
typedef struct {
  guint pending;
  guint queries;
  guint64 stored;
  guint64 lost;
  guint64 failures;
  guint64 corruptions;
} HablaStoreStats;

/**
 * habla_store_get_default_path:
 *
 * Returns: (transfer full): where the file is unless configured otherwise
 */
char *habla_store_get_default_path (void);

/**
 * habla_store_new:
 * @path: path of the database file
 *
 * Returns immediately; the thread opens the file, and creates it if it is missing.
 *
 * Returns: (transfer full): a store
 */
HablaStore *habla_store_new (const char *path);

/**
 * habla_store_free:
 * @self: (transfer full): a store
 *
 * Blocking: writes pending changes if the file accepts them, drops the rest, and ends the thread.
 * Callbacks that are still due run in the main context afterwards.
 */
void habla_store_free (HablaStore *self);

/**
 * habla_store_wait_until_open:
 * @self: a store
 * @timeout: maximum time to wait, in microseconds
 * @start: (out caller-allocates): where to continue; clear it with habla_store_start_clear()
 *
 * Blocking: waits until the first attempt to open the file has succeeded or failed. For use
 * before a main loop runs.
 */
void habla_store_wait_until_open (HablaStore *self, gint64 timeout, HablaStoreStart *start);

/**
 * habla_store_get_status:
 * @self: a store
 * @message: (out) (optional) (transfer full) (nullable): an explanation for users; %NULL if there
 *   is no problem
 *
 * From any thread; does not block.
 *
 * Returns: the current status
 */
HablaStoreStatus habla_store_get_status (HablaStore *self, char **message);

/**
 * habla_store_get_stats:
 * @self: a store
 * @stats: (out caller-allocates): the counters
 *
 * From any thread; does not block.
 */
void habla_store_get_stats (HablaStore *self, HablaStoreStats *stats);

/**
 * habla_store_add_utterance_async:
 * @self: a store
 * @utterance: (transfer full): the utterance to write
 * @callback: (nullable): called when @utterance is durable on disk, possibly much later, or when
 *   it is certain that it never will be; see habla_store_finish()
 * @user_data: passed to @callback
 *
 * An utterance that is stored already, with the same id, session and text, changes nothing.
 */
void habla_store_add_utterance_async (HablaStore *self, HablaUtteranceRecord *utterance,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_update_speakers:
 * @self: a store
 * @session_id: a session
 * @speakers: (transfer full) (element-type HablaSpeakerRecord): speakers with their new names;
 *   those who have no stored utterance are ignored
 */
void habla_store_update_speakers (HablaStore *self, guint64 session_id, GPtrArray *speakers);

/**
 * habla_store_set_settings:
 * @self: a store
 * @direction: name of the direction
 * @mode: name of the mode
 *
 * Remembers settings for #HablaStoreStart of the next run.
 */
void habla_store_set_settings (HablaStore *self, const char *direction, const char *mode);

/**
 * habla_store_set_topic:
 * @self: a store
 * @session_id: a session; no-op if nothing of it was added
 * @topic: a summary of it
 */
void habla_store_set_topic (HablaStore *self, guint64 session_id, const char *topic);

/**
 * habla_store_set_language_model:
 * @self: a store
 * @text: the chosen language model, as its owner writes it
 *
 * Remembers it for #HablaStoreStart of the next run.
 */
void habla_store_set_language_model (HablaStore *self, const char *text);

/**
 * habla_store_release_ids:
 * @self: a store
 * @session_id: the first session id that this run did not use
 * @exchange_id: the first exchange id that this run did not use
 *
 * Call this last, so that the next run leaves no gap in the ids.
 */
void habla_store_release_ids (HablaStore *self, guint64 session_id, guint64 exchange_id);

/**
 * habla_store_flush_async:
 * @self: a store
 * @callback: called when all earlier changes are durable on disk, or when one of them cannot be
 *   written now; see habla_store_finish()
 * @user_data: passed to @callback
 */
void habla_store_flush_async (HablaStore *self, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_finish:
 * @self: a store; may have been freed meanwhile
 * @result: of habla_store_add_utterance_async(), habla_store_flush_async(),
 *   habla_store_save_session_async() or habla_store_delete_session_async()
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: %FALSE on error
 */
gboolean habla_store_finish (HablaStore *self, GAsyncResult *result, GError **error);

/**
 * habla_store_list_sessions_async:
 * @self: a store
 * @limit: maximum length of the list
 * @offset: number of sessions to skip
 * @cancellable: (nullable): cancels the query
 * @callback: receives #HablaSessionRecord, newest first; see habla_store_list_finish()
 * @user_data: passed to @callback
 *
 * Like all queries, fails immediately if the file cannot be read.
 */
void habla_store_list_sessions_async (HablaStore *self, guint limit, guint64 offset,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_get_session_async:
 * @self: a store
 * @id: a session
 * @cancellable: (nullable): cancels the query
 * @callback: see habla_store_get_session_finish()
 * @user_data: passed to @callback
 */
void habla_store_get_session_async (HablaStore *self, guint64 id, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_find_session_async:
 * @self: a store
 * @room: name of a room
 * @cancellable: (nullable): cancels the query
 * @callback: receives the newest session of @room; see habla_store_get_session_finish()
 * @user_data: passed to @callback
 */
void habla_store_find_session_async (HablaStore *self, const char *room, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_get_session_finish:
 * @self: a store; may have been freed meanwhile
 * @result: of habla_store_get_session_async() or habla_store_find_session_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the session with its languages; %NULL on error
 */
HablaSessionRecord *habla_store_get_session_finish (
    HablaStore *self, GAsyncResult *result, GError **error);

/**
 * habla_store_list_utterances_async:
 * @self: a store
 * @query: (transfer none): a session and where to begin
 * @cancellable: (nullable): cancels the query
 * @callback: receives #HablaUtteranceRecord in the order of their ids, the first ones of @query;
 *   see habla_store_list_finish()
 * @user_data: passed to @callback
 */
void habla_store_list_utterances_async (HablaStore *self, const HablaUtteranceQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_list_missed_async:
 * @self: a store
 * @query: (transfer none): the current session of a room and what a client has not received
 * @cancellable: (nullable): cancels the query
 * @callback: receives #HablaUtteranceRecord in the order of their ids, the last ones of @query; see
 *   habla_store_list_finish()
 * @user_data: passed to @callback
 */
void habla_store_list_missed_async (HablaStore *self, const HablaUtteranceQuery *query,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_find_recording_async:
 * @self: a store
 * @session_id: a session
 * @exchange_id: an exchange of that session
 * @cancellable: (nullable): cancels the query
 * @callback: see habla_store_find_recording_finish()
 * @user_data: passed to @callback
 */
void habla_store_find_recording_async (HablaStore *self, guint64 session_id, guint64 exchange_id,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_find_recording_finish:
 * @self: a store; may have been freed meanwhile
 * @result: of habla_store_find_recording_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): id of the recording that contains the exchange; %NULL with
 *   %HABLA_STORE_ERROR_NOT_FOUND if there is none
 */
char *habla_store_find_recording_finish (HablaStore *self, GAsyncResult *result, GError **error);

/**
 * habla_store_list_recordings_async:
 * @self: a store
 * @session_id: a session
 * @callback: receives ids of the recordings that contain exchanges of the session; see
 *   habla_store_list_finish()
 * @user_data: passed to @callback
 */
void habla_store_list_recordings_async (
    HablaStore *self, guint64 session_id, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_search_async:
 * @self: a store
 * @text: what to search for; valid UTF-8
 * @limit: maximum length of the list
 * @cancellable: (nullable): cancels the query
 * @callback: receives #HablaSessionRecord with their `matches`, newest first; see
 *   habla_store_list_finish()
 * @user_data: passed to @callback
 *
 * Finds sessions with an utterance whose text or translations contain @text, without regard to case
 * and accents.
 */
void habla_store_search_async (HablaStore *self, const char *text, guint limit,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_list_finish:
 * @self: a store; may have been freed meanwhile
 * @result: of habla_store_list_sessions_async(), habla_store_list_utterances_async(),
 *   habla_store_list_missed_async(), habla_store_list_recordings_async() or
 *   habla_store_search_async()
 * @error: return location for a %HABLA_STORE_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): an array of the records that the request documents, which
 *   frees them with it; %NULL on error
 */
GPtrArray *habla_store_list_finish (HablaStore *self, GAsyncResult *result, GError **error);

/**
 * habla_store_save_session_async:
 * @self: a store
 * @id: a session
 * @details: the notes and the title to keep with it
 * @callback: called when they are durable on disk; see habla_store_finish()
 * @user_data: passed to @callback
 *
 * Fails if the file cannot be written now.
 */
void habla_store_save_session_async (HablaStore *self, guint64 id,
    const HablaSessionDetails *details, GAsyncReadyCallback callback, gpointer user_data);

/**
 * habla_store_delete_session_async:
 * @self: a store
 * @id: a session
 * @callback: called when the session is hidden; see habla_store_finish()
 * @user_data: passed to @callback
 *
 * Fails if the file cannot be written now. The rows are removed in the background.
 */
void habla_store_delete_session_async (
    HablaStore *self, guint64 id, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
