/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/daemon.h"

#include "daemon/cluster/cluster-service.h"
#include "daemon/health-checks.h"
#include "daemon/llm-servers.h"
#include "daemon/network/announcement.h"
#include "daemon/network/network.h"
#include "daemon/service.h"
#include "daemon/shutdown-deadline.h"

#include <api/api.h>
#include <api/client/client-folder.h>
#include <archive/archiver.h>
#include <archive/exchange-record.h>
#include <archive/idiom-loader.h>
#include <decoder/decoder.h>
#include <glib-unix.h>
#include <habla/glossary.h>
#include <http/http-server.h>
#include <monitoring/main-sources.h>
#include <monitoring/process-sampler.h>
#include <phrases/phrasebook.h>
#include <pipeline/engines/engine-registry.h>
#include <pipeline/template/pipeline-template.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Maximum time for which startup waits for the store, in microseconds. */
#define STORE_TIMEOUT (5 * G_TIME_SPAN_SECOND)

/* Maximum time for pending translations after SIGTERM, in milliseconds, if drain-timeout is longer:
 * must be some seconds less than the deadline of shutdown-deadline.c. */
#define MAX_SHUT_DOWN 10000

/* Maximum time for a killed decoder to end, in milliseconds. */
#define REAP_TIMEOUT 1000

struct _HablaDaemon {
  HablaSettings *settings;
  char *recordings; /* folder */
  char *glossaries; /* folder of those of rooms */
  HablaPhrasebook *phrasebook;
  HablaNetwork *network;
  HablaMetrics *metrics;
  HablaProcessSampler *sampler;
  HablaMainSources *sources;
  HablaStore *store;       /* (nullable); belongs to archiver */
  HablaArchiver *archiver; /* (nullable) */
  HablaRoomManager *manager;
  HablaClusterService *cluster; /* (nullable) */
  HablaLlm *llm;
  char *language_model; /* (nullable): of the last run */
  HablaServersCheck servers_check;
  HablaHealth *health;
  HablaApi *api;
  HablaHttpServer *server;
  GMainLoop *loop;
  gboolean is_stopping;
  int second_signal; /* 0 = none */
};

/* Setup */

/* @launch: (nullable): an engine that the settings name */
static gboolean
daemon_check_engine (const char *launch, const char *key, GError **error)
{
  if (launch == NULL || habla_engine_check_named (launch, error))
    return TRUE;
  g_prefix_error (error, "%s of [session]: ", key);
  return FALSE;
}

/* @path: (nullable): a glossary that the settings name */
static gboolean
daemon_check_glossary (const char *path, GError **error)
{
  g_autoptr (HablaGlossary) glossary = path != NULL ? habla_glossary_load (path, error) : NULL;

  return path == NULL || glossary != NULL;
}

/* Reports a missing pipeline or engine, or a damaged glossary, at startup instead of to the first
 * client. */
static gboolean
daemon_check_pipeline (HablaDaemon *self, GError **error)
{
  g_autoptr (HablaPipelineTemplate) template =
      habla_pipeline_template_load (self->settings->pipeline, error);

  return template != NULL &&
         daemon_check_engine (self->settings->transcriber, "transcriber", error) &&
         daemon_check_engine (self->settings->translator, "translator", error) &&
         daemon_check_engine (self->settings->synthesizer, "synthesizer", error) &&
         daemon_check_glossary (self->settings->glossary, error);
}

static void
daemon_open_store (HablaDaemon *self)
{
  g_autofree char *fallback = habla_store_get_default_path ();
  const char *path = self->settings->store_path != NULL ? self->settings->store_path : fallback;

  if (!g_str_equal (path, "none"))
    self->store = habla_store_new (path);
}

/* Continues with the languages and mode of the last session. If the store does not know the next
 * ids, they come from the clock, which is ahead of all ids that were counted up. */
static void
daemon_restore (HablaDaemon *self, HablaRoomManagerOptions *options)
{
  HablaRoomSettings *settings = &options->settings;
  HablaStoreStart start = { 0 };
  g_autofree char *source = NULL;
  g_auto (GStrv) targets = NULL;

  if (self->store == NULL)
    return;
  habla_store_wait_until_open (self->store, STORE_TIMEOUT, &start);
  options->first_session_id = start.session_id;
  options->first_exchange_id = start.exchange_id;
  if (start.session_id == 0)
    options->first_session_id = options->first_exchange_id = g_get_real_time () / 1000;
  if (habla_exchange_record_parse_languages (start.direction, &source, &targets))
    habla_room_settings_set_languages (settings, source, (const char *const *) targets);
  habla_mode_from_name (start.mode, &settings->mode);
  self->language_model = g_steal_pointer (&start.language_model);
  habla_store_start_clear (&start);
}

/* Idioms of users are in the store; those of files come with the program, or from an administrator.
 */
static void
daemon_load_phrases (HablaDaemon *self)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "habla", "idioms", NULL);

  self->phrasebook = habla_phrasebook_new ();
  habla_phrasebook_load_built_in (self->phrasebook);
  habla_phrasebook_load_folder (self->phrasebook, folder);
  if (self->store != NULL)
    habla_idiom_loader_run (self->store, self->phrasebook);
}

static void
daemon_create_rooms (HablaDaemon *self)
{
  const HablaSettings *settings = self->settings;
  HablaRoomManagerOptions options = {
    .pipeline = settings->pipeline,
    .transcriber = settings->transcriber,
    .translator = settings->translator,
    .synthesizer = settings->synthesizer,
    .glossary = settings->glossary,
    .glossaries = self->glossaries,
    .phrasebook = self->phrasebook,
    .max_sessions = settings->max_sessions,
    .max_members = settings->max_members,
    .drain_timeout = settings->drain_timeout,
    .max_shut_down = MAX_SHUT_DOWN,
    .max_drain = settings->max_drain,
    .max_audio_backlog = settings->max_audio_backlog,
    .silence_timeout = settings->silence_timeout,
    .resume_window = settings->resume_window,
    .settings.mode = settings->mode,
    .sources = settings->sources,
    .recordings = self->recordings,
    .keep_days = settings->keep_days,
    .max_recordings = settings->max_recordings,
    .max_recording_size = settings->max_recording_size,
    .is_recording = settings->record,
    .metrics = self->metrics,
  };

  habla_room_settings_set_languages (
      &options.settings, settings->language, (const char *const *) settings->targets);
  daemon_restore (self, &options);
  self->manager = habla_room_manager_new (&options);
  habla_room_settings_clear (&options.settings);
  if (self->store != NULL)
    self->archiver = habla_archiver_new (self->store, self->manager, self->metrics);
}

static gboolean
daemon_join_cluster (HablaDaemon *self, GError **error)
{
  if (self->settings->cluster_servers[0] == NULL)
    return TRUE;
  self->cluster = habla_cluster_service_new (self->settings, self->manager, self->metrics, error);
  return self->cluster != NULL;
}

static void
daemon_create_health (HablaDaemon *self)
{
  self->health = habla_health_new (self->settings->health_ttl, self->metrics);
  habla_health_add_check (self->health, "engines", TRUE, habla_check_engines, self->manager);
  habla_health_add_check (self->health, "elements", TRUE, habla_check_elements, NULL);
  habla_health_add_check (self->health, "disk", FALSE, habla_check_disk, self->recordings);
  if (self->store != NULL)
    habla_health_add_check (self->health, "store", FALSE, habla_archiver_check, self->store);
  if (self->cluster != NULL)
    habla_health_add_check (
        self->health, "cluster", FALSE, habla_cluster_service_check, self->cluster);
  habla_health_add_check (self->health, "pipelines", FALSE, habla_check_pipelines, NULL);
  habla_health_add_check (self->health, "devices", FALSE, habla_check_devices, NULL);
  self->servers_check =
      (HablaServersCheck){ self->settings->transcriber, self->settings->synthesizer, self->llm };
  habla_health_add_check (
      self->health, "servers", FALSE, habla_check_servers, &self->servers_check);
}

/* Returns: (transfer full) (nullable): the file of the join codes, beside the database */
static char *
daemon_get_codes_path (HablaDaemon *self)
{
  const char *store = self->settings->store_path;
  g_autofree char *path = store != NULL ? g_strdup (store) : habla_store_get_default_path ();

  if (g_str_equal (path, "none"))
    return NULL;
  if (g_str_has_suffix (path, ".db"))
    path[strlen (path) - strlen (".db")] = '\0';
  return g_strconcat (path, "-rooms.json", NULL);
}

static const char *
daemon_get_client_policy (HablaDaemon *self)
{
  const char *policy = self->settings->client_policy;

  if (policy == NULL)
    return "";
  return g_str_equal (policy, "none") ? NULL : policy;
}

static void
daemon_create_api (HablaDaemon *self)
{
  g_autofree char *codes = daemon_get_codes_path (self);
  g_autoptr (GError) error = NULL;
  const HablaApiOptions options = {
    .health = self->health,
    .manager = self->manager,
    .store = self->store,
    .phrasebook = self->phrasebook,
    .llm = self->llm,
    .metrics = self->metrics,
    .get_cluster = self->cluster != NULL ? habla_cluster_service_to_json : NULL,
    .cluster = self->cluster,
    .codes = codes,
    .token = habla_network_get_token (self->network),
    .client_folder = self->settings->client_folder,
    .client_policy = daemon_get_client_policy (self),
    .soft_backlog = self->settings->soft_backlog,
    .hard_backlog = self->settings->hard_backlog,
    .idle_timeout = self->settings->idle_timeout,
    .max_webrtc_listeners = self->settings->max_webrtc_listeners,
  };

  if (options.client_folder != NULL)
    habla_client_folder_warn (options.client_folder);
  self->api = habla_api_new (&options);
  habla_api_watch_language_model (self->api, 0);
  if (self->language_model != NULL &&
      !habla_api_restore_language_model (self->api, self->language_model, &error))
    g_warning ("The language model of the last run is not used: %s", error->message);
}

static void
daemon_close_websockets (gpointer user_data)
{
  HablaDaemon *self = user_data;

  habla_api_close_clients (self->api);
}

static gboolean
daemon_check_code (const char *path, const char *code, gpointer user_data)
{
  HablaDaemon *self = user_data;

  return habla_api_check_code (self->api, path, code);
}

static gboolean
daemon_create_server (HablaDaemon *self, GError **error)
{
  const HablaSettings *settings = self->settings;
  g_autoptr (GPtrArray) sockets = habla_service_take_sockets (error);
  HablaHttpServerOptions options = {
    .sockets = sockets,
    .max_connections = settings->max_connections,
    .max_connections_per_peer = settings->max_connections_per_peer,
    .max_request_rate = settings->max_request_rate,
    .max_body = settings->max_body,
    .request_timeout = settings->request_timeout,
    .idle_timeout = settings->idle_timeout,
    .router = habla_api_get_router (self->api),
    .close_websockets = daemon_close_websockets,
    .check_code = daemon_check_code,
    .user_data = self,
    .metrics = self->metrics,
  };

  if (sockets == NULL)
    return FALSE;
  habla_network_configure (self->network, sockets->len > 0, &options);
  self->server = habla_http_server_new (&options, error);
  if (self->server == NULL)
    return FALSE;
  habla_network_watch (self->network, self->server, self->api);
  return TRUE;
}

HablaDaemon *
habla_daemon_new (HablaSettings *settings, GError **error)
{
  g_autoptr (HablaDaemon) self = g_new0 (HablaDaemon, 1);

  self->settings = settings;
  self->recordings = settings->recordings != NULL
                         ? g_strdup (settings->recordings)
                         : g_build_filename (g_get_user_data_dir (), "habla", "recordings", NULL);
  self->glossaries = g_build_filename (g_get_user_data_dir (), "habla", "glossaries", NULL);
  if (!daemon_check_pipeline (self, error))
    return NULL;
  self->network = habla_network_new (settings, error);
  if (self->network == NULL)
    return NULL;
  self->llm = habla_llm_servers_new (settings, error);
  if (self->llm == NULL)
    return NULL;
  self->metrics = habla_metrics_new ();
  self->sampler = habla_process_sampler_new (self->metrics);
  self->sources = habla_main_sources_new (self->metrics);
  daemon_open_store (self);
  daemon_load_phrases (self);
  daemon_create_rooms (self);
  if (!daemon_join_cluster (self, error))
    return NULL;
  daemon_create_health (self);
  daemon_create_api (self);
  if (self->cluster != NULL)
    habla_cluster_service_set_room_func (self->cluster, habla_api_open_room, self->api);
  if (!daemon_create_server (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
habla_daemon_free (HablaDaemon *self)
{
  g_clear_pointer (&self->network, habla_network_free);
  g_clear_pointer (&self->server, habla_http_server_free);
  if (self->cluster != NULL)
    habla_cluster_service_set_room_func (self->cluster, NULL, NULL);
  g_clear_pointer (&self->api, habla_api_free);
  g_clear_pointer (&self->health, habla_health_free);
  g_clear_pointer (&self->cluster, habla_cluster_service_free);
  g_clear_pointer (&self->llm, habla_llm_free);
  g_free (self->language_model);
  g_clear_pointer (&self->archiver, habla_archiver_free);
  g_clear_pointer (&self->manager, habla_room_manager_free);
  g_clear_pointer (&self->sources, habla_main_sources_free);
  g_clear_pointer (&self->sampler, habla_process_sampler_free);
  g_clear_pointer (&self->metrics, habla_metrics_free);
  g_free (self->recordings);
  g_clear_pointer (&self->phrasebook, habla_phrasebook_unref);
  g_free (self->glossaries);
  g_free (self);
}

/* Shutdown, in this order: rooms, store, server */

static void
daemon_on_server_down (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaDaemon *self = user_data;

  habla_http_server_shut_down_finish (self->server, result, NULL);
  g_main_loop_quit (self->loop);
}

static void
daemon_on_store_flushed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaDaemon *self = user_data;

  habla_store_finish (self->store, result, NULL);
  habla_http_server_shut_down (self->server, daemon_on_server_down, self);
}

/* Clients have received all translations, but not yet that these are stored. */
static void
daemon_on_rooms_down (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HablaDaemon *self = user_data;

  habla_room_manager_shut_down_finish (self->manager, result, NULL);
  habla_api_save_language_model (self->api);
  if (self->store != NULL)
    habla_store_flush_async (self->store, daemon_on_store_flushed, self);
  else
    habla_http_server_shut_down (self->server, daemon_on_server_down, self);
}

static gboolean
daemon_on_signal (HablaDaemon *self, int signal)
{
  if (self->is_stopping) {
    self->second_signal = signal;
    g_main_loop_quit (self->loop);
    return G_SOURCE_CONTINUE;
  }
  self->is_stopping = TRUE;
  g_message ("Shutting down after pending translations; signal again to stop immediately");
  habla_service_notify_stopping ();
  habla_health_set_stopping (self->health);
  habla_http_server_stop_accepting (self->server);
  habla_room_manager_shut_down (self->manager, daemon_on_rooms_down, self);
  return G_SOURCE_CONTINUE;
}

static gboolean
daemon_on_sigint (gpointer user_data)
{
  return daemon_on_signal (user_data, SIGINT);
}

static gboolean
daemon_on_sigterm (gpointer user_data)
{
  return daemon_on_signal (user_data, SIGTERM);
}

static gboolean
daemon_on_reap_timeout (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Ends the spare decoder, and waits for all decoder processes. */
static void
daemon_reap_decoders (void)
{
  gboolean has_timed_out = FALSE;
  guint timer = g_timeout_add (REAP_TIMEOUT, daemon_on_reap_timeout, &has_timed_out);

  habla_decoder_drop_spare ();
  while (habla_decoder_count () > 0 && !has_timed_out)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

/* Returns: (transfer full) (nullable): the first of @urls to which programs of this machine connect
 */
static char *
find_local_url (const char *const *urls)
{
  for (guint i = 0; urls[i] != NULL; i++)
    if (g_regex_match_simple ("^https?://(127\\.|\\[::1\\])", urls[i], 0, 0))
      return g_strdup (urls[i]);
  return NULL;
}

/* @url: of the server. Returns: (transfer full): where the owner speaks in @room */
static char *
daemon_make_speak_url (HablaDaemon *self, const char *url, const char *room, const char *token)
{
  const char *prefix = self->settings->client_folder != NULL ? HABLA_API_PREFIX + 1 : "";
  const char *slash = *prefix != '\0' ? "/" : "";

  return g_strconcat (
      url, prefix, slash, "?room=", room, token != NULL ? "#token=" : "", token, NULL);
}

/* Returns: (transfer full) (nullable): where a browser gets the token and continues to the client
 */
static char *
daemon_make_sign_in_url (HablaDaemon *self, const char *url, const char *token)
{
  if (self->settings->client_folder == NULL)
    return NULL;
  return g_strconcat (url, HABLA_API_PREFIX + 1, "/sign-in?to=..#token=", token, NULL);
}

static void
daemon_announce (HablaDaemon *self, const char *const *urls)
{
  const char *public_url = habla_api_get_public_url (self->api);
  const char *token = habla_network_get_token (self->network);
  gboolean is_trusted = habla_network_trusts_loopback (self->network);
  g_autofree char *local = is_trusted ? find_local_url (urls) : NULL;
  g_autofree char *room = habla_api_suggest_room (self->api);
  g_autofree char *listen = habla_api_make_join_url (self->api, room);
  const char *url = local != NULL ? local : public_url != NULL ? public_url : urls[0];
  g_autofree char *speak = daemon_make_speak_url (self, url, room, NULL);
  g_autofree char *elsewhere = NULL;
  g_autofree char *client_elsewhere = NULL;
  HablaAnnouncement announcement = {
    .urls = urls,
    .speak = speak,
    .listen = listen,
    .client = self->settings->client_folder != NULL ? url : NULL,
    .needs_token = !is_trusted,
    .is_lan = self->settings->lan != HABLA_LAN_NO,
    .warns = habla_network_has_own_certificate (self->network) && public_url != NULL,
  };

  if (token != NULL && public_url != NULL && self->settings->lan != HABLA_LAN_HTTP) {
    elsewhere = daemon_make_speak_url (self, public_url, room, token);
    client_elsewhere = daemon_make_sign_in_url (self, public_url, token);
  }
  announcement.speak_elsewhere = elsewhere;
  announcement.client_elsewhere = client_elsewhere;
  habla_announcement_print (&announcement);
}

static void
daemon_notify_ready (HablaDaemon *self)
{
  g_auto (GStrv) urls = habla_http_server_get_urls (self->server);
  g_autofree char *list = g_strjoinv (", ", urls);
  g_autofree char *status = g_strconcat ("Listening on ", list, NULL);

  daemon_announce (self, (const char *const *) urls);
  if (self->cluster != NULL)
    habla_cluster_service_set_addresses (self->cluster, (const char *const *) urls);
  habla_service_notify_ready (status);
}

void
habla_daemon_run (HablaDaemon *self)
{
  guint sigint, sigterm;

  /* Before the signal handlers, so that every shutdown has a deadline. */
  habla_shutdown_deadline_watch ();
  sigint = g_unix_signal_add (SIGINT, daemon_on_sigint, self);
  sigterm = g_unix_signal_add (SIGTERM, daemon_on_sigterm, self);
  self->loop = g_main_loop_new (NULL, FALSE);
  habla_room_manager_warm_up (self->manager);
  habla_decoder_keep_spare ();
  habla_health_start (self->health);
  daemon_notify_ready (self);
  habla_service_start_watchdog ();
  g_main_loop_run (self->loop);
  daemon_reap_decoders ();
  habla_service_stop_watchdog ();
  g_source_remove (sigint);
  g_source_remove (sigterm);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  /* Other threads still use what would be freed. */
  if (self->second_signal != 0)
    _Exit (128 + self->second_signal);
  if (habla_pipeline_count_stuck () > 0)
    _Exit (EX_SOFTWARE);
}
