/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/output/terminal-output.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaRecordingReport:
 *
 * Reports which audio track and channel is heard, and what is missing in a recording.
 */
typedef struct _HablaRecordingReport HablaRecordingReport;

/**
 * habla_recording_report_new:
 * @terminal: prints notes; must outlive the report
 *
 * Returns: (transfer full): a report
 */
HablaRecordingReport *habla_recording_report_new (HablaTerminalOutput *terminal);

/**
 * habla_recording_report_free:
 * @self: (transfer full): a report
 */
void habla_recording_report_free (HablaRecordingReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRecordingReport, habla_recording_report_free)

/**
 * habla_recording_report_handle:
 * @self: a report
 * @message: an element message
 * @input: name of the input that it is about
 * @error: return location for a %HABLA_EXIT_ERROR if the recording is cut short
 *
 * Prints a note for a message of recordingsrc, monomixer or speechgain, each text once.
 *
 * Returns: %FALSE if @error is set
 */
gboolean habla_recording_report_handle (
    HablaRecordingReport *self, GstMessage *message, const char *input, GError **error);

/**
 * habla_recording_report_finish:
 * @self: a report
 *
 * Prints a warning for each recording with gaps.
 *
 * Returns: whether there were any
 */
gboolean habla_recording_report_finish (HablaRecordingReport *self);

G_END_DECLS
