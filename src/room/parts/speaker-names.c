/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/speaker-names.h"

typedef struct {
  char *owner;
  char *id;
  char *custom_name; /* (nullable) */
  char *role_hint;   /* (nullable) */
} Entry;

struct _HablaSpeakerNames {
  GPtrArray *entries; /* of Entry, the oldest first */
};

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_free (self->owner);
  g_free (self->id);
  g_free (self->custom_name);
  g_free (self->role_hint);
  g_free (self);
}

HablaSpeakerNames *
habla_speaker_names_new (void)
{
  HablaSpeakerNames *self = g_new0 (HablaSpeakerNames, 1);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
habla_speaker_names_free (HablaSpeakerNames *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

char *
habla_speaker_names_make_owner (const char *key)
{
  return key != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1) : g_strdup ("");
}

/* Returns: (nullable). @index: (out) */
static Entry *
speaker_names_find (HablaSpeakerNames *self, const char *owner, const char *id, guint *index)
{
  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = self->entries->pdata[i];

    if (g_str_equal (entry->owner, owner) && g_str_equal (entry->id, id)) {
      *index = i;
      return entry;
    }
  }
  return NULL;
}

void
habla_speaker_names_set (HablaSpeakerNames *self, const char *owner, const HablaSpeaker *speaker)
{
  guint index;
  Entry *entry;

  if (speaker_names_find (self, owner, speaker->id, &index) != NULL)
    g_ptr_array_remove_index (self->entries, index);
  if (speaker->custom_name == NULL && speaker->role_hint == NULL)
    return;
  if (self->entries->len >= HABLA_MAX_SPEAKER_NAMES)
    g_ptr_array_remove_index (self->entries, 0);
  entry = g_new0 (Entry, 1);
  entry->owner = g_strdup (owner);
  entry->id = g_strdup (speaker->id);
  entry->custom_name = g_strdup (speaker->custom_name);
  entry->role_hint = g_strdup (speaker->role_hint);
  g_ptr_array_add (self->entries, entry);
}

void
habla_speaker_names_apply (HablaSpeakerNames *self, const char *owner, HablaSpeaker *speaker)
{
  guint index;
  const Entry *entry = speaker_names_find (self, owner, speaker->id, &index);

  if (entry == NULL)
    return;
  g_free (speaker->custom_name);
  speaker->custom_name = g_strdup (entry->custom_name);
  g_free (speaker->role_hint);
  speaker->role_hint = g_strdup (entry->role_hint);
}

void
habla_speaker_names_forget (HablaSpeakerNames *self, const char *owner)
{
  for (guint i = self->entries->len; i > 0; i--) {
    const Entry *entry = self->entries->pdata[i - 1];

    if (g_str_equal (entry->owner, owner))
      g_ptr_array_remove_index (self->entries, i - 1);
  }
}
