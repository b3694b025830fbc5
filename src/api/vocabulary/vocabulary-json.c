/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/vocabulary/vocabulary-json.h"

#include <json/json-writer.h>
#include <util/time-format.h>

static void
add_time (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  g_autofree char *text = habla_time_format (microseconds, HABLA_TIME_PROTOCOL);

  habla_json_add_string (builder, name, text);
}

static void
add_id (JsonBuilder *builder, const char *name, guint64 id)
{
  if (id != 0)
    habla_json_add_int (builder, name, id);
  else
    habla_json_add_string (builder, name, NULL);
}

static void
add_schedule (JsonBuilder *builder, const HablaReviewState *review)
{
  habla_json_add_double (builder, "ease_factor", review->ease);
  habla_json_add_int (builder, "interval_days", review->interval);
  add_time (builder, "next_review", review->next_review);
  habla_json_add_int (builder, "repetitions", review->repetitions);
  habla_json_add_int (builder, "lapse_count", review->lapse_count);
}

void
habla_vocabulary_json_add_item (JsonBuilder *builder, const HablaVocabularyItem *item)
{
  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "id", item->id);
  add_id (builder, "exchange_id", item->exchange_id);
  habla_json_add_string (builder, "speaker_id", item->speaker_id);
  habla_json_add_string (builder, "term", item->term);
  habla_json_add_string (builder, "literal", item->literal);
  habla_json_add_string (builder, "meaning", item->meaning);
  habla_json_add_string (builder, "category", item->category);
  habla_json_add_string (builder, "source_sentence", item->source_sentence);
  habla_json_add_string (builder, "region", item->region);
  habla_json_add_string (builder, "language", item->language);
  habla_json_add_int (builder, "save_worthy", item->save_worthy);
  add_time (builder, "created_at", item->created_at);
  add_schedule (builder, &item->review);
  habla_json_add_int (builder, "times_encountered", item->times_encountered);
  json_builder_end_object (builder);
}

void
habla_vocabulary_json_add_items (JsonBuilder *builder, const char *name, GPtrArray *items)
{
  habla_json_begin_array (builder, name);
  for (guint i = 0; i < items->len; i++)
    habla_vocabulary_json_add_item (builder, g_ptr_array_index (items, i));
  json_builder_end_array (builder);
}

void
habla_vocabulary_json_add_review (JsonBuilder *builder, const HablaVocabularyItem *item)
{
  habla_json_begin_object (builder, NULL);
  habla_json_add_int (builder, "id", item->id);
  add_schedule (builder, &item->review);
  habla_json_add_boolean (builder, "is_mature", item->review.interval >= HABLA_REVIEW_MATURE);
  json_builder_end_object (builder);
}
