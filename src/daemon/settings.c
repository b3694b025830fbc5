/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/settings.h"

#include <api/direction.h>
#include <http/cors.h>
#include <llm/llm-provider.h>
#include <string.h>

G_DEFINE_QUARK (habla_settings_error, habla_settings_error)

typedef enum {
  TYPE_STRING,
  TYPE_LIST,
  TYPE_NUMBER,    /* guint */
  TYPE_SIZE,      /* guint64 */
  TYPE_CHOICE,    /* an enumeration */
  TYPE_DIRECTION, /* deprecated: sets language and targets */
} KeyType;

#define KEY(field) G_STRUCT_OFFSET (HablaSettings, field)

/* All keys except those of [sources], in the order of habla_settings_describe(). */
static const struct {
  const char *group;
  const char *name;
  KeyType type;
  gsize offset;
  const char *fallback; /* (nullable) */
  guint64 min;
  guint64 max;
  const char *choices; /* separated by spaces, in the order of the enumeration */
  const char *about;
} keys[] = {
  { "server", "listen", TYPE_LIST, KEY (listen), "127.0.0.1:8700", 0, 0, NULL,
      "Addresses and ports to listen on, such as 127.0.0.1:8700;[::1]:8700. Port 0 = any free "
      "port. "
      "Addresses other than loopback require token-file" },
  { "server", "tls-certificate", TYPE_STRING, KEY (tls_certificate), NULL, 0, 0, NULL,
      "PEM file with the certificate and its intermediate certificates; enables TLS for all "
      "connections" },
  { "server", "tls-key", TYPE_STRING, KEY (tls_key), NULL, 0, 0, NULL,
      "PEM file with the private key of the certificate, readable by its owner only" },
  { "server", "token-file", TYPE_STRING, KEY (token_file), NULL, 0, 0, NULL,
      "File with the token that clients on other interfaces than loopback need: at least 16 "
      "characters, readable by its owner only" },
  { "server", "hosts", TYPE_LIST, KEY (hosts), "", 0, 0, NULL,
      "Host names under which clients may reach this machine, besides its addresses and "
      "localhost" },
  { "server", "max-connections", TYPE_NUMBER, KEY (max_connections), "2000", 1, 100000, NULL,
      "Maximum number of open connections; further ones are closed" },
  { "server", "max-connections-per-peer", TYPE_NUMBER, KEY (max_connections_per_peer), "1000", 0,
      100000, NULL, "Maximum number of open connections from one address; 0 = no limit" },
  { "server", "max-request-rate", TYPE_NUMBER, KEY (max_request_rate), "200", 0, 100000, NULL,
      "Maximum average number of requests a second from one address, without those to /health; "
      "further ones are answered with 429. 0 = no limit" },
  { "server", "max-body", TYPE_SIZE, KEY (max_body), "1048576", 1024, 1073741824, NULL,
      "Maximum size of a request body, in bytes" },
  { "server", "request-timeout", TYPE_NUMBER, KEY (request_timeout), "10000", 100, 600000, NULL,
      "Maximum time for a request to arrive completely, in milliseconds" },
  { "server", "idle-timeout", TYPE_NUMBER, KEY (idle_timeout), "90000", 1000, 86400000, NULL,
      "Time after which a silent WebSocket is closed, in milliseconds" },
  { "server", "soft-backlog", TYPE_SIZE, KEY (soft_backlog), "65536", 1024, 1073741824, NULL,
      "Send queue of a client, in bytes, from which on older partial texts are dropped" },
  { "server", "hard-backlog", TYPE_SIZE, KEY (hard_backlog), "1048576", 1024, 1073741824, NULL,
      "Send queue of a client, in bytes, from which on it is disconnected; it may reconnect and "
      "receive what it missed" },
  { "network", "lan", TYPE_CHOICE, KEY (lan), "no", 0, 0, "no yes http",
      "Whether other machines of the local network may connect, besides those that reach an "
      "address "
      "of listen: yes = with TLS; hablad makes a certificate and a token. http = listeners only, "
      "without TLS, so that phones show no warning of the certificate; anybody in the network can "
      "read along" },
  { "network", "https-port", TYPE_NUMBER, KEY (https_port), "8443", 0, 65535, NULL,
      "Port for other machines if lan is yes; 0 = any free port" },
  { "network", "http-port", TYPE_NUMBER, KEY (http_port), "8780", 0, 65535, NULL,
      "Port for listeners if lan is http; 0 = any free port" },
  { "network", "public-url", TYPE_STRING, KEY (public_url), NULL, 0, 0, NULL,
      "Address under which others open the page, if it is not this machine's: that of a proxy in "
      "front of hablad, such as https://school.example/captions/. Links and QR codes use it" },
  { "network", "proxies", TYPE_LIST, KEY (proxies), "", 0, 0, NULL,
      "Addresses of proxies in front of hablad, such as 127.0.0.1;::1. What comes from them needs "
      "a "
      "token or a join code, also from this machine, and limits count for the address in "
      "X-Forwarded-For. none = trust clients of a proxy on this machine; empty = 127.0.0.1;::1 if "
      "public-url is set and listen is on loopback, otherwise none" },
  { "client", "path", TYPE_STRING, KEY (client_folder), NULL, 0, 0, NULL,
      "Folder with the files of another client, such as that of the first Habla, which are served "
      "at "
      "/; Habla's own pages are at /habla/ then. Everybody who can connect can read the files; "
      "empty "
      "= none" },
  { "client", "content-security-policy", TYPE_STRING, KEY (client_policy), NULL, 0, 0, NULL,
      "Header Content-Security-Policy of these files; empty = only what this server itself serves, "
      "no inline scripts; none = no such header" },
  { "client", "origins", TYPE_LIST, KEY (origins), "", 0, 0, NULL,
      "Other sites whose pages may use this server, such as https://school.example;"
      "http://localhost:3000. They may do whatever their user may do" },
  { "session", "pipeline", TYPE_STRING, KEY (pipeline), "session", 0, 0, NULL,
      "Name or path of the pipeline that sessions run" },
  { "session", "transcriber", TYPE_STRING, KEY (transcriber), NULL, 0, 0, NULL,
      "Element that recognises speech, with its properties, such as pocketsphinxtranscriber "
      "partials=false; empty = the best installed one for each language" },
  { "session", "translator", TYPE_STRING, KEY (translator), NULL, 0, 0, NULL,
      "Element that translates, with its properties; empty = the best installed one for each pair "
      "of "
      "languages" },
  { "session", "synthesizer", TYPE_STRING, KEY (synthesizer), NULL, 0, 0, NULL,
      "Element that speaks translations, with its properties; empty = the best installed one for "
      "each language" },
  { "session", "glossary", TYPE_STRING, KEY (glossary), NULL, 0, 0, NULL,
      "File with lines term = translation, for all rooms; a session reads it when it begins; empty "
      "= "
      "none" },
  { "session", "max-sessions", TYPE_NUMBER, KEY (max_sessions), "8", 1, 1000, NULL,
      "Maximum number of concurrent sessions" },
  { "session", "max-members", TYPE_NUMBER, KEY (max_members), "1000", 1, 100000, NULL,
      "Maximum number of clients in one room" },
  { "session", "max-webrtc-listeners", TYPE_NUMBER, KEY (max_webrtc_listeners), "100", 0, 10000,
      NULL,
      "Maximum number of clients that hear translations over WebRTC, half a second late at most; "
      "further ones get MP3. 0 = all get MP3" },
  { "session", "drain-timeout", TYPE_NUMBER, KEY (drain_timeout), "10000", 0, 600000, NULL,
      "After a stop, time without any progress in recognition or translation after which pending "
      "speech is discarded, in milliseconds" },
  { "session", "max-drain", TYPE_NUMBER, KEY (max_drain), "900000", 0, 86400000, NULL,
      "After a stop, time after which pending speech is discarded in any case, in milliseconds. "
      "0 = no limit" },
  { "session", "max-audio-backlog", TYPE_SIZE, KEY (max_audio_backlog), "52428800", 65536,
      4294967296, NULL,
      "Maximum size of a client's audio that waits for recognition, in bytes as received; each "
      "chunk "
      "counts as at least 512" },
  { "session", "silence-timeout", TYPE_NUMBER, KEY (silence_timeout), "900000", 0, 86400000, NULL,
      "Time without speech after which a session ends, in milliseconds; its owner is warned a "
      "minute before. 0 = never" },
  { "session", "resume-window", TYPE_NUMBER, KEY (resume_window), "120000", 0, 86400000, NULL,
      "Time for which a client that lost its connection can resume its session, in milliseconds" },
  { "session", "language", TYPE_STRING, KEY (language), "en", 0, 0, NULL,
      "BCP 47 code of the language that is spoken in a new room; after a restart, that of the last "
      "session. If it cannot be heard here, a room begins with the first language that can" },
  { "session", "targets", TYPE_LIST, KEY (targets), "es", 0, 0, NULL,
      "BCP 47 codes of the languages that a new room translates into, such as es;fr; the speaker "
      "reads the first. Listeners can choose others" },
  { "session", "direction", TYPE_DIRECTION, KEY (language), NULL, 0, 0, NULL,
      "use language and targets instead" },
  { "session", "mode", TYPE_CHOICE, KEY (mode), "conversation", 0, 0, "conversation classroom",
      "Initial mode; after a restart, that of the last session" },
  { "llm", "ollama-url", TYPE_STRING, KEY (ollama_url), "http://127.0.0.1:11434", 0, 0, NULL,
      "Server of Ollama, whose language models owners can choose for translation" },
  { "llm", "lmstudio-url", TYPE_STRING, KEY (lmstudio_url), "http://127.0.0.1:1234", 0, 0, NULL,
      "Server of LM Studio" },
  { "llm", "openai-url", TYPE_STRING, KEY (openai_url), "https://api.openai.com", 0, 0, NULL,
      "OpenAI, or another server with its interface; the only one that gets the key" },
  { "llm", "api-key-file", TYPE_STRING, KEY (llm_key_file), NULL, 0, 0, NULL,
      "File with the key for openai-url alone in one line, readable by its owner only; empty = "
      "none" },
  { "llm", "api-key-env", TYPE_STRING, KEY (llm_key_env), NULL, 0, 0, NULL,
      "Environment variable with this key, such as OPENAI_API_KEY, if there is no api-key-file; "
      "empty = none" },
  { "llm", "timeout", TYPE_NUMBER, KEY (llm_timeout), "5000", 100, 600000, NULL,
      "Time for an answer of a server, in milliseconds; after that, the best engine of this "
      "machine "
      "translates the sentence" },
  { "llm", "input-price", TYPE_NUMBER, KEY (llm_input_price), "0", 0, 1000000, NULL,
      "Price of a million tokens of requests to openai-url, in US cents; 0 = unknown" },
  { "llm", "output-price", TYPE_NUMBER, KEY (llm_output_price), "0", 0, 1000000, NULL,
      "Price of a million tokens of its answers, in US cents; 0 = unknown" },
  { "store", "path", TYPE_STRING, KEY (store_path), NULL, 0, 0, NULL,
      "Database file of finished exchanges; empty = habla/habla.db in $XDG_DATA_HOME; none = do "
      "not "
      "store exchanges" },
  { "recording", "enabled", TYPE_CHOICE, KEY (record), "no", 0, 0, "no yes",
      "Whether sessions are recorded initially; clients may change this" },
  { "recording", "path", TYPE_STRING, KEY (recordings), NULL, 0, 0, NULL,
      "Folder of recordings; empty = habla/recordings in $XDG_DATA_HOME" },
  { "recording", "keep-days", TYPE_NUMBER, KEY (keep_days), "30", 0, 36500, NULL,
      "Age in days after which recordings are deleted, at startup and daily; 0 = never" },
  { "recording", "max-size", TYPE_SIZE, KEY (max_recordings), "21474836480", 0, 1125899906842624,
      NULL,
      "Maximum size of all recordings, in bytes; the oldest are deleted beyond it; 0 = no limit" },
  { "recording", "max-recording-size", TYPE_SIZE, KEY (max_recording_size), "4000000000", 0,
      1125899906842624, NULL,
      "Maximum size of one recording, in bytes; recording stops there, and the session continues; "
      "0 = no limit" },
  { "cluster", "servers", TYPE_LIST, KEY (cluster_servers), "", 0, 0, NULL,
      "Servers of NATS through which several hablad know each other, such as "
      "tls://nats-1.example:4222;tls://nats-2.example:4222; empty = this hablad is alone" },
  { "cluster", "name", TYPE_STRING, KEY (cluster_name), NULL, 0, 0, NULL,
      "Name of this node, unique among all: letters, digits, _ and -; empty = that of this "
      "machine" },
  { "cluster", "credentials", TYPE_STRING, KEY (cluster_credentials), NULL, 0, 0, NULL,
      "File with the JWT and the NKey seed of this node, readable by its owner only; empty = "
      "none" },
  { "cluster", "nkey", TYPE_STRING, KEY (cluster_nkey), NULL, 0, 0, NULL,
      "File with the NKey seed of this node, readable by its owner only; a file of the same name "
      "with .pub at the end has the public key; empty = none" },
  { "cluster", "ca", TYPE_STRING, KEY (cluster_ca), NULL, 0, 0, NULL,
      "PEM file with the certificates of authorities that NATS is checked against, and that turns "
      "TLS on; empty = those of the system, for addresses with tls" },
  { "cluster", "replicas", TYPE_NUMBER, KEY (cluster_replicas), "1", 1, 5, NULL,
      "Servers of NATS that store each message, when the first node creates the streams" },
  { "cluster", "spool", TYPE_STRING, KEY (cluster_spool), NULL, 0, 0, NULL,
      "File that keeps what cannot be sent while NATS is away; empty = "
      "habla/cluster/NAME.spool in $XDG_DATA_HOME" },
  { "cluster", "max-spool", TYPE_SIZE, KEY (cluster_max_spool), "67108864", 1048576, 1099511627776,
      NULL, "Maximum size of this file, in bytes" },
  { "health", "ttl", TYPE_NUMBER, KEY (health_ttl), "10000", 100, 3600000, NULL,
      "Interval of the health checks, in milliseconds" },
  { "log", "format", TYPE_CHOICE, KEY (log_format), "auto", 0, 0, "auto text json",
      "Format of the log: auto = systemd journal if available, otherwise text; on a terminal "
      "without "
      "informational messages, which text writes there too" },
};

#define SOURCES "sources"
#define ABOUT_SOURCES \
  "Audio sources of this machine that clients can start by name: launch lines of GStreamer"

static gboolean
set_number (const char *value, guint64 min, guint64 max, guint64 *number, GError **error)
{
  if (g_ascii_string_to_unsigned (value, 10, min, max, number, NULL))
    return TRUE;
  g_set_error (error, HABLA_SETTINGS_ERROR, 0,
      "must be a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ", not “%s”", min, max,
      value);
  return FALSE;
}

static gboolean
set_choice (const char *value, const char *choices, int *choice, GError **error)
{
  g_auto (GStrv) names = g_strsplit (choices, " ", -1);

  for (int i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], value)) {
      *choice = i;
      return TRUE;
    }
  g_set_error (error, HABLA_SETTINGS_ERROR, 0, "must be one of: %s, not “%s”", choices, value);
  return FALSE;
}

static GStrv
split_list (const char *value)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static gboolean
settings_set_direction (HablaSettings *self, const char *value, GError **error)
{
  const char *source, *targets[] = { NULL, NULL };

  if (*value == '\0')
    return TRUE;
  if (habla_direction_find (value, &source, &targets[0]) == NULL) {
    g_set_error (error, HABLA_SETTINGS_ERROR, 0, "must be es_to_en or en_to_es, not “%s”", value);
    return FALSE;
  }
  g_free (self->language);
  g_strfreev (self->targets);
  self->language = g_strdup (source);
  self->targets = g_strdupv ((GStrv) targets);
  return TRUE;
}

static gboolean
settings_set (HablaSettings *self, guint key, const char *value, GError **error)
{
  gpointer field = G_STRUCT_MEMBER_P (self, keys[key].offset);
  guint64 number;

  switch (keys[key].type) {
  case TYPE_STRING:
    g_free (*(char **) field);
    *(char **) field = *value != '\0' ? g_strdup (value) : NULL;
    return TRUE;
  case TYPE_LIST:
    g_strfreev (*(GStrv *) field);
    *(GStrv *) field = split_list (value);
    return TRUE;
  case TYPE_NUMBER:
    if (!set_number (value, keys[key].min, keys[key].max, &number, error))
      return FALSE;
    *(guint *) field = number;
    return TRUE;
  case TYPE_SIZE:
    return set_number (value, keys[key].min, keys[key].max, field, error);
  case TYPE_DIRECTION:
    return settings_set_direction (self, value, error);
  default:
    return set_choice (value, keys[key].choices, field, error);
  }
}

HablaSettings *
habla_settings_new (void)
{
  HablaSettings *self = g_new0 (HablaSettings, 1);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].fallback != NULL)
      settings_set (self, i, keys[i].fallback, NULL);
  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (self->sources, g_strdup ("microphone"), g_strdup ("autoaudiosrc"));
  return self;
}

void
habla_settings_free (HablaSettings *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    gpointer field = G_STRUCT_MEMBER_P (self, keys[i].offset);

    if (keys[i].type == TYPE_STRING)
      g_free (*(char **) field);
    else if (keys[i].type == TYPE_LIST)
      g_strfreev (*(GStrv *) field);
  }
  g_hash_table_unref (self->sources);
  g_free (self);
}

char *
habla_settings_find_file (void)
{
  const char *const *dirs = g_get_system_config_dirs ();
  g_autofree char *own = g_build_filename (g_get_user_config_dir (), "habla", "hablad.conf", NULL);

  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&own);
  for (guint i = 0; dirs[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (dirs[i], "habla", "hablad.conf", NULL);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  return NULL;
}

/* GKeyFile has no line numbers. Returns: that of @key in @group; of @group if @key is %NULL; of the
 * first invalid line if both are %NULL */
static guint
find_line (const char *text, const char *group, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *current = NULL;

  for (guint i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);
    char *end = strchr (line, *line == '[' ? ']' : '=');

    if (*line == '\0' || *line == '#')
      continue;
    if (end == NULL || end == line || (*line != '[' && current == NULL)) {
      if (group == NULL)
        return i + 1;
      continue;
    }
    *end = '\0';
    if (*line == '[') {
      g_free (current);
      current = g_strdup (line + 1);
      if (key == NULL && g_strcmp0 (current, group) == 0)
        return i + 1;
    } else if (key != NULL && g_strcmp0 (current, group) == 0 &&
               g_str_equal (g_strchomp (line), key)) {
      return i + 1;
    }
  }
  return 0;
}

static int
find_key (const char *group, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_str_equal (keys[i].group, group) && (name == NULL || g_str_equal (keys[i].name, name)))
      return i;
  return -1;
}

static gboolean
settings_load_key (
    HablaSettings *self, GKeyFile *file, const char *group, const char *name, GError **error)
{
  int key = find_key (group, name);
  g_autofree char *value = NULL;

  if (key < 0 && !g_str_equal (group, SOURCES)) {
    g_set_error (error, HABLA_SETTINGS_ERROR, 0,
        "[%s] has no such key; run “hablad --print-config” for a list", group);
    return FALSE;
  }
  value = g_key_file_get_string (file, group, name, error);
  if (value == NULL)
    return FALSE;
  if (key >= 0 && keys[key].type == TYPE_DIRECTION)
    g_warning ("[%s] %s is deprecated; %s", group, name, keys[key].about);
  if (key >= 0)
    return settings_set (self, key, g_strstrip (value), error);
  g_hash_table_insert (self->sources, g_strdup (name), g_steal_pointer (&value));
  return TRUE;
}

static gboolean
settings_load_group (
    HablaSettings *self, GKeyFile *file, const char *group, const char **name, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);

  if (find_key (group, NULL) < 0 && !g_str_equal (group, SOURCES)) {
    g_set_error (error, HABLA_SETTINGS_ERROR, 0,
        "unknown group [%s]; run “hablad --print-config” for a list", group);
    return FALSE;
  }
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    *name = g_intern_string (names[i]);
    if (!settings_load_key (self, file, group, names[i], error))
      return FALSE;
  }
  return TRUE;
}

gboolean
habla_settings_load (HablaSettings *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) groups = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &cause)) {
    g_set_error (error, HABLA_SETTINGS_ERROR, 0, "%s:%u: %s", path, find_line (text, NULL, NULL),
        cause->message);
    return FALSE;
  }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++) {
    const char *name = NULL;

    if (settings_load_group (self, file, groups[i], &name, &cause))
      continue;
    g_set_error (error, HABLA_SETTINGS_ERROR, 0, "%s:%u: %s%s%s", path,
        find_line (text, groups[i], name), name != NULL ? name : "", name != NULL ? ": " : "",
        cause->message);
    return FALSE;
  }
  return TRUE;
}

gboolean
habla_settings_set_log_format (HablaSettings *self, const char *name, GError **error)
{
  if (settings_set (self, find_key ("log", "format"), name, error))
    return TRUE;
  g_prefix_error (error, "--log-format: ");
  return FALSE;
}

gboolean
habla_settings_set_lan (HablaSettings *self, const char *mode, GError **error)
{
  if (settings_set (self, find_key ("network", "lan"), mode != NULL ? mode : "yes", error))
    return TRUE;
  g_prefix_error (error, "--lan: ");
  return FALSE;
}

/* Returns: (nullable): the error in public-url */
static const char *
settings_check_public_url (HablaSettings *self)
{
  g_autoptr (GUri) uri = NULL;
  char *with_slash;

  if (self->public_url == NULL)
    return NULL;
  uri = g_uri_parse (self->public_url, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL ||
      (!g_str_equal (g_uri_get_scheme (uri), "https") &&
          !g_str_equal (g_uri_get_scheme (uri), "http")))
    return "public-url must be an address such as https://school.example/captions/";
  if (!g_str_has_suffix (self->public_url, "/")) {
    with_slash = g_strconcat (self->public_url, "/", NULL);
    g_free (self->public_url);
    self->public_url = with_slash;
  }
  return NULL;
}

/* Returns: (nullable): the error in proxies */
static const char *
settings_check_proxies (HablaSettings *self)
{
  gboolean is_none = self->proxies[0] != NULL && g_str_equal (self->proxies[0], "none");

  for (guint i = 0; !is_none && self->proxies[i] != NULL; i++)
    if (!g_hostname_is_ip_address (self->proxies[i]))
      return "proxies must be addresses, such as 127.0.0.1;::1, or none";
  return NULL;
}

/* Replaces the origins by what browsers send. Returns: (nullable): the error in them */
static const char *
settings_check_origins (HablaSettings *self)
{
  for (guint i = 0; self->origins[i] != NULL; i++) {
    char *origin = habla_cors_parse_origin (self->origins[i]);

    if (origin == NULL)
      return "origins must be such as https://school.example;http://localhost:3000: without a "
             "path, "
             "and without *";
    g_free (self->origins[i]);
    self->origins[i] = origin;
  }
  return NULL;
}

static gboolean
is_header_value (const char *text)
{
  for (; *text != '\0'; text++)
    if (!g_ascii_isprint (*text))
      return FALSE;
  return TRUE;
}

/* Returns: (nullable): the error in [llm] */
static const char *
settings_check_llm (HablaSettings *self)
{
  const char *urls[] = { self->ollama_url, self->lmstudio_url, self->openai_url };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    if (urls[i] == NULL || !habla_llm_url_check (urls[i], NULL))
      return "ollama-url, lmstudio-url and openai-url must be addresses such as "
             "http://127.0.0.1:11434: without user, password, query and fragment";
  if (self->llm_key_file != NULL && !g_path_is_absolute (self->llm_key_file))
    return "api-key-file must be an absolute path";
  return NULL;
}

/* Returns: (nullable): the error in [cluster] */
static const char *
settings_check_cluster (HablaSettings *self)
{
  const char *paths[] = { self->cluster_credentials, self->cluster_nkey, self->cluster_ca,
    self->cluster_spool };

  for (guint i = 0; self->cluster_servers[i] != NULL; i++)
    if (!g_str_has_prefix (self->cluster_servers[i], "nats://") &&
        !g_str_has_prefix (self->cluster_servers[i], "tls://"))
      return "servers of [cluster] must be addresses such as tls://nats-1.example:4222 or "
             "nats://127.0.0.1:4222";
  if (self->cluster_credentials != NULL && self->cluster_nkey != NULL)
    return "credentials and nkey of [cluster] must not both be set";
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (paths[i] != NULL && !g_path_is_absolute (paths[i]))
      return "credentials, nkey, ca and spool of [cluster] must be absolute paths";
  return NULL;
}

/* Returns: (nullable): the error in [client] */
static const char *
settings_check_client (HablaSettings *self)
{
  if (self->client_folder != NULL && !g_path_is_absolute (self->client_folder))
    return "path of [client] must be an absolute path";
  if (self->client_policy != NULL && !is_header_value (self->client_policy))
    return "content-security-policy must be one line of ASCII characters";
  return settings_check_origins (self);
}

static gboolean
settings_check_client_folder (HablaSettings *self, GError **error)
{
  if (self->client_folder == NULL || g_file_test (self->client_folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, HABLA_SETTINGS_ERROR, 0,
      "path of [client], or --client, must be a folder that hablad can read; %s is none",
      self->client_folder);
  return FALSE;
}

gboolean
habla_settings_check (HablaSettings *self, GError **error)
{
  const char *cause = NULL;

  if ((self->tls_certificate == NULL) != (self->tls_key == NULL))
    cause = "tls-certificate and tls-key must be set together";
  else if (self->hard_backlog < self->soft_backlog)
    cause = "hard-backlog must not be less than soft-backlog";
  else if (self->store_path != NULL && !g_str_equal (self->store_path, "none") &&
           !g_path_is_absolute (self->store_path))
    cause = "path of [store] must be an absolute path, or none";
  else if (self->language == NULL || self->targets[0] == NULL)
    cause = "language and targets of [session] must each name a language";
  if (cause == NULL)
    cause = settings_check_public_url (self);
  if (cause == NULL)
    cause = settings_check_proxies (self);
  if (cause == NULL)
    cause = settings_check_client (self);
  if (cause == NULL)
    cause = settings_check_llm (self);
  if (cause == NULL)
    cause = settings_check_cluster (self);
  if (cause != NULL)
    g_set_error_literal (error, HABLA_SETTINGS_ERROR, 0, cause);
  return cause == NULL && settings_check_client_folder (self, error);
}

static void
append_comment (GString *text, const char *comment)
{
  g_auto (GStrv) words = g_strsplit (comment, " ", -1);
  gsize column = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    gsize length = strlen (words[i]);

    if (column == 0 || column + 1 + length > 96) {
      g_string_append (text, column == 0 ? "#" : "\n#");
      column = 1;
    }
    g_string_append_printf (text, " %s", words[i]);
    column += 1 + length;
  }
  g_string_append_c (text, '\n');
}

char *
habla_settings_describe (void)
{
  GString *text = g_string_new (NULL);
  const char *group = NULL;

  append_comment (text,
      "All settings of hablad with their defaults. The file is read from habla/hablad.conf in "
      "$XDG_CONFIG_HOME, or else in $XDG_CONFIG_DIRS; command line options take precedence.");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (keys[i].type == TYPE_DIRECTION)
      continue;
    if (g_strcmp0 (keys[i].group, group) != 0)
      g_string_append_printf (text, "\n[%s]\n", keys[i].group);
    else
      g_string_append_c (text, '\n');
    group = keys[i].group;
    append_comment (text, keys[i].about);
    if (keys[i].choices != NULL)
      g_string_append_printf (text, "# One of: %s\n", keys[i].choices);
    if (keys[i].max > 0)
      g_string_append_printf (text, "# From %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT "\n",
          keys[i].min, keys[i].max);
    g_string_append_printf (
        text, "#%s=%s\n", keys[i].name, keys[i].fallback != NULL ? keys[i].fallback : "");
  }
  g_string_append (text, "\n[" SOURCES "]\n");
  append_comment (text, ABOUT_SOURCES);
  g_string_append (text, "#microphone=autoaudiosrc\n");
  return g_string_free (text, FALSE);
}
