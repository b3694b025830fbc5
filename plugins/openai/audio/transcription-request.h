/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "transcription-response.h"
#include <client/remote-client.h>

G_BEGIN_DECLS

/* Shortest time in which a server may answer, in milliseconds. */
#define TRANSCRIPTION_REQUEST_MIN_TIMEOUT 100

/**
 * TranscriptionRequest:
 * @model: name of the model
 * @language: (nullable): ISO 639 code of the speech; %NULL if the server detects it
 * @prompt: (nullable): words that may occur, or the previous sentence
 * @samples: the segment, at 16 kHz
 * @n_samples: their number
 * @timeout: in milliseconds
 *
 * A segment to recognise.
 */
typedef struct {
  const char *model;
  const char *language;
  const char *prompt;
  const gint16 *samples;
  gsize n_samples;
  guint timeout;
} TranscriptionRequest;

/**
 * transcription_request_send:
 * @self: a request
 * @client: a started client
 * @is_plain: (inout): whether the server is known to have no `verbose_json`
 * @response: a zero-initialised response, which is filled in
 * @cancellable: returns at once when it is cancelled
 * @error: return location for an error of remote_client_send() or transcription_response_parse()
 *
 * Posts the segment to `v1/audio/transcriptions` as a WAV file, and waits for the text. A server
 * that refuses the response format `verbose_json` is asked again for `json`, also from then on.
 *
 * Returns: whether there is a usable response
 */
gboolean transcription_request_send (const TranscriptionRequest *self, RemoteClient *client,
    gboolean *is_plain, TranscriptionResponse *response, GCancellable *cancellable, GError **error);

G_END_DECLS
