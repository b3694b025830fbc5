/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RealtimeMessageType:
 * @REALTIME_MESSAGE_OTHER: nothing that matters here, or of no known type
 * @REALTIME_MESSAGE_UPDATED: the settings are accepted
 * @REALTIME_MESSAGE_COMMITTED: the audio so far has become an item
 * @REALTIME_MESSAGE_DELTA: @text continues the hypothesis
 * @REALTIME_MESSAGE_COMPLETED: @text is the final text
 * @REALTIME_MESSAGE_EMPTY: the segment was empty, because the server has ended it itself
 * @REALTIME_MESSAGE_FAILED: @text says why
 */
typedef enum {
  REALTIME_MESSAGE_OTHER,
  REALTIME_MESSAGE_UPDATED,
  REALTIME_MESSAGE_COMMITTED,
  REALTIME_MESSAGE_DELTA,
  REALTIME_MESSAGE_COMPLETED,
  REALTIME_MESSAGE_EMPTY,
  REALTIME_MESSAGE_FAILED,
} RealtimeMessageType;

/**
 * RealtimeMessage:
 * @type: what it says
 * @text: (nullable): see #RealtimeMessageType
 * @item: (nullable): the id of the item that it is about
 *
 * A message of the server. Clear it with realtime_message_clear(), or use g_auto().
 */
typedef struct {
  RealtimeMessageType type;
  char *text;
  char *item;
} RealtimeMessage;

/**
 * realtime_message_clear:
 * @self: a message
 */
void realtime_message_clear (RealtimeMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RealtimeMessage, realtime_message_clear)

/**
 * realtime_message_parse:
 * @self: (out caller-allocates): the message
 * @text: its JSON, followed by a NUL that does not count
 * @length: its length, in bytes
 * @error: return location for a %HABLA_ERROR_ENGINE
 *
 * Returns: whether it is a message of the protocol
 */
gboolean realtime_message_parse (
    RealtimeMessage *self, const char *text, gsize length, GError **error);

/* The two editions of the protocol: the settings of a session are sent in the form of the first,
 * and in that of the second if the server refuses them. */
#define REALTIME_N_EDITIONS 2

/**
 * realtime_message_make_settings:
 * @edition: below %REALTIME_N_EDITIONS
 * @model: name of the model
 * @language: (nullable): ISO 639 code
 * @prompt: (nullable): words that may occur
 *
 * Returns: (transfer full): the message with the settings of a session: 24 kHz, and segments that
 *   the client ends
 */
char *realtime_message_make_settings (
    guint edition, const char *model, const char *language, const char *prompt);

/**
 * realtime_message_make_append:
 * @samples: signed 16-bit samples at 24 kHz
 * @n_samples: their number
 *
 * Returns: (transfer full): the message that appends them to the segment
 */
char *realtime_message_make_append (const gint16 *samples, gsize n_samples);

G_END_DECLS
