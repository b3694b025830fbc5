/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <phrases/phrase.h>

G_BEGIN_DECLS

/* Upper bounds of one file. */
#define HABLA_PHRASE_FILE_MAX_SIZE (1024 * 1024) /* bytes */
#define HABLA_PHRASE_FILE_MAX_ENTRIES 2000       /* of each list */

/**
 * HablaCorrectionRule:
 * @pattern: regular expression that finds an error
 * @right: what replaces it, with references as in g_regex_replace()
 * @explanation: why, for the learner
 *
 * A common error of learners.
 */
typedef struct {
  char *pattern;
  char *right;
  char *explanation;
} HablaCorrectionRule;

/**
 * HablaPhraseFile:
 * @language: BCP 47 code of the language of all entries
 * @native: (nullable): BCP 47 code of the language of the learners for whom corrections and false
 *   friends are; %NULL = any
 * @phrases: (element-type HablaPhrase): idioms and false friends
 * @rules: (element-type HablaCorrectionRule): common errors
 *
 * The contents of a file of idioms and corrections; docs/idioms.md documents the format.
 */
typedef struct {
  char *language;
  char *native;
  GPtrArray *phrases;
  GPtrArray *rules;
} HablaPhraseFile;

/**
 * habla_phrase_file_parse:
 * @text: the file, which may be hostile, followed by a NUL
 * @size: bytes of @text
 * @error: return location for a %G_IO_ERROR_INVALID_DATA that names the entry
 *
 * Patterns are made where there is none, but not compiled.
 *
 * Returns: (transfer full) (nullable): the contents
 */
HablaPhraseFile *habla_phrase_file_parse (const char *text, gsize size, GError **error);

/**
 * habla_phrase_file_free:
 * @self: (transfer full): contents of a file
 */
void habla_phrase_file_free (HablaPhraseFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPhraseFile, habla_phrase_file_free)

G_END_DECLS
