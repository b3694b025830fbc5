/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/model-setup.h"

#include "command/command.h"
#include "command/exit-status.h"
#include "command/model-listing.h"

#include <gst/gst.h>
#include <models/installed-model.h>
#include <models/installer.h>
#include <models/setup-plan.h>
#include <stdio.h>
#include <string.h>

#define MAX_ANSWER 64
#define MAX_LANGUAGES 8

/* Returns: (transfer full): the element that uses @model: by convention its engine and its job */
static char *
find_element (const HablaAvailableModel *model)
{
  gboolean finds_speech = g_str_equal (model->job, HABLA_MODEL_JOB_VOICE_ACTIVITY);

  return g_strconcat (model->engine, finds_speech ? HABLA_MODEL_JOB_TRANSCRIBER : model->job, NULL);
}

/* Prints each element that is missing once.
 * Returns: (transfer container): the models that an element of this machine can use */
static GPtrArray *
select_usable (GPtrArray *models)
{
  GPtrArray *usable = g_ptr_array_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (models, i);
    g_autofree char *element = find_element (model);
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);

    if (factory != NULL)
      g_ptr_array_add (usable, model);
    else if (g_hash_table_add (known, g_strdup (element)))
      fprintf (stderr,
          "habla: %s is not installed, so its models are left out; build Habla with the library of "
          "the engine “%s”\n",
          element, model->engine);
  }
  return usable;
}

static void
print_item (const HablaSetupItem *item)
{
  g_autofree char *size = g_format_size (item->model->download_size);
  g_autofree char *languages =
      habla_model_listing_describe_languages ((const char *const *) item->languages, MAX_LANGUAGES);
  g_autofree char *purpose =
      g_strdup_printf ("%s%s%s", habla_available_model_describe_job (item->model->job),
          *languages != '\0' ? " " : "", languages);

  printf ("  %-38s %-36s %9s  %s\n", purpose, item->model->id,
      item->is_installed ? "installed" : size, item->model->license);
}

/* Prints each note of a license once, with the models that it is about. */
static void
print_license_notes (const HablaSetupPlan *plan)
{
  g_autoptr (GHashTable) printed = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < plan->items->len; i++) {
    const HablaSetupItem *item = g_ptr_array_index (plan->items, i);
    const char *note = item->model->license_note;

    if (note != NULL && g_hash_table_add (printed, (gpointer) note))
      printf ("License of %s: %s\n", item->model->id, note);
  }
}

static guint
count_downloads (const HablaSetupPlan *plan)
{
  guint count = 0;

  for (guint i = 0; i < plan->items->len; i++)
    count += !((HablaSetupItem *) g_ptr_array_index (plan->items, i))->is_installed;
  return count;
}

static void
print_missing (const HablaSetupPlan *plan, gboolean is_complete)
{
  /* The contents of a list that was not fetched are unknown. */
  if (!is_complete && plan->missing[0] != NULL)
    puts ("  The lists of models could not be fetched, so models for the rest are not known yet.");
  for (guint i = 0; is_complete && plan->missing[i] != NULL; i++)
    printf ("  %s\n", plan->missing[i]);
}

static void
print_plan (const HablaSetupPlan *plan, gboolean is_complete, const char *const *languages,
    const HablaMachine *machine)
{
  g_autofree char *names = habla_model_listing_describe_languages (languages, MAX_LANGUAGES);
  g_autofree char *has = g_format_size (machine->memory);
  g_autofree char *needs = g_format_size (plan->memory);
  g_autofree char *download = g_format_size (plan->download_size);
  g_autofree char *disk = g_format_size (plan->disk_size);
  g_autofree char *folder = habla_install_get_folder ();

  printf ("For %s, on this machine with %s of memory and %u processor%s:\n", names, has,
      machine->n_cores, machine->n_cores == 1 ? "" : "s");
  for (guint i = 0; i < plan->items->len; i++)
    print_item (g_ptr_array_index (plan->items, i));
  print_missing (plan, is_complete);
  print_license_notes (plan);
  if (plan->items->len > 0)
    printf ("All of them together need about %s of memory while they work.\n", needs);
  if (count_downloads (plan) > 0)
    printf ("To download: %s. They take %s in %s.\n", download, disk, folder);
  fflush (stdout);
}

/* Returns: whether to install; without an answer @run fails */
static gboolean
ask (HablaModelRun *run)
{
  char answer[MAX_ANSWER];
  g_autoptr (GError) error = NULL;

  fputs ("Install them? [Y/n] ", stdout);
  fflush (stdout);
  if (fgets (answer, sizeof answer, stdin) == NULL) {
    putchar ('\n');
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "There is no answer on standard input; give the option --yes to install");
    habla_model_run_fail (run, error);
    return FALSE;
  }
  g_strstrip (answer);
  if (*answer == '\0' || g_ascii_strcasecmp (answer, "y") == 0 ||
      g_ascii_strcasecmp (answer, "yes") == 0)
    return TRUE;
  puts ("Nothing was installed.");
  return FALSE;
}

/* Returns: how many were installed */
static guint
install_items (HablaModelRun *run, const HablaSetupPlan *plan, gboolean voice_activity)
{
  guint count = 0;

  for (guint i = 0; i < plan->items->len && !habla_model_run_is_cancelled (run); i++) {
    const HablaSetupItem *item = g_ptr_array_index (plan->items, i);

    if (!item->is_installed &&
        g_str_equal (item->model->job, HABLA_MODEL_JOB_VOICE_ACTIVITY) == voice_activity)
      count += habla_model_run_install (run, item->model);
  }
  return count;
}

/* Returns: whether all @n_wanted downloads were installed; else @run fails */
static gboolean
check_installed (HablaModelRun *run, guint n_installed, guint n_wanted)
{
  g_autoptr (GError) error = NULL;

  if (n_installed == n_wanted)
    return TRUE;
  if (n_installed == 0)
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_UNAVAILABLE, "Nothing was installed");
  else
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_UNAVAILABLE,
        "Only %u of %u models were installed; run the command again for the others", n_installed,
        n_wanted);
  habla_model_run_fail (run, error);
  return FALSE;
}

/* Fails with what the plan lacks. */
static void
report_missing (HablaModelRun *run, const HablaSetupPlan *plan, gboolean is_complete)
{
  g_autoptr (GError) error = NULL;

  if (plan->missing[0] == NULL)
    return;
  if (is_complete)
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_UNAVAILABLE,
        "Not everything is available for these languages: %s", plan->missing[0]);
  else
    g_set_error (&error, HABLA_EXIT_ERROR, HABLA_EXIT_UNAVAILABLE,
        "The lists of models could not be fetched; check the network and run the command again, or "
        "bring models as files with “habla models import”");
  habla_model_run_fail (run, error);
}

void
habla_model_setup_install (
    HablaModelRun *run, HablaCatalogue *catalogue, HablaAvailableModel *model)
{
  g_autoptr (GPtrArray) installed =
      habla_model_list_installed (model->engine, HABLA_MODEL_JOB_VOICE_ACTIVITY);
  GPtrArray *models = habla_catalogue_get_models (catalogue);

  /* The first one has the greatest quality. */
  for (guint i = 0; model->needs_voice_activity && installed->len == 0 && i < models->len; i++) {
    HablaAvailableModel *other = g_ptr_array_index (models, i);

    if (g_str_equal (other->job, HABLA_MODEL_JOB_VOICE_ACTIVITY) &&
        g_str_equal (other->engine, model->engine)) {
      habla_model_run_install (run, other);
      break;
    }
  }
  if (!habla_model_run_is_cancelled (run))
    habla_model_run_install (run, model);
}

void
habla_model_setup_run (
    HablaModelRun *run, HablaCatalogue *catalogue, const char *const *languages, gboolean yes)
{
  g_autoptr (GPtrArray) models = select_usable (habla_catalogue_get_models (catalogue));
  g_autoptr (GPtrArray) installed = habla_installed_model_list ();
  g_autoptr (HablaSetupPlan) plan = NULL;
  gboolean is_complete = habla_catalogue_is_complete (catalogue);
  HablaMachine machine;
  guint n_wanted, n_installed = 0;

  habla_machine_get (&machine);
  plan = habla_setup_plan_new (models, installed, languages, &machine);
  print_plan (plan, is_complete, languages, &machine);
  n_wanted = count_downloads (plan);
  if (n_wanted > 0) {
    if (!yes && !ask (run))
      return;
    n_installed = install_items (run, plan, TRUE);
    n_installed += install_items (run, plan, FALSE);
    if (habla_model_run_is_cancelled (run))
      return;
  }
  report_missing (run, plan, is_complete);
  if (!check_installed (run, n_installed, n_wanted) || (!is_complete && plan->missing[0] != NULL))
    return;
  puts ("");
  habla_command_print_languages ((char **) languages);
}
