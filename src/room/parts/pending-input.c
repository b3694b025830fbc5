/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/pending-input.h"

#include <gio/gio.h>
#include <pipeline/pipeline.h>
#include <room/room-limits.h>
#include <string.h>

#define MAX_TEXTS 100

void
habla_pending_input_init (HablaPendingInput *self)
{
  *self = (HablaPendingInput){ .audio = G_QUEUE_INIT, .texts = G_QUEUE_INIT };
}

static void
pending_text_free (HablaPendingText *text)
{
  g_free (text->text);
  g_free (text->speaker);
  habla_room_settings_clear (&text->settings);
  g_free (text);
}

static void
pending_input_discard_audio (HablaPendingInput *self)
{
  g_queue_clear_full (&self->audio, (GDestroyNotify) g_bytes_unref);
  self->audio_bytes = 0;
}

void
habla_pending_input_discard (HablaPendingInput *self)
{
  habla_pending_input_stop_listening (self);
  g_queue_clear_full (&self->texts, (GDestroyNotify) pending_text_free);
}

void
habla_pending_input_clear (HablaPendingInput *self)
{
  habla_pending_input_discard (self);
  g_clear_pointer (&self->header, g_bytes_unref);
  g_clear_pointer (&self->source, g_free);
}

gboolean
habla_pending_input_has_source (const HablaPendingInput *self, const char *source, guint raw_rate)
{
  return g_strcmp0 (source, self->source) == 0 && raw_rate == self->raw_rate;
}

void
habla_pending_input_resume (HablaPendingInput *self)
{
  self->wants_listening = TRUE;
  self->has_reported_loss = FALSE;
}

void
habla_pending_input_listen (HablaPendingInput *self, const char *source, guint raw_rate)
{
  if (!habla_pending_input_has_source (self, source, raw_rate)) {
    g_free (self->source);
    self->source = g_strdup (source);
    self->raw_rate = raw_rate;
    g_clear_pointer (&self->header, g_bytes_unref);
    pending_input_discard_audio (self);
  }
  habla_pending_input_resume (self);
  self->n_starts++;
  self->wants_stop = FALSE;
  self->may_restart = FALSE;
  self->has_restarted = FALSE;
}

guint
habla_pending_input_take_starts (HablaPendingInput *self)
{
  guint n_starts = self->n_starts;

  self->n_starts = 0;
  return n_starts;
}

void
habla_pending_input_stop_listening (HablaPendingInput *self)
{
  self->wants_listening = FALSE;
  self->n_starts = 0;
  self->wants_stop = FALSE;
  pending_input_discard_audio (self);
}

void
habla_pending_input_set_header (HablaPendingInput *self, GBytes *header)
{
  g_clear_pointer (&self->header, g_bytes_unref);
  self->header = header;
}

/* Whether a container begins here: EBML, the first page of Ogg, or an MP4. */
static gboolean
begins_recording (GBytes *audio)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (audio, &size);

  return size >= 8 &&
         (memcmp (data, "\x1a\x45\xdf\xa3", 4) == 0 || memcmp (data + 4, "ftyp", 4) == 0 ||
             (memcmp (data, "OggS", 4) == 0 && (data[5] & 2) != 0));
}

gboolean
habla_pending_input_restart (HablaPendingInput *self, GBytes *audio)
{
  if (!self->may_restart || self->raw_rate != 0 || !begins_recording (audio))
    return FALSE;
  self->may_restart = FALSE;
  self->has_restarted = TRUE;
  g_clear_pointer (&self->header, g_bytes_unref);
  pending_input_discard_audio (self);
  return TRUE;
}

HablaPendingResult
habla_pending_input_push_audio (HablaPendingInput *self, GBytes *audio, gsize max)
{
  gsize size = g_bytes_get_size (audio);

  if (self->audio_bytes + size <= max &&
      (self->audio.length + 1) * (guint64) HABLA_CHUNK_COST <= max) {
    g_queue_push_tail (&self->audio, g_bytes_ref (audio));
    self->audio_bytes += size;
    return HABLA_PENDING_KEPT;
  }
  if (self->has_reported_loss)
    return HABLA_PENDING_DROPPED;
  self->has_reported_loss = TRUE;
  return HABLA_PENDING_FIRST_DROPPED;
}

GBytes *
habla_pending_input_pop_audio (HablaPendingInput *self)
{
  GBytes *audio = g_queue_pop_head (&self->audio);

  if (audio != NULL)
    self->audio_bytes -= g_bytes_get_size (audio);
  return audio;
}

gboolean
habla_pending_input_has_audio (const HablaPendingInput *self)
{
  return self->audio.length > 0;
}

gboolean
habla_pending_input_check_text (const HablaPendingInput *self, const char *text, GError **error)
{
  g_autofree char *stripped = NULL;

  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "A text must be valid UTF-8");
    return FALSE;
  }
  if (g_utf8_strlen (text, -1) > HABLA_MAX_TEXT) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
        "A text must have at most %d characters; send it in parts", HABLA_MAX_TEXT);
    return FALSE;
  }
  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0') {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The text is empty");
    return FALSE;
  }
  if (self->texts.length >= MAX_TEXTS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "%d texts are waiting for translation, the maximum; try again later", MAX_TEXTS);
    return FALSE;
  }
  return TRUE;
}

void
habla_pending_input_push_text (HablaPendingInput *self, const char *text, const char *speaker,
    const HablaRoomSettings *settings)
{
  HablaPendingText *pending = g_new0 (HablaPendingText, 1);

  pending->text = g_strdup (text);
  pending->speaker = g_strdup (speaker);
  habla_room_settings_copy (&pending->settings, settings);
  g_queue_push_tail (&self->texts, pending);
}

const HablaPendingText *
habla_pending_input_peek_text (const HablaPendingInput *self)
{
  return self->texts.head != NULL ? self->texts.head->data : NULL;
}

void
habla_pending_input_drop_text (HablaPendingInput *self)
{
  HablaPendingText *text = g_queue_pop_head (&self->texts);

  if (text != NULL)
    pending_text_free (text);
}

const HablaRoomSettings *
habla_pending_input_choose_settings (const HablaPendingInput *self, const HablaRoomSettings *room)
{
  const HablaPendingText *text = habla_pending_input_peek_text (self);

  return text != NULL ? &text->settings : room;
}
