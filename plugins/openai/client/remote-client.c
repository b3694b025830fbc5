/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api-key.h"
#include "remote-client-private.h"
#include "remote-error.h"
#include "remote-url.h"
#include "retry.h"

#include <habla/engine.h>
#include <habla/error.h>

GST_DEBUG_CATEGORY_STATIC (remote_client_debug);
#define GST_CAT_DEFAULT remote_client_debug

/* Seconds that an unused connection stays open. */
#define IDLE_TIMEOUT 60

static gpointer
remote_client_register_debug (gpointer data)
{
  GST_DEBUG_CATEGORY_INIT (remote_client_debug, "remoteclient", 0, "HTTP client of engines");
  return NULL;
}

RemoteClient *
remote_client_new (GstElement *element, const RemoteClientInfo *info)
{
  static GOnce once = G_ONCE_INIT;
  RemoteClient *self = g_new0 (RemoteClient, 1);

  g_once (&once, remote_client_register_debug, NULL);
  self->element = element;
  self->info = info;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  remote_settings_init (&self->settings, info);
  return self;
}

void
remote_client_free (RemoteClient *self)
{
  remote_client_stop (self);
  remote_settings_clear (&self->settings);
  remote_stats_clear (&self->stats);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

gboolean
remote_client_set_property (RemoteClient *self, guint index, const GValue *value)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = remote_settings_set (&self->settings, index, value);
  g_mutex_unlock (&self->lock);
  return known;
}

gboolean
remote_client_get_property (RemoteClient *self, guint index, GValue *value)
{
  gboolean known = TRUE;

  g_mutex_lock (&self->lock);
  if (index == REMOTE_SETTING_STATS)
    g_value_take_boxed (value, remote_stats_to_structure (&self->stats));
  else
    known = remote_settings_get (&self->settings, index, value);
  g_mutex_unlock (&self->lock);
  return known;
}

void
remote_client_copy_settings (RemoteClient *self, GObject *element)
{
  RemoteSettings copy = { 0 };

  g_object_get (element, "url", &copy.url, "api-key-file", &copy.key_file, "api-key-env",
      &copy.key_env, "model", &copy.model, "allow-insecure-key", &copy.allow_insecure_key,
      "connect-timeout", &copy.connect_timeout, "timeout", &copy.timeout, "max-retries",
      &copy.max_retries, NULL);
  g_mutex_lock (&self->lock);
  remote_settings_clear (&self->settings);
  self->settings = copy;
  g_mutex_unlock (&self->lock);
}

char *
remote_client_dup_model (RemoteClient *self)
{
  char *model = NULL;

  g_mutex_lock (&self->lock);
  if (self->settings.model != NULL && *self->settings.model != '\0')
    model = g_strdup (self->settings.model);
  g_mutex_unlock (&self->lock);
  return model;
}

char *
remote_client_dup_fallback (RemoteClient *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->settings.fallback);
}

static gpointer
remote_client_run (gpointer data)
{
  RemoteClient *self = data;
  gboolean stopping = FALSE;

  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("timeout", 0, "idle-timeout", IDLE_TIMEOUT,
      "max-conns", REMOTE_CLIENT_MAX_IN_FLIGHT, "max-conns-per-host", REMOTE_CLIENT_MAX_IN_FLIGHT,
      "user-agent", "Habla", NULL);
  while (!stopping) {
    g_main_context_iteration (self->context, TRUE);
    g_mutex_lock (&self->lock);
    stopping = self->stopping && self->n_jobs == 0;
    g_mutex_unlock (&self->lock);
  }
  soup_session_abort (self->session);
  g_clear_object (&self->session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Warns before anything leaves this machine. */
static void
remote_client_announce (RemoteClient *self)
{
  const char *engine = habla_engine_get_element_name (self->element);

  if (self->info->data == NULL || remote_url_is_local (self->base))
    return;
  GST_WARNING_OBJECT (
      self->element, "%s of this lesson is sent to %s", self->info->data, self->origin);
  gst_element_post_message (self->element,
      gst_message_new_element (GST_OBJECT (self->element),
          gst_structure_new ("habla/data-leaves", "engine", G_TYPE_STRING, engine, "server",
              G_TYPE_STRING, self->origin, "data", G_TYPE_STRING, self->info->data, NULL)));
}

static gboolean
remote_client_load (RemoteClient *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  const RemoteSettings *active = &self->active;

  self->base = remote_url_parse (active->url, error);
  if (self->base == NULL)
    return FALSE;
  if (self->info->needs_model && (active->model == NULL || *active->model == '\0')) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "The property model is not set; the server lists its models at URL/v1/models");
    return FALSE;
  }
  self->origin = remote_url_dup_origin (self->base);
  self->key = api_key_load (active->key_file, active->key_env, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (self->key != NULL && !active->allow_insecure_key && !remote_url_is_local (self->base) &&
      g_str_equal (g_uri_get_scheme (self->base), "http")) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "The API key would be sent to %s unencrypted; set url to an https address, or "
        "allow-insecure-key=true if the network is trusted",
        self->origin);
    return FALSE;
  }
  return TRUE;
}

gboolean
remote_client_check (RemoteClient *self, GstStateChange transition)
{
  g_autoptr (GError) error = NULL;

  if (transition != GST_STATE_CHANGE_NULL_TO_READY)
    return TRUE;
  g_mutex_lock (&self->lock);
  remote_settings_copy (&self->active, &self->settings);
  g_mutex_unlock (&self->lock);
  if (!remote_client_load (self, &error))
    gst_element_message_full (self->element, GST_MESSAGE_ERROR, error->domain, error->code,
        g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
  remote_client_stop (self);
  return error == NULL;
}

gboolean
remote_client_start (RemoteClient *self, GError **error)
{
  g_return_val_if_fail (self->thread == NULL, FALSE);

  g_mutex_lock (&self->lock);
  remote_settings_copy (&self->active, &self->settings);
  remote_stats_clear (&self->stats);
  self->not_before = 0;
  self->stopping = FALSE;
  g_mutex_unlock (&self->lock);
  if (!remote_client_load (self, error)) {
    remote_client_stop (self);
    return FALSE;
  }
  remote_client_announce (self);
  self->context = g_main_context_new ();
  self->thread = g_thread_new ("habla-remote", remote_client_run, self);
  return TRUE;
}

void
remote_client_stop (RemoteClient *self)
{
  if (self->thread != NULL) {
    g_mutex_lock (&self->lock);
    self->stopping = TRUE;
    g_mutex_unlock (&self->lock);
    g_main_context_wakeup (self->context);
    g_thread_join (g_steal_pointer (&self->thread));
  }
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->base, g_uri_unref);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->key, api_key_free);
  remote_settings_clear (&self->active);
}

SoupMessage *
remote_client_new_message (RemoteClient *self, const char *method, const char *path)
{
  g_autofree char *url = remote_url_join (self->base, path);
  SoupMessage *message = soup_message_new (method, url);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (self->key != NULL) {
    g_autofree char *value = g_strconcat ("Bearer ", self->key, NULL);

    soup_message_headers_replace (
        soup_message_get_request_headers (message), "Authorization", value);
  }
  return message;
}

GMainContext *
remote_client_get_context (RemoteClient *self)
{
  return self->context;
}

SoupSession *
remote_client_get_session (RemoteClient *self)
{
  return self->session;
}

const char *
remote_client_get_key (RemoteClient *self)
{
  return self->key;
}

char *
remote_client_redact (RemoteClient *self, const char *text)
{
  return remote_error_redact (text, self->key);
}

char *
remote_client_hide_key (RemoteClient *self, char *text)
{
  g_autofree char *original = text;
  GString *copy;

  if (text == NULL)
    return NULL;
  copy = g_string_new (text);
  api_key_hide (self->key, copy);
  return g_string_free (copy, FALSE);
}

/* Called with lock held. Waits for at most @remaining microseconds, until @self changes. */
static void
remote_client_wait (RemoteClient *self, gint64 *remaining)
{
  gint64 now = g_get_monotonic_time ();

  g_cond_wait_until (&self->changed, &self->lock, now + *remaining);
  *remaining -= g_get_monotonic_time () - now;
}

/* Called with lock held. Waits for @delay microseconds. */
static gboolean
remote_client_sleep (
    RemoteClient *self, gint64 delay, gint64 *remaining, GCancellable *cancellable, GError **error)
{
  gint64 left = delay;

  while (left > 0 && !g_cancellable_is_cancelled (cancellable))
    remote_client_wait (self, &left);
  *remaining -= delay - left;
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Called with lock held. Waits for a place. */
static gboolean
remote_client_enter (
    RemoteClient *self, gint64 *remaining, GCancellable *cancellable, GError **error)
{
  while (self->n_running >= REMOTE_CLIENT_MAX_IN_FLIGHT && *remaining > 0 &&
         !g_cancellable_is_cancelled (cancellable))
    remote_client_wait (self, remaining);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->n_running >= REMOTE_CLIENT_MAX_IN_FLIGHT) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_TIMEOUT, "has too many requests");
    return FALSE;
  }
  self->n_running++;
  return TRUE;
}

/* Called with lock held. Waits until the server accepts requests again, if it does in time. */
static gboolean
remote_client_hold (
    RemoteClient *self, gint64 *remaining, GCancellable *cancellable, GError **error)
{
  gint64 delay = self->not_before - g_get_monotonic_time ();

  if (delay <= 0)
    return TRUE;
  if (delay < *remaining)
    return remote_client_sleep (self, delay, remaining, cancellable, error);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
      "the server accepts no requests for %" G_GINT64_FORMAT " s", 1 + delay / G_USEC_PER_SEC);
  return FALSE;
}

/* Called with lock held. Returns: time to wait before the next attempt, µs */
static gint64
remote_client_get_delay (RemoteClient *self, guint status, gint64 retry_after, guint n_retries)
{
  self->stats.rate_limited += status == 429;
  if (retry_after < 0)
    return 1000 * (gint64) retry_get_backoff (n_retries, g_random_double ());
  if (status == 429 || status == 503)
    self->not_before = g_get_monotonic_time () + retry_after * G_USEC_PER_SEC;
  return retry_after * G_USEC_PER_SEC;
}

/* @body: (transfer full). Returns: (transfer full): without the key, followed by a NUL */
static GBytes *
remote_client_clean (RemoteClient *self, GBytes *body)
{
  g_autoptr (GBytes) original = body;
  gsize size;
  const char *data = g_bytes_get_data (body, &size);
  GString *text = g_string_new_len (data, size);

  api_key_hide (self->key, text);
  return g_string_free_to_bytes (text);
}

/* Called without lock. Returns: whether the response is good */
static gboolean
remote_client_attempt (RemoteClient *self, const RemoteRequest *request, RemoteResponse *response,
    RemoteAttempt *attempt, GCancellable *cancellable, GError **error)
{
  remote_response_clear (response);
  if (!remote_job_run (self, request, response, attempt, cancellable, error))
    return FALSE;
  if (response->body != NULL)
    response->body = remote_client_clean (self, response->body);
  if (SOUP_STATUS_IS_SUCCESSFUL (response->status))
    return TRUE;
  g_propagate_error (
      error, remote_error_from_status (self->origin, response->status, response->body, self->key));
  return FALSE;
}

/* Called with lock held. */
static gboolean
remote_client_try (RemoteClient *self, const RemoteRequest *request, RemoteResponse *response,
    gint64 remaining, GCancellable *cancellable, GError **error)
{
  RemoteAttempt attempt = { .remaining = remaining };

  for (guint n = 0;; n++) {
    g_autoptr (GError) failure = NULL;
    gboolean good, transient;
    gint64 delay;

    if (!remote_client_hold (self, &attempt.remaining, cancellable, error))
      return FALSE;
    g_mutex_unlock (&self->lock);
    good = remote_client_attempt (self, request, response, &attempt, cancellable, &failure);
    g_mutex_lock (&self->lock);
    self->stats.last_status = response->status;
    response->retries = n;
    if (good)
      return TRUE;
    delay = remote_client_get_delay (self, response->status, attempt.retry_after, n);
    transient = failure->domain == HABLA_ERROR ? retry_is_transient (response->status)
                                               : remote_error_is_transient (failure);
    if (!transient || attempt.n_chunks > 0 || n >= self->active.max_retries ||
        delay >= attempt.remaining) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    GST_INFO_OBJECT (self->element, "retry %u of %s in %" G_GINT64_FORMAT " ms: %s", n + 1,
        request->path, delay / 1000, failure->message);
    self->stats.retries++;
    if (!remote_client_sleep (self, delay, &attempt.remaining, cancellable, error))
      return FALSE;
  }
}

static void
remote_client_on_cancelled (GCancellable *cancellable, gpointer data)
{
  RemoteClient *self = data;

  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* Makes an error for people of one without a server. */
static void
remote_client_explain (RemoteClient *self, const RemoteResponse *response, GError **error)
{
  g_autoptr (GError) failure = *error;

  if (response->status != 0 && !SOUP_STATUS_IS_SUCCESSFUL (response->status) &&
      g_error_matches (failure, HABLA_ERROR, HABLA_ERROR_ENGINE))
    *error = g_steal_pointer (&failure);
  else
    *error = remote_error_from_failure (self->origin, failure);
}

gboolean
remote_client_send (RemoteClient *self, const RemoteRequest *request, RemoteResponse *response,
    GCancellable *cancellable, GError **error)
{
  guint timeout = request->timeout > 0 ? request->timeout : self->active.timeout;
  gint64 remaining = timeout * (gint64) 1000;
  guint64 began = gst_util_get_timestamp ();
  g_autoptr (GError) failure = NULL;
  gulong handler = 0;
  gboolean good = FALSE;

  g_return_val_if_fail (self->thread != NULL, FALSE);

  if (cancellable != NULL)
    handler =
        g_cancellable_connect (cancellable, G_CALLBACK (remote_client_on_cancelled), self, NULL);
  g_mutex_lock (&self->lock);
  remote_stats_begin (&self->stats);
  if (remote_client_enter (self, &remaining, cancellable, &failure)) {
    good = remote_client_try (self, request, response, remaining, cancellable, &failure);
    self->n_running--;
    g_cond_broadcast (&self->changed);
  }
  if (!good)
    remote_client_explain (self, response, &failure);
  remote_stats_end (&self->stats, gst_util_get_timestamp () - began, failure);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);

  GST_DEBUG_OBJECT (self->element, "%s: %s, status %u, %" GST_TIME_FORMAT, request->path,
      good ? "done" : failure->message, response->status,
      GST_TIME_ARGS (gst_util_get_timestamp () - began));
  if (!good)
    g_propagate_error (error, g_steal_pointer (&failure));
  return good;
}

void
remote_client_add_usage (RemoteClient *self, guint64 input, guint64 output)
{
  g_mutex_lock (&self->lock);
  self->stats.input_tokens += input;
  self->stats.output_tokens += output;
  g_mutex_unlock (&self->lock);
}

void
remote_client_reject (RemoteClient *self, const char *reason)
{
  g_mutex_lock (&self->lock);
  self->stats.rejected++;
  remote_stats_note_error (&self->stats, reason);
  g_mutex_unlock (&self->lock);
}

void
remote_response_clear (RemoteResponse *self)
{
  g_clear_pointer (&self->content_type, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->status = 0;
}
