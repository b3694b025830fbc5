/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/health-checks.h"

#include "daemon/settings.h"

#include <pipeline/audio-devices.h>
#include <pipeline/engines/server-notice.h>
#include <pipeline/template/missing-element.h>
#include <pipeline/pipeline.h>
#include <room/room-manager.h>

#include <errno.h>
#include <sys/statvfs.h>

/* In bytes. */
#define MIN_DISK_SPACE (100 * 1024 * 1024)

gboolean
habla_check_devices (gpointer user_data, char **message)
{
  if (habla_audio_devices_have_microphone ())
    *message = g_strdup ("a microphone is available");
  else if (habla_audio_devices_have_server ())
    *message = g_strdup ("a sound server is available");
  else
    *message = g_strdup ("this machine has no microphone; clients use theirs");
  return TRUE;
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
      *message =
          g_strdup ("failed to read the free space of the disk; check the folder of recordings");
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

gboolean
habla_check_elements (gpointer user_data, char **message)
{
  g_autoptr (GError) error = NULL;

  if (!habla_missing_element_check_needed (&error)) {
    *message = g_strdup (error->message);
    return FALSE;
  }
  *message = g_strdup ("all elements are installed");
  return TRUE;
}

gboolean
habla_check_engines (gpointer manager, char **message)
{
  g_autoptr (GError) error = NULL;

  if (habla_room_manager_check_engines (manager, &error)) {
    *message = g_strdup ("all engines respond");
    return TRUE;
  }
  *message = g_strdup (error->message);
  return FALSE;
}

gboolean
habla_check_pipelines (gpointer user_data, char **message)
{
  guint n_stuck = habla_pipeline_count_stuck ();

  if (n_stuck == 0)
    *message = g_strdup ("no pipeline is stuck");
  else
    *message = g_strdup_printf (
        "%u stuck, each holds a thread; restart hablad when no session runs", n_stuck);
  return n_stuck == 0;
}

/* @data: what goes to the server of @engine, if it has one on another machine */
static void
add_server (GString *text, const char *data, const char *engine)
{
  g_autofree char *server = habla_server_notice_describe_engine (engine);

  if (server != NULL)
    g_string_append_printf (text, "%s%s is sent to %s", text->len > 0 ? ", " : "", data, server);
}

gboolean
habla_check_servers (gpointer data, char **message)
{
  const HablaServersCheck *servers = data;
  g_autofree char *translator = habla_llm_dup_translator (servers->llm);
  g_autoptr (GString) text = g_string_new (NULL);

  add_server (text, "audio", servers->transcriber);
  add_server (text, "text", translator);
  add_server (text, "text to speak", servers->synthesizer);
  if (text->len == 0)
    g_string_append (text, "nothing that is said is sent to other machines");
  *message = g_strdup (text->str);
  return TRUE;
}
