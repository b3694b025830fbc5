/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The microphone of the server, on a machine without one. */
#include "room-fixture.h"

#include <glib/gstdio.h>
#include <pipeline/audio-devices.h>
#include <process.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define N_TRIES 200

typedef struct {
  Reader *reader;
  guint n;
} Stops;

static void
start (RoomFixture *fixture, const char *microphone)
{
  fixture->options.sources = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (fixture->options.sources, "microphone", (char *) microphone);
  room_fixture_start (fixture);
}

static void
tear_down (RoomFixture *fixture, gconstpointer data)
{
  room_fixture_tear_down (fixture, data);
  g_clear_pointer (&fixture->options.sources, g_hash_table_unref);
}

static gboolean
has_stopped (gpointer data)
{
  Stops *stops = data;

  return reader_count (stops->reader, "stopped") >= stops->n;
}

static void
try_microphone (Reader *owner)
{
  Stops stops = { owner, reader_count (owner, "stopped") + 1 };
  guint n_errors = reader_count (owner, "error");
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_room_start_listening (reader_get_room (owner), "microphone", 0, &error));
  g_assert_no_error (error);
  room_fixture_iterate_until (has_stopped, &stops, 60);
  g_assert_cmpuint (reader_count (owner, "error"), ==, n_errors + 1);
}

/* Counts threads, except those of pools, whose number varies, and descriptors. */
static void
count (guint *n_threads, guint *n_descriptors)
{
  g_autoptr (SoakProcess) process = soak_process_read (getpid ());
  GHashTableIter iter;
  gpointer name, n;

  *n_threads = 0;
  g_hash_table_iter_init (&iter, process->threads);
  while (g_hash_table_iter_next (&iter, &name, &n))
    if (!soak_process_is_pooled (name))
      *n_threads += GPOINTER_TO_UINT (n);
  *n_descriptors = soak_process_sum (process->descriptors);
}

/* Refused attempts leak nothing, and the audio of clients still works. */
static void
check_refused (RoomFixture *fixture, guint tolerance)
{
  guint threads, descriptors, threads_after, descriptors_after;
  g_autoptr (Reader) owner = reader_new_owner (fixture, NULL, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10; i++)
    try_microphone (owner);
  count (&threads, &descriptors);
  for (guint i = 10; i < N_TRIES; i++)
    try_microphone (owner);
  count (&threads_after, &descriptors_after);
  g_test_message ("threads: %u, then %u; descriptors: %u, then %u", threads, threads_after,
      descriptors, descriptors_after);
  g_assert_cmpuint (threads_after, <=, threads + tolerance);
  g_assert_cmpuint (descriptors_after, <=, descriptors + 2 * tolerance);

  g_assert_true (habla_room_start_listening (reader_get_room (owner), NULL, 16000, &error));
  g_assert_no_error (error);
  reader_wait_for (owner, "listening");
}

static gboolean
skip_with_sound (void)
{
  if (!habla_audio_devices_have_microphone () && !habla_audio_devices_have_server ())
    return FALSE;
  g_test_skip ("this machine has a microphone or a sound server");
  return TRUE;
}

static void
test_none (RoomFixture *fixture, gconstpointer data)
{
  start (fixture, "autoaudiosrc");
  if (skip_with_sound ())
    return;
  check_refused (fixture, 0);
}

/* An explicit PulseAudio source is opened, but because of the backoff not 200 times. */
static void
test_backoff (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("pulsesrc");

  start (fixture, "pulsesrc server=unix:/nowhere");
  if (factory == NULL) {
    g_test_skip ("there is no pulsesrc");
    return;
  }
  check_refused (fixture, 6);
}

/* Sources that open no device are not affected. */
static void
test_file (RoomFixture *fixture, gconstpointer data)
{
  g_autoptr (Reader) owner = NULL;
  g_autoptr (GError) error = NULL;

  start (fixture, "audiotestsrc is-live=true wave=silence");
  owner = reader_new_owner (fixture, NULL, NULL);
  g_assert_true (habla_room_start_listening (reader_get_room (owner), "microphone", 0, &error));
  g_assert_no_error (error);
  reader_wait_for (owner, "listening");
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;
  const char *source = "  pulsesrc server=unix:/elsewhere ! queue";

  g_assert_true (habla_audio_devices_prepare ("filesrc location=pulsesrc ! wavparse", &error));
  g_assert_no_error (error);
  g_assert_true (habla_audio_devices_prepare (source, &error));
  habla_audio_devices_report (source, FALSE);
  g_assert_false (habla_audio_devices_prepare (source, &error));
  g_assert_nonnull (strstr (error->message, "try again in 1 s"));
  g_clear_error (&error);
  habla_audio_devices_report (source, FALSE);
  g_assert_false (habla_audio_devices_prepare (source, &error));
  g_assert_nonnull (strstr (error->message, "try again in 2 s"));
  habla_audio_devices_report (source, TRUE);
  g_assert_true (habla_audio_devices_prepare (source, NULL));
  if (skip_with_sound ())
    return;
  g_clear_error (&error);
  g_assert_false (habla_audio_devices_prepare ("autoaudiosrc", &error));
  g_assert_nonnull (strstr (error->message, "no microphone"));
}

/* The socket of a crashed server does not count as a server. */
static void
test_server (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofree char *folder = g_build_filename (g_get_user_runtime_dir (), "pulse", NULL);
  g_autofree char *path = g_build_filename (folder, "native", NULL);
  int fd;

  if (skip_with_sound ())
    return;
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_true (habla_audio_devices_have_server ());
  close (fd);
  g_assert_false (habla_audio_devices_have_server ());
  g_assert_cmpint (g_unlink (path), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_unsetenv ("PULSE_SERVER");
  habla_test_init (&argc, &argv);
#define ADD(name, function) \
  g_test_add ("/audio-devices/" name, RoomFixture, NULL, room_fixture_set_up, function, tear_down)
  g_test_add_func ("/audio-devices/errors", test_errors);
  g_test_add_func ("/audio-devices/server", test_server);
  ADD ("none", test_none);
  ADD ("backoff", test_backoff);
  ADD ("file", test_file);
#undef ADD
  return habla_test_run ();
}
