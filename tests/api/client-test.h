/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "connection.h"
#include "scripted-room.h"

#include <api/websocket/client-registry.h>

G_BEGIN_DECLS

/* Shared by the tests of a client: one registry with its metrics, and clients of the scripted room.
 */
extern HablaMetrics *metrics;
extern HablaClientRegistry *registry;
extern const HablaWebsocketClientOptions owner;

void set_up (void);
void tear_down (void);
/* Asserts that /metrics would have @line, such as `name{label="value"} 1`. */
void assert_metric (const char *line);
TestConnection *connect_with (const HablaWebsocketClientOptions *options);
void expect (TestConnection *connection, const char *type, const char *part);
/* Waits until the client has handled all messages that were sent before. */
void sync_with (TestConnection *connection);
/* Like sync_with(), while messages beyond the rate limit are ignored. Discards what arrives. */
void sync_with_flooded (TestConnection *connection);
void assert_calls (const char *calls);
double read_metric (const char *name);
void expect_refused (TestConnection *connection, guint code, const char *reason);

G_END_DECLS
