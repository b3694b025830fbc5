/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_pipe_has_subtitles:
 * @fd: the read end of a pipe, or a socket
 *
 * Looks at the first bytes without taking them out. Waits for the first byte, and while they could
 * still be the begin of subtitles, until the writer pauses for 5 seconds.
 *
 * Returns: whether the bytes are subtitles of a format that subtitlereader reads
 */
gboolean habla_pipe_has_subtitles (int fd);

G_END_DECLS
