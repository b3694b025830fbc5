/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/**
 * TestTranslator:
 *
 * A translator that a test controls. The translation is the text in upper case. A text that begins
 * with "fail" fails; "invalid" returns invalid UTF-8, and "nothing" %NULL without an error;
 * "delay N" takes N microseconds unless cancelled. A held text blocks until it is released or,
 * unless it begins with "stubborn", cancelled.
 */
#define TEST_TYPE_TRANSLATOR (test_translator_get_type ())
G_DECLARE_FINAL_TYPE (TestTranslator, test_translator, TEST, TRANSLATOR, HablaTranslator)

typedef struct {
  guint calls;     /* calls of translate() */
  guint running;   /* calls that run now */
  guint peak;      /* maximum of running */
  guint cancelled; /* calls that were cancelled */
  guint starts;
  guint stops;
} TestTranslatorCounts;

/**
 * test_translator_new:
 *
 * Returns: (transfer full): an element, not floating
 */
TestTranslator *test_translator_new (void);

/**
 * test_translator_hold:
 *
 * Blocks the translation of @text until it is released.
 */
void test_translator_hold (TestTranslator *self, const char *text);

/**
 * test_translator_release:
 *
 * Releases @text.
 */
void test_translator_release (TestTranslator *self, const char *text);

/**
 * test_translator_wait_for_call:
 *
 * Waits until the translation of @text has begun.
 */
void test_translator_wait_for_call (TestTranslator *self, const char *text);

/**
 * test_translator_has_request:
 *
 * Returns: whether the translation of @text has begun
 */
gboolean test_translator_has_request (TestTranslator *self, const char *text);

/**
 * test_translator_get_counts:
 * @counts: (out caller-allocates): the counts
 */
void test_translator_get_counts (TestTranslator *self, TestTranslatorCounts *counts);

G_END_DECLS
