/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"
#include "test-translator.h"

G_BEGIN_DECLS

/* A translator in a harness, with a log of its output, in order: "final TEXT", "partial TEXT",
 * "untranslated TEXT", or the name of an event. */
typedef struct {
  TestTranslator *translator;
  GstHarness *harness;
  GstBus *bus;

  GMutex lock;
  GCond changed;
  GPtrArray *log; /* protected by lock */
} TextHarness;

TextHarness *text_harness_new (const char *caps, guint max_in_flight);
void text_harness_free (TextHarness *self);

GstBuffer *text_harness_make_buffer (const char *text, GstClockTime pts);
GstFlowReturn text_harness_push (TextHarness *self, const char *text);
GThread *text_harness_push_in_thread (TextHarness *self, const char *text);
gboolean text_harness_push_partial (TextHarness *self, guint64 id, const char *text);
gboolean text_harness_push_utterance (TextHarness *self, const HablaUtterance *utterance);

void text_harness_expect (TextHarness *self, const char *first, ...) G_GNUC_NULL_TERMINATED;
guint64 text_harness_get_stat (TextHarness *self, const char *name);
void text_harness_wait_for_stat (TextHarness *self, const char *name, guint64 value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TextHarness, text_harness_free)

G_END_DECLS
