/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spoken translations of a room, and the pipelines that speak them. */
#include "room/room-private.h"

#include <habla/error.h>

static void
room_on_headphones_changed (const char *language, HablaSpeechTap *tap, gpointer user_data)
{
  HablaRoom *self = user_data;

  if (!habla_room_state_takes_input (self->state))
    return;
  if (tap != NULL)
    habla_pipeline_add_speech (self->run->pipeline, language, tap);
  else
    habla_pipeline_remove_speech (self->run->pipeline, language);
}

static void
room_add_speech (const char *language, HablaSpeechTap *tap, gpointer user_data)
{
  habla_pipeline_add_speech (user_data, language, tap);
}

void
habla_room_connect_headphones (HablaRoom *self, HablaPipeline *pipeline)
{
  if (self->headphones != NULL)
    habla_headphones_foreach (self->headphones, room_add_speech, pipeline);
}

/* Varieties share the speech of the language that is translated into, as they share its captions.
 *
 * Returns: (transfer full) (nullable): the nearest language that can be heard, if there is space */
static char *
room_find_spoken (HablaRoom *self, const char *language, GError **error)
{
  guint n = habla_room_get_headphones_stats (self).n_listeners;
  g_auto (GStrv) offered = habla_room_list_offered (self);
  g_autofree char *readable = NULL;

  if (self->is_closing) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The server is shutting down; come back later");
    return NULL;
  }
  if (habla_room_is_mirror (self)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        "The translation can only be heard from the server to which the speaker of the room is "
        "connected");
    return NULL;
  }
  if (n >= self->context->max_members) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "The room is full: %u clients hear it, as many as max-members allows", n);
    return NULL;
  }
  readable = habla_languages_find_offered ((const char *const *) offered, language, error);
  if (readable == NULL ||
      !habla_languages_check_spoken (&self->context->languages, readable, error))
    return NULL;
  return g_steal_pointer (&readable);
}

HablaHeadphonesListener *
habla_room_add_headphones (
    HablaRoom *self, const char *language, const HablaBroadcastClient *client, GError **error)
{
  HablaRoomContext *context = self->context;
  g_autofree char *spoken = room_find_spoken (self, language, error);
  HablaHeadphonesOptions options = {
    .room = self->name,
    .linger = context->headphones_linger,
    .metrics = &context->broadcasts,
    .changed = room_on_headphones_changed,
    .user_data = self,
  };

  if (spoken == NULL)
    return NULL;
  if (self->headphones == NULL)
    self->headphones = habla_headphones_new (&options);
  return habla_headphones_add_listener (self->headphones, spoken, client);
}

HablaHeadphonesStats
habla_room_get_headphones_stats (HablaRoom *self)
{
  HablaHeadphonesStats none = { 0 };

  return self->headphones != NULL ? habla_headphones_get_stats (self->headphones) : none;
}
