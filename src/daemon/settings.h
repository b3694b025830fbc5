/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <room/room.h>

G_BEGIN_DECLS

/**
 * HablaLogFormat:
 * @HABLA_LOG_AUTO: to the journal if standard error is connected to it, otherwise as text
 * @HABLA_LOG_TEXT: for people
 * @HABLA_LOG_JSON: one JSON object per line
 */
typedef enum {
  HABLA_LOG_AUTO,
  HABLA_LOG_TEXT,
  HABLA_LOG_JSON,
} HablaLogFormat;

/**
 * HablaLanMode:
 * @HABLA_LAN_NO: only the addresses of the settings
 * @HABLA_LAN_YES: also other machines of the network, with TLS, a certificate and a token that
 *   hablad makes
 * @HABLA_LAN_HTTP: also listeners on other machines, with plain HTTP
 */
typedef enum {
  HABLA_LAN_NO,
  HABLA_LAN_YES,
  HABLA_LAN_HTTP,
} HablaLanMode;

/**
 * HablaSettings:
 *
 * The configuration of hablad, from a key file and the command line. `hablad --print-config` and
 * data/hablad.conf explain each key. Times are in milliseconds, sizes in bytes. Strings are owned;
 * %NULL = not set. Read-only after startup.
 */
typedef struct {
  GStrv listen;
  char *tls_certificate;
  char *tls_key;
  char *token_file;
  GStrv hosts;
  HablaLanMode lan;
  guint https_port;
  guint http_port;
  char *public_url; /* ends with a slash */
  GStrv proxies;
  char *client_folder; /* NULL = none */
  char *client_policy; /* NULL = the default, "none" = no header */
  GStrv origins;       /* as browsers write them, once checked */
  guint max_connections;
  guint max_connections_per_peer;
  guint max_request_rate;
  guint64 max_body;
  guint request_timeout;
  guint idle_timeout;
  guint64 soft_backlog;
  guint64 hard_backlog;
  char *pipeline;
  char *synthesizer; /* NULL = the best installed one */
  char *transcriber; /* NULL = the best installed one */
  char *translator;  /* NULL = the best installed one */
  char *glossary;    /* NULL = none */
  guint max_sessions;
  guint max_members;
  guint max_webrtc_listeners;
  guint drain_timeout;
  guint max_drain;
  guint64 max_audio_backlog;
  guint silence_timeout;
  guint resume_window;
  char *language;
  GStrv targets;
  HablaMode mode;
  char *ollama_url;
  char *lmstudio_url;
  char *openai_url;
  char *llm_key_file; /* NULL = none */
  char *llm_key_env;  /* NULL = none */
  guint llm_timeout;
  guint llm_input_price; /* US cents for a million tokens; 0 = unknown */
  guint llm_output_price;
  char *store_path; /* NULL = the default, "none" = no store */
  char *recordings;
  int record;
  guint keep_days;
  guint64 max_recordings;
  guint64 max_recording_size;
  GStrv cluster_servers;     /* empty = this hablad is alone */
  char *cluster_name;        /* NULL = that of this machine */
  char *cluster_credentials; /* NULL = none */
  char *cluster_nkey;        /* NULL = none */
  char *cluster_ca;          /* NULL = those of the system */
  guint cluster_replicas;
  char *cluster_spool; /* NULL = the default */
  guint64 cluster_max_spool;
  guint health_ttl;
  HablaLogFormat log_format;
  GHashTable *sources; /* (element-type utf8 utf8): from name to launch line */
} HablaSettings;

#define HABLA_SETTINGS_ERROR (habla_settings_error_quark ())
GQuark habla_settings_error_quark (void);

/**
 * habla_settings_new:
 *
 * Returns: (transfer full): the default settings
 */
HablaSettings *habla_settings_new (void);

/**
 * habla_settings_free:
 * @self: (transfer full): settings
 */
void habla_settings_free (HablaSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSettings, habla_settings_free)

/**
 * habla_settings_find_file:
 *
 * Returns: (transfer full) (nullable): the path of the user's configuration file, or else the
 *   system's
 */
char *habla_settings_find_file (void);

/**
 * habla_settings_load:
 * @self: settings
 * @path: a key file
 * @error: return location for a %G_FILE_ERROR, or a %HABLA_SETTINGS_ERROR with file and line
 *
 * Keys in the file override @self. Deprecated keys are read with a warning.
 *
 * Returns: whether the whole file is valid; if not, @self may have some of its values
 */
gboolean habla_settings_load (HablaSettings *self, const char *path, GError **error);

/**
 * habla_settings_set_log_format:
 * @self: settings
 * @name: "auto", "text" or "json"
 * @error: return location for a %HABLA_SETTINGS_ERROR
 *
 * Returns: whether @name is a format
 */
gboolean habla_settings_set_log_format (HablaSettings *self, const char *name, GError **error);

/**
 * habla_settings_set_lan:
 * @self: settings
 * @mode: (nullable): "no", "yes" or "http"; %NULL = "yes"
 * @error: return location for a %HABLA_SETTINGS_ERROR
 *
 * Returns: whether @mode is a mode
 */
gboolean habla_settings_set_lan (HablaSettings *self, const char *mode, GError **error);

/**
 * habla_settings_check:
 * @self: settings
 * @error: return location for a %HABLA_SETTINGS_ERROR
 *
 * Adds the slash at the end of `public_url` if it is missing, and writes `origins` as browsers do.
 *
 * Returns: whether the settings are consistent with each other
 */
gboolean habla_settings_check (HablaSettings *self, GError **error);

/**
 * habla_settings_describe:
 *
 * Returns: (transfer full): a key file that explains each key, with the defaults as comments
 */
char *habla_settings_describe (void);

G_END_DECLS
