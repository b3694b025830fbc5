/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request.h>
#include <json-glib/json-glib.h>
#include <store/vocabulary/vocabulary-item.h>

G_BEGIN_DECLS

/* Reads vocabulary items from the bodies of requests. Each function answers the request itself when
 * the body is wrong: with 400 if a term is blank, else with 422. */

/**
 * habla_vocabulary_body_get_item:
 * @request: a request that adds an item
 *
 * Returns: (transfer full) (nullable): the item; %NULL if the request has been answered
 */
HablaVocabularyItem *habla_vocabulary_body_get_item (const HablaRequest *request);

/**
 * habla_vocabulary_body_get_change:
 * @request: a request that changes an item
 *
 * Returns: (transfer full) (nullable): the change, without an id; %NULL if the request has been
 *   answered
 */
HablaVocabularyItem *habla_vocabulary_body_get_change (const HablaRequest *request);

/**
 * habla_vocabulary_body_get_text:
 * @request: the request that @object is from
 * @object: (nullable): its body; %NULL = it has none
 * @name: of the member
 * @max: largest length, in characters
 * @text: (out) (transfer full) (nullable): the text without spaces at its ends; %NULL if the member
 *   is missing or null
 *
 * Accepts a text without control characters other than tabs and line ends.
 *
 * Returns: whether @text is set; if not, the request has been answered
 */
gboolean habla_vocabulary_body_get_text (
    const HablaRequest *request, JsonObject *object, const char *name, guint max, char **text);

/**
 * habla_vocabulary_body_check_language:
 * @request: the request that @code is from
 * @code: (inout) (nullable): a language code; replaced by its BCP 47 form; empty = unknown
 *
 * Returns: whether @code is well-formed, empty or %NULL; if not, the request has been answered
 */
gboolean habla_vocabulary_body_check_language (const HablaRequest *request, char **code);

/**
 * habla_vocabulary_body_get_integer:
 * @request: the request that @object is from
 * @object: its body
 * @name: of the member
 * @value: (out): the number
 *
 * Returns: whether @value is set; if not, the request has been answered
 */
gboolean habla_vocabulary_body_get_integer (
    const HablaRequest *request, JsonObject *object, const char *name, gint64 *value);

G_END_DECLS
