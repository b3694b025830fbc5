/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Number of properties that remote_client_install_properties() installs. */
#define REMOTE_CLIENT_N_PROPERTIES 10

/* Indices of the properties, in the order of the ids. */
enum {
  REMOTE_SETTING_URL,
  REMOTE_SETTING_KEY_FILE,
  REMOTE_SETTING_KEY_ENV,
  REMOTE_SETTING_ALLOW_INSECURE_KEY,
  REMOTE_SETTING_CONNECT_TIMEOUT,
  REMOTE_SETTING_TIMEOUT,
  REMOTE_SETTING_MAX_RETRIES,
  REMOTE_SETTING_MODEL,
  REMOTE_SETTING_FALLBACK,
  REMOTE_SETTING_STATS,
};

/**
 * RemoteClientInfo:
 * @default_url: (nullable): default of the property `url`
 * @key_env: (nullable): default of the property `api-key-env`
 * @data: (nullable): what the element sends of the lesson, for people: "text" or "audio"; %NULL =
 *   nothing
 * @timeout: default of the property `timeout`, in milliseconds
 * @fallback: (nullable): default of the property `fallback`
 * @needs_model: whether the property `model` must be set
 *
 * What differs between elements.
 */
typedef struct {
  const char *default_url;
  const char *key_env;
  const char *data;
  guint timeout;
  const char *fallback;
  gboolean needs_model;
} RemoteClientInfo;

/**
 * remote_client_install_properties:
 * @klass: class of an element
 * @first: id of the first property; %REMOTE_CLIENT_N_PROPERTIES are used
 * @info: defaults; static
 *
 * Installs `url`, `api-key-file`, `api-key-env`, `allow-insecure-key`, `connect-timeout`,
 * `timeout`, `max-retries`, `model`, `fallback`, which take effect from READY to PAUSED, and
 * `remote-stats`.
 */
void remote_client_install_properties (
    GObjectClass *klass, guint first, const RemoteClientInfo *info);

/**
 * RemoteSettings:
 * @url: (nullable): the property `url`
 * @key_file: (nullable): the property `api-key-file`
 * @key_env: (nullable): the property `api-key-env`
 * @model: (nullable): the property `model`
 * @fallback: (nullable): the property `fallback`
 * @allow_insecure_key: the property `allow-insecure-key`
 * @connect_timeout: the property `connect-timeout`, in milliseconds
 * @timeout: the property `timeout`, in milliseconds
 * @max_retries: the property `max-retries`
 *
 * Values of the properties of a #RemoteClient. A plain value without a lock.
 */
typedef struct {
  char *url;
  char *key_file;
  char *key_env;
  char *model;
  char *fallback;
  gboolean allow_insecure_key;
  guint connect_timeout;
  guint timeout;
  guint max_retries;
} RemoteSettings;

/**
 * remote_settings_init:
 * @self: (out caller-allocates): set to the defaults
 * @info: the defaults
 */
void remote_settings_init (RemoteSettings *self, const RemoteClientInfo *info);

/**
 * remote_settings_copy:
 * @self: (out caller-allocates): set to a copy
 * @other: settings
 */
void remote_settings_copy (RemoteSettings *self, const RemoteSettings *other);

/**
 * remote_settings_clear:
 * @self: settings
 */
void remote_settings_clear (RemoteSettings *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RemoteSettings, remote_settings_clear)

/**
 * remote_settings_set:
 * @self: settings
 * @index: index of a property
 * @value: its value
 *
 * Returns: whether @index is a writable property
 */
gboolean remote_settings_set (RemoteSettings *self, guint index, const GValue *value);

/**
 * remote_settings_get:
 * @self: settings
 * @index: index of a property
 * @value: set to its value
 *
 * Returns: whether @index is a writable property
 */
gboolean remote_settings_get (const RemoteSettings *self, guint index, GValue *value);

G_END_DECLS
