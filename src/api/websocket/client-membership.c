/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/client-membership.h"

#include "api/direction.h"
#include "api/websocket/client-commands.h"

#include <archive/missed-exchanges.h>

struct _HablaClientMembership {
  HablaMembershipOptions options;
  HablaSendQueue *queue;
  HablaMembershipHandler handler;
  HablaLobbyEntry waiting;
  HablaMember *member;          /* NULL until the client has joined and its status is sent */
  HablaMissedExchanges *missed; /* (nullable): the room's messages are held back meanwhile */
  gboolean has_ended;           /* the room; reported when no message is held back */
  gboolean goes_on_recording;   /* the client believes that the room listens */
  GBytes *stopped;              /* (nullable): listening_stopped, which it did not get therefore */
};

HablaClientMembership *
habla_client_membership_new (const HablaMembershipOptions *options, HablaSendQueue *queue,
    const HablaMembershipHandler *handler)
{
  HablaClientMembership *self = g_new0 (HablaClientMembership, 1);

  self->options = *options;
  self->options.key = g_strdup (options->key);
  self->options.tab = g_strdup (options->tab);
  self->options.room = g_strdup (options->room);
  self->options.language = g_strdup (options->language);
  self->queue = queue;
  self->handler = *handler;
  return self;
}

void
habla_client_membership_free (HablaClientMembership *self)
{
  habla_lobby_leave (&self->waiting);
  g_clear_pointer (&self->missed, habla_missed_exchanges_cancel);
  g_clear_pointer (&self->member, habla_member_leave);
  g_free ((char *) self->options.key);
  g_free ((char *) self->options.tab);
  g_free ((char *) self->options.room);
  g_free ((char *) self->options.language);
  g_clear_pointer (&self->stopped, g_bytes_unref);
  g_free (self);
}

HablaMember *
habla_client_membership_get_member (HablaClientMembership *self)
{
  return self->member;
}

/* Returns: (nullable) */
static const char *
membership_get_direction (HablaRoom *room)
{
  return habla_direction_get_name (
      habla_room_get_source_language (room), habla_room_get_target_languages (room)[0]);
}

/* Returns: (transfer full) (nullable): the link in @view */
static char *
membership_add_join (HablaClientMembership *self, HablaRoomView *view)
{
  HablaRoomCodes *codes = self->options.codes;
  const HablaRoomCode *code = codes != NULL ? habla_room_codes_find (codes, view->name) : NULL;
  char *url = code != NULL ? habla_room_codes_make_url (codes, code) : NULL;

  view->join_code = code != NULL ? code->code : NULL;
  view->join_url = url;
  return url;
}

/* A listener makes no code: only owners can see it. */
static void
membership_use_code (HablaClientMembership *self, HablaMember *member)
{
  HablaRoomCodes *codes = self->options.codes;
  const char *room = habla_room_get_name (habla_member_get_room (member));

  if (codes != NULL && (!self->options.listener || habla_room_codes_find (codes, room) != NULL))
    habla_room_codes_use (codes, room);
}

static void
membership_add_detection (HablaClientMembership *self, HablaRoom *room, HablaRoomView *view)
{
  const HablaRoomSettings *settings = habla_room_get_settings (room);

  view->can_detect_language =
      habla_room_manager_can_detect_language (self->options.manager, settings);
  view->auto_language = view->can_detect_language && settings->detects_language;
}

static GBytes *
membership_encode (HablaClientMembership *self, HablaMember *member, const HablaEvent *event)
{
  HablaRoom *room = habla_member_get_room (member);
  g_auto (GStrv) transcribers = NULL;
  g_auto (GStrv) translators = NULL;
  g_auto (GStrv) languages = NULL;
  g_autofree char *url = NULL;
  HablaRoomView view = {
    .can_hear = habla_room_can_hear (room),
    .session_id = habla_room_get_session_id (room),
    .direction = membership_get_direction (room),
    .source_language = habla_room_get_source_language (room),
    .target_languages = habla_room_get_target_languages (room),
    .mode = habla_room_get_mode (room),
    .is_recording = habla_room_is_recording (room),
    .speakers = habla_room_get_speakers (room),
    .name = habla_room_get_name (room),
    .is_owner = habla_member_is_owner (member),
    .is_owner_elsewhere = habla_member_is_owner_elsewhere (member),
    .language = habla_member_get_language (member),
    .is_language_offered = habla_member_is_language_offered (member),
  };

  if (event->type == HABLA_EVENT_STATUS) {
    view.has_webrtc = self->options.has_webrtc;
    view.available = habla_room_manager_get_languages (self->options.manager);
    languages = habla_room_list_offered (room);
    view.languages = (const char *const *) languages;
    view.transcriber = habla_room_get_engine (room, HABLA_ENGINE_TRANSCRIBER);
    view.translator = habla_room_get_engine (room, HABLA_ENGINE_TRANSLATOR);
    transcribers = habla_room_list_engines (room, HABLA_ENGINE_TRANSCRIBER);
    translators = habla_room_list_engines (room, HABLA_ENGINE_TRANSLATOR);
    view.transcribers = (const char *const *) transcribers;
    view.translators = (const char *const *) translators;
    membership_add_detection (self, room, &view);
    if (view.is_owner)
      url = membership_add_join (self, &view);
  }
  return habla_protocol_encode (event, &view);
}

static void
membership_check_ended (HablaClientMembership *self)
{
  if (self->has_ended && self->missed == NULL)
    self->handler.ended (self->handler.user_data);
}

static void
membership_end_recording (HablaClientMembership *self)
{
  self->goes_on_recording = FALSE;
  g_clear_pointer (&self->stopped, g_bytes_unref);
}

/* Returns: whether the client must not get @message; see habla_client_membership_note_command() */
static gboolean
membership_withhold (HablaClientMembership *self, const HablaEvent *event, GBytes *message)
{
  if (event->type == HABLA_EVENT_LISTENING_STARTED)
    membership_end_recording (self);
  if (event->type != HABLA_EVENT_LISTENING_STOPPED || !self->goes_on_recording)
    return FALSE;
  g_clear_pointer (&self->stopped, g_bytes_unref);
  self->stopped = g_bytes_ref (message);
  return TRUE;
}

static void
membership_on_event (HablaMember *member, HablaEvent *event, gpointer user_data)
{
  HablaClientMembership *self = user_data;
  g_autoptr (GBytes) message = NULL;

  /* Events before the first status are part of it. */
  if (self->member == NULL || !habla_send_queue_is_open (self->queue))
    return;
  /* Languages without a direction are only part of the status, which follows. */
  if (event->type == HABLA_EVENT_LANGUAGES &&
      membership_get_direction (habla_member_get_room (member)) == NULL)
    return;
  if (event->type == HABLA_EVENT_STATUS) {
    message = membership_encode (self, member, event);
  } else {
    if (event->encoded == NULL)
      event->encoded = membership_encode (self, member, event);
    message = g_bytes_ref (event->encoded);
  }

  if (membership_withhold (self, event, message))
    return;
  if (self->missed != NULL && event->type != HABLA_EVENT_PARTIAL &&
      event->type != HABLA_EVENT_PARTIAL_TRANSLATION)
    habla_missed_exchanges_hold (self->missed, event->type, message);
  else
    habla_send_queue_send (self->queue, event->type, message);
  if (event->type == HABLA_EVENT_ROOM_ENDED) {
    self->has_ended = TRUE;
    membership_check_ended (self);
  }
  if (event->type == HABLA_EVENT_MOVED)
    self->handler.moved (self->handler.user_data);
}

static void
membership_on_missed_event (const HablaEvent *event, gpointer user_data)
{
  HablaClientMembership *self = user_data;
  g_autoptr (GBytes) message = membership_encode (self, self->member, event);

  habla_send_queue_send (self->queue, event->type, message);
}

static void
membership_on_held_message (guint type, GBytes *message, gpointer user_data)
{
  habla_send_queue_send (((HablaClientMembership *) user_data)->queue, type, message);
}

static void
membership_on_missed_done (gpointer user_data)
{
  HablaClientMembership *self = user_data;

  self->missed = NULL;
  membership_check_ended (self);
}

/* Sends the missed exchanges: those that only the store has, then those that the room remembers. */
static void
membership_resume (HablaClientMembership *self)
{
  const HablaMissedExchangesHandler handler = {
    .emit = membership_on_missed_event,
    .send = membership_on_held_message,
    .done = membership_on_missed_done,
    .user_data = self,
  };

  if (self->options.store != NULL)
    self->missed = habla_missed_exchanges_new (
        self->options.store, self->member, self->options.since, &handler);
  habla_room_replay (habla_member_get_room (self->member), self->member, self->options.since,
      self->options.max_replay);
}

/* Returns: (transfer full) (nullable): a member */
static HablaMember *
membership_join_room (HablaClientMembership *self, GError **error)
{
  const HablaMembershipOptions *options = &self->options;
  HablaMember *member;

  if (!options->listener)
    return habla_room_manager_join_in_tab (options->manager,
        &(HablaOwnerPage){ .key = options->key, .tab = options->tab }, options->room,
        membership_on_event, self, error);
  member = habla_room_manager_join_as_listener (options->manager, options->room,
      options->waits ? NULL : options->language, membership_on_event, self, error);
  if (member != NULL && options->waits)
    habla_member_choose_language (member, options->language);
  if (member != NULL && options->is_screen)
    habla_member_set_screen (member);
  return member;
}

static void
membership_on_let_in (gpointer user_data)
{
  HablaClientMembership *self = user_data;
  g_autoptr (GError) error = NULL;

  /* Its connection may be closing. */
  if (habla_send_queue_is_open (self->queue) && !habla_client_membership_join (self, &error))
    self->handler.refused (error, self->handler.user_data);
}

/* @error: why the client cannot join. Returns: whether it waits for the room to open */
static gboolean
membership_wait (HablaClientMembership *self, GError **error)
{
  const HablaMembershipOptions *options = &self->options;
  g_autoptr (GBytes) message = NULL;

  if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) || !options->listener ||
      !options->waits || options->lobby == NULL)
    return FALSE;
  g_clear_error (error);
  if (!habla_lobby_wait (
          options->lobby, &self->waiting, options->room, membership_on_let_in, self)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        "%d listeners wait for this room already; come back when it has opened", HABLA_LOBBY_MAX);
    return FALSE;
  }
  message = habla_protocol_encode_waiting (options->room);
  habla_send_queue_send (self->queue, HABLA_CLIENT_SENT_WAITING, message);
  return TRUE;
}

gboolean
habla_client_membership_join (HablaClientMembership *self, GError **error)
{
  const HablaMembershipOptions *options = &self->options;
  g_autoptr (GBytes) status = NULL;
  g_autoptr (GError) problem = NULL;
  HablaMember *member = membership_join_room (self, &problem);

  if (member == NULL && membership_wait (self, &problem))
    return TRUE;
  if (member == NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  membership_use_code (self, member);
  status = membership_encode (self, member, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
  self->member = member;
  habla_send_queue_send (self->queue, HABLA_EVENT_STATUS, status);
  if (options->resume)
    membership_resume (self);
  if (!options->listener && options->lobby != NULL)
    habla_lobby_open (options->lobby, habla_room_get_name (habla_member_get_room (member)));
  return TRUE;
}

void
habla_client_membership_reclaim (HablaClientMembership *self, HablaCommandType command)
{
  if (self->options.tab == NULL && !self->options.listener &&
      !habla_member_is_owner (self->member) && !habla_client_commands_are_for_listeners (command))
    habla_member_take_over (self->member, NULL);
}

static gboolean
membership_toggle (HablaClientMembership *self, gboolean took_audio, GError **error)
{
  HablaRoom *room = habla_member_get_room (self->member);

  if (took_audio && !habla_room_can_hear (room))
    self->goes_on_recording = TRUE;
  if (!self->goes_on_recording || !habla_room_can_hear (room))
    return TRUE;
  g_clear_pointer (&self->stopped, g_bytes_unref);
  return habla_room_start_listening (room, NULL, 0, error);
}

gboolean
habla_client_membership_note_command (
    HablaClientMembership *self, HablaCommandType command, gboolean took_audio, GError **error)
{
  if (command == HABLA_COMMAND_TOGGLE_DIRECTION)
    return membership_toggle (self, took_audio, error);
  if (command == HABLA_COMMAND_STOP_LISTENING) {
    /* If the room took audio, it says so itself. */
    if (self->stopped != NULL && !took_audio)
      habla_send_queue_send (self->queue, HABLA_EVENT_LISTENING_STOPPED, self->stopped);
    membership_end_recording (self);
  }
  return TRUE;
}

void
habla_client_membership_set_language (HablaClientMembership *self, const char *language)
{
  g_free ((char *) self->options.language);
  self->options.language = g_strdup (language);
}
