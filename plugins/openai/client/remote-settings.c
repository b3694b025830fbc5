/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remote-settings.h"

#define DEFAULT_CONNECT_TIMEOUT 1000
#define DEFAULT_MAX_RETRIES 2

G_STATIC_ASSERT (REMOTE_SETTING_STATS + 1 == REMOTE_CLIENT_N_PROPERTIES);

static void
remote_settings_install_string (GObjectClass *klass, guint id, const char *name, const char *nick,
    const char *blurb, const char *value)
{
  g_object_class_install_property (klass, id,
      g_param_spec_string (name, nick, blurb, value,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

static void
remote_settings_install_uint (GObjectClass *klass, guint id, const char *name, const char *nick,
    const char *blurb, guint max, guint value)
{
  g_object_class_install_property (klass, id,
      g_param_spec_uint (name, nick, blurb, max > 10 ? 1 : 0, max, value,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

void
remote_client_install_properties (GObjectClass *klass, guint first, const RemoteClientInfo *info)
{
  remote_settings_install_string (klass, first + REMOTE_SETTING_URL, "url", "URL",
      "Address of the server, http or https, with or without the version (\"/v1\") at its end",
      info->default_url);
  remote_settings_install_string (klass, first + REMOTE_SETTING_KEY_FILE, "api-key-file",
      "API key file",
      "Path of a file with the API key, which other users must not be able to read; empty = none",
      NULL);
  remote_settings_install_string (klass, first + REMOTE_SETTING_KEY_ENV, "api-key-env",
      "API key variable",
      "Name of the environment variable with the API key, such as OPENAI_API_KEY, if there is no "
      "api-key-file; empty = none",
      info->key_env);
  g_object_class_install_property (klass, first + REMOTE_SETTING_ALLOW_INSECURE_KEY,
      g_param_spec_boolean ("allow-insecure-key", "Allow insecure key",
          "Whether the API key may be sent over plain http to another machine", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  remote_settings_install_uint (klass, first + REMOTE_SETTING_CONNECT_TIMEOUT, "connect-timeout",
      "Connect timeout", "Time to connect to the server and to send a request, in milliseconds",
      600000, DEFAULT_CONNECT_TIMEOUT);
  remote_settings_install_uint (klass, first + REMOTE_SETTING_TIMEOUT, "timeout", "Timeout",
      "Time for a request with its response and repetitions, in milliseconds", 600000,
      info->timeout);
  remote_settings_install_uint (klass, first + REMOTE_SETTING_MAX_RETRIES, "max-retries",
      "Max retries",
      "Number of times that a failed request is sent again, while the timeout leaves time", 10,
      DEFAULT_MAX_RETRIES);
  remote_settings_install_string (klass, first + REMOTE_SETTING_MODEL, "model", "Model",
      "Name of the model, as the server lists it", NULL);
  remote_settings_install_string (klass, first + REMOTE_SETTING_FALLBACK, "fallback", "Fallback",
      "Engine of this machine that replaces the server while it is slow, wrong or gone: its "
      "element "
      "with properties as in gst-launch-1.0; “auto” = the best installed one for the language, if "
      "there is one; “none” = nothing",
      info->fallback);

  g_object_class_install_property (klass, first + REMOTE_SETTING_STATS,
      g_param_spec_boxed ("remote-stats", "Remote statistics",
          "Requests by outcome, retries, timeouts, rejected responses, latency in nanoseconds, "
          "tokens, last error; readable from any thread",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

void
remote_settings_init (RemoteSettings *self, const RemoteClientInfo *info)
{
  *self = (RemoteSettings){
    .url = g_strdup (info->default_url),
    .key_env = g_strdup (info->key_env),
    .fallback = g_strdup (info->fallback),
    .connect_timeout = DEFAULT_CONNECT_TIMEOUT,
    .timeout = info->timeout,
    .max_retries = DEFAULT_MAX_RETRIES,
  };
}

void
remote_settings_copy (RemoteSettings *self, const RemoteSettings *other)
{
  *self = *other;
  self->url = g_strdup (other->url);
  self->key_file = g_strdup (other->key_file);
  self->key_env = g_strdup (other->key_env);
  self->model = g_strdup (other->model);
  self->fallback = g_strdup (other->fallback);
}

void
remote_settings_clear (RemoteSettings *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->key_file, g_free);
  g_clear_pointer (&self->key_env, g_free);
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->fallback, g_free);
}

/* Returns: (nullable): the place of a string */
static char **
remote_settings_find_string (RemoteSettings *self, guint index)
{
  switch (index) {
  case REMOTE_SETTING_URL:
    return &self->url;
  case REMOTE_SETTING_KEY_FILE:
    return &self->key_file;
  case REMOTE_SETTING_KEY_ENV:
    return &self->key_env;
  case REMOTE_SETTING_MODEL:
    return &self->model;
  case REMOTE_SETTING_FALLBACK:
    return &self->fallback;
  default:
    return NULL;
  }
}

/* Returns: (nullable): the place of a number */
static guint *
remote_settings_find_uint (RemoteSettings *self, guint index)
{
  switch (index) {
  case REMOTE_SETTING_CONNECT_TIMEOUT:
    return &self->connect_timeout;
  case REMOTE_SETTING_TIMEOUT:
    return &self->timeout;
  case REMOTE_SETTING_MAX_RETRIES:
    return &self->max_retries;
  default:
    return NULL;
  }
}

gboolean
remote_settings_set (RemoteSettings *self, guint index, const GValue *value)
{
  char **string = remote_settings_find_string (self, index);
  guint *number = remote_settings_find_uint (self, index);

  if (string != NULL) {
    g_free (*string);
    *string = g_value_dup_string (value);
  } else if (number != NULL) {
    *number = g_value_get_uint (value);
  } else if (index == REMOTE_SETTING_ALLOW_INSECURE_KEY) {
    self->allow_insecure_key = g_value_get_boolean (value);
  } else {
    return FALSE;
  }
  return TRUE;
}

gboolean
remote_settings_get (const RemoteSettings *self, guint index, GValue *value)
{
  char **string = remote_settings_find_string ((RemoteSettings *) self, index);
  guint *number = remote_settings_find_uint ((RemoteSettings *) self, index);

  if (string != NULL)
    g_value_set_string (value, *string);
  else if (number != NULL)
    g_value_set_uint (value, *number);
  else if (index == REMOTE_SETTING_ALLOW_INSECURE_KEY)
    g_value_set_boolean (value, self->allow_insecure_key);
  else
    return FALSE;
  return TRUE;
}
