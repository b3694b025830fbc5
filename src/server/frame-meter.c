/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/frame-meter.h"

#include <string.h>

struct _HablaFrameMeter {
  SoupWebsocketExtension parent;
  HablaConnectionStream *stream; /* (nullable) */
  guint64 written_before;        /* of stream, before the first frame */
  guint64 sent;
  gsize max_backlog;
  gsize message; /* bytes of the one that comes in fragments */
  gsize max_message;
  gushort close_code; /* of habla_frame_meter_close_now(), or 0 */
  const char *close_reason;
};

G_DEFINE_FINAL_TYPE (HablaFrameMeter, habla_frame_meter, SOUP_TYPE_WEBSOCKET_EXTENSION)

/* RFC 6455, 5.2 */
#define FINAL 0x80
#define OPCODE 0x0f
#define OPCODE_CLOSE 0x8
#define OPCODE_PONG 0xa
#define CLOSE_TRY_AGAIN_LATER 1013 /* its registry */
#define IS_CONTROL(opcode) (((opcode) &0x8) != 0)

static gsize
get_frame_size (gsize payload)
{
  return payload + (payload < 126 ? 2 : payload < 65536 ? 4 : 10);
}

/* @payload: (transfer full): the code, in two bytes */
static GBytes *
append_reason (GBytes *payload, const char *reason)
{
  GByteArray *array = g_bytes_unref_to_array (payload);

  g_byte_array_append (array, (const guint8 *) reason, strlen (reason));
  return g_byte_array_free_to_bytes (array);
}

static GBytes *
habla_frame_meter_process_outgoing (
    SoupWebsocketExtension *extension, guint8 *header, GBytes *payload, GError **error)
{
  HablaFrameMeter *self = HABLA_FRAME_METER (extension);

  if (self->close_code != 0) {
    if ((header[0] & OPCODE) != OPCODE_CLOSE) {
      g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, self->close_code, self->close_reason);
      g_bytes_unref (payload);
      return NULL;
    }
    payload = append_reason (payload, self->close_reason);
  } else if ((header[0] & OPCODE) == OPCODE_PONG &&
             habla_frame_meter_get_backlog (self) > self->max_backlog) {
    g_set_error_literal (
        error, SOUP_WEBSOCKET_ERROR, CLOSE_TRY_AGAIN_LATER, "Nobody reads the answers to pings");
    g_bytes_unref (payload);
    return NULL;
  }
  self->sent += get_frame_size (g_bytes_get_size (payload));
  return payload;
}

static GBytes *
habla_frame_meter_process_incoming (
    SoupWebsocketExtension *extension, guint8 *header, GBytes *payload, GError **error)
{
  HablaFrameMeter *self = HABLA_FRAME_METER (extension);

  if (IS_CONTROL (header[0] & OPCODE))
    return payload;
  self->message += g_bytes_get_size (payload);
  if (self->message > self->max_message) {
    g_set_error (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG,
        "A message has more than %" G_GSIZE_FORMAT " bytes", self->max_message);
    g_bytes_unref (payload);
    return NULL;
  }
  if (header[0] & FINAL)
    self->message = 0;
  return payload;
}

static void
habla_frame_meter_finalize (GObject *object)
{
  g_clear_object (&HABLA_FRAME_METER (object)->stream);
  G_OBJECT_CLASS (habla_frame_meter_parent_class)->finalize (object);
}

static void
habla_frame_meter_class_init (HablaFrameMeterClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = habla_frame_meter_finalize;
  extension_class->process_outgoing_message = habla_frame_meter_process_outgoing;
  extension_class->process_incoming_message = habla_frame_meter_process_incoming;
}

static void
habla_frame_meter_init (HablaFrameMeter *self)
{
  self->max_message = G_MAXSIZE;
}

SoupWebsocketExtension *
habla_frame_meter_new (void)
{
  return g_object_new (HABLA_TYPE_FRAME_METER, NULL);
}

HablaFrameMeter *
habla_frame_meter_find (SoupWebsocketConnection *websocket)
{
  GList *extensions = soup_websocket_connection_get_extensions (websocket);

  for (GList *l = extensions; l != NULL; l = l->next)
    if (HABLA_IS_FRAME_METER (l->data))
      return l->data;
  return NULL;
}

void
habla_frame_meter_measure (HablaFrameMeter *self, HablaConnectionStream *stream, gsize max_backlog)
{
  g_set_object (&self->stream, stream);
  self->written_before = habla_connection_stream_get_written (stream);
  self->max_backlog = max_backlog;
}

guint64
habla_frame_meter_get_sent (HablaFrameMeter *self)
{
  return self->sent;
}

gsize
habla_frame_meter_get_backlog (HablaFrameMeter *self)
{
  guint64 written;

  if (self->stream == NULL)
    return 0;
  written = habla_connection_stream_get_written (self->stream) - self->written_before;
  return self->sent > written ? self->sent - written : 0;
}

void
habla_frame_meter_set_max_message (HablaFrameMeter *self, gsize max_message)
{
  self->max_message = max_message;
}

void
habla_frame_meter_close_now (
    HablaFrameMeter *self, SoupWebsocketConnection *websocket, gushort code, const char *reason)
{
  self->close_code = code;
  self->close_reason = reason;
  /* An extension that fails on a message is the one way to an urgent close frame, and to a
   * code that libsoup does not check. The message itself is not sent. */
  soup_websocket_connection_send_text (websocket, "");
}
