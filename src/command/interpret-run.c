/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/interpret-run.h"

#include "command/mux/muxed-file.h"
#include "command/output/caption-order.h"
#include "command/output/caption-set.h"
#include "command/exit-status.h"
#include "command/faster-clock.h"
#include "command/input.h"
#include "command/subtitles/subtitle-report.h"
#include "command/recording-report.h"

#include <glib-unix.h>
#include <gst/audio/audio.h>
#include <habla/utterance-meta.h>
#include <pipeline/engines/server-notice.h>
#include <signal.h>
#include <string.h>
#include <util/source.h>

/* Time to translate and write the pending speech after an error or a signal, in seconds. */
#define DRAIN_SECONDS 20
/* Time until the first audio of a local file, in seconds. Decoders of GStreamer 1.22 sometimes wait
 * forever for the type of a stream, mostly in damaged files. */
#define START_SECONDS 20

/* How long a caption waits for those of the utterance before it, in milliseconds. */
#define MAX_WAIT_LIVE 2000
#define MAX_WAIT_FILE 30000

/* The file of one language. */
typedef struct {
  char *language;
  HablaCaptionFile *captions; /* or */
  HablaOutputFile *speech;
  gboolean is_track; /* temporary captions for the copy of the recording */
} Output;

/* A run in progress, driven by bus messages and signals. Main thread only. */
typedef struct {
  const HablaInterpretOptions *options;
  HablaTerminalOutput *terminal; /* (unowned) */
  GMainLoop *loop;
  GstElement *pipeline;
  GPtrArray *outputs;       /* of Output */
  HablaMuxedFile *muxed;    /* (nullable): the copy of the recording */
  HablaCaptionOrder *order; /* (nullable): NULL = captions are printed as they come */
  HablaRecordingReport *report;
  HablaCaptionSet *set;    /* writes the caption files */
  HablaCaptionSet *tracks; /* writes the captions of @muxed */
  gboolean hears;          /* the pipeline transcribes */
  GSource *drain_timer;
  GSource *start_timer;

  GError *error;  /* (nullable): the first one; determines the exit status */
  int signal;     /* the signal that stopped the run; 0 = none */
  gboolean ended; /* EOS has reached all sinks */
  gboolean at_once;
  guint captions; /* number of final captions */
  HablaInterpretResult *result;
  char *last_warning;
  HablaSubtitleReport subtitles;

  guint64 position; /* audio heard so far, in nanoseconds */
  guint64 duration; /* of all inputs, in nanoseconds; 0 = unknown */
} Run;

static void
output_free (Output *output)
{
  g_free (output->language);
  g_clear_pointer (&output->captions, habla_caption_file_free);
  g_clear_pointer (&output->speech, habla_output_file_free);
  g_free (output);
}

static gboolean
run_is_live (Run *run)
{
  return run->options->inputs->len == 0;
}

/* @error: (transfer full). Only the first error is reported. */
static void
run_fail (Run *run, GError *error)
{
  if (run->error == NULL)
    run->error = error;
  else
    g_error_free (error);
}

static gboolean
run_on_drain_timeout (gpointer user_data)
{
  Run *run = user_data;

  habla_source_clear (&run->drain_timer);
  run_fail (run,
      g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_ENGINE,
          "The engines did not finish within %d s; see the log with GST_DEBUG=3", DRAIN_SECONDS));
  g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

/* Limits the time to finish pending work. */
static void
run_drain (Run *run)
{
  if (run->drain_timer != NULL)
    return;
  habla_source_start_timer (&run->drain_timer, DRAIN_SECONDS * 1000, "[habla] interpret drain",
      run_on_drain_timeout, run);
}

static void
run_send_eos (GstElement *pipeline, gpointer user_data)
{
  gst_element_send_event (pipeline, gst_event_new_eos ());
}

static gboolean
run_stop (Run *run, int signal)
{
  g_autoptr (GstElement) pace = gst_bin_get_by_name (GST_BIN (run->pipeline), "pace");

  if (run->signal != 0) {
    run->at_once = TRUE;
    g_main_loop_quit (run->loop);
    return G_SOURCE_CONTINUE;
  }
  run->signal = signal;
  habla_terminal_output_print_message (run->terminal, "note",
      "Stopping after pending translations; signal again to stop immediately");
  if (pace != NULL)
    g_object_set (pace, "sync", FALSE, NULL);
  run_drain (run);
  /* Asynchronous, as it may wait for a streaming thread. */
  gst_element_call_async (run->pipeline, run_send_eos, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
run_on_sigint (gpointer user_data)
{
  return run_stop (user_data, SIGINT);
}

static gboolean
run_on_sigterm (gpointer user_data)
{
  return run_stop (user_data, SIGTERM);
}

/* Returns: (nullable): the input that @object is a part of */
static HablaInput *
run_find_input (Run *run, GstObject *object)
{
  for (; object != NULL; object = GST_OBJECT_PARENT (object)) {
    const char *name = GST_OBJECT_NAME (object);
    const char *digits = name + strlen ("input-");
    guint64 index;

    if (!g_str_has_prefix (name, "input-") || !g_ascii_isdigit (*digits))
      continue;
    index = g_ascii_strtoull (digits, NULL, 10);
    if (index < run->options->inputs->len)
      return g_ptr_array_index (run->options->inputs, index);
  }
  return NULL;
}

/* Returns: the language of the captionsink that sent @utterance */
static const char *
run_get_caption_language (GstMessage *message, const HablaUtterance *utterance)
{
  const char *name = GST_MESSAGE_SRC_NAME (message);

  if (g_str_has_prefix (name, "captions-"))
    return name + strlen ("captions-");
  return utterance->language != NULL ? utterance->language : "?";
}

static void
run_print_caption (const char *language, const HablaUtterance *utterance, gpointer user_data)
{
  Run *run = user_data;

  habla_terminal_output_print_caption (run->terminal, language, utterance);
  if (habla_terminal_output_is_closed (run->terminal) && run->error == NULL) {
    run_fail (run, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_IO,
                       "Failed to print captions: standard output is closed"));
    g_main_loop_quit (run->loop);
  }
}

static void
run_count_sink (const GValue *item, gpointer n_sinks)
{
  (*(guint *) n_sinks)++;
}

/* Each captionsink has one language. */
static void
run_create_order (Run *run)
{
  g_autoptr (GstIterator) sinks =
      gst_bin_iterate_all_by_element_factory_name (GST_BIN (run->pipeline), "captionsink");
  guint n_sinks = 0;

  gst_iterator_foreach (sinks, run_count_sink, &n_sinks);
  run->order = habla_caption_order_new (
      MAX (n_sinks, 1), run_is_live (run) ? MAX_WAIT_LIVE : MAX_WAIT_FILE, run_print_caption, run);
}

static void
run_handle_caption (Run *run, GstMessage *message)
{
  g_autoptr (HablaUtterance) utterance =
      habla_utterance_from_structure (gst_message_get_structure (message));
  const char *language = run_get_caption_language (message, utterance);
  GError *error = NULL;

  if (run->order != NULL && utterance->is_final)
    habla_caption_order_add (run->order, language, utterance);
  else
    run_print_caption (language, utterance, run);
  if (!utterance->is_final)
    return;
  run->captions++;
  if (g_str_equal (language, run->options->from))
    habla_subtitle_report_count (&run->subtitles, utterance);
  run->result->captions += g_str_equal (language, run->options->to[0]);
  if (!habla_caption_set_add (run->set, language, utterance, &error) ||
      !habla_caption_set_add (run->tracks, language, utterance, &error)) {
    run_fail (run, error);
    g_main_loop_quit (run->loop);
  }
}

/* Returns: the duration of all inputs, in nanoseconds; 0 if one is unknown */
static guint64
run_query_duration (Run *run)
{
  guint64 sum = 0;

  for (guint i = 0; i < run->options->inputs->len; i++) {
    g_autofree char *name = g_strdup_printf ("input-%u", i);
    g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (run->pipeline), name);
    gint64 duration = 0;

    if (element == NULL || !gst_element_query_duration (element, GST_FORMAT_TIME, &duration) ||
        duration <= 0)
      return 0;
    sum += duration;
  }
  return sum;
}

/* Returns: duration of @bytes of raw audio, in nanoseconds; 0 if the caps are of another type */
static guint64
run_get_audio_time (const char *caps_text, guint64 bytes)
{
  g_autoptr (GstCaps) caps = caps_text != NULL ? gst_caps_from_string (caps_text) : NULL;
  GstAudioInfo info;

  if (caps == NULL || !gst_audio_info_from_caps (&info, caps))
    return 0;
  return gst_util_uint64_scale (bytes, GST_SECOND, (guint64) info.rate * info.bpf);
}

/* The metricstap before the transcriber counts the audio. Timestamps restart with each input, and
 * audio with gaps has fewer bytes than its timestamps span. */
static void
run_handle_metrics (Run *run, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  guint64 pts = 0;
  guint64 bytes = 0;

  if (!g_str_equal (GST_MESSAGE_SRC_NAME (message), "heard") ||
      !gst_structure_get_uint64 (structure, "bytes", &bytes) || bytes == 0)
    return;
  run->position = run_get_audio_time (gst_structure_get_string (structure, "caps"), bytes);
  if (gst_structure_get_uint64 (structure, "last-pts", &pts) && GST_CLOCK_TIME_IS_VALID (pts))
    run->position = MAX (run->position, pts);
  run->duration = run_query_duration (run);
  habla_terminal_output_show_progress (run->terminal, run->position, run->duration);
}

/* Inputs report missing decoders by errors. */
static void
run_handle_missing_plugin (Run *run, GstMessage *message)
{
  HablaInput *input = run_find_input (run, GST_MESSAGE_SRC (message));
  const char *kind = gst_structure_get_string (gst_message_get_structure (message), "type");

  if (input == NULL || g_strcmp0 (kind, "urisource") != 0)
    return;
  run_fail (run,
      g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_UNAVAILABLE,
          "%s: GStreamer does not know this kind of address; check the spelling", input->name));
  g_main_loop_quit (run->loop);
}

/* Messages of recordingsrc and monomixer, which are not always inside of an input. */
static void
run_handle_report (Run *run, GstMessage *message)
{
  HablaInput *input = run_find_input (run, GST_MESSAGE_SRC (message));
  GError *error = NULL;

  if (input == NULL && run->options->inputs->len > 0)
    input = g_ptr_array_index (run->options->inputs, 0);
  if (!habla_recording_report_handle (
          run->report, message, input != NULL ? input->name : "microphone", &error)) {
    /* A signal ends a recording early. */
    if (run->signal == 0)
      run_fail (run, error);
    else
      g_error_free (error);
  }
}

static void
run_handle_error (Run *run, GstMessage *message)
{
  HablaInput *input = run_find_input (run, GST_MESSAGE_SRC (message));
  GError *no_track = habla_subtitle_report_create_error (message, input);

  if (no_track != NULL)
    run_fail (run, no_track);
  /* An input that a signal stopped before its first data looks like a damaged one. */
  if (input == NULL || run->signal == 0)
    run_fail (run, habla_exit_error_from_message (message, input != NULL ? input->name : NULL));
  if (input != NULL && run->position > 0)
    run_drain (run);
  else
    g_main_loop_quit (run->loop);
}

static void
run_handle_warning (Run *run, GstMessage *message)
{
  g_autoptr (GError) warning = NULL;
  HablaInput *input = run_find_input (run, GST_MESSAGE_SRC (message));

  gst_message_parse_warning (message, &warning, NULL);
  if (g_error_matches (warning, GST_PARSE_ERROR, GST_PARSE_ERROR_DELAYED_LINK)) {
    run_fail (run, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_DATA, "%s: there is no audio in it",
                       input != NULL ? input->name : GST_MESSAGE_SRC_NAME (message)));
    g_main_loop_quit (run->loop);
    return;
  }
  if (g_str_has_prefix (GST_MESSAGE_SRC_NAME (message), "autoaudiosrc")) {
    run_fail (run, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT,
                       "There is no microphone; connect one, or name a file to interpret"));
    g_main_loop_quit (run->loop);
    return;
  }
  if (g_strcmp0 (run->last_warning, warning->message) == 0)
    return;
  g_free (run->last_warning);
  run->last_warning = g_strdup (warning->message);
  habla_terminal_output_print_message (run->terminal, "warning", "%s: %.*s",
      habla_exit_get_source_name (message), (int) strcspn (warning->message, "\n"),
      warning->message);
}

/* Engines that are servers: what is said leaves this machine, or a local engine replaces them. */
static void
run_handle_notice (Run *run, GstMessage *message)
{
  g_autofree char *text = NULL;

  if (habla_server_notice_read (message, &text) != HABLA_SERVER_NOTICE_NONE)
    habla_terminal_output_print_message (run->terminal, "warning", "%s", text);
}

static gboolean
run_on_bus_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  Run *run = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_ELEMENT:
    if (gst_message_has_name (message, "habla/caption"))
      run_handle_caption (run, message);
    else if (gst_message_has_name (message, "habla/metrics"))
      run_handle_metrics (run, message);
    else if (gst_message_has_name (message, "missing-plugin"))
      run_handle_missing_plugin (run, message);
    else {
      habla_subtitle_report_handle (&run->subtitles, message);
      run_handle_report (run, message);
      run_handle_notice (run, message);
    }
    break;
  case GST_MESSAGE_WARNING:
    run_handle_warning (run, message);
    break;
  case GST_MESSAGE_ERROR:
    run_handle_error (run, message);
    break;
  case GST_MESSAGE_LATENCY:
    gst_bin_recalculate_latency (GST_BIN (run->pipeline));
    break;
  case GST_MESSAGE_CLOCK_LOST:
    gst_element_set_state (run->pipeline, GST_STATE_PAUSED);
    gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
    break;
  case GST_MESSAGE_EOS:
    run->ended = TRUE;
    g_main_loop_quit (run->loop);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

/* Returns: (nullable) (transfer none): %NULL on error */
static Output *
run_add_caption_file (
    Run *run, HablaCaptionSet *set, const char *path, const char *language, GError **error)
{
  HablaCaptionFile *captions =
      habla_caption_file_new (path, language, &run->options->layout, error);
  Output *output;

  if (captions == NULL)
    return NULL;
  output = g_new0 (Output, 1);
  output->language = g_strdup (language);
  output->captions = captions;
  habla_caption_set_add_file (set, captions);
  g_ptr_array_add (run->outputs, output);
  return output;
}

static gboolean
run_add_captions (Run *run, const char *language, GError **error)
{
  g_autofree char *path =
      habla_interpret_get_file_name (run->options, run->options->captions, language);

  return run_add_caption_file (run, run->set, path, language, error) != NULL;
}

static gboolean
run_add_caption_track (Run *run, const char *language, GError **error)
{
  g_autofree char *path = habla_muxed_file_name_track (run->muxed, language, ".srt");
  Output *output = run_add_caption_file (run, run->tracks, path, language, error);

  if (output == NULL)
    return FALSE;
  output->is_track = TRUE;
  habla_muxed_file_add_captions (run->muxed,
      habla_output_file_get_written_path (habla_caption_file_get_output (output->captions)),
      language);
  return TRUE;
}

static void
run_add_speech_track (Run *run, const char *language)
{
  g_autofree char *name = g_strconcat ("speech-", language, NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (run->pipeline), name);
  g_autofree char *path = NULL;

  if (sink == NULL) {
    habla_terminal_output_print_message (run->terminal, "note",
        "There is no voice for “%s”; %s gets captions only", language, run->options->output);
    return;
  }
  if (run->options->speech != NULL) {
    path = habla_interpret_get_file_name (run->options, run->options->speech, language);
  } else {
    path = habla_muxed_file_name_track (run->muxed, language, ".ogg");
    g_object_set (sink, "location", path, NULL);
  }
  habla_muxed_file_add_speech (run->muxed, path, language);
}

static gboolean
run_add_muxed (Run *run, GError **error)
{
  const HablaInterpretOptions *options = run->options;
  HablaInput *input = options->inputs->len == 1 ? g_ptr_array_index (options->inputs, 0) : NULL;
  g_autofree char *path = NULL;

  if (input == NULL || input->path == NULL || input->kind != HABLA_INPUT_RECORDING) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "--output %s: this needs a recording in a file; for several, put {name} into the name",
        options->output);
    return FALSE;
  }
  path = habla_interpret_get_file_name (options, options->output, NULL);
  run->muxed = habla_muxed_file_new (path, input->path, error);
  /* Not after hours of work. */
  if (run->muxed == NULL || !habla_muxed_file_check (run->muxed, error) ||
      (run->hears && !run_add_caption_track (run, options->from, error)))
    return FALSE;
  for (guint i = 0; options->to[i] != NULL; i++)
    if (!run_add_caption_track (run, options->to[i], error))
      return FALSE;
  for (guint i = 0; options->to[i] != NULL; i++)
    run_add_speech_track (run, options->to[i]);
  return TRUE;
}

static gboolean
run_add_speech (Run *run, const char *language, GError **error)
{
  g_autofree char *path =
      habla_interpret_get_file_name (run->options, run->options->speech, language);
  g_autofree char *name = g_strconcat ("speech-", language, NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (run->pipeline), name);
  HablaOutputFile *speech = habla_output_file_new (path, error);
  Output *output;

  if (speech == NULL)
    return FALSE;
  if (sink != NULL)
    g_object_set (sink, "location", habla_output_file_get_written_path (speech), NULL);
  output = g_new0 (Output, 1);
  output->language = g_strdup (language);
  output->speech = speech;
  g_ptr_array_add (run->outputs, output);
  return TRUE;
}

static gboolean
run_add_outputs (Run *run, GError **error)
{
  const HablaInterpretOptions *options = run->options;

  if (options->captions != NULL && run->hears && !run_add_captions (run, options->from, error))
    return FALSE;
  for (guint i = 0; options->to[i] != NULL; i++)
    if ((options->captions != NULL && !run_add_captions (run, options->to[i], error)) ||
        (options->speech != NULL && !run_add_speech (run, options->to[i], error)))
      return FALSE;
  return options->output == NULL || run_add_muxed (run, error);
}

static void
run_check_whole (Run *run)
{
  for (guint i = 0; i < run->options->inputs->len; i++) {
    HablaInput *input = g_ptr_array_index (run->options->inputs, i);

    if (input->cut_short)
      run_fail (run, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
                         "%s is cut short; the part that exists was interpreted", input->name));
  }
}

static gboolean
run_on_start_timeout (gpointer user_data)
{
  Run *run = user_data;
  HablaInput *first = g_ptr_array_index (run->options->inputs, 0);

  habla_source_clear (&run->start_timer);
  if (run->position == 0 && run->captions == 0) {
    run_fail (
        run, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
                 "%s: no audio could be read from it within %d s; try again, or convert it to "
                 "WAV, because it may be damaged",
                 first->name, START_SECONDS));
    g_main_loop_quit (run->loop);
  }
  return G_SOURCE_REMOVE;
}

static void
run_watch_start (Run *run)
{
  HablaInput *first =
      run->options->inputs->len > 0 ? g_ptr_array_index (run->options->inputs, 0) : NULL;

  if (run->hears && first != NULL && first->path != NULL && first->kind == HABLA_INPUT_RECORDING)
    habla_source_start_timer (&run->start_timer, START_SECONDS * 1000, "[habla] interpret start",
        run_on_start_timeout, run);
}

static void
run_pipeline (Run *run)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  guint watch = gst_bus_add_watch (bus, run_on_bus_message, run);
  gboolean is_part = run->options->is_part;
  guint sigint = is_part ? 0 : g_unix_signal_add (SIGINT, run_on_sigint, run);
  guint sigterm = is_part ? 0 : g_unix_signal_add (SIGTERM, run_on_sigterm, run);

  /* The engines load during this change of state. */
  if (gst_element_set_state (run->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    while (run->error == NULL && g_main_context_iteration (NULL, FALSE))
      ;
    if (run->error == NULL)
      run_fail (run, g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_ENGINE,
                         "The pipeline failed to start; see the log with GST_DEBUG=3"));
  } else {
    run_watch_start (run);
    g_main_loop_run (run->loop);
  }
  g_source_remove (watch);
  if (!is_part) {
    g_source_remove (sigint);
    g_source_remove (sigterm);
  }
  habla_source_clear (&run->drain_timer);
  habla_source_clear (&run->start_timer);
  /* Stopping the pipeline would wait for pending work. */
  if (run->ended && run->error == NULL && is_part) {
    g_clear_pointer (&run->result->engines, habla_kept_engines_free);
    run->result->engines = habla_kept_engines_new (run->pipeline);
  } else if (!run->at_once) {
    gst_element_set_state (run->pipeline, GST_STATE_NULL);
  }
}

static void
run_keep_partial (Run *run, HablaOutputFile *file, const char *language)
{
  const char *path = habla_output_file_get_written_path (file);

  if (!habla_output_file_is_empty (file) && g_file_test (path, G_FILE_TEST_EXISTS))
    habla_terminal_output_print_file (run->terminal, path, language, FALSE);
}

/* Complete files get their names; incomplete ones keep their partial names. */
static void
run_finish_outputs (Run *run, gboolean whole)
{
  for (guint i = 0; i < run->outputs->len; i++) {
    Output *output = g_ptr_array_index (run->outputs, i);
    HablaOutputFile *file = output->captions != NULL
                                ? habla_caption_file_get_output (output->captions)
                                : output->speech;
    GError *error = NULL;

    if (output->is_track)
      continue;
    if (output->speech != NULL && habla_output_file_is_empty (file)) {
      if (whole)
        habla_terminal_output_print_message (run->terminal, "warning",
            "%s was not written: there is nothing to speak", habla_output_file_get_path (file));
    } else if (!whole) {
      run_keep_partial (run, file, output->language);
    } else if (output->captions != NULL ? habla_caption_file_commit (output->captions, &error)
                                        : habla_output_file_commit (file, &error)) {
      habla_terminal_output_print_file (
          run->terminal, habla_output_file_get_path (file), output->language, TRUE);
      g_ptr_array_add (run->result->files, g_strdup (habla_output_file_get_path (file)));
    } else {
      run_fail (run, error);
      whole = FALSE;
    }
  }
}

/* Lost cues are an error, but the files have all others. */
static void
run_check_subtitles (Run *run)
{
  HablaInput *input =
      run->options->inputs->len > 0 ? g_ptr_array_index (run->options->inputs, 0) : NULL;

  if (run->ended && run->error == NULL && run->signal == 0 &&
      !habla_subtitle_report_check (&run->subtitles, input, &run->error))
    habla_terminal_output_print_message (run->terminal, "error", "%s", run->error->message);
}

static void
run_write_muxed (Run *run)
{
  HablaOutputFile *file = habla_muxed_file_get_output (run->muxed);
  const char *path = habla_output_file_get_path (file);
  g_autoptr (GPtrArray) skipped = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *languages = g_strjoinv (", ", run->options->to);
  GError *error = NULL;

  if (!habla_muxed_file_write (run->muxed, skipped, &error) ||
      !habla_output_file_commit (file, &error)) {
    run_fail (run, error);
    run_keep_partial (run, file, run->options->to[0]);
    return;
  }
  for (guint i = 0; i < skipped->len; i++)
    habla_terminal_output_print_message (run->terminal, "warning",
        "%s: a stream of the type %s was left out, because this kind of file cannot have it", path,
        (char *) g_ptr_array_index (skipped, i));
  habla_terminal_output_print_file (run->terminal, path, languages, TRUE);
  g_ptr_array_add (run->result->files, g_strdup (path));
}

/* Whether the outputs are complete. */
static gboolean
run_is_whole (Run *run)
{
  return run->ended && run->error == NULL && !(run->options->is_part && run->signal != 0);
}

static void
run_finish (Run *run)
{
  int status;

  if (run->ended && run->signal == 0)
    run_check_whole (run);
  if (run->error != NULL)
    habla_terminal_output_print_message (run->terminal, "error", "%s", run->error->message);
  else if (!habla_recording_report_finish (run->report) && run->ended && run->captions == 0)
    habla_terminal_output_print_message (run->terminal, "warning", "%s",
        run->hears ? "No speech was recognized" : "There are no cues in the subtitles");
  if (run->outputs->len > 0) {
    gboolean failed = run->error != NULL;

    run_finish_outputs (run, run_is_whole (run));
    if (run->muxed != NULL && run_is_whole (run))
      run_write_muxed (run);
    if (run->error != NULL && !failed)
      habla_terminal_output_print_message (run->terminal, "error", "%s", run->error->message);
  }
  run_check_subtitles (run);
  status = habla_exit_status_from_error (run->error);
  if (status == HABLA_EXIT_OK && run->signal != 0 && (!run_is_live (run) || run->at_once))
    status = 128 + run->signal;
  run->result->status = status;
  run->result->message = run->error != NULL ? g_strdup (run->error->message) : NULL;
  run->result->duration = run->position;
  run->result->is_stopped = run->signal != 0 || status > 128;
  run->result->at_once = run->at_once;
}

void
habla_interpret_result_clear (HablaInterpretResult *self)
{
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->engines, habla_kept_engines_free);
}

void
habla_interpret_stop (HablaInterpretResult *result, int signal)
{
  if (result->run != NULL)
    run_stop (result->run, signal);
}

void
habla_interpret_run (
    const HablaInterpretOptions *self, HablaTerminalOutput *terminal, HablaInterpretResult *result)
{
  Run run = { self, terminal, .result = result };
  GError *error = NULL;

  result->run = &run;
  result->files = g_ptr_array_new_with_free_func (g_free);
  run.loop = g_main_loop_new (NULL, FALSE);
  run.report = habla_recording_report_new (terminal);
  run.outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) output_free);
  run.pipeline = habla_interpret_create_pipeline (self, &run.hears, &run.error);
  run.set = habla_caption_set_new (
      &self->layout, run_is_live (&run) ? MAX_WAIT_LIVE : MAX_WAIT_FILE, run.hears);
  run.tracks = habla_caption_set_new (&self->layout, MAX_WAIT_FILE, run.hears);
  if (run.error == NULL && run_add_outputs (&run, &run.error)) {
    if (!habla_terminal_output_is_json (terminal))
      run_create_order (&run);
    habla_faster_clock_set (run.pipeline, self->speed);
    run_pipeline (&run);
  }
  if (run.order != NULL)
    habla_caption_order_flush (run.order);
  if (!habla_caption_set_flush (run.set, &error) || !habla_caption_set_flush (run.tracks, &error))
    run_fail (&run, error);
  result->run = NULL;
  run_finish (&run);
  g_clear_pointer (&run.order, habla_caption_order_free);
  habla_caption_set_free (run.set);
  habla_caption_set_free (run.tracks);
  g_ptr_array_unref (run.outputs);
  g_clear_pointer (&run.muxed, habla_muxed_file_free);
  habla_recording_report_free (run.report);
  /* Freeing a pipeline that is running would wait for pending work. */
  if (!run.at_once)
    gst_clear_object (&run.pipeline);
  g_main_loop_unref (run.loop);
  g_clear_error (&run.error);
  g_free (run.last_warning);
}
