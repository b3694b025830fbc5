/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/* A transcriber whose language is simple: a sample of 100 times N belongs to the word "wN",
 * one of 0 to silence, one of 100 times %TEST_TRANSCRIBER_MUMBLE to speech without a word. 40 ms of
 * speech in a row are noticed, as are 100 ms of silence. The language "xx" is not to be had. */
#define TEST_TYPE_TRANSCRIBER (test_transcriber_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestTranscriber, test_transcriber, TEST, TRANSCRIBER, HablaTranscriber)

struct _TestTranscriberClass {
  HablaTranscriberClass parent_class;
};

#define TEST_TRANSCRIBER_MUMBLE 299

/* What it fails at as soon as it hears that. */
#define TEST_TRANSCRIBER_FAIL_FEED 30000
#define TEST_TRANSCRIBER_FAIL_END 30100

TestTranscriber *test_transcriber_new (gboolean can_cut);

void test_transcriber_fail_begin (TestTranscriber *self, gboolean fail);
guint test_transcriber_get_n_begun (TestTranscriber *self);
guint test_transcriber_get_largest_feed (TestTranscriber *self);
/* What its statistics said of audio when it was last fed, in nanoseconds. */
guint64 test_transcriber_get_audio_time (TestTranscriber *self);

G_END_DECLS
