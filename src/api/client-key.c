/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/client-key.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

gboolean
habla_client_key_is_valid (const char *text)
{
  gsize length = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

  return length >= 16 && length <= 64 && text[length] == '\0';
}

char *
habla_client_key_new (void)
{
  guint32 bits[4];

  if (getentropy (bits, sizeof bits) != 0)
    g_error ("Failed to get random numbers from the kernel: %s", g_strerror (errno));
  return g_strdup_printf ("%08x%08x%08x%08x", bits[0], bits[1], bits[2], bits[3]);
}
