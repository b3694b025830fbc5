/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_pipe_has_subtitles:
 * @fd: the read end of a pipe, or a socket
 * @signal_number: (out): SIGINT or SIGTERM if it ended the wait; 0 = none did
 *
 * Looks at the first bytes without taking them out. Waits for the first byte, and while they could
 * still be the begin of subtitles, until the writer pauses for 5 seconds. Main thread only, before
 * other handlers of signals exist.
 *
 * Returns: whether the bytes are subtitles of a format that subtitlereader reads
 */
gboolean habla_pipe_has_subtitles (int fd, int *signal_number);

G_END_DECLS
