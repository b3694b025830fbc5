/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/utterance-meta.h"

#include <string.h>

void
habla_utterance_meta_register (void)
{
  static gsize registered = 0;
  static const char *no_tags[] = { NULL };

  if (g_once_init_enter (&registered)) {
    gst_meta_register_custom (HABLA_UTTERANCE_META, no_tags, NULL, NULL, NULL);
    g_once_init_leave (&registered, 1);
  }
}

static void
utterance_set_optional (GstStructure *structure, const char *field, const char *value)
{
  if (value != NULL)
    gst_structure_set (structure, field, G_TYPE_STRING, value, NULL);
}

static void
utterance_set_words (GstStructure *structure, GPtrArray *words)
{
  GValue array = G_VALUE_INIT;

  gst_value_array_init (&array, words->len);
  for (guint i = 0; i < words->len; i++) {
    const HablaWord *word = words->pdata[i];
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (
        &value, gst_structure_new ("word", "text", G_TYPE_STRING, word->text, "begin",
                    G_TYPE_UINT64, word->begin, "end", G_TYPE_UINT64, word->end, NULL));
    gst_value_array_append_and_take_value (&array, &value);
  }
  gst_structure_take_value (structure, "words", &array);
}

/* Returns: (transfer full) (nullable): the words of @structure */
static GPtrArray *
utterance_get_words (const GstStructure *structure)
{
  const GValue *array = gst_structure_get_value (structure, "words");
  g_autoptr (GPtrArray) words = NULL;

  if (array == NULL || !GST_VALUE_HOLDS_ARRAY (array))
    return NULL;
  words = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_word_free);
  for (guint i = 0; i < gst_value_array_get_size (array); i++) {
    const GValue *value = gst_value_array_get_value (array, i);
    const GstStructure *word =
        GST_VALUE_HOLDS_STRUCTURE (value) ? gst_value_get_structure (value) : NULL;
    const char *text = word != NULL ? gst_structure_get_string (word, "text") : NULL;
    guint64 begin, end;

    if (text != NULL && gst_structure_get_uint64 (word, "begin", &begin) &&
        gst_structure_get_uint64 (word, "end", &end))
      g_ptr_array_add (words, habla_word_new (text, begin, end));
  }
  return words->len > 0 ? g_steal_pointer (&words) : NULL;
}

GstStructure *
habla_utterance_to_structure (const HablaUtterance *self, const char *name)
{
  GstStructure *structure;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  structure = gst_structure_new (name, "id", G_TYPE_UINT64, self->id, "begin", G_TYPE_UINT64,
      self->begin, "end", G_TYPE_UINT64, self->end, "text", G_TYPE_STRING, self->text, "confidence",
      G_TYPE_DOUBLE, self->confidence, "final", G_TYPE_BOOLEAN, self->is_final, "untranslated",
      G_TYPE_BOOLEAN, self->untranslated, NULL);
  utterance_set_optional (structure, "language", self->language);
  utterance_set_optional (structure, "source-text", self->source_text);
  utterance_set_optional (structure, "source-language", self->source_language);
  utterance_set_optional (structure, "speaker", self->speaker);
  if (self->words != NULL && self->words->len > 0)
    utterance_set_words (structure, self->words);
  if (self->annotations != NULL)
    gst_structure_set (structure, "annotations", HABLA_TYPE_ANNOTATIONS, self->annotations, NULL);
  if (self->cues != NULL)
    gst_structure_set (structure, "cues", G_TYPE_PTR_ARRAY, self->cues, NULL);
  return structure;
}

HablaUtterance *
habla_utterance_from_structure (const GstStructure *structure)
{
  HablaUtterance *self;
  const char *text;

  g_return_val_if_fail (structure != NULL, NULL);

  text = gst_structure_get_string (structure, "text");
  self = habla_utterance_new (
      0, text != NULL ? text : "", gst_structure_get_string (structure, "language"));
  gst_structure_get_uint64 (structure, "id", &self->id);
  gst_structure_get_uint64 (structure, "begin", &self->begin);
  gst_structure_get_uint64 (structure, "end", &self->end);
  gst_structure_get_double (structure, "confidence", &self->confidence);
  gst_structure_get_boolean (structure, "final", &self->is_final);
  gst_structure_get_boolean (structure, "untranslated", &self->untranslated);
  self->source_text = g_strdup (gst_structure_get_string (structure, "source-text"));
  self->source_language = g_strdup (gst_structure_get_string (structure, "source-language"));
  self->speaker = g_strdup (gst_structure_get_string (structure, "speaker"));
  self->words = utterance_get_words (structure);
  gst_structure_get (structure, "annotations", HABLA_TYPE_ANNOTATIONS, &self->annotations, NULL);
  gst_structure_get (structure, "cues", G_TYPE_PTR_ARRAY, &self->cues, NULL);
  return self;
}

static gboolean
utterance_copy_field (GQuark field, const GValue *value, gpointer target)
{
  gst_structure_id_set_value (target, field, value);
  return TRUE;
}

GstBuffer *
habla_utterance_to_buffer (const HablaUtterance *self, const GstSegment *segment)
{
  g_autoptr (GstStructure) structure = NULL;
  GstBuffer *buffer;
  GstCustomMeta *meta;
  gsize size;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (segment != NULL && segment->format == GST_FORMAT_TIME, NULL);

  habla_utterance_meta_register ();
  size = strlen (self->text);
  buffer = gst_buffer_new_allocate (NULL, size, NULL);
  gst_buffer_fill (buffer, 0, self->text, size);
  if (GST_CLOCK_TIME_IS_VALID (self->begin)) {
    GST_BUFFER_PTS (buffer) =
        gst_segment_position_from_running_time (segment, GST_FORMAT_TIME, self->begin);
    if (GST_CLOCK_TIME_IS_VALID (self->end))
      GST_BUFFER_DURATION (buffer) = (self->end - self->begin) * ABS (segment->rate);
  }

  meta = gst_buffer_add_custom_meta (buffer, HABLA_UTTERANCE_META);
  structure = habla_utterance_to_structure (self, HABLA_UTTERANCE_META);
  /* The buffer contains the text. */
  gst_structure_remove_field (structure, "text");
  gst_structure_foreach (structure, utterance_copy_field, gst_custom_meta_get_structure (meta));
  return buffer;
}

HablaUtterance *
habla_utterance_from_buffer (GstBuffer *buffer, const GstSegment *segment, guint64 *last_id)
{
  g_autofree char *text = NULL;
  HablaUtterance *self;
  GstCustomMeta *meta;
  gsize size;

  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);
  g_return_val_if_fail (segment != NULL && segment->format == GST_FORMAT_TIME, NULL);
  g_return_val_if_fail (last_id != NULL, NULL);

  habla_utterance_meta_register ();
  size = gst_buffer_get_size (buffer);
  text = g_malloc (size + 1);
  size = gst_buffer_extract (buffer, 0, text, size);
  while (size > 0 && text[size - 1] == '\0')
    size--;
  text[size] = '\0';

  meta = gst_buffer_get_custom_meta (buffer, HABLA_UTTERANCE_META);
  if (meta != NULL)
    self = habla_utterance_from_structure (gst_custom_meta_get_structure (meta));
  else
    self = habla_utterance_new (*last_id + 1, "", NULL);
  g_free (self->text);
  self->text = g_utf8_make_valid (text, size);
  *last_id = MAX (*last_id, self->id);

  /* Another element may have shifted or trimmed the buffer. */
  if (GST_BUFFER_PTS_IS_VALID (buffer)) {
    guint64 end = GST_BUFFER_PTS (buffer);

    if (GST_BUFFER_DURATION_IS_VALID (buffer))
      end += GST_BUFFER_DURATION (buffer);
    self->begin = gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
    self->end = gst_segment_to_running_time (segment, GST_FORMAT_TIME, end);
    if (!GST_CLOCK_TIME_IS_VALID (self->end))
      self->end = self->begin;
  }
  return self;
}

GstEvent *
habla_utterance_to_event (const HablaUtterance *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return gst_event_new_custom (
      GST_EVENT_CUSTOM_DOWNSTREAM, habla_utterance_to_structure (self, HABLA_PARTIAL_EVENT));
}

gboolean
habla_utterance_is_event (GstEvent *event)
{
  g_return_val_if_fail (GST_IS_EVENT (event), FALSE);

  return GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_DOWNSTREAM &&
         gst_event_has_name (event, HABLA_PARTIAL_EVENT);
}

HablaUtterance *
habla_utterance_from_event (GstEvent *event)
{
  g_return_val_if_fail (habla_utterance_is_event (event), NULL);

  return habla_utterance_from_structure (gst_event_get_structure (event));
}
