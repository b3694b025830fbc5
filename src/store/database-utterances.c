/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/database-private.h"
#include "store/phrases/annotation-rows.h"
#include "store/text-match.h"

#include <string.h>

/* Integers of SQLite are signed. */
#define MAX_ID ((guint64) G_MAXINT64)

/* Recreates the session if it was deleted while it went on. */
static gboolean
database_add_session (HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_DROP_DELETED, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, utterance->session_id);
  if (!habla_database_run (self, statement, error))
    return FALSE;
  statement = habla_database_prepare (self, SQL_ADD_SESSION, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, utterance->session_id);
  habla_sql_bind_text (statement, 2, utterance->room);
  habla_sql_bind_text (statement, 3, utterance->owner);
  habla_sql_bind_text (statement, 4, utterance->direction);
  habla_sql_bind_text (statement, 5, utterance->mode);
  sqlite3_bind_int64 (statement, 6, utterance->begin / 1000);
  sqlite3_bind_int64 (statement, 7, utterance->end / 1000);
  return habla_database_run (self, statement, error);
}

static gboolean
database_add_speaker (
    HablaDatabase *self, guint64 session_id, const HablaSpeakerRecord *speaker, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_ADD_SPEAKER, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, session_id);
  habla_sql_bind_text (statement, 2, speaker->id);
  habla_sql_bind_text (statement, 3, speaker->label);
  habla_sql_bind_text (statement, 4, speaker->custom_name);
  habla_sql_bind_text (statement, 5, speaker->color);
  return habla_database_run (self, statement, error);
}

static gboolean
database_add_row (HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_ADD_UTTERANCE, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, utterance->id);
  sqlite3_bind_int64 (statement, 2, utterance->session_id);
  habla_sql_bind_text (statement, 3, utterance->speaker != NULL ? utterance->speaker->id : NULL);
  habla_sql_bind_text (statement, 4, utterance->direction);
  habla_sql_bind_text (statement, 5, utterance->language);
  habla_sql_bind_text (statement, 6, utterance->source);
  habla_sql_bind_text (statement, 7, utterance->corrected);
  sqlite3_bind_double (statement, 8, utterance->confidence);
  sqlite3_bind_int64 (statement, 9, utterance->begin);
  sqlite3_bind_int64 (statement, 10, utterance->end);
  sqlite3_bind_int64 (statement, 11, utterance->created_at);
  habla_sql_bind_text (statement, 12, utterance->recording_id);
  return habla_database_run (self, statement, error);
}

/* The texts are folded for the search. */
static gboolean
database_add_text (HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  g_autoptr (GString) all = g_string_new (utterance->source);
  g_autoptr (GString) source = g_string_new (NULL);
  g_autoptr (GString) translations = g_string_new (NULL);
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_ADD_TEXT, error);

  if (statement == NULL)
    return FALSE;
  if (utterance->corrected != NULL)
    g_string_append_printf (all, "\n%s", utterance->corrected);
  habla_text_fold (all->str, source);
  g_string_truncate (all, 0);
  for (guint i = 0; i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);

    g_string_append_printf (all, "%s\n", translation->text);
  }
  habla_text_fold (all->str, translations);
  sqlite3_bind_int64 (statement, 1, utterance->id);
  habla_sql_bind_text (statement, 2, source->str);
  habla_sql_bind_text (statement, 3, translations->str);
  return habla_database_run (self, statement, error);
}

static gboolean
database_add_translations (
    HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  for (guint i = 0; i < utterance->translations->len; i++) {
    const HablaTranslationRecord *translation = g_ptr_array_index (utterance->translations, i);
    sqlite3_stmt *statement = habla_database_prepare (self, SQL_ADD_TRANSLATION, error);

    if (statement == NULL)
      return FALSE;
    sqlite3_bind_int64 (statement, 1, utterance->id);
    habla_sql_bind_text (statement, 2, translation->language);
    habla_sql_bind_text (statement, 3, translation->text);
    if (!habla_database_run (self, statement, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
database_extend_session (HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_EXTEND_SESSION, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, utterance->session_id);
  sqlite3_bind_int64 (statement, 2, utterance->end / 1000);
  habla_sql_bind_text (statement, 3, utterance->direction);
  habla_sql_bind_text (statement, 4, utterance->mode);
  sqlite3_bind_int64 (statement, 5, utterance->begin / 1000);
  return habla_database_run (self, statement, error);
}

static gboolean
database_add_exchange (HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  return database_add_session (self, utterance, error) &&
         (utterance->speaker == NULL ||
             database_add_speaker (self, utterance->session_id, utterance->speaker, error)) &&
         database_add_row (self, utterance, error) &&
         database_add_translations (self, utterance, error) &&
         habla_annotation_rows_add (self, utterance, error) &&
         database_add_text (self, utterance, error) &&
         database_extend_session (self, utterance, error) &&
         habla_database_reserve_ids (self, utterance->session_id, utterance->id, error);
}

static gboolean
database_run (HablaDatabase *self, HablaSql sql, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, sql, error);

  return statement != NULL && habla_database_run (self, statement, error);
}

/* Returns: whether @utterance was stored before */
static gboolean
database_has_row (HablaDatabase *self, const HablaUtteranceRecord *utterance)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_HAS_UTTERANCE, NULL);
  gboolean failed;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, utterance->id);
  sqlite3_bind_int64 (statement, 2, utterance->session_id);
  habla_sql_bind_text (statement, 3, utterance->source);
  return habla_database_step (self, statement, &failed, NULL);
}

gboolean
habla_database_add_utterance (
    HablaDatabase *self, const HablaUtteranceRecord *utterance, GError **error)
{
  if (utterance->id == 0 || utterance->id > MAX_ID || utterance->session_id == 0 ||
      utterance->session_id > MAX_ID) {
    g_set_error_literal (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_REFUSED,
        "The id of the exchange or session is out of range; it must be from 1 to 2^63 - 1");
    return FALSE;
  }
  if (!database_run (self, SQL_SAVEPOINT, error))
    return FALSE;
  if (database_add_exchange (self, utterance, error))
    return database_run (self, SQL_RELEASE, error);
  /* If these fail, SQLite has rolled the transaction back, and the commit reports it. */
  database_run (self, SQL_ROLL_BACK_TO, NULL);
  database_run (self, SQL_RELEASE, NULL);
  if (!database_has_row (self, utterance))
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

static HablaUtteranceRecord *
database_read_row (sqlite3_stmt *statement)
{
  HablaUtteranceRecord *utterance = habla_utterance_record_new ();

  utterance->id = sqlite3_column_int64 (statement, 0);
  utterance->session_id = sqlite3_column_int64 (statement, 1);
  utterance->direction = habla_sql_dup_text (statement, 2);
  utterance->language = habla_sql_dup_text (statement, 3);
  utterance->source = habla_sql_dup_text (statement, 4);
  utterance->corrected = habla_sql_dup_text (statement, 5);
  utterance->confidence = sqlite3_column_double (statement, 6);
  utterance->begin = sqlite3_column_int64 (statement, 7);
  utterance->end = sqlite3_column_int64 (statement, 8);
  utterance->created_at = sqlite3_column_int64 (statement, 9);
  utterance->recording_id = habla_sql_dup_text (statement, 10);
  if (sqlite3_column_type (statement, 11) != SQLITE_NULL)
    utterance->speaker =
        habla_speaker_record_new ((const char *) sqlite3_column_text (statement, 11),
            (const char *) sqlite3_column_text (statement, 12),
            (const char *) sqlite3_column_text (statement, 13),
            (const char *) sqlite3_column_text (statement, 14));
  utterance->is_bookmarked = sqlite3_column_type (statement, 15) != SQLITE_NULL;
  utterance->bookmark_note = habla_sql_dup_text (statement, 16);
  return utterance;
}

/* Returns: (transfer full): the ids of @utterances as JSON, for json_each() */
static char *
database_list_ids (GPtrArray *utterances)
{
  GString *ids = g_string_new ("[");

  for (guint i = 0; i < utterances->len; i++) {
    const HablaUtteranceRecord *utterance = g_ptr_array_index (utterances, i);

    g_string_append_printf (ids, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", utterance->id);
  }
  return g_string_free (g_string_append_c (ids, ']'), FALSE);
}

static gboolean
database_read_translations (
    HablaDatabase *self, GPtrArray *utterances, const char *ids, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_TRANSLATIONS, error);
  gboolean failed = statement == NULL;

  if (failed)
    return FALSE;
  habla_sql_bind_text (statement, 1, ids);
  while (habla_database_step (self, statement, &failed, error))
    habla_utterance_record_add_translation (
        g_ptr_array_index (utterances, sqlite3_column_int (statement, 0)),
        (const char *) sqlite3_column_text (statement, 1),
        (const char *) sqlite3_column_text (statement, 2));
  return !failed;
}

/* Reads rows of other tables. */
static gboolean
database_complete (HablaDatabase *self, GPtrArray *utterances, GError **error)
{
  g_autofree char *ids = database_list_ids (utterances);

  return database_read_translations (self, utterances, ids, error) &&
         habla_annotation_rows_read (self, utterances, ids, error);
}

/* @statement: with all parameters bound. Returns: (transfer full) (nullable): its rows */
static GPtrArray *
database_read_all (HablaDatabase *self, sqlite3_stmt *statement, GError **error)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_record_free);
  gboolean failed;

  habla_database_set_time_limit (self, TRUE);
  while (habla_database_step (self, statement, &failed, error))
    g_ptr_array_add (all, database_read_row (statement));
  failed = failed || !database_complete (self, all, error);
  habla_database_set_time_limit (self, FALSE);
  return failed ? NULL : g_steal_pointer (&all);
}

GPtrArray *
habla_database_list_utterances (
    HablaDatabase *self, const HablaUtteranceQuery *query, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_UTTERANCES, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (query->session_id, MAX_ID));
  sqlite3_bind_int64 (statement, 2, MIN (query->since, MAX_ID));
  sqlite3_bind_int64 (statement, 3, query->limit);
  sqlite3_bind_int64 (statement, 4, MIN (query->offset, MAX_ID));
  return database_read_all (self, statement, error);
}

GPtrArray *
habla_database_list_missed (HablaDatabase *self, const HablaUtteranceQuery *query, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_MISSED, error);
  GPtrArray *missed;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (query->session_id, MAX_ID));
  habla_sql_bind_text (statement, 2, query->owner);
  sqlite3_bind_int64 (statement, 3, MIN (query->since, MAX_ID));
  sqlite3_bind_int64 (statement, 4, MIN (query->before, MAX_ID));
  sqlite3_bind_int64 (statement, 5, query->limit);
  habla_sql_bind_text (statement, 6, query->room);
  missed = database_read_all (self, statement, error);
  for (guint i = 0; missed != NULL && i < missed->len / 2; i++) {
    gpointer early = missed->pdata[i];

    missed->pdata[i] = missed->pdata[missed->len - 1 - i];
    missed->pdata[missed->len - 1 - i] = early;
  }
  return missed;
}

char *
habla_database_find_recording (HablaDatabase *self, guint64 session_id, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_FIND_RECORDING, error);
  char *recording_id = NULL;
  gboolean failed = statement == NULL;

  if (failed)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (session_id, MAX_ID));
  sqlite3_bind_int64 (statement, 2, MIN (id, MAX_ID));
  if (habla_database_step (self, statement, &failed, error))
    recording_id = habla_sql_dup_text (statement, 0);
  sqlite3_reset (statement);
  if (recording_id == NULL && !failed)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
        "There is no recording of exchange %" G_GUINT64_FORMAT, id);
  return recording_id;
}

GPtrArray *
habla_database_list_recordings (HablaDatabase *self, guint64 session_id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_LIST_RECORDINGS, error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean failed = statement == NULL;

  if (failed)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (session_id, MAX_ID));
  while (habla_database_step (self, statement, &failed, error))
    g_ptr_array_add (ids, habla_sql_dup_text (statement, 0));
  return failed ? NULL : g_steal_pointer (&ids);
}

HablaUtteranceRecord *
habla_database_read_utterance (HablaDatabase *self, guint64 id, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_GET_UTTERANCE, error);
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_utterance_record_free);
  gboolean failed = statement == NULL;

  if (failed)
    return NULL;
  sqlite3_bind_int64 (statement, 1, MIN (id, MAX_ID));
  if (habla_database_step (self, statement, &failed, error))
    g_ptr_array_add (found, database_read_row (statement));
  sqlite3_reset (statement);
  if (found->len == 0 && !failed)
    g_set_error (error, HABLA_STORE_ERROR, HABLA_STORE_ERROR_NOT_FOUND,
        "There is no exchange %" G_GUINT64_FORMAT, id);
  if (found->len == 0 || !database_complete (self, found, error))
    return NULL;
  return g_ptr_array_steal_index (found, 0);
}

GPtrArray *
habla_database_search_utterances (
    HablaDatabase *self, guint64 session_id, const char *part, guint limit, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare (self, SQL_SEARCH_UTTERANCES, error);
  gint64 deadline = self->deadline; /* of the whole search */
  GPtrArray *found;

  if (statement == NULL)
    return NULL;
  habla_sql_bind_text (statement, 1, part);
  sqlite3_bind_int64 (statement, 2, MIN (session_id, MAX_ID));
  sqlite3_bind_int64 (statement, 3, limit);
  found = database_read_all (self, statement, error);
  self->deadline = deadline;
  return found;
}
