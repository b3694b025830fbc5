/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/name-pattern.h"
#include "command/exit-status.h"
#include "command/input.h"
#include "command/interpret-run.h"
#include "command/recording-options.h"
#include "command/subtitles/subtitle-options.h"

#include <pipeline/engines/engine-registry.h>
#include <pipeline/glossary.h>
#include <pipeline/template/pipeline-template.h>
#include <string.h>

/* Makes a pipeline of the options. */

#define RECORDING "recordingsrc name=input-%u"

/* Files have no timestamps: audiorate fills the pauses between utterances with silence. */
#define SPEECH \
  "${synthesizer} language-code=${to} ! audioconvert ! audiorate ! audioresample ! %s ! " \
  "filesink name=speech-${to} buffer-mode=unbuffered async=false"

static const struct {
  const char *extension;
  const char *encoder;
} encoders[] = {
  { ".ogg", "opusenc ! oggmux" },
  { ".opus", "opusenc ! oggmux" },
  { ".flac", "flacenc" },
  { ".wav", "wavenc" },
};

char *
habla_interpret_get_file_name (
    const HablaInterpretOptions *self, const char *path, const char *language)
{
  HablaInput *input = self->is_part ? g_ptr_array_index (self->inputs, 0) : NULL;
  const char *name = input == NULL ? NULL : input->path != NULL ? input->path : input->uri;

  return habla_name_pattern_expand (path, name, language != NULL ? language : self->to[0],
      language == NULL || (self->to[1] == NULL && g_str_equal (self->to[0], language)));
}

GPtrArray *
habla_interpret_list_outputs (const HablaInterpretOptions *self)
{
  GPtrArray *outputs = g_ptr_array_new_with_free_func (g_free);

  if (self->captions != NULL)
    g_ptr_array_add (outputs, habla_interpret_get_file_name (self, self->captions, self->from));
  for (guint i = 0; self->to[i] != NULL; i++) {
    if (self->captions != NULL)
      g_ptr_array_add (outputs, habla_interpret_get_file_name (self, self->captions, self->to[i]));
    if (self->speech != NULL)
      g_ptr_array_add (outputs, habla_interpret_get_file_name (self, self->speech, self->to[i]));
  }
  if (self->output != NULL)
    g_ptr_array_add (outputs, habla_interpret_get_file_name (self, self->output, NULL));
  return outputs;
}

static const char *
interpret_choose_pipeline (const HablaInterpretOptions *self)
{
  HablaInput *first = self->inputs->len > 0 ? g_ptr_array_index (self->inputs, 0) : NULL;

  if (self->pipeline != NULL)
    return self->pipeline;
  if (first == NULL)
    return "live";
  return habla_subtitle_options_has_subtitles (self) ? "subtitles" : "file";
}

/* Locations are set later, on the named elements, so that no value needs quoting. */
static char *
interpret_describe_source (const HablaInterpretOptions *self)
{
  g_autoptr (GString) source = g_string_new (NULL);

  if (self->inputs->len > 1) {
    g_string_append (source, "concat name=inputs");
    for (guint i = 0; i < self->inputs->len; i++)
      g_string_append_printf (source,
          " " RECORDING " ! audioconvert ! monomixer name=input-%u-mixer ! "
          "speechgain name=input-%u-gain ! audioconvert ! audioresample ! "
          "audio/x-raw,format=S16LE,rate=16000,channels=1 ! inputs.",
          i, i, i);
    g_string_append (source, " inputs.");
  } else if (habla_subtitle_options_has_subtitles (self) ||
             g_str_equal (interpret_choose_pipeline (self), "subtitles")) {
    g_autofree char *subtitles = habla_subtitle_options_describe_source (self);

    g_string_append (source, subtitles);
  } else {
    g_string_append_printf (source, RECORDING, 0);
  }
  return g_string_free (g_steal_pointer (&source), FALSE);
}

static gboolean
interpret_set_source (
    const HablaInterpretOptions *self, HablaPipelineTemplate *description, GError **error)
{
  g_autofree char *source = NULL;

  if (self->inputs->len == 0)
    return TRUE;
  if (!habla_pipeline_template_has (description, "source")) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "The pipeline %s has a source of its own; omit INPUT, or choose another pipeline",
        interpret_choose_pipeline (self));
    return FALSE;
  }
  source = interpret_describe_source (self);
  return habla_pipeline_template_set (description, "source", source, error);
}

/* Whether there is an engine that speaks each target language. */
static gboolean
interpret_has_voices (const HablaInterpretOptions *self)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();

  for (guint i = 0; self->to[i] != NULL; i++)
    if (habla_engine_choose (engines, HABLA_ENGINE_SYNTHESIZER, self->to[i], NULL, NULL) == NULL)
      return FALSE;
  return TRUE;
}

/* Speech is a part of the copy of a recording if it can be. */
static gboolean
interpret_set_speech_of_copy (
    const HablaInterpretOptions *self, HablaPipelineTemplate *description, GError **error)
{
  g_autofree char *speech = g_strdup_printf (SPEECH, encoders[0].encoder);

  if (self->output == NULL || !habla_pipeline_template_has (description, "speech") ||
      !habla_pipeline_template_has (description, "synthesizer") || !interpret_has_voices (self))
    return TRUE;
  return habla_pipeline_template_set (description, "speech", speech, error);
}

static gboolean
interpret_set_speech (
    const HablaInterpretOptions *self, HablaPipelineTemplate *description, GError **error)
{
  if (self->speech == NULL)
    return interpret_set_speech_of_copy (self, description, error);
  if (!habla_pipeline_template_has (description, "speech") ||
      !habla_pipeline_template_has (description, "synthesizer")) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "The pipeline %s does not synthesize speech; omit --speech, or choose another pipeline",
        interpret_choose_pipeline (self));
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (encoders); i++)
    if (g_str_has_suffix (self->speech, encoders[i].extension)) {
      g_autofree char *speech = g_strdup_printf (SPEECH, encoders[i].encoder);

      return habla_pipeline_template_set (description, "speech", speech, error);
    }
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
      "--speech %s: the name must end in .ogg, .opus, .flac or .wav", self->speech);
  return FALSE;
}

static gboolean
interpret_set_settings (
    const HablaInterpretOptions *self, HablaPipelineTemplate *description, GError **error)
{
  for (guint i = 0; self->settings != NULL && self->settings[i] != NULL; i++) {
    const char *equals = strchr (self->settings[i], '=');
    g_autofree char *name = NULL;

    if (equals == NULL || equals == self->settings[i]) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "--set %s: give a parameter and its value as NAME=VALUE; “habla pipelines” lists them",
          self->settings[i]);
      return FALSE;
    }
    name = g_strndup (self->settings[i], equals - self->settings[i]);
    if (!habla_pipeline_template_set (description, name, equals + 1, error))
      return FALSE;
  }
  return TRUE;
}

/* Returns: (transfer full) (nullable): the engine that @parameter names; %NULL if it names none,
 * and the best one is chosen */
static HablaEngine *
interpret_find_engine (HablaPipelineTemplate *description, const char *parameter)
{
  GPtrArray *parameters = habla_pipeline_template_get_parameters (description);

  for (guint i = 0; i < parameters->len; i++) {
    HablaPipelineParameter *found = g_ptr_array_index (parameters, i);
    g_autofree char *element = NULL;

    if (!g_str_equal (found->name, parameter))
      continue;
    if (found->is_chosen)
      return NULL;
    element = g_strndup (found->value, strcspn (found->value, " \t"));
    return habla_engine_new (element);
  }
  return NULL;
}

/* Whether the pipeline contains a synthesizer. */
static gboolean
interpret_speaks (HablaPipelineTemplate *description)
{
  GPtrArray *parameters = habla_pipeline_template_get_parameters (description);

  for (guint i = 0; i < parameters->len; i++) {
    HablaPipelineParameter *parameter = g_ptr_array_index (parameters, i);

    if (g_str_equal (parameter->name, "speech"))
      return strstr (parameter->value, "${synthesizer}") != NULL;
  }
  return FALSE;
}

/* Reports languages that the engines lack that were named, before anything is started. Those that
 * are chosen are checked when the launch line is made. */
static gboolean
interpret_check_languages (
    const HablaInterpretOptions *self, HablaPipelineTemplate *description, GError **error)
{
  g_autoptr (HablaEngine) transcriber = interpret_find_engine (description, "transcriber");
  g_autoptr (HablaEngine) translator = interpret_find_engine (description, "translator");
  g_autoptr (HablaEngine) synthesizer =
      interpret_speaks (description) ? interpret_find_engine (description, "synthesizer") : NULL;

  if (transcriber != NULL && !habla_engine_check_language (transcriber, self->from, error))
    return FALSE;
  for (guint i = 0; self->to[i] != NULL; i++) {
    if (translator != NULL && !habla_engine_check_pair (translator, self->from, self->to[i], error))
      return FALSE;
    if (synthesizer != NULL && !habla_engine_check_language (synthesizer, self->to[i], error))
      return FALSE;
  }
  return TRUE;
}

static void
interpret_place_inputs (const HablaInterpretOptions *self, GstElement *pipeline)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    HablaInput *input = g_ptr_array_index (self->inputs, i);
    g_autofree char *name = g_strdup_printf ("input-%u", i);
    g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
    g_autofree char *pipe = input->fd >= 0 ? g_strdup_printf ("fd://%d", input->fd) : NULL;
    const char *uri = pipe != NULL ? pipe : input->uri;

    /* A user's pipeline may have no such element. */
    if (element == NULL)
      continue;
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "uri") != NULL)
      g_object_set (element, "uri", uri, NULL);
    else if (input->path != NULL)
      g_object_set (element, "location", input->path, NULL);
    else if (input->uri != NULL && GST_IS_URI_HANDLER (element))
      gst_uri_handler_set_uri (GST_URI_HANDLER (element), input->uri, NULL);
  }
}

static gboolean
interpret_set_all (
    const HablaInterpretOptions *self, HablaPipelineTemplate *description, GError **error)
{
  g_autofree char *to = g_strjoinv (",", self->to);

  if (!habla_pipeline_template_set (description, "from", self->from, error) ||
      !habla_pipeline_template_set (description, "to", to, error))
    return FALSE;
  if (self->speed > 0) {
    if (!habla_pipeline_template_has (description, "paced")) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          "The pipeline %s has a fixed speed; omit --speed", interpret_choose_pipeline (self));
      return FALSE;
    }
    habla_pipeline_template_set (description, "paced", "true", NULL);
  }
  return interpret_set_source (self, description, error) &&
         interpret_set_speech (self, description, error) &&
         interpret_set_settings (self, description, error) &&
         interpret_check_languages (self, description, error);
}

GstElement *
habla_interpret_create_pipeline (const HablaInterpretOptions *self, gboolean *hears, GError **error)
{
  g_autoptr (HablaPipelineTemplate) description = NULL;
  GstElement *pipeline;

  if (!habla_subtitle_options_peek (self, error))
    return NULL;
  description = habla_pipeline_template_load (interpret_choose_pipeline (self), error);
  if (description == NULL || !interpret_set_all (self, description, error))
    return NULL;
  *hears = habla_pipeline_template_has (description, "transcriber");
  pipeline = habla_pipeline_template_create (description, error);
  if (pipeline == NULL)
    return NULL;
  if (self->glossary != NULL) {
    g_autoptr (HablaPipelineGlossary) glossary =
        habla_pipeline_glossary_new (self->glossary, NULL, NULL);

    habla_pipeline_glossary_attach (glossary, GST_BIN (pipeline));
  }
  interpret_place_inputs (self, pipeline);
  if (!habla_recording_options_apply (self, pipeline, error) ||
      !habla_subtitle_options_apply (self, pipeline, error))
    gst_clear_object (&pipeline);
  return pipeline;
}
