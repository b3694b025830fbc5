/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-event.h>
#include <room/room-limits.h>

G_BEGIN_DECLS

/* Limits of one room. Clients choose the ids of those who type, so their number is bounded. */
#define HABLA_MAX_SPEAKERS 100

/* Ids of a speaker whom the transcriber does not name, and of a typist whom the client does not. */
#define HABLA_SPEAKER_DEFAULT "SPEAKER_1"
#define HABLA_SPEAKER_TYPED "MANUAL"

/**
 * habla_speaker_list_new:
 *
 * Returns: (transfer full) (element-type HablaSpeaker): the speakers of a room, in order of
 *   appearance
 */
GPtrArray *habla_speaker_list_new (void);

/**
 * habla_speaker_list_find:
 * @self: speakers
 * @id: of a speaker
 *
 * Returns: (transfer none) (nullable): this speaker
 */
HablaSpeaker *habla_speaker_list_find (GPtrArray *self, const char *id);

/**
 * habla_speaker_list_add:
 * @self: speakers
 * @id: that none of them has
 *
 * Returns: (transfer none): a new speaker
 */
HablaSpeaker *habla_speaker_list_add (GPtrArray *self, const char *id);

/**
 * habla_speaker_list_check:
 * @self: speakers
 * @id: that a client chose
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether @id is known or can be added
 */
gboolean habla_speaker_list_check (GPtrArray *self, const char *id, GError **error);

/**
 * habla_speaker_list_rename:
 * @self: speakers
 * @id: of a speaker
 * @name: name for people; blank = the label again
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether there is such a speaker, and @name is valid
 */
gboolean habla_speaker_list_rename (
    GPtrArray *self, const char *id, const char *name, GError **error);

/**
 * habla_speaker_list_set_role:
 * @self: speakers
 * @id: of a speaker
 * @role: what the speaker is; blank = unknown
 * @error: return location for a %G_IO_ERROR
 *
 * Returns: whether there is such a speaker, and @role is valid
 */
gboolean habla_speaker_list_set_role (
    GPtrArray *self, const char *id, const char *role, GError **error);

G_END_DECLS
