/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <decoder/decoder.h>

G_BEGIN_DECLS

/**
 * Container:
 * @name: name of the container and codec
 * @launch: launch line of encoders and muxer, from raw audio to bytes
 * @factory: factory of an element that may not be installed
 * @continues: whether a client can continue a recording without its header after a reconnect
 */
typedef struct {
  const char *name;
  const char *launch;
  const char *factory;
  gboolean continues;
} Container;

/* Formats that browsers record, and formats of files. */
extern const Container containers[];
extern const guint n_containers;

/**
 * container_record:
 * @source: (nullable): launch line of raw audio; %NULL = three seconds of noise
 *
 * Encodes a recording. Skips the test if an encoder is not installed.
 *
 * Returns: (transfer full) (nullable): the recording; %NULL = not installed
 */
GBytes *container_record (const Container *container, const char *source);
/**
 * container_decode:
 *
 * Decodes a recording in this process with decodebin.
 *
 * Returns: (transfer full): the samples
 */
GByteArray *container_decode (GBytes *recording);

/**
 * Run:
 *
 * A decoder whose output is read.
 */
typedef struct {
  HablaDecoder *decoder;
  GByteArray *samples;
  GByteArray *stream;
  int output; /* -1 = end of file */
  guint output_source;
  gboolean is_finished;
  GError *error; /* of the signal `finished` */
} Run;

/**
 * run_new:
 * @header: (nullable): header of a recording that is continued
 * @wants_stream: whether the decoder returns the stream to be recorded
 *
 * Returns: (transfer full): a run with a new decoder
 */
Run *run_new (GBytes *header, gboolean wants_stream);
/**
 * run_free:
 *
 * Releases the decoder, which aborts it.
 */
void run_free (Run *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)
/**
 * run_push:
 * @chunk_size: in bytes
 *
 * Pushes the bytes from @from to @to of @bytes in chunks.
 */
void run_push (Run *self, GBytes *bytes, gsize from, gsize to, gsize chunk_size);
/**
 * run_pause:
 *
 * Stops reading samples.
 */
void run_pause (Run *self);

/**
 * run_resume:
 *
 * Reads samples again.
 */
void run_resume (Run *self);
/**
 * run_end:
 *
 * Ends the input, and calls run_wait_finished().
 */
void run_end (Run *self);
/**
 * run_wait_finished:
 *
 * Waits for the signal `finished` and the end of the samples, and asserts that no input is pending.
 */
void run_wait_finished (Run *self);

/* Runs the default main context until @condition holds; the test fails after 60 s. */
#define wait_until(condition) \
  G_STMT_START \
  { \
    gint64 wait_deadline_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > wait_deadline_) \
        g_error ("%s:%d: timed out: %s", __FILE__, __LINE__, #condition); \
      iterate (); \
    } \
  } \
  G_STMT_END
/**
 * iterate:
 *
 * Runs one iteration of the default main context; blocks for 50 ms at most.
 */
void iterate (void);

G_END_DECLS
