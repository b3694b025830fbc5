/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/**
 * TestTranscriber:
 *
 * A transcriber with a simple language: samples of 100 * N are the word "wN", samples of 0
 * are silence, and samples of 100 * %TEST_TRANSCRIBER_MUMBLE are speech without any word. It
 * detects speech after 40 ms and silence after 100 ms. The language "xx" is not available. All
 * functions must be called in the thread that pushes audio.
 */
#define TEST_TYPE_TRANSCRIBER (test_transcriber_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestTranscriber, test_transcriber, TEST, TRANSCRIBER, HablaTranscriber)

struct _TestTranscriberClass {
  HablaTranscriberClass parent_class;
};

#define TEST_TRANSCRIBER_MUMBLE 299

/* Sample values that make feed() and end() fail. */
#define TEST_TRANSCRIBER_FAIL_FEED 30000
#define TEST_TRANSCRIBER_FAIL_END 30100

/**
 * test_transcriber_new:
 * @can_cut: whether the class implements cut()
 *
 * Returns: (transfer full): an element, not floating
 */
TestTranscriber *test_transcriber_new (gboolean can_cut);

/**
 * test_transcriber_fail_begin:
 *
 * Sets whether begin() fails.
 */
void test_transcriber_fail_begin (TestTranscriber *self, gboolean fail);

/**
 * test_transcriber_get_n_begun:
 *
 * Returns: number of calls of begin()
 */
guint test_transcriber_get_n_begun (TestTranscriber *self);

/**
 * test_transcriber_get_largest_feed:
 *
 * Returns: largest number of samples in one call of feed()
 */
guint test_transcriber_get_largest_feed (TestTranscriber *self);

/**
 * test_transcriber_get_audio_time:
 *
 * Returns: `audio-time` of `stats` at the last feed(), in ns
 */
guint64 test_transcriber_get_audio_time (TestTranscriber *self);

G_END_DECLS
