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

G_END_DECLS
