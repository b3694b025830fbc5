/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libarchive reads; writing is done here, because only regular files are wanted, in a folder where
 * no link can be: archive_write_disk() changes the working folder of the process, or wants absolute
 * paths, which its flag for secure paths forbids. */
#include "models/install/unpack.h"

#include "models/install/model-folder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>
#include <unistd.h>
#include <util/regular-file.h>

#define MAX_ENTRIES 10000
#define MAX_PATH_LENGTH 512
#define MAX_LEVELS 4
#define MAX_SIZE (G_GUINT64_CONSTANT (16) << 30)
#define MAX_GZIP_SIZE (G_GUINT64_CONSTANT (4) << 30)
/* Weights hardly compress. */
#define MAX_RATIO 50
#define MIN_LIMIT (1024 * 1024)
#define BUFFER_SIZE (128 * 1024)

typedef struct archive Archive;

static void
archive_close_and_free (Archive *archive)
{
  archive_read_free (archive);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_close_and_free)

typedef struct {
  const HablaUnpack *request;
  GCancellable *cancellable;
  Archive *archive;
  char *top;       /* nullable: the folder that contains everything, with a slash */
  guint64 size;    /* of the archive */
  guint64 written; /* and skipped: bytes of the contents */
  guint64 limit;
  guint n_entries;
} Unpacker;

static gboolean
fail (const HablaUnpack *self, const char *problem, GError **error)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT, "%s: %s", self->archive, problem);
  return FALSE;
}

static gboolean
fail_archive (Unpacker *self, GError **error)
{
  const char *reason = archive_error_string (self->archive);
  g_autofree char *valid = g_utf8_make_valid (reason != NULL ? reason : "unknown error", -1);
  g_autofree char *problem =
      g_strdup_printf ("it is no archive, or it is damaged (%s); download it again", valid);

  return fail (self->request, problem, error);
}

static gboolean
fail_file (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s%s", path, g_strerror (code),
      code == ENOSPC ? "; make room on this disk, then run the command again" : "");
  return FALSE;
}

static gboolean
unpacker_open (Unpacker *self, GError **error)
{
  const char *path = self->request->archive;
  GStatBuf status;

  if (!habla_regular_file_exists (path) || g_stat (path, &status) != 0)
    return fail (self->request, "it is missing or not a regular file", error);
  self->size = status.st_size;
  self->limit = MIN (MAX (self->size * MAX_RATIO, MIN_LIMIT), MAX_SIZE);
  self->archive = archive_read_new ();
  /* Only filters that libarchive has itself: others start programs. */
  archive_read_support_filter_gzip (self->archive);
  archive_read_support_filter_bzip2 (self->archive);
  archive_read_support_filter_xz (self->archive);
  archive_read_support_filter_zstd (self->archive);
  archive_read_support_format_tar (self->archive);
  archive_read_support_format_zip (self->archive);
  if (archive_read_open_filename (self->archive, path, BUFFER_SIZE) != ARCHIVE_OK)
    return fail_archive (self, error);
  return TRUE;
}

/* Returns: (nullable): @path without "./" at the beginning, if it leads nowhere else */
static const char *
check_path (const char *path)
{
  g_auto (GStrv) parts = NULL;

  while (path != NULL && g_str_has_prefix (path, "./"))
    path += 2;
  if (path == NULL || *path == '/' || strlen (path) > MAX_PATH_LENGTH ||
      !g_utf8_validate (path, -1, NULL) || strchr (path, '\\') != NULL)
    return NULL;
  for (const char *c = path; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return NULL;
  parts = g_strsplit (path, "/", -1);
  return g_strv_contains ((const char *const *) parts, "..") ? NULL : path;
}

static const char *
unpacker_strip_top (Unpacker *self, const char *path)
{
  if (self->top == NULL && *path != '\0') {
    const char *slash = strchr (path, '/');

    /* Empty, if the first entry is not in a folder. */
    self->top = g_strndup (path, slash != NULL ? slash + 1 - path : 0);
  }
  return self->top != NULL && g_str_has_prefix (path, self->top) ? path + strlen (self->top) : path;
}

static gboolean
is_wanted (const HablaUnpack *self, const char *path)
{
  static const char *const always[] = { "LICENSE", "README", "NOTICE", "MODEL_CARD" };

  if (self->patterns == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    if (g_str_has_prefix (path, always[i]) && strchr (path, '/') == NULL)
      return TRUE;
  for (guint i = 0; i < self->patterns->len; i++)
    if (habla_model_folder_match (g_ptr_array_index (self->patterns, i), path))
      return TRUE;
  return FALSE;
}

/* Returns: a descriptor of a new file; -1 with @error */
static int
unpacker_create (Unpacker *self, const char *path, GError **error)
{
  g_autofree char *target = g_build_filename (self->request->folder, path, NULL);
  g_autofree char *folder = g_path_get_dirname (target);
  int fd;

  if (g_mkdir_with_parents (folder, 0755) != 0) {
    if (errno == ENOTDIR || errno == EEXIST)
      fail (
          self->request, "it contains a file and a folder with one name; download it again", error);
    else
      fail_file (folder, errno, error);
    return -1;
  }
  fd = open (target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST)
    fail (self->request, "it contains a file twice; download it again", error);
  else if (fd < 0)
    fail_file (target, errno, error);
  return fd;
}

static gboolean
write_block (int fd, const char *data, gsize size, guint64 offset)
{
  while (size > 0) {
    gssize n = pwrite (fd, data, size, offset);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    data += n;
    size -= n;
    offset += n;
  }
  return TRUE;
}

/* @fd: -1 = skip. Skipped contents count, too: a bomb costs time even if nothing is written. */
static gboolean
unpacker_copy (Unpacker *self, int fd, GError **error)
{
  const HablaUnpack *request = self->request;
  guint64 before = self->written;
  const void *data;
  la_int64_t offset;
  gsize size;
  int status;

  while ((status = archive_read_data_block (self->archive, &data, &size, &offset)) == ARCHIVE_OK) {
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
    if (offset < 0 || (guint64) offset > self->limit || size > self->limit ||
        before + offset + size > self->limit)
      return fail (request, "its contents are too large for a model, so it is refused", error);
    if (fd >= 0 && !write_block (fd, data, size, offset))
      return fail_file (request->folder, errno, error);
    self->written = before + offset + size;
    if (request->progress != NULL)
      request->progress (
          archive_filter_bytes (self->archive, -1), self->size, request->progress_data);
  }
  return status == ARCHIVE_EOF ? TRUE : fail_archive (self, error);
}

static gboolean
unpacker_take_entry (Unpacker *self, struct archive_entry *entry, GError **error)
{
  const char *name = archive_entry_pathname_utf8 (entry);
  const char *path = check_path (name != NULL ? name : archive_entry_pathname (entry));
  g_auto (GStrv) parts = NULL;
  gboolean is_file;
  int fd = -1;
  gboolean is_copied;

  if (++self->n_entries > MAX_ENTRIES)
    return fail (self->request, "it has too many files for a model, so it is refused", error);
  if (path == NULL)
    return fail (self->request,
        "it contains a file whose path leads outside of its folder, so it is refused", error);
  path = unpacker_strip_top (self, path);
  parts = g_strsplit (path, "/", -1);
  is_file = archive_entry_filetype (entry) == AE_IFREG && archive_entry_hardlink (entry) == NULL &&
            archive_entry_symlink (entry) == NULL && *path != '\0' &&
            !g_str_has_suffix (path, "/") && g_strv_length (parts) <= MAX_LEVELS;
  if (is_file && is_wanted (self->request, path)) {
    fd = unpacker_create (self, path, error);
    if (fd < 0)
      return FALSE;
  }
  is_copied = unpacker_copy (self, fd, error);
  if (fd >= 0)
    close (fd);
  return is_copied;
}

static gboolean
unpacker_run (Unpacker *self, GError **error)
{
  struct archive_entry *entry;
  int status;

  while ((status = archive_read_next_header (self->archive, &entry)) == ARCHIVE_OK ||
         status == ARCHIVE_WARN)
    if (!unpacker_take_entry (self, entry, error))
      return FALSE;
  if (status != ARCHIVE_EOF)
    return fail_archive (self, error);
  if (self->n_entries == 0)
    return fail (self->request, "it is empty; download it again", error);
  return TRUE;
}

gboolean
habla_unpack_archive (const HablaUnpack *self, GCancellable *cancellable, GError **error)
{
  Unpacker unpacker = { .request = self, .cancellable = cancellable };
  gboolean is_unpacked;

  is_unpacked = unpacker_open (&unpacker, error) && unpacker_run (&unpacker, error);
  g_clear_pointer (&unpacker.archive, archive_close_and_free);
  g_free (unpacker.top);
  return is_unpacked;
}

static gboolean
has_gzip_magic (int fd)
{
  guint8 magic[2];

  return pread (fd, magic, sizeof magic, 0) == sizeof magic && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* Returns: whether everything was copied, at most @max_size bytes */
static gboolean
copy_stream (GInputStream *from, const char *target, guint64 max_size, GCancellable *cancellable,
    GError **error)
{
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);
  guint64 size = 0;
  gssize n;
  int fd = open (target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  gboolean is_copied = fd >= 0 || fail_file (target, errno, error);

  while (
      is_copied && (n = g_input_stream_read (from, buffer, BUFFER_SIZE, cancellable, error)) != 0) {
    if (n < 0) {
      is_copied = FALSE;
    } else if (size + n > max_size) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
          "%s: the file is larger than the publisher's list says; run the command again", target);
      is_copied = FALSE;
    } else if (!write_block (fd, buffer, n, size)) {
      is_copied = fail_file (target, errno, error);
    }
    size += MAX (n, 0);
  }
  if (fd >= 0)
    close (fd);
  return is_copied;
}

gboolean
habla_unpack_gzip (const char *path, const char *target, guint64 max_size,
    GCancellable *cancellable, GError **error)
{
  int fd = habla_regular_file_open (path, O_RDONLY, error);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) stream = NULL;
  gboolean is_compressed;

  if (fd < 0)
    return FALSE;
  is_compressed = has_gzip_magic (fd);
  close (fd);
  stream = (GInputStream *) g_file_read (file, cancellable, error);
  if (stream == NULL)
    return FALSE;
  if (is_compressed) {
    g_autoptr (GConverter) decompressor =
        G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    GInputStream *inner = g_converter_input_stream_new (stream, decompressor);

    g_object_unref (stream);
    stream = inner;
  }
  if (copy_stream (stream, target, max_size > 0 ? max_size : MAX_GZIP_SIZE, cancellable, error))
    return TRUE;
  g_prefix_error (error, "%s cannot be decompressed: ", path);
  return FALSE;
}
