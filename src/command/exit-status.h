/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaExitStatus:
 * @HABLA_EXIT_OK: success
 * @HABLA_EXIT_USAGE: an option or parameter is unknown or has a bad value
 * @HABLA_EXIT_DATA: an input is damaged or truncated, or has no audio
 * @HABLA_EXIT_NO_INPUT: an input does not exist or cannot be read, or there is no microphone
 * @HABLA_EXIT_UNAVAILABLE: an element, engine, model, decoder or language is not installed
 * @HABLA_EXIT_ENGINE: an engine failed
 * @HABLA_EXIT_CANNOT_CREATE: an output cannot be created
 * @HABLA_EXIT_IO: writing failed, for example on a full disk
 *
 * The exit status of the command, with the values of sysexits.h; also the codes of the error
 * domain %HABLA_EXIT_ERROR. A signal that stops the command early makes it exit with 128 + the
 * signal's number.
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

/**
 * habla_exit_status_from_error:
 * @error: (nullable): an error of the command, of Habla, GOption or GStreamer; %NULL = success
 *
 * Returns: the exit status for @error
 */
HablaExitStatus habla_exit_status_from_error (const GError *error);

/**
 * habla_exit_status_from_errno:
 * @number: the `errno` of opening or writing an output
 * @writing: whether the output was open already
 *
 * Returns: the exit status for @number
 */
HablaExitStatus habla_exit_status_from_errno (int number, gboolean writing);

/**
 * habla_exit_get_source_name:
 * @message: a message of GStreamer
 *
 * Returns: (transfer none): the name of the element that posted it, without prefix and number
 */
const char *habla_exit_get_source_name (GstMessage *message);

/**
 * habla_exit_error_from_message:
 * @message: an ERROR message of GStreamer
 * @input: (nullable): name of the input that posted it; %NULL if it is from another element
 *
 * Returns: (transfer full): a %HABLA_EXIT_ERROR whose message is a single line that names what
 *   failed
 */
GError *habla_exit_error_from_message (GstMessage *message, const char *input);

G_END_DECLS
