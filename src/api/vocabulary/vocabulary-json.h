/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <store/vocabulary/vocabulary-item.h>

G_BEGIN_DECLS

/**
 * habla_vocabulary_json_add_item:
 * @builder: where to add the object
 * @item: an item
 */
void habla_vocabulary_json_add_item (JsonBuilder *builder, const HablaVocabularyItem *item);

/**
 * habla_vocabulary_json_add_items:
 * @builder: where to add the array
 * @name: (nullable): of the member; %NULL = the array is an element or the whole value
 * @items: (element-type HablaVocabularyItem): its elements
 */
void habla_vocabulary_json_add_items (JsonBuilder *builder, const char *name, GPtrArray *items);

/**
 * habla_vocabulary_json_add_review:
 * @builder: where to add the object
 * @item: an item that has been reviewed
 */
void habla_vocabulary_json_add_review (JsonBuilder *builder, const HablaVocabularyItem *item);

G_END_DECLS
