/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cluster/nats-options.h"

#include <string.h>

#define RECONNECT_MILLISECONDS 250
#define RECONNECT_JITTER_MILLISECONDS 100
/* A server that does not answer two pings is given up. */
#define PING_MILLISECONDS 1000
#define MAX_PINGS 2
/* Messages wait for nats-server in the queue of the link, which is bounded. */
#define RECONNECT_BUFFER 1

GQuark
habla_nats_error_quark (void)
{
  return g_quark_from_static_string ("habla-nats-error");
}

/* nats.c repeats an address in its errors, and a secret in it, too. */
static gboolean
check_server (const char *address, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  if (uri != NULL && g_uri_get_userinfo (uri) != NULL) {
    g_set_error_literal (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FAILED,
        "An address of a NATS server contains a name or password; put them into a credentials "
        "file");
    return FALSE;
  }
  if (scheme == NULL || (!g_str_equal (scheme, "nats") && !g_str_equal (scheme, "tls")) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      *g_uri_get_path (uri) != '\0') {
    g_set_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FAILED,
        "%s is not the address of a NATS server, such as nats://HOST:4222 or tls://HOST:4222",
        address);
    return FALSE;
  }
  return TRUE;
}

/* nats.c reads files later, and its errors do not name them. */
static gboolean
check_file (const char *path, const char *what, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  gsize size;

  if (path == NULL || g_file_get_contents (path, &text, &size, &reason)) {
    if (text != NULL)
      explicit_bzero (text, size);
    return TRUE;
  }
  g_set_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FAILED, "Cannot read %s: %s", what,
      reason->message);
  return FALSE;
}

static natsStatus
set_security (natsOptions *self, const HablaNatsOptions *options)
{
  natsStatus status = NATS_OK;
  gboolean is_secure = FALSE;

  for (guint i = 0; options->servers[i] != NULL; i++)
    is_secure |= g_str_has_prefix (options->servers[i], "tls:");
  if (is_secure || options->authorities != NULL)
    status = natsOptions_SetSecure (self, true);
  if (status == NATS_OK && options->authorities != NULL)
    status = natsOptions_LoadCATrustedCertificates (self, options->authorities);
  if (status == NATS_OK && options->credentials != NULL)
    status = natsOptions_SetUserCredentialsFromFiles (self, options->credentials, NULL);
  if (status == NATS_OK && options->nkey != NULL)
    status = natsOptions_SetNKeyFromSeed (self, options->nkey_public, options->nkey);
  return status;
}

static natsStatus
set_options (natsOptions *self, const HablaNatsOptions *options, guint timeout)
{
  guint n = g_strv_length ((char **) options->servers);
  natsStatus status = natsOptions_SetServers (self, (const char **) options->servers, n);

  if (status == NATS_OK && options->name != NULL)
    status = natsOptions_SetName (self, options->name);
  if (status == NATS_OK)
    status = set_security (self, options);
  natsOptions_SetTimeout (self, timeout);
  natsOptions_SetMaxReconnect (self, -1);
  natsOptions_SetReconnectWait (self, RECONNECT_MILLISECONDS);
  natsOptions_SetReconnectJitter (
      self, RECONNECT_JITTER_MILLISECONDS, RECONNECT_JITTER_MILLISECONDS);
  natsOptions_SetReconnectBufSize (self, RECONNECT_BUFFER);
  natsOptions_SetPingInterval (self, PING_MILLISECONDS);
  natsOptions_SetMaxPingsOut (self, MAX_PINGS);
  natsOptions_SetWriteDeadline (self, timeout);
  natsOptions_SetFailRequestsOnDisconnect (self, true);
  /* Messages of a node's own rooms come back to it otherwise. */
  natsOptions_SetNoEcho (self, true);
  natsOptions_UseGlobalMessageDelivery (self, true);
  return status;
}

natsOptions *
nats_options_new (const HablaNatsOptions *options, guint timeout, GError **error)
{
  natsOptions *self = NULL;

  for (guint i = 0; options->servers[i] != NULL; i++)
    if (!check_server (options->servers[i], error))
      return NULL;
  if (!check_file (options->credentials, "the credentials of NATS", error) ||
      !check_file (options->nkey, "the key of NATS", error) ||
      !check_file (options->authorities, "the authorities of NATS", error))
    return NULL;
  if (natsOptions_Create (&self) == NATS_OK && set_options (self, options, timeout) == NATS_OK)
    return self;
  g_set_error (error, HABLA_NATS_ERROR, HABLA_NATS_ERROR_FAILED, "Cannot use NATS: %s",
      nats_GetLastError (NULL));
  natsOptions_Destroy (self);
  return NULL;
}
