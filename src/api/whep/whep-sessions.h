/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <api/rooms/code-streams.h>
#include <http/async-response.h>
#include <room/room-manager.h>
#include <webrtc/sdp-offer.h>

G_BEGIN_DECLS

/* Listeners of one address; many phones behind one router may be one address. */
#define HABLA_WHEP_MAX_PER_ADDRESS 20

/**
 * HablaWhepSessions:
 *
 * The clients that hear rooms over WebRTC, each by the id that its Location has. A session ends
 * when its client deletes it, leaves, or does not connect in ten seconds; when its room ends; and
 * when the join code that let it in is renewed. The main thread uses it.
 */
typedef struct _HablaWhepSessions HablaWhepSessions;

/**
 * HablaWhepSessionsOptions:
 * @manager: the rooms; must outlive the sessions, as @streams
 * @streams: the sessions that a join code let in
 * @max_sessions: of all clients; 0 = WebRTC is switched off
 */
typedef struct {
  HablaRoomManager *manager;
  HablaCodeStreams *streams;
  guint max_sessions;
} HablaWhepSessionsOptions;

/**
 * habla_whep_sessions_new:
 * @options: copied
 *
 * Returns: (transfer full): no sessions
 */
HablaWhepSessions *habla_whep_sessions_new (const HablaWhepSessionsOptions *options);

/**
 * habla_whep_sessions_free:
 * @self: (transfer full): sessions
 *
 * Ends all sessions, and iterates the main context until they have been stopped.
 */
void habla_whep_sessions_free (HablaWhepSessions *self);

/**
 * habla_whep_sessions_are_offered:
 * @self: sessions
 *
 * Returns: whether WebRTC is installed and not switched off
 */
gboolean habla_whep_sessions_are_offered (HablaWhepSessions *self);

/**
 * habla_whep_sessions_add:
 * @self: sessions
 * @request: a request with an offer: its path names the room and the language
 * @offer: (transfer full): the offer
 *
 * Answers @request later, with 201 and the answer, or with an error.
 */
void habla_whep_sessions_add (
    HablaWhepSessions *self, const HablaRequest *request, HablaSdpOffer *offer);

/**
 * habla_whep_sessions_remove:
 * @self: sessions
 * @room: name of a room
 * @id: of a session
 *
 * Returns: whether @room had such a session, which has ended
 */
gboolean habla_whep_sessions_remove (HablaWhepSessions *self, const char *room, const char *id);

G_END_DECLS
