/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/spool/spool-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The file begins with MAGIC. Frames follow: length of the payload (4 bytes, little endian), kind
 * (1 byte), checksum (8 bytes), payload. The checksum is the beginning of the SHA-256 of length,
 * kind and payload.
 */
#define MAGIC "HablaSp1"
#define MAGIC_SIZE 8
#define CHECKSUM_SIZE 8
#define HEAD_SIZE (4 + 1 + CHECKSUM_SIZE)

#define KIND_PAYLOAD 'p'
#define KIND_REMOVED 'r' /* payload: how many of the oldest were removed so far, 8 bytes */

typedef struct {
  guint64 offset; /* of the payload */
  guint32 length;
} Frame;

struct _SpoolFile {
  char *path;
  int fd;
  guint64 max_size;
  guint64 size;  /* end of the last complete frame */
  GQueue frames; /* of Frame: those that were not removed */
  guint64 n_removed;
};

static void
set_error (GError **error, const char *path, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "Failed to %s “%s”: %s", what, path,
      g_strerror (code));
}

static void
compute_checksum (const guint8 *head, const guint8 *payload, gsize length, guint8 *result)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, head, HEAD_SIZE - CHECKSUM_SIZE);
  g_checksum_update (checksum, payload, length);
  g_checksum_get_digest (checksum, digest, &size);
  memcpy (result, digest, CHECKSUM_SIZE);
}

static void
append_frame (GByteArray *frames, char kind, const guint8 *payload, guint32 length)
{
  guint32 little = GUINT32_TO_LE (length);
  guint8 head[HEAD_SIZE];

  memcpy (head, &little, sizeof little);
  head[4] = kind;
  compute_checksum (head, payload, length, head + 5);
  g_byte_array_append (frames, head, sizeof head);
  g_byte_array_append (frames, payload, length);
}

static void
add_payload (SpoolFile *self, guint64 offset, guint32 length)
{
  Frame *frame = g_new (Frame, 1);

  *frame = (Frame){ offset, length };
  g_queue_push_tail (&self->frames, frame);
}

/* Returns: whether all @length bytes at @offset were read */
static gboolean
read_all (SpoolFile *self, guint8 *bytes, gsize length, guint64 offset)
{
  while (length > 0) {
    ssize_t n = pread (self->fd, bytes, length, offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n == 0)
      errno = EIO;
    if (n <= 0)
      return FALSE;
    bytes += n;
    length -= n;
    offset += n;
  }
  return TRUE;
}

static gboolean
write_all (SpoolFile *self, const guint8 *bytes, gsize length)
{
  guint64 offset = self->size;

  while (length > 0) {
    ssize_t n = pwrite (self->fd, bytes, length, offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    bytes += n;
    length -= n;
    offset += n;
  }
  return TRUE;
}

/* Opening */

/* Reads the frame after the known ones. @payload has space for the largest. Returns: whether
 * there is a whole one; then it is known, too */
static gboolean
recover_frame (SpoolFile *self, guint64 end, guint8 *payload)
{
  guint8 head[HEAD_SIZE], checksum[CHECKSUM_SIZE];
  guint64 offset = self->size + HEAD_SIZE, removed;
  guint32 length;

  if (end < offset || !read_all (self, head, sizeof head, self->size))
    return FALSE;
  memcpy (&length, head, sizeof length);
  length = GUINT32_FROM_LE (length);
  if (length > SPOOL_FILE_MAX_PAYLOAD || length > end - offset ||
      !read_all (self, payload, length, offset))
    return FALSE;
  compute_checksum (head, payload, length, checksum);
  if (memcmp (checksum, head + 5, sizeof checksum) != 0)
    return FALSE;
  if (head[4] == KIND_PAYLOAD) {
    add_payload (self, offset, length);
  } else if (head[4] == KIND_REMOVED && length == sizeof removed) {
    memcpy (&removed, payload, sizeof removed);
    for (removed = GUINT64_FROM_LE (removed); self->n_removed < removed; self->n_removed++)
      g_free (g_queue_pop_head (&self->frames));
  }
  self->size = offset + length;
  return TRUE;
}

/* Cuts off what a crash left incomplete. */
static gboolean
recover (SpoolFile *self, guint64 end, GError **error)
{
  g_autofree guint8 *payload = g_malloc (SPOOL_FILE_MAX_PAYLOAD);
  guint8 magic[MAGIC_SIZE];
  gsize n = MIN (end, MAGIC_SIZE);

  if (!read_all (self, magic, n, 0)) {
    set_error (error, self->path, "read");
    return FALSE;
  }
  if (memcmp (magic, MAGIC, n) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "“%s” is not a spool of hablad; move it away", self->path);
    return FALSE;
  }
  if (n < MAGIC_SIZE)
    return TRUE;
  for (self->size = MAGIC_SIZE; recover_frame (self, end, payload);)
    ;
  if (self->size < end)
    g_warning ("The last %" G_GUINT64_FORMAT " bytes of “%s” are incomplete or damaged, and are "
               "lost; %u records are complete",
        end - self->size, self->path, self->frames.length);
  return TRUE;
}

/* The entry of a new file in its folder must survive a crash, too. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0) {
    fsync (fd);
    close (fd);
  }
}

static gboolean
prepare (SpoolFile *self, GError **error)
{
  struct stat info;

  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "“%s” is used by another hablad; give each one another name or folder", self->path);
    return FALSE;
  }
  if (fstat (self->fd, &info) != 0) {
    set_error (error, self->path, "read");
    return FALSE;
  }
  if (!S_ISREG (info.st_mode)) {
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "“%s” is not a regular file", self->path);
    return FALSE;
  }
  if (!recover (self, info.st_size, error))
    return FALSE;
  if (self->size == 0 && !write_all (self, (const guint8 *) MAGIC, MAGIC_SIZE)) {
    set_error (error, self->path, "write");
    return FALSE;
  }
  self->size = MAX (self->size, MAGIC_SIZE);
  if (ftruncate (self->fd, self->size) != 0 || fsync (self->fd) != 0) {
    set_error (error, self->path, "write");
    return FALSE;
  }
  sync_folder (self->path);
  return TRUE;
}

SpoolFile *
spool_file_open (const char *path, guint64 max_size, GError **error)
{
  SpoolFile *self = g_new0 (SpoolFile, 1);

  self->path = g_strdup (path);
  self->max_size = max_size;
  /* O_NONBLOCK: a FIFO of this name must not block. */
  self->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (self->fd < 0)
    set_error (error, path, "open");
  if (self->fd >= 0 && prepare (self, error))
    return self;
  spool_file_close (self);
  return NULL;
}

void
spool_file_close (SpoolFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_queue_clear_full (&self->frames, g_free);
  g_free (self->path);
  g_free (self);
}

/* Use */

gboolean
spool_file_append (SpoolFile *self, GPtrArray *payloads, GError **error)
{
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  guint64 offset = self->size;

  for (guint i = 0; i < payloads->len; i++) {
    gsize length;
    const guint8 *payload = g_bytes_get_data (payloads->pdata[i], &length);

    g_assert (length <= SPOOL_FILE_MAX_PAYLOAD);
    append_frame (frames, KIND_PAYLOAD, payload, length);
  }
  if (frames->len > self->max_size || self->size > self->max_size - frames->len) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        "“%s” is full: it has %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
        " bytes; connect this node to NATS again",
        self->path, self->size, self->max_size);
    return FALSE;
  }
  if (!write_all (self, frames->data, frames->len) || fdatasync (self->fd) != 0) {
    set_error (error, self->path, "write");
    if (ftruncate (self->fd, self->size) != 0)
      g_warning ("Failed to shorten “%s”: %s", self->path, g_strerror (errno));
    return FALSE;
  }
  for (guint i = 0; i < payloads->len; i++) {
    gsize length = g_bytes_get_size (payloads->pdata[i]);

    add_payload (self, offset + HEAD_SIZE, length);
    offset += HEAD_SIZE + length;
  }
  self->size = offset;
  return TRUE;
}

GBytes *
spool_file_read (SpoolFile *self, GError **error)
{
  const Frame *frame = g_queue_peek_head (&self->frames);
  g_autofree guint8 *payload = NULL;

  if (frame == NULL)
    return NULL;
  payload = g_malloc (frame->length);
  if (!read_all (self, payload, frame->length, frame->offset)) {
    set_error (error, self->path, "read");
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&payload), frame->length);
}

void
spool_file_remove (SpoolFile *self)
{
  g_autoptr (GByteArray) frame = NULL;
  guint64 removed;

  if (g_queue_is_empty (&self->frames))
    return;
  g_free (g_queue_pop_head (&self->frames));
  self->n_removed++;
  if (g_queue_is_empty (&self->frames) && ftruncate (self->fd, MAGIC_SIZE) == 0) {
    self->size = MAGIC_SIZE;
    self->n_removed = 0;
    return;
  }
  frame = g_byte_array_new ();
  removed = GUINT64_TO_LE (self->n_removed);
  append_frame (frame, KIND_REMOVED, (const guint8 *) &removed, sizeof removed);
  /* Without it, the payload would only come back after a crash. */
  if (write_all (self, frame->data, frame->len))
    self->size += frame->len;
}

guint
spool_file_count (SpoolFile *self)
{
  return self->frames.length;
}

guint64
spool_file_get_size (SpoolFile *self)
{
  return self->size;
}
