/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/cue.h>

G_BEGIN_DECLS

/**
 * habla_test_film_make_cues:
 * @language: "en" or "es"
 * @n: their number
 *
 * Makes subtitles like those of a film: sentences over one to four cues, dialogues with dashes,
 * italics, songs, sounds, overlapping signs, abbreviations and pauses. Each cue has a name that no
 * other one has; see habla_test_film_get_name(). Always the same.
 *
 * Returns: (transfer full) (element-type HablaCue): cues of SubRip with identifiers
 */
GPtrArray *habla_test_film_make_cues (const char *language, guint n);

/**
 * habla_test_film_get_name:
 * @i: number of a cue, from 0
 *
 * Returns: (transfer full): the name in it, which no dictionary has
 */
char *habla_test_film_get_name (guint i);

/**
 * habla_test_film_write:
 * @cues: (element-type HablaCue): the cues
 *
 * Returns: (transfer full): a SubRip file
 */
char *habla_test_film_write (GPtrArray *cues);

G_END_DECLS
