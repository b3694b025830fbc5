/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <api/client-key.h>
#include <string.h>

static void
test_client_key (void)
{
  g_autofree char *key = habla_client_key_new ();
  g_autofree char *other = habla_client_key_new ();
  g_autofree char *longest = g_strnfill (64, 'k');
  g_autofree char *too_long = g_strnfill (65, 'k');

  g_assert_cmpuint (strlen (key), ==, 32);
  g_assert_cmpstr (key, !=, other);
  g_assert_true (habla_client_key_is_valid (key));
  g_assert_true (habla_client_key_is_valid ("abcdefgh-IJKL_01"));
  g_assert_true (habla_client_key_is_valid (longest));
  g_assert_false (habla_client_key_is_valid (too_long));
  g_assert_false (habla_client_key_is_valid ("abcdefghijklmno"));
  g_assert_false (habla_client_key_is_valid ("abcdefgh ijklmnop"));
  g_assert_false (habla_client_key_is_valid ("abcdefgh;ijklmnop"));
  g_assert_false (habla_client_key_is_valid (""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-key", test_client_key);
  return g_test_run ();
}
