/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/websocket/client-commands.h"

#include "api/direction.h"

gboolean
habla_client_commands_are_for_listeners (HablaCommandType type)
{
  return type == HABLA_COMMAND_HELLO || type == HABLA_COMMAND_PING ||
         type == HABLA_COMMAND_SEGMENT_END || type == HABLA_COMMAND_SET_LANGUAGE ||
         type == HABLA_COMMAND_TAKE_OVER;
}

static gboolean
client_commands_set_direction (HablaRoom *room, const char *direction, GError **error)
{
  const char *const *present = habla_room_get_target_languages (room);
  const char *source, *targets[] = { NULL, NULL };

  habla_direction_find (direction, &source, &targets[0]);
  /* Clients repeat their direction after a reconnect: further targets stay. */
  if (g_str_equal (source, habla_room_get_source_language (room)) &&
      g_str_equal (targets[0], present[0]))
    return habla_room_set_languages (room, source, present, error);
  return habla_room_set_languages (room, source, targets, error);
}

/* Languages that @command does not have stay as they are. */
static void
client_commands_get_languages (
    HablaRoom *room, const HablaCommand *command, const char **source, const char *const **targets)
{
  *source = command->source_language;
  *targets = (const char *const *) command->target_languages;
  if (*source == NULL)
    *source = habla_room_get_source_language (room);
  if (*targets == NULL)
    *targets = habla_room_get_target_languages (room);
}

static gboolean
client_commands_set_languages (HablaRoom *room, const HablaCommand *command, GError **error)
{
  const char *source, *const *targets;

  client_commands_get_languages (room, command, &source, &targets);
  if (command->offered_languages != NULL) {
    const char *const *offered = (const char *const *) command->offered_languages;

    if (!habla_room_can_set_languages (room, source, targets, error) ||
        !habla_room_can_offer (room, source, offered, error))
      return FALSE;
    habla_room_set_offered (room, offered);
  }
  return habla_room_set_languages (room, source, targets, error);
}

/* A command that is refused changes nothing: everything is checked first. */
static gboolean
client_commands_start_listening (HablaRoom *room, const HablaCommand *command, GError **error)
{
  gboolean has_languages = command->source_language != NULL || command->target_languages != NULL;
  const char *source, *const *targets;

  client_commands_get_languages (room, command, &source, &targets);
  if (has_languages && !habla_room_can_set_languages (room, source, targets, error))
    return FALSE;
  if (!habla_room_can_listen (
          room, command->source_language, command->source, command->rate, error))
    return FALSE;
  if (has_languages && !habla_room_set_languages (room, source, targets, error))
    return FALSE;
  return habla_room_start_listening (room, command->source, command->rate, error);
}

static gboolean
client_commands_describe_speaker (HablaRoom *room, const HablaCommand *command, GError **error)
{
  return (command->name == NULL ||
             habla_room_rename_speaker (room, command->speaker_id, command->name, error)) &&
         (command->role_hint == NULL ||
             habla_room_set_role (room, command->speaker_id, command->role_hint, error));
}

static gboolean
client_commands_set_engines (HablaRoom *room, const HablaCommand *command, GError **error)
{
  gboolean has_engines = command->transcriber != NULL || command->translator != NULL;

  if (has_engines &&
      !habla_room_set_engines (room, command->transcriber, command->translator, error))
    return FALSE;
  if (command->has_auto_language)
    habla_room_set_detection (room, command->auto_language);
  return TRUE;
}

gboolean
habla_client_commands_execute (HablaMember *member, const HablaCommand *command, GError **error)
{
  HablaRoom *room = habla_member_get_room (member);

  if (!habla_client_commands_are_for_listeners (command->type) && !habla_member_is_owner (member)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "Listeners only read; only the owner of the room may do this");
    return FALSE;
  }
  if (!habla_client_commands_are_for_listeners (command->type) && habla_room_is_ending (room)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The room is ending");
    return FALSE;
  }

  switch (command->type) {
  case HABLA_COMMAND_END_ROOM:
    habla_room_end (room);
    break;
  case HABLA_COMMAND_HELLO:
  case HABLA_COMMAND_PING:
  case HABLA_COMMAND_SEGMENT_END:
    break;
  case HABLA_COMMAND_NEW_SESSION:
    habla_room_reset (room);
    habla_room_forget_names (room);
    break;
  case HABLA_COMMAND_RENAME_SPEAKER:
    return client_commands_describe_speaker (room, command, error);
  case HABLA_COMMAND_SET_ENGINES:
    return client_commands_set_engines (room, command, error);
  case HABLA_COMMAND_SET_LANGUAGE:
    return habla_member_set_language (member, command->language, error);
  case HABLA_COMMAND_SET_LANGUAGES:
    return client_commands_set_languages (room, command, error);
  case HABLA_COMMAND_SET_MODE:
    habla_room_set_mode (room, command->mode);
    break;
  case HABLA_COMMAND_START_LISTENING:
    return client_commands_start_listening (room, command, error);
  case HABLA_COMMAND_STOP_LISTENING:
    habla_room_stop_listening (room);
    break;
  case HABLA_COMMAND_TAKE_OVER:
    return habla_member_take_over (member, error);
  case HABLA_COMMAND_TEXT_INPUT:
    return habla_room_push_text (room, command->text, command->speaker_id, error);
  case HABLA_COMMAND_TOGGLE_DIRECTION:
    return client_commands_set_direction (room, command->direction, error);
  }
  return TRUE;
}
