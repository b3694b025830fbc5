/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "websocket/websocket-meter.h"

#include <string.h>

struct _HablaWebsocketMeter {
  SoupWebsocketExtension parent;
  HablaMeteredStream *stream; /* (nullable) */
  guint64 written_before;     /* of stream, before the first frame */
  guint64 sent;
  gushort close_code; /* of habla_websocket_meter_close_now(), or 0 */
  const char *close_reason;
};

G_DEFINE_FINAL_TYPE (HablaWebsocketMeter, habla_websocket_meter, SOUP_TYPE_WEBSOCKET_EXTENSION)

/* RFC 6455, 5.2 */
#define OPCODE 0x0f
#define OPCODE_CLOSE 0x8

static gsize
websocket_meter_get_frame_size (gsize payload)
{
  return payload + (payload < 126 ? 2 : payload < 65536 ? 4 : 10);
}

/* @payload: (transfer full): the code, in two bytes. Returns: (transfer full): it, with @reason */
static GBytes *
websocket_meter_append_reason (GBytes *payload, const char *reason)
{
  GByteArray *array = g_bytes_unref_to_array (payload);

  g_byte_array_append (array, (const guint8 *) reason, strlen (reason));
  return g_byte_array_free_to_bytes (array);
}

static GBytes *
habla_websocket_meter_process_outgoing (
    SoupWebsocketExtension *extension, guint8 *header, GBytes *payload, GError **error)
{
  HablaWebsocketMeter *self = HABLA_WEBSOCKET_METER (extension);

  if (self->close_code != 0) {
    if ((header[0] & OPCODE) != OPCODE_CLOSE) {
      g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, self->close_code, self->close_reason);
      g_bytes_unref (payload);
      return NULL;
    }
    payload = websocket_meter_append_reason (payload, self->close_reason);
  }
  self->sent += websocket_meter_get_frame_size (g_bytes_get_size (payload));
  return payload;
}

static void
habla_websocket_meter_finalize (GObject *object)
{
  g_clear_object (&HABLA_WEBSOCKET_METER (object)->stream);
  G_OBJECT_CLASS (habla_websocket_meter_parent_class)->finalize (object);
}

static void
habla_websocket_meter_class_init (HablaWebsocketMeterClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = habla_websocket_meter_finalize;
  extension_class->process_outgoing_message = habla_websocket_meter_process_outgoing;
}

static void
habla_websocket_meter_init (HablaWebsocketMeter *self)
{
}

SoupWebsocketExtension *
habla_websocket_meter_new (void)
{
  return g_object_new (HABLA_TYPE_WEBSOCKET_METER, NULL);
}

HablaWebsocketMeter *
habla_websocket_meter_find (SoupWebsocketConnection *websocket)
{
  GList *extensions = soup_websocket_connection_get_extensions (websocket);

  for (GList *l = extensions; l != NULL; l = l->next)
    if (HABLA_IS_WEBSOCKET_METER (l->data))
      return l->data;
  return NULL;
}

void
habla_websocket_meter_measure (HablaWebsocketMeter *self, HablaMeteredStream *stream)
{
  g_set_object (&self->stream, stream);
  self->written_before = habla_metered_stream_get_written (stream);
}

guint64
habla_websocket_meter_get_sent (HablaWebsocketMeter *self)
{
  return self->sent;
}

gsize
habla_websocket_meter_get_backlog (HablaWebsocketMeter *self)
{
  guint64 written;

  if (self->stream == NULL)
    return 0;
  written = habla_metered_stream_get_written (self->stream) - self->written_before;
  return self->sent > written ? self->sent - written : 0;
}

void
habla_websocket_meter_close_now (
    HablaWebsocketMeter *self, SoupWebsocketConnection *websocket, gushort code, const char *reason)
{
  self->close_code = code;
  self->close_reason = reason;
  /* An extension that fails on a message is the only way to send a close frame before everything
   * else, and with a code that libsoup does not check. The message itself is not sent. */
  soup_websocket_connection_send_text (websocket, "");
}
