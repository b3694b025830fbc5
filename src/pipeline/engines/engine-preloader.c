/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A translator in PAUSED holds its engine, which other translators share. A transcriber that has
 * been in PAUSED leaves its model loaded as long as any transcriber exists. */
#include "pipeline/engines/engine-preloader.h"

#include "pipeline/engines/engine-registry.h"

#include <habla/error.h>
#include <habla/language.h>
#include <habla/utterance-meta.h>
#include <string.h>

#define PROBE_TIMEOUT (5 * GST_SECOND)

/* Held while any engine is loaded. */
static GMutex loading;

/* What to load. */
typedef struct {
  char *from;
  char *to;
  char *transcriber;  /* name of the element; NULL = none recognises @from */
  char *translator;   /* name of the element; NULL = none translates @from into @to */
  gboolean is_server; /* whether a server translates, and @translator only replaces it */
} Choice;

struct _HablaEnginePreloader {
  GMutex lock;
  Choice *wanted; /* protected by lock; (atomic reference count); replaced, never changed */
  Choice *loaded; /* protected by lock; the last @wanted that was loaded; NULL = none */

  GMutex load_lock;        /* held while this preloader loads engines; locked before lock */
  GstElement *transcriber; /* protected by load_lock; NULL = not loaded */
  GstElement *translator;  /* protected by load_lock; NULL = not loaded */
};

static gboolean
engine_is_server (const HablaEngine *self)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (self->element);
  const char *klass =
      factory != NULL ? gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS) : "";

  return strstr (klass, "Network") != NULL;
}

/* A server has nothing to load, and a test text costs money: the engine that replaces it while it
 * fails is chosen instead.
 *
 * Returns: (transfer full) (nullable): the name of the best engine of @kind */
static char *
preloader_choose (
    GPtrArray *engines, HablaEngineKind kind, const char *from, const char *to, gboolean *is_server)
{
  const HablaEngine *engine = habla_engine_choose (engines, kind, from, to, NULL);
  g_autoptr (GPtrArray) local = NULL;

  *is_server = engine != NULL && engine_is_server (engine);
  if (*is_server) {
    local = habla_engine_list ();
    engine = habla_engine_choose (local, kind, from, to, NULL);
  }
  return engine != NULL ? g_strdup (engine->element) : NULL;
}

static Choice *
choice_new (GPtrArray *engines, const char *from, const char *to)
{
  Choice *self = g_atomic_rc_box_new0 (Choice);
  gboolean hears_remotely;

  self->from = g_strdup (from);
  self->to = g_strdup (to);
  self->transcriber =
      preloader_choose (engines, HABLA_ENGINE_TRANSCRIBER, from, NULL, &hears_remotely);
  self->translator =
      preloader_choose (engines, HABLA_ENGINE_TRANSLATOR, from, to, &self->is_server);
  return self;
}

static void
choice_clear (Choice *self)
{
  g_free (self->from);
  g_free (self->to);
  g_free (self->transcriber);
  g_free (self->translator);
}

static void
choice_unref (Choice *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) choice_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_unref)

HablaEnginePreloader *
habla_engine_preloader_new (GPtrArray *engines, const char *from, const char *to)
{
  HablaEnginePreloader *self = g_new0 (HablaEnginePreloader, 1);

  g_mutex_init (&self->lock);
  g_mutex_init (&self->load_lock);
  self->wanted = choice_new (engines, from, to);
  return self;
}

void
habla_engine_preloader_set_engines (
    HablaEnginePreloader *self, GPtrArray *engines, const char *from, const char *to)
{
  g_autoptr (Choice) old = NULL;
  Choice *wanted = choice_new (engines, from, to);

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->wanted);
  self->wanted = wanted;
  g_mutex_unlock (&self->lock);
}

static Choice *
preloader_get_wanted (HablaEnginePreloader *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_atomic_rc_box_acquire (self->wanted);
}

static void
element_drop (GstElement **element)
{
  if (*element != NULL)
    gst_element_set_state (*element, GST_STATE_NULL);
  gst_clear_object (element);
}

void
habla_engine_preloader_free (HablaEnginePreloader *self)
{
  element_drop (&self->transcriber);
  element_drop (&self->translator);
  g_clear_pointer (&self->wanted, choice_unref);
  g_clear_pointer (&self->loaded, choice_unref);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->load_lock);
  g_free (self);
}

/* Returns: (transfer full) (nullable): an element in PAUSED, with the properties @input = @from and
 * @output = @to */
static GstElement *
element_load (const char *name, const char *input, const char *from, const char *output,
    const char *to, GError **error)
{
  GstElement *element = gst_element_factory_make (name, NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();

  if (element == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "There is no element “%s”; run “habla doctor” to see what is missing", name);
    return NULL;
  }
  gst_object_ref_sink (element);
  g_object_set (element, input, from, output, to, NULL);
  gst_element_set_bus (element, bus);
  if (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE) {
    habla_engine_pop_error (element, error);
    element_drop (&element);
    return NULL;
  }
  gst_bus_set_flushing (bus, TRUE);
  gst_element_set_bus (element, NULL);
  return element;
}

/* Called with load_lock held. The engines that were loaded before are released only now, so that
 * what both use stays loaded. @choice: (nullable): %NULL = nothing is loaded now */
static void
preloader_replace (
    HablaEnginePreloader *self, Choice *choice, GstElement *transcriber, GstElement *translator)
{
  g_autoptr (Choice) old = NULL;

  element_drop (&self->transcriber);
  element_drop (&self->translator);
  self->transcriber = transcriber;
  self->translator = translator;
  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->loaded);
  self->loaded = choice != NULL ? g_atomic_rc_box_acquire (choice) : NULL;
  g_mutex_unlock (&self->lock);
}

/* Called with load_lock held. */
static gboolean
preloader_load_choice (HablaEnginePreloader *self, Choice *choice, GError **error)
{
  g_autoptr (GMutexLocker) loading_locker = g_mutex_locker_new (&loading);
  GstElement *transcriber = NULL, *translator = NULL;

  if (choice->translator == NULL && !choice->is_server) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "No translator here translates “%s” into “%s”; run “habla doctor” to see what is missing",
        choice->from, choice->to);
    return FALSE;
  }
  if (choice->translator != NULL) {
    translator = element_load (choice->translator, "input-language-code", choice->from,
        "output-language-code", choice->to, error);
    if (translator == NULL)
      return FALSE;
  }
  if (choice->transcriber != NULL) {
    transcriber =
        element_load (choice->transcriber, "language-code", choice->from, NULL, NULL, error);
    if (transcriber == NULL) {
      element_drop (&translator);
      return FALSE;
    }
    gst_element_set_state (transcriber, GST_STATE_READY);
  }
  preloader_replace (self, choice, transcriber, translator);
  return TRUE;
}

gboolean
habla_engine_preloader_load (HablaEnginePreloader *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->load_lock);

  while (!habla_engine_preloader_are_loaded (self)) {
    g_autoptr (Choice) choice = preloader_get_wanted (self);

    if (!preloader_load_choice (self, choice, error)) {
      preloader_replace (self, NULL, NULL, NULL);
      return FALSE;
    }
  }
  return TRUE;
}

void
habla_engine_preloader_wait (void)
{
  g_mutex_lock (&loading);
  g_mutex_unlock (&loading);
}

gboolean
habla_engine_preloader_are_loaded (HablaEnginePreloader *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->loaded == self->wanted;
}

char *
habla_engine_preloader_get_loaded (HablaEnginePreloader *self, HablaEngineKind kind)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->loaded == NULL)
    return NULL;
  return g_strdup (
      kind == HABLA_ENGINE_TRANSCRIBER ? self->loaded->transcriber : self->loaded->translator);
}

static GstElement *
preloader_create_probe (const Choice *choice, GError **error)
{
  g_autofree char *line =
      g_strdup_printf ("appsrc name=input format=time caps=text/x-raw,format=utf8 ! "
                       "%s name=translator input-language-code=%s output-language-code=%s ! "
                       "appsink name=output sync=false async=false",
          choice->translator, choice->from, choice->to);
  GstElement *pipeline = gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);

  return pipeline != NULL ? gst_object_ref_sink (pipeline) : NULL;
}

static gboolean
sample_is_translated (GstSample *sample)
{
  guint64 last_id = 0;
  g_autoptr (HablaUtterance) utterance = habla_utterance_from_buffer (
      gst_sample_get_buffer (sample), gst_sample_get_segment (sample), &last_id);

  return utterance != NULL && !utterance->untranslated && *utterance->text != '\0';
}

static gboolean
preloader_send_test_text (const Choice *choice, GstElement *pipeline, GError **error)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "input");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline), "output");
  g_autoptr (HablaUtterance) text =
      habla_utterance_new (1, g_str_equal (choice->from, "es") ? "casa" : "house", choice->from);
  g_autoptr (GstSample) sample = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;
  GstSegment segment;

  text->begin = 0;
  text->end = GST_SECOND;
  text->is_final = TRUE;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  buffer = habla_utterance_to_buffer (text, &segment);
  if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    habla_engine_pop_error (pipeline, error);
    return FALSE;
  }
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  g_signal_emit_by_name (sink, "try-pull-sample", (guint64) PROBE_TIMEOUT, &sample);
  if (sample == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_TIMEOUT,
        "%s did not translate one word from “%s” into “%s” within %d s", choice->translator,
        choice->from, choice->to, (int) (PROBE_TIMEOUT / GST_SECOND));
    return FALSE;
  }
  if (!sample_is_translated (sample)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "%s cannot translate one word from “%s” into “%s”; see the log for the reason",
        choice->translator, choice->from, choice->to);
    return FALSE;
  }
  return TRUE;
}

gboolean
habla_engine_preloader_probe (HablaEnginePreloader *self, GError **error)
{
  g_autoptr (Choice) choice = NULL;
  GstElement *pipeline;
  gboolean answers;

  if (!habla_engine_preloader_load (self, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  if (self->loaded != NULL)
    choice = g_atomic_rc_box_acquire (self->loaded);
  g_mutex_unlock (&self->lock);
  if (choice == NULL) {
    g_set_error_literal (
        error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The engines are being replaced; try again");
    return FALSE;
  }
  if (choice->translator == NULL)
    return TRUE;
  pipeline = preloader_create_probe (choice, error);
  if (pipeline == NULL)
    return FALSE;
  answers = preloader_send_test_text (choice, pipeline, error);
  element_drop (&pipeline);
  return answers;
}
