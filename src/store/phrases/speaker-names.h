/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <store/store.h>

G_BEGIN_DECLS

/* Names that owners gave to speakers, apart from sessions. */

/**
 * HablaSpeakerNameRecord:
 * @owner: whose names; "" = of clients without a key
 * @id: of the speaker
 * @custom_name: (nullable): the name
 * @role_hint: (nullable): what the speaker is
 */
typedef struct {
  char *owner;
  char *id;
  char *custom_name;
  char *role_hint;
} HablaSpeakerNameRecord;

/**
 * habla_speaker_names_save:
 * @store: a store
 * @owner: whose names
 * @speakers: (transfer full) (element-type HablaSpeakerRecord): speakers with their present names
 *
 * Keeps the names of at most the last 1,000 speakers. Retried until it is written.
 */
void habla_speaker_names_save (HablaStore *store, const char *owner, GPtrArray *speakers);

/**
 * habla_speaker_names_drop:
 * @store: a store
 * @owner: whose names are forgotten
 *
 * Retried until it is written.
 */
void habla_speaker_names_drop (HablaStore *store, const char *owner);

/**
 * habla_speaker_names_list_async:
 * @store: a store
 * @callback: receives #HablaSpeakerNameRecord, the oldest first; see habla_store_list_finish()
 * @user_data: passed to @callback
 */
void habla_speaker_names_list_async (
    HablaStore *store, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
