/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"
#include "test-translator.h"

G_BEGIN_DECLS

/**
 * TextHarness:
 *
 * A translator in a harness, with a log of its output, in order: "final TEXT", "partial TEXT",
 * "untranslated TEXT", or the name of an event.
 */
typedef struct {
  TestTranslator *translator;
  GstHarness *harness;
  GstBus *bus;

  GMutex lock;
  GCond changed;
  GPtrArray *log; /* protected by lock */
} TextHarness;

/**
 * text_harness_new:
 * @caps: (nullable): caps of the text; %NULL = the test sends the first events
 * @max_in_flight: the `max-in-flight` property of the translator
 *
 * Returns: (transfer full): a harness with a translator in PLAYING
 */
TextHarness *text_harness_new (const char *caps, guint max_in_flight);

/**
 * text_harness_free:
 *
 * Asserts that text_harness_expect() has consumed the log, and that nothing else holds a reference
 * to the translator.
 */
void text_harness_free (TextHarness *self);

/**
 * text_harness_make_buffer:
 *
 * Returns: (transfer full): a buffer of text without utterance metadata, as foreign elements push
 */
GstBuffer *text_harness_make_buffer (const char *text, GstClockTime pts);

/**
 * text_harness_push:
 *
 * Pushes @text without timestamp and utterance metadata.
 */
GstFlowReturn text_harness_push (TextHarness *self, const char *text);

/**
 * text_harness_push_in_thread:
 *
 * Returns: (transfer full): a thread whose result is the #GstFlowReturn
 */
GThread *text_harness_push_in_thread (TextHarness *self, const char *text);

/**
 * text_harness_push_partial:
 *
 * Returns: whether the translator accepted the event
 */
gboolean text_harness_push_partial (TextHarness *self, guint64 id, const char *text);

/**
 * text_harness_push_utterance:
 *
 * Returns: whether the translator accepted the buffer
 */
gboolean text_harness_push_utterance (TextHarness *self, const HablaUtterance *utterance);

/**
 * text_harness_expect:
 * @first: the next expected entry of the log, followed by more entries and %NULL
 *
 * Waits for the entries, compares them and removes them from the log. The test fails after 30 s.
 */
void text_harness_expect (TextHarness *self, const char *first, ...) G_GNUC_NULL_TERMINATED;

/**
 * text_harness_get_stat:
 *
 * Returns: an unsigned number of the `stats` property
 */
guint64 text_harness_get_stat (TextHarness *self, const char *name);

/**
 * text_harness_wait_for_stat:
 *
 * Waits until a number of `stats` is @value; fails after 30 s.
 */
void text_harness_wait_for_stat (TextHarness *self, const char *name, guint64 value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TextHarness, text_harness_free)

G_END_DECLS
