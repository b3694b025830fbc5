/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Exit statuses of the program `habla-model-check`. */
#define HABLA_MODEL_CHECK_USABLE 0
#define HABLA_MODEL_CHECK_UNUSABLE 1
#define HABLA_MODEL_CHECK_SKIPPED 77

/**
 * HablaModelCheckResult:
 * @HABLA_MODEL_CHECK_RESULT_USABLE: its engine loads it
 * @HABLA_MODEL_CHECK_RESULT_UNUSABLE: its engine does not load it, ends the process, or hangs
 * @HABLA_MODEL_CHECK_RESULT_UNKNOWN: its engine is not installed
 */
typedef enum {
  HABLA_MODEL_CHECK_RESULT_USABLE,
  HABLA_MODEL_CHECK_RESULT_UNUSABLE,
  HABLA_MODEL_CHECK_RESULT_UNKNOWN,
} HablaModelCheckResult;

/**
 * habla_model_check_run:
 * @folder: the folder of a model
 * @reason: (out) (nullable): a sentence, unless the model is usable
 * @cancellable: (nullable): to cancel it
 * @error: return location for a %G_IO_ERROR_CANCELLED
 *
 * Runs `habla-model-check`, which loads the model in an element and lets it work once, for at most
 * two minutes. The environment variable `HABLA_MODEL_CHECK` names another program,
 * `HABLA_MODEL_CHECK_TIMEOUT` another time limit in seconds. Blocks.
 *
 * Returns: the result; %HABLA_MODEL_CHECK_RESULT_UNKNOWN with @error
 */
HablaModelCheckResult habla_model_check_run (
    const char *folder, char **reason, GCancellable *cancellable, GError **error);

G_END_DECLS
