/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * text_tee_new:
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Creates a tee that accepts data without branches, and whose branches may be linked after
 * EOS.
 *
 * Returns: (transfer full) (nullable): the tee
 */
GstElement *text_tee_new (GError **error);

/**
 * text_tee_notify_eos:
 * @tee: a tee of text_tee_new()
 * @sinkpad: a pad that was just linked to @tee
 *
 * Sends sticky events and EOS to @sinkpad if the stream has ended. A tee sends sticky events
 * to a new branch with the next buffer, which never follows after EOS. An EOS that arrives at
 * the same time may be sent twice.
 */
void text_tee_notify_eos (GstElement *tee, GstPad *sinkpad);

G_END_DECLS
