/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pages of gst-inspect-1.0 are complete: plugins, elements, their pads, properties and signals.
 */
#include "habla-test.h"

#include <habla/engine.h>

#include "factories.h"

/* Returns: whether the property is a quantity, not an enumeration or a boolean */
static gboolean
is_numeric (GParamSpec *pspec)
{
  return G_IS_PARAM_SPEC_INT (pspec) || G_IS_PARAM_SPEC_UINT (pspec) ||
         G_IS_PARAM_SPEC_LONG (pspec) || G_IS_PARAM_SPEC_ULONG (pspec) ||
         G_IS_PARAM_SPEC_INT64 (pspec) || G_IS_PARAM_SPEC_UINT64 (pspec) ||
         G_IS_PARAM_SPEC_FLOAT (pspec) || G_IS_PARAM_SPEC_DOUBLE (pspec);
}

static gboolean
is_our_type (GType type)
{
  return g_str_has_prefix (g_type_name (type), "Habla");
}

static void
check_blurb (const char *factory_name, GParamSpec *pspec)
{
  static const char *const units = "second|words a minute|\\bHz\\b|percent|bytes|semitone|how "
                                   "many|number of|factor|from 0|100 =|50 =";
  const char *blurb = g_param_spec_get_blurb (pspec);

  if (blurb == NULL || *blurb == '\0')
    g_error ("property %s of %s has no blurb", pspec->name, factory_name);
  if (g_str_equal (g_param_spec_get_nick (pspec), pspec->name))
    g_error ("property %s of %s has no nick", pspec->name, factory_name);
  if (is_numeric (pspec) && !g_regex_match_simple (units, blurb, G_REGEX_CASELESS, 0))
    g_error ("property %s of %s does not tell its unit: “%s”", pspec->name, factory_name, blurb);
}

static void
check_enum (const char *factory_name, GEnumClass *values)
{
  for (guint i = 0; i < values->n_values; i++) {
    const GEnumValue *value = &values->values[i];

    if (value->value_nick == NULL || value->value_name == NULL || *value->value_name == '\0' ||
        g_str_has_prefix (value->value_name, "HABLA_"))
      g_error ("a value of %s of %s has no nick or no description",
          g_type_name (G_ENUM_CLASS_TYPE (values)), factory_name);
  }
}

/* The description ends in “gst-launch-1.0 [OPTIONS] LINE”. */
static void
check_example (const char *factory_name, const char *description)
{
  g_autoptr (GRegex) regex = g_regex_new ("gst-launch-1\\.0((?: -[a-z]+)*) ([^\\n]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autofree char *line = NULL;

  if (!g_regex_match (regex, description, 0, &match))
    g_error ("the description of %s holds no gst-launch-1.0 line", factory_name);
  line = g_match_info_fetch (match, 2);
  g_assert_nonnull (strstr (line, factory_name));
  pipeline = gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (error != NULL)
    g_error ("the example of %s: %s: %s", factory_name, line, error->message);
  gst_object_ref_sink (pipeline);
}

static void
check_properties (GstElement *element, const char *factory_name)
{
  guint n_pspecs;
  g_autofree GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n_pspecs);

  for (guint i = 0; i < n_pspecs; i++) {
    if (!is_our_type (pspecs[i]->owner_type))
      continue;
    check_blurb (factory_name, pspecs[i]);
    if (G_IS_PARAM_SPEC_ENUM (pspecs[i]))
      check_enum (factory_name, G_PARAM_SPEC_ENUM (pspecs[i])->enum_class);
  }
}

/* GStreamer's own elements begin with one of these. */
static void
check_metadata (GstElementFactory *factory, const char *name)
{
  static const char *const fields[] = { GST_ELEMENT_METADATA_LONGNAME, GST_ELEMENT_METADATA_KLASS,
    GST_ELEMENT_METADATA_DESCRIPTION, GST_ELEMENT_METADATA_AUTHOR };
  static const char *const words = "^(Audio|Codec|Filter|Generic|Sink|Source|Text)/";

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    const char *value = gst_element_factory_get_metadata (factory, fields[i]);

    if (value == NULL || *value == '\0')
      g_error ("%s has no %s", name, fields[i]);
  }
  if (!g_regex_match_simple (
          words, gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS), 0, 0))
    g_error ("%s has an unusual class", name);
  if (!g_regex_match_simple ("^[^<>]+ <[^<>@ ]+@[^<>@ ]+>$",
          gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_AUTHOR), 0, 0))
    g_error ("the author of %s is not “NAME <ADDRESS>”", name);
}

/* Elements that decodebin must not choose, and engines on a server, have no rank. */
static void
check_rank (GstElementFactory *factory, const char *name)
{
  guint rank = gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory));
  g_autoptr (HablaEngine) engine = habla_engine_new (name);
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);

  if (engine == NULL || strstr (klass, "Network") != NULL)
    g_assert_cmpuint (rank, ==, GST_RANK_NONE);
  else
    g_assert_true (rank == GST_RANK_SECONDARY || rank == GST_RANK_PRIMARY);
}

static void
check_plugin (GstElementFactory *factory)
{
  g_autoptr (GstPlugin) plugin = gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory));

  g_assert_cmpint (strlen (gst_plugin_get_description (plugin)), >, 10);
  g_assert_cmpstr (gst_plugin_get_source (plugin), ==, "habla");
  g_assert_cmpstr (gst_plugin_get_package (plugin), ==, "habla");
  g_assert_true (g_str_has_prefix (gst_plugin_get_origin (plugin), "https://"));
  g_assert_cmpstr (gst_plugin_get_version (plugin), !=, "");
  /* GStreamer does not load plugins with a license that it does not know. */
  g_assert_true (g_str_equal (gst_plugin_get_license (plugin), "LGPL") ||
                 g_str_equal (gst_plugin_get_license (plugin), "GPL"));
}

static void
check_mentioned (const char *page, const char *word, const char *what, const char *name)
{
  g_autofree char *quoted = g_regex_escape_string (word, -1);
  g_autofree char *pattern = g_strdup_printf ("`[^`\n]*%s[^`\n]*`", quoted);

  if (!g_regex_match_simple (pattern, page, 0, 0))
    g_error ("docs/elements/%s.md does not describe the %s %s", name, what, word);
}

/* gst-inspect-1.0 has no place for the meaning of pads and signals: the page of the element has it.
 */
static void
check_page (GstElement *element, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".md", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "docs", "elements", file, NULL);
  GType type = G_OBJECT_TYPE (element);
  g_autofree char *page = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint *signals = NULL;
  guint n_signals;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  for (const GList *l = gst_element_get_pad_template_list (element); l != NULL; l = l->next) {
    GstPadTemplate *template = l->data;
    g_autoptr (GstCaps) caps = gst_pad_template_get_caps (template);
    g_auto (GStrv) parts = g_strsplit (GST_PAD_TEMPLATE_NAME_TEMPLATE (template), "%", 2);

    g_assert_false (gst_caps_is_empty (caps));
    check_mentioned (page, parts[0], "pad", name);
  }
  signals = g_signal_list_ids (type, &n_signals);
  for (guint i = 0; i < n_signals; i++)
    check_mentioned (page, g_signal_name (signals[i]), "signal", name);
}

static void
test_page (gconstpointer factory_name)
{
  g_autoptr (GstElement) element =
      gst_object_ref_sink (gst_element_factory_make (factory_name, NULL));
  GstElementFactory *factory = gst_element_get_factory (element);

  check_metadata (factory, factory_name);
  check_rank (factory, factory_name);
  check_plugin (factory);
  check_properties (element, factory_name);
  check_page (element, factory_name);
  check_example (
      factory_name, gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_DESCRIPTION));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  factories_add_tests ("inspect", test_page);
  return habla_test_run ();
}
