/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The longest text, in characters. What the engine needs for a word grows with the
 * square of its length: 16,384 digits in a row take 2.6 s, words much less. */
#define APERTIUM_CHAIN_MAX_TEXT 16384

typedef struct _ApertiumChain ApertiumChain;

ApertiumChain *apertium_chain_new (const char *name, GPtrArray *stages, GError **error);
void apertium_chain_free (ApertiumChain *self);

char *apertium_chain_translate (ApertiumChain *self, const char *text, guint timeout,
    GCancellable *cancellable, gboolean *retried, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApertiumChain, apertium_chain_free)

G_END_DECLS
