/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An engine outside of Habla's sources, built as a plugin against the installed library: translates
 * English into upper case. */
#include <habla/habla.h>

G_DECLARE_FINAL_TYPE (ShoutTranslator, shout_translator, SHOUT, TRANSLATOR, HablaTranslator)

struct _ShoutTranslator {
  HablaTranslator parent_instance;
};

G_DEFINE_TYPE (ShoutTranslator, shout_translator, HABLA_TYPE_TRANSLATOR)
GST_ELEMENT_REGISTER_DEFINE (
    shouttranslator, "shouttranslator", GST_RANK_NONE, shout_translator_get_type ())

static gboolean
shout_translator_start (HablaTranslator *translator, const char *input_language,
    const char *output_language, GError **error)
{
  return TRUE;
}

static void
shout_translator_stop (HablaTranslator *translator)
{
}

static char *
shout_translator_translate (
    HablaTranslator *translator, const char *text, GCancellable *cancellable, GError **error)
{
  return g_utf8_strup (text, -1);
}

static GStrv
shout_translator_list_pairs (HablaTranslator *translator)
{
  return g_strdupv ((char *[]){ (char *) "en>art", NULL });
}

static void
shout_translator_class_init (ShoutTranslatorClass *klass)
{
  HablaTranslatorClass *translator_class = HABLA_TRANSLATOR_CLASS (klass);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Shout", "Filter/Text",
      "Translates English into louder English", "Habla developers");
  translator_class->start = shout_translator_start;
  translator_class->stop = shout_translator_stop;
  translator_class->translate = shout_translator_translate;
  translator_class->list_pairs = shout_translator_list_pairs;
}

static void
shout_translator_init (ShoutTranslator *self)
{
}

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (shouttranslator, plugin);
}

#define PACKAGE "shout"
GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, shout, "Shout", plugin_init, "1.0", "LGPL",
    "shout", "https://habla.example/")
