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
