/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "stderr-capture.h"

#include <fcntl.h>
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

GST_DEBUG_CATEGORY_STATIC (sherpa_debug);
#define GST_CAT_DEFAULT sherpa_debug

/* Upper bound of the text that is kept, in bytes. */
#define MAX_TEXT 65536

static GMutex lock;
static int saved = -1;    /* protected by lock; the standard error */
static int captured = -1; /* protected by lock; where it goes meanwhile */

static void
write_all (int fd, const char *text)
{
  gsize size = strlen (text);

  while (size > 0) {
    gssize n = write (fd, text, size);

    if (n <= 0)
      return;
    text += n;
    size -= n;
  }
}

/* Says why the library ended the process with exit(), whose thread holds @lock then. */
static void
stderr_capture_at_exit (void)
{
  g_autofree char *text = NULL;

  if (g_mutex_trylock (&lock)) {
    g_mutex_unlock (&lock);
    return;
  }
  if (saved < 0)
    return;
  text = g_malloc0 (MAX_TEXT + 1);
  if (pread (captured, text, MAX_TEXT, 0) <= 0)
    return;
  write_all (saved, "sherpa-onnx ended the process while it loaded a model; find it with “habla "
                    "models verify”:\n");
  write_all (saved, text);
}

static void
stderr_capture_init (void)
{
  static gsize initialised;

  if (g_once_init_enter (&initialised)) {
    GST_DEBUG_CATEGORY_INIT (sherpa_debug, "sherpa", 0, "sherpa-onnx's own log");
    atexit (stderr_capture_at_exit);
    g_once_init_leave (&initialised, 1);
  }
}

void
habla_stderr_capture_begin (void)
{
  stderr_capture_init ();
  g_mutex_lock (&lock);
  saved = -1;
  if (gst_debug_category_get_threshold (sherpa_debug) >= GST_LEVEL_DEBUG)
    return;
  captured = memfd_create ("habla-stderr", MFD_CLOEXEC);
  if (captured < 0)
    return;
  fflush (stderr);
  saved = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (saved < 0 || dup2 (captured, STDERR_FILENO) < 0) {
    if (saved >= 0)
      close (saved);
    close (captured);
    saved = -1;
  }
}

/* The library writes the name of its source file before each message, or that of ONNX Runtime. */
static gboolean
is_of_library (const char *line)
{
  return strstr (line, "sherpa-onnx/c") != NULL || strstr (line, "onnxruntime") != NULL;
}

/* The output of the library about an exception has no name before it, and several lines. */
static gboolean
is_exception (const char *line)
{
  return g_str_has_prefix (line, "Caught exception");
}

/* Returns: (transfer full): the kept part of a message, in one line */
static char *
add_line (const char *message, const char *line)
{
  return message != NULL && is_exception (message) ? g_strjoin (" ", message, line, NULL)
                                                   : g_strdup (line);
}

char *
habla_stderr_capture_end (void)
{
  g_autofree char *text = g_malloc0 (MAX_TEXT + 1);
  g_autofree char *last = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean in_message = FALSE;

  if (saved >= 0) {
    fflush (stderr);
    dup2 (saved, STDERR_FILENO);
    if (pread (captured, text, MAX_TEXT, 0) < 0)
      *text = '\0';
    close (captured);
    lines = g_strsplit (text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
      /* Further lines of a message have no name before them. */
      in_message = is_of_library (lines[i]) || is_exception (lines[i]) ||
                   (in_message && *lines[i] == ' ') || (last != NULL && is_exception (last));
      if (in_message && *lines[i] != '\0') {
        char *message = add_line (last, lines[i]);

        GST_WARNING ("%s", lines[i]);
        g_free (last);
        last = message;
      } else if (*lines[i] != '\0') {
        g_autofree char *line = g_strconcat (lines[i], "\n", NULL);

        write_all (saved, line);
      }
    }
    close (saved);
  }
  g_mutex_unlock (&lock);
  return g_steal_pointer (&last);
}
