/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "audio.h"
#include "run.h"
#include "sequence.h"

G_BEGIN_DECLS

/**
 * SoakClient:
 *
 * One WebSocket client. It checks each message on arrival and adds problems to the findings of
 * the run. Functions that wait iterate the default main context, for at most the timeout of the
 * run's options.
 */
typedef struct _SoakClient SoakClient;

/**
 * soak_client_new:
 * @run: must outlive the client
 * @query: (nullable): query of the URL, as "client=…&room=…"
 * @sequence: (nullable) (transfer none): that of an earlier connection of the same client, must
 *   outlive this one; %NULL = a new one
 *
 * Connects, and waits for the "status" message. Times both as "connect".
 *
 * Returns: (transfer full) (nullable): %NULL if that failed, which is a finding of @run
 */
SoakClient *soak_client_new (SoakRun *run, const char *query, SoakSequence *sequence);

/* Aborts the connection unless it is closed, and frees @self. */
void soak_client_free (SoakClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakClient, soak_client_free)

/* Sends @json, in which ' stands for ". No-op if the connection is not open. */
void soak_client_send (SoakClient *self, const char *json);

/* Sends @text as typed by a user. @text must contain neither ' nor ". */
void soak_client_type (SoakClient *self, const char *text);

/**
 * soak_client_send_audio:
 * @self: a client
 * @audio: a recording
 * @first: index of the first chunk
 * @n: greatest number of chunks to send
 * @speed: seconds of audio a second; 0 = without pacing
 *
 * Returns: whether all chunks were sent
 */
gboolean soak_client_send_audio (
    SoakClient *self, const SoakAudio *audio, guint first, guint n, double speed);

/**
 * soak_client_expect:
 * @self: a client
 * @type: of a message, but not of a partial
 *
 * Waits for the next message of @type and discards those before it.
 *
 * Returns: (transfer full) (nullable): the message; %NULL if none came, which is a finding
 */
JsonObject *soak_client_expect (SoakClient *self, const char *type);

/**
 * soak_client_wait_for_texts:
 * @self: a client
 * @n: number of transcripts since the last soak_sequence_clear()
 *
 * Waits for @n transcripts and a translation of each one.
 *
 * Returns: whether all came before the timeout; otherwise there is a finding
 */
gboolean soak_client_wait_for_texts (SoakClient *self, guint n);

/**
 * soak_client_start:
 * @self: a client
 * @format: "webm", "ogg" or "pcm"
 *
 * Starts to listen, waits for "listening_started", and times both as "start".
 *
 * Returns: whether the room listens; otherwise there is a finding
 */
gboolean soak_client_start (SoakClient *self, const char *format);

/**
 * soak_client_stop:
 * @self: a client
 * @name: of the timing
 *
 * Stops listening, waits for "listening_stopped", and checks the number of utterances.
 *
 * Returns: whether the room stopped; otherwise there is a finding
 */
gboolean soak_client_stop (SoakClient *self, const char *name);

/* Closes the connection with a closing handshake, which is timed as "close". */
void soak_client_close (SoakClient *self);

/* Closes the connection without a closing handshake, as a broken network does. */
void soak_client_abort (SoakClient *self);

/* Returns: (transfer none): the exchanges that the client received */
SoakSequence *soak_client_get_sequence (SoakClient *self);

/* "error" messages to this client are no findings from now on. */
void soak_client_allow_errors (SoakClient *self);

G_END_DECLS
