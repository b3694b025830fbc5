/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs in a network namespace of its own, in which it makes interfaces. */
#include "habla-test.h"
#include "network-namespace.h"

#include <net/local-addresses.h>
#include <string.h>

static gboolean has_namespace;

static char *
list_addresses (void)
{
  g_autoptr (GPtrArray) addresses = habla_local_addresses_get ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++) {
    g_autofree char *address = g_inet_address_to_string (addresses->pdata[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", address);
  }
  return g_string_free (text, FALSE);
}

#define assert_addresses(expected) \
  G_STMT_START \
  { \
    g_autofree char *found = list_addresses (); \
\
    g_assert_cmpstr (found, ==, expected); \
  } \
  G_STMT_END

/* Each interface is added to those before. */
static void
test_order (void)
{
  if (!has_namespace) {
    g_test_skip (
        "this process may not make a network of its own, or ip from Debian's iproute2 is missing");
    return;
  }
  if (!network_namespace_add_interface ("cable")) {
    g_test_skip ("the kernel cannot make interfaces");
    return;
  }
  assert_addresses ("");
  g_assert_true (network_namespace_run ("addr add 192.0.2.9/24 dev cable"));
  assert_addresses (""); /* down */
  g_assert_true (network_namespace_run ("link set cable up"));
  g_assert_true (network_namespace_run ("addr del 192.0.2.9/24 dev cable"));
  g_assert_true (network_namespace_run ("addr add 169.254.7.7/16 dev cable"));
  assert_addresses ("169.254.7.7");
  g_assert_true (network_namespace_add_interface ("docker0"));
  g_assert_true (network_namespace_run ("link set docker0 up"));
  g_assert_true (network_namespace_run ("addr add 172.17.0.1/16 dev docker0"));
  g_assert_true (network_namespace_run ("addr add 2001:db8::9/64 dev cable nodad"));
  assert_addresses ("2001:db8::9 172.17.0.1");
  g_assert_true (network_namespace_run ("addr add 192.0.2.9/24 dev cable"));
  assert_addresses ("192.0.2.9 2001:db8::9 172.17.0.1");
  g_assert_true (network_namespace_add_interface ("wlan9"));
  g_assert_true (network_namespace_run ("link set wlan9 up"));
  g_assert_true (network_namespace_run ("addr add 198.51.100.5/24 dev wlan9"));
  g_assert_true (network_namespace_run ("route add default via 198.51.100.1 metric 600"));
  assert_addresses ("198.51.100.5 192.0.2.9 2001:db8::9 172.17.0.1");
  g_assert_true (network_namespace_run ("route add default via 192.0.2.1 metric 100"));
  assert_addresses ("192.0.2.9 198.51.100.5 2001:db8::9 172.17.0.1");
}

static void
test_names (void)
{
  g_auto (GStrv) names = habla_local_addresses_get_names ();

  for (guint i = 0; names[i] != NULL; i++)
    g_assert_cmpuint (
        strspn (names[i], "abcdefghijklmnopqrstuvwxyz0123456789-."), ==, strlen (names[i]));
  if (names[0] != NULL)
    g_assert_true (g_str_has_suffix (names[g_strv_length (names) - 1], ".local"));
}

int
main (int argc, char *argv[])
{
  has_namespace = network_namespace_enter ();
  habla_test_init (&argc, &argv);
  g_test_add_func ("/local-addresses/order", test_order);
  g_test_add_func ("/local-addresses/names", test_names);
  return habla_test_run ();
}
