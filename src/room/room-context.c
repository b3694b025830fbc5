/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room/room-context.h"

void
habla_room_context_init (HablaRoomContext *self, const HablaRoomManagerOptions *options)
{
  *self = (HablaRoomContext){
    .pipeline = g_strdup (options->pipeline),
    .transcriber = g_strdup (options->transcriber),
    .translator = g_strdup (options->translator),
    .synthesizer = g_strdup (options->synthesizer),
    .glossary = g_strdup (options->glossary),
    .glossaries =
        options->glossaries != NULL ? habla_glossary_folder_new (options->glossaries) : NULL,
    .phrasebook = options->phrasebook != NULL ? habla_phrasebook_ref (options->phrasebook) : NULL,
    .names = habla_speaker_names_new (),
    .max_sessions = options->max_sessions,
    .max_members = options->max_members,
    .drain_timeout = options->drain_timeout,
    .max_drain = options->max_drain,
    .max_audio_backlog = options->max_audio_backlog,
    .typed_idle = options->typed_idle,
    .linger = options->linger,
    .silence_timeout = options->silence_timeout,
    .resume_window = options->resume_window,
    .sources = options->sources != NULL
                   ? g_hash_table_ref (options->sources)
                   : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .next_session_id = MAX (options->first_session_id, 1),
    .next_exchange_id = MAX (options->first_exchange_id, 1),
    .next_label = 1,
  };
  habla_room_settings_copy (&self->settings, &options->settings);
}

void
habla_room_context_clear (HablaRoomContext *self)
{
  habla_languages_clear (&self->languages);
  g_ptr_array_unref (self->engines);
  habla_room_settings_clear (&self->settings);
  g_hash_table_unref (self->sources);
  g_free ((char *) self->pipeline);
  g_free ((char *) self->transcriber);
  g_free ((char *) self->translator);
  g_free ((char *) self->glossary);
  g_clear_pointer (&self->glossaries, habla_glossary_folder_unref);
  g_clear_pointer (&self->phrasebook, habla_phrasebook_unref);
  g_free ((char *) self->synthesizer);
  habla_speaker_names_free (self->names);
}
