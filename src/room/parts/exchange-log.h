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
 * @run: number of the pipeline that it came from
 * @utterance: its id in that pipeline
 * @is_announced: its transcript has come
 * @awaited: from BCP 47 code of a translation to come, to when it is given up, on the monotonic
 *   clock in microseconds; 0 = at the end of the pipeline
 * @announced_at: when it was created, on the monotonic clock in microseconds
 * @has_progress: members have read parts of a translation
 * @is_forgotten: the room was reset since; no member is notified of it
 * @is_finished: it awaits no translation, and the observer was notified
 * @replayed: (nullable): encoded messages of this exchange for members that join later, from BCP 47
 *   code to #GBytes; "" = the transcript
 */
typedef struct {
  HablaExchange exchange;
  guint run;
  guint64 utterance;
  gboolean is_announced;
  GHashTable *awaited;
  gint64 announced_at;
  gboolean has_progress;
  gboolean is_forgotten;
  gboolean is_finished;
  GHashTable *replayed;
} HablaExchangeEntry;

/**
 * HablaExchangeResolved:
 * @entry: an exchange
 * @language: BCP 47 code of a translation that it has awaited
 * @text: (nullable): the translation; %NULL = it will not come
 * @user_data: see habla_exchange_log_set_resolved()
 *
 * Must not change the log.
 */
typedef void (*HablaExchangeResolved) (
    HablaExchangeEntry *entry, const char *language, const char *text, gpointer user_data);

/**
 * habla_exchange_log_new:
 * @max_length: number of exchanges that are kept
 * @next_id: (inout): counted up with each exchange; all rooms share it
 *
 * Returns: (transfer full): an empty log
 */
HablaExchangeLog *habla_exchange_log_new (guint max_length, guint64 *next_id);

/**
 * habla_exchange_log_free:
 * @self: (transfer full): a log
 */
void habla_exchange_log_free (HablaExchangeLog *self);

/**
 * habla_exchange_log_add:
 * @self: a log; if it is full, the oldest exchange is dropped
 * @run: number of the pipeline
 * @utterance: the transcript; or a translation that has overtaken it, which has its text, too
 * @settings: languages of the pipeline
 * @speaker: (unowned) (nullable): must live until habla_exchange_log_forget()
 *
 * Returns: (transfer none): a new exchange, which awaits no translation yet
 */
HablaExchangeEntry *habla_exchange_log_add (HablaExchangeLog *self, guint run,
    const HablaUtterance *utterance, const HablaRoomSettings *settings, HablaSpeaker *speaker);

/**
 * habla_exchange_log_insert:
 * @self: a log; if it is full, the oldest exchange is dropped
 * @exchange: (transfer none): its strings and annotations are moved into the log. Its id must be
 *   greater than those in the log; the next id follows it
 * @awaited: (array zero-terminated=1): BCP 47 codes of translations to come
 *
 * Adds an exchange that another log has given its id, text and time.
 *
 * Returns: (transfer none): the exchange in the log
 */
HablaExchangeEntry *habla_exchange_log_insert (
    HablaExchangeLog *self, HablaExchange *exchange, const char *const *awaited);

/**
 * habla_exchange_log_set_resolved:
 * @self: a log
 * @resolved: (nullable): called for each translation that has come or is given up
 * @user_data: passed to @resolved
 */
void habla_exchange_log_set_resolved (
    HablaExchangeLog *self, HablaExchangeResolved resolved, gpointer user_data);

/**
 * habla_exchange_log_await:
 * @entry: an exchange
 * @language: BCP 47 code of a translation to come
 * @deadline: when it is given up, on the monotonic clock in microseconds; 0 = at the end of the
 *   pipeline
 */
void habla_exchange_log_await (HablaExchangeEntry *entry, const char *language, gint64 deadline);

/**
 * habla_exchange_log_answer:
 * @self: a log
 * @entry: one of its exchanges
 * @language: BCP 47 code
 * @text: (nullable): the translation; %NULL = it failed
 *
 * A branch of a pipeline keeps the order: what earlier exchanges awaited from it will not come.
 *
 * Returns: whether @language was awaited
 */
gboolean habla_exchange_log_answer (
    HablaExchangeLog *self, HablaExchangeEntry *entry, const char *language, const char *text);

/**
 * habla_exchange_log_resolve:
 * @self: a log
 * @entry: one of its exchanges
 * @language: BCP 47 code
 * @text: (nullable): the translation; %NULL = it will not come
 *
 * Unlike habla_exchange_log_answer(), this says nothing about earlier exchanges.
 *
 * Returns: whether @language was awaited; if not, nothing has changed
 */
gboolean habla_exchange_log_resolve (
    HablaExchangeLog *self, HablaExchangeEntry *entry, const char *language, const char *text);

/**
 * habla_exchange_log_give_up_all:
 * @self: a log
 * @entry: one of its exchanges
 *
 * Gives up all translations of @entry.
 */
void habla_exchange_log_give_up_all (HablaExchangeLog *self, HablaExchangeEntry *entry);

/**
 * habla_exchange_log_give_up:
 * @self: a log
 * @run: number of a pipeline
 * @language: BCP 47 code of a language that was removed from it
 *
 * Returns: whether an exchange awaited it
 */
gboolean habla_exchange_log_give_up (HablaExchangeLog *self, guint run, const char *language);

/**
 * habla_exchange_log_give_up_late:
 * @self: a log
 * @now: on the monotonic clock, in microseconds
 *
 * Gives up translations whose deadline has passed.
 *
 * Returns: the next deadline; 0 = there is none
 */
gint64 habla_exchange_log_give_up_late (HablaExchangeLog *self, gint64 now);

/**
 * habla_exchange_log_settle:
 * @self: a log
 * @run: number of a closed pipeline
 *
 * Gives up all pending translations of this pipeline.
 *
 * Returns: the number of exchanges that awaited translations
 */
guint habla_exchange_log_settle (HablaExchangeLog *self, guint run);

/**
 * habla_exchange_log_drop_replayed:
 * @self: a log
 *
 * Drops the encoded messages of all exchanges: a speaker has another name.
 */
void habla_exchange_log_drop_replayed (HablaExchangeLog *self);

/**
 * habla_exchange_log_forget:
 * @self: a log
 *
 * Clears all exchanges. They stay as place holders, so that late translations are not taken for
 * something new.
 */
void habla_exchange_log_forget (HablaExchangeLog *self);

/**
 * habla_exchange_log_is_full:
 * @self: a log
 *
 * Returns: whether the next exchange drops the oldest one
 */
gboolean habla_exchange_log_is_full (HablaExchangeLog *self);

/**
 * habla_exchange_log_get_first_id:
 * @self: a log
 *
 * Returns: id of the oldest exchange, or of the next one if there is none
 */
guint64 habla_exchange_log_get_first_id (HablaExchangeLog *self);

/**
 * habla_exchange_log_get_next_id:
 * @self: a log
 *
 * Returns: lower bound of the id of the next exchange
 */
guint64 habla_exchange_log_get_next_id (HablaExchangeLog *self);

/**
 * habla_exchange_log_get:
 * @self: a log
 * @id: of an exchange
 *
 * Returns: (transfer none) (nullable): this exchange
 */
HablaExchangeEntry *habla_exchange_log_get (HablaExchangeLog *self, guint64 id);

/**
 * habla_exchange_log_get_from:
 * @self: a log
 * @id: an id
 *
 * Returns: (transfer none) (nullable): the first exchange whose id is not less than @id
 */
HablaExchangeEntry *habla_exchange_log_get_from (HablaExchangeLog *self, guint64 id);

/**
 * habla_exchange_log_find_unannounced:
 * @self: a log
 * @run: number of a pipeline
 * @utterance: id of an utterance
 *
 * Returns: (transfer none) (nullable): its exchange, if a translation came before the transcript
 */
HablaExchangeEntry *habla_exchange_log_find_unannounced (
    HablaExchangeLog *self, guint run, guint64 utterance);

/**
 * habla_exchange_log_find_awaiting:
 * @self: a log
 * @run: number of a pipeline
 * @utterance: id of an utterance
 * @language: BCP 47 code
 *
 * Returns: (transfer none) (nullable): its oldest exchange that awaits @language
 */
HablaExchangeEntry *habla_exchange_log_find_awaiting (
    HablaExchangeLog *self, guint run, guint64 utterance, const char *language);

/**
 * habla_exchange_log_knows:
 * @self: a log
 * @run: number of a pipeline
 * @utterance: id of an utterance
 *
 * Returns: whether there is an exchange of it: it is final
 */
gboolean habla_exchange_log_knows (HablaExchangeLog *self, guint run, guint64 utterance);

/**
 * habla_exchange_log_count_pending:
 * @self: a log
 * @run: number of a pipeline
 *
 * Returns: number of its exchanges that await a translation
 */
guint habla_exchange_log_count_pending (HablaExchangeLog *self, guint run);

/**
 * habla_exchange_log_is_answered:
 * @entry: an exchange
 * @language: BCP 47 code
 *
 * Returns: whether the exchange does not await a translation into @language
 */
gboolean habla_exchange_log_is_answered (const HablaExchangeEntry *entry, const char *language);

G_END_DECLS
