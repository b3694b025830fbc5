/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * bytes_dup_text:
 * @bytes: any, also without a byte
 *
 * Returns: (transfer full): a copy of @bytes, followed by a NUL
 */
static inline char *
bytes_dup_text (GBytes *bytes)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  return size > 0 ? g_strndup (text, size) : g_strdup ("");
}

G_END_DECLS
