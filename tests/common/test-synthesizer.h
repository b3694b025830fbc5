/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/**
 * TestSynthesizer:
 *
 * A synthesizer that a test controls by the text. "say N" produces N milliseconds of audio at
 * normal speed. "wait N" blocks until it is released or cancelled, then does the same. "fail"
 * fails, "nothing" returns %FALSE without an error, and "foreign" fails with
 * HABLA_ERROR_NOT_INSTALLED.
 */
#define TEST_TYPE_SYNTHESIZER (test_synthesizer_get_type ())
G_DECLARE_FINAL_TYPE (TestSynthesizer, test_synthesizer, TEST, SYNTHESIZER, HablaSynthesizer)

/**
 * test_synthesizer_new:
 *
 * Returns: (transfer full): an element, not floating
 */
TestSynthesizer *test_synthesizer_new (void);

/**
 * test_synthesizer_set_rate:
 * @rate: samples a second; 0 = the default
 *
 * Sets the rate of speech from the next start on.
 */
void test_synthesizer_set_rate (TestSynthesizer *self, guint rate);

/**
 * test_synthesizer_release:
 *
 * Releases blocked calls; later calls do not block.
 */
void test_synthesizer_release (TestSynthesizer *self);

/**
 * test_synthesizer_wait_for_calls:
 *
 * Waits until @n_calls calls have begun.
 */
void test_synthesizer_wait_for_calls (TestSynthesizer *self, guint n_calls);

/**
 * test_synthesizer_get_n_calls:
 *
 * Returns: number of calls that have begun
 */
guint test_synthesizer_get_n_calls (TestSynthesizer *self);

/**
 * test_synthesizer_get_speed:
 *
 * Returns: the speed factor of the last call; 1.0 = normal
 */
double test_synthesizer_get_speed (TestSynthesizer *self);

/**
 * test_synthesizer_get_requests:
 *
 * Returns: (transfer full): all requests in order, as "LANGUAGE:TEXT, LANGUAGE:TEXT"
 */
char *test_synthesizer_get_requests (TestSynthesizer *self);

G_END_DECLS
