/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/framing/request-head.h>

G_BEGIN_DECLS

/**
 * HablaRequestFramer:
 *
 * Holds the bytes that a client sends until a whole head, or a whole line between two chunks, has
 * arrived and is valid, and then hands it out. Bodies pass through. So libsoup never sees a
 * malformed head, nor one that ends in the middle.
 *
 * To limit the bytes that it holds, add bytes only when it can hand out nothing.
 */
typedef struct _HablaRequestFramer HablaRequestFramer;

/**
 * habla_request_framer_new:
 *
 * Returns: (transfer full): a framer before the first request
 */
HablaRequestFramer *habla_request_framer_new (void);

/**
 * habla_request_framer_free:
 * @self: (transfer full): a framer
 */
void habla_request_framer_free (HablaRequestFramer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRequestFramer, habla_request_framer_free)

/**
 * habla_request_framer_reserve:
 * @self: a framer
 * @size: in bytes
 *
 * Follow with habla_request_framer_put().
 *
 * Returns: (transfer none): space for @size more bytes
 */
void *habla_request_framer_reserve (HablaRequestFramer *self, gsize size);

/**
 * habla_request_framer_put:
 * @self: a framer
 * @reserved: the size that was reserved
 * @n: bytes of it that were filled; the rest is dropped
 */
void habla_request_framer_put (HablaRequestFramer *self, gsize reserved, gsize n);

/**
 * habla_request_framer_take:
 * @self: a framer
 * @buffer: (out) (array length=count): gets bytes of requests
 * @count: bytes in @buffer
 *
 * Returns: how many bytes were handed out; 0 = it needs more, or has an error
 */
gsize habla_request_framer_take (HablaRequestFramer *self, void *buffer, gsize count);

/**
 * habla_request_framer_take_raw:
 * @self: a framer
 * @buffer: (out) (array length=count): gets bytes
 * @count: bytes in @buffer
 *
 * Hands out what it holds without looking at it, since another protocol has begun.
 *
 * Returns: how many bytes were handed out
 */
gsize habla_request_framer_take_raw (HablaRequestFramer *self, void *buffer, gsize count);

/**
 * habla_request_framer_get_direct:
 * @self: a framer
 *
 * Returns: how many bytes of a body may be read without the framer; 0 = none
 */
guint64 habla_request_framer_get_direct (HablaRequestFramer *self);

/**
 * habla_request_framer_skip_direct:
 * @self: a framer
 * @n: bytes of the body that were read without the framer
 */
void habla_request_framer_skip_direct (HablaRequestFramer *self, gsize n);

/**
 * habla_request_framer_is_ready:
 * @self: a framer
 *
 * Returns: whether habla_request_framer_take() may hand out something, or fail, without more bytes
 */
gboolean habla_request_framer_is_ready (HablaRequestFramer *self);

/**
 * habla_request_framer_get_held:
 * @self: a framer
 *
 * Returns: how many bytes it holds
 */
gsize habla_request_framer_get_held (HablaRequestFramer *self);

/**
 * habla_request_framer_get_error:
 * @self: a framer
 *
 * Returns: (transfer none) (nullable): why it hands out nothing more
 */
const HablaRequestError *habla_request_framer_get_error (HablaRequestFramer *self);

G_END_DECLS
