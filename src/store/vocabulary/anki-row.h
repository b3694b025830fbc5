/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/vocabulary/vocabulary-item.h>

G_BEGIN_DECLS

/**
 * habla_anki_row_append:
 * @out: the buffer to append to
 * @item: an item
 *
 * Appends a row of a file that Anki imports: front, back and tags, separated by tabs, quoted as in
 * CSV, with CRLF at the end. Cells that a spreadsheet would calculate begin with an apostrophe.
 */
void habla_anki_row_append (GString *out, const HablaVocabularyItem *item);

G_END_DECLS
