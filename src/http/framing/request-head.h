/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaRequestHead:
 * @content_length: bytes of the body; 0 if there is none, or with @is_chunked
 * @is_chunked: the body is in chunks
 *
 * What the head of an HTTP/1 request, its first line and headers, says about the body.
 */
typedef struct {
  guint64 content_length;
  gboolean is_chunked;
} HablaRequestHead;

/**
 * HablaRequestError:
 * @status: 400, or 505 for another version of HTTP; 0 = no error
 * @detail: (transfer none): the problem, for people; a string literal
 */
typedef struct {
  guint status;
  const char *detail;
} HablaRequestError;

/**
 * habla_request_head_find_end:
 * @text: (array length=length): what a client sent; not terminated
 * @length: in bytes
 * @from: where the search starts; the bytes before were searched already
 *
 * Returns: the length of the head that @text begins with, its empty line included; 0 = it is not
 *   whole yet
 */
gsize habla_request_head_find_end (const char *text, gsize length, gsize from);

/**
 * habla_request_head_parse:
 * @text: (array length=length): one whole head; not terminated
 * @length: in bytes
 * @head: (out): the result
 * @error: (out): set if the head is malformed
 *
 * Stricter than libsoup, which leaks memory for each head that it rejects (3.2.3).
 *
 * Returns: whether the head is valid
 */
gboolean habla_request_head_parse (
    const char *text, gsize length, HablaRequestHead *head, HablaRequestError *error);

/**
 * habla_request_chunk_parse:
 * @line: (array length=length): the line before a chunk, its line end included; not terminated
 * @length: in bytes
 * @size: (out): bytes of the chunk
 * @error: (out): set if the line is malformed
 *
 * Returns: whether the line is valid
 */
gboolean habla_request_chunk_parse (
    const char *line, gsize length, guint64 *size, HablaRequestError *error);

G_END_DECLS
