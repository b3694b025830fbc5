/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/audio-format.h"
#include "session/audio-format-private.h"

#include <string.h>

/* A header that is larger is passed on, but not kept. */
#define MAX_HEADER HABLA_AUDIO_MAX_EDIT
#define MAX_PADDING (1024 * 1024)

typedef enum {
  BEGINNING, /* nothing is known */
  SEARCHING, /* for something that audio can go on with */
  WALKING,   /* from unit to unit */
  PASSING,   /* all, as it comes */
} State;

struct _HablaAudioParser {
  State state;
  HablaAudioFormat format;
  GBytes *kept;
  gboolean goes_on; /* it is no whole recording */
  gboolean lacks_header;
  guint64 discarded;

  GByteArray *pending; /* what more is needed of, to know what it is */
  guint64 remaining;   /* of a unit, to be passed on unread */
  GByteArray *out;     /* what habla_audio_parser_push() will give out */
  GByteArray *header;  /* (nullable): too large to be kept */
  gboolean header_ended;
  HablaAudioTimes times;
};

static const HablaAudioFormatClass *const classes[] = {
  [HABLA_AUDIO_WEBM] = &habla_audio_webm,
  [HABLA_AUDIO_MP4] = &habla_audio_mp4,
  [HABLA_AUDIO_OGG] = &habla_audio_ogg,
};

/**
 * habla_audio_parser_new:
 * @header: (nullable): of the recording, if it goes on
 *
 * Returns: (transfer full): a parser that knows nothing else yet
 */
HablaAudioParser *
habla_audio_parser_new (GBytes *header)
{
  HablaAudioParser *self = g_new0 (HablaAudioParser, 1);

  self->kept = header != NULL ? g_bytes_ref (header) : NULL;
  self->pending = g_byte_array_new ();
  self->out = g_byte_array_new ();
  self->header = g_byte_array_new ();
  return self;
}

/**
 * habla_audio_parser_free:
 * @self: (transfer full): with what it has not given out
 */
void
habla_audio_parser_free (HablaAudioParser *self)
{
  g_clear_pointer (&self->kept, g_bytes_unref);
  g_byte_array_unref (self->pending);
  g_byte_array_unref (self->out);
  g_clear_pointer (&self->header, g_byte_array_unref);
  g_free (self);
}

/* Which format's whole recording, or with @resumes its middle, begins here. */
static HablaAudioAnswer
find_format (const guint8 *data, gsize size, gboolean resumes, HablaAudioFormat *format)
{
  HablaAudioAnswer sum = HABLA_AUDIO_NO;

  for (guint i = HABLA_AUDIO_WEBM; i <= HABLA_AUDIO_OGG; i++) {
    HablaAudioAnswer answer =
        resumes ? classes[i]->resumes (data, size) : classes[i]->starts (data, size);

    if (answer == HABLA_AUDIO_YES) {
      *format = i;
      return answer;
    }
    if (answer == HABLA_AUDIO_MORE)
      sum = answer;
  }
  return sum;
}

static void
emit (HablaAudioParser *self, const guint8 *data, gsize size)
{
  g_byte_array_append (self->out, data, size);
  if (self->header_ended || self->header == NULL)
    return;
  if (self->header->len + size <= MAX_HEADER)
    g_byte_array_append (self->header, data, size);
  else
    g_clear_pointer (&self->header, g_byte_array_unref);
}

/* Once, when the first unit of a recording that goes on is found at @data. */
static void
begin (HablaAudioParser *self, const guint8 *data, gsize size)
{
  const HablaAudioFormatClass *class = classes[self->format];
  HablaAudioFormat kept = HABLA_AUDIO_UNKNOWN;
  gsize kept_size = 0;
  const guint8 *kept_data = self->kept != NULL ? g_bytes_get_data (self->kept, &kept_size) : NULL;

  /* What there was of a header, if it was damaged. */
  g_clear_pointer (&self->header, g_byte_array_unref);
  self->header = g_byte_array_new ();
  if (kept_data != NULL)
    find_format (kept_data, kept_size, FALSE, &kept);
  if (kept == self->format)
    emit (self, kept_data, kept_size);
  else if (class->make_header != NULL) {
    g_autoptr (GByteArray) header = g_byte_array_new ();

    class->make_header (data, size, header);
    emit (self, header->data, header->len);
  } else {
    self->lacks_header = TRUE;
    return;
  }
  self->header_ended = TRUE;
  if (class->begin != NULL)
    class->begin (&self->times, data, size, self->out);
}

static HablaAudioAnswer
starts_file (const guint8 *data, gsize size)
{
  static const char *const magics[] = { "RIFF", "fLaC", "ID3" };
  HablaAudioAnswer sum = HABLA_AUDIO_NO;

  for (guint i = 0; i < G_N_ELEMENTS (magics); i++) {
    gsize length = strlen (magics[i]);

    if (memcmp (data, magics[i], MIN (length, size)) != 0)
      continue;
    if (size >= length)
      return HABLA_AUDIO_YES;
    sum = HABLA_AUDIO_MORE;
  }
  return sum;
}

/* Each of these looks at the beginning of what is pending, and returns how many bytes are
 * dealt with: 0 when it needs more, or has only changed the state. */
static gsize
look_at_beginning (HablaAudioParser *self, const guint8 *data, gsize size)
{
  HablaAudioAnswer answer = find_format (data, size, FALSE, &self->format);

  HablaAudioAnswer file = starts_file (data, size);

  if (answer == HABLA_AUDIO_YES) {
    self->state = WALKING;
  } else if (file == HABLA_AUDIO_YES) {
    self->format = HABLA_AUDIO_FILE;
    self->state = PASSING;
  } else if (answer == HABLA_AUDIO_NO && file == HABLA_AUDIO_NO) {
    self->state = SEARCHING;
    self->goes_on = TRUE;
  }
  return 0;
}

static gsize
search (HablaAudioParser *self, const guint8 *data, gsize size)
{
  gsize at = 0;

  for (; at < size; at++) {
    HablaAudioAnswer answer = self->format == HABLA_AUDIO_UNKNOWN
                                  ? find_format (data + at, size - at, TRUE, &self->format)
                                  : classes[self->format]->resumes (data + at, size - at);

    if (answer == HABLA_AUDIO_MORE)
      break;
    if (answer == HABLA_AUDIO_YES) {
      self->state = WALKING;
      if (!self->header_ended)
        begin (self, data + at, size - at);
      break;
    }
  }
  self->discarded += at;
  return at;
}

static gsize
walk (HablaAudioParser *self, guint8 *data, gsize size)
{
  const HablaAudioFormatClass *class = classes[self->format];
  HablaAudioUnit unit = { 0 };
  HablaAudioAnswer answer = class->read (data, size, &unit);

  if (answer == HABLA_AUDIO_NO)
    self->state = SEARCHING;
  if (answer != HABLA_AUDIO_YES)
    return 0;
  if (self->goes_on && unit.edit > 0) {
    if (size < unit.edit)
      return 0;
    class->edit (&self->times, data, unit.edit);
  }
  if (unit.is_media)
    self->header_ended = TRUE;
  self->remaining = unit.size;
  /* What was edited must not be looked at again when it is cut. */
  size = MIN (MAX (unit.edit, 1), size);
  emit (self, data, size);
  self->remaining -= size;
  return size;
}

static gsize
step (HablaAudioParser *self, guint8 *data, gsize size)
{
  gsize n = MIN (self->remaining, size);

  if (self->lacks_header) {
    self->discarded += size;
    return size;
  }
  if (n > 0) {
    emit (self, data, n);
    self->remaining -= n;
    return n;
  }
  switch (self->state) {
  case BEGINNING:
    return look_at_beginning (self, data, size);
  case SEARCHING:
    return search (self, data, size);
  case WALKING:
    return walk (self, data, size);
  case PASSING:
    emit (self, data, size);
    return size;
  }
  g_assert_not_reached ();
}

/**
 * habla_audio_parser_push:
 * @self: a parser
 * @data: the recording's next bytes
 * @size: how many
 *
 * Returns: (transfer full) (nullable): the next bytes for a demuxer, if there are any
 */
GBytes *
habla_audio_parser_push (HablaAudioParser *self, const guint8 *data, gsize size)
{
  GByteArray *out;
  gsize done = 0;

  g_byte_array_append (self->pending, data, size);
  while (done < self->pending->len) {
    State state = self->state;
    gsize n = step (self, self->pending->data + done, self->pending->len - done);

    done += n;
    if (n == 0 && self->state == state)
      break;
  }
  if (done > 0) {
    /* A new array, as large as it has to be. */
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

/**
 * habla_audio_parser_interrupt:
 * @self: a parser
 *
 * The next bytes do not follow the last ones: what of these is not whole is left out, and
 * audio goes on where it can.
 */
void
habla_audio_parser_interrupt (HablaAudioParser *self)
{
  gsize missing = MIN (self->remaining, MAX_PADDING);
  gsize size = self->out->len;

  self->discarded += self->pending->len;
  g_byte_array_set_size (self->pending, 0);
  /* The demuxer waits for the end of this unit, and would take the next for it. */
  if (missing > 0) {
    g_byte_array_set_size (self->out, size + missing);
    memset (self->out->data + size, 0, missing);
  }
  self->remaining = 0;
  if (self->state == WALKING)
    self->state = SEARCHING;
}

/**
 * habla_audio_parser_get_format:
 * @self: a parser
 *
 * Returns: the container; unknown before enough of it came
 */
HablaAudioFormat
habla_audio_parser_get_format (HablaAudioParser *self)
{
  return self->format;
}

/**
 * habla_audio_parser_get_header:
 * @self: a parser
 *
 * Returns: (transfer full) (nullable): what was passed on before the first audio
 */
GBytes *
habla_audio_parser_get_header (HablaAudioParser *self)
{
  if (!self->header_ended || self->header == NULL)
    return NULL;
  return g_bytes_new (self->header->data, self->header->len);
}

/**
 * habla_audio_parser_lacks_header:
 * @self: a parser
 *
 * Returns: whether all that comes is left out, since nobody can decode it
 */
gboolean
habla_audio_parser_lacks_header (HablaAudioParser *self)
{
  return self->lacks_header;
}

/**
 * habla_audio_parser_get_discarded:
 * @self: a parser
 *
 * Returns: how many bytes were left out
 */
guint64
habla_audio_parser_get_discarded (HablaAudioParser *self)
{
  return self->discarded;
}
