/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "connection.h"
#include "scripted-room.h"

#include <api/websocket/client-registry.h>

G_BEGIN_DECLS

/* What tests of a client share: one set of metrics at a time, and clients of the scripted room. */
extern HablaMetrics *metrics;
extern HablaClientRegistry *registry;
extern const HablaWebsocketClientOptions owner;

void set_up (void);
void tear_down (void);
/* A line of the exposition, as `name{label="value"} 1`. */
void assert_metric (const char *line);
TestConnection *connect_with (const HablaWebsocketClientOptions *options);
void expect (TestConnection *connection, const char *type, const char *part);
/* The connection is alive, and all that was sent before is through. */
void sync_with (TestConnection *connection);
/* Likewise, while its messages are ignored: what it gets is not looked at. */
void sync_with_flooded (TestConnection *connection);
void assert_calls (const char *calls);
double read_metric (const char *name);
void expect_refused (TestConnection *connection, guint code, const char *reason);

G_END_DECLS
