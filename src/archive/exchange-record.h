/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room.h>
#include <store/records.h>

G_BEGIN_DECLS

/* Between what rooms have and what the store keeps. */

/* Returns: (transfer full): what is kept of @exchange */
HablaUtteranceRecord *habla_exchange_record_new (HablaRoom *room, const HablaExchange *exchange);
/* Returns: (transfer full) (element-type HablaSpeakerRecord): those of @room */
GPtrArray *habla_exchange_record_speakers_new (HablaRoom *room);
/* Returns: (transfer full) (nullable): that tells whose room it is without telling the key */
char *habla_exchange_record_owner_new (HablaRoom *room);

/**
 * HablaOpenedExchange:
 * @exchange: its strings and speaker belong to the #HablaUtteranceRecord
 */
typedef struct {
  HablaExchange exchange;
  HablaSpeaker speaker;
} HablaOpenedExchange;

void habla_opened_exchange_init (HablaOpenedExchange *self, const HablaUtteranceRecord *kept);
void habla_opened_exchange_clear (HablaOpenedExchange *self);

/**
 * habla_exchange_record_format_languages:
 * @source: BCP 47 code
 * @targets: (array zero-terminated=1): BCP 47 codes, at least one
 *
 * Returns: (transfer full): what the store keeps as `direction`: "en_to_es", or "en_to_es,fr"
 */
char *habla_exchange_record_format_languages (const char *source, const char *const *targets);

/**
 * habla_exchange_record_parse_languages:
 * @text: (nullable): a `direction` of the store
 * @source: (out) (transfer full): set only if @text is one
 * @targets: (out) (transfer full) (array zero-terminated=1): likewise, at least one
 *
 * Returns: whether @text names languages
 */
gboolean habla_exchange_record_parse_languages (const char *text, char **source, GStrv *targets);

G_END_DECLS
