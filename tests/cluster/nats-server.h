/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TestNats:
 *
 * A nats-server on a free port of loopback, with JetStream in a folder of the test.
 */
typedef struct _TestNats TestNats;

/**
 * test_nats_is_installed:
 *
 * Returns: whether there is a nats-server
 */
gboolean test_nats_is_installed (void);

/**
 * test_nats_new:
 * @settings: (nullable): further lines of its configuration
 *
 * Returns: (transfer full): a server that answers
 */
TestNats *test_nats_new (const char *settings);

/**
 * test_nats_free:
 * @self: (transfer full): a server
 *
 * Kills it.
 */
void test_nats_free (TestNats *self);

/**
 * test_nats_get_url:
 * @self: a server
 *
 * Returns: (transfer none): its address, "nats://127.0.0.1:PORT"
 */
const char *test_nats_get_url (TestNats *self);

/**
 * test_nats_signal:
 * @self: a running server
 * @number: of a signal
 */
void test_nats_signal (TestNats *self, int number);

/**
 * test_nats_kill:
 * @self: a running server
 *
 * Kills it with SIGKILL.
 */
void test_nats_kill (TestNats *self);

/**
 * test_nats_start:
 * @self: a server that was killed
 *
 * Starts it again at the same address, with what it has stored.
 */
void test_nats_start (TestNats *self);

G_END_DECLS
