/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/request-head.h>

G_BEGIN_DECLS

/**
 * HablaRequestFramer:
 *
 * Holds back what a client sends until a whole head, or a whole line between two chunks, is
 * there and good, and then hands it out. Bodies pass through. So libsoup never sees a bad head,
 * nor one that ends in the middle.
 *
 * What it holds is bounded by who puts bytes in: it never asks for more while it can hand out.
 */
typedef struct _HablaRequestFramer HablaRequestFramer;

HablaRequestFramer *habla_request_framer_new (void);
void habla_request_framer_free (HablaRequestFramer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRequestFramer, habla_request_framer_free)

/* Returns: (transfer none): room for @size more bytes at the end of what is held; follow with
 * habla_request_framer_put() */
void *habla_request_framer_reserve (HablaRequestFramer *self, gsize size);
/* @reserved, @n: of the bytes that were reserved, so many are to be kept */
void habla_request_framer_put (HablaRequestFramer *self, gsize reserved, gsize n);

/* Returns: how many bytes were copied into @buffer; 0 = it needs more, or has an error */
gsize habla_request_framer_take (HablaRequestFramer *self, void *buffer, gsize count);
/* Likewise, whatever the bytes are: another protocol has begun. */
gsize habla_request_framer_take_raw (HablaRequestFramer *self, void *buffer, gsize count);
/* Returns: how many bytes of a body may be read directly, without the framer; 0 = none */
guint64 habla_request_framer_get_direct (HablaRequestFramer *self);
void habla_request_framer_skip_direct (HablaRequestFramer *self, gsize n);

/* Returns: whether habla_request_framer_take() may hand out something, or fail, as it is */
gboolean habla_request_framer_is_ready (HablaRequestFramer *self);
/* Returns: how many bytes are held */
gsize habla_request_framer_get_held (HablaRequestFramer *self);
/* Returns: (nullable): why nothing is handed out any more */
const HablaRequestError *habla_request_framer_get_error (HablaRequestFramer *self);

G_END_DECLS
