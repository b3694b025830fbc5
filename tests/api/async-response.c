/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work for a request whose client does not wait for it. */
#include "habla-test.h"
#include "test-api.h"

#include <recording/corrections.h>

#define DEADLINE (30 * G_TIME_SPAN_SECOND)
#define REQUEST "GET /api/corrections/stats HTTP/1.1\r\nHost: localhost\r\n\r\n"

static int has_begun;     /* atomic */
static int was_cancelled; /* atomic */
static int may_end;       /* atomic */

/* Replaces the function that reads files: runs until it is cancelled or may_end is set. */
void
habla_corrections_count (const char *root, GCancellable *cancellable, HablaCorrections *corrections)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

  *corrections = (HablaCorrections){ .n_recordings = 5 };
  g_atomic_int_set (&has_begun, TRUE);
  while (!g_atomic_int_get (&may_end) && !g_cancellable_is_cancelled (cancellable) &&
         g_get_monotonic_time () < deadline)
    g_usleep (1000);
  g_atomic_int_set (&was_cancelled, g_cancellable_is_cancelled (cancellable));
}

static void
wait_until_set (int *flag)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

  while (!g_atomic_int_get (flag)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (1000);
  }
}

static void
set_up (TestServer **test)
{
  has_begun = was_cancelled = may_end = FALSE;
  *test = test_api_new ();
  test_server_start (*test);
}

static void
leave (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);

  test_send (connection, REQUEST);
  wait_until_set (&has_begun);
  g_assert_true (g_io_stream_close (G_IO_STREAM (connection), NULL, NULL));
  wait_until_set (&was_cancelled);
}

static void
test_gone (void)
{
  TestServer *test;

  set_up (&test);
  test_server_run (test, leave, NULL);
  test_server_free (test);
}

/* Waits longer than the server takes to notice that a client has gone. */
static void
stay (TestServer *test, gpointer data)
{
  g_autoptr (GSocketConnection) connection = test_connect (test);
  g_autofree char *response = NULL;

  test_send (connection, REQUEST);
  wait_until_set (&has_begun);
  g_usleep (1200 * 1000);
  g_atomic_int_set (&may_end, TRUE);
  response = test_read_response (connection);
  g_assert_cmpuint (test_get_status (response), ==, 200);
  g_assert_nonnull (g_strstr_len (test_get_body (response), -1, "\"recordings_with_gt\":5"));
  g_assert_false (g_atomic_int_get (&was_cancelled));
}

static void
test_waits (void)
{
  TestServer *test;

  set_up (&test);
  test_server_run (test, stay, NULL);
  test_server_free (test);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/async-response/gone", test_gone);
  g_test_add_func ("/async-response/waits", test_waits);
  return habla_test_run ();
}
