/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <habla/habla.h>

G_BEGIN_DECLS

/**
 * SpeechHarness:
 *
 * A synthesizer in a harness, with a log of its output, in order and in milliseconds: "gap
 * 0-1000", "speech 1000-1400" for consecutive buffers, "jump 2000-2400" for a buffer flagged
 * DISCONT after speech, or the name of an event.
 */
typedef struct {
  GstElement *element;
  GstHarness *harness;
  GstBus *bus;

  GMutex lock;
  GCond changed;
  GString *log;       /* protected by lock */
  GstClockTime begin; /* protected by lock; begin of the last speech in the log */
  GstClockTime end;   /* protected by lock; its end; NONE = last entry is no speech */
  gsize entry;        /* protected by lock; its offset in the log */
  gboolean jumped;    /* protected by lock; whether it begins with a discontinuity */
  guint n_samples;    /* protected by lock */
  guint n_silent;     /* protected by lock; number of silent samples */
} SpeechHarness;

/**
 * speech_harness_new:
 * @element: (transfer full): a synthesizer
 * @caps: caps of the text
 *
 * Returns: (transfer full): a harness with @element in PLAYING, without a clock
 */
SpeechHarness *speech_harness_new (GstElement *element, const char *caps);

/**
 * speech_harness_free:
 *
 * Asserts that nothing else holds a reference to the element.
 */
void speech_harness_free (SpeechHarness *self);

/**
 * speech_harness_push:
 * @begin: timestamp in milliseconds; G_MAXUINT = none
 * @duration: in milliseconds; 0 = none
 *
 * Pushes @text without utterance metadata.
 */
GstFlowReturn speech_harness_push (
    SpeechHarness *self, const char *text, guint begin, guint duration);

/**
 * speech_harness_push_utterance:
 *
 * Pushes a final utterance.
 */
void speech_harness_push_utterance (
    SpeechHarness *self, const char *text, const char *language, gboolean untranslated);

/**
 * speech_harness_push_segment:
 *
 * Pushes a segment whose times are in milliseconds.
 */
void speech_harness_push_segment (SpeechHarness *self, guint start, guint stop, guint base);

/**
 * speech_harness_finish:
 *
 * Pushes EOS and waits until it arrives downstream.
 */
void speech_harness_finish (SpeechHarness *self);

/**
 * speech_harness_expect:
 *
 * Asserts the complete log since caps and segment.
 */
void speech_harness_expect (SpeechHarness *self, const char *expected);

/**
 * speech_harness_wait_for:
 *
 * Waits until the log contains @part; the test fails after 120 s.
 */
void speech_harness_wait_for (SpeechHarness *self, const char *part);

/**
 * speech_harness_get_stat:
 *
 * Returns: an unsigned number of the `stats` property
 */
guint64 speech_harness_get_stat (SpeechHarness *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeechHarness, speech_harness_free)

G_END_DECLS
