/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaExitStatus:
 * @HABLA_EXIT_OK: all was done
 * @HABLA_EXIT_USAGE: an option or parameter is unknown or has a bad value
 * @HABLA_EXIT_DATA: an input is damaged, cut short, or without what is wanted from it
 * @HABLA_EXIT_NO_INPUT: an input is not there or cannot be read, or there is no microphone
 * @HABLA_EXIT_UNAVAILABLE: an element, engine, model, decoder or language is not installed
 * @HABLA_EXIT_ENGINE: an engine failed
 * @HABLA_EXIT_CANNOT_CREATE: an output cannot be made
 * @HABLA_EXIT_IO: writing failed, as on a full disk
 *
 * The command's exit status, with the values of sysexits.h; also the codes of the error
 * domain %HABLA_EXIT_ERROR. Stopped by a signal before all was done: 128 + its number.
 */
typedef enum {
  HABLA_EXIT_OK = 0,
  HABLA_EXIT_USAGE = 64,
  HABLA_EXIT_DATA = 65,
  HABLA_EXIT_NO_INPUT = 66,
  HABLA_EXIT_UNAVAILABLE = 69,
  HABLA_EXIT_ENGINE = 70,
  HABLA_EXIT_CANNOT_CREATE = 73,
  HABLA_EXIT_IO = 74,
} HablaExitStatus;

#define HABLA_EXIT_ERROR (habla_exit_error_quark ())
GQuark habla_exit_error_quark (void);

HablaExitStatus habla_exit_status_from_error (const GError *error);
HablaExitStatus habla_exit_status_from_errno (int number, gboolean writing);
GError *habla_exit_error_from_message (GstMessage *message, const char *input);

G_END_DECLS
