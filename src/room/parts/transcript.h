/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/parts/exchange-log.h>
#include <room/parts/speaker-list.h>

G_BEGIN_DECLS

/**
 * HablaTranscript:
 *
 * The speakers and exchanges of a room since its last reset; bounded.
 */
typedef struct _HablaTranscript HablaTranscript;

/**
 * habla_transcript_new:
 * @next_exchange_id: (inout): counted up with each exchange; all rooms share it
 *
 * Returns: (transfer full): an empty transcript
 */
HablaTranscript *habla_transcript_new (guint64 *next_exchange_id);

/**
 * habla_transcript_free:
 * @self: (transfer full): a transcript
 */
void habla_transcript_free (HablaTranscript *self);

/**
 * habla_transcript_get_speakers:
 * @self: a transcript
 *
 * Returns: (transfer none) (element-type HablaSpeaker): in order of appearance
 */
GPtrArray *habla_transcript_get_speakers (HablaTranscript *self);

/**
 * habla_transcript_get_exchanges:
 * @self: a transcript
 *
 * Returns: (transfer none): its exchanges, oldest first
 */
HablaExchangeLog *habla_transcript_get_exchanges (HablaTranscript *self);

/**
 * habla_transcript_make_space:
 * @self: a transcript
 *
 * If the log is full, gives up the pending translations of the oldest exchange.
 *
 * Returns: whether translations were given up; members must be notified before the next exchange
 */
gboolean habla_transcript_make_space (HablaTranscript *self);

/**
 * habla_transcript_add:
 * @self: a transcript
 * @run: number of the pipeline
 * @settings: languages of the pipeline
 * @targets: from BCP 47 code to #HablaTargetState, of the pipeline
 * @utterance: a final one: the transcript, or a translation that has overtaken it
 * @is_new_speaker: (out): whether its speaker is new
 *
 * Returns: (transfer none): a new exchange, which awaits translations into @targets
 */
HablaExchangeEntry *habla_transcript_add (HablaTranscript *self, guint run,
    const HablaRoomSettings *settings, GHashTable *targets, const HablaUtterance *utterance,
    gboolean *is_new_speaker);

/**
 * habla_transcript_insert:
 * @self: a transcript with space: see habla_transcript_make_space()
 * @exchange: (transfer none): see habla_exchange_log_insert(); @origin is set
 * @speaker: (nullable): id of its speaker
 * @utterance_count: number of exchanges of this speaker, with this one
 * @awaited: (array zero-terminated=1): BCP 47 codes of translations to come
 *
 * Adds an exchange of another transcript.
 *
 * Returns: (transfer none): the exchange in this one
 */
HablaExchangeEntry *habla_transcript_insert (HablaTranscript *self, HablaExchange *exchange,
    const char *speaker, guint utterance_count, const char *const *awaited);

/**
 * habla_transcript_set_speakers:
 * @self: a transcript
 * @speakers: (element-type HablaSpeaker): of another transcript, copied. Those of @self are the
 *   first of them
 */
void habla_transcript_set_speakers (HablaTranscript *self, GPtrArray *speakers);

/**
 * habla_transcript_is_complete:
 * @self: a transcript
 *
 * Returns: whether it has all exchanges since its last reset
 */
gboolean habla_transcript_is_complete (HablaTranscript *self);

/**
 * habla_transcript_get_origin:
 * @self: a transcript
 *
 * Returns: begin of its first exchange, in microseconds since 1970, UTC; 0 = there is none
 */
gint64 habla_transcript_get_origin (HablaTranscript *self);

/**
 * habla_transcript_time_exchange:
 * @self: a transcript
 * @exchange: (inout): its newest exchange, whose begin and end are set; gets the origin
 */
void habla_transcript_time_exchange (HablaTranscript *self, HablaExchange *exchange);

/**
 * habla_transcript_take_finished:
 * @self: a transcript
 *
 * Returns: (transfer none) (nullable): an exchange that has become finished since the last calls:
 *   no more translations of it will come
 */
const HablaExchangeEntry *habla_transcript_take_finished (HablaTranscript *self);

/**
 * habla_transcript_continue:
 * @self: a transcript
 * @other: another one
 *
 * Forgets exchanges, and gets the speakers and the origin of @other: the next exchanges follow
 * those of @other.
 */
void habla_transcript_continue (HablaTranscript *self, HablaTranscript *other);

/**
 * habla_transcript_reset:
 * @self: a transcript
 *
 * Forgets speakers and exchanges.
 */
void habla_transcript_reset (HablaTranscript *self);

G_END_DECLS
