/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Flood:
 *
 * A child process that opens a WebSocket and sends one small frame repeatedly, as fast as it can.
 * It reads and discards the responses, and reconnects as soon as the server closes the connection.
 */
typedef struct _Flood Flood;

typedef enum {
  FLOOD_PINGS,
  FLOOD_PONGS,
  FLOOD_TINY_FRAMES, /* binary, with 1 byte */
  FLOOD_SMALL_JSON,
} FloodKind;

#define FLOOD_N_KINDS (FLOOD_SMALL_JSON + 1)

/**
 * flood_start:
 * @address: IPv4 address of the server
 *
 * Returns: (transfer full): the running process
 */
Flood *flood_start (FloodKind kind, const char *address, guint16 port);

/**
 * flood_get_n_opened:
 *
 * Returns: number of WebSockets that the process has opened so far
 */
guint64 flood_get_n_opened (Flood *self);

/**
 * flood_get_n_sent:
 *
 * Returns: number of bytes of frames that the process has sent so far
 */
guint64 flood_get_n_sent (Flood *self);

/**
 * flood_start_all:
 * @floods: (out caller-allocates) (array fixed-size=FLOOD_N_KINDS): the processes
 *
 * Starts one process of each kind.
 */
void flood_start_all (Flood **floods, const char *address, guint16 port);

/**
 * flood_free_all:
 *
 * Kills the processes of flood_start_all().
 */
void flood_free_all (Flood **floods);

/**
 * flood_free:
 *
 * Kills the process.
 */
void flood_free (Flood *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flood, flood_free)

G_END_DECLS
