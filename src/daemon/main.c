/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h> /* of the build, not ours */

#include "daemon/settings.h"
#include "daemon/exit-check.h"
#include "daemon/log.h"
#include "daemon/secret-file.h"
#include "daemon/service.h"
#include "daemon/shutdown-deadline.h"

#include <decoder/decoder.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <malloc.h>
#include <http/http-server.h>
#include <monitoring/main-sources.h>
#include <monitoring/process-sampler.h>
#include <archive/archiver.h>
#include <api/api.h>
#include <archive/exchange-record.h>
#include "daemon/health-checks.h"
#include <pipeline/template/pipeline-template.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define MIN_TOKEN_LENGTH 16

/* Parts of the heap that threads take turns at, for each core; by itself, glibc makes 8. Each keeps
 * what was once needed in it, so that fewer need less memory, but threads wait for each other when
 * there are hardly more than cores: docs/soak.md has figures. */
#define ARENAS_PER_CORE 2

/* How long the start waits for the store, in microseconds; then it goes on without. */
#define STORE_PATIENCE (5 * G_TIME_SPAN_SECOND)

/* How long what was said may take to its end after SIGTERM, in milliseconds, whatever drain-timeout
 * says: shutdown-deadline.h ends the process some seconds later. */
#define MAX_SHUT_DOWN 10000

/* How long a decoder may take to be gone after it was killed, in milliseconds. */
#define MAX_REAPING 1000

typedef struct {
  HablaSettings *config;
  char *token;
  GTlsCertificate *certificate;
  HablaMetrics *metrics;
  HablaProcessSampler *sampler;
  HablaMainSources *sources;
  HablaStore *store; /* NULL = nothing is kept; belongs to history */
  HablaRoomManager *manager;
  HablaArchiver *history; /* (nullable) */
  HablaHealth *health;
  HablaApi *api;
  HablaHttpServer *server;
  GMainLoop *loop;
  char *recordings;
  gboolean is_stopping;
  int signal; /* the second one; it ends at once */
} Daemon;

typedef struct {
  char *config;
  GStrv listen;
  char *tls_certificate;
  char *tls_key;
  char *token_file;
  char *pipeline;
  char *log_format;
  gboolean print_config;
  gboolean version;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->config);
  g_strfreev (self->listen);
  g_free (self->tls_certificate);
  g_free (self->tls_key);
  g_free (self->token_file);
  g_free (self->pipeline);
  g_free (self->log_format);
}

static gboolean
parse_options (Options *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config,
        "Read FILE instead of hablad.conf in the standard folders", "FILE" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &self->listen,
        "Listen on ADDRESS:PORT; may be repeated; port 0 = any free port", "ADDRESS:PORT" },
    { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_certificate,
        "Enable TLS with the certificate in FILE (PEM)", "FILE" },
    { "tls-cert", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->tls_certificate, NULL,
        "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &self->tls_key,
        "Private key of the certificate (PEM)", "FILE" },
    { "token-file", 0, 0, G_OPTION_ARG_FILENAME, &self->token_file,
        "Clients on other interfaces than loopback need the token in FILE", "FILE" },
    { "pipeline", 'p', 0, G_OPTION_ARG_STRING, &self->pipeline,
        "Name or path of the pipeline that sessions run", "NAME|FILE" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &self->log_format,
        "Format of the log: auto, text or json", "FORMAT" },
    { "print-config", 0, 0, G_OPTION_ARG_NONE, &self->print_config,
        "Print a configuration file that explains each key, and exit", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version, and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- live speech translation for "
                                                             "browsers");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
        "“%s” is not an option; see hablad --help", (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

static void
replace (char **value, char **option)
{
  if (*option == NULL)
    return;
  g_free (*value);
  *value = g_steal_pointer (option);
}

static gboolean
configure (HablaSettings *config, Options *options, GError **error)
{
  g_autofree char *path =
      options->config != NULL ? g_strdup (options->config) : habla_settings_find_file ();

  if (path != NULL && !habla_settings_load (config, path, error))
    return FALSE;
  if (options->listen != NULL) {
    g_strfreev (config->listen);
    config->listen = g_steal_pointer (&options->listen);
  }
  replace (&config->tls_certificate, &options->tls_certificate);
  replace (&config->tls_key, &options->tls_key);
  replace (&config->token_file, &options->token_file);
  replace (&config->pipeline, &options->pipeline);
  return (options->log_format == NULL ||
             habla_settings_set_log_format (config, options->log_format, error)) &&
         habla_settings_check (config, error);
}

static gboolean
read_token (const char *path, char **token, GError **error)
{
  if (!habla_secret_file_check (path, error) || !g_file_get_contents (path, token, NULL, error))
    return FALSE;
  g_strstrip (*token);
  if (strlen (*token) >= MIN_TOKEN_LENGTH && g_str_is_ascii (*token) &&
      strpbrk (*token, " \t\r\n") == NULL)
    return TRUE;
  g_set_error (error, HABLA_CONFIG_ERROR, 0,
      "%s: a token has %d characters or more of ASCII, and no blanks; make one with: "
      "openssl rand -hex 24",
      path, MIN_TOKEN_LENGTH);
  return FALSE;
}

static gboolean
check_engines (gpointer user_data, char **message)
{
  g_autoptr (GError) error = NULL;

  if (habla_room_manager_check_engines (user_data, &error)) {
    *message = g_strdup ("they answer");
    return TRUE;
  }
  *message = g_strdup (error->message);
  return FALSE;
}

static void
set_up_health (Daemon *self)
{
  self->health = habla_health_new (self->config->health_ttl, self->metrics);
  habla_health_add_check (self->health, "engines", TRUE, check_engines, self->manager);
  habla_health_add_check (self->health, "elements", TRUE, habla_check_elements, NULL);
  habla_health_add_check (self->health, "disk", FALSE, habla_check_disk, self->recordings);
  if (self->store != NULL)
    habla_health_add_check (self->health, "store", FALSE, habla_archiver_check, self->store);
  habla_health_add_check (self->health, "pipelines", FALSE, habla_check_pipelines, NULL);
  habla_health_add_check (self->health, "devices", FALSE, habla_check_devices, NULL);
}

static void
set_up_store (Daemon *self)
{
  g_autofree char *usual = habla_store_get_default_path ();
  const char *path = self->config->store_path != NULL ? self->config->store_path : usual;

  if (!g_str_equal (path, "none"))
    self->store = habla_store_new (path);
}

/* As the last session was. Ids that the store does not tell are those of the clock: those are
 * beyond all that were counted up. */
static void
restore (Daemon *self, HablaRoomManagerOptions *options)
{
  HablaRoomSettings *settings = &options->settings;
  HablaStoreStart start = { 0 };
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  if (self->store == NULL)
    return;
  habla_store_wait_until_open (self->store, STORE_PATIENCE, &start);
  options->first_session_id = start.session_id;
  options->first_exchange_id = start.exchange_id;
  if (start.session_id == 0)
    options->first_session_id = options->first_exchange_id = g_get_real_time () / 1000;
  if (habla_exchange_record_parse_languages (start.direction, &source, &targets))
    habla_room_settings_set_languages (settings, source, (const char *const *) targets);
  habla_mode_from_name (start.mode, &settings->mode);
  habla_store_start_clear (&start);
}

static void
set_up_manager (Daemon *self)
{
  HablaSettings *config = self->config;
  HablaRoomManagerOptions options = {
    .pipeline = config->pipeline,
    .max_sessions = config->max_sessions,
    .max_members = config->max_members,
    .drain_timeout = config->drain_timeout,
    .max_shut_down = MAX_SHUT_DOWN,
    .max_drain = config->max_drain,
    .max_audio_backlog = config->max_audio_backlog,
    .silence_timeout = config->silence_timeout,
    .resume_window = config->resume_window,
    .settings.mode = config->mode,
    .sources = config->sources,
    .recordings = self->recordings,
    .keep_days = config->keep_days,
    .max_recordings = config->max_recordings,
    .max_recording_size = config->max_recording_size,
    .is_recording = config->record,
    .metrics = self->metrics,
  };

  habla_room_settings_set_languages (
      &options.settings, config->language, (const char *const *) config->targets);
  restore (self, &options);
  self->manager = habla_room_manager_new (&options);
  habla_room_settings_clear (&options.settings);
  if (self->store != NULL)
    self->history = habla_archiver_new (self->store, self->manager, self->metrics);
}

static void
set_up_api (Daemon *self)
{
  HablaApiOptions options = {
    .health = self->health,
    .manager = self->manager,
    .store = self->store,
    .metrics = self->metrics,
    .token = self->token,
    .is_secure = self->certificate != NULL,
    .soft_backlog = self->config->soft_backlog,
    .hard_backlog = self->config->hard_backlog,
    .idle_timeout = self->config->idle_timeout,
  };

  self->api = habla_api_new (&options);
}

static void
close_websockets (gpointer user_data)
{
  Daemon *self = user_data;

  habla_api_close_clients (self->api);
}

static gboolean
set_up_server (Daemon *self, GError **error)
{
  HablaSettings *config = self->config;
  g_autoptr (GPtrArray) sockets = habla_service_take_sockets (error);
  static const char *const nowhere[] = { NULL };
  HablaHttpServerOptions options = {
    .listen = (const char *const *) config->listen,
    .sockets = sockets,
    .hosts = (const char *const *) config->hosts,
    .max_connections = config->max_connections,
    .max_connections_per_peer = config->max_connections_per_peer,
    .max_request_rate = config->max_request_rate,
    .max_body = config->max_body,
    .request_timeout = config->request_timeout,
    .idle_timeout = config->idle_timeout,
    .close_websockets = close_websockets,
    .user_data = self,
    .metrics = self->metrics,
  };

  if (sockets == NULL)
    return FALSE;
  /* What systemd listens at for us goes instead of our own addresses. */
  if (sockets->len > 0)
    options.listen = nowhere;
  if (config->token_file != NULL && !read_token (config->token_file, &self->token, error))
    return FALSE;
  options.token = self->token;
  if (config->tls_certificate != NULL) {
    if (habla_secret_file_check (config->tls_key, error))
      self->certificate =
          g_tls_certificate_new_from_files (config->tls_certificate, config->tls_key, error);
    if (self->certificate == NULL) {
      g_prefix_error (error, "%s, %s: ", config->tls_certificate, config->tls_key);
      return FALSE;
    }
  }
  options.certificate = self->certificate;
  set_up_api (self);
  options.router = habla_api_get_router (self->api);
  self->server = habla_http_server_new (&options, error);
  return self->server != NULL;
}

static void
server_is_down (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Daemon *self = user_data;

  habla_http_server_shut_down_finish (self->server, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
store_is_flushed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Daemon *self = user_data;

  habla_store_finish (self->store, result, NULL);
  habla_http_server_shut_down (self->server, server_is_down, self);
}

/* Clients have got all that was said, and are still to be told that it is stored. */
static void
manager_is_down (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Daemon *self = user_data;

  habla_room_manager_shut_down_finish (self->manager, result, NULL);
  if (self->store != NULL)
    habla_store_flush_async (self->store, store_is_flushed, self);
  else
    habla_http_server_shut_down (self->server, server_is_down, self);
}

static gboolean
stop (Daemon *self, int signal)
{
  if (self->is_stopping) {
    self->signal = signal;
    g_main_loop_quit (self->loop);
    return G_SOURCE_CONTINUE;
  }
  self->is_stopping = TRUE;
  g_message ("Stopping: what was said is finished first; once more to stop at once");
  habla_service_notify_stopping ();
  habla_health_set_stopping (self->health);
  habla_http_server_stop_accepting (self->server);
  habla_room_manager_shut_down (self->manager, manager_is_down, self);
  return G_SOURCE_CONTINUE;
}

static gboolean
interrupted (gpointer user_data)
{
  return stop (user_data, SIGINT);
}

static gboolean
terminated (gpointer user_data)
{
  return stop (user_data, SIGTERM);
}

static gboolean
on_decoders_timeout (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Ends the spare decoder and reaps all that are left, once the main loop is over. */
static void
end_decoders (void)
{
  gboolean is_late = FALSE;
  guint timer = g_timeout_add (MAX_REAPING, on_decoders_timeout, &is_late);

  habla_decoder_drop_spare ();
  while (habla_decoder_count () > 0 && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

static void
run (Daemon *self)
{
  g_auto (GStrv) urls = habla_http_server_get_urls (self->server);
  g_autofree char *status = g_strjoinv (", ", urls);
  g_autofree char *ready = g_strconcat ("Listening on ", status, NULL);
  guint sigint, sigterm;

  /* First, so that no signal is handled without a deadline. */
  habla_shutdown_deadline_watch ();
  sigint = g_unix_signal_add (SIGINT, interrupted, self);
  sigterm = g_unix_signal_add (SIGTERM, terminated, self);
  self->loop = g_main_loop_new (NULL, FALSE);
  habla_room_manager_warm_up (self->manager);
  habla_decoder_keep_spare ();
  habla_health_start (self->health);
  for (guint i = 0; urls[i] != NULL; i++)
    printf ("listening on %s\n", urls[i]);
  fflush (stdout);
  habla_service_notify_ready (ready);
  habla_service_start_watchdog ();
  g_main_loop_run (self->loop);
  end_decoders ();
  habla_service_stop_watchdog ();
  g_source_remove (sigint);
  g_source_remove (sigterm);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

static void
clear (Daemon *self)
{
  g_clear_pointer (&self->server, habla_http_server_free);
  g_clear_pointer (&self->api, habla_api_free);
  g_clear_pointer (&self->health, habla_health_free);
  g_clear_pointer (&self->history, habla_archiver_free);
  g_clear_pointer (&self->manager, habla_room_manager_free);
  g_clear_pointer (&self->sources, habla_main_sources_free);
  g_clear_pointer (&self->sampler, habla_process_sampler_free);
  g_clear_pointer (&self->metrics, habla_metrics_free);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->recordings, g_free);
}

/* What the administrator has to correct is a matter of configuration. */
static int
get_exit_status (const GError *error)
{
  if (error->domain != G_IO_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return EX_CONFIG;
  return EX_UNAVAILABLE;
}

/* A pipeline that is not there is told now, not to the first client. */
static gboolean
check_pipeline (HablaSettings *config, GError **error)
{
  g_autoptr (HablaPipelineTemplate) description =
      habla_pipeline_template_load (config->pipeline, error);

  return description != NULL;
}

/* Returns: the exit status */
static int
serve (HablaSettings *config)
{
  Daemon self = { .config = config };
  g_autoptr (GError) error = NULL;

  if (!check_pipeline (config, &error)) {
    g_printerr ("hablad: %s\n", error->message);
    return EX_CONFIG;
  }
  self.metrics = habla_metrics_new ();
  self.sampler = habla_process_sampler_new (self.metrics);
  self.sources = habla_main_sources_new (self.metrics);
  self.recordings = config->recordings != NULL
                        ? g_strdup (config->recordings)
                        : g_build_filename (g_get_user_data_dir (), "habla", "recordings", NULL);
  set_up_store (&self);
  set_up_manager (&self);
  set_up_health (&self);
  if (!set_up_server (&self, &error)) {
    g_printerr ("hablad: %s\n", error->message);
    clear (&self);
    return get_exit_status (error);
  }
  run (&self);
  /* Threads may be anywhere now: no tidying up below them. */
  if (self.signal != 0 || habla_pipeline_count_stuck () > 0)
    _Exit (self.signal != 0 ? 128 + self.signal : EX_SOFTWARE);
  clear (&self);
  habla_exit_check_run ();
  g_message ("Stopped");
  return EX_OK;
}

int
main (int argc, char *argv[])
{
  g_autoptr (HablaSettings) config = habla_settings_new ();
  g_autoptr (GError) error = NULL;
  Options options = { NULL };
  int status = EX_OK;

  g_set_prgname ("hablad");
  /* GnuTLS's own default still offers TLS 1.0. Read when the first TLS connection is made; a value
   * that the environment already has wins. */
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-TLS1.0:-VERS-TLS1.1", FALSE);
  if (!parse_options (&options, &argc, &argv, &error)) {
    g_printerr ("hablad: %s\n", error->message);
    status = EX_USAGE;
  } else if (options.version) {
    printf ("hablad " VERSION "\n");
  } else if (options.print_config) {
    g_autofree char *text = habla_settings_describe ();

    printf ("%s", text);
  } else if (!configure (config, &options, &error)) {
    g_printerr ("hablad: %s\n", error->message);
    status = EX_CONFIG;
  } else {
    habla_log_init (config->log_format);
    mallopt (M_ARENA_MAX, ARENAS_PER_CORE * (int) g_get_num_processors ());
    gst_init (NULL, NULL);
    status = serve (config);
    gst_deinit ();
  }
  options_clear (&options);
  return status;
}
