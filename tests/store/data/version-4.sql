-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What version 4 changed.
ALTER TABLE sessions ADD COLUMN title TEXT;
UPDATE sessions SET title = 'Newton';
