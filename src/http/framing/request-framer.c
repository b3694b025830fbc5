/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/framing/request-framer.h"

#include <string.h>

/* libsoup reads these lines 128 bytes at a time, and takes that for a whole line. */
#define MAX_LINE 120
#define MAX_TRAILERS 32

typedef enum {
  AT_HEAD,
  IN_BODY,
  AT_CHUNK_SIZE,
  IN_CHUNK,
  AT_CHUNK_END,
  AT_TRAILER,
} State;

struct _HablaRequestFramer {
  GByteArray *held;
  gsize offset;      /* of the first byte in @held that was not handed out */
  gsize n_good;      /* bytes after @offset that may be handed out */
  gsize n_searched;  /* bytes after @offset in which the end was not found */
  guint64 remaining; /* of a body or a chunk */
  guint n_trailers;
  State state;
  HablaRequestError error;
};

HablaRequestFramer *
habla_request_framer_new (void)
{
  HablaRequestFramer *self = g_new0 (HablaRequestFramer, 1);

  self->held = g_byte_array_new ();
  return self;
}

void
habla_request_framer_free (HablaRequestFramer *self)
{
  g_byte_array_unref (self->held);
  g_free (self);
}

void *
habla_request_framer_reserve (HablaRequestFramer *self, gsize size)
{
  if (self->offset > 0)
    g_byte_array_remove_range (self->held, 0, self->offset);
  self->offset = 0;
  g_byte_array_set_size (self->held, self->held->len + size);
  return self->held->data + self->held->len - size;
}

void
habla_request_framer_put (HablaRequestFramer *self, gsize reserved, gsize n)
{
  g_byte_array_set_size (self->held, self->held->len - reserved + n);
}

gsize
habla_request_framer_get_held (HablaRequestFramer *self)
{
  return self->held->len - self->offset;
}

static void
fail (HablaRequestFramer *self, const char *detail)
{
  self->error = (HablaRequestError){ 400, detail };
}

static gboolean
advance_head (HablaRequestFramer *self)
{
  HablaRequestHead head;
  const char *text;
  gsize held, end;

  /* Empty lines before a request are allowed, but libsoup takes two of them for a request. */
  while (self->n_searched == 0 && habla_request_framer_get_held (self) > 0 &&
         strchr ("\r\n", self->held->data[self->offset]) != NULL &&
         self->held->data[self->offset] != '\0')
    self->offset++;
  text = (const char *) self->held->data + self->offset;
  held = habla_request_framer_get_held (self);
  end = habla_request_head_find_end (text, held, self->n_searched);
  self->n_searched = held;
  if (end == 0 || !habla_request_head_parse (text, end, &head, &self->error))
    return FALSE;
  self->n_good = end;
  self->n_trailers = 0;
  self->remaining = head.content_length;
  if (head.is_chunked)
    self->state = AT_CHUNK_SIZE;
  else if (head.content_length > 0)
    self->state = IN_BODY;
  return TRUE;
}

static void
take_trailer (HablaRequestFramer *self, const char *line, gsize length)
{
  if (line[0] == '\n' || (line[0] == '\r' && length == 2))
    self->state = AT_HEAD;
  else if (++self->n_trailers > MAX_TRAILERS)
    fail (self, "The request's body has too many trailers");
}

static void
take_chunk_size (HablaRequestFramer *self, const char *line, gsize length)
{
  if (habla_request_chunk_parse (line, length, &self->remaining, &self->error))
    self->state = self->remaining > 0 ? IN_CHUNK : AT_TRAILER;
}

static gboolean
advance_line (HablaRequestFramer *self)
{
  const char *text = (const char *) self->held->data + self->offset;
  gsize held = habla_request_framer_get_held (self);
  const char *end = held > 0 ? memchr (text, '\n', MIN (held, MAX_LINE)) : NULL;
  gsize length = end != NULL ? end + 1 - text : 0;

  self->n_searched = held;
  if (end == NULL) {
    if (held >= MAX_LINE)
      fail (self, "A line between the chunks of the request's body is too long");
    return FALSE;
  }
  if (self->state == AT_CHUNK_SIZE)
    take_chunk_size (self, text, length);
  else if (self->state == AT_TRAILER)
    take_trailer (self, text, length);
  else if (length == 1 || (length == 2 && text[0] == '\r'))
    self->state = AT_CHUNK_SIZE;
  else
    fail (self, "A chunk of the request's body is longer than its size");
  self->n_good = length;
  return self->error.status == 0;
}

/* Returns: whether something may be handed out */
static gboolean
advance (HablaRequestFramer *self)
{
  gsize held = habla_request_framer_get_held (self);

  if (self->error.status != 0)
    return FALSE;
  if (self->n_good > 0)
    return TRUE;
  if (self->remaining > 0)
    return held > 0;
  if (held == self->n_searched)
    return FALSE;
  return self->state == AT_HEAD ? advance_head (self) : advance_line (self);
}

static gsize
hand_out (HablaRequestFramer *self, void *buffer, gsize count)
{
  if (count == 0)
    return 0;
  memcpy (buffer, self->held->data + self->offset, count);
  self->offset += count;
  self->n_searched = 0;
  if (self->offset == self->held->len) {
    g_byte_array_set_size (self->held, 0);
    self->offset = 0;
  }
  return count;
}

gsize
habla_request_framer_take (HablaRequestFramer *self, void *buffer, gsize count)
{
  if (!advance (self))
    return 0;
  if (self->n_good > 0) {
    count = hand_out (self, buffer, MIN (count, self->n_good));
    self->n_good -= count;
    return count;
  }
  count = MIN (count, habla_request_framer_get_held (self));
  count = hand_out (self, buffer, MIN (count, self->remaining));
  habla_request_framer_skip_direct (self, count);
  return count;
}

gsize
habla_request_framer_take_raw (HablaRequestFramer *self, void *buffer, gsize count)
{
  return hand_out (self, buffer, MIN (count, habla_request_framer_get_held (self)));
}

guint64
habla_request_framer_get_direct (HablaRequestFramer *self)
{
  return habla_request_framer_get_held (self) == 0 ? self->remaining : 0;
}

void
habla_request_framer_skip_direct (HablaRequestFramer *self, gsize n)
{
  self->remaining -= n;
  if (self->remaining == 0)
    self->state = self->state == IN_CHUNK ? AT_CHUNK_END : AT_HEAD;
}

gboolean
habla_request_framer_is_ready (HablaRequestFramer *self)
{
  gsize held = habla_request_framer_get_held (self);

  return self->error.status != 0 || self->n_good > 0 ||
         (held > 0 && (self->remaining > 0 || held != self->n_searched));
}

const HablaRequestError *
habla_request_framer_get_error (HablaRequestFramer *self)
{
  return self->error.status != 0 ? &self->error : NULL;
}
