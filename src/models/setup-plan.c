/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/setup-plan.h"

#include "models/installed-model.h"

#include <habla/language.h>
#include <string.h>

#define MEGABYTE G_GUINT64_CONSTANT (1000000)
/* Any machine has this for a transcriber. */
#define MIN_TRANSCRIBER_MEMORY (512 * MEGABYTE)
#define PIVOT "en"

/* Added to the quality, so that a slightly better model does not replace the installed one or what
 * has the accent that was asked for. */
#define BONUS_INSTALLED 15
#define BONUS_VARIETY 5

typedef struct {
  HablaSetupPlan *plan;
  GPtrArray *candidates; /* usable models, with those that only are installed */
  GHashTable *installed; /* ids */
  const HablaMachine *machine;
  GPtrArray *missing;
} Planner;

static void
item_free (gpointer data)
{
  HablaSetupItem *item = data;

  habla_available_model_unref (item->model);
  g_strfreev (item->languages);
  g_free (item);
}

void
habla_setup_plan_free (HablaSetupPlan *self)
{
  g_ptr_array_unref (self->items);
  g_strfreev (self->missing);
  g_free (self);
}

/* Returns: (transfer full): an installed model that the catalogue does not have */
static HablaAvailableModel *
describe_installed (HablaModel *model)
{
  HablaAvailableModel *self = habla_available_model_new (habla_model_get_id (model));

  self->title = g_strdup (self->id);
  self->engine = g_strdup (habla_model_get_engine (model));
  self->job = g_strdup (habla_model_get_job (model));
  self->architecture = g_strdup (habla_model_get_architecture (model));
  g_strfreev (self->languages);
  self->languages = g_strdupv ((char **) habla_model_get_languages (model));
  self->license = g_strdup (habla_model_get_license (model));
  self->quality = habla_model_get_quality (model);
  self->disk_size = habla_installed_model_get_size (model);
  self->memory = self->disk_size * 2;
  self->needs_voice_activity = g_str_equal (self->job, HABLA_MODEL_JOB_TRANSCRIBER);
  return self;
}

static void
planner_add_candidates (Planner *self, GPtrArray *models, GPtrArray *installed)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) unusable = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < installed->len; i++) {
    HablaModel *model = g_ptr_array_index (installed, i);

    g_hash_table_add (habla_model_get_unusable (model) != NULL ? unusable : self->installed,
        (gpointer) habla_model_get_id (model));
  }
  for (guint i = 0; i < models->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (models, i);

    g_hash_table_add (known, model->id);
    if (!g_hash_table_contains (unusable, model->id))
      g_ptr_array_add (self->candidates, habla_available_model_ref (model));
  }
  for (guint i = 0; i < installed->len; i++) {
    HablaModel *model = g_ptr_array_index (installed, i);

    if (habla_model_get_unusable (model) == NULL &&
        !g_hash_table_contains (known, habla_model_get_id (model)))
      g_ptr_array_add (self->candidates, describe_installed (model));
  }
}

static gboolean
planner_is_installed (Planner *self, HablaAvailableModel *model)
{
  return g_hash_table_contains (self->installed, model->id);
}

/* Whether the machine can run @model beside the chosen models. */
static gboolean
planner_fits (Planner *self, HablaAvailableModel *model)
{
  gboolean is_transcriber = g_str_equal (model->job, HABLA_MODEL_JOB_TRANSCRIBER);
  guint max_cpu = self->machine->n_cores * (is_transcriber ? 50 : 10);
  guint64 max_memory = self->machine->memory / 2;

  if (self->plan->memory + model->memory > max_memory || model->cpu > max_cpu)
    return FALSE;
  return !is_transcriber ||
         model->memory <= MAX (self->machine->memory / 8, MIN_TRANSCRIBER_MEMORY);
}

static guint
planner_rate (Planner *self, HablaAvailableModel *model, const char *language)
{
  guint rate = model->quality + 1;

  if (planner_is_installed (self, model))
    rate += BONUS_INSTALLED;
  for (guint i = 0; language != NULL && model->languages[i] != NULL; i++)
    if (habla_language_matches (language, model->languages[i]))
      return rate + BONUS_VARIETY;
  return rate;
}

static void
planner_add (Planner *self, HablaAvailableModel *model, const char *language)
{
  GPtrArray *items = self->plan->items;
  HablaSetupItem *item = NULL;
  guint n;

  for (guint i = 0; i < items->len && item == NULL; i++) {
    item = g_ptr_array_index (items, i);
    if (item->model != model)
      item = NULL;
  }
  if (item == NULL) {
    item = g_new0 (HablaSetupItem, 1);
    item->model = habla_available_model_ref (model);
    item->languages = g_new0 (char *, 1);
    item->is_installed = planner_is_installed (self, model);
    g_ptr_array_add (items, item);
    self->plan->memory += model->memory;
    if (!item->is_installed) {
      self->plan->download_size += model->download_size;
      self->plan->disk_size += model->disk_size;
    }
  }
  if (language == NULL || g_strv_contains ((const char *const *) item->languages, language))
    return;
  n = g_strv_length (item->languages);
  item->languages = g_renew (char *, item->languages, n + 2);
  item->languages[n] = g_strdup (language);
  item->languages[n + 1] = NULL;
}

static const char *
name_language (const char *language)
{
  const char *name = habla_language_get_name (language);

  return name != NULL ? name : language;
}

static void
planner_miss (Planner *self, const char *job, const char *from, const char *to)
{
  const char *verb = habla_available_model_describe_job (job);

  g_ptr_array_add (self->missing,
      to == NULL
          ? g_strdup_printf ("No model that fits this machine %s %s", verb, name_language (from))
          : g_strdup_printf ("No model that fits this machine %s %s to %s", verb,
                name_language (from), name_language (to)));
}

/* Returns: (transfer none) (nullable): the best model for one language or pair */
static HablaAvailableModel *
planner_find (Planner *self, const char *job, const char *language)
{
  HablaAvailableModel *best = NULL;

  for (guint i = 0; i < self->candidates->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (self->candidates, i);

    if (g_str_equal (model->job, job) && planner_fits (self, model) &&
        (language == NULL || habla_available_model_supports_language (model, language)) &&
        (best == NULL ||
            planner_rate (self, model, language) > planner_rate (self, best, language)))
      best = model;
  }
  return best;
}

static void
planner_add_translator (Planner *self, const char *from, const char *to)
{
  g_autofree char *pair = g_strconcat (from, ">", to, NULL);
  g_autofree char *first = g_strconcat (from, ">" PIVOT, NULL);
  g_autofree char *second = g_strconcat (PIVOT ">", to, NULL);
  HablaAvailableModel *direct = planner_find (self, HABLA_MODEL_JOB_TRANSLATOR, pair);
  HablaAvailableModel *there = NULL, *on = NULL;

  if (direct != NULL) {
    planner_add (self, direct, pair);
    return;
  }
  if (!habla_language_matches (PIVOT, from) && !habla_language_matches (PIVOT, to)) {
    there = planner_find (self, HABLA_MODEL_JOB_TRANSLATOR, first);
    on = planner_find (self, HABLA_MODEL_JOB_TRANSLATOR, second);
  }
  if (there == NULL || on == NULL) {
    planner_miss (self, HABLA_MODEL_JOB_TRANSLATOR, from, to);
    return;
  }
  planner_add (self, there, first);
  planner_add (self, on, second);
}

static void
planner_add_translators (Planner *self, const char *const *languages)
{
  for (guint i = 0; languages[i] != NULL; i++) {
    for (guint j = 0; languages[j] != NULL; j++) {
      g_autofree char *from = habla_language_get_primary (languages[i]);
      g_autofree char *to = habla_language_get_primary (languages[j]);

      if (!g_str_equal (from, to))
        planner_add_translator (self, languages[i], languages[j]);
    }
  }
}

static void
planner_add_voices (Planner *self, const char *const *languages)
{
  for (guint i = 0; languages[i] != NULL; i++) {
    HablaAvailableModel *voice = planner_find (self, HABLA_MODEL_JOB_SYNTHESIZER, languages[i]);

    if (voice != NULL)
      planner_add (self, voice, languages[i]);
    else
      planner_miss (self, HABLA_MODEL_JOB_SYNTHESIZER, languages[i], NULL);
  }
}

/* Returns: the sum of the ratings of @model for the languages that are left */
static guint
planner_rate_transcriber (Planner *self, HablaAvailableModel *model, GPtrArray *left)
{
  guint rate = 0;

  if (!g_str_equal (model->job, HABLA_MODEL_JOB_TRANSCRIBER) || !planner_fits (self, model))
    return 0;
  for (guint i = 0; i < left->len; i++)
    if (habla_available_model_supports_language (model, g_ptr_array_index (left, i)))
      rate += planner_rate (self, model, NULL);
  return rate;
}

static HablaAvailableModel *
planner_find_transcriber (Planner *self, GPtrArray *left)
{
  HablaAvailableModel *best = NULL;
  guint best_rate = 0;

  for (guint i = 0; i < self->candidates->len; i++) {
    HablaAvailableModel *model = g_ptr_array_index (self->candidates, i);
    guint rate = planner_rate_transcriber (self, model, left);

    if (rate > best_rate) {
      best = model;
      best_rate = rate;
    }
  }
  return best;
}

static void
planner_add_voice_activity (Planner *self)
{
  HablaAvailableModel *model;
  gboolean is_needed = FALSE;

  for (guint i = 0; i < self->plan->items->len; i++) {
    HablaSetupItem *item = g_ptr_array_index (self->plan->items, i);

    is_needed |= item->model->needs_voice_activity;
  }
  if (!is_needed)
    return;
  model = planner_find (self, HABLA_MODEL_JOB_VOICE_ACTIVITY, NULL);
  if (model != NULL)
    planner_add (self, model, NULL);
  else
    g_ptr_array_add (self->missing, g_strdup ("No model that fits this machine finds speech"));
}

static void
planner_add_transcribers (Planner *self, const char *const *languages)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  HablaAvailableModel *model;

  for (guint i = 0; languages[i] != NULL; i++)
    g_ptr_array_add (left, (gpointer) languages[i]);
  while (left->len > 0 && (model = planner_find_transcriber (self, left)) != NULL) {
    g_autoptr (GPtrArray) others = g_ptr_array_new ();

    for (guint i = 0; i < left->len; i++) {
      const char *language = g_ptr_array_index (left, i);

      if (habla_available_model_supports_language (model, language))
        planner_add (self, model, language);
      else
        g_ptr_array_add (others, (gpointer) language);
    }
    g_ptr_array_unref (left);
    left = g_steal_pointer (&others);
  }
  for (guint i = 0; i < left->len; i++)
    planner_miss (self, HABLA_MODEL_JOB_TRANSCRIBER, g_ptr_array_index (left, i), NULL);
}

static int
rank_job (const char *job)
{
  static const char *const order[] = { HABLA_MODEL_JOB_VOICE_ACTIVITY, HABLA_MODEL_JOB_TRANSCRIBER,
    HABLA_MODEL_JOB_TRANSLATOR, HABLA_MODEL_JOB_SYNTHESIZER };
  int rank = 0;

  while (rank < (int) G_N_ELEMENTS (order) && !g_str_equal (job, order[rank]))
    rank++;
  return rank;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const HablaSetupItem *left = *(HablaSetupItem **) a, *right = *(HablaSetupItem **) b;

  return rank_job (left->model->job) - rank_job (right->model->job);
}

HablaSetupPlan *
habla_setup_plan_new (GPtrArray *models, GPtrArray *installed, const char *const *languages,
    const HablaMachine *machine)
{
  g_autoptr (HablaSetupPlan) plan = g_new0 (HablaSetupPlan, 1);
  Planner planner = { .plan = plan, .machine = machine };

  plan->items = g_ptr_array_new_with_free_func (item_free);
  planner.candidates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) habla_available_model_unref);
  planner.installed = g_hash_table_new (g_str_hash, g_str_equal);
  planner.missing = g_ptr_array_new ();
  planner_add_candidates (&planner, models, installed);

  /* Translators and voices are small: what they leave of the memory is for the transcriber. */
  planner_add_translators (&planner, languages);
  planner_add_voices (&planner, languages);
  planner_add_transcribers (&planner, languages);
  planner_add_voice_activity (&planner);

  g_ptr_array_sort (plan->items, compare_items);
  g_ptr_array_add (planner.missing, NULL);
  plan->missing = (char **) g_ptr_array_free (planner.missing, FALSE);
  g_ptr_array_unref (planner.candidates);
  g_hash_table_unref (planner.installed);
  return g_steal_pointer (&plan);
}
