/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <webrtc/sdp-offer.h>

G_BEGIN_DECLS

/* The Debian packages of the elements. */
#define HABLA_WEBRTC_PACKAGES "gstreamer1.0-nice and gstreamer1.0-plugins-bad"

/**
 * HablaWebrtcSender:
 *
 * Sends RTP packets with Opus to one client over WebRTC, in a pipeline of its own:
 *
 *     appsrc ! webrtcbin
 *
 * It only encrypts: many senders share the packets of one encoder. There is no STUN or TURN server:
 * the client must be able to send to the address that is given. The main thread uses it, except
 * where noted.
 */
#define HABLA_TYPE_WEBRTC_SENDER (habla_webrtc_sender_get_type ())
/**
 * habla_webrtc_sender_get_type:
 *
 * Returns: the type of #HablaWebrtcSender
 */
G_DECLARE_FINAL_TYPE (HablaWebrtcSender, habla_webrtc_sender, HABLA, WEBRTC_SENDER, GObject)

/**
 * HablaWebrtcSenderNotify:
 * @is_over: %FALSE: the client is connected, and packets are sent; %TRUE: it has left, could not
 *   connect in time, or was not heard for a while
 * @user_data: of habla_webrtc_sender_new()
 *
 * May close the sender, and must do so if @is_over.
 */
typedef void (*HablaWebrtcSenderNotify) (gboolean is_over, gpointer user_data);

/**
 * HablaWebrtcSenderOptions:
 * @address: of this machine, numeric: where packets are sent from and received
 * @connect_timeout: time in which the client must connect, in milliseconds
 * @silence_timeout: time in which the client must report what it receives, in milliseconds;
 *   browsers do so about every five seconds
 * @notify: called in the main thread
 * @user_data: passed to @notify
 */
typedef struct {
  const char *address;
  guint connect_timeout;
  guint silence_timeout;
  HablaWebrtcSenderNotify notify;
  gpointer user_data;
} HablaWebrtcSenderOptions;

/**
 * habla_webrtc_sender_is_installed:
 *
 * Returns: whether this build and the installed plugins can send WebRTC
 */
gboolean habla_webrtc_sender_is_installed (void);

/**
 * habla_webrtc_sender_new:
 * @options: copied
 *
 * Returns: (transfer full): a sender, to be closed by habla_webrtc_sender_close()
 */
HablaWebrtcSender *habla_webrtc_sender_new (const HablaWebrtcSenderOptions *options);

/**
 * habla_webrtc_sender_answer:
 * @self: a sender
 * @offer: (transfer full): of a client
 * @done: called in the main thread
 * @user_data: passed to @done
 *
 * Builds the pipeline in a worker thread, and answers @offer. Call it once.
 */
void habla_webrtc_sender_answer (
    HablaWebrtcSender *self, HablaSdpOffer *offer, GAsyncReadyCallback done, gpointer user_data);

/**
 * habla_webrtc_sender_answer_finish:
 * @self: a sender
 * @result: of habla_webrtc_sender_answer()
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: (transfer full) (nullable): the answer, with all candidates
 */
char *habla_webrtc_sender_answer_finish (
    HablaWebrtcSender *self, GAsyncResult *result, GError **error);

/**
 * habla_webrtc_sender_push:
 * @packet: (transfer none): an RTP packet with Opus
 * @self: a #HablaWebrtcSender
 *
 * Sends @packet, unless the client is not connected. Any thread may call this function; it does not
 * block.
 */
void habla_webrtc_sender_push (GstBuffer *packet, gpointer self);

/**
 * habla_webrtc_sender_close:
 * @self: (transfer full): a sender
 *
 * Stops the pipeline in a worker thread. Nothing is notified any longer.
 */
void habla_webrtc_sender_close (HablaWebrtcSender *self);

/**
 * habla_webrtc_sender_count:
 *
 * Any thread may call this function.
 *
 * Returns: number of senders of the process whose pipeline exists
 */
guint habla_webrtc_sender_count (void);

G_END_DECLS
