/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaServerNotice:
 * @HABLA_SERVER_NOTICE_NONE: the message is about something else
 * @HABLA_SERVER_NOTICE_LEAVES: what is said leaves this machine
 * @HABLA_SERVER_NOTICE_DEGRADED: a local engine replaces a server
 * @HABLA_SERVER_NOTICE_RECOVERED: the server works again
 *
 * What an engine that is a server tells the application.
 */
typedef enum {
  HABLA_SERVER_NOTICE_NONE,
  HABLA_SERVER_NOTICE_LEAVES,
  HABLA_SERVER_NOTICE_DEGRADED,
  HABLA_SERVER_NOTICE_RECOVERED,
} HablaServerNotice;

/**
 * habla_server_notice_read:
 * @message: any message
 * @text: (out) (transfer full) (nullable): what happened, for people
 *
 * Reads the element messages `habla/data-leaves`, `habla/engine-degraded` and
 * `habla/engine-recovered`.
 *
 * Returns: the kind of notice
 */
HablaServerNotice habla_server_notice_read (GstMessage *message, char **text);

/**
 * habla_server_notice_describe_engine:
 * @launch: (nullable): an engine, as habla_engine_create_named() gets it
 *
 * Returns: (transfer full) (nullable): scheme and host of the server to which the engine sends what
 *   is said; %NULL if it is on this machine, or there is none
 */
char *habla_server_notice_describe_engine (const char *launch);

G_END_DECLS
