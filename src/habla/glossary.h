/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Upper bounds of a glossary: bytes of the file, terms, and characters of a term or translation. */
#define HABLA_GLOSSARY_MAX_SIZE (256 * 1024)
#define HABLA_GLOSSARY_MAX_TERMS 2000
#define HABLA_GLOSSARY_MAX_TERM 100

/**
 * HablaGlossary:
 *
 * Terms whose translation is given. Immutable; any thread may use it.
 *
 * The format is lines `term = translation` in UTF-8. `term =`, or the same text on both sides,
 * keeps a term unchanged. Blank lines, and lines that begin with `#`, are ignored. White space
 * around terms and translations is, too.
 *
 * A term is found where it stands as whole words. A capital letter inside of a word, as in
 * "GStreamer" or "NASA", makes it match only as it is written; other terms match in any case. Of
 * several terms at one place the longest is found. Web and mail addresses are not searched.
 * Inflected forms are terms of their own.
 */
typedef struct _HablaGlossary HablaGlossary;

/**
 * HablaGlossaryMatch:
 * @begin: first byte of the term in the text
 * @end: byte after the last one
 * @translation: what its translation is; begins with a capital letter if the text does and the
 *   term does not
 */
typedef struct {
  gsize begin;
  gsize end;
  char *translation;
} HablaGlossaryMatch;

#define HABLA_TYPE_GLOSSARY (habla_glossary_get_type ())
/**
 * habla_glossary_get_type:
 *
 * Returns: the boxed type of #HablaGlossary
 */
HABLA_API GType habla_glossary_get_type (void);

#define HABLA_TYPE_GLOSSARY_MATCH (habla_glossary_match_get_type ())
/**
 * habla_glossary_match_get_type:
 *
 * Returns: the boxed type of #HablaGlossaryMatch
 */
HABLA_API GType habla_glossary_match_get_type (void);

/**
 * habla_glossary_load:
 * @path: path of a regular file
 * @error: return location for a %HABLA_ERROR_INPUT, which names the line
 *
 * Reads a file, which may be hostile.
 *
 * Returns: (transfer full) (nullable): the glossary
 */
HABLA_API HablaGlossary *habla_glossary_load (const char *path, GError **error);

/**
 * habla_glossary_parse:
 * @text: what a file contains; need not end in a NUL
 * @length: its length, in bytes
 * @origin: name of the file, for messages
 * @error: return location for a %HABLA_ERROR_INPUT, which names the line
 *
 * Returns: (transfer full) (nullable): the glossary
 */
HABLA_API HablaGlossary *habla_glossary_parse (
    const char *text, gsize length, const char *origin, GError **error);

/**
 * habla_glossary_new_keeping:
 * @terms: (array zero-terminated=1): terms to keep as they are, in valid UTF-8; those that occur
 *   again, or that no glossary can have, are left out
 *
 * Returns: (transfer full): the glossary
 */
HABLA_API HablaGlossary *habla_glossary_new_keeping (const char *const *terms);

/**
 * habla_glossary_ref:
 * @self: a glossary
 *
 * Returns: (transfer full): @self with one more reference
 */
HABLA_API HablaGlossary *habla_glossary_ref (HablaGlossary *self);

/**
 * habla_glossary_unref:
 * @self: (transfer full): a glossary
 */
HABLA_API void habla_glossary_unref (HablaGlossary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaGlossary, habla_glossary_unref)

/**
 * habla_glossary_get_size:
 * @self: a glossary
 *
 * Returns: the number of its terms
 */
HABLA_API guint habla_glossary_get_size (HablaGlossary *self);

/**
 * habla_glossary_list_terms:
 * @self: a glossary
 *
 * Returns: (transfer full) (array zero-terminated=1): its terms, in the order of the file
 */
HABLA_API GStrv habla_glossary_list_terms (HablaGlossary *self);

/**
 * habla_glossary_find: (skip)
 * @self: a glossary
 * @text: valid UTF-8
 *
 * Returns: (transfer full) (element-type HablaGlossaryMatch): the terms in @text, in order, without
 *   overlaps
 */
HABLA_API GArray *habla_glossary_find (HablaGlossary *self, const char *text);

/**
 * habla_glossary_list_matches: (rename-to habla_glossary_find)
 * @self: a glossary
 * @text: valid UTF-8
 *
 * Like habla_glossary_find(), for other languages.
 *
 * Returns: (transfer container) (element-type HablaGlossaryMatch): the terms in @text, in order,
 *   without overlaps
 */
HABLA_API GPtrArray *habla_glossary_list_matches (HablaGlossary *self, const char *text);

G_END_DECLS
