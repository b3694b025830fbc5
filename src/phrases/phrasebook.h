/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <habla/annotations.h>
#include <phrases/phrase-file.h>

G_BEGIN_DECLS

/* Upper bound of the phrases of users. */
#define HABLA_MAX_USER_PHRASES 1000

/**
 * HablaPhrasebook:
 *
 * Idioms, false friends and common errors of all languages: those that come with the program, those
 * of files, and those of users. Any thread may use it, and shares it by reference.
 */
typedef struct _HablaPhrasebook HablaPhrasebook;

/**
 * HablaPhraseContext:
 * @language: BCP 47 code of the text
 * @is_classroom: whether to look for errors and false friends, too
 * @natives: (nullable) (array zero-terminated=1): BCP 47 codes of languages that learners may have;
 *   only errors and false friends of speakers of these languages are looked for; %NULL = of any
 *
 * What habla_phrasebook_annotate() looks for.
 */
typedef struct {
  const char *language;
  gboolean is_classroom;
  const char *const *natives;
} HablaPhraseContext;

/**
 * habla_phrasebook_new:
 *
 * Returns: (transfer full): an empty phrasebook
 */
HablaPhrasebook *habla_phrasebook_new (void);

/**
 * habla_phrasebook_ref:
 * @self: a phrasebook
 *
 * Returns: (transfer full): @self with one more reference
 */
HablaPhrasebook *habla_phrasebook_ref (HablaPhrasebook *self);

/**
 * habla_phrasebook_unref:
 * @self: (transfer full): a phrasebook
 */
void habla_phrasebook_unref (HablaPhrasebook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPhrasebook, habla_phrasebook_unref)

/**
 * habla_phrasebook_load:
 * @self: a phrasebook
 * @file: contents of a file
 * @error: return location for an error that names the entry
 *
 * Adds all entries of a file. Blocks for about 20 µs for each.
 *
 * Returns: %FALSE if an entry has a malformed pattern: then none is added
 */
gboolean habla_phrasebook_load (HablaPhrasebook *self, const HablaPhraseFile *file, GError **error);

/**
 * habla_phrasebook_load_built_in:
 * @self: a phrasebook
 *
 * Adds the idioms, errors and false friends that come with the program. Blocks for about 10 ms.
 */
void habla_phrasebook_load_built_in (HablaPhrasebook *self);

/**
 * habla_phrasebook_load_folder:
 * @self: a phrasebook
 * @path: a folder, which may be missing
 *
 * Adds the entries of all files `*.json` in it, in the order of their names. Logs a warning about
 * each file that cannot be used. Blocks on the disk.
 */
void habla_phrasebook_load_folder (HablaPhrasebook *self, const char *path);

/**
 * habla_phrasebook_add:
 * @self: a phrasebook
 * @phrase: a phrase of a user, with an id
 * @error: return location for a %G_IO_ERROR: %G_IO_ERROR_EXISTS if there is one with the same
 *   canonical form, %G_IO_ERROR_NO_SPACE, %G_IO_ERROR_INVALID_ARGUMENT for a bad pattern
 *
 * The next text is searched for it, too.
 *
 * Returns: whether it was added
 */
gboolean habla_phrasebook_add (HablaPhrasebook *self, const HablaPhrase *phrase, GError **error);

/**
 * habla_phrasebook_check:
 * @self: a phrasebook
 * @phrase: a phrase
 * @error: return location, as for habla_phrasebook_add()
 *
 * Returns: whether habla_phrasebook_add() would succeed now
 */
gboolean habla_phrasebook_check (HablaPhrasebook *self, const HablaPhrase *phrase, GError **error);

/**
 * habla_phrasebook_remove:
 * @self: a phrasebook
 * @id: of a phrase of a user
 *
 * Returns: whether there was one
 */
gboolean habla_phrasebook_remove (HablaPhrasebook *self, gint64 id);

/**
 * habla_phrasebook_list:
 * @self: a phrasebook
 *
 * Returns: (transfer full) (element-type HablaPhrase): all idioms, those of users first
 */
GPtrArray *habla_phrasebook_list (HablaPhrasebook *self);

/**
 * habla_phrasebook_count:
 * @self: a phrasebook
 *
 * Returns: the number of idioms
 */
guint habla_phrasebook_count (HablaPhrasebook *self);

/**
 * habla_phrasebook_annotate:
 * @self: a phrasebook
 * @text: a text in valid UTF-8
 * @context: what to look for
 *
 * Blocks for up to 50 ms of CPU time if patterns are hostile, and leaves out the rest then.
 *
 * Returns: (transfer full) (nullable): what was found: of each pattern the first match, of each
 *   canonical form one; %NULL if there is nothing
 */
HablaAnnotations *habla_phrasebook_annotate (
    HablaPhrasebook *self, const char *text, const HablaPhraseContext *context);

G_END_DECLS
