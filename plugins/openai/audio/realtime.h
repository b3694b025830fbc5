/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <client/remote-client.h>

G_BEGIN_DECLS

/**
 * Realtime:
 *
 * Transcription over the realtime WebSocket of OpenAI's protocol: audio leaves while it is spoken,
 * so that there are partial hypotheses and the text follows the speech at once. One segment at a
 * time; after a failure the connection is closed, so that no late answer is taken for that of the
 * next segment. The connection lives in the thread of the client; the functions are for one other
 * thread.
 */
typedef struct _Realtime Realtime;

/**
 * RealtimeSettings:
 * @path: path below the URL of the server: "v1/realtime?intent=transcription"
 * @model: name of the model
 * @language: (nullable): ISO 639 code of the speech; %NULL if the server detects it
 * @prompt: (nullable): words that may occur
 */
typedef struct {
  const char *path;
  const char *model;
  const char *language;
  const char *prompt;
} RealtimeSettings;

/**
 * realtime_new:
 * @client: a started client, which must outlive the result
 * @settings: settings, which are copied
 *
 * Returns: (transfer full): a realtime transcription without a connection
 */
Realtime *realtime_new (RemoteClient *client, const RealtimeSettings *settings);

/**
 * realtime_free:
 * @self: (transfer full) (nullable): a realtime transcription
 *
 * Closes the connection, and waits until no function of @self runs in the thread of the client.
 */
void realtime_free (Realtime *self);

/**
 * realtime_is_supported:
 * @self: a realtime transcription
 *
 * Returns: %FALSE once the server has refused the WebSocket or the protocol
 */
gboolean realtime_is_supported (Realtime *self);

/**
 * realtime_append:
 * @self: a realtime transcription
 * @samples: more samples of the segment, at 16 kHz
 * @n_samples: their number
 *
 * Sends samples, and connects first if necessary. Does not wait.
 */
void realtime_append (Realtime *self, const gint16 *samples, gsize n_samples);

/**
 * realtime_dup_partial:
 * @self: a realtime transcription
 *
 * Returns: (transfer full): the text of the segment so far, not validated; may be empty
 */
char *realtime_dup_partial (Realtime *self);

/**
 * realtime_finish:
 * @self: a realtime transcription
 * @deadline: monotonic time in microseconds until which to wait
 * @cancellable: returns at once when it is cancelled
 * @error: return location: a %HABLA_ERROR_ENGINE, a %HABLA_ERROR_TIMEOUT or %G_IO_ERROR_CANCELLED
 *
 * Ends the segment and waits for its text.
 *
 * Returns: (transfer full) (nullable): the text, not validated
 */
char *realtime_finish (Realtime *self, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * realtime_discard:
 * @self: a realtime transcription
 *
 * Drops the segment. No-op without one.
 */
void realtime_discard (Realtime *self);

G_END_DECLS
