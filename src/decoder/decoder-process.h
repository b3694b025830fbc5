/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * HablaDecoderProcess:
 * @pid: of a `hablad-decoder`; 0 = none
 * @socket: for the messages of decoder-protocol.h, non-blocking
 * @output: the reading end of the pipe of samples, blocking; -1 = none
 *
 * The process ends by itself soon after @socket was closed. For any thread, one at a time.
 */
typedef struct {
  GPid pid;
  int socket;
  int output;
} HablaDecoderProcess;

/* Starts one. Takes less than a millisecond.
 * @dies_with_thread: whether the kernel kills the process when the calling thread ends: for the
 * main thread, whose end is that of the daemon. Otherwise the process itself sees that the daemon
 * is gone, which it cannot while it is stopped
 * @error: return location for a %HABLA_ERROR_ENGINE */
gboolean habla_decoder_process_spawn (
    HablaDecoderProcess *self, gboolean dies_with_thread, GError **error);
/* No-op once it was reaped. */
void habla_decoder_process_kill (HablaDecoderProcess *self);
/* Closes the descriptors that are still there. */
void habla_decoder_process_close (HablaDecoderProcess *self);
/* Somebody has waited for the process. */
void habla_decoder_process_set_reaped (HablaDecoderProcess *self);

/* Returns: (transfer full): a %HABLA_ERROR_ENGINE for one that died before it was ready */
GError *habla_decoder_process_new_start_error (int wait_status);
/* Returns: (transfer full): a %HABLA_ERROR_INPUT for one that died while it decoded */
GError *habla_decoder_process_new_death_error (int wait_status);
/* Returns: (transfer full): a %HABLA_ERROR_INPUT for one that makes no progress */
GError *habla_decoder_process_new_stuck_error (void);
/* @payload: of an ERROR message, from a process that may do anything.
 * Returns: (transfer full): what it said */
GError *habla_decoder_process_parse_error (const guint8 *payload, gsize size);

/* Returns: whether samples wait in the pipe @output */
gboolean habla_decoder_process_has_output (int output);

/* Returns: processes that have not been reaped */
guint habla_decoder_process_count (void);

G_END_DECLS
