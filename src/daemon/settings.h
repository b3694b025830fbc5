/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <room/room.h>

G_BEGIN_DECLS

/**
 * HablaLogFormat:
 * @HABLA_LOG_AUTO: to the journal if standard error is that, else as text
 * @HABLA_LOG_TEXT: for people
 * @HABLA_LOG_JSON: a JSON object a line
 */
typedef enum {
  HABLA_LOG_AUTO,
  HABLA_LOG_TEXT,
  HABLA_LOG_JSON,
} HablaLogFormat;

/**
 * HablaSettings:
 *
 * What the daemon is told, by a key file and by options, which go before it. `hablad
 * --print-config` and data/hablad.conf explain each key. Times are in milliseconds, sizes in
 * bytes. Strings belong to it; what is %NULL was not given.
 */
typedef struct {
  GStrv listen;
  char *tls_certificate;
  char *tls_key;
  char *token_file;
  GStrv hosts;
  guint max_connections;
  guint max_connections_per_peer;
  guint max_request_rate;
  guint64 max_body;
  guint request_timeout;
  guint idle_timeout;
  guint64 soft_backlog;
  guint64 hard_backlog;
  char *pipeline;
  guint max_sessions;
  guint max_members;
  guint drain_timeout;
  guint max_drain;
  guint64 max_audio_backlog;
  guint silence_timeout;
  guint resume_window;
  char *language;
  GStrv targets;
  HablaMode mode;
  char *store_path; /* NULL = the usual one, "none" = in memory only */
  char *recordings;
  int record;
  guint keep_days;
  guint64 max_recordings;
  guint64 max_recording_size;
  guint health_ttl;
  HablaLogFormat log_format;
  GHashTable *sources; /* of launch fragments, by name */
} HablaSettings;

#define HABLA_CONFIG_ERROR (habla_settings_error_quark ())
GQuark habla_settings_error_quark (void);

HablaSettings *habla_settings_new (void);
void habla_settings_free (HablaSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSettings, habla_settings_free)

char *habla_settings_find_file (void);
gboolean habla_settings_load (HablaSettings *self, const char *path, GError **error);
gboolean habla_settings_set_log_format (HablaSettings *self, const char *name, GError **error);
gboolean habla_settings_check (HablaSettings *self, GError **error);
char *habla_settings_describe (void);

G_END_DECLS
