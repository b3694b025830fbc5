-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What version 3 changed.
CREATE VIRTUAL TABLE utterance_text USING fts5 ( source, translations, tokenize = 'trigram case_sensitive 1');
CREATE TRIGGER utterances_deleted AFTER DELETE ON utterances BEGIN DELETE FROM utterance_text WHERE rowid = old.id; END;
INSERT INTO utterance_text (rowid, source, translations) VALUES (1, 'one, don''t.', '¡uno!');
