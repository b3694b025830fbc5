/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room.h>
#include <store/store.h>

G_BEGIN_DECLS

/**
 * HablaMissedExchanges:
 *
 * Reads from the store the exchanges that a reconnecting client has missed and its room no longer
 * remembers. Messages that the room sends meanwhile are held back, so that the client gets all
 * exchanges in order. Frees itself when it is done.
 */
typedef struct _HablaMissedExchanges HablaMissedExchanges;

/**
 * HablaMissedExchangesHandler:
 * @emit: called for each event of a missed exchange
 * @done: called after the last event; the #HablaMissedExchanges must not be used from now on
 * @send: called after @done for each message that was held back
 * @user_data: for the functions
 */
typedef struct {
  void (*emit) (const HablaEvent *event, gpointer user_data);
  void (*send) (guint type, GBytes *message, gpointer user_data);
  void (*done) (gpointer user_data);
  gpointer user_data;
} HablaMissedExchangesHandler;

/**
 * habla_missed_exchanges_new:
 * @store: (transfer none): the store; outlives the object
 * @member: (transfer none): the member of the client; outlives the object, or cancels it
 * @since: id of the last exchange that the client has; 0 = it has none, and needs only what the
 * room remembers
 * @handler: copied
 *
 * Begins to read the exchanges after @since, at most 500. If the store fails, the client gets
 * none of them.
 *
 * Returns: (transfer none) (nullable): the object, or %NULL if the room remembers all that the
 *   client has missed
 */
HablaMissedExchanges *habla_missed_exchanges_new (HablaStore *store, HablaMember *member,
    guint64 since, const HablaMissedExchangesHandler *handler);

/**
 * habla_missed_exchanges_cancel:
 * @self: (transfer full): an object that is not done
 *
 * Stops reading. The handler is never called again.
 */
void habla_missed_exchanges_cancel (HablaMissedExchanges *self);

/**
 * habla_missed_exchanges_hold:
 * @self: an object that is not done
 * @type: type of @message, for the handler
 * @message: (transfer none): a message that the room sends
 *
 * Holds back @message. If 2,000 messages are held back, the object is done at once, without the
 * rest of the missed exchanges.
 */
void habla_missed_exchanges_hold (HablaMissedExchanges *self, guint type, GBytes *message);

G_END_DECLS
