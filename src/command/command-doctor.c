/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/command.h"
#include "command/exit-status.h"
#include "command/output/terminal-output.h"

#include <habla/error.h>
#include <habla/language.h>
#include <habla/utterance-meta.h>
#include <json/json-writer.h>
#include <models/installed-model.h>
#include <pipeline/engines/engine-registry.h>
#include <pipeline/template/missing-element.h>
#include <pipeline/template/pipeline-template.h>
#include <stdio.h>
#include <unistd.h>
#include <util/plugin-path.h>

/* Time limit for an engine to load and answer, in seconds. */
#define PROBE_SECONDS 30

typedef struct {
  gboolean json;
  gboolean works; /* recorded speech can be made captions and speech */
} Doctor;

/* The elements in the pipelines of the command. */
static const struct {
  const char *element;
  const char *purpose;
  gboolean needed; /* for recorded speech to captions and speech */
} elements[] = {
  { "recordingsrc", "reads recordings", TRUE },
  { "uridecodebin", "reads recordings", TRUE },
  { "monomixer", "mixes channels", TRUE },
  { "speechgain", "amplifies quiet speech", TRUE },
  { "audioconvert", "converts audio", TRUE },
  { "audioresample", "converts audio", TRUE },
  { "metricstap", "measures progress", TRUE },
  { "captionsink", "shows captions", TRUE },
  { "audiorate", "writes speech", TRUE },
  { "opusenc", "writes speech", TRUE },
  { "oggmux", "writes speech", TRUE },
  { "wavenc", "writes speech", FALSE },
  { "flacenc", "writes speech", FALSE },
  { "subtitlereader", "reads subtitles", FALSE },
  { "subparse", "reads subtitles in old formats", FALSE },
  { "autoaudiosrc", "hears the microphone", FALSE },
  { "autoaudiosink", "plays to the loudspeaker", FALSE },
  { "rtpopusdepay", "hears the network (RTP)", FALSE },
  { "srtsrc", "hears the network (SRT)", FALSE },
};

#define SETUP "habla setup LANGUAGE…, for example habla setup en es"

static const struct {
  const char *verb;
  const char *data;   /* advice if there is an engine without a language */
  const char *advice; /* if there is no engine */
} kinds[] = {
  { "hears", "apt install pocketsphinx-en-us",
      "apt install pocketsphinx-en-us libpocketsphinx-dev, and build Habla again" },
  { "translates", "apt install apertium apertium-eng-spa",
      "apt install apertium apertium-eng-spa, and build Habla again" },
  { "speaks", "apt install espeak-ng-data",
      "apt install espeak-ng-data libespeak-ng-dev, and build Habla again" },
};

/* @advice: (nullable): what to do; %NULL = no problem */
static void
doctor_report (
    Doctor *self, const char *what, const char *state, gboolean needed, const char *advice)
{
  JsonBuilder *builder;

  if (advice != NULL && needed)
    self->works = FALSE;
  if (!self->json) {
    const char *mark = advice == NULL ? "ok     " : needed ? "MISSING" : "missing";

    printf ("%s  %s: %s\n", mark, what, state);
    if (advice != NULL)
      printf ("         %s\n", advice);
    fflush (stdout);
    return;
  }
  builder = json_builder_new ();
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "what", what);
  habla_json_add_string (builder, "state", state);
  habla_json_add_boolean (builder, "ok", advice == NULL);
  habla_json_add_boolean (builder, "needed", needed);
  if (advice != NULL) {
    habla_json_add_string (builder, "advice", advice);
  }
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

/* Variables that name folders which are not there. Without them, there is nothing to report. */
static void
doctor_check_plugin_path (Doctor *self)
{
  g_autoptr (GPtrArray) wrong = habla_plugin_path_find_wrong ();

  for (guint i = 0; i < wrong->len; i++)
    doctor_report (self, g_ptr_array_index (wrong, i), "is not a folder", FALSE,
        "correct the variable, or unset it: GStreamer searches for plugins there");
}

/* Returns: whether files can be made in @path, after the folder itself has been made */
static gboolean
can_write_below (const char *path)
{
  g_autofree char *folder = g_strdup (path);

  while (!g_file_test (folder, G_FILE_TEST_EXISTS)) {
    char *parent = g_path_get_dirname (folder);

    g_free (folder);
    folder = parent;
  }
  return g_file_test (folder, G_FILE_TEST_IS_DIR) && access (folder, W_OK | X_OK) == 0;
}

/* The folders for models, sessions, caches and the certificate. */
static void
doctor_check_user_folders (Doctor *self)
{
  const struct {
    const char *variable;
    const char *path;
  } folders[] = { { "XDG_DATA_HOME", g_get_user_data_dir () },
    { "XDG_STATE_HOME", g_get_user_state_dir () }, { "XDG_CACHE_HOME", g_get_user_cache_dir () } };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    const char *variable = folders[i].variable, *path = folders[i].path;
    gboolean is_set = g_getenv (variable) != NULL && *g_getenv (variable) != '\0';
    g_autofree char *what = g_strdup_printf ("%s=%s", variable, path);

    if (!g_path_is_absolute (path))
      doctor_report (self, what, "is not an absolute path", FALSE,
          "set the variable to an absolute path, or unset it");
    else if (!can_write_below (path))
      doctor_report (self, is_set ? what : path, "cannot be written", FALSE,
          is_set ? "set the variable to a folder of your own, or unset it"
                 : "make the folder yours, or set HOME to a folder of your own");
  }
}

static void
doctor_check_element (Doctor *self, const char *name, const char *purpose, gboolean needed)
{
  g_autoptr (GstElement) element = gst_element_factory_make (name, NULL);
  const char *package = habla_missing_element_find_package (name);
  g_autofree char *advice = NULL;

  if (element != NULL)
    gst_object_ref_sink (element);
  else if (package != NULL)
    advice = g_strdup_printf ("apt install %s", package);
  else
    advice = g_strdup ("reinstall Habla, or set GST_PLUGIN_PATH to the folder that contains it");
  doctor_report (self, name, purpose, needed, advice);
}

/* Several elements decode AAC, such as faad and avdec_aac. */
static void
doctor_check_aac (Doctor *self)
{
  g_autoptr (GstCaps) caps =
      gst_caps_from_string ("audio/mpeg, mpegversion=(int)4, stream-format=(string)raw");
  GList *decoders =
      gst_element_factory_list_get_elements (GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL);
  GList *fitting = gst_element_factory_list_filter (decoders, caps, GST_PAD_SINK, FALSE);

  doctor_report (self, "decoder for AAC", "reads AAC, as in MP4", FALSE,
      fitting != NULL ? NULL : "apt install gstreamer1.0-libav");
  gst_plugin_feature_list_free (fitting);
  gst_plugin_feature_list_free (decoders);
}

/* Sends @text (nullable) into @line, which must then begin with an appsrc "source".
 * Returns: (transfer full) (nullable): the text from its captionsink, or the number of bytes
 * through its metricstap; "" if there are none; %NULL on error */
static char *
doctor_probe (const char *line, const char *text, GError **error)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GString) answer = g_string_new (NULL);
  gint64 deadline = g_get_monotonic_time () + PROBE_SECONDS * G_USEC_PER_SEC;
  gboolean ended = FALSE;

  pipeline = gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (pipeline == NULL)
    return NULL;
  gst_object_ref_sink (pipeline);
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  if (source != NULL) {
    g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (text, strlen (text));
    GstFlowReturn flow;

    GST_BUFFER_PTS (buffer) = 0;
    GST_BUFFER_DURATION (buffer) = 5 * GST_SECOND;
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    g_signal_emit_by_name (source, "end-of-stream", &flow);
  }
  while (!ended && *error == NULL) {
    gint64 left = MAX (deadline - g_get_monotonic_time (), 0);
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, left * GST_USECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_ELEMENT);

    if (message == NULL) {
      g_set_error (
          error, HABLA_EXIT_ERROR, HABLA_EXIT_ENGINE, "no answer within %d s", PROBE_SECONDS);
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
      ended = TRUE;
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      gst_message_parse_error (message, error, NULL);
    } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning (message, error, NULL);
    } else if (gst_message_has_name (message, "habla/caption")) {
      g_autoptr (HablaUtterance) utterance =
          habla_utterance_from_structure (gst_message_get_structure (message));

      if (utterance->is_final)
        g_string_append_printf (answer, "%s%s", answer->len > 0 ? " " : "", utterance->text);
    } else if (gst_message_has_name (message, "habla/metrics")) {
      guint64 bytes = 0;

      gst_structure_get_uint64 (gst_message_get_structure (message), "bytes", &bytes);
      g_string_printf (answer, "%" G_GUINT64_FORMAT " bytes", bytes);
      if (bytes == 0)
        g_string_truncate (answer, 0);
    }
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return *error == NULL ? g_string_free (g_steal_pointer (&answer), FALSE) : NULL;
}

#define TEXT "appsrc name=source format=time caps=text/x-raw,format=utf8 ! "

/* Returns: a pair or language of @engine, one that begins with English if possible */
static const char *
doctor_choose_language (HablaEngine *engine)
{
  for (guint i = 0; engine->languages[i] != NULL; i++)
    if (g_str_has_prefix (engine->languages[i], "en"))
      return engine->languages[i];
  return engine->languages[0];
}

/* Makes the engine process a short input. */
static char *
doctor_probe_engine (HablaEngine *engine, GError **error)
{
  const char *language = doctor_choose_language (engine);
  g_autofree char *line = NULL;

  if (engine->kind == HABLA_ENGINE_TRANSLATOR) {
    g_autoptr (HablaLanguagePair) pair = habla_language_pair_parse (language);

    if (pair == NULL) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_LANGUAGE,
          "%s offers “%s”, which is not a pair of languages", engine->element, language);
      return NULL;
    }
    line = g_strdup_printf (TEXT "%s input-language-code=%s output-language-code=%s ! captionsink",
        engine->element, pair->from, pair->to);
    return doctor_probe (line, "The house is big.", error);
  }
  if (engine->kind == HABLA_ENGINE_SYNTHESIZER) {
    line = g_strdup_printf (TEXT "%s language-code=%s ! metricstap interval=60000 ! "
                                 "fakesink sync=false",
        engine->element, language);
    return doctor_probe (line, "One, two, three.", error);
  }
  /* Noise: it only matters that the engine does not fail. */
  line = g_strdup_printf (
      "audiotestsrc wave=pink-noise volume=0.1 num-buffers=100 ! audioconvert ! audioresample ! "
      "%s language-code=%s ! fakesink sync=false",
      engine->element, language);
  return doctor_probe (line, NULL, error);
}

/* Returns: whether the engine gets its languages from models of `habla models` */
static gboolean
doctor_needs_model (const HablaEngine *engine)
{
  static const char *const plugins[] = { "hablasherpa", "hablamarian", NULL };
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (engine->element);
  const char *plugin =
      factory != NULL ? gst_plugin_feature_get_plugin_name (GST_PLUGIN_FEATURE (factory)) : NULL;

  return plugin != NULL && g_strv_contains (plugins, plugin);
}

static void
doctor_check_engine (Doctor *self, HablaEngine *engine)
{
  const char *verb = kinds[engine->kind].verb;
  g_autofree char *state = NULL;
  g_autofree char *advice = NULL;
  g_autofree char *answer = NULL;
  GError *error = NULL;

  if (engine->languages[0] == NULL) {
    gboolean uses_models = doctor_needs_model (engine);

    state = g_strdup_printf ("%s nothing%s", verb, uses_models ? ": it has no model" : "");
    doctor_report (
        self, engine->element, state, FALSE, uses_models ? SETUP : kinds[engine->kind].data);
    return;
  }
  answer = doctor_probe_engine (engine, &error);
  if (answer == NULL || (*answer == '\0' && engine->kind != HABLA_ENGINE_TRANSCRIBER)) {
    state = g_strdup_printf ("is installed, but does not work");
    advice = g_strdup_printf ("its error: %s", error != NULL ? error->message : "no output");
    doctor_report (self, engine->element, state, TRUE, advice);
    g_clear_error (&error);
    return;
  }
  state = g_strdup_printf ("%s %u %s%s, and answers", verb, g_strv_length (engine->languages),
      engine->kind == HABLA_ENGINE_TRANSLATOR ? "language pair" : "language",
      g_strv_length (engine->languages) == 1 ? "" : "s");
  doctor_report (self, engine->element, state, TRUE, NULL);
}

static void
doctor_check_engines (Doctor *self)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++) {
    guint count = 0;
    gboolean uses_models = FALSE;

    for (guint i = 0; i < engines->len; i++) {
      HablaEngine *engine = g_ptr_array_index (engines, i);

      if (engine->kind != kind || !engine->lists_languages)
        continue;
      uses_models |= doctor_needs_model (engine);
      doctor_check_engine (self, engine);
      count += engine->languages[0] != NULL;
    }
    if (count == 0) {
      g_autofree char *what = g_strdup_printf ("an engine that %s", kinds[kind].verb);

      doctor_report (self, what, "there is none", TRUE, uses_models ? SETUP : kinds[kind].advice);
    }
  }
}

/* Languages that are translated, but not heard or spoken. */
static void
doctor_check_languages (Doctor *self)
{
  static const struct {
    HablaEngineKind kind;
    const char *state;
  } jobs[] = { { HABLA_ENGINE_TRANSCRIBER, "cannot be heard" },
    { HABLA_ENGINE_SYNTHESIZER, "cannot be spoken" } };
  g_autoptr (GPtrArray) engines = habla_engine_list ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  HablaLanguages languages = { NULL };

  habla_engine_registry_collect_languages (engines, &languages);
  for (guint i = 0; languages.readable[i] != NULL; i++) {
    char *language = habla_language_get_primary (languages.readable[i]);
    const char *name = habla_language_get_name (language);
    g_autofree char *what =
        name != NULL ? g_strdup_printf ("%s (%s)", language, name) : g_strdup (language);

    if (!g_hash_table_add (seen, language))
      continue;
    for (guint j = 0; j < G_N_ELEMENTS (jobs); j++) {
      g_autofree char *remedy = NULL;

      if (habla_engine_choose (engines, jobs[j].kind, language, NULL, NULL) != NULL)
        continue;
      remedy = habla_engine_describe_remedy (jobs[j].kind, language, NULL);
      doctor_report (self, what, jobs[j].state, FALSE, remedy);
    }
  }
  habla_languages_clear (&languages);
}

/* Models that failed their check. */
static void
doctor_check_models (Doctor *self)
{
  g_autoptr (GPtrArray) models = habla_installed_model_list ();

  for (guint i = 0; i < models->len; i++) {
    HablaModel *model = g_ptr_array_index (models, i);
    const char *id = habla_model_get_id (model), *reason = habla_model_get_unusable (model);
    g_autofree char *what = g_strdup_printf ("model %s", id);
    g_autofree char *advice =
        g_strdup_printf ("habla models verify %s, or habla models remove %s", id, id);

    if (reason != NULL)
      doctor_report (self, what, reason, FALSE, advice);
  }
}

static void
doctor_check_pipelines (Doctor *self)
{
  g_auto (GStrv) names = habla_pipeline_template_list ();
  g_autofree char *list = g_strjoinv (", ", names);
  gboolean has_file = g_strv_contains ((const char *const *) names, "file");

  doctor_report (self, "pipelines", *list != '\0' ? list : "there are none", TRUE,
      has_file ? NULL
               : "reinstall Habla, or set HABLA_PIPELINES to the folder that contains file.launch");
}

static void
doctor_check_microphone (Doctor *self)
{
  g_autoptr (GstDeviceMonitor) monitor = gst_device_monitor_new ();
  GList *devices;

  gst_device_monitor_add_filter (monitor, "Audio/Source", NULL);
  devices = gst_device_monitor_get_devices (monitor);
  if (devices != NULL) {
    g_autofree char *name = gst_device_get_display_name (devices->data);

    doctor_report (self, "microphone", name, FALSE, NULL);
  } else {
    doctor_report (self, "microphone", "there is none", FALSE,
        "connect one; recordings and network streams work without a microphone");
  }
  g_list_free_full (devices, gst_object_unref);
}

int
habla_command_doctor (int argc, char *argv[])
{
  Doctor self = { .works = TRUE };
  const GOptionEntry entries[] = { { "json", 'j', 0, G_OPTION_ARG_NONE, &self.json,
                                       "Print JSON, an object a line", NULL },
    { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context,
      "Checks that the parts Habla needs are installed and work, and says how to install missing\n"
      "ones. Exits with 69 if recorded speech cannot be translated here.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  doctor_check_plugin_path (&self);
  doctor_check_user_folders (&self);
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    doctor_check_element (&self, elements[i].element, elements[i].purpose, elements[i].needed);
  doctor_check_aac (&self);
  doctor_check_pipelines (&self);
  doctor_check_engines (&self);
  doctor_check_models (&self);
  doctor_check_languages (&self);
  doctor_check_microphone (&self);
  if (!self.json)
    puts (self.works ? "\nSpeech can be translated here."
                     : "\nSpeech cannot be translated here: see what is MISSING.");
  return self.works ? HABLA_EXIT_OK : HABLA_EXIT_UNAVAILABLE;
}
