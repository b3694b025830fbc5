/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/rooms/room-name.h"

#include <room/room-limits.h>

#include <string.h>

gboolean
habla_room_name_is_valid (const char *name)
{
  gsize length = strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

  return length > 0 && length <= HABLA_MAX_ROOM_NAME && name[length] == '\0' &&
         strspn (name, ".") < length;
}
