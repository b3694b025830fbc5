/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/rooms/headphones-status.h"

#include <gio/gio.h>
#include <habla/error.h>
#include <libsoup/soup.h>

guint
habla_headphones_status_from_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE))
    return SOUP_STATUS_NOT_FOUND;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}
