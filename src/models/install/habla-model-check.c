/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads a model once and lets it work, in a process that may crash or hang.
 *
 * usage: habla-model-check FOLDER
 *
 * Exits with a status of <models/install/model-check.h>; the last line on standard error is the
 * reason.
 */
#include <gst/gst.h>
#include <habla/model.h>
#include <models/install/model-check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of the file with what engines write to standard error. Libraries write compiled code to files of
 * a megabyte. */
#define MAX_OUTPUT (64 * 1024 * 1024)
#define TEXT "Hello.\n"

typedef struct {
  const char *engine;
  const char *job;
  const char *factory;
  const char *property; /* for the folder of the model */
} Loader;

static const Loader loaders[] = {
  { "sherpa", HABLA_MODEL_JOB_TRANSCRIBER, "sherpatranscriber", "model" },
  { "sherpa", HABLA_MODEL_JOB_SYNTHESIZER, "sherpasynthesizer", "voice" },
  { "marian", HABLA_MODEL_JOB_TRANSLATOR, "mariantranslator", "model" },
};

/* Always in UTF-8. Begins a line, because engines may have left one unfinished. */
static void
tell (const char *reason)
{
  fprintf (stderr, "\n%s\n", reason);
}

/* Returns: %NULL if no element loads such models */
static const Loader *
find_loader (HablaModel *model)
{
  for (guint i = 0; i < G_N_ELEMENTS (loaders); i++)
    if (g_str_equal (loaders[i].engine, habla_model_get_engine (model)) &&
        g_str_equal (loaders[i].job, habla_model_get_job (model)))
      return &loaders[i];
  return NULL;
}

static void
set_property (GstElement *element, const char *name, const char *value)
{
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), name) != NULL)
    g_object_set (element, name, value, NULL);
}

static void
set_languages (GstElement *element, HablaModel *model)
{
  const char *language = habla_model_get_languages (model)[0];
  g_auto (GStrv) pair = NULL;

  if (language == NULL)
    return;
  pair = g_strsplit (language, ">", 2);
  if (pair[1] == NULL) {
    set_property (element, "language-code", language);
    return;
  }
  set_property (element, "input-language-code", pair[0]);
  set_property (element, "output-language-code", pair[1]);
}

/* Two seconds of noise for a transcriber, a line of text for others. */
static GstElement *
make_source (HablaModel *model)
{
  int ends[2];
  g_autofree char *line = NULL;

  if (g_str_equal (habla_model_get_job (model), HABLA_MODEL_JOB_TRANSCRIBER))
    return gst_parse_bin_from_description (
        "audiotestsrc wave=pink-noise num-buffers=20 "
        "samplesperbuffer=1600 ! audio/x-raw,rate=16000,channels=1 "
        "! audioconvert",
        TRUE, NULL);
  if (pipe (ends) != 0 || write (ends[1], TEXT, strlen (TEXT)) != (gssize) strlen (TEXT))
    return NULL;
  close (ends[1]);
  line = g_strdup_printf ("fdsrc fd=%d", ends[0]);
  return gst_parse_bin_from_description (line, TRUE, NULL);
}

/* @reason: (out): why the model is not usable */
static int
report (GstMessage *message, char **reason)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return HABLA_MODEL_CHECK_USABLE;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, &debug);
  else
    gst_message_parse_warning (message, &error, &debug);
  *reason = g_strdup (error->message);
  return HABLA_MODEL_CHECK_UNUSABLE;
}

/* Engines that fail post a warning and pass their input through. */
static int
run (GstElement *pipeline, char **reason)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  return report (message, reason);
}

/* Most transcribers need a second model. They look for it last, and a failure for want of it proves
 * nothing; any other one does. */
static gboolean
lacks_voice_activity (HablaModel *model, const char *reason)
{
  g_autoptr (HablaModel) other = NULL;
  g_autoptr (GError) missing = NULL;

  if (!g_str_equal (habla_model_get_job (model), HABLA_MODEL_JOB_TRANSCRIBER))
    return FALSE;
  other = habla_model_find_installed (
      habla_model_get_engine (model), HABLA_MODEL_JOB_VOICE_ACTIVITY, NULL, &missing);
  return other == NULL && strstr (reason, missing->message) != NULL;
}

static int
check (HablaModel *model, GstElement *element, const char *property)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = make_source (model);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autofree char *reason = NULL;
  int status;

  if (source == NULL || sink == NULL) {
    tell ("the check needs GStreamer's base plugins; install gstreamer1.0-plugins-base");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  g_object_set (element, property, habla_model_get_path (model), NULL);
  set_languages (element, model);
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, element, sink, NULL);
  if (!gst_element_link_many (source, element, sink, NULL)) {
    tell ("the element of its engine cannot be linked; install Habla again");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  status = run (pipeline, &reason);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  if (status != HABLA_MODEL_CHECK_UNUSABLE)
    return status;
  if (lacks_voice_activity (model, reason)) {
    tell ("no model for voice activity is installed; run “habla models install silero-vad”, then "
          "“habla models verify”");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  tell (reason);
  return status;
}

static void
limit_resources (void)
{
  const struct rlimit no_core = { 0, 0 };
  const struct rlimit output = { MAX_OUTPUT, MAX_OUTPUT };

  setrlimit (RLIMIT_CORE, &no_core);
  setrlimit (RLIMIT_FSIZE, &output);
  /* Larger files fail instead: libespeak-ng lets PulseAudio try to create one in memory. */
  signal (SIGXFSZ, SIG_IGN);
}

int
main (int argc, char **argv)
{
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  const Loader *loader;
  GstElement *element;

  /* Before the limits: this may write GStreamer's registry. */
  gst_init (&argc, &argv);
  limit_resources ();
  if (argc != 2) {
    tell ("usage: habla-model-check FOLDER");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  model = habla_model_load (argv[1], &error);
  if (model == NULL) {
    tell (error->message);
    return HABLA_MODEL_CHECK_UNUSABLE;
  }
  loader = find_loader (model);
  element = loader != NULL ? gst_element_factory_make (loader->factory, NULL) : NULL;
  if (element == NULL) {
    g_autofree char *reason = g_strdup_printf ("no element for the engine “%s” is installed that "
                                               "could load it",
        habla_model_get_engine (model));

    tell (reason);
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  return check (model, element, loader->property);
}
