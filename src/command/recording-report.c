/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/recording-report.h"

#include "command/exit-status.h"

/* A recording that ends before its declared duration by this part, and by this time, is truncated.
 */
#define CUT_SHORT_PART 0.1
#define CUT_SHORT_TIME (2 * GST_SECOND)
/* Some recordings have shorter gaps in their timestamps without any audio missing. */
#define MISSING_TIME (GST_SECOND / 2)

struct _HablaRecordingReport {
  HablaTerminalOutput *terminal; /* (unowned) */
  GHashTable *printed;           /* notes */
  GPtrArray *warnings;           /* of char*: for the end */
};

HablaRecordingReport *
habla_recording_report_new (HablaTerminalOutput *terminal)
{
  HablaRecordingReport *self = g_new0 (HablaRecordingReport, 1);

  self->terminal = terminal;
  self->printed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
habla_recording_report_free (HablaRecordingReport *self)
{
  g_hash_table_unref (self->printed);
  g_ptr_array_unref (self->warnings);
  g_free (self);
}

/* @text: (transfer full). */
static void
report_print_once (HablaRecordingReport *self, char *text)
{
  if (g_hash_table_contains (self->printed, text)) {
    g_free (text);
    return;
  }
  habla_terminal_output_print_message (self->terminal, "note", "%s", text);
  g_hash_table_add (self->printed, text);
}

static void
report_handle_track (HablaRecordingReport *self, const GstStructure *structure, const char *input)
{
  report_print_once (self, g_strdup_printf ("%s: hears %s; --audio-track chooses another", input,
                               gst_structure_get_string (structure, "description")));
}

static const char *
report_get_reason (const char *reason)
{
  if (g_str_equal (reason, "centre"))
    return "the centre channel has the speech";
  if (g_str_equal (reason, "out-of-phase"))
    return "channels are out of phase";
  return "a channel is silent";
}

static void
report_handle_channels (
    HablaRecordingReport *self, const GstStructure *structure, const char *input)
{
  const char *reason = gst_structure_get_string (structure, "reason");
  guint channel = 0;
  guint n_channels = 0;

  gst_structure_get_uint (structure, "channel", &channel);
  gst_structure_get_uint (structure, "channels", &n_channels);
  if (reason == NULL)
    return;
  if (channel == 0)
    report_print_once (self, g_strdup_printf ("%s: %s; hears the others of %u; --channel chooses",
                                 input, report_get_reason (reason), n_channels));
  else
    report_print_once (self, g_strdup_printf ("%s: %s; hears channel %u of %u; --channel chooses",
                                 input, report_get_reason (reason), channel, n_channels));
}

static void
report_handle_gain (HablaRecordingReport *self, const GstStructure *structure, const char *input)
{
  double level = 0;
  double gain = 0;

  gst_structure_get_double (structure, "level", &level);
  gst_structure_get_double (structure, "gain", &gain);
  report_print_once (
      self, g_strdup_printf ("%s: the speech is very quiet (%.0f LUFS); it is amplified by %.0f dB",
                input, level, gain));
}

/* GStreamer does not report that a recording is truncated. */
static gboolean
report_handle_end (
    HablaRecordingReport *self, const GstStructure *structure, const char *input, GError **error)
{
  guint64 duration = 0;
  guint64 end = 0;
  guint64 missing = 0;

  gst_structure_get_uint64 (structure, "duration", &duration);
  gst_structure_get_uint64 (structure, "end", &end);
  gst_structure_get_uint64 (structure, "missing", &missing);
  if (duration > end + CUT_SHORT_TIME && duration - end > CUT_SHORT_PART * duration) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
        "%s is cut short: it ends after %.1f s of %.1f s; the part that exists was interpreted",
        input, end / 1e9, duration / 1e9);
    return FALSE;
  }
  if (missing > MISSING_TIME)
    g_ptr_array_add (self->warnings,
        g_strdup_printf ("%s: %.1f s of audio are missing or damaged; the rest was interpreted",
            input, missing / 1e9));
  return TRUE;
}

gboolean
habla_recording_report_handle (
    HablaRecordingReport *self, GstMessage *message, const char *input, GError **error)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (gst_message_has_name (message, "habla/recording"))
    return report_handle_end (self, structure, input, error);
  if (gst_message_has_name (message, "habla/audio-track"))
    report_handle_track (self, structure, input);
  else if (gst_message_has_name (message, "habla/channels"))
    report_handle_channels (self, structure, input);
  else if (gst_message_has_name (message, "habla/gain"))
    report_handle_gain (self, structure, input);
  return TRUE;
}

gboolean
habla_recording_report_finish (HablaRecordingReport *self)
{
  for (guint i = 0; i < self->warnings->len; i++)
    habla_terminal_output_print_message (
        self->terminal, "warning", "%s", (char *) g_ptr_array_index (self->warnings, i));
  return self->warnings->len > 0;
}
