/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/utterance.h>
#include <room/room-event.h>

G_BEGIN_DECLS

/**
 * HablaExchangeLog:
 *
 * The last exchanges of a room, and for each of them which translations are still to come.
 */
typedef struct _HablaExchangeLog HablaExchangeLog;

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

HablaExchangeLog *habla_exchange_log_new (guint max_length, guint64 *next_id);
void habla_exchange_log_free (HablaExchangeLog *self);

HablaExchangeEntry *habla_exchange_log_add (HablaExchangeLog *self, guint session,
    const HablaUtterance *utterance, const HablaRoomSettings *settings, HablaSpeaker *speaker);
void habla_exchange_log_await (HablaExchangeEntry *entry, const char *language, gint64 deadline);
gboolean habla_exchange_log_answer (
    HablaExchangeLog *self, HablaExchangeEntry *entry, const char *language, const char *text);
gboolean habla_exchange_log_give_up (HablaExchangeLog *self, guint session, const char *language);
gint64 habla_exchange_log_give_up_late (HablaExchangeLog *self, gint64 now);
guint habla_exchange_log_settle (HablaExchangeLog *self, guint session);
void habla_exchange_log_forget (HablaExchangeLog *self);

gboolean habla_exchange_log_is_full (HablaExchangeLog *self);
guint64 habla_exchange_log_get_first_id (HablaExchangeLog *self);
guint64 habla_exchange_log_get_next_id (HablaExchangeLog *self);
HablaExchangeEntry *habla_exchange_log_get (HablaExchangeLog *self, guint64 id);
HablaExchangeEntry *habla_exchange_log_get_from (HablaExchangeLog *self, guint64 id);
HablaExchangeEntry *habla_exchange_log_find_unannounced (
    HablaExchangeLog *self, guint session, guint64 utterance);
HablaExchangeEntry *habla_exchange_log_find_awaiting (
    HablaExchangeLog *self, guint session, guint64 utterance, const char *language);
gboolean habla_exchange_log_knows (HablaExchangeLog *self, guint session, guint64 utterance);
guint habla_exchange_log_count_pending (HablaExchangeLog *self, guint session);

gboolean habla_exchange_log_is_answered (const HablaExchangeEntry *entry, const char *language);

G_END_DECLS
