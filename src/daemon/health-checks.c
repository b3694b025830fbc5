/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/health-checks.h"

#include <pipeline/audio-devices.h>
#include <pipeline/template/missing-element.h>
#include <pipeline/pipeline.h>

#include <errno.h>
#include <sys/statvfs.h>

/* Less free space than this is too little to work with, in bytes. */
#define MIN_DISK_SPACE (100 * 1024 * 1024)

/* Whether the machine has a microphone of its own, or a sound server that may. */
gboolean
habla_check_devices (gpointer user_data, char **message)
{
  if (habla_audio_devices_have_microphone ()) {
    *message = g_strdup ("there is a microphone");
    return TRUE;
  }
  if (habla_audio_devices_have_server ()) {
    *message = g_strdup ("there is a sound server");
    return TRUE;
  }
  *message = g_strdup ("no microphone here; those of clients work");
  return FALSE;
}

/* Whether there is room on the disk of the folder @path, or of the nearest one above that
 * is there. */
gboolean
habla_check_disk (gpointer path, char **message)
{
  g_autofree char *folder = g_strdup (path);
  struct statvfs disk;
  guint64 space;

  while (statvfs (folder, &disk) != 0) {
    char *parent = g_path_get_dirname (folder);

    if (errno != ENOENT || g_str_equal (parent, folder)) {
      *message = g_strdup ("the disk cannot be read");
      g_free (parent);
      return FALSE;
    }
    g_free (folder);
    folder = parent;
  }
  space = (guint64) disk.f_bavail * disk.f_frsize;
  *message = g_strdup_printf ("%" G_GUINT64_FORMAT " MB free", space / 1000000);
  return space >= MIN_DISK_SPACE;
}

/* Whether there are elements for what clients send. */
gboolean
habla_check_elements (gpointer user_data, char **message)
{
  g_autoptr (GError) error = NULL;

  if (!habla_missing_element_check_needed (&error)) {
    *message = g_strdup (error->message);
    return FALSE;
  }
  *message = g_strdup ("all there");
  return TRUE;
}

/* Whether all pipelines of closed sessions could be taken down. */
gboolean
habla_check_pipelines (gpointer user_data, char **message)
{
  guint n_stuck = habla_pipeline_count_stuck ();

  if (n_stuck == 0)
    *message = g_strdup ("none is stuck");
  else
    *message = g_strdup_printf (
        "%u stuck, each holds a thread; restart hablad when no session runs", n_stuck);
  return n_stuck == 0;
}
