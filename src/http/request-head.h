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
 * @status: 400, or 505 for another version of HTTP; 0 = none
 * @detail: static: what is wrong, for people
 */
typedef struct {
  guint status;
  const char *detail;
} HablaRequestError;

/* @from: where the search starts: what is before it was searched already.
 * Returns: the length of the head that @text begins with, its empty line included; 0 = it is
 * not whole yet */
gsize habla_request_head_find_end (const char *text, gsize length, gsize from);

/* Is stricter than libsoup, which leaks memory for each head that it refuses (3.2.3).
 * @text: one whole head, not terminated.
 * Returns: whether it is good; else @error is set */
gboolean habla_request_head_parse (
    const char *text, gsize length, HablaRequestHead *head, HablaRequestError *error);

/* @line: the line before a chunk, its line end included. Returns: whether it is good; else
 * @error is set */
gboolean habla_request_chunk_parse (
    const char *line, gsize length, guint64 *size, HablaRequestError *error);

G_END_DECLS
