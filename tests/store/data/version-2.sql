-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What version 2 changed.
DROP TRIGGER utterances_deleted;
DROP TABLE utterance_text;
