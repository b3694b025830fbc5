/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands `habla models` and `habla setup`. */
#include "command/command.h"
#include "command/exit-status.h"
#include "command/model-listing.h"
#include "command/model-run.h"
#include "command/model-setup.h"

#include <habla/language.h>
#include <models/installed-model.h>
#include <models/installer.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  gboolean json;
  gboolean only_installed;
  gboolean update;
  gboolean yes;
} Options;

typedef int (*Action) (char **arguments, const Options *options);

static int
print_error (const GError *error, int status)
{
  fprintf (stderr, "habla: %s\n", error->message);
  return status;
}

static int
list_models (char **arguments, const Options *options)
{
  g_autoptr (HablaModelRun) run = habla_model_run_new ();
  g_autoptr (HablaCatalogue) catalogue = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) languages = NULL;

  if (arguments[0] != NULL) {
    languages = habla_command_parse_languages (arguments, &error);
    if (languages == NULL)
      return print_error (error, HABLA_EXIT_USAGE);
  }
  if (!options->only_installed) {
    catalogue = habla_model_run_load_catalogue (
        run, options->update ? HABLA_CATALOGUE_ALWAYS : HABLA_CATALOGUE_IF_OLD);
    if (catalogue == NULL)
      return habla_model_run_get_status (run);
  }
  if (habla_model_listing_print (catalogue, (const char *const *) languages, options->json) == 0 &&
      !options->json)
    puts (options->only_installed ? "No model is installed; “habla setup en es” installs those for "
                                    "English and Spanish"
                                  : "There is no model for these languages");
  return habla_model_run_get_status (run);
}

/* Sorts what to install. Returns: whether each argument is an id or a language */
static gboolean
resolve (char **arguments, HablaCatalogue *catalogue, GPtrArray *models, GStrvBuilder *languages)
{
  for (guint i = 0; arguments[i] != NULL; i++) {
    HablaAvailableModel *model = habla_catalogue_find (catalogue, arguments[i]);
    char *one[] = { arguments[i], NULL };
    g_auto (GStrv) language = model == NULL ? habla_command_parse_languages (one, NULL) : NULL;

    if (model != NULL) {
      g_ptr_array_add (models, model);
    } else if (language != NULL) {
      g_strv_builder_add (languages, language[0]);
    } else {
      fprintf (stderr,
          "habla: “%s” is neither a model nor a language; “habla models list” lists the models\n",
          arguments[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* Models of Habla's own catalogue need no lists of publishers. */
static HablaCatalogue *
load_catalogue_for (HablaModelRun *run, char **arguments)
{
  g_autoptr (HablaCatalogue) own = habla_model_run_load_catalogue (run, HABLA_CATALOGUE_OWN);
  gboolean is_enough = TRUE;

  for (guint i = 0; own != NULL && is_enough && arguments[i] != NULL; i++)
    is_enough = habla_catalogue_find (own, arguments[i]) != NULL;
  if (own == NULL || is_enough || habla_model_run_is_cancelled (run))
    return g_steal_pointer (&own);
  return habla_model_run_load_catalogue (run, HABLA_CATALOGUE_IF_OLD);
}

static int
install_models (char **arguments, const Options *options)
{
  g_autoptr (HablaModelRun) run = habla_model_run_new ();
  g_autoptr (HablaCatalogue) catalogue = load_catalogue_for (run, arguments);
  g_autoptr (GPtrArray) models = g_ptr_array_new ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) languages = NULL;

  if (catalogue == NULL)
    return habla_model_run_get_status (run);
  if (!resolve (arguments, catalogue, models, builder))
    return HABLA_EXIT_UNAVAILABLE;
  for (guint i = 0; i < models->len && !habla_model_run_is_cancelled (run); i++)
    habla_model_setup_install (run, catalogue, g_ptr_array_index (models, i));
  languages = g_strv_builder_end (builder);
  if (languages[0] != NULL && !habla_model_run_is_cancelled (run))
    habla_model_setup_run (run, catalogue, (const char *const *) languages, options->yes);
  return habla_model_run_get_status (run);
}

static int
remove_models (char **arguments, const Options *options)
{
  g_autoptr (HablaModelRun) run = habla_model_run_new ();

  for (guint i = 0; arguments[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    if (habla_installed_model_remove (arguments[i], &error))
      printf ("Removed %s\n", arguments[i]);
    habla_model_run_fail (run, error);
  }
  return habla_model_run_get_status (run);
}

static void
verify_model (HablaModelRun *run, HablaModel *model)
{
  const char *id = habla_model_get_id (model), *unusable = habla_model_get_unusable (model);
  g_autoptr (GError) error = NULL;

  if (habla_installed_model_has_hashes (id)) {
    habla_model_run_verify (run, id);
  } else if (unusable == NULL) {
    printf ("%s was not installed by “habla models”; not verified\n", id);
  } else {
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_ENGINE,
        "%s was not installed by “habla models”, and is marked as unusable: %s", id, unusable);
    habla_model_run_fail (run, error);
  }
}

static int
verify_models (char **arguments, const Options *options)
{
  g_autoptr (HablaModelRun) run = habla_model_run_new ();
  g_autoptr (GPtrArray) installed = NULL;

  for (guint i = 0; arguments[i] != NULL && !habla_model_run_is_cancelled (run); i++) {
    g_autoptr (HablaModel) model = habla_model_find_by_name (arguments[i], NULL);

    /* Models that are not found are reported as such. */
    if (model != NULL && g_str_equal (habla_model_get_id (model), arguments[i]))
      verify_model (run, model);
    else
      habla_model_run_verify (run, arguments[i]);
  }
  if (arguments[0] != NULL)
    return habla_model_run_get_status (run);
  installed = habla_installed_model_list ();
  for (guint i = 0; i < installed->len && !habla_model_run_is_cancelled (run); i++)
    verify_model (run, g_ptr_array_index (installed, i));
  return habla_model_run_get_status (run);
}

static int
import_models (char **arguments, const Options *options)
{
  g_autoptr (HablaModelRun) run = habla_model_run_new ();
  g_autoptr (HablaCatalogue) catalogue =
      habla_model_run_load_catalogue (run, HABLA_CATALOGUE_OFFLINE);

  for (guint i = 0;
       catalogue != NULL && arguments[i] != NULL && !habla_model_run_is_cancelled (run); i++) {
    if (g_file_test (arguments[i], G_FILE_TEST_EXISTS)) {
      habla_model_run_import (run, arguments[i], catalogue);
    } else {
      g_autoptr (GError) error = g_error_new (HABLA_EXIT_ERROR, HABLA_EXIT_NO_INPUT,
          "%s does not exist; name an archive, a file or a folder of a model", arguments[i]);

      habla_model_run_fail (run, error);
    }
  }
  return habla_model_run_get_status (run);
}

static int
print_paths (char **arguments, const Options *options)
{
  g_autoptr (HablaModelRun) run = habla_model_run_new ();
  g_autofree char *folder = habla_install_get_folder ();

  if (arguments[0] == NULL)
    puts (folder);
  for (guint i = 0; arguments[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaModel) model = habla_model_find_by_name (arguments[i], &error);

    if (model != NULL)
      puts (habla_model_get_path (model));
    habla_model_run_fail (run, error);
  }
  return habla_model_run_get_status (run);
}

static const struct {
  const char *name;
  Action run;
  gboolean needs_argument;
  const char *options; /* that it has, as short ones */
} actions[] = {
  { "list", list_models, FALSE, "jiu" },
  { "install", install_models, TRUE, "y" },
  { "remove", remove_models, TRUE, "" },
  { "verify", verify_models, FALSE, "" },
  { "import", import_models, TRUE, "" },
  { "path", print_paths, FALSE, "" },
};

#define MODELS_SUMMARY \
  "Installs and removes the models that engines need:\n" \
  "  list [LANGUAGE…]       list the installed and the available models\n" \
  "  install ID|LANGUAGE…   download and install models\n" \
  "  remove ID…             remove models\n" \
  "  verify [ID…]           check the files of models, and that they work\n" \
  "  import FILE…           install models from archives, files or folders\n" \
  "  path [ID…]             print the folder of new models, or of the named ones\n" \
  "“habla setup” chooses and installs a good set for some languages."

/* Returns: the number of the action; -1 after a message about a usage error */
static int
find_action (char **arguments, const Options *options)
{
  const char *name = arguments != NULL ? arguments[0] : NULL;
  const char given[] = { options->json ? 'j' : ' ', options->only_installed ? 'i' : ' ',
    options->update ? 'u' : ' ', options->yes ? 'y' : ' ' };

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (actions); i++) {
    if (!g_str_equal (actions[i].name, name))
      continue;
    for (guint j = 0; j < G_N_ELEMENTS (given); j++) {
      if (given[j] == ' ' || strchr (actions[i].options, given[j]) != NULL)
        continue;
      fprintf (stderr, "habla: “habla models %s” has no option -%c\n", name, given[j]);
      return -1;
    }
    if (!actions[i].needs_argument || arguments[1] != NULL)
      return i;
    fprintf (
        stderr, "habla: “habla models %s” needs an argument; see “habla models --help”\n", name);
    return -1;
  }
  if (name != NULL)
    fprintf (stderr, "habla: There is no “habla models %s”; see “habla models --help”\n", name);
  else
    fputs ("habla: Say what to do with models, for example “habla models list”; see “habla models "
           "--help”\n",
        stderr);
  return -1;
}

int
habla_command_models (int argc, char *argv[])
{
  g_auto (GStrv) arguments = NULL;
  Options options = { FALSE };
  const GOptionEntry entries[] = {
    { "installed", 'i', 0, G_OPTION_ARG_NONE, &options.only_installed,
        "list: only installed models, without a network", NULL },
    { "update", 'u', 0, G_OPTION_ARG_NONE, &options.update,
        "list: ask the publishers for changes now", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "list: print JSON, an object a line",
        NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, "install: do not ask", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("ACTION [ARGUMENT…]");
  int action;

  g_option_context_set_summary (context, MODELS_SUMMARY);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  action = find_action (arguments, &options);
  return action >= 0 ? actions[action].run (arguments + 1, &options) : HABLA_EXIT_USAGE;
}

int
habla_command_setup (int argc, char *argv[])
{
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) languages = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModelRun) run = NULL;
  g_autoptr (HablaCatalogue) catalogue = NULL;
  gboolean yes = FALSE;
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, "Do not ask", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("LANGUAGE…");

  g_option_context_set_summary (context,
      "Chooses models that hear, translate and speak these languages and that suit this machine,\n"
      "says what to download, asks, and installs them. For example: habla setup en es");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!habla_command_parse (context, &argc, &argv))
    return HABLA_EXIT_USAGE;
  if (arguments == NULL)
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "Name the languages, for example “habla setup en es”");
  else
    languages = habla_command_parse_languages (arguments, &error);
  if (languages == NULL)
    return print_error (error, HABLA_EXIT_USAGE);
  run = habla_model_run_new ();
  catalogue = habla_model_run_load_catalogue (run, HABLA_CATALOGUE_IF_OLD);
  if (catalogue != NULL)
    habla_model_setup_run (run, catalogue, (const char *const *) languages, yes);
  return habla_model_run_get_status (run);
}
