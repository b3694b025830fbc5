/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/* A translator whose test decides when a translation ends and how.
 *
 * The translation of a text is the text in capitals. A text that begins with "fail"
 * fails, "invalid" gives invalid UTF-8, "nothing" NULL without an error; "delay N" takes
 * N microseconds unless cancelled. A text that is held is not answered until it is
 * released or, unless it begins with "stubborn", cancelled. */
#define TEST_TYPE_TRANSLATOR (test_translator_get_type ())
G_DECLARE_FINAL_TYPE (TestTranslator, test_translator, TEST, TRANSLATOR, HablaTranslator)

typedef struct {
  guint calls;     /* of translate */
  guint running;   /* now */
  guint peak;      /* most at once */
  guint cancelled; /* that ended for that reason */
  guint starts;
  guint stops;
} TestTranslatorCounts;

TestTranslator *test_translator_new (void);

void test_translator_hold (TestTranslator *self, const char *text);
void test_translator_release (TestTranslator *self, const char *text);
void test_translator_wait_for_call (TestTranslator *self, const char *text);
gboolean test_translator_was_asked (TestTranslator *self, const char *text);
void test_translator_get_counts (TestTranslator *self, TestTranslatorCounts *counts);

G_END_DECLS
