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
 * The process ends by itself soon after @socket was closed. Not thread-safe; any thread.
 */
typedef struct {
  GPid pid;
  int socket;
  int output;
} HablaDecoderProcess;

/**
 * habla_decoder_process_spawn:
 * @self: (out caller-allocates): the new process
 * @dies_with_thread: whether the kernel kills the process when the calling thread ends; for the
 *   main thread. Without it the process exits when @socket is closed, which a stopped process
 *   cannot notice
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Takes less than 1 ms.
 *
 * Returns: %FALSE on error
 */
gboolean habla_decoder_process_spawn (
    HablaDecoderProcess *self, gboolean dies_with_thread, GError **error);
/**
 * habla_decoder_process_kill:
 * @self: a process
 *
 * Sends SIGKILL. No-op once the process was reaped.
 */
void habla_decoder_process_kill (HablaDecoderProcess *self);
/**
 * habla_decoder_process_close:
 * @self: a process
 *
 * Closes the descriptors that are still open.
 */
void habla_decoder_process_close (HablaDecoderProcess *self);
/**
 * habla_decoder_process_set_reaped:
 * @self: a process that was waited for
 */
void habla_decoder_process_set_reaped (HablaDecoderProcess *self);

/**
 * habla_decoder_process_new_start_error:
 * @wait_status: as from waitpid()
 *
 * Returns: (transfer full): a %HABLA_ERROR_ENGINE for a process that died before it was ready
 */
GError *habla_decoder_process_new_start_error (int wait_status);
/**
 * habla_decoder_process_new_death_error:
 * @wait_status: as from waitpid()
 *
 * Returns: (transfer full): a %HABLA_ERROR_INPUT for a process that died while decoding
 */
GError *habla_decoder_process_new_death_error (int wait_status);
/**
 * habla_decoder_process_new_stuck_error:
 *
 * Returns: (transfer full): a %HABLA_ERROR_INPUT for a process that makes no progress
 */
GError *habla_decoder_process_new_stuck_error (void);
/**
 * habla_decoder_process_parse_error:
 * @payload: of an ERROR message, from a process that is not trusted
 * @size: bytes of @payload
 *
 * Returns: (transfer full): the error in @payload, with bounded, valid UTF-8 text
 */
GError *habla_decoder_process_parse_error (const guint8 *payload, gsize size);

/**
 * habla_decoder_process_has_output:
 * @output: a pipe
 *
 * Returns: whether @output has unread samples
 */
gboolean habla_decoder_process_has_output (int output);

/**
 * habla_decoder_process_count:
 *
 * Returns: the number of processes that have not been reaped
 */
guint habla_decoder_process_count (void);

G_END_DECLS
