/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/decoder.h>

G_BEGIN_DECLS

/**
 * Container:
 * @name: of the container and codec
 * @launch: encoders and muxer, from raw audio to bytes
 * @factory: of an element that may not be installed
 * @continues: a client can go on in its middle after a reconnect
 */
typedef struct {
  const char *name;
  const char *launch;
  const char *factory;
  gboolean continues;
} Container;

/* What browsers record, and files that people send. */
extern const Container containers[];
extern const guint n_containers;

/* @source: (nullable): launch line of raw audio in the place of three seconds of sound.
 * Returns: (transfer full): a recording; %NULL if an encoder is not installed: then the test
 *   is skipped */
GBytes *container_record (const Container *container, const char *source);
/* Returns: (transfer full): the samples that GStreamer's own decodebin makes of it */
GByteArray *container_decode (GBytes *recording);

/* A decoder whose samples are read. */
typedef struct {
  HablaDecoder *decoder;
  GByteArray *samples;
  GByteArray *stream;
  int output; /* -1 = at its end */
  guint output_source;
  gboolean is_finished;
  GError *error; /* of `finished` */
} Run;

Run *run_new (GBytes *header, gboolean wants_stream);
void run_free (Run *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)
/* @piece: bytes in one chunk */
void run_push (Run *self, GBytes *bytes, gsize from, gsize to, gsize piece);
/* Reads samples no longer, or again. */
void run_pause (Run *self);
void run_resume (Run *self);
/* Ends the input and waits until all is over; no child is left but the spare. */
void run_end (Run *self);
void run_wait_finished (Run *self);

/* Iterates the main context until @condition holds; fails the test after a while. */
#define wait_until(condition) \
  G_STMT_START \
  { \
    gint64 wait_deadline_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > wait_deadline_) \
        g_error ("%s:%d: in vain: %s", __FILE__, __LINE__, #condition); \
      iterate (); \
    } \
  } \
  G_STMT_END
void iterate (void);

G_END_DECLS
