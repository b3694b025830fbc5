/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * habla_plain_text_add:
 * @pad: a source pad that is not linked
 * @caps: the caps of @pad
 *
 * Demuxers announce text as Pango markup, which muxers refuse. If @caps are such text, @pad pushes
 * it as UTF-8 text without entities from now on; tags such as `<i>` stay, as SubRip has them.
 *
 * Returns: (transfer full): the caps that @pad pushes
 */
GstCaps *habla_plain_text_add (GstPad *pad, GstCaps *caps);

G_END_DECLS
