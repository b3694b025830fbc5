-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A database of version 1, with a row in each table.
CREATE TABLE sessions ( id INTEGER PRIMARY KEY, room TEXT NOT NULL, owner TEXT, direction TEXT NOT NULL, mode TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, exchange_count INTEGER NOT NULL DEFAULT 0, notes TEXT NOT NULL DEFAULT '', saved_at INTEGER) STRICT;
CREATE INDEX sessions_by_owner ON sessions (owner, id) WHERE owner IS NOT NULL;
CREATE TABLE speakers ( session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE, id TEXT NOT NULL, label TEXT NOT NULL, custom_name TEXT, color TEXT NOT NULL, PRIMARY KEY (session_id, id)) STRICT, WITHOUT ROWID;
CREATE TABLE utterances ( id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE, speaker_id TEXT, direction TEXT NOT NULL, language TEXT NOT NULL, source TEXT NOT NULL, corrected TEXT, confidence REAL NOT NULL, begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, created_at INTEGER NOT NULL, recording_id TEXT, recording_begin_ns INTEGER, recording_end_ns INTEGER, CHECK (end_ns >= begin_ns)) STRICT;
CREATE INDEX utterances_by_session ON utterances (session_id, id);
CREATE TABLE translations ( utterance_id INTEGER NOT NULL REFERENCES utterances ON DELETE CASCADE, language TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (utterance_id, language)) STRICT, WITHOUT ROWID;
CREATE TABLE bookmarks ( utterance_id INTEGER PRIMARY KEY REFERENCES utterances ON DELETE CASCADE, note TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL) STRICT;
CREATE TABLE corrections ( id INTEGER PRIMARY KEY, utterance_id INTEGER NOT NULL REFERENCES utterances ON DELETE CASCADE, wrong TEXT NOT NULL, right TEXT NOT NULL, explanation TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL) STRICT;
CREATE INDEX corrections_by_utterance ON corrections (utterance_id);
CREATE TABLE vocabulary ( id INTEGER PRIMARY KEY, language TEXT NOT NULL, term TEXT NOT NULL, meaning TEXT NOT NULL DEFAULT '', category TEXT NOT NULL DEFAULT '', utterance_id INTEGER REFERENCES utterances ON DELETE SET NULL, times_encountered INTEGER NOT NULL DEFAULT 1, ease REAL NOT NULL DEFAULT 2.5, interval_days INTEGER NOT NULL DEFAULT 0, repetitions INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, created_at INTEGER NOT NULL, UNIQUE (language, term)) STRICT;
CREATE INDEX vocabulary_by_utterance ON vocabulary (utterance_id);
CREATE TABLE state ( key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE utterance_text USING fts5 ( source, translations, tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER utterances_deleted AFTER DELETE ON utterances BEGIN DELETE FROM utterance_text WHERE rowid = old.id; END;
INSERT INTO utterance_text (rowid, source, translations) VALUES (1, 'One, don''t.', '¡ÚNO!');
INSERT INTO sessions VALUES (1, 'room-1', NULL, 'en_to_es', 'classroom', 1795593600000000, 1795593601000000, 1, 'Unit 3', NULL);
INSERT INTO speakers VALUES (1, 'S1', 'Speaker 1', 'Ana', '#0072b2');
INSERT INTO utterances VALUES (1, 1, 'S1', 'en_to_es', 'en', 'One, don''t.', NULL, 0.5, 1795593600000000000, 1795593601000000000, 1795593601000000, NULL, NULL, NULL);
INSERT INTO translations VALUES (1, 'es', '¡ÚNO!');
INSERT INTO bookmarks VALUES (1, 'Exam', 1795593602000000);
INSERT INTO vocabulary VALUES (1, 'es', 'Uno', 'one', 'number', 1, 3, 2.6, 0, 2, 1795593603000000, 1795593602000000);
INSERT INTO vocabulary VALUES (2, 'it', 'UNO', 'one', 'number', NULL, 1, 2.5, 6, 0, 1795593603000000, 1795593602000000);
