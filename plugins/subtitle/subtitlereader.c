/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-subtitlereader
 * @title: subtitlereader
 *
 * Reads subtitles: files in SubRip, WebVTT, SubStation and TTML, and the tracks of containers. Each
 * cue becomes an utterance in plain text, in the order of the file, with its markup, settings and
 * times in `cues` of the utterance.
 *
 *     gst-launch-1.0 -m filesrc location=lesson.srt ! subtitlereader ! captionsink
 *
 * Buffers without timestamps are parts of a file, which is read at its end. Its format and encoding
 * are detected; a WARNING says which encoding was assumed, if nothing in the file says it. Buffers
 * with timestamps from a demuxer are cues of their own.
 *
 * With the property sentences, cues that are parts of one sentence are one utterance.
 *
 * At the end, the element posts an element message `habla/subtitles`:
 *
 * - `cues` (guint): number of cues that were read
 * - `lost` (guint): number of those whose times cannot be read, or that are too long; a WARNING
 *   names the line of the first
 * - `format` (string): "srt", "vtt", "ass" or "ttml"
 * - `encoding` (string): the assumed encoding; absent if it is certain
 *
 * A file that has no subtitles, is damaged or too large is a %HABLA_ERROR_INPUT.
 */
#include "subtitlereader.h"

#include "timed-cue.h"

#include <habla/error.h>
#include <habla/utterance-meta.h>
#include <string.h>
#include <subtitle/parser/subtitle-parser.h>
#include <subtitle/sentences.h>

GST_DEBUG_CATEGORY_STATIC (subtitle_reader_debug);
#define GST_CAT_DEFAULT subtitle_reader_debug

enum { PROP_0, PROP_ENCODING, PROP_LANGUAGE_CODE, PROP_SENTENCES };

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (HABLA_TEXT_CAPS));

struct _HablaSubtitleReader {
  GstElement parent;

  GstPad *sinkpad;
  GstPad *srcpad;

  char *encoding; /* protected by object lock; (nullable) */
  char *language; /* protected by object lock; (nullable) */
  gint sentences; /* atomic */

  /* Used by the streaming thread, and while it does not run. */
  GstSegment segment; /* of the input */
  HablaTimedCueKind kind;
  char *header;       /* (nullable): for the first timed cue */
  GByteArray *file;   /* what was read of a file */
  GPtrArray *pending; /* of HablaCue: timed cues whose sentence may go on */
  guint64 last_id;
  guint n_cues;
  guint n_lost;
  const char *format; /* (nullable) */
  gboolean has_caps;  /* the caps of the output were sent */
  gboolean has_segment;
};

G_DEFINE_TYPE_WITH_CODE (HablaSubtitleReader, habla_subtitle_reader, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (subtitle_reader_debug, "subtitlereader", 0, "Subtitle reader"))
GST_ELEMENT_REGISTER_DEFINE (
    subtitlereader, "subtitlereader", GST_RANK_NONE, HABLA_TYPE_SUBTITLE_READER)

static void
subtitle_reader_reset (HablaSubtitleReader *self)
{
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  g_byte_array_set_size (self->file, 0);
  g_ptr_array_set_size (self->pending, 0);
  self->has_segment = FALSE;
  self->n_cues = 0;
  self->n_lost = 0;
}

/* A file has no TIME segment of its own. */
static void
subtitle_reader_push_preface (HablaSubtitleReader *self)
{
  if (!self->has_caps) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (HABLA_TEXT_CAPS);

    self->has_caps = gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));
  }
  if (!self->has_segment) {
    if (self->segment.format != GST_FORMAT_TIME)
      gst_segment_init (&self->segment, GST_FORMAT_TIME);
    self->has_segment = gst_pad_push_event (self->srcpad, gst_event_new_segment (&self->segment));
  }
}

/* Returns: (transfer full): the text of @cues for a translator */
static char *
subtitle_reader_get_text (HablaSubtitleReader *self, GPtrArray *cues)
{
  if (g_atomic_int_get (&self->sentences))
    return habla_subtitle_sentences_join (cues);
  return g_strdup (((const HablaCue *) g_ptr_array_index (cues, 0))->text);
}

/* Pushes an utterance. @cues: (transfer full) (element-type HablaCue): its cues, at least one */
static GstFlowReturn
subtitle_reader_push_cues (HablaSubtitleReader *self, GPtrArray *cues)
{
  const HablaCue *first = g_ptr_array_index (cues, 0);
  g_autofree char *text = subtitle_reader_get_text (self, cues);
  g_autoptr (HablaUtterance) utterance = NULL;
  guint64 begin = first->begin;
  guint64 end = 0;

  for (guint i = 0; i < cues->len; i++)
    end = MAX (end, ((const HablaCue *) g_ptr_array_index (cues, i))->end);
  subtitle_reader_push_preface (self);
  if (!gst_segment_clip (&self->segment, GST_FORMAT_TIME, begin, end, &begin, &end)) {
    GST_DEBUG_OBJECT (self, "dropped a cue outside of the segment");
    g_ptr_array_unref (cues);
    return GST_FLOW_OK;
  }
  GST_OBJECT_LOCK (self);
  utterance = habla_utterance_new (++self->last_id, text, self->language);
  GST_OBJECT_UNLOCK (self);
  utterance->begin = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, begin);
  utterance->end = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, end);
  utterance->speaker = g_strdup (first->speaker);
  self->format = g_intern_string (first->format);
  utterance->cues = cues;
  self->n_cues += cues->len;
  return gst_pad_push (self->srcpad, habla_utterance_to_buffer (utterance, &self->segment));
}

/* @cues: (transfer full) (element-type HablaCue). Returns: (transfer full) (element-type
 * GPtrArray): the cues of each utterance */
static GPtrArray *
subtitle_reader_group (HablaSubtitleReader *self, GPtrArray *cues)
{
  GPtrArray *groups;

  if (g_atomic_int_get (&self->sentences))
    return habla_subtitle_sentences_group (cues);
  groups = g_ptr_array_new_full (cues->len, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < cues->len; i++) {
    GPtrArray *group = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);

    g_ptr_array_add (group, g_ptr_array_index (cues, i));
    g_ptr_array_add (groups, group);
  }
  g_ptr_array_set_free_func (cues, NULL);
  g_ptr_array_unref (cues);
  return groups;
}

/* Pushes the cues, which it takes out of @file. */
static GstFlowReturn
subtitle_reader_push_file (HablaSubtitleReader *self, HablaSubtitleFile *file)
{
  g_autoptr (GPtrArray) groups = subtitle_reader_group (self, g_steal_pointer (&file->cues));
  GstFlowReturn flow = GST_FLOW_OK;

  file->cues = g_ptr_array_new ();
  for (guint i = 0; i < groups->len && flow == GST_FLOW_OK; i++)
    flow = subtitle_reader_push_cues (self, g_ptr_array_ref (g_ptr_array_index (groups, i)));
  return flow;
}

/* Pushes timed cues that wait for the end of their sentence. */
static GstFlowReturn
subtitle_reader_push_pending (HablaSubtitleReader *self)
{
  GPtrArray *cues = g_steal_pointer (&self->pending);

  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  if (cues->len > 0)
    return subtitle_reader_push_cues (self, cues);
  g_ptr_array_unref (cues);
  return GST_FLOW_OK;
}

/* @cue: (transfer full): a timed cue. Without sentences, it is pushed at once; otherwise when the
 * next one shows that its sentence has ended. */
static GstFlowReturn
subtitle_reader_add_timed_cue (HablaSubtitleReader *self, HablaCue *cue)
{
  g_autoptr (GPtrArray) groups = NULL;
  GstFlowReturn flow = GST_FLOW_OK;

  g_ptr_array_add (self->pending, cue);
  if (!g_atomic_int_get (&self->sentences))
    return subtitle_reader_push_pending (self);
  groups = habla_subtitle_sentences_group (g_steal_pointer (&self->pending));
  for (guint i = 0; i + 1 < groups->len && flow == GST_FLOW_OK; i++)
    flow = subtitle_reader_push_cues (self, g_ptr_array_ref (g_ptr_array_index (groups, i)));
  self->pending = g_ptr_array_ref (g_ptr_array_index (groups, groups->len - 1));
  return flow;
}

static void
subtitle_reader_warn (HablaSubtitleReader *self, const HablaSubtitleFile *file)
{
  if (file->assumed_encoding != NULL)
    GST_ELEMENT_WARNING (self, STREAM, FORMAT,
        ("The encoding %s was assumed, as nothing in the file says it", file->assumed_encoding),
        ("Set the property encoding if the text is wrong"));
  if (file->n_lost > 0)
    GST_ELEMENT_WARNING (self, STREAM, DECODE,
        ("%u cues have times that cannot be read; the first is in line %u", file->n_lost,
            file->first_lost),
        (NULL));
}

/* @encoding: (nullable): the assumed one */
static void
subtitle_reader_post_summary (HablaSubtitleReader *self, const char *encoding)
{
  GstStructure *structure = gst_structure_new (HABLA_SUBTITLES_MESSAGE, "cues", G_TYPE_UINT,
      self->n_cues, "lost", G_TYPE_UINT, self->n_lost, NULL);

  if (self->format != NULL)
    gst_structure_set (structure, "format", G_TYPE_STRING, self->format, NULL);
  if (encoding != NULL)
    gst_structure_set (structure, "encoding", G_TYPE_STRING, encoding, NULL);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), structure));
}

static void
subtitle_reader_post_error (HablaSubtitleReader *self, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (HABLA_ERROR, HABLA_ERROR_INPUT, text);

  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_error (GST_OBJECT (self), error, NULL));
}

/* Reads the file, which is complete. Returns: whether it has subtitles */
static gboolean
subtitle_reader_parse (HablaSubtitleReader *self)
{
  g_autoptr (HablaSubtitleFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *encoding = NULL;
  g_autofree char *language = NULL;
  GstFlowReturn flow;

  GST_OBJECT_LOCK (self);
  encoding = g_strdup (self->encoding);
  language = g_strdup (self->language);
  GST_OBJECT_UNLOCK (self);
  file = habla_subtitle_file_parse (self->file->data, self->file->len, encoding, language, &error);
  g_byte_array_set_size (self->file, 0);
  if (file == NULL) {
    subtitle_reader_post_error (self, error->message);
    return FALSE;
  }
  subtitle_reader_warn (self, file);
  self->n_lost += file->n_lost;
  self->format = file->format;
  flow = subtitle_reader_push_file (self, file);
  if (flow == GST_FLOW_NOT_LINKED || flow < GST_FLOW_EOS) {
    GST_ELEMENT_FLOW_ERROR (self, flow);
    return FALSE;
  }
  if (flow == GST_FLOW_OK)
    subtitle_reader_post_summary (self, file->assumed_encoding);
  return TRUE;
}

/* Whether a buffer is a cue of its own. Demuxers send parts of WebVTT files with times in the text,
 * too. */
static gboolean
subtitle_reader_is_timed (HablaSubtitleReader *self, GstBuffer *buffer)
{
  GstMapInfo map;
  gboolean has_arrow;

  if (self->kind == HABLA_TIMED_CUE_NONE || self->segment.format != GST_FORMAT_TIME ||
      !GST_BUFFER_PTS_IS_VALID (buffer) || self->file->len > 0)
    return FALSE;
  if (self->kind != HABLA_TIMED_CUE_WEBVTT || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return TRUE;
  has_arrow = g_strstr_len ((const char *) map.data, map.size, "-->") != NULL ||
              (map.size >= 6 && memcmp (map.data, "WEBVTT", 6) == 0);
  gst_buffer_unmap (buffer, &map);
  return !has_arrow;
}

/* Blank cues end those before them, in SAMI. */
static gboolean
is_blank (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return *text == '\0';
}

static GstFlowReturn
subtitle_reader_chain_cue (HablaSubtitleReader *self, GstBuffer *buffer)
{
  HablaCue *cue = habla_timed_cue_new (self->kind, buffer, HABLA_SUBTITLE_MAX_CUE_SIZE);

  if (cue == NULL) {
    self->n_lost++;
    GST_ELEMENT_WARNING (self, STREAM, DECODE,
        ("A cue of %" G_GSIZE_FORMAT " bytes is too long", gst_buffer_get_size (buffer)), (NULL));
    return GST_FLOW_OK;
  }
  if (is_blank (cue->text)) {
    habla_cue_free (cue);
    return GST_FLOW_OK;
  }
  cue->preamble = g_steal_pointer (&self->header);
  return subtitle_reader_add_timed_cue (self, cue);
}

static GstFlowReturn
subtitle_reader_chain (GstPad *pad, GstObject *parent, GstBuffer *input)
{
  HablaSubtitleReader *self = HABLA_SUBTITLE_READER (parent);
  g_autoptr (GstBuffer) buffer = input;
  gsize size = gst_buffer_get_size (buffer);
  const gsize done = self->file->len;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP) && size == 0)
    return GST_FLOW_OK;
  if (subtitle_reader_is_timed (self, buffer))
    return subtitle_reader_chain_cue (self, buffer);
  if (size > HABLA_SUBTITLE_MAX_SIZE - done) {
    subtitle_reader_post_error (self, "the file has more than 32 MiB");
    return GST_FLOW_ERROR;
  }
  g_byte_array_set_size (self->file, done + size);
  gst_buffer_extract (buffer, 0, self->file->data + done, size);
  return GST_FLOW_OK;
}

/* An empty file is no subtitle file; an empty track is. */
static gboolean
subtitle_reader_end (HablaSubtitleReader *self, GstEvent *event)
{
  const gboolean is_track =
      self->n_cues > 0 || self->n_lost > 0 || self->pending->len > 0 ||
      (self->kind != HABLA_TIMED_CUE_NONE && self->segment.format == GST_FORMAT_TIME);

  subtitle_reader_push_pending (self);
  if (self->file->len == 0 && is_track)
    subtitle_reader_post_summary (self, NULL);
  else
    subtitle_reader_parse (self);
  subtitle_reader_push_preface (self);
  return gst_pad_push_event (self->srcpad, event);
}

static gboolean
subtitle_reader_set_segment (HablaSubtitleReader *self, GstEvent *event)
{
  subtitle_reader_push_pending (self);
  gst_event_copy_segment (event, &self->segment);
  self->has_segment = FALSE;
  gst_event_unref (event);
  return TRUE;
}

static gboolean
subtitle_reader_set_caps (HablaSubtitleReader *self, GstEvent *event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  self->kind = habla_timed_cue_get_kind (caps);
  g_free (self->header);
  self->header = habla_timed_cue_get_header (caps);
  gst_event_unref (event);
  return TRUE;
}

/* Nothing comes for so long that the sentence has ended. */
static void
subtitle_reader_handle_gap (HablaSubtitleReader *self, GstEvent *event)
{
  const HablaCue *last;
  GstClockTime begin, duration;

  if (self->pending->len == 0)
    return;
  last = g_ptr_array_index (self->pending, self->pending->len - 1);
  gst_event_parse_gap (event, &begin, &duration);
  if (GST_CLOCK_TIME_IS_VALID (duration) && begin + duration > last->end + HABLA_SUBTITLE_GROUP_GAP)
    subtitle_reader_push_pending (self);
}

static gboolean
subtitle_reader_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  HablaSubtitleReader *self = HABLA_SUBTITLE_READER (parent);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    return subtitle_reader_set_caps (self, event);
  case GST_EVENT_SEGMENT:
    return subtitle_reader_set_segment (self, event);
  case GST_EVENT_GAP:
    if (self->segment.format != GST_FORMAT_TIME)
      break;
    subtitle_reader_push_preface (self);
    subtitle_reader_handle_gap (self, event);
    return gst_pad_push_event (self->srcpad, event);
  case GST_EVENT_EOS:
    return subtitle_reader_end (self, event);
  case GST_EVENT_FLUSH_STOP:
    subtitle_reader_reset (self);
    return gst_pad_push_event (self->srcpad, event);
  default:
    return gst_pad_event_default (pad, parent, event);
  }
  gst_event_unref (event);
  return TRUE;
}

static GstStateChangeReturn
habla_subtitle_reader_change_state (GstElement *element, GstStateChange transition)
{
  HablaSubtitleReader *self = HABLA_SUBTITLE_READER (element);
  GstStateChangeReturn ret =
      GST_ELEMENT_CLASS (habla_subtitle_reader_parent_class)->change_state (element, transition);

  /* The pads are inactive, so that nothing runs. */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    subtitle_reader_reset (self);
    g_byte_array_unref (self->file);
    self->file = g_byte_array_new ();
    g_clear_pointer (&self->header, g_free);
    self->kind = HABLA_TIMED_CUE_NONE;
    self->has_caps = FALSE;
    self->last_id = 0;
    self->format = NULL;
  }
  return ret;
}

static void
habla_subtitle_reader_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  HablaSubtitleReader *self = HABLA_SUBTITLE_READER (object);
  g_autofree char *text = id != PROP_SENTENCES ? g_value_dup_string (value) : NULL;

  if (id == PROP_SENTENCES) {
    g_atomic_int_set (&self->sentences, g_value_get_boolean (value));
    return;
  }
  if (text != NULL && *text == '\0')
    g_clear_pointer (&text, g_free);
  GST_OBJECT_LOCK (self);
  if (id == PROP_ENCODING) {
    g_free (self->encoding);
    self->encoding = g_steal_pointer (&text);
  } else {
    g_free (self->language);
    self->language = g_steal_pointer (&text);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
habla_subtitle_reader_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  HablaSubtitleReader *self = HABLA_SUBTITLE_READER (object);

  if (id == PROP_SENTENCES) {
    g_value_set_boolean (value, g_atomic_int_get (&self->sentences));
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_set_string (value, id == PROP_ENCODING ? self->encoding : self->language);
  GST_OBJECT_UNLOCK (self);
}

static void
habla_subtitle_reader_finalize (GObject *object)
{
  HablaSubtitleReader *self = HABLA_SUBTITLE_READER (object);

  g_free (self->encoding);
  g_free (self->language);
  g_free (self->header);
  g_byte_array_unref (self->file);
  g_ptr_array_unref (self->pending);
  G_OBJECT_CLASS (habla_subtitle_reader_parent_class)->finalize (object);
}

static void
habla_subtitle_reader_class_init (HablaSubtitleReaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = habla_subtitle_reader_set_property;
  object_class->get_property = habla_subtitle_reader_get_property;
  object_class->finalize = habla_subtitle_reader_finalize;
  element_class->change_state = habla_subtitle_reader_change_state;

  g_object_class_install_property (object_class, PROP_ENCODING,
      g_param_spec_string ("encoding", "Encoding",
          "The encoding of a file, as iconv names it; NULL = detect it", NULL,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object_class, PROP_LANGUAGE_CODE,
      g_param_spec_string ("language-code", "Language",
          "The language of the text, in BCP 47, which helps to detect the encoding; NULL = unknown",
          NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (object_class, PROP_SENTENCES,
      g_param_spec_boolean ("sentences", "Sentences",
          "Send consecutive cues that are parts of one sentence as one utterance, so that they are "
          "translated together; a cue of a track then waits for the next one",
          FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Subtitle reader", "Codec/Parser/Subtitle",
      "Reads subtitles in SubRip, WebVTT, SubStation and TTML, and from containers. Example: "
      "gst-launch-1.0 -m filesrc location=lesson.srt ! subtitlereader ! captionsink",
      "Habla developers <habla@habla.example>");
}

static void
habla_subtitle_reader_init (HablaSubtitleReader *self)
{
  self->file = g_byte_array_new ();
  self->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_cue_free);
  subtitle_reader_reset (self);
  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, subtitle_reader_chain);
  gst_pad_set_event_function (self->sinkpad, subtitle_reader_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}
