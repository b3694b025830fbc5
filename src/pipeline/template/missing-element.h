/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Which GStreamer element is missing, and which Debian package has it. Any thread may call these
 * functions. */

/**
 * habla_missing_element_find_package:
 * @element: the name of an element
 *
 * Returns: (transfer none) (nullable): the Debian package to install for @element; %NULL if it is
 *   not known
 */
const char *habla_missing_element_find_package (const char *element);

/**
 * habla_missing_element_get_remedy:
 * @element: the name of an element that is not installed
 *
 * Returns: (transfer full): what to do about it, for the end of an error message
 */
char *habla_missing_element_get_remedy (const char *element);

/**
 * habla_missing_element_explain:
 * @message: a message of a pipeline's bus
 *
 * Returns: (transfer full) (nullable): a %HABLA_ERROR_NOT_INSTALLED that says what to install if
 *   @message is a "missing-plugin" message; otherwise %NULL
 */
GError *habla_missing_element_explain (GstMessage *message);

/**
 * habla_missing_element_check_needed:
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED that says what to install
 *
 * Looks the elements up in the registry, so that no plugin is loaded.
 *
 * Returns: whether the elements that hablad needs for the audio of browsers are installed
 */
gboolean habla_missing_element_check_needed (GError **error);

G_END_DECLS
