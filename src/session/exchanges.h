/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/utterance.h>
#include <session/room.h>

G_BEGIN_DECLS

/**
 * HablaExchanges:
 *
 * The last exchanges of a room, and for each of them which translations are still to come.
 */
typedef struct _HablaExchanges HablaExchanges;

/**
 * HablaExchangeEntry:
 * @exchange: what members see
 * @session: number of the session that it came from
 * @utterance: its id in that session
 * @is_announced: its transcript has come
 * @awaited: from BCP 47 code of a translation to come, to when it is given up, in
 *   microseconds of the monotonic clock; 0 = the session's end
 * @announced_at: when it was made, on the same clock
 * @is_forgotten: the room was reset since; nobody is told of it
 * @is_finished: nothing was awaited any more, and that was told
 */
typedef struct {
  HablaExchange exchange;
  guint session;
  guint64 utterance;
  gboolean is_announced;
  GHashTable *awaited;
  gint64 announced_at;
  gboolean is_forgotten;
  gboolean is_finished;
} HablaExchangeEntry;

HablaExchanges *habla_exchanges_new (guint max_length, guint64 *next_id);
void habla_exchanges_free (HablaExchanges *self);

HablaExchangeEntry *habla_exchanges_add (HablaExchanges *self, guint session,
    const HablaUtterance *utterance, HablaDirection direction, HablaSpeaker *speaker);
void habla_exchanges_await (HablaExchangeEntry *entry, const char *language, gint64 deadline);
gboolean habla_exchanges_answer (
    HablaExchanges *self, HablaExchangeEntry *entry, const char *language, const char *text);
gboolean habla_exchanges_give_up (HablaExchanges *self, guint session, const char *language);
gint64 habla_exchanges_give_up_late (HablaExchanges *self, gint64 now);
guint habla_exchanges_settle (HablaExchanges *self, guint session);
void habla_exchanges_forget (HablaExchanges *self);

gboolean habla_exchanges_is_full (HablaExchanges *self);
guint64 habla_exchanges_get_first_id (HablaExchanges *self);
guint64 habla_exchanges_get_next_id (HablaExchanges *self);
HablaExchangeEntry *habla_exchanges_get (HablaExchanges *self, guint64 id);
HablaExchangeEntry *habla_exchanges_get_from (HablaExchanges *self, guint64 id);
HablaExchangeEntry *habla_exchanges_find_unannounced (
    HablaExchanges *self, guint session, guint64 utterance);
HablaExchangeEntry *habla_exchanges_find_awaiting (
    HablaExchanges *self, guint session, guint64 utterance, const char *language);
gboolean habla_exchanges_knows (HablaExchanges *self, guint session, guint64 utterance);
guint habla_exchanges_count_pending (HablaExchanges *self, guint session);

gboolean habla_exchanges_is_answered (const HablaExchangeEntry *entry, const char *language);

G_END_DECLS
