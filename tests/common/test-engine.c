/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-engine.h"

#include "test-transcriber.h"

static GQuark
engine_quark (void)
{
  return g_quark_from_static_string ("test-engine");
}

static const TestEngine *
engine_of (gpointer element)
{
  return g_type_get_qdata (G_OBJECT_TYPE (element), engine_quark ());
}

static GStrv
engine_list_languages (const TestEngine *self)
{
  const char *root = g_getenv ("HABLA_MODELS_PATH");
  g_autofree char *folder =
      self->folder != NULL ? g_build_filename (root, self->folder, NULL) : NULL;

  if (folder != NULL && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return g_new0 (char *, 1);
  return g_strdupv ((GStrv) self->languages);
}

static char *
engine_sign (gpointer element, const char *text)
{
  return g_strdup_printf ("%s: %s", engine_of (element)->element, text);
}

static GStrv
test_engine_list_heard (HablaTranscriber *transcriber)
{
  return engine_list_languages (engine_of (transcriber));
}

static char *
test_engine_end (HablaTranscriber *transcriber, double *confidence, GError **error)
{
  HablaTranscriberClass *klass = g_type_class_peek (TEST_TYPE_TRANSCRIBER);
  g_autofree char *text = klass->end (transcriber, confidence, error);

  if (text == NULL)
    return NULL;
  g_strstrip (text);
  if (*text == 'w')
    g_object_set_data (
        G_OBJECT (transcriber), "word", GUINT_TO_POINTER (g_ascii_strtoull (text + 1, NULL, 10)));
  return engine_sign (transcriber, text);
}

static GStrv
test_engine_list_detectable (HablaTranscriber *transcriber)
{
  const TestEngine *engine = engine_of (transcriber);

  return engine->detects ? engine_list_languages (engine) : g_new0 (char *, 1);
}

static void
test_engine_describe (HablaTranscriber *transcriber, HablaTranscription *transcription)
{
  const TestEngine *engine = engine_of (transcriber);
  guint word = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (transcriber), "word"));

  if (habla_transcriber_get_detected (transcriber) != NULL)
    transcription->language = g_strdup (engine->languages[word >= TEST_ENGINE_SECOND_LANGUAGE]);
}

static void
transcriber_class_init (gpointer klass, gpointer data)
{
  HABLA_TRANSCRIBER_CLASS (klass)->list_detectable = test_engine_list_detectable;
  HABLA_TRANSCRIBER_CLASS (klass)->describe = test_engine_describe;
  HABLA_TRANSCRIBER_CLASS (klass)->list_languages = test_engine_list_heard;
  HABLA_TRANSCRIBER_CLASS (klass)->end = test_engine_end;
  HABLA_TRANSCRIBER_CLASS (klass)->cut = NULL;
}

static GStrv
test_engine_list_pairs (HablaTranslator *translator)
{
  return engine_list_languages (engine_of (translator));
}

static char *
test_engine_translate (
    HablaTranslator *translator, const char *text, GCancellable *cancellable, GError **error)
{
  return engine_sign (translator, text);
}

static gboolean
test_engine_start (
    HablaTranslator *translator, const char *input, const char *output, GError **error)
{
  int *n_running = engine_of (translator)->n_running;

  if (n_running == NULL)
    return TRUE;
  g_assert_false (g_main_context_is_owner (NULL));
  g_atomic_int_inc (n_running);
  return TRUE;
}

static void
test_engine_stop (HablaTranslator *translator)
{
  if (engine_of (translator)->n_running != NULL)
    g_atomic_int_add (engine_of (translator)->n_running, -1);
}

static void
translator_class_init (gpointer klass, gpointer data)
{
  HABLA_TRANSLATOR_CLASS (klass)->list_pairs = test_engine_list_pairs;
  HABLA_TRANSLATOR_CLASS (klass)->translate = test_engine_translate;
  HABLA_TRANSLATOR_CLASS (klass)->start = test_engine_start;
  HABLA_TRANSLATOR_CLASS (klass)->stop = test_engine_stop;
  gst_element_class_set_static_metadata (
      klass, "Test translator", "Filter/Text", "Signs texts", "Habla developers");
}

static GStrv
test_engine_list_spoken (HablaSynthesizer *synthesizer)
{
  return engine_list_languages (engine_of (synthesizer));
}

static void
synthesizer_class_init (gpointer klass, gpointer data)
{
  HABLA_SYNTHESIZER_CLASS (klass)->list_languages = test_engine_list_spoken;
  gst_element_class_set_static_metadata (
      klass, "Test synthesizer", "Filter/Text", "Speaks nothing", "Habla developers");
}

/* A class without a list of languages, as other people's engines are. */

static const char *const media[] = { "audio/x-raw", "text/x-raw", "text/x-raw", "audio/x-raw" };

static void
foreign_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_object_set_data_full (object, pspec->name, g_value_dup_string (value), g_free);
}

static void
foreign_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, g_object_get_data (object, pspec->name));
}

static void
foreign_class_init (gpointer klass, gpointer data)
{
  HablaEngineKind kind = ((const TestEngine *) data)->kind;
  gboolean translates = kind == HABLA_ENGINE_TRANSLATOR;

  G_OBJECT_CLASS (klass)->set_property = foreign_set_property;
  G_OBJECT_CLASS (klass)->get_property = foreign_get_property;
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (media[kind + i]);

    gst_element_class_add_pad_template (
        klass, gst_pad_template_new (i == 0 ? "sink" : "src", i == 0 ? GST_PAD_SINK : GST_PAD_SRC,
                   GST_PAD_ALWAYS, caps));
  }
  g_object_class_install_property (klass, 1,
      g_param_spec_string (translates ? "output-language-code" : "language-code", NULL, NULL, NULL,
          G_PARAM_READWRITE));
  gst_element_class_set_static_metadata (
      klass, "Foreign engine", "Filter", "Lists no languages", "Others");
}

void
test_engine_register (GstPlugin *plugin, const TestEngine *engine)
{
  static const struct {
    GType (*get_parent) (void);
    GClassInitFunc class_init;
  } kinds[] = {
    [HABLA_ENGINE_TRANSCRIBER] = { test_transcriber_get_type, transcriber_class_init },
    [HABLA_ENGINE_TRANSLATOR] = { habla_translator_get_type, translator_class_init },
    [HABLA_ENGINE_SYNTHESIZER] = { habla_synthesizer_get_type, synthesizer_class_init },
  };
  gboolean is_foreign = engine->languages == NULL;
  GType parent = is_foreign ? GST_TYPE_ELEMENT : kinds[engine->kind].get_parent ();
  g_autofree char *name = g_strconcat ("TestEngine-", engine->element, NULL);
  GTypeQuery query;
  GTypeInfo info = { 0 };
  GType type;

  g_type_query (parent, &query);
  info.class_size = query.class_size;
  info.class_init = is_foreign ? foreign_class_init : kinds[engine->kind].class_init;
  info.class_data = engine;
  info.instance_size = query.instance_size;
  type = g_type_register_static (parent, name, &info, 0);
  g_type_set_qdata (type, engine_quark (), (gpointer) engine);
  g_assert_true (gst_element_register (plugin, engine->element, engine->rank, type));
}
