/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/speech/speech-branch.h"

#include <gst/audio/audio.h>
#include <habla/error.h>

G_STATIC_ASSERT (HABLA_SPEECH_TAP_RATE == 24000);

/* Not synchronised: the tap paces the speech, and the branch never blocks the others. */
#define LAUNCH \
  "audioconvert ! audioresample " \
  "! audio/x-raw,format=" GST_AUDIO_NE ( \
      S16) ",rate=24000,channels=1,layout=interleaved " \
           "! fakesink name=speech sync=false async=false signal-handoffs=true"

/* Used by the branch's streaming thread only. */
typedef struct {
  HablaSpeechTap *tap;
  gboolean is_begin; /* a sentence begins with the next samples */
} SpeechBranch;

static void
speech_branch_free (gpointer data)
{
  SpeechBranch *self = data;

  g_object_unref (self->tap);
  g_free (self);
}

/* Before the conversion, which may drop flags. Synthesizers of others have no MARKER, but a
 * DISCONT after a pause. */
static GstPadProbeReturn
speech_branch_on_speech (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  SpeechBranch *self = user_data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  self->is_begin |= GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_MARKER) ||
                    GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  return GST_PAD_PROBE_OK;
}

static void
speech_branch_on_samples (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  SpeechBranch *self = user_data;
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;
  habla_speech_tap_push (
      self->tap, (const gint16 *) map.data, map.size / sizeof (gint16), self->is_begin);
  gst_buffer_unmap (buffer, &map);
  self->is_begin = FALSE;
}

static GstElement *
speech_branch_build (const char *name, HablaSpeechTap *tap, GError **error)
{
  GstElement *bin =
      gst_parse_bin_from_description_full (LAUNCH, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;
  SpeechBranch *self;

  if (bin == NULL)
    return NULL;
  self = g_new0 (SpeechBranch, 1);
  self->tap = g_object_ref (tap);
  gst_object_set_name (GST_OBJECT (bin), name);
  g_object_set_data_full (G_OBJECT (bin), "habla-speech-branch", self, speech_branch_free);
  sink = gst_bin_get_by_name (GST_BIN (bin), "speech");
  g_signal_connect (sink, "handoff", G_CALLBACK (speech_branch_on_samples), self);
  pad = gst_element_get_static_pad (bin, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, speech_branch_on_speech, self, NULL);
  return bin;
}

gboolean
habla_speech_branch_add (GstBin *pipeline, GstElement *interpreter, const char *language,
    HablaSpeechTap *tap, GError **error)
{
  g_autofree char *pad_name = g_strconcat ("speech_", language, NULL);
  g_autofree char *bin_name = g_strconcat ("speech-", language, NULL);
  g_autoptr (GstPad) pad = gst_element_request_pad_simple (interpreter, pad_name);
  GstElement *bin;

  if (pad == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
        "There cannot be speech in “%s”; install a voice", language);
    return FALSE;
  }
  bin = speech_branch_build (bin_name, tap, error);
  if (bin == NULL) {
    gst_element_release_request_pad (interpreter, pad);
    return FALSE;
  }
  gst_bin_add (pipeline, bin);
  /* As for captions: the pipeline may be set to PAUSED and back meanwhile. */
  GST_STATE_LOCK (pipeline);
  gst_element_sync_state_with_parent (bin);
  GST_STATE_UNLOCK (pipeline);
  gst_element_link_pads (interpreter, pad_name, bin, "sink");
  return TRUE;
}

void
habla_speech_branch_remove (GstBin *pipeline, GstElement *interpreter, const char *language)
{
  g_autofree char *pad_name = g_strconcat ("speech_", language, NULL);
  g_autofree char *bin_name = g_strconcat ("speech-", language, NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (interpreter, pad_name);
  g_autoptr (GstElement) bin = gst_bin_get_by_name (pipeline, bin_name);

  if (pad == NULL || bin == NULL)
    return;
  gst_element_release_request_pad (interpreter, pad);
  gst_element_set_locked_state (bin, TRUE);
  gst_element_set_state (bin, GST_STATE_NULL);
  gst_bin_remove (pipeline, bin);
}
