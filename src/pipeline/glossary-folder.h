/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Upper bound of the glossaries in a folder: 64 MiB at HABLA_GLOSSARY_MAX_SIZE each. */
#define HABLA_GLOSSARY_FOLDER_MAX 256

/**
 * HablaGlossaryFolder:
 *
 * The glossaries of rooms, each a file of a folder. A room has one for all languages, and one for
 * each pair of languages, which takes precedence. Any thread may use it.
 */
typedef struct _HablaGlossaryFolder HablaGlossaryFolder;

/**
 * HablaGlossaryKey:
 * @room: name of the room
 * @from: (nullable): BCP 47 code of the source language; %NULL = all languages, as @to
 * @to: (nullable): BCP 47 code of the target language
 */
typedef struct {
  const char *room;
  const char *from;
  const char *to;
} HablaGlossaryKey;

/**
 * habla_glossary_folder_new:
 * @path: the folder; made by the first habla_glossary_folder_write()
 *
 * Lists the folder, which may block.
 *
 * Returns: (transfer full): the glossaries in it
 */
HablaGlossaryFolder *habla_glossary_folder_new (const char *path);

/**
 * habla_glossary_folder_ref:
 * @self: a folder
 *
 * Returns: (transfer full): @self with one more reference
 */
HablaGlossaryFolder *habla_glossary_folder_ref (HablaGlossaryFolder *self);

/**
 * habla_glossary_folder_unref:
 * @self: (transfer full): a folder
 */
void habla_glossary_folder_unref (HablaGlossaryFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaGlossaryFolder, habla_glossary_folder_unref)

/**
 * habla_glossary_folder_check:
 * @key: which glossary
 * @error: return location for a %HABLA_ERROR_INPUT
 *
 * Returns: whether @key has two language codes or none, and they are well-formed
 */
gboolean habla_glossary_folder_check (const HablaGlossaryKey *key, GError **error);

/**
 * habla_glossary_folder_find:
 * @self: a folder
 * @key: a room and a pair of languages
 *
 * Does not block.
 *
 * Returns: (transfer full) (nullable): path of the glossary that is used for @key: that of the
 *   pair, otherwise that of all languages
 */
char *habla_glossary_folder_find (HablaGlossaryFolder *self, const HablaGlossaryKey *key);

/**
 * habla_glossary_folder_read:
 * @self: a folder
 * @key: which glossary
 * @error: return location for a %G_IO_ERROR; %G_IO_ERROR_NOT_FOUND if it is missing
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): the file as it was written
 */
GBytes *habla_glossary_folder_read (
    HablaGlossaryFolder *self, const HablaGlossaryKey *key, GError **error);

/**
 * habla_glossary_folder_write:
 * @self: a folder
 * @key: which glossary
 * @text: a glossary, which may be hostile; see #HablaGlossary
 * @n_terms: (out): how many terms it has
 * @error: return location for a %HABLA_ERROR_INPUT, which names the line; or a %G_IO_ERROR,
 *   %G_IO_ERROR_NO_SPACE if the folder has as many glossaries as it may,
 *   %G_IO_ERROR_MESSAGE_TOO_LARGE if @text has more than HABLA_GLOSSARY_MAX_SIZE bytes
 *
 * Writes or replaces a file, which happens entirely or not at all. Blocks.
 *
 * Returns: whether it succeeded; if not, the previous glossary stays
 */
gboolean habla_glossary_folder_write (HablaGlossaryFolder *self, const HablaGlossaryKey *key,
    GBytes *text, guint *n_terms, GError **error);

/**
 * habla_glossary_folder_forget:
 * @self: a folder
 * @key: which glossary
 *
 * Lets habla_glossary_folder_find() no longer find a glossary. Does not block. When all elements
 * use another one, delete the file with habla_glossary_folder_delete().
 *
 * Returns: whether there was one
 */
gboolean habla_glossary_folder_forget (HablaGlossaryFolder *self, const HablaGlossaryKey *key);

/**
 * habla_glossary_folder_delete:
 * @self: a folder
 * @key: which glossary
 * @error: return location for a %G_IO_ERROR
 *
 * Deletes the file of a glossary that was forgotten. No-op if it was written again. Blocks.
 *
 * Returns: whether the file is gone, or was written again
 */
gboolean habla_glossary_folder_delete (
    HablaGlossaryFolder *self, const HablaGlossaryKey *key, GError **error);

G_END_DECLS
