/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Maximum length of a text, in characters. The engine's time for a word grows with the
 * square of its length: 16,384 digits without a space take 2.6 s, words much less. */
#define APERTIUM_CHAIN_MAX_TEXT 16384

typedef struct _ApertiumChain ApertiumChain;

/**
 * apertium_chain_new:
 * @name: name for messages, for example "eng-spa"
 * @stages: (element-type GStrv): the arguments of each program
 * @error: return location for a %HABLA_ERROR_ENGINE, %HABLA_ERROR_NOT_INSTALLED or
 *   %HABLA_ERROR_TIMEOUT
 *
 * Starts a chain and waits for its first response, about 70 ms.
 *
 * Returns: (transfer full) (nullable): the chain; free with apertium_chain_free()
 */
ApertiumChain *apertium_chain_new (const char *name, GPtrArray *stages, GError **error);
/**
 * apertium_chain_free:
 * @self: (transfer full): a chain that no thread uses
 *
 * Stops the programs. They have exited when this function returns.
 */
void apertium_chain_free (ApertiumChain *self);

/**
 * apertium_chain_translate:
 * @self: a chain
 * @text: at most %APERTIUM_CHAIN_MAX_TEXT characters
 * @timeout: time after which the chain counts as hung and is replaced, in milliseconds
 * @cancellable: (nullable): cancelling it makes this function return at once
 * @retried: (out) (optional): whether the chain failed once, so that @text was sent twice
 * @error: return location for %HABLA_ERROR_INPUT if @text is too long,
 *   %HABLA_ERROR_ENGINE or %HABLA_ERROR_TIMEOUT if the chain failed twice, or
 *   %G_IO_ERROR_CANCELLED
 *
 * Safe to call from any number of threads at once.
 *
 * Returns: (transfer full) (nullable): the output of `apertium -u` for the line @text,
 *   without the newline at its end
 */
char *apertium_chain_translate (ApertiumChain *self, const char *text, guint timeout,
    GCancellable *cancellable, gboolean *retried, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApertiumChain, apertium_chain_free)

G_END_DECLS
