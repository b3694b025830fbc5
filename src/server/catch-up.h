/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <session/room.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaCatchUp:
 *
 * A client that comes back is told what it has missed and what the room has no longer in
 * memory: out of the store. What the room tells meanwhile is held back until then.
 */
typedef struct _HablaCatchUp HablaCatchUp;

/**
 * HablaCatchUpHandler:
 * @emit: for each event out of the store
 * @send: then for each message that was held back
 * @done: at the end; the catch-up is gone
 */
typedef struct {
  void (*emit) (const HablaEvent *event, gpointer user_data);
  void (*send) (guint type, GBytes *message, gpointer user_data);
  void (*done) (gpointer user_data);
  gpointer user_data;
} HablaCatchUpHandler;

/* Returns: (nullable): %NULL when @member has missed nothing that is not in memory */
HablaCatchUp *habla_catch_up_new (
    HablaStore *store, HablaMember *member, guint64 since, const HablaCatchUpHandler *handler);
/* Nothing is called any more. */
void habla_catch_up_cancel (HablaCatchUp *self);
/* If too much is held back it ends at once, without the store. */
void habla_catch_up_hold (HablaCatchUp *self, guint type, GBytes *message);

G_END_DECLS
