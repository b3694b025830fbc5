/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <habla/habla.h>

G_BEGIN_DECLS

/* A synthesizer in a harness, with a log of its output, in order and in milliseconds: "gap
 * 0-1000", "speech 1000-1400" for consecutive buffers, "jump 2000-2400" for a buffer flagged
 * DISCONT after speech, or the name of an event. */
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
  gboolean jumped;    /* protected by lock; it begins with a discontinuity */
  guint n_samples;    /* protected by lock */
  guint n_silent;     /* protected by lock; number of silent samples */
} SpeechHarness;

SpeechHarness *speech_harness_new (GstElement *element, const char *caps);
void speech_harness_free (SpeechHarness *self);

GstFlowReturn speech_harness_push (
    SpeechHarness *self, const char *text, guint begin, guint duration);
void speech_harness_push_utterance (
    SpeechHarness *self, const char *text, const char *language, gboolean untranslated);
void speech_harness_push_segment (SpeechHarness *self, guint start, guint stop, guint base);
void speech_harness_finish (SpeechHarness *self);
void speech_harness_expect (SpeechHarness *self, const char *expected);
void speech_harness_wait_for (SpeechHarness *self, const char *part);
guint64 speech_harness_get_stat (SpeechHarness *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpeechHarness, speech_harness_free)

G_END_DECLS
