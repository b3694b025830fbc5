/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * caption_src_pad_new:
 *
 * @template: template of the pad
 * @name: name of the pad
 *
 * Returns: (transfer full): a ghost pad without a target. While it is not linked, it drops
 *   data instead of returning an error; when it is linked after EOS, it sends EOS to its peer
 */
GstPad *caption_src_pad_new (GstPadTemplate *template, const char *name);

G_END_DECLS
