/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local-transcriber.h"

#include "fallback/local-engine.h"

#include <string.h>

#define BLOCK (HABLA_TRANSCRIBER_RATE / 50)

struct _LocalTranscriber {
  HablaTranscriber *engine;
};

static gboolean
local_transcriber_load (HablaTranscriber *owner, HablaTranscriber *engine, GError **error)
{
  g_autofree char *language = NULL;
  guint max_utterance;

  g_object_get (owner, "max-utterance", &max_utterance, NULL);
  g_object_set (engine, "max-utterance", max_utterance, NULL);
  g_object_get (engine, "language-code", &language, NULL);
  return HABLA_TRANSCRIBER_GET_CLASS (engine)->start (engine, language, error);
}

LocalTranscriber *
local_transcriber_start (
    HablaTranscriber *owner, const char *description, const char *language, GError **error)
{
  LocalTranscriber *self;
  const LocalEngineRequest request = {
    .kind = HABLA_ENGINE_TRANSCRIBER, .type = HABLA_TYPE_TRANSCRIBER, .from = language
  };
  GstElement *engine = local_engine_create (GST_ELEMENT (owner), &request, description, error);

  if (engine == NULL)
    return NULL;
  if (!local_transcriber_load (owner, HABLA_TRANSCRIBER (engine), error)) {
    local_engine_release (engine);
    return NULL;
  }
  self = g_new0 (LocalTranscriber, 1);
  self->engine = HABLA_TRANSCRIBER (engine);
  return self;
}

void
local_transcriber_stop (LocalTranscriber *self)
{
  if (self == NULL)
    return;
  HABLA_TRANSCRIBER_GET_CLASS (self->engine)->stop (self->engine);
  local_engine_release (GST_ELEMENT (self->engine));
  g_free (self);
}

HablaTranscriber *
local_transcriber_get_engine (LocalTranscriber *self)
{
  return self->engine;
}

const char *
local_transcriber_get_name (LocalTranscriber *self)
{
  return local_engine_get_name (self != NULL ? GST_ELEMENT (self->engine) : NULL);
}

/* Ends the utterance and appends its text. */
static gboolean
local_transcriber_end (LocalTranscriber *self, GString *text, double *confidence, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *part =
      HABLA_TRANSCRIBER_GET_CLASS (self->engine)->end (self->engine, confidence, &reason);

  if (reason != NULL) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  if (part != NULL && *g_strstrip (part) != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", part);
  return TRUE;
}

char *
local_transcriber_recognize (LocalTranscriber *self, const gint16 *samples, gsize n_samples,
    GCancellable *cancellable, double *confidence, GError **error)
{
  HablaTranscriberClass *klass = HABLA_TRANSCRIBER_GET_CLASS (self->engine);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean was_in_speech = FALSE, in_speech = FALSE;

  if (!klass->begin (self->engine, error))
    return NULL;
  for (gsize i = 0; i < n_samples && !g_cancellable_is_cancelled (cancellable); i += BLOCK) {
    if (!klass->feed (self->engine, samples + i, MIN (BLOCK, n_samples - i), &in_speech, error)) {
      g_free (klass->end (self->engine, NULL, NULL));
      return NULL;
    }
    /* Its pauses may be shorter than ours. */
    if (was_in_speech && !in_speech &&
        (!local_transcriber_end (self, text, confidence, error) ||
            !klass->begin (self->engine, error)))
      return NULL;
    was_in_speech = in_speech;
  }
  if (g_cancellable_is_cancelled (cancellable)) {
    g_free (klass->end (self->engine, NULL, NULL));
    return NULL;
  }
  if (!local_transcriber_end (self, text, confidence, error) || text->len == 0)
    return NULL;
  return g_string_free (g_steal_pointer (&text), FALSE);
}
