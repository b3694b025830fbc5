/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/utterance-meta.h"

#include <string.h>

/**
 * habla_utterance_meta_register:
 *
 * Registers the custom meta that final utterances carry; every copy of a buffer
 * carries it on. The functions below register it by themselves; call this before
 * code that looks the meta up by name. May be called again, from any thread.
 */
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
set_optional (GstStructure *structure, const char *field, const char *value)
{
  if (value != NULL)
    gst_structure_set (structure, field, G_TYPE_STRING, value, NULL);
}

/**
 * habla_utterance_to_structure:
 * @self: an utterance
 * @name: the name of the structure
 *
 * The form in which utterances travel in metas, events and messages. Fields:
 * `id` (guint64), `begin`, `end` (guint64, running time in nanoseconds), `text`
 * (string), `confidence` (double), `final`, `untranslated` (boolean), and, where
 * known, `language`, `source-text`, `source-language`, `speaker` (string).
 *
 * Returns: (transfer full): a structure
 */
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
  set_optional (structure, "language", self->language);
  set_optional (structure, "source-text", self->source_text);
  set_optional (structure, "source-language", self->source_language);
  set_optional (structure, "speaker", self->speaker);
  return structure;
}

/**
 * habla_utterance_from_structure:
 * @structure: what habla_utterance_to_structure() makes
 *
 * A missing or mistyped field takes the value that habla_utterance_new() gives.
 *
 * Returns: (transfer full): the utterance
 */
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
  return self;
}

static gboolean
copy_field (GQuark field, const GValue *value, gpointer target)
{
  gst_structure_id_set_value (target, field, value);
  return TRUE;
}

/**
 * habla_utterance_to_buffer:
 * @self: a final utterance
 * @segment: the TIME segment that the buffer will be pushed in
 *
 * A buffer of `text/x-raw, format=utf8` with the text (no terminating NUL), PTS
 * and duration of the stretch of speech, and the rest in a meta. An utterance
 * without times gives a buffer without.
 *
 * Returns: (transfer full): a writable buffer
 */
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
  /* The text is in the buffer already. */
  gst_structure_remove_field (structure, "text");
  gst_structure_foreach (structure, copy_field, gst_custom_meta_get_structure (meta));
  return buffer;
}

/**
 * habla_utterance_from_buffer:
 * @buffer: a buffer of `text/x-raw, format=utf8`
 * @segment: the TIME segment that it came in
 * @last_id: (inout): the id last seen in this stream, from 0
 *
 * Reads an utterance from a buffer of ours or of any other text element. One
 * without our meta is final, is the next in number, and takes its times from PTS
 * and duration; so two readers of one stream agree on every id. Trailing NULs go,
 * an inner NUL or invalid UTF-8 is replaced by U+FFFD.
 *
 * Returns: (transfer full): the utterance
 */
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

  /* A foreign element may have shifted or trimmed the buffer: its times count. */
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

/**
 * habla_utterance_to_event:
 * @self: a partial hypothesis
 *
 * Returns: (transfer full): a custom downstream serialized event
 */
GstEvent *
habla_utterance_to_event (const HablaUtterance *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return gst_event_new_custom (
      GST_EVENT_CUSTOM_DOWNSTREAM, habla_utterance_to_structure (self, HABLA_PARTIAL_EVENT));
}

/**
 * habla_utterance_is_event:
 * @event: any event
 *
 * Returns: whether @event carries a partial hypothesis
 */
gboolean
habla_utterance_is_event (GstEvent *event)
{
  g_return_val_if_fail (GST_IS_EVENT (event), FALSE);

  return GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_DOWNSTREAM &&
         gst_event_has_name (event, HABLA_PARTIAL_EVENT);
}

/**
 * habla_utterance_from_event:
 * @event: an event for which habla_utterance_is_event() holds
 *
 * Returns: (transfer full): the partial hypothesis
 */
HablaUtterance *
habla_utterance_from_event (GstEvent *event)
{
  g_return_val_if_fail (habla_utterance_is_event (event), NULL);

  return habla_utterance_from_structure (gst_event_get_structure (event));
}
