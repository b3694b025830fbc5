/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/relay/room-relay.h"
#include "room/relay/room-snapshot.h"

G_BEGIN_DECLS

/**
 * HablaRecordType:
 * @HABLA_RECORD_EVENT: members are notified of an event; with a state if that has changed
 * @HABLA_RECORD_TRANSCRIPT: a new exchange
 * @HABLA_RECORD_TRANSLATION: a translation of an exchange, or that it will not come
 * @HABLA_RECORD_RESET: a new session
 * @HABLA_RECORD_ENDED: the room has ended
 */
typedef enum {
  HABLA_RECORD_EVENT,
  HABLA_RECORD_TRANSCRIPT,
  HABLA_RECORD_TRANSLATION,
  HABLA_RECORD_RESET,
  HABLA_RECORD_ENDED,
} HablaRecordType;

/**
 * HablaRecord:
 * @type: which of the other fields are set
 * @number: of the durable records of a room, from 1; 0 = not durable
 * @event: of %HABLA_RECORD_EVENT: its type and numbers; its strings are those below
 * @has_event: members are notified of @event; %FALSE = there is only a state
 * @text: (nullable): of an event; a translation, %NULL = none will come
 * @language: (nullable): of an event, whose readers are notified; of a translation
 * @recording: (nullable): of an event
 * @playback_mode: (nullable): of an event
 * @state: (nullable): of an event
 * @session_id: of a transcript or a reset
 * @exchange: of a transcript, without speaker and translations; of a translation: its id,
 *   processing and annotations
 * @speaker_id: (nullable): of a transcript
 * @utterance_count: exchanges of this speaker, with this one
 * @awaited: (nullable) (array zero-terminated=1): of a transcript: BCP 47 codes of the translations
 *   that will follow
 * @is_renamed: of an event: a speaker has another name or role
 *
 * One record of the log of a room.
 */
typedef struct {
  HablaRecordType type;
  guint64 number;
  gboolean has_event;
  HablaEvent event;
  char *text;
  char *language;
  char *recording;
  char *playback_mode;
  HablaRoomSnapshot *state;
  guint64 session_id;
  HablaExchange exchange;
  char *speaker_id;
  guint utterance_count;
  GStrv awaited;
  gboolean is_renamed;
} HablaRecord;

/**
 * habla_record_new:
 * @type: what the record is
 *
 * Returns: (transfer full): a record whose other fields are empty
 */
HablaRecord *habla_record_new (HablaRecordType type);

/**
 * habla_record_new_event:
 * @event: (nullable): an event without an exchange; copied. %NULL = only a state follows
 *
 * Returns: (transfer full): a record of @event
 */
HablaRecord *habla_record_new_event (const HablaEvent *event);

/**
 * habla_record_free:
 * @self: (transfer full): a record
 */
void habla_record_free (HablaRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaRecord, habla_record_free)

/**
 * habla_record_encode:
 * @self: a record
 *
 * Leaves out the annotations if there is no space for them, and the end of a text beyond
 * 40,000 bytes, four for each character of the longest typed text.
 *
 * Returns: (transfer full): it as JSON in one line, of at most %HABLA_MAX_RECORD bytes
 */
GBytes *habla_record_encode (const HablaRecord *self);

/**
 * habla_record_decode:
 * @bytes: from outside
 * @error: return location for a %G_IO_ERROR_INVALID_DATA that describes the error
 *
 * Returns: (transfer full) (nullable): the record; its texts and lists are bounded
 */
HablaRecord *habla_record_decode (GBytes *bytes, GError **error);

G_END_DECLS
