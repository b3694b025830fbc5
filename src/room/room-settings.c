/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/room-settings.h"

static const char *const modes[] = {
  [HABLA_MODE_CONVERSATION] = "conversation",
  [HABLA_MODE_CLASSROOM] = "classroom",
};

const char *
habla_mode_get_name (HablaMode mode)
{
  return modes[mode];
}

gboolean
habla_mode_from_name (const char *name, HablaMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    if (g_strcmp0 (name, modes[i]) == 0) {
      *mode = i;
      return TRUE;
    }
  }
  return FALSE;
}

void
habla_room_settings_set_languages (
    HablaRoomSettings *self, const char *source, const char *const *targets)
{
  char *source_language = g_strdup (source);
  GStrv target_languages = g_strdupv ((GStrv) targets);

  g_free (self->source_language);
  g_strfreev (self->target_languages);
  self->source_language = source_language;
  self->target_languages = target_languages;
}

void
habla_room_settings_set_engines (
    HablaRoomSettings *self, const char *transcriber, const char *translator)
{
  char *new_transcriber = g_strdup (transcriber);
  char *new_translator = g_strdup (translator);

  g_free (self->transcriber);
  g_free (self->translator);
  self->transcriber = new_transcriber;
  self->translator = new_translator;
}

void
habla_room_settings_copy (HablaRoomSettings *self, const HablaRoomSettings *source)
{
  habla_room_settings_set_languages (
      self, source->source_language, (const char *const *) source->target_languages);
  habla_room_settings_set_engines (self, source->transcriber, source->translator);
  self->mode = source->mode;
  self->detects_language = source->detects_language;
}

void
habla_room_settings_clear (HablaRoomSettings *self)
{
  g_clear_pointer (&self->source_language, g_free);
  g_clear_pointer (&self->target_languages, g_strfreev);
  g_clear_pointer (&self->transcriber, g_free);
  g_clear_pointer (&self->translator, g_free);
}

gboolean
habla_room_settings_have_same_languages (const HablaRoomSettings *a, const HablaRoomSettings *b)
{
  return g_str_equal (a->source_language, b->source_language) &&
         g_strv_equal (
             (const char *const *) a->target_languages, (const char *const *) b->target_languages);
}

gboolean
habla_room_settings_can_share_pipeline (const HablaRoomSettings *a, const HablaRoomSettings *b)
{
  return habla_room_settings_have_same_languages (a, b) &&
         a->detects_language == b->detects_language &&
         g_strcmp0 (a->transcriber, b->transcriber) == 0 &&
         g_strcmp0 (a->translator, b->translator) == 0;
}
