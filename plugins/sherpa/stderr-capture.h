/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * habla_stderr_capture_begin:
 *
 * sherpa-onnx and ONNX Runtime log to the standard error, and have no function to stop or redirect
 * that. Until habla_stderr_capture_end(), which must follow in the same thread, all output there is
 * collected; other threads wait for their turn. If the library calls exit() meanwhile, it is
 * written to the standard error. Does nothing while GST_DEBUG has "sherpa:5", so that messages are
 * seen even if the library crashes.
 */
void habla_stderr_capture_begin (void);

/**
 * habla_stderr_capture_end:
 *
 * Messages of the library go to GStreamer's log. Lines that other threads wrote meanwhile are
 * written to the standard error.
 *
 * Returns: (transfer full) (nullable): the last message of the library
 */
char *habla_stderr_capture_end (void);

G_END_DECLS
