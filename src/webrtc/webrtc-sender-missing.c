/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For builds without gstreamer-webrtc-1.0: nothing can be sent. */
#include "webrtc/webrtc-sender.h"

struct _HablaWebrtcSender {
  GObject parent;
};

G_DEFINE_FINAL_TYPE (HablaWebrtcSender, habla_webrtc_sender, G_TYPE_OBJECT)

gboolean
habla_webrtc_sender_is_installed (void)
{
  return FALSE;
}

HablaWebrtcSender *
habla_webrtc_sender_new (const HablaWebrtcSenderOptions *options)
{
  return g_object_new (HABLA_TYPE_WEBRTC_SENDER, NULL);
}

void
habla_webrtc_sender_answer (
    HablaWebrtcSender *self, HablaSdpOffer *offer, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, done, user_data);

  habla_sdp_offer_free (offer);
  g_task_return_new_error (
      task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "This build of hablad has no WebRTC");
}

char *
habla_webrtc_sender_answer_finish (HablaWebrtcSender *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
habla_webrtc_sender_push (GstBuffer *packet, gpointer self)
{
}

void
habla_webrtc_sender_close (HablaWebrtcSender *self)
{
  g_object_unref (self);
}

guint
habla_webrtc_sender_count (void)
{
  return 0;
}

static void
habla_webrtc_sender_class_init (HablaWebrtcSenderClass *klass)
{
}

static void
habla_webrtc_sender_init (HablaWebrtcSender *self)
{
}
