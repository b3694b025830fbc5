/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The thread takes items from a queue, in their order, and writes each at once and without a
 * buffer: what has been written is in the file whatever becomes of the process.
 *
 * Segments are cut from what was heard, so that they are what the transcriber got: of the
 * last two minutes of that the thread keeps samples. */
#include "recording/recorder.h"

#include "recording/recording.h"
#include <media/wav-file.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Bytes that may wait to be written: an hour of a browser's audio, which comes at once when it
 * was offline, and shares its memory with what waits to be heard. */
#define MAX_WAITING (96 * 1024 * 1024)
/* What is kept of what was heard, in samples: longer than an utterance and what waits
 * before the transcriber. */
#define N_KEPT (120 * HABLA_RECORDING_RATE)
/* Around a segment, in samples: a detector notices late when speech begins. */
#define MARGIN (HABLA_RECORDING_RATE / 4)
/* Own sources whose times differ by more from a count of their samples have a hole. */
#define MAX_DRIFT (50 * GST_MSECOND)

typedef enum {
  ITEM_STREAM,
  ITEM_HEARD,
  ITEM_SEGMENT,
  ITEM_TRANSLATION,
  ITEM_FINISH,
} ItemKind;

typedef struct {
  ItemKind kind;
  gsize size; /* bytes that it keeps */
  GBytes *bytes;
  GstBuffer *buffer;
  GstAudioInfo info;
  GstClockTime begin;
  GstClockTime end;
  guint64 session_id;
  guint64 exchange_id;
  char *language;
  char *text;
} Item;

/* From here on samples are counted. */
typedef struct {
  guint64 frame;
  GstClockTime time;
} Anchor;

struct _HablaRecorder {
  GObject parent;

  /* Never changed. */
  HablaRecording *recording; /* but for what the thread writes: times and stream */
  char *root;
  gboolean keeps_heard;
  guint raw_rate;
  gsize max_unheard;
  guint64 max_size;
  HablaRecordingBudget *budget; /* (nullable) */
  HablaRecorderDone done;
  gpointer user_data;

  GMutex lock;
  GCond has_more;
  GQueue items;        /* guarded by lock */
  gsize waiting;       /* guarded by lock: bytes in items */
  gboolean is_closed;  /* guarded by lock: nothing is taken any more */
  gboolean is_flooded; /* guarded by lock: more waited than may */

  /* Atomic. */
  int bytes_kb; /* written, in kB */
  int n_segments;

  /* The thread's own; the last two are the main thread's when it is done. */
  int lock_fd;
  int stream_fd;
  int segments_fd;
  guint64 bytes;
  guint index;
  GHashTable *indices; /* from exchange id to index + 1 */
  GstAudioConverter *converter;
  GstAudioInfo heard;
  gint16 *kept; /* a ring of N_KEPT samples; NULL = nothing was heard */
  guint64 n_frames;
  GArray *anchors;
  GError *error;
  gboolean is_kept;
};

static void
item_free (Item *item)
{
  g_clear_pointer (&item->bytes, g_bytes_unref);
  gst_clear_buffer (&item->buffer);
  g_free (item->language);
  g_free (item->text);
  g_free (item);
}

static void recorder_init_tap (HablaAudioTapInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HablaRecorder, habla_recorder, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (HABLA_TYPE_AUDIO_TAP, recorder_init_tap))

static void
habla_recorder_finalize (GObject *object)
{
  HablaRecorder *self = HABLA_RECORDER (object);

  g_queue_clear_full (&self->items, (GDestroyNotify) item_free);
  habla_recording_free (self->recording);
  g_hash_table_unref (self->indices);
  g_array_unref (self->anchors);
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->budget, habla_recording_budget_unref);
  g_free (self->kept);
  g_free (self->root);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->has_more);
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
  self->lock_fd = self->stream_fd = self->segments_fd = -1;
  self->indices = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->anchors = g_array_new (FALSE, FALSE, sizeof (Anchor));
  g_mutex_init (&self->lock);
  g_cond_init (&self->has_more);
}

/* The thread. */

static void
set_error (HablaRecorder *self, const char *what, int code)
{
  if (self->error == NULL)
    g_set_error (&self->error, G_IO_ERROR, g_io_error_from_errno (code),
        "The recording has ended, the lesson goes on: %s: %s; %s", what, g_strerror (code),
        code == ENOSPC || code == EDQUOT ? "make room on the disk"
                                         : "see to the folder of recordings");
}

/* Returns: bytes that the recording may have for what was heard until now */
static guint64
get_allowed (HablaRecorder *self)
{
  return HABLA_RECORDER_SLACK + self->max_unheard +
         gst_util_uint64_scale (
             self->n_frames, HABLA_RECORDER_BYTES_PER_SECOND, HABLA_RECORDING_RATE);
}

/* Returns: whether @size more bytes may be written; if not, that is the recording's error */
static gboolean
may_write (HablaRecorder *self, gsize size)
{
  guint64 after = self->bytes + size;
  g_autofree char *cause = NULL;

  if (after > get_allowed (self))
    cause = g_strdup_printf ("%" G_GUINT64_FORMAT " MB came for %" G_GUINT64_FORMAT
                             " s of audio; send audio of %d kB a second at most",
        after / 1000000, self->n_frames / HABLA_RECORDING_RATE,
        HABLA_RECORDER_BYTES_PER_SECOND / 1000);
  else if (self->max_size != 0 && after > self->max_size)
    cause = g_strdup_printf ("it has %" G_GUINT64_FORMAT
                             " MB, as many as max-recording-size allows; start listening again "
                             "for a new one",
        self->bytes / 1000000);
  else if (self->budget != NULL && !habla_recording_budget_take (self->budget, size))
    cause = g_strdup_printf ("all recordings have %" G_GUINT64_FORMAT
                             " MB, as many as max-size allows; delete some, or raise max-size",
        habla_recording_budget_get_max_size (self->budget) / 1000000);
  if (cause != NULL && self->error == NULL)
    g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        "The recording has ended, the lesson goes on: %s", cause);
  return cause == NULL;
}

static gboolean
write_all (HablaRecorder *self, int fd, gconstpointer data, gsize size)
{
  const char *at = data;
  gsize left = size;
  gssize n = 0;

  if (!may_write (self, size))
    return FALSE;
  while (left > 0 && n >= 0) {
    do
      n = write (fd, at, left);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
      set_error (self, "it cannot be written", errno);
      break;
    }
    at += n;
    left -= n;
    self->bytes += n;
    g_atomic_int_set (&self->bytes_kb, self->bytes / 1000);
  }
  if (self->budget != NULL)
    habla_recording_budget_settle (self->budget, size);
  return left == 0;
}

/* @name: of a new file in its folder. Returns: -1 if that failed, which is noted */
static int
create_file (HablaRecorder *self, const char *name, int flags)
{
  g_autofree char *path = g_build_filename (self->recording->folder, name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);

  if (fd < 0)
    set_error (self, path, errno);
  return fd;
}

static gboolean
save (HablaRecorder *self)
{
  g_autoptr (GError) error = NULL;

  if (habla_recording_save (self->recording, &error))
    return TRUE;
  if (self->error == NULL)
    g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "The recording has ended, the lesson goes on: %s; make room on the disk", error->message);
  return FALSE;
}

/* The marker has its lock before it has its name: no moment in which it is nobody's. */
static gboolean
create_marker (HablaRecorder *self)
{
  static const char about[] = "Habla made this folder, and may delete it.\n";
  static const char new_name[] = HABLA_RECORDING_MARKER ".new";
  g_autofree char *from = g_build_filename (self->recording->folder, new_name, NULL);
  g_autofree char *to = g_build_filename (self->recording->folder, HABLA_RECORDING_MARKER, NULL);

  self->lock_fd = create_file (self, new_name, O_EXCL);
  if (self->lock_fd < 0 || !write_all (self, self->lock_fd, about, strlen (about)))
    return FALSE;
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0 && g_rename (from, to) == 0)
    return TRUE;
  set_error (self, to, errno);
  return FALSE;
}

static gboolean
open_files (HablaRecorder *self)
{
  if (g_mkdir_with_parents (self->root, 0700) != 0 ||
      g_mkdir (self->recording->folder, 0700) != 0) {
    set_error (self, self->recording->folder, errno);
    return FALSE;
  }
  if (!create_marker (self) || !save (self))
    return FALSE;
  self->segments_fd = create_file (self, HABLA_RECORDING_SEGMENTS, O_APPEND);
  return self->segments_fd >= 0;
}

static gboolean
create_stream (HablaRecorder *self, const char *name, guint rate)
{
  guint8 header[HABLA_WAV_FILE_HEADER_SIZE];

  self->recording->stream = g_strdup (name);
  self->stream_fd = create_file (self, name, 0);
  if (self->stream_fd < 0)
    return FALSE;
  habla_wav_file_make_header (header, rate, HABLA_WAV_FILE_GROWS);
  return (rate == 0 || write_all (self, self->stream_fd, header, sizeof header)) && save (self);
}

/* Returns: the stream's name; a player looks at what is in it, not at that */
static const char *
name_stream (GBytes *audio)
{
  static const struct {
    guint offset;
    const char *magic;
    const char *name;
  } types[] = {
    { 0, "\x1a\x45\xdf\xa3", "stream.webm" },
    { 0, "OggS", "stream.ogg" },
    { 4, "ftyp", "stream.mp4" },
    { 0, "RIFF", "stream.wav" },
    { 0, "fLaC", "stream.flac" },
    { 0, "ID3", "stream.mp3" },
  };
  gsize size;
  const char *data = g_bytes_get_data (audio, &size);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    gsize length = strlen (types[i].magic);

    if (size >= types[i].offset + length &&
        memcmp (data + types[i].offset, types[i].magic, length) == 0)
      return types[i].name;
  }
  return "stream.bin";
}

static void
take_stream (HablaRecorder *self, GBytes *audio)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (audio, &size);
  const char *name = self->raw_rate != 0 ? "stream.wav" : name_stream (audio);

  if (self->stream_fd < 0 && !create_stream (self, name, self->raw_rate))
    return;
  write_all (self, self->stream_fd, data, size);
}

static void
keep_samples (HablaRecorder *self, const gint16 *samples, gsize n)
{
  if (self->kept == NULL)
    self->kept = g_new (gint16, N_KEPT);
  for (gsize done = 0, part; done < n; done += part) {
    gsize at = self->n_frames % N_KEPT;

    part = MIN (n - done, N_KEPT - at);
    memcpy (self->kept + at, samples + done, part * sizeof *samples);
    self->n_frames += part;
  }
}

/* Returns: the running time of the next sample, as counted */
static GstClockTime
count_time (HablaRecorder *self)
{
  const Anchor *last = &g_array_index (self->anchors, Anchor, self->anchors->len - 1);

  return last->time +
         gst_util_uint64_scale (self->n_frames - last->frame, GST_SECOND, HABLA_RECORDING_RATE);
}

static void
note_time (HablaRecorder *self, GstClockTime time)
{
  Anchor anchor = { self->n_frames, time };
  GstClockTime counted;

  if (self->anchors->len > 0) {
    counted = count_time (self);
    if (MAX (counted, time) - MIN (counted, time) <= MAX_DRIFT)
      return;
  }
  g_array_append_val (self->anchors, anchor);
  while (self->anchors->len > 1 &&
         g_array_index (self->anchors, Anchor, 1).frame + N_KEPT < self->n_frames)
    g_array_remove_index (self->anchors, 0);
}

/* Returns: the sample that @time is that of */
static guint64
find_frame (HablaRecorder *self, GstClockTime time)
{
  for (guint i = self->anchors->len; i > 0; i--) {
    const Anchor *anchor = &g_array_index (self->anchors, Anchor, i - 1);

    if (anchor->time <= time)
      return anchor->frame +
             gst_util_uint64_scale (time - anchor->time, HABLA_RECORDING_RATE, GST_SECOND);
  }
  return 0;
}

static gboolean
prepare_converter (HablaRecorder *self, const GstAudioInfo *info)
{
  GstAudioInfo out;

  if (self->converter != NULL && gst_audio_info_is_equal (info, &self->heard))
    return TRUE;
  g_clear_pointer (&self->converter, gst_audio_converter_free);
  self->heard = *info;
  gst_audio_info_set_format (&out, GST_AUDIO_FORMAT_S16, HABLA_RECORDING_RATE, 1, NULL);
  self->converter = gst_audio_converter_new (0, &self->heard, &out, NULL);
  if (self->converter == NULL)
    set_error (self, "the audio cannot be converted", EINVAL);
  return self->converter != NULL;
}

static void
take_heard (HablaRecorder *self, Item *item)
{
  g_autofree gint16 *samples = NULL;
  GstAudioBuffer audio;
  gsize n;

  if (!prepare_converter (self, &item->info) ||
      !gst_audio_buffer_map (&audio, &self->heard, item->buffer, GST_MAP_READ))
    return;
  n = gst_audio_converter_get_out_frames (self->converter, audio.n_samples);
  samples = g_new (gint16, n + 1);
  if (!gst_audio_converter_samples (
          self->converter, 0, audio.planes, audio.n_samples, (gpointer *) &samples, n))
    n = 0;
  gst_audio_buffer_unmap (&audio);
  note_time (self, item->begin);
  keep_samples (self, samples, n);
  if (!self->keeps_heard || n == 0)
    return;
  if (self->stream_fd < 0 && !create_stream (self, "stream.wav", HABLA_RECORDING_RATE))
    return;
  write_all (self, self->stream_fd, samples, n * sizeof *samples);
}

static void
write_segment_audio (HablaRecorder *self, guint index, guint64 from, guint64 to)
{
  g_autofree char *path = habla_recording_get_segment_path (self->recording->folder, index);
  g_autofree char *name = g_path_get_basename (path);
  guint8 header[HABLA_WAV_FILE_HEADER_SIZE];
  int fd = create_file (self, name, O_TRUNC);

  if (fd < 0)
    return;
  habla_wav_file_make_header (header, HABLA_RECORDING_RATE, (to - from) * sizeof *self->kept);
  write_all (self, fd, header, sizeof header);
  while (from < to && self->error == NULL) {
    guint64 at = from % N_KEPT;
    guint64 part = MIN (to - from, N_KEPT - at);

    write_all (self, fd, self->kept + at, part * sizeof *self->kept);
    from += part;
  }
  close (fd);
}

static guint64
to_time (guint64 frame)
{
  return gst_util_uint64_scale (frame, GST_SECOND, HABLA_RECORDING_RATE);
}

static void
take_segment (HablaRecorder *self, const Item *item)
{
  guint64 begin = find_frame (self, item->begin), end = find_frame (self, item->end);
  guint64 from = begin > MARGIN ? begin - MARGIN : 0;
  guint64 to = MIN (end + MARGIN, self->n_frames);
  HablaRecordingSegment segment = { .index = self->index++,
    .session_id = item->session_id,
    .exchange_id = item->exchange_id,
    .begin = to_time (begin),
    .end = to_time (end),
    .language = item->language,
    .text = item->text };
  g_autofree char *line = habla_recording_segment_to_line (&segment);

  if (self->n_frames > N_KEPT)
    from = MAX (from, self->n_frames - N_KEPT);
  if (from < to)
    write_segment_audio (self, segment.index, from, to);
  /* After its audio: what is listed is there. */
  if (self->error == NULL && write_all (self, self->segments_fd, line, strlen (line)))
    g_atomic_int_inc (&self->n_segments);
  g_hash_table_insert (self->indices, g_memdup2 (&item->exchange_id, sizeof item->exchange_id),
      GUINT_TO_POINTER (segment.index + 1));
}

static void
take_translation (HablaRecorder *self, const Item *item)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->indices, &item->exchange_id));
  g_autofree char *line = NULL;

  if (index == 0)
    return;
  line = habla_recording_translation_to_line (index - 1, item->language, item->text);
  write_all (self, self->segments_fd, line, strlen (line));
}

static void
take (HablaRecorder *self, Item *item)
{
  switch (item->kind) {
  case ITEM_STREAM:
    take_stream (self, item->bytes);
    break;
  case ITEM_HEARD:
    take_heard (self, item);
    break;
  case ITEM_SEGMENT:
    take_segment (self, item);
    break;
  case ITEM_TRANSLATION:
    take_translation (self, item);
    break;
  case ITEM_FINISH:
    break;
  }
}

static void
close_file (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* There was nothing to record. */
static void
delete_files (HablaRecorder *self)
{
  static const char *const names[] = { HABLA_RECORDING_SEGMENTS, HABLA_RECORDING_METADATA,
    HABLA_RECORDING_MARKER ".new", HABLA_RECORDING_MARKER };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->recording->folder, names[i], NULL);

    g_unlink (path);
  }
  g_rmdir (self->recording->folder);
}

static void
close_files (HablaRecorder *self)
{
  HablaRecording *recording = self->recording;
  gboolean is_wav = recording->stream != NULL && (self->keeps_heard || self->raw_rate != 0);

  self->is_kept = self->stream_fd >= 0;
  if (is_wav && self->stream_fd >= 0)
    habla_wav_file_set_size (self->stream_fd, 0);
  close_file (&self->stream_fd);
  close_file (&self->segments_fd);
  /* All audio is there: whoever sees that it has ended may play it at once. */
  if (self->lock_fd >= 0)
    flock (self->lock_fd, LOCK_SH);
  recording->ended_at = g_get_real_time ();
  recording->duration = to_time (self->n_frames);
  if (self->is_kept)
    save (self);
  else if (self->lock_fd >= 0)
    delete_files (self);
  close_file (&self->lock_fd);
}

static gboolean
tell_done (gpointer data)
{
  HablaRecorder *self = data;

  self->done (self, self->error, self->is_kept, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Returns: (transfer full): the next; %NULL = it has failed */
static Item *
wait_for_item (HablaRecorder *self)
{
  Item *item;

  g_mutex_lock (&self->lock);
  while ((item = g_queue_pop_head (&self->items)) == NULL)
    g_cond_wait (&self->has_more, &self->lock);
  self->waiting -= item->size;
  if (self->is_flooded)
    set_error (self, "the disk is too slow", EIO);
  g_mutex_unlock (&self->lock);
  return item;
}

static gpointer
run (gpointer data)
{
  HablaRecorder *self = data;
  gboolean is_finished = !open_files (self);
  GSource *source;

  while (!is_finished) {
    Item *item = wait_for_item (self);

    if (self->error == NULL)
      take (self, item);
    is_finished = item->kind == ITEM_FINISH || self->error != NULL;
    item_free (item);
  }
  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  g_queue_clear_full (&self->items, (GDestroyNotify) item_free);
  self->waiting = 0;
  g_mutex_unlock (&self->lock);
  close_files (self);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_name (source, "habla: recorder is done");
  g_source_set_callback (source, tell_done, self, g_object_unref);
  g_source_attach (source, NULL);
  g_source_unref (source);
  return NULL;
}

/* Returns: (transfer full): one that records from now on */
HablaRecorder *
habla_recorder_new (const HablaRecorderOptions *options)
{
  HablaRecorder *self = g_object_new (HABLA_TYPE_RECORDER, NULL);
  HablaRecording *recording = g_new0 (HablaRecording, 1);

  recording->id = habla_recording_make_id ();
  recording->folder = g_build_filename (options->root, recording->id, NULL);
  recording->room = g_strdup (options->room);
  recording->session_id = options->session_id;
  recording->source_language = g_strdup (options->source_language);
  recording->target_languages = g_strdupv ((GStrv) options->target_languages);
  recording->started_at = g_get_real_time ();
  recording->segments = g_ptr_array_new ();
  self->recording = recording;
  self->root = g_strdup (options->root);
  self->keeps_heard = options->keeps_heard;
  self->raw_rate = options->raw_rate;
  self->max_unheard = options->max_unheard;
  self->max_size = options->max_size;
  if (options->budget != NULL)
    self->budget = habla_recording_budget_ref (options->budget);
  self->done = options->done;
  self->user_data = options->user_data;
  g_thread_unref (g_thread_new ("habla-recorder", run, g_object_ref (self)));
  return self;
}

/* Those who give. */

/* @item: (transfer full) */
static void
give (HablaRecorder *self, Item *item)
{
  gboolean is_taken;

  g_mutex_lock (&self->lock);
  is_taken = !self->is_closed && !self->is_flooded;
  if (is_taken && self->waiting + item->size > MAX_WAITING) {
    /* It goes in all the same: the thread may be waiting for it to see that it has failed. */
    self->is_flooded = TRUE;
  }
  if (is_taken) {
    if (item->kind == ITEM_FINISH)
      self->is_closed = TRUE;
    self->waiting += item->size;
    g_queue_push_tail (&self->items, item);
    g_cond_signal (&self->has_more);
  }
  g_mutex_unlock (&self->lock);
  if (!is_taken)
    item_free (item);
}

const char *
habla_recorder_get_id (HablaRecorder *self)
{
  return self->recording->id;
}

static void
recorder_push_stream (HablaAudioTap *tap, GBytes *audio)
{
  HablaRecorder *self = HABLA_RECORDER (tap);
  Item *item = g_new0 (Item, 1);

  item->kind = ITEM_STREAM;
  item->size = g_bytes_get_size (audio);
  item->bytes = g_bytes_ref (audio);
  give (self, item);
}

static void
recorder_push_decoded (
    HablaAudioTap *tap, GstBuffer *audio, const GstAudioInfo *info, GstClockTime time)
{
  HablaRecorder *self = HABLA_RECORDER (tap);
  Item *item = g_new0 (Item, 1);

  item->kind = ITEM_HEARD;
  item->size = gst_buffer_get_size (audio);
  item->buffer = gst_buffer_ref (audio);
  item->info = *info;
  item->begin = time;
  give (self, item);
}

static void
recorder_init_tap (HablaAudioTapInterface *iface)
{
  iface->push_stream = recorder_push_stream;
  iface->push_decoded = recorder_push_decoded;
}

void
habla_recorder_add_segment (HablaRecorder *self, guint64 session_id, guint64 exchange_id,
    GstClockTime begin, GstClockTime end, const char *language, const char *text)
{
  Item *item = g_new0 (Item, 1);

  item->kind = ITEM_SEGMENT;
  item->session_id = session_id;
  item->exchange_id = exchange_id;
  item->begin = begin;
  item->end = end;
  item->language = g_strdup (language);
  item->text = g_strdup (text);
  give (self, item);
}

void
habla_recorder_add_translation (
    HablaRecorder *self, guint64 exchange_id, const char *language, const char *text)
{
  Item *item = g_new0 (Item, 1);

  item->kind = ITEM_TRANSLATION;
  item->exchange_id = exchange_id;
  item->language = g_strdup (language);
  item->text = g_strdup (text);
  give (self, item);
}

void
habla_recorder_finish (HablaRecorder *self)
{
  Item *item = g_new0 (Item, 1);

  item->kind = ITEM_FINISH;
  give (self, item);
}

/* Returns: that have been written, to a thousand */
guint64
habla_recorder_get_bytes (HablaRecorder *self)
{
  return (guint64) g_atomic_int_get (&self->bytes_kb) * 1000;
}

guint
habla_recorder_count_segments (HablaRecorder *self)
{
  return g_atomic_int_get (&self->n_segments);
}
