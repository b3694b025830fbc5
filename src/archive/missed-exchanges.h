/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaMissedExchanges:
 *
 * A client that comes back is told what it has missed and what the room has no longer in
 * memory: out of the store. What the room tells meanwhile is held back until then.
 */
typedef struct _HablaMissedExchanges HablaMissedExchanges;

/**
 * HablaMissedExchangesHandler:
 * @emit: for each event out of the store
 * @send: then for each message that was held back
 * @done: at the end; the catch-up is gone
 */
typedef struct {
  void (*emit) (const HablaEvent *event, gpointer user_data);
  void (*send) (guint type, GBytes *message, gpointer user_data);
  void (*done) (gpointer user_data);
  gpointer user_data;
} HablaMissedExchangesHandler;

/* Returns: (nullable): %NULL when @member has missed nothing that is not in memory */
HablaMissedExchanges *habla_missed_exchanges_new (HablaStore *store, HablaMember *member,
    guint64 since, const HablaMissedExchangesHandler *handler);
/* Nothing is called any more. */
void habla_missed_exchanges_cancel (HablaMissedExchanges *self);
/* If too much is held back it ends at once, without the store. */
void habla_missed_exchanges_hold (HablaMissedExchanges *self, guint type, GBytes *message);

G_END_DECLS
