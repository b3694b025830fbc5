/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * text_queue_new:
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED
 *
 * Creates a queue for 1,000 utterances that blocks when it is full, and drops partial
 * hypotheses and gaps while 64 of them are in it.
 *
 * Returns: (transfer full) (nullable): the queue
 */
GstElement *text_queue_new (GError **error);

G_END_DECLS
