/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "nats-server.h"

#include <cluster/nats-link.h>

G_BEGIN_DECLS

/**
 * test_link_new:
 * @server: a server
 * @name: of the node
 *
 * Returns: (transfer full): a link that is connected
 */
HablaNatsLink *test_link_new (TestNats *server, const char *name);

/**
 * test_iterate:
 *
 * Runs one iteration of the default main context; blocks for 100 ms at most.
 */
void test_iterate (void);

/**
 * test_wait_until:
 *
 * Runs the default main context until @condition holds; the test fails after a minute.
 */
#define test_wait_until(condition) \
  G_STMT_START \
  { \
    gint64 test_deadline_ = g_get_monotonic_time () + habla_test_scale (60) * G_USEC_PER_SEC; \
    while (!(condition)) { \
      if (g_get_monotonic_time () > test_deadline_) \
        g_error ("%s:%d: timed out: %s", __FILE__, __LINE__, #condition); \
      test_iterate (); \
    } \
  } \
  G_STMT_END

G_END_DECLS
