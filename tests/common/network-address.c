/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* unshare() */
#include "network-address.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>

/* Returns: (transfer full) (nullable): an IPv4 address of this machine, not on loopback */
static char *
find_address (void)
{
  struct ifaddrs *all = NULL;
  char *found = NULL;

  if (getifaddrs (&all) != 0)
    return NULL;
  for (struct ifaddrs *i = all; i != NULL && found == NULL; i = i->ifa_next) {
    g_autoptr (GSocketAddress) native = NULL;

    if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET || !(i->ifa_flags & IFF_UP) ||
        (i->ifa_flags & IFF_LOOPBACK))
      continue;
    native = g_socket_address_new_from_native (i->ifa_addr, sizeof (struct sockaddr_in));
    found = g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (native)));
  }
  freeifaddrs (all);
  return found;
}

static gboolean
run_command (const char *command)
{
  int status;

  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

/* Enters a new network namespace, which exists as long as this process. Must be called before
 * threads are started. Returns: (transfer full) (nullable): its address */
static char *
make_address (void)
{
  if (unshare (CLONE_NEWNET) != 0 || !run_command ("ip link set lo up") ||
      !run_command ("ip address add 198.51.100.1/32 dev lo"))
    return NULL;
  return g_strdup ("198.51.100.1");
}

char *
network_address_find (void)
{
  char *address = find_address ();

  return address != NULL ? address : make_address ();
}

gboolean
network_address_check (const char *address)
{
  if (address == NULL)
    g_test_skip ("this machine has only loopback addresses; adding one needs root and ip from "
                 "Debian's iproute2");
  return address != NULL;
}
