/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/input.h>

#include <gst/gst.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

/**
 * HablaSubtitleReport:
 * @n_read: number of cues that subtitlereader sent
 * @n_lost: number of cues that it could not read
 * @n_shown: number of cues in the captions of the original language
 *
 * Compares the cues of the input with those of the output. A plain value.
 */
typedef struct {
  guint n_read;
  guint n_lost;
  guint n_shown;
} HablaSubtitleReport;

/**
 * habla_subtitle_report_handle:
 * @self: a report
 * @message: an element message
 *
 * Adds the counts of a message of subtitlereader; ignores others.
 */
void habla_subtitle_report_handle (HablaSubtitleReport *self, GstMessage *message);

/**
 * habla_subtitle_report_count:
 * @self: a report
 * @utterance: a final caption in the original language
 *
 * Counts its cues.
 */
void habla_subtitle_report_count (HablaSubtitleReport *self, const HablaUtterance *utterance);

/**
 * habla_subtitle_report_check:
 * @self: a report, after the end of the input
 * @input: (nullable): the input
 * @error: return location for a %HABLA_EXIT_DATA
 *
 * Returns: whether no cue was lost
 */
gboolean habla_subtitle_report_check (
    const HablaSubtitleReport *self, const HablaInput *input, GError **error);

/**
 * habla_subtitle_report_create_error:
 * @message: an error of an element
 * @input: (nullable): the input that contains the element
 *
 * Returns: (transfer full) (nullable): a %HABLA_EXIT_ERROR, if @message says that the input has no
 *   subtitle track
 */
GError *habla_subtitle_report_create_error (GstMessage *message, const HablaInput *input);

G_END_DECLS
