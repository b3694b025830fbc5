/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/records.h>
#include <store/store-error.h>

G_BEGIN_DECLS

/**
 * HablaDatabase:
 *
 * One connection to a database file, used by one thread. Each call blocks on the disk. All errors
 * are %HABLA_STORE_ERROR.
 */
typedef struct _HablaDatabase HablaDatabase;

/**
 * HablaDatabaseStart:
 * @session_id: the first session id that was never used
 * @exchange_id: the first exchange id that was never used
 * @direction: (nullable): name of the direction of the last session
 * @mode: (nullable): name of the mode of the last session
 * @language_model: (nullable): the chosen language model
 *
 * Where to continue after the last run.
 */
typedef struct {
  guint64 session_id;
  guint64 exchange_id;
  char *direction;
  char *mode;
  char *language_model;
} HablaDatabaseStart;

/**
 * habla_database_open:
 * @path: path of the file; the file and its folders are created if missing, accessible by this
 *   user only
 * @error: return location for an error
 *
 * Locks the file against other instances and upgrades its schema. If the file or its folder is
 * not writable, opens it read-only: see habla_database_is_read_only().
 *
 * Returns: (transfer full) (nullable): a connection; %NULL on error
 */
HablaDatabase *habla_database_open (const char *path, GError **error);

/**
 * habla_database_close:
 * @self: (transfer full): a connection
 *
 * Discards a transaction in progress.
 */
void habla_database_close (HablaDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaDatabase, habla_database_close)

/**
 * habla_database_is_read_only:
 * @self: a connection
 *
 * Returns: whether writing is impossible
 */
gboolean habla_database_is_read_only (HablaDatabase *self);

/**
 * habla_database_quarantine:
 * @path: path of a damaged database without open connections
 * @error: return location for an error
 *
 * Renames the file and its companions. No data are deleted: `sqlite3 FILE .recover` may extract
 * much of them.
 *
 * Returns: (transfer full) (nullable): the new path; %NULL on error
 */
char *habla_database_quarantine (const char *path, GError **error);

/**
 * habla_database_begin:
 * @self: a connection without a transaction in progress
 * @error: return location for an error
 *
 * Begins a write transaction.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_begin (HablaDatabase *self, GError **error);

/**
 * habla_database_commit:
 * @self: a connection with a transaction in progress
 * @error: return location for an error
 *
 * Returns only when the transaction is durable on disk.
 *
 * Returns: %FALSE on error; the caller must then call habla_database_rollback()
 */
gboolean habla_database_commit (HablaDatabase *self, GError **error);

/**
 * habla_database_rollback:
 * @self: a connection
 *
 * Discards the transaction in progress. No-op if SQLite has done so after a failure.
 */
void habla_database_rollback (HablaDatabase *self);

/**
 * habla_database_add_utterance:
 * @self: a connection with a transaction in progress
 * @utterance: the utterance; its session and speaker are added if new
 * @error: return location for an error
 *
 * An utterance that fails with %HABLA_STORE_ERROR_REFUSED does not change the transaction, so
 * that others can be committed. One that is stored already, with the same id, session and text, is
 * stored: several may report an exchange, such as the servers of a room.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_add_utterance (
    HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error);

/**
 * habla_database_list_utterances:
 * @self: a connection
 * @query: what to list
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type HablaUtteranceRecord) (nullable): the first utterances of
 *   @query in the order of their ids, empty if there is no such session; %NULL on error
 */
GPtrArray *habla_database_list_utterances (
    HablaDatabase *self, const HablaUtteranceQuery *query, GError **error);

/**
 * habla_database_list_missed:
 * @self: a connection
 * @query: what to list
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type HablaUtteranceRecord) (nullable): the last utterances of
 *   @query, in the order of their ids; %NULL on error
 */
GPtrArray *habla_database_list_missed (
    HablaDatabase *self, const HablaUtteranceQuery *query, GError **error);

/**
 * habla_database_find_recording:
 * @self: a connection
 * @session_id: a session
 * @id: an exchange of that session
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): id of the recording that contains the exchange; %NULL with
 *   %HABLA_STORE_ERROR_NOT_FOUND if there is none
 */
char *habla_database_find_recording (
    HablaDatabase *self, guint64 session_id, guint64 id, GError **error);

/**
 * habla_database_list_recordings:
 * @self: a connection
 * @session_id: a session
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type utf8) (nullable): ids of the recordings that contain
 *   exchanges of the session; %NULL on error
 */
GPtrArray *habla_database_list_recordings (HablaDatabase *self, guint64 session_id, GError **error);

/**
 * habla_database_search:
 * @self: a connection
 * @text: what to search for; valid UTF-8
 * @limit: maximum length of the list
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type HablaSessionRecord) (nullable): sessions with an utterance
 *   whose text or translations contain @text, without regard to case and accents, newest first,
 *   with their `matches`; %NULL on error
 */
GPtrArray *habla_database_search (
    HablaDatabase *self, const char *text, guint limit, GError **error);

/**
 * habla_database_start:
 * @self: a connection, with a transaction in progress unless it is read-only
 * @start: (out caller-allocates): where to continue; the caller frees its strings
 * @error: return location for an error
 *
 * Reads the state of the last run, and reserves ids for this one.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_start (HablaDatabase *self, HablaDatabaseStart *start, GError **error);

/**
 * habla_database_release_ids:
 * @self: a connection with a transaction in progress
 * @session_id: the first session id that this run did not use
 * @exchange_id: the first exchange id that this run did not use
 * @error: return location for an error
 *
 * Ends the reservation of habla_database_start(), so that the next run leaves no gap in the ids.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_release_ids (
    HablaDatabase *self, guint64 session_id, guint64 exchange_id, GError **error);

/**
 * habla_database_set_settings:
 * @self: a connection with a transaction in progress
 * @direction: name of the direction
 * @mode: name of the mode
 * @error: return location for an error
 *
 * Remembers settings for the next run.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_set_settings (
    HablaDatabase *self, const char *direction, const char *mode, GError **error);

/**
 * habla_database_set_language_model:
 * @self: a connection with a transaction in progress
 * @text: the chosen language model
 * @error: return location for an error
 *
 * Remembers it for the next run.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_set_language_model (HablaDatabase *self, const char *text, GError **error);

/**
 * habla_database_set_topic:
 * @self: a database
 * @session_id: a session; no-op if there is no such session
 * @topic: a summary of it
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: whether it succeeded
 */
gboolean habla_database_set_topic (
    HablaDatabase *self, guint64 session_id, const char *topic, GError **error);

/**
 * habla_database_update_speakers:
 * @self: a connection with a transaction in progress
 * @session_id: a session
 * @speakers: (element-type HablaSpeakerRecord): speakers with their new names; those who have no
 *   stored utterance are ignored
 * @error: return location for an error
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_update_speakers (
    HablaDatabase *self, guint64 session_id, GPtrArray *speakers, GError **error);

/**
 * habla_database_list_sessions:
 * @self: a connection
 * @limit: maximum length of the list
 * @offset: number of sessions to skip
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type HablaSessionRecord) (nullable): sessions, newest first;
 *   %NULL on error
 */
GPtrArray *habla_database_list_sessions (
    HablaDatabase *self, guint limit, guint64 offset, GError **error);

/**
 * habla_database_find_session:
 * @self: a connection
 * @room: name of a room
 * @error: return location for a %HABLA_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the newest session of @room, with speakers and languages
 */
HablaSessionRecord *habla_database_find_session (
    HablaDatabase *self, const char *room, GError **error);

/**
 * habla_database_get_session:
 * @self: a connection
 * @id: a session
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the session with its languages; %NULL with
 *   %HABLA_STORE_ERROR_NOT_FOUND if there is none
 */
HablaSessionRecord *habla_database_get_session (HablaDatabase *self, guint64 id, GError **error);

/**
 * habla_database_save_session:
 * @self: a connection
 * @id: a session
 * @details: the notes and the title to keep with it
 * @now: in microseconds since 1970-01-01 UTC
 * @error: return location for an error
 *
 * Returns: %FALSE on error; %HABLA_STORE_ERROR_NOT_FOUND if there is no such session
 */
gboolean habla_database_save_session (HablaDatabase *self, guint64 id,
    const HablaSessionDetails *details, gint64 now, GError **error);

/**
 * habla_database_delete_session:
 * @self: a connection
 * @id: a session
 * @error: return location for an error
 *
 * Hides the session and its utterances at once. habla_database_remove_deleted() removes the rows.
 *
 * Returns: %FALSE on error; %HABLA_STORE_ERROR_NOT_FOUND if there is no such session
 */
gboolean habla_database_delete_session (HablaDatabase *self, guint64 id, GError **error);

/**
 * habla_database_has_deleted:
 * @self: a connection
 *
 * Returns: whether rows of deleted sessions may be left to remove
 */
gboolean habla_database_has_deleted (HablaDatabase *self);

/**
 * habla_database_remove_deleted:
 * @self: a connection with a transaction in progress
 * @error: return location for an error
 *
 * Removes a batch of rows of a deleted session. Removing those of a whole day takes seconds, and
 * writers must not wait that long.
 *
 * Returns: %FALSE on error
 */
gboolean habla_database_remove_deleted (HablaDatabase *self, GError **error);

G_END_DECLS
