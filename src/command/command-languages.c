/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/command.h"
#include "command/exit-status.h"
#include "command/output/terminal-output.h"

#include <habla/language.h>
#include <json/json-writer.h>
#include <pipeline/engines/engine-registry.h>
#include <stdio.h>

/* Widths of a terminal, of the first column, and of the margin. */
#define COLUMNS 80
#define LEFT 40
#define INDENT 2

static const char *const verbs[] = { "heard", "translated", "spoken" };

/* Options of the list. */
typedef struct {
  GPtrArray *engines; /* of HablaEngine */
  GStrv languages;    /* (nullable): only these */
  char *from;         /* (nullable): only translations from this language */
  gboolean json;
  gboolean only_best; /* not other engines for the same language */
  guint n_lacking;    /* lines about missing engines */
} Listing;

static char *
languages_describe (const char *language)
{
  const char *name = habla_language_get_name (language);

  return name != NULL ? g_strdup_printf ("%s (%s)", language, name) : g_strdup (language);
}

/* Prints a row of two columns, in two lines if it is too wide for a terminal. */
static void
languages_print_row (const char *left, const char *right)
{
  glong width = g_utf8_strlen (left, -1);
  glong rest = COLUMNS - INDENT - g_utf8_strlen (right, -1);

  if (width + INDENT <= rest)
    printf ("%*s%s%*s%s\n", INDENT, "", left,
        (int) (MAX (MIN (LEFT, rest), width + INDENT) - width), "", right);
  else
    printf ("%*s%s\n%*s%s\n", INDENT, "", left, 3 * INDENT, "", right);
}

static gboolean
listing_wants (const Listing *self, const char *language)
{
  return self->languages == NULL ||
         habla_language_list_contains ((const char *const *) self->languages, language);
}

/* Translations of one language into and from all others are listed. */
static gboolean
listing_wants_pair (const Listing *self, const HablaLanguagePair *pair)
{
  gboolean wants_from = listing_wants (self, pair->from), wants_to = listing_wants (self, pair->to);

  if (self->from != NULL && !habla_language_matches (self->from, pair->from))
    return FALSE;
  return self->languages != NULL && self->languages[1] == NULL ? wants_from || wants_to
                                                               : wants_from && wants_to;
}

static gboolean
listing_wants_engine (
    const Listing *self, const HablaEngine *engine, const char *from, const char *to)
{
  return !self->only_best ||
         habla_engine_choose (self->engines, engine->kind, from, to, NULL) == engine;
}

static void
listing_add_name (JsonBuilder *builder, const char *language)
{
  const char *name = habla_language_get_name (language);

  if (name != NULL)
    habla_json_add_string (builder, "name", name);
}

/* Returns: (transfer full): "element", "element (model)" or "element, not the best" */
static char *
listing_describe_engine (const HablaEngine *engine, const char *model, gboolean is_best)
{
  return g_strconcat (engine->element, model != NULL ? " (" : "", model != NULL ? model : "",
      model != NULL ? ")" : "", is_best ? "" : ", not the best", NULL);
}

/* Ends a JSON object that describes a language or pair. */
static void
listing_print_engine_as_json (
    JsonBuilder *builder, const HablaEngine *engine, const char *model, gboolean is_best)
{
  habla_json_add_string (builder, "element", engine->element);
  if (model != NULL)
    habla_json_add_string (builder, "model", model);
  habla_json_add_boolean (builder, "best", is_best);
  json_builder_end_object (builder);
  habla_terminal_output_print_json (builder);
}

static void
listing_print_language (const Listing *self, const HablaEngine *engine, const char *language)
{
  g_autoptr (HablaModel) model = habla_engine_find_model (engine, language, NULL);
  const char *id = model != NULL ? habla_model_get_id (model) : NULL;
  gboolean is_best =
      habla_engine_choose (self->engines, engine->kind, language, NULL, NULL) == engine;
  g_autofree char *described = NULL;
  g_autofree char *who = NULL;
  JsonBuilder *builder;

  if (!self->json) {
    described = languages_describe (language);
    who = listing_describe_engine (engine, id, is_best);
    languages_print_row (described, who);
    return;
  }
  builder = json_builder_new ();
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", verbs[engine->kind]);
  habla_json_add_string (builder, "language", language);
  listing_add_name (builder, language);
  listing_print_engine_as_json (builder, engine, id, is_best);
}

static void
listing_print_pair (const Listing *self, const HablaEngine *engine, const HablaLanguagePair *pair)
{
  g_autoptr (HablaModel) model = habla_engine_find_model (engine, pair->from, pair->to);
  const char *id = model != NULL ? habla_model_get_id (model) : NULL;
  gboolean is_best =
      habla_engine_choose (self->engines, engine->kind, pair->from, pair->to, NULL) == engine;
  g_autofree char *from = languages_describe (pair->from);
  g_autofree char *to = languages_describe (pair->to);
  g_autofree char *who = listing_describe_engine (engine, id, is_best);
  JsonBuilder *builder;

  if (!self->json) {
    g_autoptr (GString) line = g_string_new (NULL);

    g_string_append_printf (line, "%s into %s", from, to);
    for (guint i = 0; pair->via[i] != NULL; i++)
      g_string_append_printf (line, "%s%s", i == 0 ? ", through " : " and ", pair->via[i]);
    languages_print_row (line->str, who);
    return;
  }
  builder = json_builder_new ();
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "type", verbs[engine->kind]);
  habla_json_add_string (builder, "from", pair->from);
  habla_json_add_string (builder, "to", pair->to);
  habla_json_begin_array (builder, "through");
  for (guint i = 0; pair->via[i] != NULL; i++)
    json_builder_add_string_value (builder, pair->via[i]);
  json_builder_end_array (builder);
  listing_print_engine_as_json (builder, engine, id, is_best);
}

/* Returns: number of lines */
static guint
listing_print_engine (const Listing *self, const HablaEngine *engine)
{
  guint count = 0;

  for (guint i = 0; engine->languages[i] != NULL; i++) {
    if (engine->kind == HABLA_ENGINE_TRANSLATOR) {
      g_autoptr (HablaLanguagePair) pair = habla_language_pair_parse (engine->languages[i]);

      if (pair == NULL || !listing_wants_pair (self, pair) ||
          !listing_wants_engine (self, engine, pair->from, pair->to))
        continue;
      listing_print_pair (self, engine, pair);
    } else if (listing_wants (self, engine->languages[i]) &&
               listing_wants_engine (self, engine, engine->languages[i], NULL)) {
      listing_print_language (self, engine, engine->languages[i]);
    } else {
      continue;
    }
    count++;
  }
  return count;
}

/* Prints what no engine does. @to: (nullable): target of a translation */
static void
listing_check (Listing *self, HablaEngineKind kind, const char *from, const char *to)
{
  g_autofree char *remedy = NULL;
  g_autofree char *described = NULL;
  JsonBuilder *builder;

  if (habla_engine_choose (self->engines, kind, from, to, NULL) != NULL)
    return;
  remedy = habla_engine_describe_remedy (kind, from, to);
  if (self->json) {
    builder = json_builder_new ();
    habla_json_begin_object (builder, NULL);
    habla_json_add_string (builder, "type", "lacking");
    habla_json_add_string (builder, "lacks", verbs[kind]);
    habla_json_add_string (builder, to != NULL ? "from" : "language", from);
    if (to != NULL)
      habla_json_add_string (builder, "to", to);
    else
      listing_add_name (builder, from);
    habla_json_add_string (builder, "remedy", remedy);
    json_builder_end_object (builder);
    habla_terminal_output_print_json (builder);
  } else {
    described = languages_describe (from);
    printf ("%s  %s cannot be %s%s%s: %s\n", self->n_lacking == 0 ? "\nLacking:\n" : "", described,
        verbs[kind], to != NULL ? " into " : "", to != NULL ? to : "", remedy);
  }
  self->n_lacking++;
}

/* Checks the named languages; without any, those that are translated. */
static void
listing_check_languages (Listing *self)
{
  HablaLanguages available = { NULL };
  GStrv languages = self->languages;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  habla_engine_registry_collect_languages (self->engines, &available);
  if (languages == NULL)
    languages = available.readable;
  for (guint i = 0; languages[i] != NULL; i++) {
    char *primary = habla_language_get_primary (languages[i]);

    if (!g_hash_table_add (seen, primary))
      continue;
    listing_check (self, HABLA_ENGINE_TRANSCRIBER, primary, NULL);
    listing_check (self, HABLA_ENGINE_SYNTHESIZER, primary, NULL);
    for (guint j = 0; self->languages != NULL && languages[j] != NULL; j++)
      if (!habla_language_has_same_primary (languages[i], languages[j]))
        listing_check (self, HABLA_ENGINE_TRANSLATOR, languages[i], languages[j]);
  }
  habla_languages_clear (&available);
}

GStrv
habla_command_parse_languages (char **arguments, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GString) unknown = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; arguments[i] != NULL; i++) {
    g_autofree char *language = habla_language_normalize (arguments[i], error);

    if (language == NULL)
      return NULL;
    g_strv_builder_add (builder, language);
    if (habla_language_get_iso639_3 (language) == NULL)
      g_string_append_printf (unknown, "%s“%s”", count++ > 0 ? ", " : "", arguments[i]);
  }
  if (count == 0)
    return g_strv_builder_end (builder);
  g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
      "%s %s; write codes such as “en” and “es”", unknown->str,
      count == 1 ? "is no language" : "are no languages");
  return NULL;
}

/* Returns: exit status */
static int
listing_print (Listing *self)
{
  gboolean lacks_verb = FALSE;

  for (guint kind = 0; kind < G_N_ELEMENTS (verbs); kind++) {
    guint count = 0;

    if (!self->json)
      printf ("%sCan be %s:\n", kind > 0 ? "\n" : "", verbs[kind]);
    for (guint i = 0; i < self->engines->len; i++) {
      HablaEngine *engine = g_ptr_array_index (self->engines, i);

      if (engine->kind == kind)
        count += listing_print_engine (self, engine);
    }
    if (count > 0)
      continue;
    lacks_verb = TRUE;
    if (!self->json)
      puts (self->languages != NULL ? "  nothing"
                                    : "  nothing; run “habla doctor” for what to install");
  }
  listing_check_languages (self);
  return lacks_verb || (self->languages != NULL && self->n_lacking > 0) ? HABLA_EXIT_UNAVAILABLE
                                                                        : HABLA_EXIT_OK;
}

void
habla_command_print_languages (char **languages)
{
  g_autoptr (GPtrArray) engines = habla_engine_list ();
  Listing listing = { .engines = engines, .languages = languages, .only_best = TRUE };

  listing_print (&listing);
}

int
habla_command_languages (int argc, char *argv[])
{
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) languages = NULL;
  g_autofree char *from = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = { { "from", 'f', 0, G_OPTION_ARG_STRING, &from,
                                       "List only translations from LANGUAGE", "LANGUAGE" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "Print JSON, an object a line", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL, NULL }, { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("[LANGUAGE…]");
  g_autoptr (GPtrArray) engines = NULL;
  g_autoptr (GError) error = NULL;
  Listing listing = { NULL };

  g_option_context_set_summary (context,
      "Lists the languages that can be heard, translated and spoken here, with the elements\n"
      "that do so and their models, and what to do about what is lacking. With LANGUAGE, only\n"
      "for these languages. To find more language pairs: apt-cache search ^apertium-");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  if (arguments != NULL) {
    languages = habla_command_parse_languages (arguments, &error);
    if (languages == NULL) {
      fprintf (stderr, "habla: %s\n", error->message);
      return HABLA_EXIT_USAGE;
    }
  }
  if (from != NULL) {
    char *const one[] = { from, NULL };
    g_auto (GStrv) checked = habla_command_parse_languages ((char **) one, &error);

    if (checked == NULL) {
      fprintf (stderr, "habla: --from: %s\n", error->message);
      return HABLA_EXIT_USAGE;
    }
  }
  engines = habla_engine_list ();
  listing = (Listing){ .engines = engines, .languages = languages, .from = from, .json = json };
  return listing_print (&listing);
}
