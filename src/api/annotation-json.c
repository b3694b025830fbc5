/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/annotation-json.h"

#include <json/json-writer.h>

/* Clients show null if a position is not known. */
static void
annotation_json_add_position (JsonBuilder *builder, const char *name, int position)
{
  if (position >= 0)
    habla_json_add_int (builder, name, position);
  else
    habla_json_add_string (builder, name, NULL);
}

static void
annotation_json_add_note (JsonBuilder *builder, const HablaNote *note)
{
  json_builder_begin_object (builder);
  habla_json_add_string (builder, "phrase", note->phrase);
  habla_json_add_string (builder, "literal", note->literal);
  habla_json_add_string (builder, "meaning", note->meaning);
  habla_json_add_string (builder, "type", note->type);
  habla_json_add_string (builder, "region", note->region);
  habla_json_add_string (builder, "source", note->source);
  habla_json_add_boolean (builder, "save_worthy", note->save_worthy);
  annotation_json_add_position (builder, "span_start", note->begin);
  annotation_json_add_position (builder, "span_end", note->end);
  json_builder_end_object (builder);
}

void
habla_annotation_json_add_idioms (JsonBuilder *builder, const HablaAnnotations *annotations)
{
  habla_json_begin_array (builder, "idioms");
  for (guint i = 0; annotations != NULL && i < annotations->notes->len; i++)
    annotation_json_add_note (builder, annotations->notes->pdata[i]);
  json_builder_end_array (builder);
}

/* @name: (nullable): %NULL = an element */
static void
annotation_json_add_correction (
    JsonBuilder *builder, const char *name, const HablaCorrection *correction)
{
  habla_json_begin_object (builder, name);
  habla_json_add_string (builder, "wrong", correction->wrong);
  habla_json_add_string (builder, "right", correction->right);
  habla_json_add_string (builder, "explanation", correction->explanation);
  json_builder_end_object (builder);
}

gboolean
habla_annotation_json_has_errors (const HablaAnnotations *annotations)
{
  return annotations != NULL && annotations->corrections->len > 0;
}

void
habla_annotation_json_add_corrections (JsonBuilder *builder, const HablaAnnotations *annotations)
{
  gboolean has_errors = habla_annotation_json_has_errors (annotations);

  if (has_errors)
    annotation_json_add_correction (
        builder, "correction_detail", annotations->corrections->pdata[0]);
  else
    habla_json_add_string (builder, "correction_detail", NULL);
  habla_json_begin_array (builder, "corrections");
  for (guint i = 0; has_errors && i < annotations->corrections->len; i++)
    annotation_json_add_correction (builder, NULL, annotations->corrections->pdata[i]);
  json_builder_end_array (builder);
}

char *
habla_annotation_json_dup_detail (const HablaAnnotations *annotations)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (GBytes) text = NULL;

  if (!habla_annotation_json_has_errors (annotations))
    return NULL;
  annotation_json_add_correction (builder, NULL, annotations->corrections->pdata[0]);
  text = habla_json_to_bytes (builder);
  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}
