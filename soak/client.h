/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "audio.h"
#include "run.h"
#include "sequence.h"

G_BEGIN_DECLS

/**
 * SoakClient:
 *
 * One WebSocket client: what it gets is checked as it comes, and what is wrong is noted in
 * the run.
 */
typedef struct _SoakClient SoakClient;

/* @query: (nullable): "client=…&room=…"; @sequence: (nullable) (transfer none): of a client that
 * comes back, else one of its own. Returns: (nullable): with its status */
SoakClient *soak_client_new (SoakRun *run, const char *query, SoakSequence *sequence);
void soak_client_free (SoakClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakClient, soak_client_free)

/* @json: with ' instead of " */
void soak_client_send (SoakClient *self, const char *json);
void soak_client_type (SoakClient *self, const char *text);
/* @speed: seconds of audio a second; 0 = at once. @first: chunk; @n: chunks, or those that are
 * there. Returns: whether all went out */
gboolean soak_client_send_audio (
    SoakClient *self, const SoakAudio *audio, guint first, guint n, double speed);

/* Waiting ends with the run's patience. The next message of @type, of those that are no partials;
 * what is before it is passed over. Returns: (transfer full) (nullable): %NULL has been noted */
JsonObject *soak_client_expect (SoakClient *self, const char *type);
/* Returns: whether each transcript has its translation, and @n have come since the last
 * soak_sequence_clear() */
gboolean soak_client_wait_for_texts (SoakClient *self, guint n);

/* start_listening to listening_started, timed as "start". */
gboolean soak_client_start (SoakClient *self, const char *format);
/* stop_listening to listening_stopped, timed as @name, and the count of utterances checked. */
gboolean soak_client_stop (SoakClient *self, const char *name);
/* With a word and an answer. */
void soak_client_close (SoakClient *self);
/* Without a word. */
void soak_client_abort (SoakClient *self);

SoakSequence *soak_client_get_sequence (SoakClient *self);
/* Errors that it was told are what the scenario is about. */
void soak_client_allow_errors (SoakClient *self);

G_END_DECLS
