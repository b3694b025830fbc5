/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/spool/cluster-spool.h"

#include "cluster/spool/spool-file.h"

#include <string.h>

/* Bytes of records that wait for the disk, about. */
#define MAX_WAITING (8 * 1024 * 1024)

/* Records that are written at once. */
#define MAX_BATCH 64

typedef enum {
  JOB_APPEND,
  JOB_READ,
  JOB_REMOVE,
  JOB_STOP,
} JobKind;

typedef struct {
  JobKind kind;
  GBytes *payload; /* (nullable): the record to append, or the one that was read */
  HablaSpoolFunc func;
  gpointer user_data;
  GError *error;
} Job;

struct _HablaClusterSpool {
  SpoolFile *file;   /* of the worker thread */
  GAsyncQueue *jobs; /* for the worker thread */
  GAsyncQueue *done; /* from it */
  GSource *source;   /* calls back for finished jobs */
  GThread *thread;

  GMutex lock;
  gsize waiting; /* protected by lock; bytes that wait for the disk */
  guint count;   /* protected by lock */
  guint64 size;  /* protected by lock */
};

static void
job_free (gpointer data)
{
  Job *self = data;

  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* Payload: subject, NUL, id, NUL, data */

static GBytes *
encode_record (const HablaSpoolRecord *record)
{
  GByteArray *payload = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (record->data, &size);

  g_byte_array_append (payload, (const guint8 *) record->subject, strlen (record->subject) + 1);
  g_byte_array_append (payload, (const guint8 *) record->id, strlen (record->id) + 1);
  g_byte_array_append (payload, data, size);
  return g_byte_array_free_to_bytes (payload);
}

/* @record: (out): its strings are in @payload, its data must be freed */
static gboolean
decode_record (GBytes *payload, HablaSpoolRecord *record)
{
  gsize size, begin;
  const char *bytes = g_bytes_get_data (payload, &size);
  const char *id = memchr (bytes, '\0', size);
  const char *data = id != NULL ? memchr (id + 1, '\0', bytes + size - (id + 1)) : NULL;

  if (data == NULL)
    return FALSE;
  begin = data + 1 - bytes;
  *record =
      (HablaSpoolRecord){ bytes, id + 1, g_bytes_new_from_bytes (payload, begin, size - begin) };
  return TRUE;
}

/* The worker thread */

static void
spool_finish (HablaClusterSpool *self, Job *job)
{
  g_mutex_lock (&self->lock);
  self->count = spool_file_count (self->file);
  self->size = spool_file_get_size (self->file);
  if (job->kind == JOB_APPEND)
    self->waiting -= g_bytes_get_size (job->payload);
  g_mutex_unlock (&self->lock);
  if (job->func == NULL) {
    job_free (job);
    return;
  }
  g_async_queue_push (self->done, job);
  g_source_set_ready_time (self->source, 0);
}

/* Appends @first and those that wait behind it. Returns: (transfer full) (nullable): the job after
 * them */
static Job *
spool_append_batch (HablaClusterSpool *self, Job *first)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  g_autoptr (GPtrArray) payloads = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Job *job = first;

  for (; job != NULL && job->kind == JOB_APPEND; job = g_async_queue_try_pop (self->jobs)) {
    g_ptr_array_add (jobs, job);
    g_ptr_array_add (payloads, job->payload);
    if (jobs->len == MAX_BATCH) {
      job = NULL;
      break;
    }
  }
  spool_file_append (self->file, payloads, &error);
  for (guint i = 0; i < jobs->len; i++) {
    Job *done = jobs->pdata[i];

    done->error = error != NULL ? g_error_copy (error) : NULL;
    spool_finish (self, done);
  }
  return job;
}

static gpointer
spool_run (gpointer data)
{
  HablaClusterSpool *self = data;
  Job *job = NULL;

  for (;;) {
    if (job == NULL)
      job = g_async_queue_pop (self->jobs);
    if (job->kind == JOB_STOP)
      break;
    if (job->kind == JOB_APPEND) {
      job = spool_append_batch (self, job);
      continue;
    }
    if (job->kind == JOB_READ)
      job->payload = spool_file_read (self->file, &job->error);
    else
      spool_file_remove (self->file);
    spool_finish (self, g_steal_pointer (&job));
  }
  job_free (job);
  return NULL;
}

/* The thread of the spool */

static void
call_back (Job *job)
{
  HablaSpoolRecord record = { 0 };
  gboolean has_record = job->kind == JOB_READ && job->payload != NULL;

  if (has_record && !decode_record (job->payload, &record)) {
    has_record = FALSE;
    g_set_error (&job->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "A record of the spool is malformed; it was written by another version");
  }
  job->func (has_record ? &record : NULL, job->error, job->user_data);
  g_clear_pointer (&record.data, g_bytes_unref);
}

static gboolean
spool_on_done (gpointer data)
{
  HablaClusterSpool *self = data;
  GSource *source = g_main_current_source ();
  Job *job;

  g_source_set_ready_time (source, -1);
  while (!g_source_is_destroyed (source) && (job = g_async_queue_try_pop (self->done)) != NULL) {
    call_back (job);
    job_free (job);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSource *
spool_create_source (HablaClusterSpool *self)
{
  static GSourceFuncs functions = { .dispatch = dispatch };
  GSource *source = g_source_new (&functions, sizeof (GSource));

  g_source_set_static_name (source, "[habla] HablaClusterSpool done");
  g_source_set_callback (source, spool_on_done, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

HablaClusterSpool *
habla_cluster_spool_new (const char *path, guint64 max_size, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  HablaClusterSpool *self;
  SpoolFile *file;

  /* If this fails, so does opening the file. */
  g_mkdir_with_parents (folder, 0700);
  file = spool_file_open (path, max_size, error);
  if (file == NULL)
    return NULL;
  self = g_new0 (HablaClusterSpool, 1);
  g_mutex_init (&self->lock);
  self->file = file;
  self->count = spool_file_count (file);
  self->size = spool_file_get_size (file);
  self->jobs = g_async_queue_new_full (job_free);
  self->done = g_async_queue_new_full (job_free);
  self->source = spool_create_source (self);
  self->thread = g_thread_new ("spool", spool_run, self);
  return self;
}

static Job *
job_new (JobKind kind, HablaSpoolFunc func, gpointer user_data)
{
  Job *self = g_new0 (Job, 1);

  self->kind = kind;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
habla_cluster_spool_free (HablaClusterSpool *self)
{
  g_async_queue_push (self->jobs, job_new (JOB_STOP, NULL, NULL));
  g_thread_join (self->thread);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_async_queue_unref (self->jobs);
  g_async_queue_unref (self->done);
  spool_file_close (self->file);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Returns: whether the worker thread may get @size more bytes */
static gboolean
spool_reserve (HablaClusterSpool *self, gsize size)
{
  gboolean is_possible;

  g_mutex_lock (&self->lock);
  is_possible = self->waiting + size <= MAX_WAITING;
  if (is_possible)
    self->waiting += size;
  g_mutex_unlock (&self->lock);
  return is_possible;
}

void
habla_cluster_spool_append (HablaClusterSpool *self, const HablaSpoolRecord *record,
    HablaSpoolFunc func, gpointer user_data)
{
  Job *job;

  g_return_if_fail (g_bytes_get_size (record->data) <= HABLA_SPOOL_MAX_DATA);
  job = job_new (JOB_APPEND, func, user_data);
  job->payload = encode_record (record);
  if (spool_reserve (self, g_bytes_get_size (job->payload))) {
    g_async_queue_push (self->jobs, job);
    return;
  }
  g_set_error (&job->error, G_IO_ERROR, G_IO_ERROR_BUSY,
      "Too much waits to be written to the spool; check the disk");
  g_async_queue_push (self->done, job);
  g_source_set_ready_time (self->source, 0);
}

void
habla_cluster_spool_read (HablaClusterSpool *self, HablaSpoolFunc func, gpointer user_data)
{
  g_async_queue_push (self->jobs, job_new (JOB_READ, func, user_data));
}

void
habla_cluster_spool_remove (HablaClusterSpool *self)
{
  g_async_queue_push (self->jobs, job_new (JOB_REMOVE, NULL, NULL));
}

guint
habla_cluster_spool_count (HablaClusterSpool *self)
{
  guint count;

  g_mutex_lock (&self->lock);
  count = self->count;
  g_mutex_unlock (&self->lock);
  return count;
}

guint64
habla_cluster_spool_get_size (HablaClusterSpool *self)
{
  guint64 size;

  g_mutex_lock (&self->lock);
  size = self->size;
  g_mutex_unlock (&self->lock);
  return size;
}
