/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "media/container-parser.h"
#include "media/container-format.h"

#include <string.h>

/* Larger headers are passed on but not kept. */
#define MAX_HEADER HABLA_CONTAINER_MAX_EDIT
#define MAX_PADDING (1024 * 1024)
/* Units at the begin of a chunk that are compared with the recording. */
#define COMPARED_UNITS 4
/* After so many foreign chunks in a row, the recorder has jumped in time, or the other one is left.
 */
#define MAX_FOREIGN 8

typedef enum {
  BEGINNING, /* the container is unknown */
  SEARCHING, /* for a unit where audio can continue */
  WALKING,   /* from unit to unit */
  PASSING,   /* everything, unread */
  REFUSING,  /* everything: the header is damaged or missing */
} State;

struct _HablaContainerParser {
  State state;
  HablaContainer container;
  GBytes *kept;          /* (nullable): header of an earlier part */
  gboolean is_continued; /* the recording did not begin here */
  gboolean is_damaged;
  gboolean has_rival;
  guint n_foreign; /* chunks in a row that were taken for those of the other recorder */
  guint64 discarded;

  GByteArray *pending; /* input that is not parsed yet */
  guint64 remaining;   /* bytes of a unit to be passed on unread */
  GByteArray *out;     /* what habla_container_parser_push() will return */
  GByteArray *header;  /* (nullable): %NULL = too large */
  gboolean header_ended;
  HablaContainerTimes times;
};

static const HablaContainerFormat *const formats[] = {
  [HABLA_CONTAINER_WEBM] = &habla_container_webm,
  [HABLA_CONTAINER_MP4] = &habla_container_mp4,
  [HABLA_CONTAINER_OGG] = &habla_container_ogg,
};

HablaContainerParser *
habla_container_parser_new (GBytes *header)
{
  HablaContainerParser *self = g_new0 (HablaContainerParser, 1);

  self->kept = header != NULL ? g_bytes_ref (header) : NULL;
  self->pending = g_byte_array_new ();
  self->out = g_byte_array_new ();
  self->header = g_byte_array_new ();
  return self;
}

void
habla_container_parser_free (HablaContainerParser *self)
{
  g_clear_pointer (&self->kept, g_bytes_unref);
  g_byte_array_unref (self->pending);
  g_byte_array_unref (self->out);
  g_clear_pointer (&self->header, g_byte_array_unref);
  g_free (self);
}

/* Finds the format of a recording that starts at @data, or with @resumes continues there. */
static HablaContainerAnswer
parser_find_format (const guint8 *data, gsize size, gboolean resumes, HablaContainer *container)
{
  HablaContainerAnswer result = HABLA_CONTAINER_NO;

  for (guint i = HABLA_CONTAINER_WEBM; i <= HABLA_CONTAINER_OGG; i++) {
    HablaContainerAnswer answer =
        resumes ? formats[i]->resumes (data, size) : formats[i]->starts (data, size);

    if (answer == HABLA_CONTAINER_YES) {
      *container = i;
      return answer;
    }
    if (answer == HABLA_CONTAINER_MORE)
      result = answer;
  }
  return result;
}

static void
parser_emit (HablaContainerParser *self, const guint8 *data, gsize size)
{
  g_byte_array_append (self->out, data, size);
  if (self->header_ended || self->header == NULL)
    return;
  if (self->header->len + size <= MAX_HEADER)
    g_byte_array_append (self->header, data, size);
  else
    g_clear_pointer (&self->header, g_byte_array_unref);
}

static void
parser_end_header (HablaContainerParser *self)
{
  if (self->header_ended)
    return;
  self->header_ended = TRUE;
  if (self->header != NULL && self->header->len == 0)
    g_clear_pointer (&self->header, g_byte_array_unref);
}

/* Emits the kept header if it belongs to this container. */
static gboolean
parser_emit_kept_header (HablaContainerParser *self)
{
  HablaContainer kept = HABLA_CONTAINER_UNKNOWN;
  const guint8 *data;
  gsize size;

  if (self->kept == NULL)
    return FALSE;
  data = g_bytes_get_data (self->kept, &size);
  parser_find_format (data, size, FALSE, &kept);
  if (kept != self->container)
    return FALSE;
  parser_emit (self, data, size);
  return TRUE;
}

/* Called once, with the first unit of a continued recording at @data. */
static void
parser_begin_continued (HablaContainerParser *self, const guint8 *data, gsize size)
{
  const HablaContainerFormat *format = formats[self->container];

  if (!parser_emit_kept_header (self)) {
    g_autoptr (GByteArray) header = g_byte_array_new ();

    if (format->make_header == NULL) {
      self->state = REFUSING;
      return;
    }
    format->make_header (data, size, header);
    parser_emit (self, header->data, header->len);
  }
  parser_end_header (self);
  if (format->begin != NULL)
    format->begin (&self->times, data, size, self->out);
}

/* Resynchronises. A recording whose own header is incomplete cannot be repaired, because the
 * demuxer has received a part of that header. */
static void
parser_lose_units (HablaContainerParser *self)
{
  self->is_damaged = !self->is_continued && !self->header_ended;
  self->state = self->is_damaged ? REFUSING : SEARCHING;
}

/* Each of these parses the beginning of the pending bytes and returns the number of bytes consumed:
 * 0 if it needs more or has only changed the state. */
static gsize
parser_look_at_beginning (HablaContainerParser *self, const guint8 *data, gsize size)
{
  HablaContainerAnswer answer = parser_find_format (data, size, FALSE, &self->container);
  HablaContainerAnswer file = HABLA_CONTAINER_NO;

  /* A container may begin with the bytes of a file, such as "ID3" as the size of an MP4 box. */
  if (answer == HABLA_CONTAINER_NO)
    file = habla_container_find_file (data, size, &self->container);
  if (answer == HABLA_CONTAINER_YES) {
    self->state = WALKING;
  } else if (file == HABLA_CONTAINER_YES) {
    self->state = PASSING;
  } else if (answer == HABLA_CONTAINER_NO && file == HABLA_CONTAINER_NO) {
    self->state = SEARCHING;
    self->is_continued = TRUE;
  }
  return 0;
}

static gsize
parser_search (HablaContainerParser *self, const guint8 *data, gsize size)
{
  gsize at = 0;

  for (; at < size; at++) {
    HablaContainerAnswer answer =
        self->container == HABLA_CONTAINER_UNKNOWN
            ? parser_find_format (data + at, size - at, TRUE, &self->container)
            : formats[self->container]->resumes (data + at, size - at);

    if (answer == HABLA_CONTAINER_MORE)
      break;
    if (answer == HABLA_CONTAINER_YES) {
      self->state = WALKING;
      if (!self->header_ended)
        parser_begin_continued (self, data + at, size - at);
      break;
    }
  }
  self->discarded += at;
  return at;
}

/* Returns: whether units are compared with those of another recorder */
static gboolean
parser_compares (const HablaContainerParser *self)
{
  return self->has_rival && formats[self->container] != NULL &&
         formats[self->container]->follows != NULL;
}

static gsize
parser_walk (HablaContainerParser *self, guint8 *data, gsize size)
{
  const HablaContainerFormat *format = formats[self->container];
  HablaContainerUnit unit = { 0 };
  HablaContainerAnswer answer = format->read (data, size, &unit);

  if (answer == HABLA_CONTAINER_NO)
    parser_lose_units (self);
  if (answer != HABLA_CONTAINER_YES)
    return 0;
  if (size < unit.edit && (self->is_continued || parser_compares (self)))
    return 0;
  if (self->is_continued && unit.edit > 0 && format->edit != NULL)
    format->edit (&self->times, data, unit.edit);
  if (unit.is_media)
    parser_end_header (self);
  if (unit.edit > 0 && parser_compares (self))
    format->follows (&self->times, data, unit.edit);
  self->remaining = unit.size;
  /* Edited bytes must not be parsed again. */
  size = MIN (MAX (unit.edit, 1), size);
  parser_emit (self, data, size);
  self->remaining -= size;
  return size;
}

static gsize
parser_step (HablaContainerParser *self, guint8 *data, gsize size)
{
  gsize n = MIN (self->remaining, size);

  if (n > 0) {
    parser_emit (self, data, n);
    self->remaining -= n;
    return n;
  }
  switch (self->state) {
  case BEGINNING:
    return parser_look_at_beginning (self, data, size);
  case SEARCHING:
    return parser_search (self, data, size);
  case WALKING:
    return parser_walk (self, data, size);
  case PASSING:
    parser_emit (self, data, size);
    return size;
  case REFUSING:
    self->discarded += size;
    return size;
  }
  g_assert_not_reached ();
}

/* Returns: whether a unit begins in the first @size bytes of @chunk */
static gboolean
has_unit (const HablaContainerFormat *format, const GByteArray *chunk, guint64 size)
{
  for (guint64 at = 0; at < MIN (size, chunk->len); at++)
    if (format->resumes (chunk->data + at, chunk->len - at) == HABLA_CONTAINER_YES)
      return TRUE;
  return FALSE;
}

/* Returns: whether the units of @chunk, a part of a chunk, continue the recording */
static gboolean
parser_continues (const HablaContainerParser *self, const GByteArray *chunk)
{
  const HablaContainerFormat *format = formats[self->container];
  HablaContainerTimes times = self->times;
  guint64 at = self->remaining;
  gboolean is_compared = at + HABLA_CONTAINER_LOOK > chunk->len;

  if (format->is_distinct && has_unit (format, chunk, self->remaining))
    return FALSE;
  for (guint i = 0; i < COMPARED_UNITS && at < chunk->len; i++) {
    HablaContainerUnit unit = { 0 };
    HablaContainerAnswer answer = format->read (chunk->data + at, chunk->len - at, &unit);

    if (answer == HABLA_CONTAINER_NO)
      return FALSE;
    if (answer == HABLA_CONTAINER_MORE || chunk->len - at < unit.edit)
      break;
    if (unit.edit > 0 && !format->follows (&times, chunk->data + at, chunk->len - at))
      return FALSE;
    is_compared |= unit.edit > 0;
    at += unit.size;
  }
  /* Chance may find an element of another kind in foreign bytes. */
  return is_compared || at == chunk->len;
}

static gboolean
parser_is_foreign (HablaContainerParser *self, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) chunk = NULL;

  if (self->state != WALKING || !parser_compares (self))
    return FALSE;
  chunk = g_byte_array_sized_new (self->pending->len + size);
  g_byte_array_append (chunk, self->pending->data, self->pending->len);
  g_byte_array_append (chunk, data, size);
  if (parser_continues (self, chunk) || ++self->n_foreign > MAX_FOREIGN) {
    self->n_foreign = 0;
    return FALSE;
  }
  return TRUE;
}

void
habla_container_parser_expect_rival (HablaContainerParser *self)
{
  self->has_rival = TRUE;
}

GBytes *
habla_container_parser_push (HablaContainerParser *self, const guint8 *data, gsize size)
{
  GByteArray *out;
  gsize done = 0;

  if (parser_is_foreign (self, data, size)) {
    self->discarded += size;
    return NULL;
  }
  g_byte_array_append (self->pending, data, size);
  while (done < self->pending->len) {
    State state = self->state;
    gsize n = parser_step (self, self->pending->data + done, self->pending->len - done);

    done += n;
    if (n == 0 && self->state == state)
      break;
  }
  if (done > 0) {
    /* A new array, to release memory. */
    GByteArray *rest = g_byte_array_new ();

    g_byte_array_append (rest, self->pending->data + done, self->pending->len - done);
    g_byte_array_unref (self->pending);
    self->pending = rest;
  }

  if (self->out->len == 0)
    return NULL;
  out = self->out;
  self->out = g_byte_array_new ();
  return g_byte_array_free_to_bytes (out);
}

void
habla_container_parser_interrupt (HablaContainerParser *self)
{
  gsize missing = MIN (self->remaining, MAX_PADDING);
  gsize size = self->out->len;

  self->discarded += self->pending->len;
  g_byte_array_set_size (self->pending, 0);
  /* Pad the incomplete unit: the demuxer would take the next unit for its rest. */
  if (missing > 0) {
    g_byte_array_set_size (self->out, size + missing);
    memset (self->out->data + size, 0, missing);
  }
  self->remaining = 0;
  if (self->state == WALKING)
    parser_lose_units (self);
}

HablaContainer
habla_container_parser_get_container (HablaContainerParser *self)
{
  return self->container;
}

GBytes *
habla_container_parser_get_header (HablaContainerParser *self)
{
  if (!self->header_ended || self->header == NULL)
    return NULL;
  return g_bytes_new (self->header->data, self->header->len);
}

gboolean
habla_container_parser_is_damaged (HablaContainerParser *self)
{
  return self->is_damaged;
}

guint64
habla_container_parser_get_discarded (HablaContainerParser *self)
{
  return self->discarded;
}
