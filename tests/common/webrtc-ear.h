/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * WebrtcEar:
 *
 * A client that hears audio over WebRTC: a webrtcbin that receives and decodes Opus.
 */
typedef struct _WebrtcEar WebrtcEar;

/**
 * webrtc_ear_new:
 * @payload_type: that the client wants for Opus
 *
 * Returns: (transfer full): a client
 */
WebrtcEar *webrtc_ear_new (guint payload_type);

/**
 * webrtc_ear_free:
 * @self: (transfer full): a client
 *
 * Disconnects.
 */
void webrtc_ear_free (WebrtcEar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebrtcEar, webrtc_ear_free)

/**
 * webrtc_ear_create_offer:
 *
 * Returns: (transfer full): SDP with all candidates
 */
char *webrtc_ear_create_offer (WebrtcEar *self);

/**
 * webrtc_ear_set_answer:
 * @answer: SDP of the server
 */
void webrtc_ear_set_answer (WebrtcEar *self, const char *answer);

/**
 * webrtc_ear_count_buffers:
 *
 * Returns: decoded buffers so far
 */
guint webrtc_ear_count_buffers (WebrtcEar *self);

/**
 * webrtc_ear_take_sound:
 *
 * Returns: when sound was first heard since the last call, in microseconds of the monotonic clock;
 *   0 = there was silence
 */
gint64 webrtc_ear_take_sound (WebrtcEar *self);

/**
 * webrtc_ear_get_state:
 *
 * Returns: the connection state of the webrtcbin, as a #GstWebRTCPeerConnectionState
 */
int webrtc_ear_get_state (WebrtcEar *self);

G_END_DECLS
