/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/input.h"

#include "command/exit-status.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/base/gsttypefindhelper.h>
#include <string.h>
#include <subtitle/subtitle-format.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes read from each end of a file: enough to detect the type of any file, and for the last page
 * of an Ogg file, which has at most 65,307 bytes (RFC 3533, section 6). */
#define SNIFFED 65536

/* The minimum for the type finder of GStreamer. A file with one short subtitle has fewer bytes. */
#define MIN_SUBTITLES 256

/* Returns: whether subparse can read @data: MicroDVD, SAMI and other old formats */
static gboolean
input_are_old_subtitles (const guint8 *data, gsize size)
{
  g_autofree guint8 *padded = NULL;
  g_autoptr (GstCaps) caps = NULL;

  if (size < MIN_SUBTITLES) {
    padded = g_malloc (MIN_SUBTITLES);
    memset (padded, '\n', MIN_SUBTITLES);
    memcpy (padded, data, size);
    data = padded;
    size = MIN_SUBTITLES;
  }
  caps = gst_type_find_helper_for_data (NULL, data, size, NULL);
  return caps != NULL &&
         g_str_has_prefix (
             gst_structure_get_name (gst_caps_get_structure (caps, 0)), "application/x-subtitle");
}

static gboolean
input_is_named_as_subtitles (const char *name)
{
  static const char *const extensions[] = { ".srt", ".vtt", ".ass", ".ssa", ".ttml", ".dfxp" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (g_str_has_suffix (lower, extensions[i]))
      return TRUE;
  return FALSE;
}

/* A RIFF header has the size of the rest of the file. Programs that write to a pipe do not know it
 * and write 0 or the maximum. */
static gboolean
input_is_short_riff (const guint8 *head, gsize length, guint64 size)
{
  guint32 declared;

  if (length < 12 || memcmp (head, "RIFF", 4) != 0 || memcmp (head + 8, "WAVE", 4) != 0)
    return FALSE;
  declared = GST_READ_UINT32_LE (head + 4);
  return declared != 0 && declared < G_MAXINT32 && size < (guint64) declared + 8;
}

/* WAV files that were joined byte by byte. Decoders hear the first one only, and report nothing. */
static gboolean
input_is_joined_riff (int fd, const guint8 *head, gsize length)
{
  guint8 next[12];
  guint32 declared;

  if (length < 12 || memcmp (head, "RIFF", 4) != 0 || memcmp (head + 8, "WAVE", 4) != 0)
    return FALSE;
  declared = GST_READ_UINT32_LE (head + 4);
  return declared != 0 &&
         pread (fd, next, sizeof next, (off_t) declared + 8 + (declared & 1)) == sizeof next &&
         memcmp (next, "RIFF", 4) == 0 && memcmp (next + 8, "WAVE", 4) == 0;
}

/* The last page of an Ogg stream is flagged (RFC 3533, section 6). */
static gboolean
input_is_short_ogg (const guint8 *head, gsize length, const guint8 *tail, gsize tail_length)
{
  if (length < 4 || memcmp (head, "OggS", 4) != 0)
    return FALSE;
  for (gsize i = tail_length; i-- > 0;) {
    gsize page;

    if (tail_length - i < 27 || memcmp (tail + i, "OggS", 4) != 0)
      continue;
    page = 27 + tail[i + 26];
    for (guint j = 0; j < tail[i + 26] && i + 27 + j < tail_length; j++)
      page += tail[i + 27 + j];
    return (tail[i + 5] & 4) == 0 || i + page > tail_length;
  }
  return TRUE;
}

static gboolean
input_look_into (HablaInput *self, int fd, guint64 size, GError **error)
{
  g_autofree guint8 *head = g_malloc (SNIFFED);
  g_autofree guint8 *tail = g_malloc (SNIFFED);
  gssize length = pread (fd, head, SNIFFED, 0);
  gssize tail_length = pread (fd, tail, SNIFFED, size > SNIFFED ? size - SNIFFED : 0);

  if (length < 0 || tail_length < 0) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT, "%s cannot be read: %s", self->name,
        g_strerror (errno));
    return FALSE;
  }
  if (habla_subtitle_format_sniff (head, length) != NULL) {
    self->kind = HABLA_INPUT_SUBTITLES;
  } else if (input_are_old_subtitles (head, length)) {
    self->kind = HABLA_INPUT_SUBTITLES;
    self->needs_subparse = TRUE;
  } else if (input_is_named_as_subtitles (self->name)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
        "%s: there are no subtitles in it, or it is damaged", self->name);
    return FALSE;
  } else if (input_is_joined_riff (fd, head, length)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_DATA,
        "%s has several WAV files, one behind the other, and only the first one would be heard; "
        "name the files themselves, one after the other",
        self->name);
    return FALSE;
  }
  self->cut_short = input_is_short_riff (head, length, size) ||
                    input_is_short_ogg (head, length, tail, tail_length);
  return TRUE;
}

/* Keeps the pipe open: opening it again could block until another process opens it for writing. */
static gboolean
input_keep_pipe (HablaInput *self, int fd)
{
  self->fd = fd;
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->uri, g_free);
  if (input_is_named_as_subtitles (self->name))
    self->kind = HABLA_INPUT_SUBTITLES;
  return TRUE;
}

static gboolean
input_look_at_file (HablaInput *self, GError **error)
{
  int fd = open (self->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat info;
  gboolean good = FALSE;

  if (fd < 0 || fstat (fd, &info) != 0) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT, "%s cannot be read: %s%s",
        self->name, g_strerror (errno), errno == ENOENT ? "; check the name" : "");
  } else if (S_ISDIR (info.st_mode)) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT,
        "%s is a folder; name the files in it", self->name);
  } else if (S_ISFIFO (info.st_mode)) {
    return input_keep_pipe (self, fd);
  } else if (!S_ISREG (info.st_mode)) {
    good = TRUE;
  } else if (info.st_size == 0) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_DATA, "%s is empty", self->name);
  } else {
    good = input_look_into (self, fd, info.st_size, error);
  }
  if (fd >= 0)
    close (fd);
  return good;
}

/* Standard input may be a file; the contents of a pipe are not known yet. */
static gboolean
input_look_at_standard (HablaInput *self, GError **error)
{
  struct stat info;

  self->fd = STDIN_FILENO;
  if (fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode) || lseek (self->fd, 0, SEEK_CUR) != 0)
    return TRUE;
  if (info.st_size == 0) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_DATA, "%s is empty", self->name);
    return FALSE;
  }
  return input_look_into (self, self->fd, info.st_size, error);
}

HablaInput *
habla_input_new (const char *argument, GError **error)
{
  g_autoptr (HablaInput) self = g_new0 (HablaInput, 1);

  self->fd = -1;
  self->name = g_filename_display_name (argument);
  if (g_str_equal (argument, "-")) {
    g_free (self->name);
    self->name = g_strdup ("standard input");
    return input_look_at_standard (self, error) ? g_steal_pointer (&self) : NULL;
  }
  if (gst_uri_is_valid (argument) && !g_file_test (argument, G_FILE_TEST_EXISTS)) {
    self->uri = g_strdup (argument);
    self->path = g_filename_from_uri (argument, NULL, NULL);
    if (self->path == NULL) {
      if (input_is_named_as_subtitles (argument))
        self->kind = HABLA_INPUT_SUBTITLES;
      return g_steal_pointer (&self);
    }
  } else {
    self->path = g_strdup (argument);
    self->uri = gst_filename_to_uri (argument, error);
    if (self->uri == NULL)
      return NULL;
  }
  return input_look_at_file (self, error) ? g_steal_pointer (&self) : NULL;
}

void
habla_input_free (HablaInput *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->uri);
  if (self->fd > STDIN_FILENO)
    close (self->fd);
  g_free (self);
}
