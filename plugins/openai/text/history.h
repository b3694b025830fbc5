/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Most exchanges, and characters of each text. */
#define HISTORY_MAX_EXCHANGES 20
#define HISTORY_MAX_TEXT 500

/**
 * HistoryExchange:
 * @speaker: (nullable): who said it
 * @source: the words spoken
 * @translation: its translation
 */
typedef struct {
  char *speaker;
  char *source;
  char *translation;
} HistoryExchange;

/**
 * History:
 * @lock: protects the others
 * @exchanges: (element-type HistoryExchange): the last exchanges
 *
 * What a language model gets of the lesson so far. Any thread.
 */
typedef struct {
  GMutex lock;
  GQueue exchanges; /* protected by lock */
} History;

/**
 * history_init:
 * @self: zeroed memory
 */
void history_init (History *self);

/**
 * history_clear:
 * @self: a history
 *
 * Removes all exchanges.
 */
void history_clear (History *self);

/**
 * history_destroy:
 * @self: a history
 *
 * Frees the members of @self.
 */
void history_destroy (History *self);

/**
 * history_add:
 * @self: a history
 * @speaker: (nullable): who said it
 * @source: the words spoken
 * @translation: its translation
 *
 * Adds an exchange, and forgets the oldest one of more than %HISTORY_MAX_EXCHANGES.
 */
void history_add (History *self, const char *speaker, const char *source, const char *translation);

/**
 * history_copy:
 * @self: a history
 * @n: how many
 *
 * Returns: (transfer full) (element-type HistoryExchange): the last @n exchanges, the oldest first
 */
GPtrArray *history_copy (History *self, guint n);

G_END_DECLS
