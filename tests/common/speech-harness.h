/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <habla/habla.h>

G_BEGIN_DECLS

/* A synthesizer in a harness, with a log of what leaves it, in order and in milliseconds:
 * "gap 0-1000", "speech 1000-1400" for buffers that follow each other, "jump 2000-2400"
 * where one is marked as a discontinuity after speech, or the name of an event. */
typedef struct {
  GstElement *element;
  GstHarness *harness;
  GstBus *bus;

  GMutex lock;
  GCond changed;
  /* With the lock. */
  GString *log;
  GstClockTime begin; /* of the speech that is last in the log, */
  GstClockTime end;   /* and its end; NONE = it is something else */
  gsize entry;        /* and where it stands */
  gboolean jumped;    /* to it */
  guint n_samples;
  guint n_silent; /* of these */
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
