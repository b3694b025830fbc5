/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A library that plants one fault in hablad, so that tests can prove that the fault is found. The
 * script hablad-with-fault preloads it. HABLA_FAULT names the fault.
 *
 * The library interposes public functions of GLib, GStreamer and libsoup only, so hablad's own
 * functions may change freely. It logs "planted fault: NAME" to standard error when the fault takes
 * effect. Tests require that line: a fault that is never planted fails the test. */
#include <dlfcn.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <libsoup/soup.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define EXPORT __attribute__ ((visibility ("default")))

/* One exchange in four is lost, duplicated or reordered. */
#define INTERVAL 4

/* The thread of hablad that maintains recordings. */
#define RECORDING_THREAD "habla-recording"

static const char *const faults[] = { "none", "buffer", "pipeline", "source", "thread",
  "descriptor", "zombie", "heap", "drift", "queue", "drain", "lost", "duplicate", "order", "hang",
  "unanswered", "health", "stuck-main-loop", "stuck-worker", NULL };

static const char *fault = "none";

/* The original of the interposed function @name. */
#define ORIGINAL(name) ((__typeof__ (name) *) find_original (#name))

static gpointer
find_original (const char *name)
{
  gpointer function = dlsym (RTLD_NEXT, name);

  if (function == NULL)
    g_error ("planted-faults: no library has %s()", name);
  return function;
}

static gboolean
is_fault (const char *name)
{
  return g_str_equal (fault, name);
}

/* Independent of hablad's log settings. */
static void
log_planted (void)
{
  g_autofree char *line = g_strconcat ("planted fault: ", fault, "\n", NULL);

  if (write (STDERR_FILENO, line, strlen (line)) < 0)
    abort ();
}

/* Children of hablad run without the library. */
__attribute__ ((constructor)) static void
init (void)
{
  if (g_getenv ("HABLA_FAULT") != NULL)
    fault = g_getenv ("HABLA_FAULT");
  if (!g_strv_contains (faults, fault))
    g_error ("planted-faults: HABLA_FAULT: unknown fault “%s”", fault);
  g_unsetenv ("LD_PRELOAD");
}

static gpointer
sleep_forever (gpointer data)
{
  while (TRUE)
    g_usleep (G_USEC_PER_SEC);
  return NULL;
}

static void
block (void)
{
  log_planted ();
  sleep_forever (NULL);
}

static gboolean
do_nothing (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
leak_zombie (void)
{
  const char *argv[] = { "true", NULL };
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
      NULL, &pid, NULL);
}

static void
leak_memory (gsize size)
{
  static gpointer leaked;

  leaked = g_malloc (size);
  memset (leaked, 1, size);
}

/* A leak below noise that is up to 32 times larger. */
static void
leak_below_noise (void)
{
  static char *noise; /* one pipeline after another */

  g_free (noise);
  noise = g_malloc0 (g_random_int_range (1024, 64 * 1024));
  leak_memory (2048);
}

static void
leak_after_pipeline (GstElement *pipeline)
{
  if (is_fault ("buffer"))
    gst_buffer_ref (gst_buffer_new_allocate (NULL, 100, NULL));
  else if (is_fault ("pipeline"))
    gst_object_ref (pipeline);
  else if (is_fault ("source"))
    g_timeout_add_seconds (100000, do_nothing, NULL);
  else if (is_fault ("thread"))
    g_thread_unref (g_thread_new ("left-behind", sleep_forever, NULL));
  else if (is_fault ("descriptor"))
    g_open ("/dev/zero", O_RDONLY | O_CLOEXEC, 0);
  else if (is_fault ("zombie"))
    leak_zombie ();
  else if (is_fault ("heap"))
    leak_memory (1024);
  else if (is_fault ("drift"))
    leak_below_noise ();
  else
    return;
  log_planted ();
}

static GstPadProbeReturn
delay_first (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  g_usleep (3 * G_USEC_PER_SEC);
  return GST_PAD_PROBE_REMOVE;
}

/* Removes the limits of a queue, and delays what it gives: otherwise a fast recogniser empties it
 * before the metric, which is read once a second, exceeds the limit. */
static void
unbound_queue (const GValue *value, gpointer user_data)
{
  GstElement *element = g_value_get_object (value);
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "queue"))
    return;
  g_object_set (element, "max-size-buffers", 0, "max-size-bytes", 0, "max-size-time",
      G_GUINT64_CONSTANT (0), NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, delay_first, NULL, NULL);
  log_planted ();
}

static GstPadProbeReturn
drop_eos (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  log_planted ();
  return GST_PAD_PROBE_DROP;
}

static void
drop_eos_of_source (const GValue *value, gpointer user_data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (g_value_get_object (value), "src");

  if (pad != NULL)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, drop_eos, NULL, NULL);
}

static void
change_pipeline (GstBin *pipeline)
{
  g_autoptr (GstIterator) iterator = NULL;

  if (is_fault ("queue"))
    iterator = gst_bin_iterate_recurse (pipeline);
  else if (is_fault ("drain"))
    iterator = gst_bin_iterate_sources (pipeline);
  if (iterator != NULL)
    gst_iterator_foreach (iterator, is_fault ("queue") ? unbound_queue : drop_eos_of_source, NULL);
}

EXPORT GstStateChangeReturn
gst_element_set_state (GstElement *element, GstState state)
{
  GstStateChangeReturn result;

  if (GST_IS_PIPELINE (element) && state == GST_STATE_PLAYING)
    change_pipeline (GST_BIN (element));
  result = ORIGINAL (gst_element_set_state) (element, state);
  if (GST_IS_PIPELINE (element) && state == GST_STATE_NULL)
    leak_after_pipeline (element);
  return result;
}

/* Returns: the exchange that @text is about; 0 = none */
static guint64
get_exchange (const char *text)
{
  const char *id = strstr (text, "\"exchange_id\":");

  return id != NULL ? g_ascii_strtoull (id + strlen ("\"exchange_id\":"), NULL, 10) : 0;
}

static gboolean
is_type (const char *text, const char *type)
{
  g_autofree char *member = g_strdup_printf ("\"type\":\"%s\"", type);

  return strstr (text, member) != NULL;
}

/* After a room stopped listening, drops the answer to each new start. */
static gboolean
is_unanswered (const char *text)
{
  static gboolean has_stopped;

  has_stopped = has_stopped || is_type (text, "listening_stopped");
  return has_stopped && is_type (text, "listening_started");
}

/* Returns: whether @message must not be sent */
static gboolean
drop_message (const char *text)
{
  guint64 exchange = get_exchange (text);

  if ((is_fault ("lost") && exchange % INTERVAL == 1) ||
      (is_fault ("unanswered") && is_unanswered (text))) {
    log_planted ();
    return TRUE;
  }
  return FALSE;
}

/* The faults that use static variables need a single client. */
EXPORT void
soup_websocket_connection_send_message (
    SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message)
{
  static GBytes *held;
  static guint n_transcripts;
  g_autofree char *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  gboolean is_hit = is_type (text, "transcript_final") && ++n_transcripts % INTERVAL == 0;

  if (is_fault ("hang") && is_type (text, "transcript_final"))
    block ();
  if (drop_message (text))
    return;
  if (is_fault ("order") && is_hit) {
    held = g_bytes_ref (message);
    return;
  }
  ORIGINAL (soup_websocket_connection_send_message) (connection, type, message);
  if (is_fault ("duplicate") && is_hit) {
    log_planted ();
    ORIGINAL (soup_websocket_connection_send_message) (connection, type, message);
  }
  if (held != NULL && is_type (text, "transcript_final")) {
    log_planted ();
    ORIGINAL (soup_websocket_connection_send_message) (connection, type, held);
    g_clear_pointer (&held, g_bytes_unref);
  }
}

/* Like a health check that waits for a disk. */
static void
read_slowly (void)
{
  int file = g_open ("/proc/self/smaps", O_RDONLY | O_CLOEXEC, 0);
  char data[4096];

  while (read (file, data, sizeof data) > 0)
    ;
  close (file);
  g_usleep (50000);
}

EXPORT void
soup_server_message_set_status (SoupServerMessage *message, guint status, const char *reason_phrase)
{
  /* libsoup 3.6 calls this itself, also for a connection without a request. */
  GUri *uri = soup_server_message_get_uri (message);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";

  if (g_str_equal (path, "/health") && is_fault ("stuck-main-loop"))
    block ();
  if (g_str_equal (path, "/health") && is_fault ("health")) {
    log_planted ();
    read_slowly ();
  }
  ORIGINAL (soup_server_message_set_status) (message, status, reason_phrase);
}

/* Like a disk that does not answer. */
EXPORT GDir *
g_dir_open (const char *path, guint flags, GError **error)
{
  char name[16] = "";

  if (is_fault ("stuck-worker") && prctl (PR_GET_NAME, name) == 0 &&
      g_str_equal (name, RECORDING_THREAD))
    block ();
  return ORIGINAL (g_dir_open) (path, flags, error);
}
