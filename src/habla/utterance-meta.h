/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/utterance.h>

G_BEGIN_DECLS

/* Names of the custom meta of final utterances and of the event of partial hypotheses, and
 * caps of text. */
#define HABLA_UTTERANCE_META "HablaUtteranceMeta"
#define HABLA_PARTIAL_EVENT "habla/partial"
#define HABLA_TEXT_CAPS "text/x-raw, format = (string) utf8"

/**
 * habla_utterance_meta_register:
 *
 * Registers the custom meta of buffers with final utterances, which copies of a buffer
 * keep. The functions below register it themselves; call this function before code that looks
 * the meta up by name. May be called again, from any thread.
 */
HABLA_API void habla_utterance_meta_register (void);

/**
 * habla_utterance_to_structure:
 * @self: an utterance
 * @name: the name of the structure
 *
 * Creates the structure that metas, events and messages contain. Fields: `id` (guint64), `begin`,
 * `end` (guint64, running time in nanoseconds), `text` (string), `confidence` (double), `final`,
 * `untranslated` (boolean), and, if known, `language`, `source-text`, `source-language`, `speaker`
 * (string), `words`, a #GST_TYPE_ARRAY of structures `word` with the fields `text` (string),
 * `begin` and `end` (guint64, running time in nanoseconds), `annotations`
 * (%HABLA_TYPE_ANNOTATIONS), and `cues` (%G_TYPE_PTR_ARRAY of #HablaCue).
 *
 * Returns: (transfer full): a structure
 */
HABLA_API GstStructure *habla_utterance_to_structure (const HablaUtterance *self, const char *name);

/**
 * habla_utterance_from_structure:
 * @structure: a structure of habla_utterance_to_structure()
 *
 * Missing fields and fields of another type get the value of habla_utterance_new().
 *
 * Returns: (transfer full): the utterance
 */
HABLA_API HablaUtterance *habla_utterance_from_structure (const GstStructure *structure);

/**
 * habla_utterance_to_buffer:
 * @self: a final utterance
 * @segment: the TIME segment of the buffer
 *
 * Creates a buffer of `text/x-raw, format=utf8` with the text (without a terminating NUL),
 * PTS and duration of the speech, and a meta with all other fields. The buffer of an
 * utterance without times has no timestamps.
 *
 * Returns: (transfer full): a writable buffer
 */
HABLA_API GstBuffer *habla_utterance_to_buffer (
    const HablaUtterance *self, const GstSegment *segment);

/**
 * habla_utterance_from_buffer:
 * @buffer: a buffer of `text/x-raw, format=utf8`
 * @segment: the TIME segment of @buffer
 * @last_id: (inout): id of the previous utterance in the stream, from 0
 *
 * Reads an utterance from a buffer of Habla or of any other text element. Without Habla's
 * meta, the utterance is final, gets the next id, and has its times from PTS and duration;
 * two readers of one stream thus agree on every id. Trailing NULs are removed; inner NULs and
 * invalid UTF-8 are replaced by U+FFFD.
 *
 * Returns: (transfer full): the utterance
 */
HABLA_API HablaUtterance *habla_utterance_from_buffer (
    GstBuffer *buffer, const GstSegment *segment, guint64 *last_id);

/**
 * habla_utterance_to_event:
 * @self: a partial hypothesis
 *
 * Returns: (transfer full): a custom downstream serialized event
 */
HABLA_API GstEvent *habla_utterance_to_event (const HablaUtterance *self);

/**
 * habla_utterance_is_event:
 * @event: any event
 *
 * Returns: whether @event contains a partial hypothesis
 */
HABLA_API gboolean habla_utterance_is_event (GstEvent *event);

/**
 * habla_utterance_from_event:
 * @event: an event with a partial hypothesis: see habla_utterance_is_event()
 *
 * Returns: (transfer full): the partial hypothesis
 */
HABLA_API HablaUtterance *habla_utterance_from_event (GstEvent *event);

G_END_DECLS
