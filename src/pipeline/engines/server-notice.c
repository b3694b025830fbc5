/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/server-notice.h"

#include "pipeline/engines/engine-registry.h"

#include <gio/gio.h>

static const char *
server_notice_get (const GstStructure *structure, const char *field)
{
  const char *value = gst_structure_get_string (structure, field);

  return value != NULL ? value : "unknown";
}

HablaServerNotice
habla_server_notice_read (GstMessage *message, char **text)
{
  const GstStructure *structure = gst_message_get_structure (message);

  *text = NULL;
  if (gst_message_has_name (message, "habla/data-leaves")) {
    *text = g_strdup_printf ("%s sends the %s of this session to %s",
        server_notice_get (structure, "engine"), server_notice_get (structure, "data"),
        server_notice_get (structure, "server"));
    return HABLA_SERVER_NOTICE_LEAVES;
  }
  if (gst_message_has_name (message, "habla/engine-degraded")) {
    *text = g_strdup_printf ("%s replaces %s until it works again: %s",
        server_notice_get (structure, "fallback"), server_notice_get (structure, "engine"),
        server_notice_get (structure, "reason"));
    return HABLA_SERVER_NOTICE_DEGRADED;
  }
  if (gst_message_has_name (message, "habla/engine-recovered")) {
    *text = g_strdup_printf ("%s works again", server_notice_get (structure, "engine"));
    return HABLA_SERVER_NOTICE_RECOVERED;
  }
  return HABLA_SERVER_NOTICE_NONE;
}

/* Returns: whether @host is this machine */
static gboolean
server_notice_is_local (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

/* Returns: (transfer full) (nullable): the server of an element, unless it is this machine */
static char *
server_notice_describe_element (GstElement *element)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), "url");
  g_autofree char *url = NULL;
  g_autoptr (GUri) uri = NULL;

  if (pspec == NULL || pspec->value_type != G_TYPE_STRING)
    return NULL;
  g_object_get (element, "url", &url, NULL);
  uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL) : NULL;
  if (uri == NULL || g_uri_get_host (uri) == NULL || server_notice_is_local (g_uri_get_host (uri)))
    return NULL;
  return g_strdup_printf ("%s://%s", g_uri_get_scheme (uri), g_uri_get_host (uri));
}

char *
habla_server_notice_describe_engine (const char *launch)
{
  g_autoptr (GstElement) bin = launch != NULL ? habla_engine_create_named (launch, NULL) : NULL;
  g_autoptr (GstIterator) iterator = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  char *server = NULL;

  if (bin == NULL || !GST_IS_BIN (bin))
    return NULL;
  iterator = gst_bin_iterate_elements (GST_BIN (bin));
  while (server == NULL && gst_iterator_next (iterator, &value) == GST_ITERATOR_OK) {
    server = server_notice_describe_element (g_value_get_object (&value));
    g_value_reset (&value);
  }
  return server;
}
