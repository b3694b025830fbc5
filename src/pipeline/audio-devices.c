/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/audio-devices.h"

#include <errno.h>
#include <habla/error.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_BACKOFF G_TIME_SPAN_SECOND
#define MAX_BACKOFF (10 * G_TIME_SPAN_MINUTE)

typedef struct {
  gint64 backoff;  /* in microseconds */
  gint64 retry_at; /* in monotonic time */
} Failure;

static GMutex lock;
static GHashTable *failures; /* protected by lock; launch fragment -> Failure */
static guint pulse_rank;     /* protected by lock; rank of pulsesrc; 0 = unknown */

gboolean
habla_audio_devices_have_microphone (void)
{
  g_autofree char *devices = NULL;

  return g_file_get_contents ("/proc/asound/pcm", &devices, NULL, NULL) &&
         strstr (devices, "capture") != NULL;
}

/* A file alone does not suffice: it remains when the server has crashed. */
static gboolean
socket_accepts_connections (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gboolean accepts;
  int fd;

  if (g_strlcpy (address.sun_path, path, sizeof address.sun_path) >= sizeof address.sun_path)
    return FALSE;
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  /* EAGAIN: the server is there, but busy. */
  accepts = connect (fd, (struct sockaddr *) &address, sizeof address) == 0 || errno == EAGAIN;
  close (fd);
  return accepts;
}

static gboolean
devices_have_socket (const char *folder, const char *name)
{
  g_autofree char *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;

  return path != NULL && socket_accepts_connections (path);
}

static gboolean
devices_have_pulse (void)
{
  /* May be a server on another machine. */
  if (g_getenv ("PULSE_SERVER") != NULL)
    return TRUE;
  return devices_have_socket (g_getenv ("PULSE_RUNTIME_PATH"), "native") ||
         devices_have_socket (g_get_user_runtime_dir (), "pulse/native") ||
         devices_have_socket ("/run/pulse", "native");
}

gboolean
habla_audio_devices_have_server (void)
{
  return devices_have_pulse () || devices_have_socket (g_get_user_runtime_dir (), "pipewire-0");
}

/* Returns: whether @source contains an element @name */
static gboolean
source_has_element (const char *source, const char *name)
{
  g_auto (GStrv) elements = g_strsplit (source, "!", -1);

  for (guint i = 0; elements[i] != NULL; i++) {
    const char *element = g_strstrip (elements[i]);
    gsize length = strcspn (element, " \t");

    if (length == strlen (name) && strncmp (element, name, length) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
source_opens_pulse (const char *source)
{
  return source_has_element (source, "autoaudiosrc") || source_has_element (source, "pulsesrc");
}

/* autoaudiosrc tries elements in the order of their ranks, and none without a rank. */
static void
devices_rank_pulse (gboolean is_there)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("pulsesrc");

  if (factory == NULL)
    return;
  g_mutex_lock (&lock);
  if (pulse_rank == 0)
    pulse_rank = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory));
  gst_plugin_feature_set_rank (
      GST_PLUGIN_FEATURE (factory), is_there ? pulse_rank : (guint) GST_RANK_NONE);
  g_mutex_unlock (&lock);
}

/* Returns: time until @source may be opened, in microseconds */
static gint64
source_get_wait (const char *source)
{
  const Failure *failure;
  gint64 wait = 0;

  g_mutex_lock (&lock);
  failure = failures != NULL ? g_hash_table_lookup (failures, source) : NULL;
  if (failure != NULL)
    wait = failure->retry_at - g_get_monotonic_time ();
  g_mutex_unlock (&lock);
  return MAX (wait, 0);
}

gboolean
habla_audio_devices_prepare (const char *source, GError **error)
{
  gint64 wait;

  if (!source_opens_pulse (source))
    return TRUE;
  if (source_has_element (source, "autoaudiosrc")) {
    if (!habla_audio_devices_have_microphone () && !habla_audio_devices_have_server ()) {
      g_set_error_literal (error, HABLA_ERROR, HABLA_ERROR_INPUT,
          "The server has no microphone: connect one, start a sound server for the user that runs "
          "hablad, or configure another source");
      return FALSE;
    }
    devices_rank_pulse (devices_have_pulse ());
  }
  wait = source_get_wait (source);
  if (wait == 0)
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT,
      "The server's microphone could not be opened a moment ago; try again in %d s",
      (int) ((wait + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
  return FALSE;
}

void
habla_audio_devices_report (const char *source, gboolean works)
{
  Failure *failure;

  if (!source_opens_pulse (source))
    return;
  g_mutex_lock (&lock);
  if (failures == NULL)
    failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (works) {
    g_hash_table_remove (failures, source);
  } else {
    failure = g_hash_table_lookup (failures, source);
    if (failure == NULL) {
      failure = g_new0 (Failure, 1);
      g_hash_table_insert (failures, g_strdup (source), failure);
    }
    failure->backoff = CLAMP (2 * failure->backoff, FIRST_BACKOFF, MAX_BACKOFF);
    failure->retry_at = g_get_monotonic_time () + failure->backoff;
  }
  g_mutex_unlock (&lock);
}
