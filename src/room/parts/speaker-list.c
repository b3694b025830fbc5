/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/parts/speaker-list.h"

#include <gio/gio.h>
#include <string.h>

/* Distinguishable on white and on black, also for colour-blind people (Okabe and Ito, with grey
 * instead of black). */
static const char *const colors[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
  "#56b4e9", "#8c8c8c", "#b5a900" };

static void
speaker_list_free_speaker (HablaSpeaker *speaker)
{
  g_free (speaker->id);
  g_free (speaker->label);
  g_free (speaker->custom_name);
  g_free (speaker->role_hint);
  g_free (speaker);
}

GPtrArray *
habla_speaker_list_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) speaker_list_free_speaker);
}

HablaSpeaker *
habla_speaker_list_find (GPtrArray *self, const char *id)
{
  for (guint i = 0; i < self->len; i++) {
    HablaSpeaker *speaker = g_ptr_array_index (self, i);

    if (g_str_equal (speaker->id, id))
      return speaker;
  }
  return NULL;
}

static char *
speaker_list_make_label (GPtrArray *self, const char *id)
{
  guint n_speaking = 1;

  if (g_str_equal (id, HABLA_SPEAKER_TYPED))
    return g_strdup ("Typed");
  for (guint i = 0; i < self->len; i++)
    if (!g_str_equal (((HablaSpeaker *) g_ptr_array_index (self, i))->id, HABLA_SPEAKER_TYPED))
      n_speaking++;
  return g_strdup_printf ("Speaker %u", n_speaking);
}

HablaSpeaker *
habla_speaker_list_add (GPtrArray *self, const char *id)
{
  HablaSpeaker *speaker = g_new0 (HablaSpeaker, 1);

  speaker->id = g_strdup (id);
  speaker->label = speaker_list_make_label (self, id);
  speaker->color = colors[self->len % G_N_ELEMENTS (colors)];
  g_ptr_array_add (self, speaker);
  return speaker;
}

gboolean
habla_speaker_list_check (GPtrArray *self, const char *id, GError **error)
{
  if (*id == '\0' || !g_utf8_validate (id, -1, NULL) ||
      g_utf8_strlen (id, -1) > HABLA_MAX_SPEAKER_ID) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "A speaker_id must have 1 to %d characters", HABLA_MAX_SPEAKER_ID);
    return FALSE;
  }
  if (self->len >= HABLA_MAX_SPEAKERS && habla_speaker_list_find (self, id) == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        "The room has %d speakers, the maximum; use one of them, or start a new session",
        HABLA_MAX_SPEAKERS);
    return FALSE;
  }
  return TRUE;
}

/* @text: (inout): (transfer full): a text for people; %NULL if it is blank. Returns: whether the
 * speaker is known and the text is valid */
static gboolean
speaker_list_check_text (
    HablaSpeaker *speaker, char **text, const char *what, glong max, GError **error)
{
  if (speaker == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "There is no such speaker; speakers_updated lists them");
    return FALSE;
  }
  if (!g_utf8_validate (*text, -1, NULL) || g_utf8_strlen (*text, -1) > max) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "The %s of a speaker must have at most %ld characters", what, max);
    return FALSE;
  }
  if (**text == '\0')
    g_clear_pointer (text, g_free);
  return TRUE;
}

gboolean
habla_speaker_list_rename (GPtrArray *self, const char *id, const char *name, GError **error)
{
  HablaSpeaker *speaker = habla_speaker_list_find (self, id);
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  if (!speaker_list_check_text (speaker, &stripped, "name", HABLA_MAX_SPEAKER_NAME, error))
    return FALSE;
  g_free (speaker->custom_name);
  speaker->custom_name = g_steal_pointer (&stripped);
  return TRUE;
}

gboolean
habla_speaker_list_set_role (GPtrArray *self, const char *id, const char *role, GError **error)
{
  HablaSpeaker *speaker = habla_speaker_list_find (self, id);
  g_autofree char *stripped = g_strstrip (g_strdup (role));

  if (!speaker_list_check_text (speaker, &stripped, "role", HABLA_MAX_ROLE, error))
    return FALSE;
  g_free (speaker->role_hint);
  speaker->role_hint = g_steal_pointer (&stripped);
  return TRUE;
}
