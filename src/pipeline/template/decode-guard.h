/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_decode_guard_watch:
 * @bin: a pipeline or bin in state NULL
 *
 * Keeps decodebin, uridecodebin, parsebin and similar elements, now and later anywhere in @bin,
 * from following references inside a stream. They do not plug demuxers that open addresses or
 * files, such as those of HLS, DASH and SDP. Otherwise, a playlist that is sent as a recording
 * could read local files and send requests. For a playlist, the element posts a %HABLA_ERROR_INPUT.
 * Sources in the launch line of @bin are not affected.
 */
void habla_decode_guard_watch (GstBin *bin);

/**
 * habla_decode_guard_is_playlist:
 * @caps: (nullable): caps of a stream
 *
 * Returns: whether such a stream names files or addresses to read
 */
gboolean habla_decode_guard_is_playlist (GstCaps *caps);

/**
 * habla_decode_guard_is_refused:
 * @factory: the factory of an element
 *
 * Returns: whether the element opens files or addresses, or could do so
 */
gboolean habla_decode_guard_is_refused (GstElementFactory *factory);

G_END_DECLS
