/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <signal.h>
#include <soak-paths.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* For the daemon's shutdown, in microseconds. */
#define END_TIMEOUT (60 * G_TIME_SPAN_SECOND)

/* A shorter resume window and smaller backlogs than in production, so that cycles are short. The
 * harness is not rate-limited. */
static const char config[] = "[server]\n"
                             "max-request-rate=0\n"
                             "soft-backlog=16384\n"
                             "hard-backlog=131072\n"
                             "[session]\n"
                             "resume-window=2000\n"
                             "max-sessions=32\n";

struct _SoakDriver {
  char *folder; /* NULL = the daemon already ran */
  char *log_path;
  gboolean keep_log;
  gsize log_read; /* bytes */
  char *url;
  char *bare_url;
  GPid pid;
  GPid bare_pid;
  guint child_source;
  gboolean has_ended;
  gboolean is_stopping;
  char *end; /* how the daemon ended */
};

static void
driver_remove_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      driver_remove_tree (child);
    }
  }
  g_remove (path);
}

static void
driver_on_child_ended (GPid pid, int status, gpointer user_data)
{
  SoakDriver *self = user_data;

  self->has_ended = TRUE;
  self->child_source = 0;
  if (WIFEXITED (status))
    self->end = g_strdup_printf ("exited with status %d", WEXITSTATUS (status));
  else
    self->end = g_strdup_printf ("was killed by signal %d", WTERMSIG (status));
}

/* Ctrl-C must reach the harness only, which then stops the daemon. */
static void
driver_set_up_child (gpointer user_data)
{
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Returns: (transfer full) (nullable): the URL in the line "listening on URL" */
static char *
driver_read_url (int fd)
{
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (fd);
  g_autofree char *line = NULL;

  g_io_channel_set_close_on_unref (channel, TRUE);
  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL ||
      !g_str_has_prefix (line, "listening on "))
    return NULL;
  return g_strdup (g_strstrip (line + strlen ("listening on ")));
}

/* Returns: (transfer full): the environment of a user with empty folders */
static GStrv
driver_make_environment (SoakDriver *self, const SoakOptions *options)
{
  static const char *const folders[] = { "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR" };
  GStrv environment = g_get_environ ();

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (self->folder, folders[i], NULL);

    g_mkdir (path, 0700);
    environment = g_environ_setenv (environment, folders[i], path, TRUE);
  }
  environment = g_environ_setenv (environment, "GST_PLUGIN_PATH", SOAK_PLUGINS, FALSE);
  environment = g_environ_setenv (environment, "HABLA_PIPELINES", SOAK_PIPELINES, FALSE);
  environment = g_environ_setenv (environment, "HABLA_DECODER", SOAK_DECODER, FALSE);
  /* glibc counts memory in the caches of threads as allocated: some hundred kB that come and go,
   * which would hide a leak of 1 kB a cycle. */
  environment =
      g_environ_setenv (environment, "GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", TRUE);
  /* The same applies to the slice allocator of GLib before 2.76. */
  environment = g_environ_setenv (environment, "G_SLICE", "always-malloc", TRUE);
  environment = g_environ_unsetenv (environment, "GST_TRACERS");
  if (!options->no_tracer)
    environment = g_environ_setenv (
        environment, "GST_TRACERS", "leaks(name=all,log-leaks-on-deinit=false)", TRUE);
  return environment;
}

static GPid
driver_spawn (const char *const *argv, GStrv environment, int log, int *out, GError **error)
{
  GPid pid = 0;

  g_spawn_async_with_pipes_and_fds (NULL, argv, (const char *const *) environment,
      G_SPAWN_DO_NOT_REAP_CHILD, driver_set_up_child, NULL, -1, -1, log, NULL, NULL, 0, &pid, NULL,
      out, NULL, error);
  return pid;
}

static gboolean
driver_start_daemon (SoakDriver *self, const SoakOptions *options, GError **error)
{
  g_autofree char *config_path = g_build_filename (self->folder, "hablad.conf", NULL);
  g_autofree char *config_option = g_strdup_printf ("--config=%s", config_path);
  const char *const argv[] = { options->hablad, "--listen=127.0.0.1:0", config_option, NULL };
  g_auto (GStrv) environment = driver_make_environment (self, options);
  int out, log;

  if (!g_file_set_contents (config_path, config, -1, error))
    return FALSE;
  log = g_open (self->log_path, O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Failed to write %s", self->log_path);
    return FALSE;
  }
  self->pid = driver_spawn (argv, environment, log, &out, error);
  close (log);
  if (self->pid == 0)
    return FALSE;
  self->child_source = g_child_watch_add (self->pid, driver_on_child_ended, self);
  self->url = driver_read_url (out);
  if (self->url == NULL) {
    g_autofree char *text = NULL;

    g_file_get_contents (self->log_path, &text, NULL, NULL);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s did not start to listen: %s",
        options->hablad, text != NULL ? text : "");
    return FALSE;
  }
  return TRUE;
}

static gboolean
driver_start_bare (SoakDriver *self, GError **error)
{
  const char *const argv[] = { "/proc/self/exe", "bare-server", NULL };
  g_auto (GStrv) environment = g_get_environ ();
  int out;

  self->bare_pid = driver_spawn (argv, environment, -1, &out, error);
  if (self->bare_pid == 0)
    return FALSE;
  self->bare_url = driver_read_url (out);
  if (self->bare_url != NULL)
    return TRUE;
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_FAILED, "The bare server did not start to listen");
  return FALSE;
}

SoakDriver *
soak_driver_new (const SoakOptions *options, GError **error)
{
  SoakDriver *self = g_new0 (SoakDriver, 1);
  gboolean is_good;

  if (options->url != NULL) {
    self->url = g_strdup (options->url);
    is_good = driver_start_bare (self, error);
  } else {
    self->folder = g_dir_make_tmp ("habla-soak-XXXXXX", error);
    self->keep_log = options->keep_log != NULL;
    self->log_path =
        self->keep_log ? g_strdup (options->keep_log) : g_strconcat (self->folder, "/log", NULL);
    is_good = self->folder != NULL && driver_start_daemon (self, options, error) &&
              driver_start_bare (self, error);
  }
  if (is_good)
    return self;
  soak_driver_free (self);
  return NULL;
}

gboolean
soak_driver_stop (SoakDriver *self, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + END_TIMEOUT;

  if (self->pid == 0 || self->has_ended)
    return TRUE;
  self->is_stopping = TRUE;
  kill (self->pid, SIGTERM);
  while (!self->has_ended && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  if (self->has_ended && g_str_equal (self->end, "exited with status 0"))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "After SIGTERM, hablad %s",
      self->has_ended ? self->end : "did not exit");
  return FALSE;
}

static void
driver_end_now (GPid pid)
{
  if (pid == 0)
    return;
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
}

void
soak_driver_free (SoakDriver *self)
{
  g_clear_handle_id (&self->child_source, g_source_remove);
  if (!self->has_ended)
    driver_end_now (self->pid);
  driver_end_now (self->bare_pid);
  if (self->folder != NULL)
    driver_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->log_path);
  g_free (self->url);
  g_free (self->bare_url);
  g_free (self->end);
  g_free (self);
}

const char *
soak_driver_get_url (SoakDriver *self)
{
  return self->url;
}

const char *
soak_driver_get_bare_url (SoakDriver *self)
{
  return self->bare_url;
}

GPid
soak_driver_get_pid (SoakDriver *self)
{
  return self->has_ended ? 0 : self->pid;
}

const char *
soak_driver_get_death (SoakDriver *self)
{
  return self->has_ended && !self->is_stopping ? self->end : NULL;
}

GPtrArray *
soak_driver_take_log_issues (SoakDriver *self)
{
  GPtrArray *issues = g_ptr_array_new_with_free_func (g_free);
  FILE *file = self->log_path != NULL ? fopen (self->log_path, "re") : NULL;
  char line[2048];

  if (file == NULL)
    return issues;
  fseek (file, self->log_read, SEEK_SET);
  while (fgets (line, sizeof line, file) != NULL)
    if (strstr (line, "CRITICAL") != NULL || strstr (line, "WARNING") != NULL ||
        strstr (line, "ERROR") != NULL)
      g_ptr_array_add (issues, g_strdup (g_strstrip (line)));
  self->log_read = ftell (file);
  fclose (file);
  return issues;
}

static guint
driver_count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    n += g_file_test (child, G_FILE_TEST_IS_DIR) ? driver_count_files (child) : 1;
  }
  return n;
}

guint
soak_driver_count_files (SoakDriver *self)
{
  return self->folder != NULL ? driver_count_files (self->folder) : 0;
}

static void
driver_answer (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
    gpointer user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (
      message, "application/json", SOUP_MEMORY_STATIC, "{\"status\":\"ok\"}", 15);
}

int
soak_driver_serve_bare (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  soup_server_add_handler (server, NULL, driver_answer, NULL, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  uris = soup_server_get_uris (server);
  url = g_uri_to_string (uris->data);
  g_print ("listening on %s\n", url);
  fflush (stdout);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}
