/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/parts/audience.h"
#include "room/language-check.h"
#include "room/parts/pending-input.h"
#include "room/parts/pipeline-run.h"
#include "room/room-context.h"
#include "room/room-state.h"
#include "room/room.h"
#include "room/parts/transcript.h"

G_BEGIN_DECLS

/* Shared by room.c (members, commands, the state machine) and room-pipeline.c (the pipeline of a
 * room), and nothing else. */
struct _HablaRoom {
  HablaRoomContext *context;
  char *name;
  char *key; /* (nullable) */
  guint64 session_id;
  HablaRoomSettings settings;
  HablaAudience *audience;
  HablaTranscript *transcript;
  HablaExchangeLog *exchanges; /* of the transcript */
  HablaPendingInput input;
  HablaRoomState state;    /* set by room_handle() only */
  HablaPipelineRun *run;   /* NULL in HABLA_ROOM_IDLE */
  HablaPlayback *playback; /* (nullable) */
  guint n_runs;
  GSource *resume_timer; /* (nullable): while the room waits for its owner */
  gboolean is_closing;
  gboolean was_reset;

  /* From "listening started" to "listening stopped", which may be several pipelines. */
  gboolean is_listening;
  guint64 segments;
  guint64 speech_time;

  gint64 warned_at;     /* on the monotonic clock; 0 = never */
  gint64 stopped_at;    /* when audio was last welcome, on the monotonic clock; 0 = never */
  gboolean is_silenced; /* the last pipeline that listened ended because it heard nothing */
};

/* room.c */

void habla_room_notify_type (HablaRoom *self, HablaEventType type);
void habla_room_notify_error (HablaRoom *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void habla_room_notify_stopped (HablaRoom *self);

/* Notifies each member of the translations that are next, and the observer of exchanges that are
 * finished. */
void habla_room_deliver (HablaRoom *self);

/* Discards the input that waits for the next pipeline. */
void habla_room_discard_pending (HablaRoom *self);

/* The only function that changes the state. */
void habla_room_handle (HablaRoom *self, HablaRoomEvent event);

/* Does what comes next; called when anything has changed. */
void habla_room_advance (HablaRoom *self);

/* room-pipeline.c */

/* Starts a pipeline of the kind that the state says. */
void habla_room_start_run (HablaRoom *self);

/* Frees what belonged to the pipeline, which is closed. */
void habla_room_free_run (HablaRoom *self);

/* Adapts the languages of the pipeline to what members read. No-op without a pipeline. */
void habla_room_update_targets (HablaRoom *self);

/* Pushes pending texts into the pipeline, as far as it takes them. */
void habla_room_hand_over_texts (HablaRoom *self);

/* Gives up the translations that are still pending. */
void habla_room_settle (HablaRoom *self);

void habla_room_end_playing (HablaRoom *self, gboolean has_failed);

G_END_DECLS
