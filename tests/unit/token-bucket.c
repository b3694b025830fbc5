/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <util/token-bucket.h>

#define SECOND G_USEC_PER_SEC

static void
test_take (void)
{
  HablaTokenBucket bucket;

  habla_token_bucket_init (&bucket, 10, 5, SECOND);
  g_assert_true (habla_token_bucket_is_full (&bucket, SECOND));
  for (guint i = 0; i < 5; i++)
    g_assert_true (habla_token_bucket_take (&bucket, SECOND));
  g_assert_false (habla_token_bucket_take (&bucket, SECOND));
  g_assert_false (habla_token_bucket_take (&bucket, SECOND + SECOND / 20));
  g_assert_true (habla_token_bucket_take (&bucket, SECOND + SECOND / 10));
  g_assert_false (habla_token_bucket_is_full (&bucket, SECOND + SECOND / 10));
  /* It never holds more than its burst. */
  g_assert_true (habla_token_bucket_is_full (&bucket, 100 * SECOND));
  for (guint i = 0; i < 5; i++)
    g_assert_true (habla_token_bucket_take (&bucket, 100 * SECOND));
  g_assert_false (habla_token_bucket_take (&bucket, 100 * SECOND));
}

static void
test_debt (void)
{
  HablaTokenBucket bucket;
  gint64 wait;

  habla_token_bucket_init (&bucket, 100, 10, 0);
  g_assert_cmpint (habla_token_bucket_get_wait (&bucket, 0), ==, 0);
  habla_token_bucket_charge (&bucket, 110, 0);
  wait = habla_token_bucket_get_wait (&bucket, 0);
  g_assert_cmpint (wait, >, SECOND);
  g_assert_cmpint (wait, <, SECOND + SECOND / 50);
  g_assert_false (habla_token_bucket_take (&bucket, wait / 2));
  g_assert_cmpint (habla_token_bucket_get_wait (&bucket, wait), ==, 0);
  g_assert_true (habla_token_bucket_take (&bucket, wait));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-bucket/take", test_take);
  g_test_add_func ("/token-bucket/debt", test_debt);
  return g_test_run ();
}
