/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-settings.h>

G_BEGIN_DECLS

/**
 * HablaPendingInput:
 * @wants_listening: a pipeline that listens must start
 * @n_starts: answers to the commands to listen that this pipeline owes
 * @wants_stop: that pipeline must stop once it has got the audio that waits
 * @source: (nullable): name of the daemon's source that was listened to last; %NULL = the client
 *   pushes audio
 * @raw_rate: of pushed audio without a container, in Hz; 0 = audio has a container
 * @header: (nullable): see habla_pending_input_set_header()
 * @may_restart: the client has started again: its recorder may begin a new recording
 * @has_restarted: it has: chunks of the earlier recording may still come
 * @audio: (element-type GBytes): chunks that wait
 * @audio_bytes: their size
 * @has_reported_loss: the owner knows that audio is dropped
 * @texts: (element-type HablaPendingText): texts that wait
 *
 * Audio and typed text of a room that wait for its next pipeline, within bounds; and where audio
 * comes from. Read the fields; change them by the functions.
 */
typedef struct {
  gboolean wants_listening;
  guint n_starts;
  gboolean wants_stop;
  char *source;
  guint raw_rate;
  GBytes *header;
  gboolean may_restart;
  gboolean has_restarted;
  GQueue audio;
  gsize audio_bytes;
  gboolean has_reported_loss;
  GQueue texts;
} HablaPendingInput;

/**
 * HablaPendingText:
 * @text: the typed text
 * @speaker: id of who typed it
 * @settings: languages of the room when it was typed
 */
typedef struct {
  char *text;
  char *speaker;
  HablaRoomSettings settings;
} HablaPendingText;

/**
 * HablaPendingResult:
 * @HABLA_PENDING_KEPT: the audio waits
 * @HABLA_PENDING_DROPPED: the audio was dropped, because the limit is reached
 * @HABLA_PENDING_FIRST_DROPPED: the same, and the owner does not know yet
 */
typedef enum {
  HABLA_PENDING_KEPT,
  HABLA_PENDING_DROPPED,
  HABLA_PENDING_FIRST_DROPPED,
} HablaPendingResult;

/**
 * habla_pending_input_init:
 * @self: uninitialised
 */
void habla_pending_input_init (HablaPendingInput *self);

/**
 * habla_pending_input_clear:
 * @self: pending input
 *
 * Discards everything.
 */
void habla_pending_input_clear (HablaPendingInput *self);

/**
 * habla_pending_input_discard:
 * @self: pending input
 *
 * Discards audio and text that wait, and the wish to listen. The source is kept.
 */
void habla_pending_input_discard (HablaPendingInput *self);

/**
 * habla_pending_input_has_source:
 * @self: pending input
 * @source: (nullable): name of a source of the daemon; %NULL = the client pushes audio
 * @raw_rate: of pushed audio without a container, in Hz; 0 = audio has a container
 *
 * Returns: whether audio came from there last
 */
gboolean habla_pending_input_has_source (
    const HablaPendingInput *self, const char *source, guint raw_rate);

/**
 * habla_pending_input_listen:
 * @self: pending input
 * @source: (nullable): as habla_pending_input_has_source()
 * @raw_rate: as habla_pending_input_has_source()
 *
 * Asks for a pipeline that listens, which owes one more answer. If audio comes from somewhere else
 * than before, discards the audio that waits.
 */
void habla_pending_input_listen (HablaPendingInput *self, const char *source, guint raw_rate);

/**
 * habla_pending_input_resume:
 * @self: pending input
 *
 * Asks for a pipeline that listens to the same source as before.
 */
void habla_pending_input_resume (HablaPendingInput *self);

/**
 * habla_pending_input_take_starts:
 * @self: pending input
 *
 * Returns: the answers that the next pipeline owes, which are its own from now on
 */
guint habla_pending_input_take_starts (HablaPendingInput *self);

/**
 * habla_pending_input_stop_listening:
 * @self: pending input
 *
 * Withdraws the wish to listen, and discards the audio that waits.
 */
void habla_pending_input_stop_listening (HablaPendingInput *self);

/**
 * habla_pending_input_set_header:
 * @self: pending input
 * @header: (transfer full): what the recording of the client began with, for a pipeline that gets
 *   the rest of it
 */
void habla_pending_input_set_header (HablaPendingInput *self, GBytes *header);

/**
 * habla_pending_input_restart:
 * @self: input
 * @audio: a chunk of the client
 *
 * If the client has started again, and @audio begins a new recording, discards what waits of the
 * earlier one, which the new one replaces.
 *
 * Returns: whether a new recording begins
 */
gboolean habla_pending_input_restart (HablaPendingInput *self, GBytes *audio);

/**
 * habla_pending_input_push_audio:
 * @self: pending input
 * @audio: (transfer none): a chunk
 * @max: bytes that may wait
 *
 * Returns: what became of @audio
 */
HablaPendingResult habla_pending_input_push_audio (
    HablaPendingInput *self, GBytes *audio, gsize max);

/**
 * habla_pending_input_pop_audio:
 * @self: pending input
 *
 * Returns: (transfer full) (nullable): the oldest chunk that waits
 */
GBytes *habla_pending_input_pop_audio (HablaPendingInput *self);

/**
 * habla_pending_input_has_audio:
 * @self: pending input
 *
 * Returns: whether audio waits
 */
gboolean habla_pending_input_has_audio (const HablaPendingInput *self);

/**
 * habla_pending_input_check_text:
 * @self: pending input
 * @text: typed text
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether @text is valid, and may wait
 */
gboolean habla_pending_input_check_text (
    const HablaPendingInput *self, const char *text, GError **error);

/**
 * habla_pending_input_push_text:
 * @self: pending input
 * @text: valid text
 * @speaker: id of who typed it
 * @settings: languages of the room
 */
void habla_pending_input_push_text (HablaPendingInput *self, const char *text, const char *speaker,
    const HablaRoomSettings *settings);

/**
 * habla_pending_input_peek_text:
 * @self: pending input
 *
 * Returns: (transfer none) (nullable): the oldest text that waits
 */
const HablaPendingText *habla_pending_input_peek_text (const HablaPendingInput *self);

/**
 * habla_pending_input_drop_text:
 * @self: pending input
 *
 * Removes the oldest text that waits.
 */
void habla_pending_input_drop_text (HablaPendingInput *self);

/**
 * habla_pending_input_choose_settings:
 * @self: pending input
 * @room: settings of the room
 *
 * The oldest input comes first: text that was typed when the room had other languages needs a
 * pipeline with those.
 *
 * Returns: (transfer none): settings of the next pipeline
 */
const HablaRoomSettings *habla_pending_input_choose_settings (
    const HablaPendingInput *self, const HablaRoomSettings *room);

G_END_DECLS
