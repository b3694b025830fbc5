/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-event.h>

G_BEGIN_DECLS

/* Upper bound of remembered speakers of all owners; beyond, the oldest is forgotten. */
#define HABLA_MAX_SPEAKER_NAMES 1000

/**
 * HablaSpeakerNames:
 *
 * Names and roles that owners gave to speakers, for their next rooms. Owners without a key share
 * theirs: they are clients of the first Habla, which had one user.
 */
typedef struct _HablaSpeakerNames HablaSpeakerNames;

/**
 * habla_speaker_names_new:
 *
 * Returns: (transfer full): no names
 */
HablaSpeakerNames *habla_speaker_names_new (void);

/**
 * habla_speaker_names_free:
 * @self: (transfer full): names
 */
void habla_speaker_names_free (HablaSpeakerNames *self);

/**
 * habla_speaker_names_make_owner:
 * @key: (nullable): key of a client
 *
 * Returns: (transfer full): by which its names are kept: not the key itself
 */
char *habla_speaker_names_make_owner (const char *key);

/**
 * habla_speaker_names_set:
 * @self: names
 * @owner: see habla_speaker_names_make_owner()
 * @speaker: a speaker whose name and role are remembered
 */
void habla_speaker_names_set (
    HablaSpeakerNames *self, const char *owner, const HablaSpeaker *speaker);

/**
 * habla_speaker_names_apply:
 * @self: names
 * @owner: see habla_speaker_names_make_owner()
 * @speaker: (inout): a new speaker, who gets the name and the role that are remembered
 */
void habla_speaker_names_apply (HablaSpeakerNames *self, const char *owner, HablaSpeaker *speaker);

/**
 * habla_speaker_names_forget:
 * @self: names
 * @owner: see habla_speaker_names_make_owner()
 *
 * Forgets all names of this owner.
 */
void habla_speaker_names_forget (HablaSpeakerNames *self, const char *owner);

G_END_DECLS
