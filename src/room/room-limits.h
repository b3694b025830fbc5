/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Limits of what clients send to a room, in characters. The WebSocket protocol and the REST paths
 * apply the same limits. */

#define HABLA_MAX_TEXT 10000 /* of one typed text */
#define HABLA_MAX_SPEAKER_ID 64
#define HABLA_MAX_ROLE 40
#define HABLA_MAX_SPEAKER_NAME 100
#define HABLA_MAX_ROOM_NAME 64 /* also of an owner's key */
/* RFC 5646, section 4.4.1: enough for all tags in practical use. */
#define HABLA_MAX_LANGUAGE_TAG 35
#define HABLA_MAX_TARGETS 16 /* languages of one room */
