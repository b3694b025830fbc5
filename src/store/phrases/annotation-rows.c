/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/phrases/annotation-rows.h"

#include "store/database-private.h"

static const char add_note_sql[] =
    "INSERT INTO utterance_notes (utterance_id, position, phrase, literal, meaning, type, region,"
    " source, save_worthy, span_begin, span_end) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
    " ?11)";
static const char add_correction_sql[] =
    "INSERT INTO corrections (utterance_id, wrong, right, explanation, created_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
static const char add_time_sql[] =
    "INSERT INTO utterance_times (utterance_id, processing_ms) VALUES (?1, ?2)";
static const char list_notes_sql[] =
    "SELECT j.key, phrase, literal, meaning, n.type, region, source, save_worthy, span_begin,"
    " span_end FROM json_each (?1) j CROSS JOIN utterance_notes n ON n.utterance_id = j.value"
    " ORDER BY j.key, position";
static const char list_corrections_sql[] =
    "SELECT j.key, wrong, right, explanation FROM json_each (?1) j"
    " CROSS JOIN corrections c ON c.utterance_id = j.value ORDER BY j.key, c.id";
static const char list_times_sql[] = "SELECT j.key, processing_ms FROM json_each (?1) j"
                                     " CROSS JOIN utterance_times t ON t.utterance_id = j.value";
static const char set_role_sql[] =
    "INSERT INTO speaker_roles (session_id, id, role_hint) SELECT session_id, id, ?3 FROM speakers"
    " WHERE session_id = ?1 AND id = ?2"
    " ON CONFLICT (session_id, id) DO UPDATE SET role_hint = excluded.role_hint";
static const char drop_role_sql[] = "DELETE FROM speaker_roles WHERE session_id = ?1 AND id = ?2";
static const char get_role_sql[] =
    "SELECT role_hint FROM speaker_roles WHERE session_id = ?1 AND id = ?2";

static gboolean
add_note (
    HablaDatabase *database, guint64 id, guint position, const HablaNote *note, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, add_note_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, position);
  habla_sql_bind_text (statement, 3, note->phrase);
  habla_sql_bind_text (statement, 4, note->literal);
  habla_sql_bind_text (statement, 5, note->meaning);
  habla_sql_bind_text (statement, 6, note->type);
  habla_sql_bind_text (statement, 7, note->region);
  habla_sql_bind_text (statement, 8, note->source);
  sqlite3_bind_int (statement, 9, note->save_worthy);
  sqlite3_bind_int (statement, 10, note->begin);
  sqlite3_bind_int (statement, 11, note->end);
  return habla_database_run (database, statement, error);
}

static gboolean
add_correction (HablaDatabase *database, const HablaUtteranceRecord *utterance,
    const HablaCorrection *correction, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, add_correction_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, utterance->id);
  habla_sql_bind_text (statement, 2, correction->wrong);
  habla_sql_bind_text (statement, 3, correction->right);
  habla_sql_bind_text (statement, 4, correction->explanation);
  sqlite3_bind_int64 (statement, 5, utterance->created_at);
  return habla_database_run (database, statement, error);
}

static gboolean
add_time (HablaDatabase *database, const HablaUtteranceRecord *utterance, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (database, add_time_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, utterance->id);
  sqlite3_bind_int64 (statement, 2, utterance->processing);
  return habla_database_run (database, statement, error);
}

gboolean
habla_annotation_rows_add (
    HablaDatabase *database, const HablaUtteranceRecord *utterance, GError **error)
{
  const HablaAnnotations *annotations = utterance->annotations;

  if (utterance->processing >= 0 && !add_time (database, utterance, error))
    return FALSE;
  for (guint i = 0; annotations != NULL && i < annotations->notes->len; i++)
    if (!add_note (database, utterance->id, i, annotations->notes->pdata[i], error))
      return FALSE;
  for (guint i = 0; annotations != NULL && i < annotations->corrections->len; i++)
    if (!add_correction (database, utterance, annotations->corrections->pdata[i], error))
      return FALSE;
  return utterance->speaker == NULL || utterance->speaker->role_hint == NULL ||
         habla_role_rows_set (database, utterance->session_id, utterance->speaker, error);
}

/* @failed: (out): whether there was an error. Returns: (nullable): the statement; %NULL without an
 * error if the file is read-only and older than the table */
static sqlite3_stmt *
prepare_query (HablaDatabase *database, const char *sql, gboolean *failed, GError **error)
{
  g_autoptr (GError) problem = NULL;
  sqlite3_stmt *statement = habla_database_prepare_sql (database, sql, &problem);

  *failed = statement == NULL &&
            (!database->is_read_only ||
                !g_error_matches (problem, HABLA_STORE_ERROR, HABLA_STORE_ERROR_READ_ONLY));
  if (*failed)
    g_propagate_error (error, g_steal_pointer (&problem));
  return statement;
}

static char *
get_text (sqlite3_stmt *statement, int column)
{
  return (char *) sqlite3_column_text (statement, column);
}

static HablaAnnotations *
need_annotations (HablaUtteranceRecord *utterance)
{
  if (utterance->annotations == NULL)
    utterance->annotations = habla_annotations_new ();
  return utterance->annotations;
}

/* The first column of @statement is the index of the utterance. */
static HablaUtteranceRecord *
get_utterance (GPtrArray *utterances, sqlite3_stmt *statement)
{
  return g_ptr_array_index (utterances, sqlite3_column_int (statement, 0));
}

static void
read_note (HablaUtteranceRecord *utterance, sqlite3_stmt *statement)
{
  habla_annotations_add_note (
      need_annotations (utterance), &(HablaNote){ .phrase = get_text (statement, 1),
                                        .literal = get_text (statement, 2),
                                        .meaning = get_text (statement, 3),
                                        .type = get_text (statement, 4),
                                        .region = get_text (statement, 5),
                                        .source = get_text (statement, 6),
                                        .save_worthy = sqlite3_column_int (statement, 7) != 0,
                                        .begin = sqlite3_column_int (statement, 8),
                                        .end = sqlite3_column_int (statement, 9) });
}

static void
read_correction (HablaUtteranceRecord *utterance, sqlite3_stmt *statement)
{
  habla_annotations_add_correction (
      need_annotations (utterance), &(HablaCorrection){ get_text (statement, 1),
                                        get_text (statement, 2), get_text (statement, 3) });
}

static void
read_time (HablaUtteranceRecord *utterance, sqlite3_stmt *statement)
{
  utterance->processing = sqlite3_column_int64 (statement, 1);
}

/* One query for all utterances: a query for each costs more than the rows.
 *
 * @ids: of @utterances, as JSON */
static gboolean
read_rows (HablaDatabase *database, const char *sql, GPtrArray *utterances, const char *ids,
    void (*read_row) (HablaUtteranceRecord *utterance, sqlite3_stmt *statement), GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = prepare_query (database, sql, &failed, error);

  if (statement == NULL)
    return !failed;
  habla_sql_bind_text (statement, 1, ids);
  while (habla_database_step (database, statement, &failed, error))
    read_row (get_utterance (utterances, statement), statement);
  return !failed;
}

static gboolean
read_roles (HablaDatabase *database, GPtrArray *utterances, GError **error)
{
  const HablaUtteranceRecord *last = NULL;

  for (guint i = 0; i < utterances->len; i++) {
    HablaUtteranceRecord *utterance = g_ptr_array_index (utterances, i);

    if (utterance->speaker == NULL)
      continue;
    if (last != NULL && last->session_id == utterance->session_id &&
        g_str_equal (last->speaker->id, utterance->speaker->id)) {
      g_free (utterance->speaker->role_hint);
      utterance->speaker->role_hint = g_strdup (last->speaker->role_hint);
    } else if (!habla_role_rows_read (database, utterance->session_id, utterance->speaker, error)) {
      return FALSE;
    }
    last = utterance;
  }
  return TRUE;
}

gboolean
habla_annotation_rows_read (
    HablaDatabase *database, GPtrArray *utterances, const char *ids, GError **error)
{
  for (guint i = 0; i < utterances->len; i++) {
    HablaUtteranceRecord *utterance = g_ptr_array_index (utterances, i);

    if (utterance->corrected != NULL)
      habla_annotations_set_corrected (need_annotations (utterance), utterance->corrected);
  }
  return read_rows (database, list_notes_sql, utterances, ids, read_note, error) &&
         read_rows (database, list_corrections_sql, utterances, ids, read_correction, error) &&
         read_rows (database, list_times_sql, utterances, ids, read_time, error) &&
         read_roles (database, utterances, error);
}

gboolean
habla_role_rows_set (
    HablaDatabase *database, guint64 session_id, const HablaSpeakerRecord *speaker, GError **error)
{
  sqlite3_stmt *statement = habla_database_prepare_sql (
      database, speaker->role_hint != NULL ? set_role_sql : drop_role_sql, error);

  if (statement == NULL)
    return FALSE;
  habla_sql_bind_id (statement, 1, session_id);
  habla_sql_bind_text (statement, 2, speaker->id);
  if (speaker->role_hint != NULL)
    habla_sql_bind_text (statement, 3, speaker->role_hint);
  return habla_database_run (database, statement, error);
}

gboolean
habla_role_rows_read (
    HablaDatabase *database, guint64 session_id, HablaSpeakerRecord *speaker, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = prepare_query (database, get_role_sql, &failed, error);

  if (statement == NULL)
    return !failed;
  habla_sql_bind_id (statement, 1, session_id);
  habla_sql_bind_text (statement, 2, speaker->id);
  while (habla_database_step (database, statement, &failed, error)) {
    g_free (speaker->role_hint);
    speaker->role_hint = habla_sql_dup_text (statement, 0);
  }
  return !failed;
}
