/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/annotations.h>

G_BEGIN_DECLS

/* The rows of the store: plain structs that own their strings. */

/**
 * HablaSpeakerRecord:
 * @id: unique within the session
 * @label: the generated name
 * @custom_name: (nullable): the name that a user entered
 * @color: `#rrggbb`
 * @role_hint: (nullable): what the speaker is: "teacher"
 * @utterance_count: number of utterances; only from habla_store_get_session_async()
 */
typedef struct {
  char *id;
  char *label;
  char *custom_name;
  char *color;
  char *role_hint;
  guint64 utterance_count;
} HablaSpeakerRecord;

/**
 * HablaTranslationRecord:
 * @language: BCP 47 code
 * @text: the translation
 */
typedef struct {
  char *language;
  char *text;
} HablaTranslationRecord;

/**
 * HablaUtteranceRecord:
 * @id: of the exchange, from 1 to 2^63 - 1; never reused
 * @session_id: from 1 to 2^63 - 1
 * @room: (nullable): name of the room; only when written
 * @owner: (nullable): the session's owner, as 64 hexadecimal digits; only when written
 * @direction: name of the direction
 * @mode: (nullable): name of the mode; only when written
 * @speaker: (nullable): who spoke; %NULL if unknown
 * @language: BCP 47 code of @source
 * @source: the transcript
 * @corrected: (nullable): @source without errors
 * @annotations: (nullable): errors and phrases in @source
 * @processing: from the end of the speech to its first translation, in milliseconds; -1 = unknown
 * @translations: (element-type HablaTranslationRecord): one for each target language
 * @confidence: 0.0 to 1.0; negative = unknown
 * @begin: begin of the speech, in nanoseconds since 1970-01-01 UTC
 * @end: its end, on the same scale; not before @begin
 * @created_at: when the utterance became final, in microseconds since 1970-01-01 UTC
 * @recording_id: (nullable): the recording that contains it
 * @is_bookmarked: whether it has a bookmark; only when read
 * @bookmark_note: (nullable): the note of its bookmark; only when read
 *
 * One exchange: an utterance with its translations. The fields marked "only when written" are
 * %NULL in records that are read; those marked "only when read" are ignored in others.
 */
typedef struct {
  guint64 id;
  guint64 session_id;
  char *room;
  char *owner;
  char *direction;
  char *mode;
  HablaSpeakerRecord *speaker;
  char *language;
  char *source;
  char *corrected;
  HablaAnnotations *annotations;
  gint64 processing;
  GPtrArray *translations;
  double confidence;
  gint64 begin;
  gint64 end;
  gint64 created_at;
  char *recording_id;
  gboolean is_bookmarked;
  char *bookmark_note;
} HablaUtteranceRecord;

/**
 * HablaSessionDetails:
 * @notes: a person's notes; empty = those that it has, or else the time, if @title is %NULL
 * @title: (nullable): a person's name for the session; empty = none; %NULL = the one that it has
 *
 * What a person writes about a session.
 */
typedef struct {
  const char *notes;
  const char *title;
} HablaSessionDetails;

/* Utterances of a session that a search returns. */
#define HABLA_MAX_MATCHES 5

/**
 * HablaSessionRecord:
 * @id: from 1 to 2^63 - 1
 * @room: name of the room
 * @direction: name of the direction of the last utterance
 * @mode: name of the mode of the last utterance
 * @started_at: begin of the first utterance, in microseconds since 1970-01-01 UTC
 * @ended_at: end of the last utterance, in microseconds since 1970-01-01 UTC
 * @exchange_count: number of utterances
 * @notes: a person's notes; "" if there are none
 * @title: (nullable): a person's name for the session
 * @topic: (nullable): a summary by a language model
 * @saved_at: when notes or title were last written, in microseconds since 1970-01-01 UTC; 0 = never
 * @speakers: (element-type HablaSpeakerRecord): everyone who spoke
 * @languages: (nullable): BCP 47 codes of the translations; only from
 *   habla_store_get_session_async()
 * @matches: (nullable) (element-type HablaUtteranceRecord): the first utterances that were searched
 *   for, at most HABLA_MAX_MATCHES; only from habla_store_search_async()
 */
typedef struct {
  guint64 id;
  char *room;
  char *direction;
  char *mode;
  gint64 started_at;
  gint64 ended_at;
  guint64 exchange_count;
  char *notes;
  char *title;
  char *topic;
  gint64 saved_at;
  GPtrArray *speakers;
  GStrv languages;
  GPtrArray *matches;
} HablaSessionRecord;

/**
 * habla_speaker_record_new:
 * @id: unique within the session
 * @label: the generated name
 * @custom_name: (nullable): the name that a user entered
 * @color: `#rrggbb`
 *
 * Returns: (transfer full): a record with copies of the strings
 */
HablaSpeakerRecord *habla_speaker_record_new (
    const char *id, const char *label, const char *custom_name, const char *color);

/**
 * habla_speaker_record_free:
 * @self: (transfer full): a speaker
 */
void habla_speaker_record_free (HablaSpeakerRecord *self);

/**
 * habla_utterance_record_new:
 *
 * Returns: (transfer full): a record without translations, whose other fields are 0, -1 if that is
 *   unknown, or %NULL
 */
HablaUtteranceRecord *habla_utterance_record_new (void);

/**
 * habla_utterance_record_free:
 * @self: (transfer full): an utterance
 */
void habla_utterance_record_free (HablaUtteranceRecord *self);

/**
 * habla_utterance_record_add_translation:
 * @self: an utterance
 * @language: BCP 47 code; must not be among its translations yet
 * @text: the translation
 */
void habla_utterance_record_add_translation (
    HablaUtteranceRecord *self, const char *language, const char *text);

/**
 * habla_utterance_record_get_text:
 * @self: an utterance
 * @language: BCP 47 code
 *
 * Returns: (transfer none) (nullable): the text in @language: the corrected source if there is
 *   one, the source, or a translation; %NULL if the utterance has no text in it
 */
const char *habla_utterance_record_get_text (
    const HablaUtteranceRecord *self, const char *language);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaUtteranceRecord, habla_utterance_record_free)

/**
 * habla_session_record_new:
 *
 * Returns: (transfer full): a record without speakers, whose other fields are 0 or %NULL
 */
HablaSessionRecord *habla_session_record_new (void);

/**
 * habla_session_record_free:
 * @self: (transfer full): a session
 */
void habla_session_record_free (HablaSessionRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSessionRecord, habla_session_record_free)

/**
 * HablaUtteranceQuery:
 * @session_id: a session
 * @owner: (nullable): if nothing of @session_id is stored, query the last session of this owner
 * @since: only higher ids; 0 = from the first
 * @before: only lower ids
 * @limit: maximum length of the list
 * @offset: number of utterances to skip; only when all are listed
 * @room: (nullable): of @owner, the last session in the room of this name only
 *
 * Selects utterances of one session. Listing all utterances ignores @owner, @room and
 * @before.
 */
typedef struct {
  guint64 session_id;
  const char *owner;
  guint64 since;
  guint64 before;
  guint limit;
  guint64 offset;
  const char *room;
} HablaUtteranceQuery;

G_END_DECLS
