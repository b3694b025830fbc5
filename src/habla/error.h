/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <habla/visibility.h>

G_BEGIN_DECLS

#define HABLA_ERROR (habla_error_quark ())

/**
 * HablaError:
 * @HABLA_ERROR_LANGUAGE: a language code is malformed, or no engine supports the language
 *   or pair of languages
 * @HABLA_ERROR_NOT_INSTALLED: a program, model, dictionary or voice is missing;
 *   the message names its package
 * @HABLA_ERROR_ENGINE: an engine failed or sent an invalid response
 * @HABLA_ERROR_TIMEOUT: an engine did not respond in time
 * @HABLA_ERROR_INPUT: the input is unreadable, corrupt or too long
 * @HABLA_ERROR_PARAMETER: a parameter, property, element or pipeline is unknown
 *   or has a bad value
 *
 * Each message says what failed, on what, and what to do.
 */
typedef enum {
  HABLA_ERROR_LANGUAGE,
  HABLA_ERROR_NOT_INSTALLED,
  HABLA_ERROR_ENGINE,
  HABLA_ERROR_TIMEOUT,
  HABLA_ERROR_INPUT,
  HABLA_ERROR_PARAMETER,
} HablaError;

/**
 * habla_error_quark:
 *
 * Returns: the error domain %HABLA_ERROR
 */
HABLA_API GQuark habla_error_quark (void);

G_END_DECLS
