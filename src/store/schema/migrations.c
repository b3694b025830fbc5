/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/schema/migrations.h"

/* docs/store.md documents each table and column. Never change a released step: add a new one. */
static const char *const steps[] = {
  /* 1 */
  "CREATE TABLE sessions ("
  "  id INTEGER PRIMARY KEY,"
  "  room TEXT NOT NULL,"
  "  owner TEXT,"
  "  direction TEXT NOT NULL,"
  "  mode TEXT NOT NULL,"
  "  started_at INTEGER NOT NULL,"
  "  ended_at INTEGER NOT NULL,"
  "  exchange_count INTEGER NOT NULL DEFAULT 0,"
  "  notes TEXT NOT NULL DEFAULT '',"
  "  saved_at INTEGER"
  ") STRICT;"
  "CREATE INDEX sessions_by_owner ON sessions (owner, id) WHERE owner IS NOT NULL;"
  "CREATE TABLE speakers ("
  "  session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,"
  "  id TEXT NOT NULL,"
  "  label TEXT NOT NULL,"
  "  custom_name TEXT,"
  "  color TEXT NOT NULL,"
  "  PRIMARY KEY (session_id, id)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE utterances ("
  "  id INTEGER PRIMARY KEY,"
  "  session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,"
  "  speaker_id TEXT,"
  "  direction TEXT NOT NULL,"
  "  language TEXT NOT NULL,"
  "  source TEXT NOT NULL,"
  "  corrected TEXT,"
  "  confidence REAL NOT NULL,"
  "  begin_ns INTEGER NOT NULL,"
  "  end_ns INTEGER NOT NULL,"
  "  created_at INTEGER NOT NULL,"
  "  recording_id TEXT,"
  "  recording_begin_ns INTEGER,"
  "  recording_end_ns INTEGER,"
  "  CHECK (end_ns >= begin_ns)"
  ") STRICT;"
  "CREATE INDEX utterances_by_session ON utterances (session_id, id);"
  "CREATE TABLE translations ("
  "  utterance_id INTEGER NOT NULL REFERENCES utterances ON DELETE CASCADE,"
  "  language TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  PRIMARY KEY (utterance_id, language)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE bookmarks ("
  "  utterance_id INTEGER PRIMARY KEY REFERENCES utterances ON DELETE CASCADE,"
  "  note TEXT NOT NULL DEFAULT '',"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE corrections ("
  "  id INTEGER PRIMARY KEY,"
  "  utterance_id INTEGER NOT NULL REFERENCES utterances ON DELETE CASCADE,"
  "  wrong TEXT NOT NULL,"
  "  right TEXT NOT NULL,"
  "  explanation TEXT NOT NULL DEFAULT '',"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX corrections_by_utterance ON corrections (utterance_id);"
  "CREATE TABLE vocabulary ("
  "  id INTEGER PRIMARY KEY,"
  "  language TEXT NOT NULL,"
  "  term TEXT NOT NULL,"
  "  meaning TEXT NOT NULL DEFAULT '',"
  "  category TEXT NOT NULL DEFAULT '',"
  "  utterance_id INTEGER REFERENCES utterances ON DELETE SET NULL,"
  "  times_encountered INTEGER NOT NULL DEFAULT 1,"
  "  ease REAL NOT NULL DEFAULT 2.5,"
  "  interval_days INTEGER NOT NULL DEFAULT 0,"
  "  repetitions INTEGER NOT NULL DEFAULT 0,"
  "  due_at INTEGER NOT NULL,"
  "  created_at INTEGER NOT NULL,"
  "  UNIQUE (language, term)"
  ") STRICT;"
  "CREATE INDEX vocabulary_by_utterance ON vocabulary (utterance_id);"
  "CREATE TABLE state ("
  "  key TEXT PRIMARY KEY,"
  "  value TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE VIRTUAL TABLE utterance_text USING fts5 ("
  "  source, translations, tokenize = 'unicode61 remove_diacritics 2');"
  "CREATE TRIGGER utterances_deleted AFTER DELETE ON utterances BEGIN"
  "  DELETE FROM utterance_text WHERE rowid = old.id;"
  "END;",
  /* 2: a search is for any part of a text, which this index of words cannot find */
  "DROP TRIGGER utterances_deleted;"
  "DROP TABLE utterance_text;",
  /* 3: an index of all parts of three characters; the texts are folded */
  "CREATE VIRTUAL TABLE utterance_text USING fts5 ("
  "  source, translations, tokenize = 'trigram case_sensitive 1');"
  "INSERT INTO utterance_text (rowid, source, translations)"
  "  SELECT u.id, habla_fold (u.source || coalesce (char (10) || u.corrected, '')),"
  "    habla_fold ((SELECT group_concat (t.text, char (10)) FROM translations t"
  "      WHERE t.utterance_id = u.id)) FROM utterances u;"
  "CREATE TRIGGER utterances_deleted AFTER DELETE ON utterances BEGIN"
  "  DELETE FROM utterance_text WHERE rowid = old.id;"
  "END;",
  /* 4 */
  "ALTER TABLE sessions ADD COLUMN title TEXT;",
  /* 5: terms are unique whatever their language and case */
  "CREATE TABLE new_vocabulary ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  term TEXT NOT NULL,"
  "  term_key TEXT NOT NULL UNIQUE,"
  "  literal TEXT NOT NULL DEFAULT '',"
  "  meaning TEXT NOT NULL DEFAULT '',"
  "  category TEXT NOT NULL DEFAULT 'phrase',"
  "  region TEXT NOT NULL DEFAULT 'universal',"
  "  language TEXT,"
  "  source_sentence TEXT,"
  "  utterance_id INTEGER REFERENCES utterances ON DELETE SET NULL,"
  "  save_worthy INTEGER NOT NULL DEFAULT 1,"
  "  times_encountered INTEGER NOT NULL DEFAULT 1,"
  "  ease REAL NOT NULL DEFAULT 2.5,"
  "  interval_days INTEGER NOT NULL DEFAULT 1,"
  "  repetitions INTEGER NOT NULL DEFAULT 0,"
  "  lapse_count INTEGER NOT NULL DEFAULT 0,"
  "  due_at INTEGER NOT NULL,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"
  "INSERT OR IGNORE INTO new_vocabulary (term, term_key, meaning, category, language, utterance_id,"
  "  times_encountered, ease, interval_days, repetitions, due_at, created_at)"
  "  SELECT term, habla_caseless (term), meaning, category, language, utterance_id,"
  "    times_encountered, ease, max (interval_days, 1), repetitions, due_at, created_at"
  "    FROM vocabulary ORDER BY id;"
  "DROP TABLE vocabulary;"
  "ALTER TABLE new_vocabulary RENAME TO vocabulary;"
  "CREATE INDEX vocabulary_by_utterance ON vocabulary (utterance_id);"
  "CREATE INDEX vocabulary_by_due ON vocabulary (due_at);"
  "CREATE INDEX bookmarks_by_time ON bookmarks (created_at);",
  /* 6 */
  "CREATE TABLE idioms ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  language TEXT,"
  "  canonical TEXT NOT NULL,"
  "  canonical_key TEXT NOT NULL UNIQUE,"
  "  pattern TEXT NOT NULL,"
  "  literal TEXT NOT NULL,"
  "  meaning TEXT NOT NULL,"
  "  region TEXT NOT NULL,"
  "  frequency TEXT NOT NULL,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE utterance_notes ("
  "  utterance_id INTEGER NOT NULL REFERENCES utterances ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  phrase TEXT NOT NULL,"
  "  literal TEXT NOT NULL,"
  "  meaning TEXT NOT NULL,"
  "  type TEXT NOT NULL,"
  "  region TEXT NOT NULL,"
  "  source TEXT NOT NULL,"
  "  save_worthy INTEGER NOT NULL,"
  "  span_begin INTEGER NOT NULL,"
  "  span_end INTEGER NOT NULL,"
  "  PRIMARY KEY (utterance_id, position)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE utterance_times ("
  "  utterance_id INTEGER PRIMARY KEY REFERENCES utterances ON DELETE CASCADE,"
  "  processing_ms INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE speaker_roles ("
  "  session_id INTEGER NOT NULL,"
  "  id TEXT NOT NULL,"
  "  role_hint TEXT NOT NULL,"
  "  PRIMARY KEY (session_id, id),"
  "  FOREIGN KEY (session_id, id) REFERENCES speakers ON DELETE CASCADE"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE speaker_names ("
  "  owner TEXT NOT NULL,"
  "  id TEXT NOT NULL,"
  "  custom_name TEXT,"
  "  role_hint TEXT,"
  "  updated_at INTEGER NOT NULL,"
  "  PRIMARY KEY (owner, id)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE session_topics ("
  "  session_id INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,"
  "  topic_summary TEXT NOT NULL"
  ") STRICT;",
};

static int
migrations_read_version (sqlite3 *connection, int *version)
{
  sqlite3_stmt *statement = NULL;
  int result = sqlite3_prepare_v2 (connection, "PRAGMA user_version", -1, &statement, NULL);

  if (result == SQLITE_OK)
    result = sqlite3_step (statement);
  if (result == SQLITE_ROW) {
    *version = sqlite3_column_int (statement, 0);
    result = SQLITE_OK;
  }
  sqlite3_finalize (statement);
  return result;
}

static int
migrations_run_step (sqlite3 *connection, int i)
{
  g_autofree char *sql =
      g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT", steps[i], i + 1);
  int result = sqlite3_exec (connection, sql, NULL, NULL, NULL);

  if (result != SQLITE_OK && !sqlite3_get_autocommit (connection))
    sqlite3_exec (connection, "ROLLBACK", NULL, NULL, NULL);
  return result;
}

int
habla_migrations_run (sqlite3 *connection)
{
  int version = 0;
  int result = migrations_read_version (connection, &version);

  if (result == SQLITE_OK && (version < 0 || version > (int) G_N_ELEMENTS (steps)))
    return SQLITE_SCHEMA;
  for (int i = version; result == SQLITE_OK && i < (int) G_N_ELEMENTS (steps); i++)
    result = migrations_run_step (connection, i);
  return result;
}
