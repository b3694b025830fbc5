/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/template/pipeline-template.h"

#include "pipeline/template/decode-guard.h"
#include "pipeline/template/missing-element.h"

#include <habla/engine.h>
#include <habla/error.h>

#include <install-paths.h>
#include <string.h>

struct _HablaPipelineTemplate {
  char *origin; /* name of the file, for messages */
  char *summary;
  GPtrArray *parameters; /* of HablaPipelineParameter */
  GStrv lines;           /* with comments: the index is the line number minus 1 */
};

#define SUFFIX ".launch"

static void
parameter_free (HablaPipelineParameter *parameter)
{
  g_free (parameter->name);
  g_free (parameter->value);
  g_free (parameter->about);
  g_free (parameter);
}

/* Returns: (transfer full): folders with templates, by descending priority */
static GStrv
template_get_dirs (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *override = g_getenv ("HABLA_PIPELINES");
  const char *const *data_dirs = g_get_system_data_dirs ();
  g_autofree char *user = g_build_filename (g_get_user_data_dir (), "habla", "pipelines", NULL);

  if (override != NULL && *override != '\0') {
    g_auto (GStrv) dirs = g_strsplit (override, G_SEARCHPATH_SEPARATOR_S, -1);

    g_strv_builder_addv (builder, (const char **) dirs);
  }
  g_strv_builder_add (builder, user);
  g_strv_builder_add (builder, PIPELINES_DIR);
  for (guint i = 0; data_dirs[i] != NULL; i++) {
    g_autofree char *dir = g_build_filename (data_dirs[i], "habla", "pipelines", NULL);

    g_strv_builder_add (builder, dir);
  }
  return g_strv_builder_end (builder);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GStrv
habla_pipeline_template_list (void)
{
  g_auto (GStrv) dirs = template_get_dirs ();
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree gpointer *keys = NULL;
  guint length;

  for (guint i = 0; dirs[i] != NULL; i++) {
    g_autoptr (GDir) dir = g_dir_open (dirs[i], 0, NULL);
    const char *file;

    while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
      if (g_str_has_suffix (file, SUFFIX))
        g_hash_table_add (names, g_strndup (file, strlen (file) - strlen (SUFFIX)));
  }
  keys = g_hash_table_get_keys_as_array (names, &length);
  qsort (keys, length, sizeof *keys, compare_names);
  return g_strdupv ((GStrv) keys);
}

static HablaPipelineParameter *
template_find_parameter (HablaPipelineTemplate *self, const char *name, gsize length)
{
  for (guint i = 0; i < self->parameters->len; i++) {
    HablaPipelineParameter *parameter = g_ptr_array_index (self->parameters, i);

    if (strlen (parameter->name) == length && strncmp (parameter->name, name, length) == 0)
      return parameter;
  }
  return NULL;
}

/* Sets @kind if @name is that of a kind of engine. */
static gboolean
find_engine_kind (const char *name, HablaEngineKind *kind)
{
  for (*kind = HABLA_ENGINE_TRANSCRIBER; *kind <= HABLA_ENGINE_SYNTHESIZER; (*kind)++)
    if (g_str_equal (name, habla_engine_kind_get_name (*kind)))
      return TRUE;
  return FALSE;
}

/* Reads "NAME = VALUE | ABOUT". @word: "param", "fragment" or "engine" */
static gboolean
template_read_parameter (
    HablaPipelineTemplate *self, const char *line, guint number, const char *word, GError **error)
{
  gboolean is_engine = g_str_equal (word, "engine");
  HablaEngineKind kind;
  const char *equals = strchr (line, '=');
  const char *bar = strrchr (line, '|');
  g_autofree char *name = equals != NULL ? g_strstrip (g_strndup (line, equals - line)) : NULL;

  if (name == NULL || *name == '\0' || bar == NULL || bar < equals ||
      template_find_parameter (self, name, strlen (name)) != NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "%s:%u: a parameter must be declared once, as “# %s NAME = DEFAULT | DESCRIPTION”",
        self->origin, number, word);
    return FALSE;
  }
  if (is_engine && !find_engine_kind (name, &kind)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "%s:%u: an engine must be named transcriber, translator or synthesizer, not “%s”",
        self->origin, number, name);
    return FALSE;
  }

  HablaPipelineParameter *parameter = g_new0 (HablaPipelineParameter, 1);
  parameter->name = g_steal_pointer (&name);
  parameter->value = g_strstrip (g_strndup (equals + 1, bar - equals - 1));
  parameter->about = g_strstrip (g_strdup (bar + 1));
  parameter->is_fragment = !g_str_equal (word, "param");
  parameter->is_chosen = is_engine;
  g_ptr_array_add (self->parameters, parameter);
  return TRUE;
}

static gboolean
template_read_comment (HablaPipelineTemplate *self, const char *line, guint number, GError **error)
{
  static const char *const words[] = { "param", "fragment", "engine" };

  while (*line == '#' || *line == ' ')
    line++;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize length = strlen (words[i]);

    if (strncmp (line, words[i], length) == 0 && line[length] == ' ')
      return template_read_parameter (self, line + length + 1, number, words[i], error);
  }
  if (self->summary == NULL && *line != '\0' && !g_str_has_prefix (line, "SPDX-"))
    self->summary = g_strdup (line);
  return TRUE;
}

HablaPipelineTemplate *
habla_pipeline_template_parse (const char *text, const char *origin, GError **error)
{
  g_autoptr (HablaPipelineTemplate) self = g_new0 (HablaPipelineTemplate, 1);

  self->origin = g_strdup (origin);
  self->parameters = g_ptr_array_new_with_free_func ((GDestroyNotify) parameter_free);
  self->lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; self->lines[i] != NULL; i++) {
    g_strstrip (self->lines[i]);
    if (self->lines[i][0] == '#' && !template_read_comment (self, self->lines[i], i + 1, error))
      return NULL;
  }
  return g_steal_pointer (&self);
}

HablaPipelineTemplate *
habla_pipeline_template_load (const char *name_or_path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (strchr (name_or_path, '/') != NULL || g_str_has_suffix (name_or_path, SUFFIX)) {
    path = g_strdup (name_or_path);
  } else {
    g_auto (GStrv) dirs = template_get_dirs ();
    g_autofree char *file = g_strconcat (name_or_path, SUFFIX, NULL);

    for (guint i = 0; dirs[i] != NULL && path == NULL; i++) {
      path = g_build_filename (dirs[i], file, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        g_clear_pointer (&path, g_free);
    }
  }
  if (path == NULL) {
    g_auto (GStrv) names = habla_pipeline_template_list ();
    g_autofree char *known = g_strjoinv (", ", names);

    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "There is no pipeline “%s”; name one of these: %s, or pass the path of a “.launch” file",
        name_or_path, *known != '\0' ? known : "none installed");
    return NULL;
  }
  if (!g_file_get_contents (path, &text, NULL, &local_error)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT, "The pipeline cannot be read: %s",
        local_error->message);
    return NULL;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_INPUT, "The pipeline %s is not UTF-8 text", path);
    return NULL;
  }
  return habla_pipeline_template_parse (text, path, error);
}

void
habla_pipeline_template_free (HablaPipelineTemplate *self)
{
  g_free (self->origin);
  g_free (self->summary);
  g_clear_pointer (&self->parameters, g_ptr_array_unref);
  g_strfreev (self->lines);
  g_free (self);
}

const char *
habla_pipeline_template_get_summary (HablaPipelineTemplate *self)
{
  return self->summary != NULL ? self->summary : "";
}

GPtrArray *
habla_pipeline_template_get_parameters (HablaPipelineTemplate *self)
{
  return self->parameters;
}

gboolean
habla_pipeline_template_has (HablaPipelineTemplate *self, const char *parameter)
{
  return template_find_parameter (self, parameter, strlen (parameter)) != NULL;
}

static void
template_set_unknown_parameter (
    HablaPipelineTemplate *self, const char *name, const char *where, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < self->parameters->len; i++) {
    HablaPipelineParameter *parameter = g_ptr_array_index (self->parameters, i);

    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", parameter->name);
  }
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "%s: there is no parameter “%s”; there %s %s", where, name,
      self->parameters->len == 1 ? "is" : "are", known->len > 0 ? known->str : "none");
}

gboolean
habla_pipeline_template_set (
    HablaPipelineTemplate *self, const char *parameter, const char *value, GError **error)
{
  HablaPipelineParameter *found = template_find_parameter (self, parameter, strlen (parameter));

  if (found == NULL) {
    template_set_unknown_parameter (self, parameter, self->origin, error);
    return FALSE;
  }
  g_free (found->value);
  found->value = g_strdup (value);
  found->is_chosen = FALSE;
  return TRUE;
}

static gboolean
value_is_plain (const char *value)
{
  for (const char *c = value; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_./:,+%@", *c) == NULL)
      return FALSE;
  return *value != '\0';
}

/* Escapes the value twice: for the parser of launch lines, which removes backslashes, and for
 * gst_value_deserialize(), which reads its result. */
static void
line_append_value (GString *line, const char *value)
{
  g_auto (GValue) gvalue = G_VALUE_INIT;
  g_autofree char *serialized = NULL;

  if (value_is_plain (value)) {
    g_string_append (line, value);
    return;
  }
  g_value_init (&gvalue, G_TYPE_STRING);
  g_value_set_string (&gvalue, value);
  serialized = gst_value_serialize (&gvalue);
  for (const char *c = serialized; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c))
      g_string_append_c (line, '\\');
    g_string_append_c (line, *c);
  }
}

/* Context of the expansion of a line. */
typedef struct {
  HablaPipelineTemplate *self;
  char *where;                  /* file and line number */
  HablaPipelineParameter *each; /* (nullable): has the value @item in this line */
  const char *item;
  GPtrArray *engines; /* (nullable): installed ones, if any is chosen */
} Expansion;

/* Returns: (nullable): the language in the parameter @name */
static const char *
expansion_get_language (
    const Expansion *expansion, const char *name, const char *engine, GError **error)
{
  HablaPipelineParameter *parameter =
      template_find_parameter (expansion->self, name, strlen (name));

  if (parameter != NULL && parameter == expansion->each)
    return expansion->item;
  if (parameter != NULL && strchr (parameter->value, ',') == NULL)
    return parameter->value;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
      "%s: “${%s}” needs one language in the parameter “%s”; %s", expansion->where, engine, name,
      parameter != NULL ? "begin the line with “each to:”" : "declare that parameter");
  return NULL;
}

/* Returns: (transfer full) (nullable): the best element for the languages, with the properties of
 * @parameter */
static char *
expand_engine (const Expansion *expansion, const HablaPipelineParameter *parameter, GError **error)
{
  const char *from, *to = NULL;
  const HablaEngine *engine;
  HablaEngineKind kind;

  if (!find_engine_kind (parameter->name, &kind))
    g_assert_not_reached ();
  from = expansion_get_language (
      expansion, kind == HABLA_ENGINE_SYNTHESIZER ? "to" : "from", parameter->name, error);
  if (from != NULL && kind == HABLA_ENGINE_TRANSLATOR)
    to = expansion_get_language (expansion, "to", parameter->name, error);
  if (from == NULL || (kind == HABLA_ENGINE_TRANSLATOR && to == NULL))
    return NULL;
  engine = habla_engine_choose (expansion->engines, kind, from, to, error);
  if (engine == NULL)
    return NULL;
  return g_strjoin (
      " ", engine->element, *parameter->value != '\0' ? parameter->value : NULL, NULL);
}

/* Replaces the parameters in @word. @is_fragment is set if one of them is a fragment: the result is
 * then a part of the launch line, not a value. */
static char *
expand_word (const Expansion *expansion, const char *word, gboolean *is_fragment, GError **error)
{
  g_autoptr (GString) filled = g_string_new (NULL);
  const char *open;

  while ((open = strstr (word, "${")) != NULL) {
    const char *close = strchr (open, '}');
    HablaPipelineParameter *parameter;

    if (close == NULL) {
      g_set_error (
          error, HABLA_ERROR, HABLA_ERROR_PARAMETER, "%s: “${” without “}”", expansion->where);
      return NULL;
    }
    parameter = template_find_parameter (expansion->self, open + 2, close - open - 2);
    if (parameter == NULL) {
      g_autofree char *name = g_strndup (open + 2, close - open - 2);

      template_set_unknown_parameter (expansion->self, name, expansion->where, error);
      return NULL;
    }
    g_string_append_len (filled, word, open - word);
    if (parameter->is_chosen) {
      g_autofree char *engine = expand_engine (expansion, parameter, error);

      if (engine == NULL)
        return NULL;
      g_string_append (filled, engine);
    } else {
      g_string_append (filled, parameter == expansion->each ? expansion->item : parameter->value);
    }
    *is_fragment |= parameter->is_fragment;
    word = close + 1;
  }
  g_string_append (filled, word);
  return g_string_free (g_steal_pointer (&filled), FALSE);
}

/* Upper bound on nested fragments. */
#define MAX_DEPTH 4

static gboolean
expand_line (
    const Expansion *expansion, GString *line, const char *text, guint depth, GError **error)
{
  while (*text != '\0') {
    gsize blanks = strspn (text, " \t");
    gsize length = strcspn (text + blanks, " \t");
    g_autofree char *word = g_strndup (text + blanks, length);
    char *equals = strchr (word, '=');
    char *first = strstr (word, "${");
    g_autofree char *filled = NULL;
    gboolean is_fragment = FALSE;

    g_string_append_len (line, text, blanks);
    text += blanks + length;
    if (first == NULL) {
      g_string_append (line, word);
      continue;
    }
    if (equals != NULL && equals < first) {
      g_string_append_len (line, word, equals + 1 - word);
      filled = expand_word (expansion, equals + 1, &is_fragment, error);
    } else {
      filled = expand_word (expansion, word, &is_fragment, error);
    }
    if (filled == NULL)
      return FALSE;
    if (!is_fragment) {
      line_append_value (line, filled);
    } else if (depth == MAX_DEPTH) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER, "%s: a fragment contains itself",
          expansion->where);
      return FALSE;
    } else if (!expand_line (expansion, line, filled, depth + 1, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
expand_each (Expansion *expansion, GString *line, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');
  g_auto (GStrv) items = NULL;

  expansion->each =
      colon != NULL ? template_find_parameter (expansion->self, text, colon - text) : NULL;
  if (expansion->each == NULL) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER,
        "%s: “each NAME:” must name a declared parameter", expansion->where);
    return FALSE;
  }
  items = g_strsplit (expansion->each->value, ",", -1);
  for (guint i = 0; items[i] != NULL; i++) {
    expansion->item = g_strstrip (items[i]);
    if (*expansion->item == '\0')
      continue;
    if (!expand_line (expansion, line, colon + 1, 0, error))
      return FALSE;
    g_string_append_c (line, '\n');
  }
  return TRUE;
}

char *
habla_pipeline_template_expand (HablaPipelineTemplate *self, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GPtrArray) engines = NULL;

  for (guint i = 0; i < self->parameters->len && engines == NULL; i++)
    if (((HablaPipelineParameter *) g_ptr_array_index (self->parameters, i))->is_chosen)
      engines = habla_engine_list ();
  for (guint i = 0; self->lines[i] != NULL; i++) {
    const char *text = self->lines[i];
    g_autofree char *where = g_strdup_printf ("%s:%u", self->origin, i + 1);
    Expansion expansion = { .self = self, .where = where, .engines = engines };

    if (*text == '\0' || *text == '#')
      continue;
    if (g_str_has_prefix (text, "each ")) {
      if (!expand_each (&expansion, line, text + strlen ("each "), error))
        return NULL;
    } else {
      if (!expand_line (&expansion, line, text, 0, error))
        return NULL;
      g_string_append_c (line, '\n');
    }
  }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/* Returns: the number of the first line with @word; 0 if it is in the value of a parameter */
static guint
template_find_line (HablaPipelineTemplate *self, const char *word)
{
  for (guint i = 0; self->lines[i] != NULL; i++)
    if (self->lines[i][0] != '#' && strstr (self->lines[i], word) != NULL)
      return i + 1;
  return 0;
}

/* @message: "no property "x" in element "y"", where y is the name of the element or of its factory:
 * the parser gives no element a name of its own
 *
 * Returns: (transfer full): how to list the properties */
static char *
advise_on_properties (const char *message)
{
  const char *end = strrchr (message, '"');
  g_autofree char *head = end != NULL ? g_strndup (message, end - message) : NULL;
  const char *begin = head != NULL ? strrchr (head, '"') : NULL;
  g_autoptr (GstElementFactory) factory = NULL;
  g_autoptr (GstPlugin) plugin = NULL;

  if (begin != NULL)
    factory = gst_element_factory_find (begin + 1);
  if (factory != NULL)
    plugin = gst_plugin_feature_get_plugin (GST_PLUGIN_FEATURE (factory));
  if (plugin == NULL)
    return g_strdup ("; “gst-inspect-1.0 ELEMENT” lists the properties");
  return g_strdup_printf ("; “gst-inspect-1.0 %s” lists the properties in %s %s", begin + 1,
      gst_plugin_get_package (plugin), gst_plugin_get_version (plugin));
}

/* Sets an error that adds the line number and the remedy to @cause, an error of GStreamer's parser.
 */
static void
template_explain (
    HablaPipelineTemplate *self, GstParseContext *context, const GError *cause, GError **error)
{
  g_auto (GStrv) missing = gst_parse_context_get_missing_elements (context);
  g_autofree char *word = NULL;
  g_autofree char *where = NULL;
  g_autofree char *advice = NULL;
  guint number;

  if (g_error_matches (cause, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT) &&
      missing != NULL && missing[0] != NULL) {
    g_autofree char *remedy = habla_missing_element_get_remedy (missing[0]);

    number = template_find_line (self, missing[0]);
    where = number > 0 ? g_strdup_printf ("%s:%u", self->origin, number) : g_strdup (self->origin);
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "%s: there is no element “%s”; %s",
        where, missing[0], remedy);
    return;
  }
  /* The parser quotes the word: no property "x" in element "y". */
  if (strchr (cause->message, '"') != NULL) {
    const char *open = strchr (cause->message, '"') + 1;

    word = g_strndup (open, strcspn (open, "\""));
  }
  number = word != NULL && *word != '\0' ? template_find_line (self, word) : 0;
  where = number > 0 ? g_strdup_printf ("%s:%u", self->origin, number) : g_strdup (self->origin);
  if (g_error_matches (cause, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_PROPERTY))
    advice = advise_on_properties (cause->message);
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_PARAMETER, "%s: %s%s", where, cause->message,
      advice != NULL ? advice : "");
}

GstElement *
habla_pipeline_template_create (HablaPipelineTemplate *self, GError **error)
{
  g_autofree char *line = habla_pipeline_template_expand (self, error);
  g_autoptr (GstParseContext) context = gst_parse_context_new ();
  g_autoptr (GError) cause = NULL;
  GstElement *element;

  if (line == NULL)
    return NULL;
  if (*line == '\0') {
    g_set_error (
        error, HABLA_ERROR, HABLA_ERROR_PARAMETER, "%s: there is no launch line", self->origin);
    return NULL;
  }
  element = gst_parse_launch_full (line, context, GST_PARSE_FLAG_FATAL_ERRORS, &cause);
  if (element != NULL)
    gst_object_ref_sink (element);
  if (cause != NULL) {
    template_explain (self, context, cause, error);
    gst_clear_object (&element);
    return NULL;
  }
  /* For a line with one element, the parser returns that element. */
  if (!GST_IS_PIPELINE (element)) {
    GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));

    gst_bin_add (GST_BIN (pipeline), element);
    gst_object_unref (element);
    element = pipeline;
  }
  habla_decode_guard_watch (GST_BIN (element));
  return element;
}
