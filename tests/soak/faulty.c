/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes hablad a hablad with one fault, that which HABLA_FAULT names: a check that finds
 * none of these would find nothing of the kind in hablad either. The linker puts these
 * functions before those that they are named after (--wrap), so that hablad itself knows
 * nothing of faults. Never installed. */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <libsoup/soup.h>
#include <server/health.h>
#include <session/recordings.h>
#include <session/room-private.h>
#include <session/session-graph.h>
#include <string.h>
#include <unistd.h>

/* One in so many. */
#define OFTEN 4

static gboolean
has_fault (const char *name)
{
  return g_strcmp0 (g_getenv ("HABLA_FAULT"), name) == 0;
}

static gpointer
sleep_for_ever (gpointer data)
{
  while (TRUE)
    g_usleep (G_USEC_PER_SEC);
  return NULL;
}

static gboolean
do_nothing (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
leave_zombie (void)
{
  const char *argv[] = { "true", NULL };
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
      NULL, &pid, NULL);
}

/* What is kept differs each time by far more than what is lost. */
static void
drift_under_noise (void)
{
  static char *noise; /* one session after another */
  static gpointer lost;

  g_free (noise);
  noise = g_malloc0 (g_random_int_range (1024, 64 * 1024));
  lost = g_malloc (2048);
  memset (lost, 1, 2048);
}

static void
lose_a_kilobyte (void)
{
  static gpointer lost;

  lost = g_malloc (1024);
  memset (lost, 1, 1024);
}

void __real_habla_session_graph_stop (HablaSessionGraph *graph);
void __wrap_habla_session_graph_stop (HablaSessionGraph *graph);

void
__wrap_habla_session_graph_stop (HablaSessionGraph *graph)
{
  __real_habla_session_graph_stop (graph);
  if (has_fault ("buffer"))
    gst_buffer_ref (gst_buffer_new_allocate (NULL, 100, NULL));
  else if (has_fault ("pipeline"))
    habla_session_graph_ref (graph);
  else if (has_fault ("source"))
    g_timeout_add_seconds (100000, do_nothing, NULL);
  else if (has_fault ("thread"))
    g_thread_unref (g_thread_new ("left-behind", sleep_for_ever, NULL));
  else if (has_fault ("descriptor"))
    g_open ("/dev/zero", O_RDONLY | O_CLOEXEC, 0);
  else if (has_fault ("zombie"))
    leave_zombie ();
  else if (has_fault ("heap"))
    lose_a_kilobyte ();
  else if (has_fault ("drift"))
    drift_under_noise ();
}

static void
unbound (GstBin *bin, GstBin *sub_bin, GstElement *element, gpointer data)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "queue"))
    g_object_set (element, "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time",
        G_GUINT64_CONSTANT (0), NULL);
}

GstElement *__real_habla_pipeline_description_create (gpointer description, GError **error);
GstElement *__wrap_habla_pipeline_description_create (gpointer description, GError **error);

static GstElement *newest; /* the test has one session at a time */

GstElement *
__wrap_habla_pipeline_description_create (gpointer description, GError **error)
{
  newest = __real_habla_pipeline_description_create (description, error);
  return newest;
}

gboolean __real_habla_session_graph_play (HablaSessionGraph *graph, GError **error);
gboolean __wrap_habla_session_graph_play (HablaSessionGraph *graph, GError **error);

gboolean
__wrap_habla_session_graph_play (HablaSessionGraph *graph, GError **error)
{
  if (has_fault ("queue")) {
    g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (newest));
    g_auto (GValue) value = G_VALUE_INIT;

    while (gst_iterator_next (elements, &value) == GST_ITERATOR_OK) {
      unbound (NULL, NULL, g_value_get_object (&value), NULL);
      g_value_reset (&value);
    }
  }
  return __real_habla_session_graph_play (graph, error);
}

void __real_habla_session_graph_end_input (HablaSessionGraph *graph);
void __wrap_habla_session_graph_end_input (HablaSessionGraph *graph);

void
__wrap_habla_session_graph_end_input (HablaSessionGraph *graph)
{
  if (!has_fault ("drain"))
    __real_habla_session_graph_end_input (graph);
}

void __real_habla_room_on_utterance (
    HablaRoom *room, const char *language, HablaUtterance *utterance);
void __wrap_habla_room_on_utterance (
    HablaRoom *room, const char *language, HablaUtterance *utterance);

void
__wrap_habla_room_on_utterance (HablaRoom *room, const char *language, HablaUtterance *utterance)
{
  if (has_fault ("lost") && utterance->is_final && utterance->id % OFTEN == 1)
    return;
  /* A main loop that does not turn any more. */
  while (has_fault ("hang"))
    g_usleep (G_USEC_PER_SEC);
  __real_habla_room_on_utterance (room, language, utterance);
}

void __real_habla_room_emit (HablaRoom *room, HablaEvent *event);
void __wrap_habla_room_emit (HablaRoom *room, HablaEvent *event);

void
__wrap_habla_room_emit (HablaRoom *room, HablaEvent *event)
{
  gboolean has_stopped = event->type == HABLA_EVENT_LISTENING_STOPPED;

  __real_habla_room_emit (room, event);
  if (has_stopped && has_fault ("flag"))
    room->is_listening = TRUE;
}

void __real_soup_websocket_connection_send_message (
    SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message);
void __wrap_soup_websocket_connection_send_message (
    SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message);

void
__wrap_soup_websocket_connection_send_message (
    SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message)
{
  static GBytes *held; /* of the one client */
  static guint n;
  gsize size;
  const char *text = g_bytes_get_data (message, &size);
  gboolean is_it = g_strstr_len (text, MIN (size, 40), "\"transcript_final\"") != NULL;

  if (is_it && has_fault ("order") && held == NULL && ++n % OFTEN == 0) {
    held = g_bytes_ref (message);
    return;
  }
  __real_soup_websocket_connection_send_message (connection, type, message);
  if (is_it && has_fault ("duplicate") && ++n % OFTEN == 0)
    __real_soup_websocket_connection_send_message (connection, type, message);
  if (is_it && held != NULL) {
    __real_soup_websocket_connection_send_message (connection, type, held);
    g_clear_pointer (&held, g_bytes_unref);
  }
}

GBytes *__real_habla_health_get_live (HablaHealth *health, gboolean has_messages);
/* tests/integration/hablad-shutdown.c waits for the line in the log. */
static void
get_stuck (void)
{
  g_printerr ("stuck now\n");
  sleep_for_ever (NULL);
}

void __real_habla_recordings_care (const char *root, guint keep_days, guint64 max_size, gint64 now,
    GCancellable *cancellable, HablaRecordingsCare *care);
void __wrap_habla_recordings_care (const char *root, guint keep_days, guint64 max_size, gint64 now,
    GCancellable *cancellable, HablaRecordingsCare *care);

/* As on a disk that does not answer. */
void
__wrap_habla_recordings_care (const char *root, guint keep_days, guint64 max_size, gint64 now,
    GCancellable *cancellable, HablaRecordingsCare *care)
{
  if (has_fault ("stuck-worker"))
    get_stuck ();
  __real_habla_recordings_care (root, keep_days, max_size, now, cancellable, care);
}

GBytes *__wrap_habla_health_get_live (HablaHealth *health, gboolean has_messages);

/* As one does that asks the disk. */
GBytes *
__wrap_habla_health_get_live (HablaHealth *health, gboolean has_messages)
{
  if (has_fault ("stuck-main-loop"))
    get_stuck ();
  if (has_fault ("health")) {
    int file = g_open ("/proc/self/smaps", O_RDONLY | O_CLOEXEC, 0);
    char data[4096];

    while (read (file, data, sizeof data) > 0)
      ;
    close (file);
    g_usleep (50000);
  }
  return __real_habla_health_get_live (health, has_messages);
}
