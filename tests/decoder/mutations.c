/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recordings of each container with random damage: the child may fail in any way, but this process
 * survives, each run finishes in time, and all children exit.
 *
 * HABLA_TEST_STREAMS is the number of streams, and HABLA_TEST_FIRST_STREAM the number of the first
 * one. The number of a stream is its random seed, so that each stream can be reproduced. */
#include "decoder-fixture.h"
#include "habla-test.h"

#include <decoder/decoder-private.h>
#include <habla/error.h>
#include <stdlib.h>
#include <string.h>

/* Each takes 12 ms of CPU time, mostly to start the child. The nightly test has 20,000. */
#define N_STREAMS 500
#define N_STREAMS_IN_LANE 250
/* Timeout of a child that spins, in milliseconds. */
#define TIMEOUT 1000
/* Maximum time from the first byte to `finished`, in microseconds, on a loaded machine. */
#define DEADLINE (30 * G_USEC_PER_SEC)

#define SOURCE \
  "audiotestsrc num-buffers=10 samplesperbuffer=4800 wave=pink-noise volume=0.2 ! " \
  "audio/x-raw,rate=48000,channels=1"

typedef struct {
  Run *run;
  guint number;
  gint64 started;
} Stream;

typedef struct {
  GPtrArray *seeds; /* of GBytes */
  guint next;
  guint end;
  guint n_decoded;
  guint n_refused;
  guint n_crashed;
  guint n_stuck;
} Mutations;

/* Half of the damage is in the header. */
static guint
choose_place (GRand *random, guint size)
{
  return g_rand_int_range (random, 0, g_rand_boolean (random) ? MIN (size, 600) : size);
}

static void
mutate (GByteArray *bytes, GRand *random)
{
  guint at = choose_place (random, bytes->len);
  guint length = g_rand_int_range (random, 1, 200), n = MIN (length, bytes->len - at);
  g_autofree guint8 *copy = g_memdup2 (bytes->data + at, n);

  switch (g_rand_int_range (random, 0, 7)) {
  case 0:
  case 1:
    bytes->data[at] ^= 1 << g_rand_int_range (random, 0, 8);
    break;
  case 2:
    bytes->data[at] = g_rand_int_range (random, 0, 256);
    break;
  case 3:
    memset (bytes->data + at, g_rand_boolean (random) ? 0xff : 0, MIN (n, 8));
    break;
  case 4:
    g_byte_array_remove_range (bytes, at, n);
    break;
  case 5:
    /* Duplicate a part, or copy it to another place. */
    at = choose_place (random, bytes->len);
    g_byte_array_set_size (bytes, bytes->len + n);
    memmove (bytes->data + at + n, bytes->data + at, bytes->len - n - at);
    memcpy (bytes->data + at, copy, n);
    break;
  default:
    /* Truncate. */
    if (at > 100 && g_rand_int_range (random, 0, 4) == 0)
      g_byte_array_set_size (bytes, at);
  }
}

static void
stream_start (Mutations *self, Stream *stream)
{
  static const gsize chunk_sizes[] = { 37, 500, 4000, G_MAXSIZE / 2 };
  GBytes *seed = self->seeds->pdata[self->next % self->seeds->len];
  gsize chunk_size = chunk_sizes[self->next / self->seeds->len % G_N_ELEMENTS (chunk_sizes)];
  g_autoptr (GRand) random = g_rand_new_with_seed (self->next);
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GBytes) recording = NULL;

  g_byte_array_append (bytes, g_bytes_get_data (seed, NULL), g_bytes_get_size (seed));
  for (int n = g_rand_int_range (random, 1, 9); n > 0 && bytes->len > 0; n--)
    mutate (bytes, random);
  recording = g_byte_array_free_to_bytes (bytes);
  stream->number = self->next++;
  stream->started = g_get_monotonic_time ();
  stream->run = run_new (NULL, TRUE);
  run_push (stream->run, recording, 0, g_bytes_get_size (recording), chunk_size);
  habla_decoder_end (stream->run->decoder);
}

static void
count_outcome (Mutations *self, Stream *stream)
{
  const GError *error = stream->run->error;

  if (error == NULL) {
    self->n_decoded++;
    return;
  }
  if (!g_error_matches (error, HABLA_ERROR, HABLA_ERROR_INPUT))
    g_error ("stream %u: %s", stream->number, error->message);
  if (strstr (error->message, "come to an end") != NULL) {
    g_test_message ("stream %u is stuck", stream->number);
    self->n_stuck++;
  } else if (strstr (error->message, "crashed") != NULL ||
             strstr (error->message, "processor time") != NULL) {
    g_test_message ("stream %u: %s", stream->number, error->message);
    self->n_crashed++;
  } else {
    self->n_refused++;
  }
}

static void
stream_check (Mutations *self, Stream *stream)
{
  if (stream->run == NULL) {
    if (self->next < self->end)
      stream_start (self, stream);
  } else if (stream->run->is_finished && stream->run->output < 0) {
    count_outcome (self, stream);
    g_clear_pointer (&stream->run, run_free);
    stream_check (self, stream);
  } else if (g_get_monotonic_time () - stream->started > DEADLINE) {
    g_error ("stream %u did not finish", stream->number);
  }
}

static void
test_mutations (void)
{
  const char *n_streams = g_getenv ("HABLA_TEST_STREAMS");
  const char *first = g_getenv ("HABLA_TEST_FIRST_STREAM");
  g_autoptr (GPtrArray) seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  Mutations self = { .seeds = seeds };
  guint n_default = g_getenv ("HABLA_TEST_LANE") == NULL ? N_STREAMS : N_STREAMS_IN_LANE;
  guint n_parallel = g_get_num_processors () + 1, n_running = 0;
  g_autofree Stream *streams = g_new0 (Stream, n_parallel);

  self.next = first != NULL ? (guint) strtoul (first, NULL, 10) : 0;
  self.end = self.next + (n_streams != NULL ? (guint) strtoul (n_streams, NULL, 10) : n_default);
  for (guint i = 0; i < n_containers; i++) {
    GBytes *seed = container_record (&containers[i], SOURCE);

    if (seed != NULL)
      g_ptr_array_add (seeds, seed);
  }
  habla_decoder_set_timeout (TIMEOUT);
  habla_decoder_keep_spare ();
  do {
    n_running = 0;
    for (guint i = 0; i < n_parallel; i++) {
      stream_check (&self, &streams[i]);
      n_running += streams[i].run != NULL;
    }
    if (n_running > 0)
      iterate ();
  } while (n_running > 0);
  habla_decoder_drop_spare ();
  wait_until (habla_decoder_count () == 0);
  g_test_message ("%u decoded, %u refused, %u crashed, %u stuck", self.n_decoded, self.n_refused,
      self.n_crashed, self.n_stuck);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/decoder/mutations", test_mutations);
  return habla_test_run ();
}
