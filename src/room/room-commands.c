/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an owner wants: checked, noted, and what can be done now is done. */
#include "room/room-private.h"
#include "room/speaker-list.h"

#include <string.h>

/* A recorder's last pieces may come so long after a stop, in microseconds. */
#define TRAIL_TIME (5 * G_TIME_SPAN_SECOND)

/* Returns: whether the room has a session or may have one */
gboolean
habla_room_may_begin (HablaRoom *self, GError **error)
{
  const HablaRoomContext *context = self->context;

  if (self->is_closing) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server is shutting down; come back later");
    return FALSE;
  }
  if (self->session == NULL && context->n_sessions >= context->options.max_sessions) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "%u others are being listened to or translated, as many as max-sessions allows; try "
        "again when one of them has stopped",
        context->n_sessions);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_idle (HablaRoom *self, GError **error)
{
  if (self->player != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
        "A recording is being played; stop it before you speak");
  return self->player == NULL;
}

static gboolean
check_input (HablaRoom *self, const char *source, guint raw_rate, GError **error)
{
  GHashTable *sources = self->context->options.sources;

  if (source != NULL && (sources == NULL || !g_hash_table_contains (sources, source))) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "This server has no audio source of that name; its configuration lists them");
    return FALSE;
  }
  if (raw_rate != 0 && (raw_rate < HABLA_MIN_SAMPLE_RATE || raw_rate > HABLA_MAX_SAMPLE_RATE)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "A rate of %u Hz is not between %d and %d", raw_rate, HABLA_MIN_SAMPLE_RATE,
        HABLA_MAX_SAMPLE_RATE);
    return FALSE;
  }
  return TRUE;
}

gboolean
habla_room_start_listening (HablaRoom *self, const char *source, guint raw_rate, GError **error)
{
  gboolean is_same = g_strcmp0 (source, self->source) == 0 && raw_rate == self->raw_rate;

  if (!habla_room_may_begin (self, error) || !check_idle (self, error) ||
      !check_input (self, source, raw_rate, error) ||
      !habla_languages_check_heard (
          &self->context->languages, self->settings.source_language, error))
    return FALSE;
  if (habla_room_has_listener (self) && !self->is_stopping && is_same) {
    /* Once more, as after a reconnect: who asks is answered. */
    habla_room_break_silence (self);
    if (self->is_listening)
      habla_room_emit_type (self, HABLA_EVENT_LISTENING_STARTED);
    return TRUE;
  }
  if (!is_same) {
    g_free (self->source);
    self->source = g_strdup (source);
    self->raw_rate = raw_rate;
    g_clear_pointer (&self->header, g_bytes_unref);
    habla_room_clear_waiting_audio (self);
  }
  self->wants_listening = TRUE;
  self->wants_stop = FALSE;
  self->is_loss_told = FALSE;
  habla_room_advance (self);
  return TRUE;
}

/* Does nothing if nothing listens. */
void
habla_room_stop_listening (HablaRoom *self)
{
  if (self->wants_listening) {
    if (g_queue_is_empty (&self->waiting_audio) && self->session != NULL) {
      self->wants_listening = FALSE;
      self->stopped_at = g_get_monotonic_time ();
      if (self->is_typed)
        habla_room_emit_stopped (self);
    } else {
      self->wants_stop = TRUE;
    }
  }
  if (habla_room_has_listener (self) && !self->is_stopping)
    habla_room_stop_session (self, TRUE);
}

static void
keep_audio (HablaRoom *self, GBytes *audio)
{
  gsize size = g_bytes_get_size (audio);
  gsize max = self->context->options.max_audio_backlog;

  if (self->waiting_bytes + size <= max &&
      (self->waiting_audio.length + 1) * (guint64) HABLA_CHUNK_COST <= max) {
    g_queue_push_tail (&self->waiting_audio, g_bytes_ref (audio));
    self->waiting_bytes += size;
    return;
  }
  habla_room_metrics_count_lost (self->context->metrics, size);
  if (!self->is_loss_told) {
    self->is_loss_told = TRUE;
    habla_room_emit_error (
        self, "More audio came than may wait for the session: what comes now is dropped");
  }
}

/* What comes just after the end of a session is let go without a word.
 * Returns: whether somebody listens */
gboolean
habla_room_push_audio (HablaRoom *self, GBytes *audio, GError **error)
{
  gboolean is_taken = habla_room_has_listener (self) && !self->wants_listening &&
                      (!self->is_stopping || self->takes_trail);

  if ((is_taken || self->wants_listening) && self->source != NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "The server listens to a source of its own and takes no other audio; start listening "
        "without a source");
    return FALSE;
  }
  if (is_taken) {
    habla_room_give_audio (self, audio);
    return TRUE;
  }
  if (self->wants_listening) {
    keep_audio (self, audio);
    return TRUE;
  }
  /* A recorder that does not know that its session was silent for too long goes on. */
  if (self->is_silenced ||
      (self->stopped_at != 0 && g_get_monotonic_time () - self->stopped_at < TRAIL_TIME))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
      "Nothing listens; send start_listening before audio");
  return FALSE;
}

gboolean
habla_room_takes_audio (HablaRoom *self)
{
  return self->source == NULL && (self->wants_listening || habla_room_has_listener (self));
}

static gboolean
check_text (const char *text, GError **error)
{
  g_autofree char *stripped = NULL;

  if (strlen (text) > HABLA_MAX_TEXT) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
        "A text has at most %d bytes; send it in parts", HABLA_MAX_TEXT);
    return FALSE;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "A text must be valid UTF-8");
    return FALSE;
  }
  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0') {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "There is nothing in the text");
    return FALSE;
  }
  return TRUE;
}

/* @speaker_id: (nullable): who typed it */
gboolean
habla_room_push_text (HablaRoom *self, const char *text, const char *speaker_id, GError **error)
{
  const char *speaker = speaker_id != NULL ? speaker_id : HABLA_SPEAKER_TYPED;
  HablaWaitingText *waiting;

  if (!habla_room_may_begin (self, error) || !check_text (text, error) ||
      !habla_speaker_list_check (self->speakers, speaker, error))
    return FALSE;
  if (g_queue_get_length (&self->waiting_texts) >= HABLA_MAX_WAITING_TEXTS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "%d texts wait to be translated already; send this one again later",
        HABLA_MAX_WAITING_TEXTS);
    return FALSE;
  }
  waiting = g_new0 (HablaWaitingText, 1);
  waiting->text = g_strdup (text);
  waiting->speaker = g_strdup (speaker);
  habla_room_settings_copy (&waiting->settings, &self->settings);
  g_queue_push_tail (&self->waiting_texts, waiting);
  if (self->session != NULL && !self->is_stopping && !self->wants_listening)
    habla_room_hand_over_texts (self);
  habla_room_advance (self);
  return TRUE;
}
