/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/sdp/sdp.h>

/* The types and values of webrtcbin that hablad uses, as in <gst/webrtc/webrtc.h>. hablad neither
 * includes that header nor links with its library, because both depend on Mesa, Vulkan and LLVM:
 * 160 MB of packages to build, 60 MB to run. The plugin of webrtcbin loads the library, and
 * registers the types. tests/webrtc/webrtc-sender.c compares this file with the header. */

/* GstWebRTCPeerConnectionState */
enum {
  HABLA_WEBRTC_STATE_CONNECTED = 2,
  HABLA_WEBRTC_STATE_DISCONNECTED,
  HABLA_WEBRTC_STATE_FAILED,
  HABLA_WEBRTC_STATE_CLOSED,
};

/* GstWebRTCSDPType */
enum {
  HABLA_WEBRTC_SDP_OFFER = 1,
};

/* GstWebRTCSessionDescription, the boxed type of that name */
typedef struct {
  int type;
  GstSDPMessage *sdp;
} HablaWebrtcDescription;
