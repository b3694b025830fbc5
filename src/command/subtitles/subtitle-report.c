/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/subtitles/subtitle-report.h"

#include "command/exit-status.h"

void
habla_subtitle_report_handle (HablaSubtitleReport *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  guint n = 0;

  if (!gst_message_has_name (message, "habla/subtitles"))
    return;
  if (gst_structure_get_uint (structure, "cues", &n))
    self->n_read += n;
  if (gst_structure_get_uint (structure, "lost", &n))
    self->n_lost += n;
}

void
habla_subtitle_report_count (HablaSubtitleReport *self, const HablaUtterance *utterance)
{
  if (utterance->cues != NULL)
    self->n_shown += utterance->cues->len;
}

gboolean
habla_subtitle_report_check (
    const HablaSubtitleReport *self, const HablaInput *input, GError **error)
{
  /* A pipeline of the user may show no captions in the original language. */
  const guint n_dropped =
      self->n_shown > 0 && self->n_read > self->n_shown ? self->n_read - self->n_shown : 0;
  const guint n_lost = self->n_lost + n_dropped;

  if (n_lost == 0)
    return TRUE;
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
      "%s: %u of %u cues were lost; the others were translated",
      input != NULL ? input->name : "the subtitles", n_lost, self->n_read + self->n_lost);
  return FALSE;
}

GError *
habla_subtitle_report_create_error (GstMessage *message, const HablaInput *input)
{
  g_autoptr (GError) error = NULL;

  if (input == NULL || g_strcmp0 (GST_MESSAGE_SRC_NAME (message), "input-0-tracks") != 0)
    return NULL;
  gst_message_parse_error (message, &error, NULL);
  /* Of all streams, decodebin finds none that it should expose. */
  if (error->domain != GST_STREAM_ERROR && error->domain != GST_CORE_ERROR)
    return NULL;
  return g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
      "%s: there is no subtitle track with text in it, or it is damaged", input->name);
}
