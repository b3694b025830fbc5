/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_decode_guard_watch:
 * @bin: a pipeline or bin in state NULL
 *
 * Keeps decodebin, uridecodebin, parsebin and their like, now and later anywhere in @bin, from
 * following references inside a stream: they do not plug demuxers that open addresses or files of
 * their own, such as those of HLS, DASH and SDP. Otherwise a recording that is a playlist in truth
 * could have local files read and requests sent. Where a playlist is found, the element posts a
 * %HABLA_ERROR_INPUT. Sources in the launch line of @bin are not affected.
 */
void habla_decode_guard_watch (GstBin *bin);

/* Returns: whether a stream with these caps names other files or addresses to be read */
gboolean habla_decode_guard_is_playlist (GstCaps *caps);
/* Returns: whether the element opens files or addresses by itself, or may */
gboolean habla_decode_guard_is_refused (GstElementFactory *factory);

G_END_DECLS
