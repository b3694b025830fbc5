/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/install/download.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <util/regular-file.h>

#define BUFFER_SIZE (64 * 1024)
#define MAX_VALIDATOR 256
/* Connections that are cut after they brought something. */
#define MAX_CUTS 20
/* Largest size of a file whose size the publisher does not give. */
#define MAX_SIZE (G_GUINT64_CONSTANT (16) << 30)

typedef struct {
  const HablaDownload *download;
  GCancellable *cancellable;
  GChecksum *checksum; /* nullable */
  int fd;
  guint64 done;
  guint64 total; /* 0 = unknown */
} Transfer;

static gboolean
fail_source (const HablaModelSource *source, const char *problem, GError **error)
{
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT, "%s: %s", source->url, problem);
  return FALSE;
}

static gboolean
fail_file (const char *path, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s%s", path, g_strerror (code),
      code == ENOSPC ? "; make room on this disk, then run the command again" : "");
  return FALSE;
}

static char *
get_validator_path (const HablaDownload *self)
{
  return g_strconcat (self->path, ".validator", NULL);
}

static void
forget (const HablaDownload *self)
{
  g_autofree char *validator = get_validator_path (self);

  g_unlink (self->path);
  g_unlink (validator);
}

/* The hash of a gzip file is that of its contents. */
static gboolean
has_hash (const HablaModelSource *source)
{
  return source->hash != NULL && source->kind != HABLA_MODEL_SOURCE_GZIP;
}

static gboolean
transfer_open (Transfer *self, GError **error)
{
  const HablaDownload *download = self->download;
  struct stat status;

  self->fd = open (download->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->fd < 0 || fstat (self->fd, &status) != 0)
    return fail_file (download->path, errno, error);
  self->done = status.st_size;
  if (has_hash (download->source))
    self->checksum = g_checksum_new (download->source->hash_type);
  return TRUE;
}

static void
transfer_close (Transfer *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->checksum, g_checksum_free);
}

static gboolean
transfer_restart (Transfer *self, GError **error)
{
  self->done = 0;
  if (self->checksum != NULL)
    g_checksum_reset (self->checksum);
  if (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) != 0)
    return fail_file (self->download->path, errno, error);
  return TRUE;
}

/* Hashes what an earlier run has left, and goes to its end. */
static gboolean
transfer_hash_rest (Transfer *self, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  guint64 done = 0;
  gssize n;

  if (lseek (self->fd, 0, SEEK_SET) != 0)
    return fail_file (self->download->path, errno, error);
  while (!g_cancellable_is_cancelled (self->cancellable) &&
         (n = read (self->fd, buffer, BUFFER_SIZE)) != 0) {
    if (n < 0)
      return fail_file (self->download->path, errno, error);
    if (self->checksum != NULL)
      g_checksum_update (self->checksum, buffer, n);
    done += n;
  }
  self->done = done;
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
transfer_write (Transfer *self, const guint8 *data, gsize size, GError **error)
{
  if (self->checksum != NULL)
    g_checksum_update (self->checksum, data, size);
  self->done += size;
  while (size > 0) {
    gssize n = write (self->fd, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_file (self->download->path, errno, error);
    data += n;
    size -= n;
  }
  return TRUE;
}

static void
save_validator (const HablaDownload *self, SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *validator = soup_message_headers_get_one (headers, "ETag");
  g_autofree char *path = get_validator_path (self);

  /* A weak validator does not promise the same bytes. */
  if (validator == NULL || g_str_has_prefix (validator, "W/"))
    validator = soup_message_headers_get_one (headers, "Last-Modified");
  if (validator == NULL || strlen (validator) > MAX_VALIDATOR ||
      !g_file_set_contents (path, validator, -1, NULL))
    g_unlink (path);
}

/* Returns: whether the body begins where the file ends */
static gboolean
transfer_continues (Transfer *self, SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  goffset begin, end, total = -1;

  if (soup_message_get_status (message) != SOUP_STATUS_PARTIAL_CONTENT ||
      !soup_message_headers_get_content_range (headers, &begin, &end, &total) ||
      (guint64) begin != self->done)
    return FALSE;
  self->total = total > 0 ? total : 0;
  return TRUE;
}

static gboolean
transfer_begin (Transfer *self, SoupMessage *message, GError **error)
{
  const HablaModelSource *source = self->download->source;
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  if (!transfer_continues (self, message)) {
    if (soup_message_get_status (message) != SOUP_STATUS_OK)
      return fail_source (source,
          "the server sends another part than it was asked for; run the "
          "command again later",
          error);
    if (!transfer_restart (self, error))
      return FALSE;
    save_validator (self->download, message);
    self->total = soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
                      ? soup_message_headers_get_content_length (headers)
                      : 0;
  }
  if (source->size > 0 && self->total > 0 && self->total != source->size)
    return fail_source (source,
        "the server offers a file of another size than the publisher's list; "
        "run “habla models list --update”, then the command again",
        error);
  if (self->total == 0)
    self->total = source->size;
  return TRUE;
}

static gboolean
transfer_read (Transfer *self, GInputStream *stream, GError **error)
{
  const HablaDownload *download = self->download;
  guint64 limit = self->total > 0 ? self->total : MAX_SIZE;
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, BUFFER_SIZE, self->cancellable, error)) > 0) {
    if (self->done + n > limit)
      return fail_source (download->source,
          "the server sends more than it announced; run the command again later", error);
    if (!transfer_write (self, buffer, n, error))
      return FALSE;
    if (download->progress != NULL)
      download->progress (self->done, self->total, download->progress_data);
  }
  if (n < 0) {
    habla_http_client_explain (download->source->url, error);
    return FALSE;
  }
  if (self->total > 0 && self->done < self->total) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
        "%s: the connection was cut; run the command again: the download will be continued",
        download->source->url);
    return FALSE;
  }
  return TRUE;
}

/* One connection. */
static gboolean
transfer_run (Transfer *self, GError **error)
{
  const HablaDownload *download = self->download;
  const HablaModelSource *source = download->source;
  g_autofree char *validator_path = get_validator_path (download);
  g_autofree char *validator = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GInputStream) stream = NULL;
  HablaHttpRequest request = {
    .url = source->url,
    .accept_encoding = source->kind == HABLA_MODEL_SOURCE_GZIP ? "gzip" : "identity",
  };

  if (self->done > 0) {
    validator = habla_regular_file_read (validator_path, MAX_VALIDATOR, NULL, NULL);
    /* A hash is as good as a validator. */
    if (validator != NULL || self->checksum != NULL)
      request.range_begin = self->done;
    request.range_validator = validator;
  }
  stream = habla_http_client_get (download->client, &request, &message, self->cancellable, error);
  if (stream == NULL)
    return FALSE;
  if (soup_message_get_status (message) == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE) {
    /* The file on the disk is as long as the publisher's, or longer. */
    if (source->size > 0 && self->done == source->size && self->checksum != NULL)
      return TRUE;
    forget (download);
    return fail_source (
        source, "what was downloaded before has another size; run the command again", error);
  }
  return transfer_begin (self, message, error) && transfer_read (self, stream, error);
}

/* An attempt that received nothing is not repeated. */
static gboolean
is_cut (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
         error->domain == G_TLS_ERROR;
}

static gboolean
transfer_run_until_complete (Transfer *self, GError **error)
{
  for (guint i = 0; i <= MAX_CUTS; i++) {
    guint64 before = self->done;
    g_autoptr (GError) problem = NULL;

    if (transfer_run (self, &problem))
      return TRUE;
    if (!is_cut (problem) || self->done <= before || i == MAX_CUTS) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    g_debug ("Download continued: %s", problem->message);
  }
  g_assert_not_reached ();
}

static gboolean
check_result (const HablaModelSource *source, guint64 size, GChecksum *checksum, GError **error)
{
  if (source->size > 0 && size != source->size)
    return fail_source (source,
        "the file has another size than the publisher's list; run “habla "
        "models list --update”, then the command again",
        error);
  if (checksum != NULL && g_ascii_strcasecmp (g_checksum_get_string (checksum), source->hash) != 0)
    return fail_source (source,
        "the file has another hash than the publisher's list, so it is "
        "damaged or has been replaced; run the command again",
        error);
  return TRUE;
}

gboolean
habla_download_run (const HablaDownload *self, GCancellable *cancellable, GError **error)
{
  Transfer transfer = { .download = self, .cancellable = cancellable, .fd = -1 };
  GError *problem = NULL;
  gboolean is_complete;

  is_complete = transfer_open (&transfer, &problem) && transfer_hash_rest (&transfer, &problem);
  if (is_complete &&
      (self->source->size == 0 || transfer.done != self->source->size || transfer.checksum == NULL))
    is_complete = transfer_run_until_complete (&transfer, &problem);
  if (is_complete)
    is_complete = check_result (self->source, transfer.done, transfer.checksum, &problem);
  transfer_close (&transfer);
  /* Errors of the publisher's data are not cured by continuing. */
  if (!is_complete && (transfer.done == 0 || problem->domain == HABLA_ERROR))
    forget (self);
  if (problem != NULL)
    g_propagate_error (error, problem);
  return is_complete;
}

gboolean
habla_download_check_hash (
    const HablaModelSource *source, const char *path, GCancellable *cancellable, GError **error)
{
  HablaDownload download = { .source = source, .path = path };
  Transfer transfer = { .download = &download, .cancellable = cancellable };
  gboolean is_right;

  transfer.fd = habla_regular_file_open (path, O_RDONLY, error);
  if (transfer.fd < 0)
    return FALSE;
  if (has_hash (source))
    transfer.checksum = g_checksum_new (source->hash_type);
  is_right = transfer_hash_rest (&transfer, error) &&
             check_result (source, transfer.done, transfer.checksum, error);
  transfer_close (&transfer);
  return is_right;
}
