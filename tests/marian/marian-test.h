/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "habla-test.h"

#include <marian.h>

G_BEGIN_DECLS

/**
 * marian_test_find_models:
 *
 * Returns: whether Firefox's models are installed
 */
gboolean marian_test_find_models (void);

/**
 * marian_test_has_models:
 *
 * Marks the test as skipped if Firefox's models are not installed.
 *
 * Returns: whether they are
 */
gboolean marian_test_has_models (void);

/**
 * marian_test_dup_file:
 * @pair: "en-pt" or "pt-en"
 * @role: "model", "lex" or "vocab"
 *
 * Returns: (transfer full): the path of the file of a model
 */
char *marian_test_dup_file (const char *pair, const char *role);

/**
 * marian_test_load:
 * @pair: "en-pt" or "pt-en"
 * @arithmetic: how to compute
 *
 * Returns: (transfer full): the model
 */
MarianModel *marian_test_load (const char *pair, MarianArithmetic arithmetic);

/**
 * marian_test_read_lines:
 * @name: name of a file of test data
 *
 * Returns: (transfer full): its lines
 */
GStrv marian_test_read_lines (const char *name);

G_END_DECLS
