/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The elements of Matroska are those of RFC 8794 and RFC 9559. */
#include "command/mux/matroska-flags.h"

#include "command/exit-status.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ID_SEGMENT 0x18538067
#define ID_TRACKS 0x1654ae6b
#define ID_CLUSTER 0x1f43b675
#define ID_TRACK_ENTRY 0xae
#define ID_FLAG_DEFAULT 0x88
#define ID_NAME 0x536e

/* The tracks are described in the first bytes. */
#define HEAD (1024 * 1024)
/* Identifier, length and value of the flag. */
static const guint8 no_default[] = { ID_FLAG_DEFAULT, 0x81, 0 };
#define SHORTEST_NAME 5

typedef struct {
  guint8 *data;
  gsize length;
  guint first; /* number of tracks to leave as they are */
  guint n_tracks;
} Head;

/* An element within @Head.data. */
typedef struct {
  guint64 id;
  gsize size_at; /* where its length is */
  gsize begin;   /* of its value */
  gsize end;     /* of its value */
} Element;

/* Returns: number of bytes of the number at @offset; 0 if it is not complete */
static guint
head_read_number (const Head *self, gsize offset, gboolean is_id, guint64 *number)
{
  guint length = 1;

  if (offset >= self->length || self->data[offset] == 0)
    return 0;
  while ((self->data[offset] & (0x80 >> (length - 1))) == 0)
    length++;
  if (length > self->length - offset)
    return 0;
  *number = is_id ? self->data[offset] : self->data[offset] & (0xff >> length);
  for (guint i = 1; i < length; i++)
    *number = *number << 8 | self->data[offset + i];
  return length;
}

/* An element of unknown or excessive length ends with its parent. */
static gboolean
head_read_element (const Head *self, gsize offset, gsize end, Element *element)
{
  guint64 size;
  guint n = head_read_number (self, offset, TRUE, &element->id);
  guint m = n > 0 ? head_read_number (self, offset + n, FALSE, &size) : 0;

  if (m == 0)
    return FALSE;
  element->size_at = offset + n;
  element->begin = offset + n + m;
  if (element->begin > end)
    return FALSE;
  element->end = size > end - element->begin ? end : element->begin + size;
  return TRUE;
}

/* Shortens the name, whose length is one byte, by the size of the flag. */
static void
head_replace_name (Head *self, const Element *name)
{
  gsize flag = name->end - sizeof no_default;

  if (name->begin - name->size_at != 1 ||
      name->end - name->begin < SHORTEST_NAME + sizeof no_default)
    return;
  self->data[name->size_at] -= sizeof no_default;
  memcpy (self->data + flag, no_default, sizeof no_default);
}

static void
head_change_track (Head *self, gsize offset, gsize end)
{
  Element element;
  Element name = { 0 };

  for (; offset < end && head_read_element (self, offset, end, &element); offset = element.end)
    if (element.id == ID_FLAG_DEFAULT && element.end > element.begin) {
      memset (self->data + element.begin, 0, element.end - element.begin);
      return;
    } else if (element.id == ID_NAME) {
      name = element;
    }
  if (name.end > 0)
    head_replace_name (self, &name);
}

static void
head_change (Head *self, gsize offset, gsize end)
{
  Element element;

  for (; offset < end && head_read_element (self, offset, end, &element); offset = element.end)
    if (element.id == ID_SEGMENT || element.id == ID_TRACKS)
      head_change (self, element.begin, element.end);
    else if (element.id == ID_CLUSTER)
      return;
    else if (element.id == ID_TRACK_ENTRY && self->n_tracks++ >= self->first)
      head_change_track (self, element.begin, element.end);
}

gboolean
habla_matroska_flags_clear_default (const char *path, guint first, GError **error)
{
  g_autofree guint8 *data = g_malloc (HEAD);
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gssize length = fd >= 0 ? pread (fd, data, HEAD, 0) : -1;
  gboolean done = FALSE;

  if (length >= 0) {
    Head head = { data, length, first, 0 };

    head_change (&head, 0, length);
    done = pwrite (fd, data, length, 0) == length;
  }
  if (!done)
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_IO, "%s could not be finished: %s", path,
        g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return done;
}
