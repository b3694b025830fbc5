/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <habla/utterance.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

/* Caps of text that a #HablaTextReader reads. */
#define HABLA_TEXT_READER_CAPS "text/x-raw, format = (string) { utf8, pango-markup }; text/plain"

/**
 * HablaTextFormat:
 * @HABLA_TEXT_LINES: `text/plain`, with a line end that is not part of the text; also the
 *   format of text without caps, such as that of Debian's pocketsphinx element
 * @HABLA_TEXT_UTF8: `text/x-raw, format=utf8`
 * @HABLA_TEXT_MARKUP: `text/x-raw, format=pango-markup`
 */
typedef enum {
  HABLA_TEXT_LINES,
  HABLA_TEXT_UTF8,
  HABLA_TEXT_MARKUP,
} HablaTextFormat;

/**
 * HablaTextReader:
 * @format: format of the buffers
 * @last_id: id of the last utterance, from 0
 *
 * Reads utterances with plain text from the buffers of one stream. A plain value without a
 * lock; zero-initialised is %HABLA_TEXT_LINES.
 */
typedef struct {
  HablaTextFormat format;
  guint64 last_id;
} HablaTextReader;

/**
 * habla_text_reader_set_caps:
 * @self: a reader
 * @caps: fixed caps that are a subset of %HABLA_TEXT_READER_CAPS
 *
 * Sets the format of the following buffers.
 */
HABLA_API void habla_text_reader_set_caps (HablaTextReader *self, GstCaps *caps);

/**
 * habla_text_reader_read:
 * @self: a reader
 * @buffer: a buffer of text
 * @segment: the TIME segment of @buffer
 *
 * Like habla_utterance_from_buffer(), but also removes markup or the line end.
 *
 * Returns: (transfer full): the utterance
 */
HABLA_API HablaUtterance *habla_text_reader_read (
    HablaTextReader *self, GstBuffer *buffer, const GstSegment *segment);

/**
 * habla_text_is_blank:
 * @text: valid UTF-8
 *
 * Returns: whether @text is empty or consists of white space
 */
HABLA_API gboolean habla_text_is_blank (const char *text);

G_END_DECLS
