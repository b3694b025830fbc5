/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <room/room-event.h>

G_BEGIN_DECLS

/* Of one room; a client names those of typed text, so their number is bounded. */
#define HABLA_MAX_SPEAKERS 100
#define HABLA_MAX_SPEAKER_ID 64    /* bytes */
#define HABLA_MAX_SPEAKER_NAME 200 /* bytes */

/* Whose speech it is if the transcriber does not tell, and whose text if the client does not. */
#define HABLA_SPEAKER_DEFAULT "SPEAKER_1"
#define HABLA_SPEAKER_TYPED "MANUAL"

GPtrArray *habla_speaker_list_new (void);
HablaSpeaker *habla_speaker_list_find (GPtrArray *self, const char *id);
HablaSpeaker *habla_speaker_list_add (GPtrArray *self, const char *id);
gboolean habla_speaker_list_check (GPtrArray *self, const char *id, GError **error);
gboolean habla_speaker_list_rename (
    GPtrArray *self, const char *id, const char *name, GError **error);

G_END_DECLS
