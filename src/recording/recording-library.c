/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_USE_STRUCTURED
#include "recording/recording-library.h"

#include "recording/recording-budget.h"
#include "recording/recording-maintenance.h"

#include <util/source.h>

/* In milliseconds. */
#define MAINTENANCE_INTERVAL (24 * 60 * 60 * 1000)

typedef struct {
  HablaRecordingLibrary *library;
  HablaRecorder *recorder;
  HablaRecordingLibraryFailed failed; /* (nullable) */
  gpointer user_data;
  guint64 bytes;  /* already in the metrics */
  guint segments; /* already in the metrics */
} OpenRecording;

enum { OUTCOME_KEPT, OUTCOME_FAILED, OUTCOME_EMPTY };

static const char *const outcome_names[] = { "kept", "failed", "empty", NULL };
static const char *const maintenance_names[] = { "repaired", "deleted", NULL };

/* Only used in the main thread, except where noted. */
struct _HablaRecordingLibrary {
  HablaRecordingLibraryOptions options; /* never changed */
  HablaRecordingBudget *budget;
  GPtrArray *open; /* (element-type OpenRecording) */
  GSource *maintenance_timer;
  GThread *worker;      /* (nullable): runs maintenance */
  GSource *worker_done; /* created before the worker, which attaches it when it ends */
  GCancellable *cancellable;
  HablaRecordingMaintenance result; /* only used by the worker while it runs */

  HablaMetrics *metrics;
  HablaMetric *active;
  HablaMetric *bytes;
  HablaMetric *segments;
  HablaMetric *outcomes;
  HablaMetric *maintenance;
  HablaMetric *count;
  HablaMetric *size;
};

static void
count_written (OpenRecording *open)
{
  HablaRecordingLibrary *self = open->library;
  guint64 bytes = habla_recorder_get_bytes (open->recorder);
  guint segments = habla_recorder_count_segments (open->recorder);

  habla_metric_add (self->bytes, 0, bytes - open->bytes);
  habla_metric_add (self->segments, 0, segments - open->segments);
  open->bytes = bytes;
  open->segments = segments;
}

static void
collect (HablaMetrics *metrics, gpointer user_data)
{
  HablaRecordingLibrary *self = user_data;

  habla_metric_set (self->active, 0, self->open->len);
  for (guint i = 0; i < self->open->len; i++)
    count_written (g_ptr_array_index (self->open, i));
}

static void
add_metrics (HablaRecordingLibrary *self, HablaMetrics *metrics)
{
  self->metrics = metrics;
  self->active = habla_metrics_add (
      metrics, HABLA_METRIC_GAUGE, "habla_recording_active", "Recordings in progress.", NULL, NULL);
  self->bytes = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_recording_bytes_total",
      "Bytes written to recordings, in steps of 1,000.", NULL, NULL);
  self->segments = habla_metrics_add (metrics, HABLA_METRIC_COUNTER,
      "habla_recording_segments_total", "Utterances written to recordings.", NULL, NULL);
  self->outcomes = habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_recording_ended_total",
      "Finished recordings, by outcome.", "outcome", outcome_names);
  self->maintenance =
      habla_metrics_add (metrics, HABLA_METRIC_COUNTER, "habla_recording_maintenance_total",
          "Recordings repaired after a crash, or deleted because of their age or the size limit.",
          "action", maintenance_names);
  self->count = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_recording_kept",
      "Recordings on disk at the last maintenance run.", NULL, NULL);
  self->size = habla_metrics_add (metrics, HABLA_METRIC_GAUGE, "habla_recording_kept_bytes",
      "Total size of the recordings on disk, in bytes.", NULL, NULL);
  habla_metrics_add_collector (metrics, collect, self);
}

HablaRecordingLibrary *
habla_recording_library_new (const HablaRecordingLibraryOptions *options, HablaMetrics *metrics)
{
  HablaRecordingLibrary *self = g_new0 (HablaRecordingLibrary, 1);

  self->options = *options;
  self->options.root = g_strdup (options->root);
  self->budget = habla_recording_budget_new (options->root, options->max_size);
  self->open = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  add_metrics (self, metrics);
  return self;
}

void
habla_recording_library_free (HablaRecordingLibrary *self)
{
  g_assert (self->open->len == 0);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->worker, g_thread_join);
  habla_source_clear (&self->worker_done);
  habla_source_clear (&self->maintenance_timer);
  habla_metrics_remove_collector (self->metrics, self);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->open);
  habla_recording_budget_unref (self->budget);
  g_free ((char *) self->options.root);
  g_free (self);
}

const char *
habla_recording_library_get_root (HablaRecordingLibrary *self)
{
  return self->options.root;
}

guint
habla_recording_library_count_open (HablaRecordingLibrary *self)
{
  return self->open->len;
}

static void
on_done (HablaRecorder *recorder, const GError *error, gboolean is_kept, gpointer user_data)
{
  OpenRecording *open = user_data;
  HablaRecordingLibrary *self = open->library;
  guint outcome = error != NULL ? OUTCOME_FAILED : is_kept ? OUTCOME_KEPT : OUTCOME_EMPTY;

  count_written (open);
  habla_metric_add (self->outcomes, outcome, 1);
  if (error != NULL)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "MESSAGE", "Recording %s: %s",
        habla_recorder_get_id (recorder), error->message);
  g_ptr_array_remove (self->open, open);
  if (error != NULL && open->failed != NULL)
    open->failed (error, open->user_data);
  g_object_unref (open->recorder);
  g_free (open);
}

HablaRecorder *
habla_recording_library_start (HablaRecordingLibrary *self, const HablaRecorderOptions *options,
    HablaRecordingLibraryFailed failed, gpointer user_data)
{
  HablaRecorderOptions all = *options;
  OpenRecording *open = g_new0 (OpenRecording, 1);

  open->library = self;
  open->failed = failed;
  open->user_data = user_data;
  all.root = self->options.root;
  all.max_undecoded = self->options.max_undecoded;
  all.max_size = self->options.max_recording_size;
  all.budget = self->budget;
  all.done = on_done;
  all.user_data = open;
  open->recorder = habla_recorder_new (&all);
  g_ptr_array_add (self->open, open);
  return g_object_ref (open->recorder);
}

void
habla_recording_library_finish (HablaRecordingLibrary *self, HablaRecorder *recorder)
{
  for (guint i = 0; i < self->open->len; i++) {
    OpenRecording *open = g_ptr_array_index (self->open, i);

    if (open->recorder == recorder)
      open->failed = NULL;
  }
  habla_recorder_finish (recorder);
  g_object_unref (recorder);
}

static gboolean
on_maintenance_done (gpointer data)
{
  HablaRecordingLibrary *self = data;

  g_clear_pointer (&self->worker, g_thread_join);
  habla_source_clear (&self->worker_done);
  habla_metric_add (self->maintenance, 0, self->result.n_repaired);
  habla_metric_add (self->maintenance, 1, self->result.n_deleted);
  habla_metric_set (self->count, 0, self->result.n_kept);
  habla_metric_set (self->size, 0, self->result.size);
  /* That nothing had to be done is no news. */
  g_log_structured (G_LOG_DOMAIN,
      self->result.n_repaired > 0 || self->result.n_deleted > 0 ? G_LOG_LEVEL_MESSAGE
                                                                : G_LOG_LEVEL_DEBUG,
      "MESSAGE", "Recordings: %u repaired, %u deleted, %u kept (%" G_GUINT64_FORMAT " MB)",
      self->result.n_repaired, self->result.n_deleted, self->result.n_kept,
      self->result.size / 1000000);
  return G_SOURCE_REMOVE;
}

/* Worker thread. */
static gpointer
run_maintenance (gpointer data)
{
  HablaRecordingLibrary *self = data;

  habla_recording_maintenance_run (self->options.root, self->options.keep_days,
      self->options.max_size, g_get_real_time (), self->cancellable, &self->result);
  habla_recording_budget_measure (self->budget);
  g_source_attach (self->worker_done, NULL);
  return NULL;
}

static gboolean
on_maintenance_due (gpointer data)
{
  HablaRecordingLibrary *self = data;

  if (self->worker != NULL)
    return G_SOURCE_CONTINUE;
  self->worker_done = g_idle_source_new ();
  g_source_set_name (self->worker_done, "[habla] HablaRecordingLibrary maintenance done");
  g_source_set_callback (self->worker_done, on_maintenance_done, self, NULL);
  self->worker = g_thread_new ("habla-recording", run_maintenance, self);
  return G_SOURCE_CONTINUE;
}

void
habla_recording_library_start_maintenance (HablaRecordingLibrary *self)
{
  if (self->maintenance_timer != NULL)
    return;
  habla_source_start_timer (&self->maintenance_timer, MAINTENANCE_INTERVAL,
      "[habla] HablaRecordingLibrary maintenance", on_maintenance_due, self);
  on_maintenance_due (self);
}
