/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-recordingsrc
 * @title: recordingsrc
 *
 * A bin that reads a recording and decodes one of its audio tracks. It decodes no pictures and
 * needs no decoders for them.
 *
 *     gst-launch-1.0 recordingsrc uri=file:///tmp/talk.mkv language-code=en ! audioconvert !
 *       audioresample ! autoaudiosink
 *
 * The track is the first one in `language-code`; if none is tagged with it, the default one; if
 * there is none, the first one. `audio-track` names another one, by its number or its language.
 *
 * Posts an element message `habla/audio-track` when a recording has several audio tracks:
 *
 * - `number`, `count` (guint): the track, counted from 1, and the number of tracks
 * - `description` (string): for people, such as "audio track 2 of 3 (English)"
 *
 * Posts an element message `habla/recording` at the end of the track:
 *
 * - `duration` (guint64): of the recording as it declares it, in nanoseconds; 0 = unknown
 * - `end` (guint64): end of the longest track, in nanoseconds from the begin of the recording
 * - `missing` (guint64): gaps between the samples of the track, in nanoseconds
 *
 * Errors are a %HABLA_ERROR_INPUT if there is no audio, a %HABLA_ERROR_NOT_INSTALLED if there is no
 * decoder, or a %HABLA_ERROR_PARAMETER if there is no such track.
 */
#include "recordingsrc.h"

#include "audio-tracks.h"
#include "decoder-packages.h"
#include "track-times.h"

#include <gst/audio/audio.h>
#include <gst/pbutils/pbutils.h>
#include <habla/error.h>
#include <string.h>

GST_DEBUG_CATEGORY_STATIC (habla_recording_src_debug);
#define GST_CAT_DEFAULT habla_recording_src_debug

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("audio/x-raw(ANY)"));

enum {
  PROP_URI = 1,
  PROP_LANGUAGE_CODE,
  PROP_AUDIO_TRACK,
};

struct _HablaRecordingSrc {
  GstBin parent;

  GstElement *decoder; /* (unowned) (nullable): uridecodebin; constant; NULL = not installed */
  GstPad *srcpad;      /* (unowned): ghost pad; constant */

  GMutex lock;
  GPtrArray *tracks;     /* protected by lock; of HablaAudioTrack, those of the current group */
  GstPad *target;        /* protected by lock; (owned) (nullable): pad of the current track */
  HablaTrackTimes times; /* protected by lock */
  char *language_code;   /* protected by lock; (nullable) */
  char *audio_track;     /* protected by lock; (nullable) */
  GstCaps *unknown;      /* protected by lock; (nullable): of a stream that is no audio */
  gboolean no_source;    /* protected by lock; no element knows the URI */
  gboolean failed;       /* protected by lock; an error was posted */
};

G_DEFINE_TYPE_WITH_CODE (HablaRecordingSrc, habla_recording_src, GST_TYPE_BIN,
    GST_DEBUG_CATEGORY_INIT (habla_recording_src_debug, "recordingsrc", 0, "Recording source"))
GST_ELEMENT_REGISTER_DEFINE (recordingsrc, "recordingsrc", GST_RANK_NONE, HABLA_TYPE_RECORDING_SRC)

/* @error: (transfer full). Posts the first error only. */
static void
recording_src_fail (HablaRecordingSrc *self, GError *error)
{
  gboolean failed;

  g_mutex_lock (&self->lock);
  failed = self->failed;
  self->failed = TRUE;
  g_mutex_unlock (&self->lock);
  /* Not through GstBin, whose handler is in this file. */
  if (!failed)
    gst_element_post_message (
        GST_ELEMENT (self), gst_message_new_error (GST_OBJECT (self), error, NULL));
  g_error_free (error);
}

static gboolean
caps_have_demuxer (GstCaps *caps)
{
  GList *all =
      gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_DEMUXER, GST_RANK_MARGINAL);
  GList *demuxers = gst_element_factory_list_filter (all, caps, GST_PAD_SINK, FALSE);
  gboolean found = demuxers != NULL;

  gst_plugin_feature_list_free (demuxers);
  gst_plugin_feature_list_free (all);
  return found;
}

static gboolean
caps_have_prefix (GstCaps *caps, const char *prefix)
{
  return gst_caps_get_size (caps) > 0 &&
         g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), prefix);
}

/* Returns: whether a stream of @caps has no audio, neither itself nor inside a container */
static gboolean
caps_are_other (GstCaps *caps)
{
  GstPbUtilsCapsDescriptionFlags flags = gst_pb_utils_get_caps_description_flags (caps);

  if ((flags & GST_PBUTILS_CAPS_DESCRIPTION_FLAG_CONTAINER) != 0 || caps_have_demuxer (caps))
    return FALSE;
  return caps_have_prefix (caps, "video/") || caps_have_prefix (caps, "image/") ||
         caps_have_prefix (caps, "subpicture/") || caps_have_prefix (caps, "closedcaption/") ||
         caps_have_prefix (caps, "text/x-raw");
}

/* Streaming threads. A demuxer pushes the end of its longest stream before it ends any. */
static GstPadProbeReturn
recording_src_on_data (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  HablaRecordingSrc *self = user_data;
  g_autoptr (GstEvent) segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);

  if (segment == NULL)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&self->lock);
  habla_track_times_extend (&self->times, segment, info);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
recording_src_watch_pad (HablaRecordingSrc *self, GstPad *pad)
{
  g_autoptr (GstPad) target =
      GST_IS_GHOST_PAD (pad) ? gst_ghost_pad_get_target (GST_GHOST_PAD (pad)) : NULL;

  gst_pad_add_probe (target != NULL ? target : pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, recording_src_on_data, self,
      NULL);
}

/* Streaming thread. Keeps decodebin from decoding, and from missing a decoder for, other streams.
 */
static gboolean
recording_src_on_autoplug_continue (
    GstElement *decoder, GstPad *pad, GstCaps *caps, HablaRecordingSrc *self)
{
  recording_src_watch_pad (self, pad);
  return !caps_are_other (caps);
}

static GstPadProbeReturn
recording_src_drop (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_DROP;
}

/* Returns: (transfer full) (nullable): the sink pad of the decoder that @pad is a source pad of */
static GstPad *
pad_get_decoder_sink (GstPad *pad)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (pad);
  GstElementFactory *factory = element != NULL ? gst_element_get_factory (element) : NULL;

  if (factory == NULL ||
      !gst_element_factory_list_is_type (factory, GST_ELEMENT_FACTORY_TYPE_DECODER))
    return NULL;
  return gst_element_get_static_pad (element, "sink");
}

/* Drops the data of @pad, before its decoder if it has one. For a pad without a peer, some demuxers
 * would not read on to the end of the recording. */
static void
recording_src_ignore_pad (GstPad *pad)
{
  g_autoptr (GstPad) at = gst_object_ref (pad);

  while (at != NULL && GST_IS_GHOST_PAD (at)) {
    GstPad *target = gst_ghost_pad_get_target (GST_GHOST_PAD (at));

    gst_object_unref (at);
    at = target;
  }
  if (at != NULL) {
    g_autoptr (GstPad) sink = pad_get_decoder_sink (at);

    gst_pad_add_probe (
        sink != NULL ? sink : at, GST_PAD_PROBE_TYPE_BUFFER, recording_src_drop, NULL, NULL);
  }
}

static void
recording_src_add_track (HablaRecordingSrc *self, GstPad *pad, gboolean is_decoded)
{
  HablaAudioTrack *track = habla_audio_track_new (pad, is_decoded);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->tracks, track);
  g_mutex_unlock (&self->lock);
}

static void
recording_src_on_unknown_type (
    GstElement *decoder, GstPad *pad, GstCaps *caps, HablaRecordingSrc *self)
{
  recording_src_ignore_pad (pad);
  if (caps_have_prefix (caps, "audio/")) {
    recording_src_add_track (self, pad, FALSE);
    return;
  }
  g_mutex_lock (&self->lock);
  gst_caps_replace (&self->unknown, caps);
  g_mutex_unlock (&self->lock);
}

static void
recording_src_on_pad_removed (GstElement *decoder, GstPad *pad, HablaRecordingSrc *self)
{
  gboolean is_target;

  g_mutex_lock (&self->lock);
  for (guint i = self->tracks->len; i-- > 0;)
    if (((HablaAudioTrack *) g_ptr_array_index (self->tracks, i))->pad == pad)
      g_ptr_array_remove_index (self->tracks, i);
  is_target = self->target == pad;
  if (is_target)
    gst_clear_object (&self->target);
  g_mutex_unlock (&self->lock);
  if (is_target)
    gst_ghost_pad_set_target (GST_GHOST_PAD (self->srcpad), NULL);
}

/* Protected by lock. */
static HablaAudioTrack *
recording_src_choose (HablaRecordingSrc *self, GError **error)
{
  g_autofree char *format = NULL;
  g_autofree char *remedy = NULL;

  habla_audio_tracks_sort (self->tracks);
  if (self->tracks->len > 0 || self->unknown == NULL ||
      (gst_pb_utils_get_caps_description_flags (self->unknown) &
          GST_PBUTILS_CAPS_DESCRIPTION_FLAG_CONTAINER) == 0)
    return habla_audio_tracks_choose (self->tracks, self->audio_track, self->language_code, error);
  format = gst_pb_utils_get_codec_description (self->unknown);
  remedy = habla_decoder_packages_get_remedy (self->unknown);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "its format, %s, cannot be read; %s",
      format, remedy);
  return NULL;
}

/* Protected by lock. */
static void
recording_src_ignore_others (HablaRecordingSrc *self, HablaAudioTrack *chosen)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    HablaAudioTrack *track = g_ptr_array_index (self->tracks, i);

    if (track != chosen && track->pad != NULL)
      recording_src_ignore_pad (track->pad);
  }
}

/* Protected by lock.
 * Returns: (transfer full) (nullable): a message about the choice among several tracks */
static GstMessage *
recording_src_create_message (HablaRecordingSrc *self, HablaAudioTrack *chosen)
{
  g_autofree char *description = NULL;
  guint index = 0;

  if (self->tracks->len < 2)
    return NULL;
  description = habla_audio_tracks_describe (self->tracks, chosen);
  g_ptr_array_find (self->tracks, chosen, &index);
  return gst_message_new_element (GST_OBJECT (self),
      gst_structure_new (HABLA_AUDIO_TRACK_MESSAGE, "number", G_TYPE_UINT, index + 1, "count",
          G_TYPE_UINT, self->tracks->len, "description", G_TYPE_STRING, description, NULL));
}

/* Streaming thread. All pads of a group are exposed and still blocked. */
static void
recording_src_on_no_more_pads (GstElement *decoder, HablaRecordingSrc *self)
{
  g_autoptr (GstPad) target = NULL;
  GstMessage *message = NULL;
  HablaAudioTrack *track;
  GError *error = NULL;

  g_mutex_lock (&self->lock);
  track = recording_src_choose (self, &error);
  if (track != NULL) {
    target = gst_object_ref (track->pad);
    gst_object_replace ((GstObject **) &self->target, GST_OBJECT (target));
    recording_src_ignore_others (self, track);
    message = recording_src_create_message (self, track);
  }
  g_mutex_unlock (&self->lock);
  if (target == NULL) {
    recording_src_fail (self, error);
    return;
  }
  if (message != NULL)
    gst_element_post_message (GST_ELEMENT (self), message);
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->srcpad), target);
}

static void
recording_src_on_pad_added (GstElement *decoder, GstPad *pad, HablaRecordingSrc *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);

  if (caps != NULL && caps_have_prefix (caps, "audio/x-raw"))
    recording_src_add_track (self, pad, TRUE);
  else
    recording_src_ignore_pad (pad);
}

static void
recording_src_post_end (HablaRecordingSrc *self)
{
  gint64 duration = 0;
  GstStructure *structure;

  if (!gst_element_query_duration (self->decoder, GST_FORMAT_TIME, &duration))
    duration = 0;
  g_mutex_lock (&self->lock);
  structure = gst_structure_new (HABLA_RECORDING_MESSAGE, "duration", G_TYPE_UINT64,
      (guint64) MAX (duration, 0), "end", G_TYPE_UINT64, self->times.end, "missing", G_TYPE_UINT64,
      habla_track_times_get_missing (&self->times), NULL);
  g_mutex_unlock (&self->lock);
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), structure));
}

static void
recording_src_look_at_event (HablaRecordingSrc *self, GstEvent *event)
{
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    recording_src_post_end (self);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS) {
    gst_event_parse_caps (event, &caps);
    g_mutex_lock (&self->lock);
    habla_track_times_set_caps (&self->times, caps);
    g_mutex_unlock (&self->lock);
  }
}

/* Streaming thread of the chosen track. */
static GstPadProbeReturn
recording_src_on_samples (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  HablaRecordingSrc *self = user_data;
  g_autoptr (GstEvent) segment = NULL;
  GstBuffer *buffer;
  GstClockTime position;

  if ((GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER) == 0) {
    recording_src_look_at_event (self, GST_PAD_PROBE_INFO_EVENT (info));
    return GST_PAD_PROBE_OK;
  }
  segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  if (segment == NULL)
    return GST_PAD_PROBE_OK;
  buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_mutex_lock (&self->lock);
  position = habla_track_times_place (&self->times, segment, buffer);
  if (GST_CLOCK_TIME_IS_VALID (position)) {
    buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = position;
    GST_PAD_PROBE_INFO_DATA (info) = buffer;
  }
  habla_track_times_count (&self->times, segment, buffer);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

/* Returns: whether @message is an error or a warning about a missing decoder */
static gboolean
message_is_missing_decoder (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  return g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN) ||
         g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);
}

/* Replaces reports of missing decoders: a decoder matters only for the track that is heard. */
static gboolean
recording_src_replace_message (HablaRecordingSrc *self, GstMessage *message)
{
  GError *error = NULL;
  gboolean no_source;

  if (gst_message_has_name (message, "missing-plugin")) {
    const char *type = gst_structure_get_string (gst_message_get_structure (message), "type");
    gboolean is_source = g_strcmp0 (type, "urisource") == 0;

    g_mutex_lock (&self->lock);
    self->no_source |= is_source;
    g_mutex_unlock (&self->lock);
    return !is_source;
  }
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self) || !message_is_missing_decoder (message))
    return FALSE;
  g_mutex_lock (&self->lock);
  no_source = self->no_source;
  if (!no_source && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    recording_src_choose (self, &error);
  g_mutex_unlock (&self->lock);
  if (error != NULL)
    recording_src_fail (self, error);
  return !no_source;
}

static void
habla_recording_src_handle_message (GstBin *bin, GstMessage *message)
{
  if (recording_src_replace_message (HABLA_RECORDING_SRC (bin), message))
    gst_message_unref (message);
  else
    GST_BIN_CLASS (habla_recording_src_parent_class)->handle_message (bin, message);
}

static void
recording_src_reset (HablaRecordingSrc *self)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->srcpad), NULL);
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->tracks, 0);
  gst_clear_object (&self->target);
  gst_clear_caps (&self->unknown);
  self->times = (HablaTrackTimes) HABLA_TRACK_TIMES_INIT;
  self->no_source = FALSE;
  self->failed = FALSE;
  g_mutex_unlock (&self->lock);
}

static GstStateChangeReturn
habla_recording_src_change_state (GstElement *element, GstStateChange transition)
{
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY &&
      HABLA_RECORDING_SRC (element)->decoder == NULL) {
    GST_ELEMENT_ERROR (element, CORE, MISSING_PLUGIN,
        ("uridecodebin is not installed; install gstreamer1.0-plugins-base"), (NULL));
    return GST_STATE_CHANGE_FAILURE;
  }
  ret = GST_ELEMENT_CLASS (habla_recording_src_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    recording_src_reset (HABLA_RECORDING_SRC (element));
  return ret;
}

static void
habla_recording_src_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  HablaRecordingSrc *self = HABLA_RECORDING_SRC (object);

  if (id == PROP_URI) {
    if (self->decoder != NULL)
      g_object_get_property (G_OBJECT (self->decoder), "uri", value);
    return;
  }
  g_mutex_lock (&self->lock);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_value_set_string (value, self->language_code);
    break;
  case PROP_AUDIO_TRACK:
    g_value_set_string (value, self->audio_track);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static void
habla_recording_src_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HablaRecordingSrc *self = HABLA_RECORDING_SRC (object);

  if (id == PROP_URI) {
    if (self->decoder != NULL)
      g_object_set_property (G_OBJECT (self->decoder), "uri", value);
    return;
  }
  g_mutex_lock (&self->lock);
  switch (id) {
  case PROP_LANGUAGE_CODE:
    g_free (self->language_code);
    self->language_code = g_value_dup_string (value);
    break;
  case PROP_AUDIO_TRACK:
    g_free (self->audio_track);
    self->audio_track = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  g_mutex_unlock (&self->lock);
}

static void
habla_recording_src_finalize (GObject *object)
{
  HablaRecordingSrc *self = HABLA_RECORDING_SRC (object);

  g_ptr_array_unref (self->tracks);
  gst_clear_object (&self->target);
  gst_clear_caps (&self->unknown);
  g_free (self->language_code);
  g_free (self->audio_track);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (habla_recording_src_parent_class)->finalize (object);
}

static void
habla_recording_src_class_init (HablaRecordingSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->get_property = habla_recording_src_get_property;
  object_class->set_property = habla_recording_src_set_property;
  object_class->finalize = habla_recording_src_finalize;
  element_class->change_state = habla_recording_src_change_state;
  GST_BIN_CLASS (klass)->handle_message = habla_recording_src_handle_message;

  g_object_class_install_property (object_class, PROP_URI,
      g_param_spec_string ("uri", "URI", "URI of the recording", NULL, flags));
  g_object_class_install_property (object_class, PROP_LANGUAGE_CODE,
      g_param_spec_string ("language-code", "Language code",
          "Language of the speech, a BCP 47 tag; selects among several audio tracks (NULL = the "
          "default track)",
          NULL, flags));
  g_object_class_install_property (object_class, PROP_AUDIO_TRACK,
      g_param_spec_string ("audio-track", "Audio track",
          "Number of the audio track, from 1, or its language (NULL = by language-code)", NULL,
          flags));

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Recording source",
      "Generic/Bin/Decoder/Audio",
      "Reads a recording and decodes one of its audio tracks, without its pictures. Example: "
      "gst-launch-1.0 recordingsrc uri=file:///tmp/talk.mkv language-code=en ! audioconvert ! "
      "audioresample ! autoaudiosink",
      "Habla developers <habla@habla.example>");
}

static void
habla_recording_src_init (HablaRecordingSrc *self)
{
  g_autoptr (GstPadTemplate) template = gst_static_pad_template_get (&src_template);

  g_mutex_init (&self->lock);
  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) habla_audio_track_free);
  self->times = (HablaTrackTimes) HABLA_TRACK_TIMES_INIT;
  self->decoder = gst_element_factory_make ("uridecodebin", NULL);
  self->srcpad = gst_ghost_pad_new_no_target_from_template ("src", template);
  gst_pad_add_probe (self->srcpad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      recording_src_on_samples, self, NULL);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  if (self->decoder == NULL)
    return;
  g_signal_connect (
      self->decoder, "autoplug-continue", G_CALLBACK (recording_src_on_autoplug_continue), self);
  g_signal_connect (
      self->decoder, "unknown-type", G_CALLBACK (recording_src_on_unknown_type), self);
  g_signal_connect (self->decoder, "pad-added", G_CALLBACK (recording_src_on_pad_added), self);
  g_signal_connect (self->decoder, "pad-removed", G_CALLBACK (recording_src_on_pad_removed), self);
  g_signal_connect (
      self->decoder, "no-more-pads", G_CALLBACK (recording_src_on_no_more_pads), self);
  gst_bin_add (GST_BIN (self), self->decoder);
}
