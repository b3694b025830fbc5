/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/network/state-file.h"

#include "daemon/secret-file.h"

#include <util/regular-file.h>

#define MAX_SIZE (64 * 1024)

char *
habla_state_file_get_path (const char *name)
{
  return g_build_filename (g_get_user_state_dir (), "habla", name, NULL);
}

char *
habla_state_file_read (const char *name, GError **error)
{
  g_autofree char *path = habla_state_file_get_path (name);

  return habla_secret_file_check (path, error)
             ? habla_regular_file_read (path, MAX_SIZE, NULL, error)
             : NULL;
}

gboolean
habla_state_file_write (const char *name, const char *text, GError **error)
{
  g_autofree char *path = habla_state_file_get_path (name);
  g_autofree char *folder = g_path_get_dirname (path);

  /* If this fails, the next call names the cause. */
  g_mkdir_with_parents (folder, 0700);
  return g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}
