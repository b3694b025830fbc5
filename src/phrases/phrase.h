/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Upper bounds, in characters. */
#define HABLA_MAX_PHRASE 200
#define HABLA_MAX_PHRASE_TEXT 1000 /* of literal translations, meanings and explanations */
#define HABLA_MAX_PATTERN 500

/* Types of phrases; the field `type` of #HablaNote. */
#define HABLA_PHRASE_IDIOM "idiom"
#define HABLA_PHRASE_FALSE_FRIEND "false_friend"

/* The region of what is said everywhere. */
#define HABLA_PHRASE_UNIVERSAL "universal"

/**
 * HablaPhrase:
 * @id: of a user's phrase, in the store; 0 = it came with the program or from a file
 * @language: (nullable): BCP 47 code of the language that it belongs to; %NULL = any
 * @canonical: its canonical form: "tomar el pelo"
 * @pattern: regular expression that finds it
 * @literal: literal translation; "" = unknown
 * @meaning: what it means
 * @region: where it is said
 * @frequency: how often it is said: "common", "rare"
 * @type: %HABLA_PHRASE_IDIOM or %HABLA_PHRASE_FALSE_FRIEND
 *
 * A phrase that deserves an explanation. A plain value that owns its strings.
 */
typedef struct {
  gint64 id;
  char *language;
  char *canonical;
  char *pattern;
  char *literal;
  char *meaning;
  char *region;
  char *frequency;
  char *type;
} HablaPhrase;

/**
 * habla_phrase_copy:
 * @self: a phrase
 *
 * Returns: (transfer full): a deep copy
 */
HablaPhrase *habla_phrase_copy (const HablaPhrase *self);

/**
 * habla_phrase_free:
 * @self: (transfer full): a phrase
 */
void habla_phrase_free (HablaPhrase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPhrase, habla_phrase_free)

G_END_DECLS
