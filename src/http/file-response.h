/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/async-response.h>

G_BEGIN_DECLS

/**
 * habla_file_response_send:
 * @response: (transfer full): a response that has not begun
 * @path: (transfer full) (nullable): the file; %NULL, and anything but a regular file, give 404
 * @type: (transfer none): the file's media type; a string literal
 *
 * Sends a file, or the range that the request has in its header Range. Worker threads read the
 * file in chunks, so that a large one takes no more memory than a small one.
 */
void habla_file_response_send (HablaAsyncResponse *response, char *path, const char *type);

G_END_DECLS
