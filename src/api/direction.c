/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/direction.h"

#include <string.h>

static const struct {
  const char *name;
  const char *source;
  const char *target;
} directions[] = {
  { "es_to_en", "es", "en" },
  { "en_to_es", "en", "es" },
};

/* Returns: whether @tag is @language or a variety of it */
static gboolean
direction_matches (const char *tag, const char *language)
{
  gsize length = strlen (language);

  return tag != NULL && g_ascii_strncasecmp (tag, language, length) == 0 &&
         (tag[length] == '\0' || tag[length] == '-');
}

const char *
habla_direction_get_name (const char *source, const char *target)
{
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    if (direction_matches (source, directions[i].source) &&
        direction_matches (target, directions[i].target))
      return directions[i].name;
  return NULL;
}

const char *
habla_direction_find (const char *name, const char **source, const char **target)
{
  for (guint i = 0; i < G_N_ELEMENTS (directions); i++) {
    if (g_strcmp0 (name, directions[i].name) != 0)
      continue;
    *source = directions[i].source;
    *target = directions[i].target;
    return directions[i].name;
  }
  return NULL;
}
