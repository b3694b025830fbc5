/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

#define HABLA_UTTERANCE_META "HablaUtterance"
#define HABLA_PARTIAL_EVENT "habla/partial"
#define HABLA_TEXT_CAPS "text/x-raw, format = (string) utf8"

HABLA_API void habla_utterance_meta_register (void);

HABLA_API GstStructure *habla_utterance_to_structure (const HablaUtterance *self, const char *name);
HABLA_API HablaUtterance *habla_utterance_from_structure (const GstStructure *structure);

HABLA_API GstBuffer *habla_utterance_to_buffer (
    const HablaUtterance *self, const GstSegment *segment);
HABLA_API HablaUtterance *habla_utterance_from_buffer (
    GstBuffer *buffer, const GstSegment *segment, guint64 *last_id);

HABLA_API GstEvent *habla_utterance_to_event (const HablaUtterance *self);
HABLA_API gboolean habla_utterance_is_event (GstEvent *event);
HABLA_API HablaUtterance *habla_utterance_from_event (GstEvent *event);

G_END_DECLS
