/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/* A synthesizer whose test decides the duration of speech. "say N" takes N milliseconds at
 * normal speed. "wait N" waits until it is released or cancelled, and then does the same.
 * "fail" fails, "nothing" fails without an error, "foreign" fails with
 * HABLA_ERROR_NOT_INSTALLED. */
#define TEST_TYPE_SYNTHESIZER (test_synthesizer_get_type ())
G_DECLARE_FINAL_TYPE (TestSynthesizer, test_synthesizer, TEST, SYNTHESIZER, HablaSynthesizer)

TestSynthesizer *test_synthesizer_new (void);

void test_synthesizer_release (TestSynthesizer *self);
void test_synthesizer_wait_for_calls (TestSynthesizer *self, guint n_calls);
guint test_synthesizer_get_n_calls (TestSynthesizer *self);
double test_synthesizer_get_speed (TestSynthesizer *self);
char *test_synthesizer_get_asked (TestSynthesizer *self);

G_END_DECLS
