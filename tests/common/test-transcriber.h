/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/* A transcriber with a simple language: samples of 100 times N are the word "wN", samples of 0
 * are silence, samples of 100 times %TEST_TRANSCRIBER_MUMBLE are speech without a word. It
 * detects speech and silence after 40 ms and 100 ms. The language "xx" is not available. */
#define TEST_TYPE_TRANSCRIBER (test_transcriber_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestTranscriber, test_transcriber, TEST, TRANSCRIBER, HablaTranscriber)

struct _TestTranscriberClass {
  HablaTranscriberClass parent_class;
};

#define TEST_TRANSCRIBER_MUMBLE 299

/* Fails as soon as it recognises this. */
#define TEST_TRANSCRIBER_FAIL_FEED 30000
#define TEST_TRANSCRIBER_FAIL_END 30100

TestTranscriber *test_transcriber_new (gboolean can_cut);

void test_transcriber_fail_begin (TestTranscriber *self, gboolean fail);
guint test_transcriber_get_n_begun (TestTranscriber *self);
guint test_transcriber_get_largest_feed (TestTranscriber *self);
/* audio-time of its statistics when it was last fed, in nanoseconds. */
guint64 test_transcriber_get_audio_time (TestTranscriber *self);

G_END_DECLS
