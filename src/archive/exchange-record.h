/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room.h>
#include <store/records.h>

G_BEGIN_DECLS

/* Converts exchanges of rooms to records of the store, and back. */

/**
 * habla_exchange_record_new:
 * @room: the room of @exchange
 * @exchange: a finished exchange
 *
 * Returns: (transfer full): the record for the store
 */
HablaUtteranceRecord *habla_exchange_record_new (HablaRoom *room, const HablaExchange *exchange);

/**
 * habla_exchange_record_speakers_new:
 * @room: a room
 *
 * Returns: (transfer full) (element-type HablaSpeakerRecord): the speakers of @room
 */
GPtrArray *habla_exchange_record_speakers_new (HablaRoom *room);

/**
 * habla_exchange_record_owner_new:
 * @room: a room
 *
 * Returns: (transfer full) (nullable): a hash that identifies the owner without revealing the key;
 *   %NULL if the owner has no key
 */
char *habla_exchange_record_owner_new (HablaRoom *room);

/**
 * HablaRestoredExchange:
 * @exchange: an exchange as a room has it; its strings belong to the record
 * @speaker: the speaker of @exchange
 *
 * An exchange that was read from the store.
 */
typedef struct {
  HablaExchange exchange;
  HablaSpeaker speaker;
} HablaRestoredExchange;

/**
 * habla_restored_exchange_init:
 * @self: (out caller-allocates): free its contents with habla_restored_exchange_clear()
 * @record: (transfer none): a record of the store; outlives @self
 */
void habla_restored_exchange_init (HablaRestoredExchange *self, const HablaUtteranceRecord *record);

/**
 * habla_restored_exchange_clear:
 * @self: an exchange
 *
 * Frees the contents of @self.
 */
void habla_restored_exchange_clear (HablaRestoredExchange *self);

/**
 * habla_exchange_record_format_languages:
 * @source: BCP 47 code
 * @targets: (array zero-terminated=1): BCP 47 codes, at least one
 *
 * Returns: (transfer full): the value of `direction` in the store: "en_to_es", or "en_to_es,fr"
 */
char *habla_exchange_record_format_languages (const char *source, const char *const *targets);

/**
 * habla_exchange_record_parse_languages:
 * @text: (nullable): a `direction` of the store
 * @source: (out) (transfer full): BCP 47 code; set only if @text is one
 * @targets: (out) (transfer full) (array zero-terminated=1): at least one; set only if @text is
 *   one
 *
 * Returns: whether @text names languages
 */
gboolean habla_exchange_record_parse_languages (const char *text, char **source, GStrv *targets);

G_END_DECLS
