/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/store-error.h>
#include <store/records.h>

G_BEGIN_DECLS

/**
 * HablaDatabase:
 *
 * One connection to a database file, for one thread. Each call may take as long as the disk;
 * each fails with a %HABLA_STORE_ERROR.
 */
typedef struct _HablaDatabase HablaDatabase;

/**
 * HablaDatabaseStart:
 * @session_id: the next one; this and those after it were never used
 * @exchange_id: likewise
 * @direction: (nullable): by name, of the last session
 * @mode: (nullable): likewise
 */
typedef struct {
  guint64 session_id;
  guint64 exchange_id;
  char *direction;
  char *mode;
} HablaDatabaseStart;

HablaDatabase *habla_database_open (const char *path, GError **error);
void habla_database_close (HablaDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaDatabase, habla_database_close)
gboolean habla_database_is_read_only (HablaDatabase *self);
char *habla_database_quarantine (const char *path, GError **error);

gboolean habla_database_begin (HablaDatabase *self, GError **error);
gboolean habla_database_commit (HablaDatabase *self, GError **error);
void habla_database_rollback (HablaDatabase *self);

/* database-utterances.c */
gboolean habla_database_add_utterance (
    HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error);
/* Each: (transfer full) (element-type HablaUtteranceRecord) (nullable) */
GPtrArray *habla_database_list_utterances (
    HablaDatabase *self, guint64 session_id, guint64 after, guint limit, GError **error);
GPtrArray *habla_database_list_missed (HablaDatabase *self, guint64 session_id, const char *owner,
    guint64 since, guint64 before, guint limit, GError **error);
char *habla_database_find_recording (
    HablaDatabase *self, guint64 session_id, guint64 id, GError **error);
GPtrArray *habla_database_search (
    HablaDatabase *self, const char *query, guint limit, GError **error);

/* database-sessions.c */
gboolean habla_database_start (HablaDatabase *self, HablaDatabaseStart *start, GError **error);
gboolean habla_database_release_ids (
    HablaDatabase *self, guint64 session_id, guint64 exchange_id, GError **error);
gboolean habla_database_set_settings (
    HablaDatabase *self, const char *direction, const char *mode, GError **error);
gboolean habla_database_update_speakers (
    HablaDatabase *self, guint64 session_id, GPtrArray *speakers, GError **error);
GPtrArray *habla_database_list_sessions (
    HablaDatabase *self, guint limit, guint64 offset, GError **error);
HablaSessionRecord *habla_database_get_session (HablaDatabase *self, guint64 id, GError **error);
gboolean habla_database_save_session (
    HablaDatabase *self, guint64 id, const char *notes, gint64 now, GError **error);
gboolean habla_database_delete_session (HablaDatabase *self, guint64 id, GError **error);
/* Whether there is something to remove; it may be found that there is not. */
gboolean habla_database_has_deleted (HablaDatabase *self);
gboolean habla_database_remove_deleted (HablaDatabase *self, GError **error);

G_END_DECLS
