/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which languages the listeners of a room can choose, and what each of them reads. */
#include "room/room-private.h"

char *
habla_room_find_readable (HablaRoom *self, const char *wanted, GError **error)
{
  g_auto (GStrv) offered = NULL;

  if (self->offered == NULL && !habla_room_is_mirror (self))
    return habla_languages_find_readable (&self->context->languages, wanted, error);
  offered = habla_room_list_offered (self);
  return habla_languages_find_offered ((const char *const *) offered, wanted, error);
}

GStrv
habla_room_list_offered (HablaRoom *self)
{
  const HablaRoomSnapshot *remote = habla_room_get_remote (self);

  if (remote != NULL)
    return g_strdupv (remote->offered);
  return habla_languages_list_offered (
      &self->context->languages, &self->settings, (const char *const *) self->offered);
}

void
habla_room_update_readers (HablaRoom *self)
{
  g_auto (GStrv) offered = habla_room_list_offered (self);

  habla_audience_choose_languages_again (self->audience, (const char *const *) offered);
  if (self->headphones != NULL)
    habla_headphones_retain (self->headphones, (const char *const *) offered);
  habla_room_report_readers (self);
}

gboolean
habla_room_can_offer (
    HablaRoom *self, const char *source, const char *const *offered, GError **error)
{
  const HablaLanguages *available = &self->context->languages;
  g_autofree char *from = habla_languages_find_source (available, source, error);

  if (from == NULL)
    return FALSE;
  for (guint i = 0; offered[i] != NULL; i++) {
    g_autofree char *to = habla_languages_find_readable (available, offered[i], error);

    if (to == NULL || (!habla_language_has_same_primary (from, to) &&
                          !habla_languages_check_pair (available, from, to, error)))
      return FALSE;
  }
  return TRUE;
}

void
habla_room_set_offered (HablaRoom *self, const char *const *offered)
{
  if (habla_room_is_mirror (self))
    return;
  g_strfreev (self->offered);
  self->offered = offered[0] != NULL ? g_strdupv ((GStrv) offered) : NULL;
  habla_room_update_readers (self);
  habla_room_update_targets (self);
  habla_room_notify_type (self, HABLA_EVENT_STATUS);
  habla_room_deliver (self);
}

/* Members */

/* The language of @member may have changed. */
static void
member_update_language (HablaMember *member)
{
  HablaRoom *self = habla_audience_get_room (member);

  if (self->run != NULL)
    habla_target_languages_retry (self->run->targets, habla_member_get_language (member));
  habla_room_update_targets (self);
  habla_room_report_readers (self);
}

void
habla_member_choose_language (HablaMember *member, const char *language)
{
  g_auto (GStrv) offered = habla_room_list_offered (habla_audience_get_room (member));

  habla_audience_choose_language (member, language, (const char *const *) offered);
  member_update_language (member);
}

gboolean
habla_member_is_language_offered (HablaMember *member)
{
  return !habla_audience_is_refused (member);
}

const char *
habla_member_get_language (HablaMember *member)
{
  return habla_audience_get_language (member, &habla_audience_get_room (member)->settings);
}

gboolean
habla_member_set_language (HablaMember *member, const char *language, GError **error)
{
  HablaRoom *self = habla_audience_get_room (member);

  if (habla_member_is_owner (member)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        "The owner of a room reads its target language; change the target language of the room");
    return FALSE;
  }
  if (habla_audience_can_choose (member)) {
    habla_member_choose_language (member, language);
    habla_audience_notify_member (member, &(HablaEvent){ .type = HABLA_EVENT_STATUS });
  } else {
    g_autofree char *readable = habla_room_find_readable (self, language, error);

    if (readable == NULL)
      return FALSE;
    habla_audience_set_language (member, readable);
    member_update_language (member);
  }
  habla_room_deliver (self);
  return TRUE;
}
