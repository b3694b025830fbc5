/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The child decodes each format to the same samples as decodebin. */
#include "decoder-fixture.h"
#include "habla-test.h"

/* Bytes of a sample, and of 4 ms of samples. */
#define SAMPLE 2
#define SLACK (HABLA_DECODER_RATE / 250 * SAMPLE)

static void
assert_same_samples (GByteArray *samples, GByteArray *expected)
{
  const gint16 *a = (const gint16 *) samples->data, *b = (const gint16 *) expected->data;

  guint difference = MAX (samples->len, expected->len) - MIN (samples->len, expected->len);

  /* With MP4, the last buffers of the resampler differ in length. */
  g_assert_cmpuint (difference, <=, SLACK);
  for (guint i = 0; i < MIN (samples->len, expected->len) / SAMPLE; i++)
    g_assert_cmpint (ABS (a[i] - b[i]), <=, 1);
}

static void
test_whole (gconstpointer user_data)
{
  const gsize chunk_sizes[] = { 37, 500, 4000, G_MAXSIZE / 2 };
  g_autoptr (GBytes) recording = container_record (user_data, NULL);
  g_autoptr (GByteArray) expected = NULL;

  if (recording == NULL)
    return;
  expected = container_decode (recording);
  g_assert_cmpuint (expected->len, >, 28 * HABLA_DECODER_RATE / 10 * SAMPLE);
  for (guint i = 0; i < G_N_ELEMENTS (chunk_sizes); i++) {
    g_autoptr (Run) run = run_new (NULL, TRUE);

    run_push (run, recording, 0, g_bytes_get_size (recording), chunk_sizes[i]);
    run_end (run);
    g_assert_no_error (run->error);
    assert_same_samples (run->samples, expected);
    g_assert_cmpmem (run->stream->data, run->stream->len, g_bytes_get_data (recording, NULL),
        g_bytes_get_size (recording));
  }
  wait_until (habla_decoder_count () == 0);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  for (guint i = 0; i < n_containers; i++) {
    g_autofree char *path = g_strdup_printf ("/decoder/whole/%s", containers[i].name);

    g_test_add_data_func (path, &containers[i], test_whole);
  }
  return habla_test_run ();
}
