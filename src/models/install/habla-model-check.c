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
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of what the libraries of engines write to standard error. */
#define MAX_OUTPUT (1024 * 1024)
#define TEXT "Hello.\n"

typedef struct {
  const char *engine;
  const char *job;
  const char *factory;
} Loader;

static const Loader loaders[] = {
  { "sherpa", HABLA_MODEL_JOB_TRANSCRIBER, "sherpatranscriber" },
  { "sherpa", HABLA_MODEL_JOB_SYNTHESIZER, "sherpasynthesizer" },
  { "marian", HABLA_MODEL_JOB_TRANSLATOR, "mariantranslator" },
};

/* Returns: %NULL if no element loads such models */
static const char *
find_factory (HablaModel *model)
{
  for (guint i = 0; i < G_N_ELEMENTS (loaders); i++)
    if (g_str_equal (loaders[i].engine, habla_model_get_engine (model)) &&
        g_str_equal (loaders[i].job, habla_model_get_job (model)))
      return loaders[i].factory;
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

static int
report (GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *debug = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return HABLA_MODEL_CHECK_USABLE;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, &debug);
  else
    gst_message_parse_warning (message, &error, &debug);
  g_printerr ("\n%s\n", error->message);
  return HABLA_MODEL_CHECK_UNUSABLE;
}

/* Engines that fail post a warning and pass their input through. */
static int
run (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
  return report (message);
}

static int
check (HablaModel *model, GstElement *element)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = make_source (model);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  int status;

  if (source == NULL || sink == NULL) {
    g_printerr ("\nThe check needs GStreamer's base plugins; install gstreamer1.0-plugins-base\n");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  g_object_set (element, "model", habla_model_get_path (model), NULL);
  set_languages (element, model);
  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, element, sink, NULL);
  if (!gst_element_link_many (source, element, sink, NULL)) {
    g_printerr ("\nThe element of the engine cannot be linked; install Habla again\n");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  status = run (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return status;
}

static void
limit_resources (void)
{
  const struct rlimit no_core = { 0, 0 };
  const struct rlimit output = { MAX_OUTPUT, MAX_OUTPUT };

  setrlimit (RLIMIT_CORE, &no_core);
  setrlimit (RLIMIT_FSIZE, &output);
}

int
main (int argc, char **argv)
{
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  const char *factory;
  GstElement *element;

  /* Before the limits: this may write GStreamer's registry. */
  gst_init (&argc, &argv);
  limit_resources ();
  if (argc != 2) {
    g_printerr ("usage: habla-model-check FOLDER\n");
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  model = habla_model_load (argv[1], &error);
  if (model == NULL) {
    g_printerr ("\n%s\n", error->message);
    return HABLA_MODEL_CHECK_UNUSABLE;
  }
  factory = find_factory (model);
  element = factory != NULL ? gst_element_factory_make (factory, NULL) : NULL;
  if (element == NULL) {
    g_printerr ("\nno element for the engine “%s” is installed that could check it\n",
        habla_model_get_engine (model));
    return HABLA_MODEL_CHECK_SKIPPED;
  }
  return check (model, element);
}
