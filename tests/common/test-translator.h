/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/* A translator whose test decides when and how a translation ends. The translation is the text
 * in capitals. A text that begins with "fail" fails; "invalid" yields invalid UTF-8, "nothing"
 * NULL without an error; "delay N" takes N microseconds unless cancelled. A text that is held
 * is not translated until it is released or, unless it begins with "stubborn", cancelled. */
#define TEST_TYPE_TRANSLATOR (test_translator_get_type ())
G_DECLARE_FINAL_TYPE (TestTranslator, test_translator, TEST, TRANSLATOR, HablaTranslator)

typedef struct {
  guint calls;     /* number of calls of translate */
  guint running;   /* number of calls that run */
  guint peak;      /* maximum of that */
  guint cancelled; /* number of calls that were cancelled */
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
