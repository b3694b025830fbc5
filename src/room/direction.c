/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/room.h"

static const struct {
  const char *name;
  const char *from;
  const char *to;
} directions[] = {
  [HABLA_DIRECTION_ES_TO_EN] = { "es_to_en", "es", "en" },
  [HABLA_DIRECTION_EN_TO_ES] = { "en_to_es", "en", "es" },
};

static const char *const modes[] = {
  [HABLA_MODE_CONVERSATION] = "conversation",
  [HABLA_MODE_CLASSROOM] = "classroom",
};

const char *
habla_direction_get_name (HablaDirection direction)
{
  return directions[direction].name;
}

/* Returns: whether there is a direction @name; @direction is set only then */
gboolean
habla_direction_from_name (const char *name, HablaDirection *direction)
{
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    if (g_strcmp0 (name, directions[i].name) == 0) {
      *direction = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Returns: BCP 47 code of what is spoken and typed */
const char *
habla_direction_get_from (HablaDirection direction)
{
  return directions[direction].from;
}

/* Returns: BCP 47 code of what the owner reads */
const char *
habla_direction_get_to (HablaDirection direction)
{
  return directions[direction].to;
}

const char *
habla_mode_get_name (HablaMode mode)
{
  return modes[mode];
}

/* Returns: whether there is a mode @name; @mode is set only then */
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
