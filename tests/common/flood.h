/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Flood:
 *
 * A process of its own that opens a WebSocket and sends one small frame again and again as
 * fast as it can, and reads whatever comes back. When it is closed, it comes again at once.
 */
typedef struct _Flood Flood;

typedef enum {
  FLOOD_PINGS,
  FLOOD_PONGS,
  FLOOD_TINY_FRAMES, /* binary, with 1 byte */
  FLOOD_SMALL_JSON,
} FloodKind;

#define FLOOD_N_KINDS (FLOOD_SMALL_JSON + 1)

/* @address: IPv4, where the server listens */
Flood *flood_start (FloodKind kind, const char *address, guint16 port);
/* Returns: WebSockets that it has opened until now */
guint64 flood_get_n_opened (Flood *self);
/* Returns: bytes of frames that it has sent until now */
guint64 flood_get_n_sent (Flood *self);
/* Ends the process. */
void flood_free (Flood *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flood, flood_free)

G_END_DECLS
