/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/async-response.h>
#include <sys/stat.h>

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

/**
 * habla_file_response_send_open:
 * @response: (transfer full): a response that has not begun
 * @fd: (transfer full): a regular file, open for reading
 * @status: (transfer none): of @fd
 * @type: (transfer none): as in habla_file_response_send()
 *
 * Like habla_file_response_send(), with an ETag and Last-Modified: answers 304 if the client has
 * the file already, and ends the connection if the file changes while it is sent. A file that is
 * replaced or deleted meanwhile is sent to its end.
 */
void habla_file_response_send_open (
    HablaAsyncResponse *response, int fd, const struct stat *status, const char *type);

/**
 * habla_file_response_make_etag:
 * @status: of a file
 *
 * Returns: (transfer full): a strong ETag: differs whenever the file was written or replaced
 */
char *habla_file_response_make_etag (const struct stat *status);

G_END_DECLS
