/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/recording-options.h"

#include "command/exit-status.h"

/* As monomixer documents them. */
#define CHANNEL_AUTO -1
#define CHANNEL_MIX 0
#define MAX_CHANNELS 64

gboolean
habla_recording_options_parse_channel (const char *text, int *channel, GError **error)
{
  guint64 number;

  if (text == NULL || g_str_equal (text, "auto")) {
    *channel = CHANNEL_AUTO;
  } else if (g_str_equal (text, "mix")) {
    *channel = CHANNEL_MIX;
  } else if (g_ascii_string_to_unsigned (text, 10, 1, MAX_CHANNELS, &number, NULL)) {
    *channel = (int) number;
  } else {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--channel %s: give “auto”, “mix”, or the number of a channel from 1", text);
    return FALSE;
  }
  return TRUE;
}

static void
options_set_on_source (const GValue *item, gpointer user_data)
{
  const HablaInterpretOptions *self = user_data;

  g_object_set (g_value_get_object (item), "language-code", self->from, "audio-track",
      self->audio_track, NULL);
}

static void
options_set_on_mixer (const GValue *item, gpointer user_data)
{
  const HablaInterpretOptions *self = user_data;

  g_object_set (g_value_get_object (item), "channel", self->channel, NULL);
}

static void
options_switch_gain_off (const GValue *item, gpointer user_data)
{
  g_object_set (g_value_get_object (item), "max-gain", 0.0, NULL);
}

static void
options_count (const GValue *item, gpointer n_elements)
{
  (*(guint *) n_elements)++;
}

/* @set: (nullable). Returns: whether @pipeline has elements of @factory, for which @set was called
 */
static gboolean
options_set (const HablaInterpretOptions *self, GstElement *pipeline, const char *factory,
    GstIteratorForeachFunction set)
{
  g_autoptr (GstIterator) elements =
      gst_bin_iterate_all_by_element_factory_name (GST_BIN (pipeline), factory);
  guint n_elements = 0;

  gst_iterator_foreach (elements, options_count, &n_elements);
  if (set != NULL) {
    gst_iterator_resync (elements);
    gst_iterator_foreach (elements, set, (gpointer) self);
  }
  return n_elements > 0;
}

gboolean
habla_recording_options_apply (
    const HablaInterpretOptions *self, GstElement *pipeline, GError **error)
{
  if (!options_set (self, pipeline, "recordingsrc", options_set_on_source) &&
      self->audio_track != NULL) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--audio-track %s: only recordings have audio tracks; omit it", self->audio_track);
    return FALSE;
  }
  if (!options_set (self, pipeline, "monomixer", options_set_on_mixer) &&
      self->channel != CHANNEL_AUTO) {
    g_set_error_literal (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--channel: the pipeline has no monomixer; omit it, or choose another pipeline");
    return FALSE;
  }
  /* As docs/elements/speechgain.md measures, it helps this recogniser, and not PocketSphinx. */
  if (!options_set (self, pipeline, "sherpatranscriber", NULL))
    options_set (self, pipeline, "speechgain", options_switch_gain_off);
  return TRUE;
}
