/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the store takes and gives: plain values that own their strings. */

/**
 * HablaSpeakerRecord:
 * @id: in its session
 * @custom_name: (nullable)
 */
typedef struct {
  char *id;
  char *label;
  char *custom_name;
  char *color;
} HablaSpeakerRecord;

typedef struct {
  char *language; /* BCP 47 */
  char *text;
} HablaTranslationRecord;

/**
 * HablaUtteranceRecord:
 * @id: of the exchange; the same for all time
 * @room: its name, when it is put in
 * @owner: (nullable): whom the session belongs to, as 64 hexadecimal digits, when it is put in
 * @direction: by name
 * @mode: by name, when it is put in
 * @speaker: (nullable)
 * @language: BCP 47 code of @source
 * @corrected: (nullable): what should have been in @source
 * @translations: (element-type HablaTranslationRecord)
 * @confidence: 0.0 to 1.0
 * @begin: of its speech, in nanoseconds since 1970, UTC
 * @end: likewise; not before @begin
 * @created_at: when it became final, in microseconds since 1970, UTC
 * @recording_id: (nullable): where it can be heard
 *
 * One exchange. Reading leaves out what it is said of that it holds when it is put in.
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
  GPtrArray *translations;
  double confidence;
  gint64 begin;
  gint64 end;
  gint64 created_at;
  char *recording_id;
} HablaUtteranceRecord;

/**
 * HablaSessionRecord:
 * @direction: of what was said last
 * @mode: likewise
 * @started_at: when the first utterance began, in microseconds since 1970, UTC
 * @ended_at: when the last one ended
 * @notes: "" if there are none
 * @saved_at: when somebody last wrote notes; 0 = never
 * @speakers: (element-type HablaSpeakerRecord)
 * @languages: (nullable): what it was translated into, where one session was asked for
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
  gint64 saved_at;
  GPtrArray *speakers;
  GStrv languages;
} HablaSessionRecord;

HablaSpeakerRecord *habla_speaker_record_new (
    const char *id, const char *label, const char *custom_name, const char *color);
void habla_speaker_record_free (HablaSpeakerRecord *self);

HablaUtteranceRecord *habla_utterance_record_new (void);
void habla_utterance_record_free (HablaUtteranceRecord *self);
void habla_utterance_record_add_translation (
    HablaUtteranceRecord *self, const char *language, const char *text);
const char *habla_utterance_record_get_text (
    const HablaUtteranceRecord *self, const char *language);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaUtteranceRecord, habla_utterance_record_free)

HablaSessionRecord *habla_session_record_new (void);
void habla_session_record_free (HablaSessionRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSessionRecord, habla_session_record_free)

G_END_DECLS
