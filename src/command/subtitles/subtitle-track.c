/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/subtitles/subtitle-track.h"

#include <habla/error.h>
#include <habla/language.h>

#define CAPS \
  "text/x-raw(ANY); application/x-ssa; application/x-ass; application/x-subtitle-vtt; text/vtt; " \
  "application/ttml+xml"

/* Pads between a track and its demuxer: queues, parsers and their bins. */
#define MAX_DEPTH 16

/* How long to wait for the tags of tracks, and how often to look, in microseconds. */
#define MAX_TAG_WAIT G_USEC_PER_SEC
#define TAG_INTERVAL 5000

/* Tracks that an error message lists. */
#define MAX_LISTED 8

static const char *const text_types[] = { "text/", "application/x-ssa", "application/x-ass",
  "application/x-subtitle", "application/ttml" };

static gboolean
track_is_text (GstPad *pad)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *type;

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (gst_caps_get_size (caps) == 0)
    return FALSE;
  type = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  for (guint i = 0; i < G_N_ELEMENTS (text_types); i++)
    if (g_str_has_prefix (type, text_types[i]))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full) (nullable): the normalized language */
static char *
tags_get_language (GstTagList *tags)
{
  g_autofree char *code = NULL;

  if (tags == NULL || !gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &code))
    return NULL;
  return habla_language_normalize (code, NULL);
}

/* Returns: (transfer full) (nullable): the language in the tags of @pad */
static char *
pad_get_language (GstPad *pad)
{
  char *language = NULL;
  GstEvent *event;

  for (guint i = 0;
       language == NULL && (event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, i)) != NULL;
       i++) {
    GstTagList *tags = NULL;

    gst_event_parse_tag (event, &tags);
    language = tags_get_language (tags);
    gst_event_unref (event);
  }
  return language;
}

/* Returns: (transfer full) (nullable): the source pad whose data comes out of @pad, through an
 * element or out of a bin */
static GstPad *
pad_get_before (GstPad *pad)
{
  GstIterator *links = gst_pad_iterate_internal_links (pad);
  GValue value = G_VALUE_INIT;
  GstPad *before = NULL;

  if (links != NULL && gst_iterator_next (links, &value) == GST_ITERATOR_OK) {
    before = gst_pad_get_peer (g_value_get_object (&value));
    g_value_unset (&value);
  }
  g_clear_pointer (&links, gst_iterator_free);
  return before;
}

/* The tags may still be in the queue before @pad. */
static char *
track_get_language (GstPad *pad)
{
  g_autoptr (GstPad) at = gst_object_ref (pad);
  char *language = NULL;

  for (guint i = 0; i < MAX_DEPTH && at != NULL && language == NULL; i++) {
    GstPad *before = pad_get_before (at);

    language = pad_get_language (at);
    gst_object_unref (at);
    at = before;
  }
  return language;
}

static int
track_compare (gconstpointer a, gconstpointer b)
{
  g_autofree char *first = gst_pad_get_stream_id (*(GstPad *const *) a);
  g_autofree char *second = gst_pad_get_stream_id (*(GstPad *const *) b);

  return g_strcmp0 (first, second);
}

/* Returns: (transfer full) (element-type GstPad): the tracks of text, in the order of the file */
static GPtrArray *
tracks_list (GstElement *demuxer)
{
  GPtrArray *tracks = g_ptr_array_new_with_free_func (gst_object_unref);

  GST_OBJECT_LOCK (demuxer);
  for (GList *l = demuxer->srcpads; l != NULL; l = l->next)
    g_ptr_array_add (tracks, gst_object_ref (l->data));
  GST_OBJECT_UNLOCK (demuxer);
  for (guint i = tracks->len; i-- > 0;)
    if (!track_is_text (g_ptr_array_index (tracks, i)))
      g_ptr_array_remove_index (tracks, i);
  g_ptr_array_sort (tracks, track_compare);
  return tracks;
}

static gboolean
track_matches (GPtrArray *tracks, guint index, const char *wanted)
{
  g_autofree char *language = NULL;
  guint64 number;

  if (g_ascii_string_to_unsigned (wanted, 10, 1, G_MAXUINT, &number, NULL))
    return number == index + 1;
  language = track_get_language (g_ptr_array_index (tracks, index));
  return language != NULL && habla_language_matches (wanted, language);
}

/* Returns: (transfer full): an error that lists the tracks that exist */
static GError *
tracks_create_error (GPtrArray *tracks, const char *wanted)
{
  g_autoptr (GString) list = g_string_new (NULL);

  if (tracks->len == 0)
    return g_error_new_literal (
        HABLA_ERROR, HABLA_ERROR_INPUT, "there is no subtitle track with text in it");
  for (guint i = 0; i < tracks->len && i < MAX_LISTED; i++) {
    g_autofree char *language = track_get_language (g_ptr_array_index (tracks, i));
    const char *name = language != NULL ? habla_language_get_name (language) : NULL;

    g_string_append_printf (list, "%s %u %s", i == 0 ? "" : ",", i + 1,
        name != NULL       ? name
        : language != NULL ? language
                           : "without a language");
  }
  return g_error_new (HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "there is no subtitle track %s; the recording has%s%s", wanted, list->str,
      tracks->len > MAX_LISTED ? ", …" : "");
}

static GstPadProbeReturn
track_drop (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* A demuxer that finds no peer at all may stop reading. */
static void
tracks_ignore_others (GstElement *demuxer, GstPad *chosen)
{
  GST_OBJECT_LOCK (demuxer);
  for (GList *l = demuxer->srcpads; l != NULL; l = l->next)
    if (l->data != chosen)
      gst_pad_add_probe (l->data, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
          track_drop, NULL, NULL);
  GST_OBJECT_UNLOCK (demuxer);
}

/* Returns: index of the track; the number of tracks if there is none */
static guint
tracks_find (GPtrArray *tracks, const char *wanted)
{
  guint index = 0;

  while (index < tracks->len && !track_matches (tracks, index, wanted))
    index++;
  return index;
}

static gboolean
tracks_have_languages (GPtrArray *tracks)
{
  for (guint i = 0; i < tracks->len; i++) {
    g_autofree char *language = track_get_language (g_ptr_array_index (tracks, i));

    if (language == NULL)
      return FALSE;
  }
  return TRUE;
}

/* A demuxer may push the tags of its last track, in another thread, after decodebin has seen the
 * track. Waits for them if no track matches. */
static guint
tracks_find_with_tags (GPtrArray *tracks, const char *wanted)
{
  const gint64 deadline = g_get_monotonic_time () + MAX_TAG_WAIT;
  guint index = tracks_find (tracks, wanted);

  while (index == tracks->len && !tracks_have_languages (tracks) &&
         g_get_monotonic_time () < deadline) {
    g_usleep (TAG_INTERVAL);
    index = tracks_find (tracks, wanted);
  }
  return index;
}

/* Streaming thread. All pads exist, and are still blocked. */
static void
track_on_no_more_pads (GstElement *demuxer, GstElement *reader)
{
  const char *wanted = g_object_get_data (G_OBJECT (demuxer), "wanted");
  g_autoptr (GPtrArray) tracks = tracks_list (demuxer);
  g_autoptr (GstPad) sinkpad = gst_element_get_static_pad (reader, "sink");
  g_autoptr (GError) error = NULL;
  const guint chosen = tracks_find_with_tags (tracks, wanted);

  if (chosen < tracks->len) {
    tracks_ignore_others (demuxer, g_ptr_array_index (tracks, chosen));
    gst_pad_link (g_ptr_array_index (tracks, chosen), sinkpad);
    return;
  }
  error = tracks_create_error (tracks, wanted);
  gst_element_post_message (demuxer, gst_message_new_error (GST_OBJECT (demuxer), error, NULL));
}

void
habla_subtitle_track_connect (GstElement *pipeline, const char *wanted)
{
  g_autoptr (GstElement) demuxer = gst_bin_get_by_name (GST_BIN (pipeline), "input-0-tracks");
  g_autoptr (GstElement) reader = gst_bin_get_by_name (GST_BIN (pipeline), "input-0-reader");
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);

  g_return_if_fail (demuxer != NULL && reader != NULL);

  g_object_set (demuxer, "caps", caps, NULL);
  g_object_set_data_full (G_OBJECT (demuxer), "wanted", g_strdup (wanted), g_free);
  g_signal_connect_object (demuxer, "no-more-pads", G_CALLBACK (track_on_no_more_pads), reader, 0);
}
