/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audio-tracks.h"

#include "decoder-packages.h"

#include <gst/pbutils/pbutils.h>
#include <habla/error.h>
#include <habla/language.h>
#include <string.h>

/* Pads between a decoder and its demuxer; four elements and their bins. */
#define MAX_DEPTH 16
/* Tracks that an error message lists. */
#define MAX_LISTED 8

/* How well a track fits. */
enum {
  FIT_ENABLED = 1,
  FIT_DEFAULT = 2,
  FIT_LANGUAGE = 4,
  FIT_VARIETY = 8,
};

/* Returns: (transfer full) (nullable): the language in the tags of @pad */
static char *
track_read_language (GstPad *pad)
{
  GstEvent *event;

  for (guint i = 0; (event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, i)) != NULL; i++) {
    g_autofree char *code = NULL;
    char *language = NULL;
    GstTagList *tags = NULL;

    gst_event_parse_tag (event, &tags);
    if (gst_tag_list_get_string (tags, GST_TAG_LANGUAGE_CODE, &code))
      language = habla_language_normalize (code, NULL);
    gst_event_unref (event);
    /* "Undetermined", "no linguistic content" and "multiple languages" of ISO 639-2. */
    if (language != NULL && !g_str_equal (language, "und") && !g_str_equal (language, "zxx") &&
        !g_str_equal (language, "mul"))
      return language;
    g_free (language);
  }
  return NULL;
}

/* Returns: (transfer full) (nullable): the source pad whose data comes out of @pad, through an
 * element or out of a bin */
static GstPad *
track_get_pad_before (GstPad *pad)
{
  GstIterator *links = gst_pad_iterate_internal_links (pad);
  GValue value = G_VALUE_INIT;
  GstPad *before = NULL;

  if (links == NULL)
    return NULL;
  if (gst_iterator_next (links, &value) == GST_ITERATOR_OK) {
    before = gst_pad_get_peer (g_value_get_object (&value));
    g_value_unset (&value);
  }
  gst_iterator_free (links);
  return before;
}

/* A decoder forwards tags with its first samples only, and these have not come yet. */
static char *
track_find_language (GstPad *pad)
{
  g_autoptr (GstPad) at = gst_object_ref (pad);
  char *language = NULL;

  for (guint i = 0; i < MAX_DEPTH && at != NULL; i++) {
    GstPad *before;

    language = track_read_language (at);
    if (language != NULL)
      break;
    before = track_get_pad_before (at);
    gst_object_unref (at);
    at = before;
  }
  return language;
}

HablaAudioTrack *
habla_audio_track_new (GstPad *pad, gboolean is_decoded)
{
  HablaAudioTrack *self = g_new0 (HablaAudioTrack, 1);
  g_autoptr (GstEvent) start = gst_pad_get_sticky_event (pad, GST_EVENT_STREAM_START, 0);

  if (is_decoded)
    self->pad = gst_object_ref (pad);
  self->stream_id = gst_pad_get_stream_id (pad);
  self->caps = gst_pad_get_current_caps (pad);
  self->language = track_find_language (pad);
  if (start != NULL)
    gst_event_parse_stream_flags (start, &self->flags);
  return self;
}

void
habla_audio_track_free (HablaAudioTrack *self)
{
  gst_clear_object (&self->pad);
  g_free (self->stream_id);
  gst_clear_caps (&self->caps);
  g_free (self->language);
  g_free (self);
}

static int
track_compare (gconstpointer a, gconstpointer b)
{
  const HablaAudioTrack *first = *(const HablaAudioTrack *const *) a;
  const HablaAudioTrack *second = *(const HablaAudioTrack *const *) b;

  return g_strcmp0 (first->stream_id, second->stream_id);
}

void
habla_audio_tracks_sort (GPtrArray *tracks)
{
  g_ptr_array_sort (tracks, track_compare);
}

static gboolean
track_has_language (HablaAudioTrack *self, const char *language)
{
  g_autofree char *primary = NULL;
  g_autofree char *other = NULL;

  if (self->language == NULL || language == NULL)
    return FALSE;
  primary = habla_language_get_primary (language);
  other = habla_language_get_primary (self->language);
  return g_str_equal (primary, other);
}

static guint
track_get_fit (HablaAudioTrack *self, const char *language)
{
  guint fit = 0;

  if ((self->flags & GST_STREAM_FLAG_UNSELECT) == 0)
    fit |= FIT_ENABLED;
  if ((self->flags & GST_STREAM_FLAG_SELECT) != 0)
    fit |= FIT_DEFAULT;
  if (track_has_language (self, language))
    fit |= FIT_LANGUAGE;
  if (language != NULL && strchr (language, '-') != NULL &&
      g_strcmp0 (self->language, language) == 0)
    fit |= FIT_VARIETY;
  return fit;
}

/* Returns: (nullable): the first of the tracks that fit best */
static HablaAudioTrack *
tracks_find_best (GPtrArray *tracks, const char *language, gboolean decoded)
{
  HablaAudioTrack *best = NULL;

  for (guint i = 0; i < tracks->len; i++) {
    HablaAudioTrack *track = g_ptr_array_index (tracks, i);

    if (decoded && track->pad == NULL)
      continue;
    if (best == NULL || track_get_fit (track, language) > track_get_fit (best, language))
      best = track;
  }
  return best;
}

static const char *
track_get_language_name (HablaAudioTrack *self)
{
  const char *name = self->language != NULL ? habla_language_get_name (self->language) : NULL;

  return name != NULL ? name : self->language;
}

static guint
tracks_get_number (GPtrArray *tracks, HablaAudioTrack *track)
{
  guint index = 0;

  g_ptr_array_find (tracks, track, &index);
  return index + 1;
}

char *
habla_audio_tracks_describe (GPtrArray *tracks, HablaAudioTrack *track)
{
  const char *language = track_get_language_name (track);

  return g_strdup_printf ("audio track %u of %u%s%s%s", tracks_get_number (tracks, track),
      tracks->len, language != NULL ? " (" : "", language != NULL ? language : "",
      language != NULL ? ")" : "");
}

/* Returns: (transfer full): text such as "2 audio tracks: 1 Spanish, 2 English" */
static char *
tracks_list (GPtrArray *tracks)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%u audio track%s", tracks->len, tracks->len == 1 ? "" : "s");
  for (guint i = 0; i < tracks->len && i < MAX_LISTED; i++) {
    const char *language = track_get_language_name (g_ptr_array_index (tracks, i));

    g_string_append_printf (text, "%s %u %s", i == 0 ? ":" : ",", i + 1,
        language != NULL ? language : "without a language");
  }
  if (tracks->len > MAX_LISTED)
    g_string_append (text, ", …");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
tracks_set_no_decoder (GPtrArray *tracks, HablaAudioTrack *track, GError **error)
{
  g_autofree char *codec =
      track->caps != NULL ? gst_pb_utils_get_codec_description (track->caps) : NULL;
  g_autofree char *remedy =
      track->caps != NULL ? habla_decoder_packages_get_remedy (track->caps) : NULL;
  g_autofree char *description = habla_audio_tracks_describe (tracks, track);

  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
      "%s cannot be decoded: there is no decoder for %s; %s",
      tracks->len > 1 ? description : "the audio", codec != NULL ? codec : "its format",
      remedy != NULL ? remedy : "convert the recording with another program first");
}

static HablaAudioTrack *
tracks_find_number (GPtrArray *tracks, const char *wanted, GError **error)
{
  guint64 number = 0;
  g_autofree char *list = NULL;

  if (g_ascii_string_to_unsigned (wanted, 10, 1, tracks->len, &number, NULL))
    return g_ptr_array_index (tracks, number - 1);
  list = tracks_list (tracks);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "there is no audio track %s; the recording has %s", wanted, list);
  return NULL;
}

static HablaAudioTrack *
tracks_find_wanted (GPtrArray *tracks, const char *wanted, GError **error)
{
  g_autofree char *language = NULL;
  g_autofree char *list = NULL;
  HablaAudioTrack *track;

  if (g_ascii_isdigit (*wanted))
    return tracks_find_number (tracks, wanted, error);
  language = habla_language_normalize (wanted, error);
  if (language == NULL)
    return NULL;
  track = tracks_find_best (tracks, language, TRUE);
  if (track == NULL || !track_has_language (track, language))
    track = tracks_find_best (tracks, language, FALSE);
  if (track_has_language (track, language))
    return track;
  list = tracks_list (tracks);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "there is no audio track in “%s”; the recording has %s", wanted, list);
  return NULL;
}

/* Prefers a track that can be decoded, unless it is in another language than the right one. */
static HablaAudioTrack *
tracks_find_expected (GPtrArray *tracks, const char *language)
{
  HablaAudioTrack *best = tracks_find_best (tracks, language, FALSE);
  HablaAudioTrack *decoded = tracks_find_best (tracks, language, TRUE);

  if (decoded == NULL || (track_has_language (best, language) && decoded->language != NULL &&
                             !track_has_language (decoded, language)))
    return best;
  return decoded;
}

HablaAudioTrack *
habla_audio_tracks_choose (
    GPtrArray *tracks, const char *wanted, const char *language, GError **error)
{
  HablaAudioTrack *track;

  if (tracks->len == 0) {
    g_set_error_literal (error, HABLA_ERROR, HABLA_ERROR_INPUT, "there is no audio in it");
    return NULL;
  }
  if (wanted != NULL && *wanted != '\0')
    track = tracks_find_wanted (tracks, wanted, error);
  else
    track = tracks_find_expected (tracks, language);
  if (track != NULL && track->pad == NULL) {
    tracks_set_no_decoder (tracks, track, error);
    return NULL;
  }
  return track;
}
