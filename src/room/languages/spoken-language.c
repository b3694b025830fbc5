/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects which of the languages of a room is spoken, and changes the direction accordingly. */
#include "room/room-private.h"

#include <habla/language-pair.h>
#include <pipeline/engines/engine-registry.h>

/* Returns: (transfer full) (array zero-terminated=1): the source language, then the targets */
static GStrv
settings_list_languages (const HablaRoomSettings *settings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, settings->source_language);
  g_strv_builder_addv (builder, (const char **) settings->target_languages);
  return g_strv_builder_end (builder);
}

const char *
habla_languages_find_detecting (const HablaRoomSettings *settings, GPtrArray *engines)
{
  g_auto (GStrv) languages = settings_list_languages (settings);

  return habla_engine_registry_find_detecting (
      engines, settings->transcriber, (const char *const *) languages);
}

char *
habla_room_prepare_detection (HablaRoom *self, const char **transcriber)
{
  const HablaRoomSettings *settings = &self->run->settings;
  const char *detecting = NULL;
  g_auto (GStrv) languages = NULL;

  if (settings->detects_language && self->run->kind == HABLA_RUN_LISTENING)
    detecting = habla_languages_find_detecting (settings, self->context->engines);
  if (detecting == NULL)
    return NULL;
  *transcriber = detecting;
  languages = settings_list_languages (settings);
  return g_strjoinv (",", languages);
}

void
habla_room_set_detection (HablaRoom *self, gboolean detects_language)
{
  if (self->settings.detects_language == detects_language || habla_room_is_mirror (self))
    return;
  self->settings.detects_language = detects_language;
  habla_language_votes_clear (&self->votes);
  habla_room_notify_type (self, HABLA_EVENT_STATUS);
  habla_room_restart_listening (self);
}

/* Returns: (transfer full) (array zero-terminated=1): the targets, with the present source in the
 * place of @source */
static GStrv
room_exchange_languages (HablaRoom *self, const char *source)
{
  GStrv targets = g_strdupv (self->settings.target_languages);

  for (guint i = 0; targets[i] != NULL; i++) {
    if (!habla_language_has_same_primary (targets[i], source))
      continue;
    g_free (targets[i]);
    targets[i] = g_strdup (self->settings.source_language);
  }
  return targets;
}

void
habla_room_vote_language (HablaRoom *self, const HablaUtterance *utterance)
{
  const HablaPipelineRun *run = self->run;
  const char *source;
  g_auto (GStrv) targets = NULL;
  g_autoptr (GError) error = NULL;

  /* Typed texts have a speaker. */
  if (!run->settings.detects_language || run->kind != HABLA_RUN_LISTENING ||
      utterance->language == NULL || utterance->speaker != NULL ||
      !habla_room_settings_can_share_pipeline (&run->settings, &self->settings))
    return;
  source = habla_language_votes_add (&self->votes, utterance->language);
  if (source == NULL || habla_language_has_same_primary (source, self->settings.source_language))
    return;
  targets = room_exchange_languages (self, source);
  if (!habla_room_set_languages (self, source, (const char *const *) targets, &error))
    g_debug ("Room %s stays in its language: %s", self->name, error->message);
  habla_language_votes_clear (&self->votes);
}
