/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/parts/audience-report.h"
#include "room/parts/audience.h"
#include "room/languages/language-check.h"
#include "room/languages/language-votes.h"
#include "room/annotation/room-annotator.h"
#include "room/headphones/headphones.h"
#include "room/parts/pending-input.h"
#include "room/parts/pipeline-run.h"
#include "room/room-context.h"
#include "room/parts/room-state.h"
#include "room/room.h"
#include "room/parts/transcript.h"
#include "room/relay/room-journal.h"
#include "room/relay/room-relay.h"

G_BEGIN_DECLS

/* Shared by room.c (members, the state machine), room-commands.c, languages/room-languages.c (what
 * members read), room-pipeline.c (the pipeline of a room), room-utterances.c (what it recognises)
 * and relay (what other nodes know of it), and nothing else. */
struct _HablaRoom {
  HablaRoomContext *context;
  char *name;
  char *key; /* (nullable) */
  guint64 session_id;
  char *topic; /* (nullable): of the session, by a language model */
  HablaRoomSettings settings;
  HablaLanguageVotes votes; /* for the language that is spoken */
  GStrv offered;            /* (nullable): tags that listeners can choose; NULL = all */
  HablaAudience *audience;
  HablaAudienceReport *report;
  HablaTranscript *transcript;
  HablaExchangeLog *exchanges; /* of the transcript */
  /* Exchanges that the pipelines have made. Without a journal, that is the transcript. */
  HablaTranscript *draft;
  HablaExchangeLog *draft_exchanges; /* of the draft */
  guint64 draft_session_id;
  HablaRoomJournal *journal;     /* (nullable): of a room that other nodes know */
  HablaRoomAnnotator *annotator; /* (nullable) */
  HablaPendingInput input;
  HablaRoomState state;    /* set by habla_room_handle() only */
  HablaPipelineRun *run;   /* NULL in HABLA_ROOM_IDLE */
  HablaPlayback *playback; /* (nullable) */
  guint n_runs;
  HablaHeadphones *headphones; /* (nullable): until the first listener has heard the room */
  GSource *resume_timer;       /* (nullable): while the room waits for its owner */
  gboolean is_closing;
  gboolean is_ending; /* its owner wants so */
  gboolean has_ended; /* members have been notified of it */
  gboolean was_reset;

  /* From "listening started" to "listening stopped", which may be several pipelines. */
  gboolean is_listening;
  gboolean must_notify_stopped; /* of this pipeline: the owner has started again since */
  guint64 segments;
  guint64 speech_time;

  gint64 warned_at; /* on the monotonic clock; 0 = never */
};

/* room.c */

/**
 * habla_room_show_session:
 * @self: a room
 * @session_id: of its new session
 *
 * Members see this session from now on; notifies the observer.
 */
void habla_room_show_session (HablaRoom *self, guint64 session_id);

/**
 * habla_room_make_draft:
 * @self: a room with a journal, whose pipelines have not heard anything yet
 *
 * What the pipelines hear is published, and not in the transcript before its commit.
 */
void habla_room_make_draft (HablaRoom *self);

/**
 * habla_room_notify:
 * @self: a room
 * @event: (inout): without an exchange
 *
 * Notifies all members, on all nodes.
 */
void habla_room_notify (HablaRoom *self, HablaEvent *event);

/**
 * habla_room_notify_readers:
 * @self: a room with a pipeline
 * @event: (inout): without an exchange
 * @language: BCP 47 code
 *
 * Notifies the members that read @language, on all nodes.
 */
void habla_room_notify_readers (HablaRoom *self, HablaEvent *event, const char *language);

/**
 * habla_room_notify_type:
 * @self: a room
 * @type: of an event without other fields
 *
 * Notifies all members.
 */
void habla_room_notify_type (HablaRoom *self, HablaEventType type);

/**
 * habla_room_notify_error:
 * @self: a room
 * @format: message for people
 *
 * Notifies the owner, and logs the message. Listeners can do nothing about it.
 */
void habla_room_notify_error (HablaRoom *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * habla_room_notify_stopped:
 * @self: a room that listened
 *
 * Notifies all members that listening has stopped.
 */
void habla_room_notify_stopped (HablaRoom *self);

/**
 * habla_room_deliver:
 * @self: a room
 *
 * Notifies each member of the translations that are next, and the observer of exchanges that are
 * finished.
 */
void habla_room_deliver (HablaRoom *self);

/**
 * habla_room_discard_pending:
 * @self: a room
 *
 * Discards the input that waits for the next pipeline.
 */
void habla_room_discard_pending (HablaRoom *self);

/**
 * habla_room_handle:
 * @self: a room
 * @event: what happened
 *
 * Changes the state and executes the actions of the table; the only function that does so.
 */
void habla_room_handle (HablaRoom *self, HablaRoomEvent event);

/**
 * habla_room_advance:
 * @self: a room
 *
 * Starts or ends a pipeline as pending input requires. Call it when anything has changed.
 */
void habla_room_advance (HablaRoom *self);

/* room-headphones.c */

/**
 * habla_room_connect_headphones:
 * @self: a room
 * @pipeline: its next pipeline
 *
 * Makes @pipeline speak the languages that are heard.
 */
void habla_room_connect_headphones (HablaRoom *self, HablaPipeline *pipeline);

/* room-pipeline.c */

/**
 * habla_room_start_run:
 * @self: a room
 *
 * Starts a pipeline of the kind of the state.
 */
void habla_room_start_run (HablaRoom *self);

/**
 * habla_room_free_run:
 * @self: a room whose pipeline is closed
 *
 * Frees what belonged to the pipeline.
 */
void habla_room_free_run (HablaRoom *self);

/**
 * habla_room_hand_over_texts:
 * @self: a room with a pipeline
 *
 * Pushes pending texts into the pipeline, as far as it takes them.
 */
void habla_room_hand_over_texts (HablaRoom *self);

/**
 * habla_room_end_playing:
 * @self: a room with a playback
 * @has_failed: whether its pipeline failed
 *
 * Notifies all members how the playback ended, and frees it.
 */
void habla_room_end_playing (HablaRoom *self, gboolean has_failed);

/* languages/room-languages.c */

/**
 * habla_room_find_readable:
 * @self: a room
 * @wanted: a language tag
 * @error: return location for a %HABLA_ERROR_LANGUAGE that lists what can be read
 *
 * Returns: (transfer full) (nullable): BCP 47 code of the nearest language that a listener can read
 */
char *habla_room_find_readable (HablaRoom *self, const char *wanted, GError **error);

/**
 * habla_room_update_readers:
 * @self: a room
 *
 * Adapts the languages of listeners to those that are offered. Call it before members are notified
 * of a change.
 */
void habla_room_update_readers (HablaRoom *self);

/* languages/spoken-language.c */

/**
 * habla_room_prepare_detection:
 * @self: a room with a run
 * @transcriber: (inout) (transfer none) (nullable): name of the preferred element; becomes one that
 *   detects languages
 *
 * Returns: (transfer full) (nullable): BCP 47 codes of the languages of which one is spoken,
 *   separated by commas; %NULL if the spoken language is given or cannot be detected
 */
char *habla_room_prepare_detection (HablaRoom *self, const char **transcriber);

/**
 * habla_room_vote_language:
 * @self: a room with a pipeline
 * @utterance: a final transcript
 *
 * Makes the language in which most of the last utterances were spoken the source language.
 */
void habla_room_vote_language (HablaRoom *self, const HablaUtterance *utterance);

/* room-commands.c */

/**
 * habla_room_restart_listening:
 * @self: a room whose languages or engines have changed
 *
 * Starts the next pipeline with them.
 */
void habla_room_restart_listening (HablaRoom *self);

/* relay/room-publish.c */

/**
 * habla_room_describe:
 * @self: a room
 *
 * Returns: (transfer full): its present state
 */
HablaRoomSnapshot *habla_room_describe (HablaRoom *self);

/**
 * habla_room_publish:
 * @self: a room with a journal
 * @record: (transfer full): members are notified of it when it is committed. Dropped by a mirror
 */
void habla_room_publish (HablaRoom *self, HablaRecord *record);

/**
 * habla_room_publish_transcript:
 * @self: a room with a journal
 * @entry: a new exchange of its draft
 */
void habla_room_publish_transcript (HablaRoom *self, const HablaExchangeEntry *entry);

/**
 * habla_room_publish_translation:
 * @entry: an exchange of the draft
 * @language: BCP 47 code
 * @text: (nullable): the translation; %NULL = it will not come
 * @room: a #HablaRoom with a journal
 *
 * A #HablaExchangeResolved.
 */
void habla_room_publish_translation (
    HablaExchangeEntry *entry, const char *language, const char *text, gpointer room);

/**
 * habla_room_check_journal:
 * @self: a room
 * @error: return location for a %G_IO_ERROR_BUSY
 *
 * Returns: whether the room may take input: not too many records wait for their commit
 */
gboolean habla_room_check_journal (HablaRoom *self, GError **error);

/* relay/room-apply.c */

/**
 * habla_room_apply_record:
 * @self: a room with a journal
 * @record: (inout): is committed; parts of it are moved into the room
 *
 * Notifies members.
 */
void habla_room_apply_record (HablaRoom *self, HablaRecord *record);

/**
 * habla_room_set_remote:
 * @self: a mirror
 * @state: (transfer full): of the room on the node of its owner
 *
 * Members can read the room as it is there.
 */
void habla_room_set_remote (HablaRoom *self, HablaRoomSnapshot *state);

/* relay/room-mirror.c */

/**
 * habla_room_get_remote:
 * @self: a room
 *
 * Returns: (transfer none) (nullable): what the node of its owner said; %NULL = this is that node
 */
const HablaRoomSnapshot *habla_room_get_remote (HablaRoom *self);

/**
 * habla_room_check_owned:
 * @self: a room
 * @error: return location for a %G_IO_ERROR_PERMISSION_DENIED or %G_IO_ERROR_BUSY
 *
 * Returns: whether this node owns it
 */
gboolean habla_room_check_owned (HablaRoom *self, GError **error);

/**
 * habla_room_report_readers:
 * @self: a room
 *
 * Its listeners, or what they read, have changed: notifies the owner later, here or on its node.
 */
void habla_room_report_readers (HablaRoom *self);

/* room-utterances.c */

/**
 * habla_room_update_targets:
 * @self: a room
 *
 * Adapts the languages of the pipeline to what members read. No-op without a pipeline.
 */
void habla_room_update_targets (HablaRoom *self);

/**
 * habla_room_find_target_changes:
 * @self: a room with a pipeline
 * @changes: (out): what the pipeline must add and remove
 *
 * Adapts the targets of the run to what members read.
 */
void habla_room_find_target_changes (HablaRoom *self, HablaTargetChanges *changes);

/**
 * habla_room_fail_language:
 * @self: a room with a pipeline
 * @language: BCP 47 code of a language that the pipeline cannot translate into
 * @message: why, for people
 *
 * Notifies the readers of @language, and gives up what they await.
 */
void habla_room_fail_language (HablaRoom *self, const char *language, const char *message);

/**
 * habla_room_take_utterance:
 * @self: a room with a pipeline
 * @language: BCP 47 code of the branch of the pipeline
 * @utterance: a transcript or a translation, partial or final
 *
 * Notifies members of what has been recognised or translated.
 */
void habla_room_take_utterance (
    HablaRoom *self, const char *language, const HablaUtterance *utterance);

/**
 * habla_room_settle:
 * @self: a room with a pipeline
 *
 * Gives up the translations that are still pending.
 */
void habla_room_settle (HablaRoom *self);

G_END_DECLS
