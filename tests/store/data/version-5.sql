-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What version 5 changed.
CREATE TABLE new_vocabulary (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  term TEXT NOT NULL,
  term_key TEXT NOT NULL UNIQUE,
  literal TEXT NOT NULL DEFAULT '',
  meaning TEXT NOT NULL DEFAULT '',
  category TEXT NOT NULL DEFAULT 'phrase',
  region TEXT NOT NULL DEFAULT 'universal',
  language TEXT,
  source_sentence TEXT,
  utterance_id INTEGER REFERENCES utterances ON DELETE SET NULL,
  save_worthy INTEGER NOT NULL DEFAULT 1,
  times_encountered INTEGER NOT NULL DEFAULT 1,
  ease REAL NOT NULL DEFAULT 2.5,
  interval_days INTEGER NOT NULL DEFAULT 1,
  repetitions INTEGER NOT NULL DEFAULT 0,
  lapse_count INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO new_vocabulary (term, term_key, meaning, category, language, utterance_id,
  times_encountered, ease, interval_days, repetitions, due_at, created_at)
  SELECT term, lower (term), meaning, category, language, utterance_id,
    times_encountered, ease, max (interval_days, 1), repetitions, due_at, created_at
    FROM vocabulary ORDER BY id;
DROP TABLE vocabulary;
ALTER TABLE new_vocabulary RENAME TO vocabulary;
CREATE INDEX vocabulary_by_utterance ON vocabulary (utterance_id);
CREATE INDEX vocabulary_by_due ON vocabulary (due_at);
CREATE INDEX bookmarks_by_time ON bookmarks (created_at);
