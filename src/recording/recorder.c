/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A queue and the thread that reads it. Segments are cut from decoded audio, so that they contain
 * exactly what the transcriber got. */
#include "recording/recorder.h"

#include "recording/recording-writer.h"
#include "recording/recording.h"
#include "recording/sample-history.h"

/* Bytes in the queue: an hour of a browser's audio, which arrives at once after the browser was
 * offline, and shares its memory with the pipeline's input queue. */
#define MAX_QUEUED (96 * 1024 * 1024)

/* Added before and after a segment, in samples: detection of speech begins late. */
#define MARGIN (HABLA_RECORDING_RATE / 4)

typedef enum {
  ENTRY_STREAM,
  ENTRY_DECODED,
  ENTRY_SEGMENT,
  ENTRY_TRANSLATION,
  ENTRY_END,
} EntryType;

typedef struct {
  EntryType type;
  gsize size; /* of bytes or buffer */
  GBytes *bytes;
  GstBuffer *buffer;
  GstAudioInfo info;
  GstClockTime begin;
  GstClockTime end;
  guint64 session_id;
  guint64 exchange_id;
  char *language;
  char *text;
} Entry;

struct _HablaRecorder {
  GObject parent;

  /* Immutable. */
  HablaRecordingWriter *writer;
  gboolean records_decoded;
  guint raw_rate;
  HablaRecorderDone done;
  gpointer user_data;

  GMutex lock;
  GCond is_pushed;
  GQueue queue;       /* protected by lock */
  gsize queued;       /* protected by lock; bytes in queue */
  gboolean is_closed; /* protected by lock; nothing more is accepted */
  gboolean is_full;   /* protected by lock; MAX_QUEUED was exceeded */

  /* Only used by the thread, and then by the main thread. */
  HablaSampleHistory *history;
  gboolean is_kept;
};

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->bytes, g_bytes_unref);
  gst_clear_buffer (&entry->buffer);
  g_free (entry->language);
  g_free (entry->text);
  g_free (entry);
}

static void recorder_init_tap (HablaAudioTapInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaRecorder, habla_recorder, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (HABLA_TYPE_AUDIO_TAP, recorder_init_tap))

static void
habla_recorder_finalize (GObject *object)
{
  HablaRecorder *self = HABLA_RECORDER (object);

  g_queue_clear_full (&self->queue, (GDestroyNotify) entry_free);
  g_clear_pointer (&self->writer, habla_recording_writer_free);
  g_clear_pointer (&self->history, habla_sample_history_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->is_pushed);
  G_OBJECT_CLASS (habla_recorder_parent_class)->finalize (object);
}

static void
habla_recorder_class_init (HablaRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = habla_recorder_finalize;
}

static void
habla_recorder_init (HablaRecorder *self)
{
  self->history = habla_sample_history_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_pushed);
}

/* Worker thread */

static void
recorder_on_decoded (HablaRecorder *self, const Entry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) samples =
      habla_sample_history_push (self->history, entry->buffer, &entry->info, entry->begin, &error);

  if (samples == NULL) {
    habla_recording_writer_set_error (self->writer, error);
    return;
  }
  habla_recording_writer_add_decoded (self->writer, g_bytes_get_size (samples) / sizeof (gint16));
  if (self->records_decoded && g_bytes_get_size (samples) > 0)
    habla_recording_writer_add_stream (self->writer, samples, HABLA_RECORDING_RATE);
}

static void
recorder_on_segment (HablaRecorder *self, const Entry *entry)
{
  guint64 begin = habla_sample_history_find (self->history, entry->begin);
  guint64 end = habla_sample_history_find (self->history, entry->end);
  g_autoptr (GBytes) audio =
      habla_sample_history_copy (self->history, begin > MARGIN ? begin - MARGIN : 0, end + MARGIN);
  HablaRecordingSegment segment = {
    .session_id = entry->session_id,
    .exchange_id = entry->exchange_id,
    .begin = habla_recording_samples_to_time (begin),
    .end = habla_recording_samples_to_time (end),
    .language = entry->language,
    .text = entry->text,
  };

  habla_recording_writer_add_segment (self->writer, &segment, audio);
}

static void
recorder_on_entry (HablaRecorder *self, const Entry *entry)
{
  switch (entry->type) {
  case ENTRY_STREAM:
    habla_recording_writer_add_stream (self->writer, entry->bytes, self->raw_rate);
    break;
  case ENTRY_DECODED:
    recorder_on_decoded (self, entry);
    break;
  case ENTRY_SEGMENT:
    recorder_on_segment (self, entry);
    break;
  case ENTRY_TRANSLATION:
    habla_recording_writer_add_translation (
        self->writer, entry->exchange_id, entry->language, entry->text);
    break;
  case ENTRY_END:
    break;
  }
}

/* Waits for an entry. Returns: (transfer full) */
static Entry *
recorder_pop (HablaRecorder *self)
{
  gboolean is_full;
  Entry *entry;

  g_mutex_lock (&self->lock);
  while ((entry = g_queue_pop_head (&self->queue)) == NULL)
    g_cond_wait (&self->is_pushed, &self->lock);
  self->queued -= entry->size;
  is_full = self->is_full;
  g_mutex_unlock (&self->lock);
  if (is_full) {
    g_autoptr (GError) error = g_error_new_literal (
        G_IO_ERROR, G_IO_ERROR_FAILED, "the disk is too slow; check the folder of recordings");

    habla_recording_writer_set_error (self->writer, error);
  }
  return entry;
}

static gboolean
recorder_on_done (gpointer data)
{
  HablaRecorder *self = data;

  self->done (
      self, habla_recording_writer_get_error (self->writer), self->is_kept, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
recorder_notify_done (HablaRecorder *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_name (source, "[habla] HablaRecorder done");
  g_source_set_callback (source, recorder_on_done, self, g_object_unref);
  g_source_attach (source, NULL);
}

/* @data: (transfer full): a recorder */
static gpointer
recorder_run (gpointer data)
{
  HablaRecorder *self = data;
  gboolean is_finished = FALSE;

  habla_recording_writer_open (self->writer);
  while (!is_finished && habla_recording_writer_get_error (self->writer) == NULL) {
    Entry *entry = recorder_pop (self);

    if (habla_recording_writer_get_error (self->writer) == NULL)
      recorder_on_entry (self, entry);
    is_finished = entry->type == ENTRY_END;
    entry_free (entry);
  }
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  g_queue_clear_full (&self->queue, (GDestroyNotify) entry_free);
  self->queued = 0;
  g_mutex_unlock (&self->lock);
  self->is_kept = habla_recording_writer_close (self->writer);
  recorder_notify_done (self);
  return NULL;
}

/* Any thread */

/* @entry: (transfer full) */
static void
recorder_push (HablaRecorder *self, Entry *entry)
{
  gboolean is_accepted;

  g_mutex_lock (&self->lock);
  is_accepted = !self->is_closed && !self->is_full;
  if (is_accepted) {
    /* Push also an entry that exceeds the limit: it wakes the thread, which then ends. */
    self->is_full = self->queued + entry->size > MAX_QUEUED;
    self->is_closed = entry->type == ENTRY_END;
    self->queued += entry->size;
    g_queue_push_tail (&self->queue, entry);
    g_cond_signal (&self->is_pushed);
  }
  g_mutex_unlock (&self->lock);
  if (!is_accepted)
    entry_free (entry);
}

static void
recorder_push_stream (HablaAudioTap *tap, GBytes *audio)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->type = ENTRY_STREAM;
  entry->size = g_bytes_get_size (audio);
  entry->bytes = g_bytes_ref (audio);
  recorder_push (HABLA_RECORDER (tap), entry);
}

static void
recorder_push_decoded (
    HablaAudioTap *tap, GstBuffer *audio, const GstAudioInfo *info, GstClockTime time)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->type = ENTRY_DECODED;
  entry->size = gst_buffer_get_size (audio);
  entry->buffer = gst_buffer_ref (audio);
  entry->info = *info;
  entry->begin = time;
  recorder_push (HABLA_RECORDER (tap), entry);
}

static void
recorder_init_tap (HablaAudioTapInterface *iface)
{
  iface->push_stream = recorder_push_stream;
  iface->push_decoded = recorder_push_decoded;
}

HablaRecorder *
habla_recorder_new (const HablaRecorderOptions *options)
{
  HablaRecorder *self = g_object_new (HABLA_TYPE_RECORDER, NULL);
  HablaRecording *recording = g_new0 (HablaRecording, 1);
  const HablaRecordingLimits limits = {
    .max_undecoded = options->max_undecoded,
    .max_size = options->max_size,
    .budget = options->budget,
  };

  recording->id = habla_recording_make_id ();
  recording->folder = g_build_filename (options->root, recording->id, NULL);
  recording->room = g_strdup (options->room);
  recording->session_id = options->session_id;
  recording->source_language = g_strdup (options->source_language);
  recording->target_languages = g_strdupv ((GStrv) options->target_languages);
  recording->started_at = g_get_real_time ();
  recording->segments = g_ptr_array_new ();
  self->writer = habla_recording_writer_new (options->root, recording, &limits);
  self->records_decoded = options->records_decoded;
  self->raw_rate = options->raw_rate;
  self->done = options->done;
  self->user_data = options->user_data;
  g_thread_unref (g_thread_new ("habla-recorder", recorder_run, g_object_ref (self)));
  return self;
}

const char *
habla_recorder_get_id (HablaRecorder *self)
{
  return habla_recording_writer_get_id (self->writer);
}

void
habla_recorder_add_segment (HablaRecorder *self, const HablaRecordingSegment *segment)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->type = ENTRY_SEGMENT;
  entry->session_id = segment->session_id;
  entry->exchange_id = segment->exchange_id;
  entry->begin = segment->begin;
  entry->end = segment->end;
  entry->language = g_strdup (segment->language);
  entry->text = g_strdup (segment->text);
  recorder_push (self, entry);
}

void
habla_recorder_add_translation (
    HablaRecorder *self, guint64 exchange_id, const char *language, const char *text)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->type = ENTRY_TRANSLATION;
  entry->exchange_id = exchange_id;
  entry->language = g_strdup (language);
  entry->text = g_strdup (text);
  recorder_push (self, entry);
}

void
habla_recorder_finish (HablaRecorder *self)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->type = ENTRY_END;
  recorder_push (self, entry);
}

guint64
habla_recorder_get_bytes (HablaRecorder *self)
{
  return habla_recording_writer_get_bytes (self->writer);
}

guint
habla_recorder_count_segments (HablaRecorder *self)
{
  return habla_recording_writer_count_segments (self->writer);
}
