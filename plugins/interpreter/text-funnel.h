/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaTextFunnel:
 *
 * Merges recognised speech and typed text into one stream with one numbering of utterances,
 * which #GstFunnel would not do: a text that is typed during speech gets the next id, and the
 * utterance being spoken the id after it, from its next partial hypothesis on. The outgoing
 * segment is in running time. Typed text has no times; it gets the position that the stream
 * has when it arrives.
 */
#define HABLA_TYPE_TEXT_FUNNEL (habla_text_funnel_get_type ())
G_DECLARE_FINAL_TYPE (HablaTextFunnel, habla_text_funnel, HABLA, TEXT_FUNNEL, GstElement)

/**
 * text_funnel_new:
 * @has_speech: whether to add a pad `speech` in addition to the pad `text`
 *
 * Returns: (transfer full): the element
 */
GstElement *text_funnel_new (gboolean has_speech);

G_END_DECLS
