/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <models/available-model.h>

G_BEGIN_DECLS

/**
 * HablaMachine:
 * @memory: installed memory, in bytes
 * @n_cores: processors that can be used
 */
typedef struct {
  guint64 memory;
  guint n_cores;
} HablaMachine;

/**
 * HablaSetupItem:
 * @model: a model of the set
 * @languages: what for: BCP 47 codes, or pairs such as "en>es"; empty for voice activity
 * @is_installed: whether it is installed already
 */
typedef struct {
  HablaAvailableModel *model;
  char **languages;
  gboolean is_installed;
} HablaSetupItem;

/**
 * HablaSetupPlan:
 * @items: (element-type HablaSetupItem): the models, in the order in which to install them:
 *   voice activity, which transcribers need when they are checked, hearing, translation, voices
 * @missing: (array zero-terminated=1): sentences for people about jobs without a model
 * @download_size: of what is not installed, in bytes
 * @disk_size: of what is not installed, in bytes
 * @memory: of all models together, in bytes
 *
 * A set of models for some languages and a machine.
 */
typedef struct {
  GPtrArray *items;
  char **missing;
  guint64 download_size;
  guint64 disk_size;
  guint64 memory;
} HablaSetupPlan;

/**
 * habla_machine_get:
 * @machine: (out): this machine; memory and processors as far as its control group allows
 */
void habla_machine_get (HablaMachine *machine);

/**
 * habla_setup_plan_new:
 * @models: (element-type HablaAvailableModel): of habla_catalogue_get_models()
 * @installed: (element-type HablaModel): of habla_installed_model_list()
 * @languages: (array zero-terminated=1): normalized BCP 47 codes
 * @machine: the machine
 *
 * Chooses for each language a model that hears it and a voice, for each ordered pair of the
 * languages a translator, by way of English if there is no direct one, and voice activity where a
 * transcriber needs it. The set fits into half of the memory, and its transcriber into half of the
 * processors. Of equal sets, the one with fewer models is better; then that with the greater
 * quality.
 *
 * Returns: (transfer full): the plan
 */
HablaSetupPlan *habla_setup_plan_new (GPtrArray *models, GPtrArray *installed,
    const char *const *languages, const HablaMachine *machine);

/**
 * habla_setup_plan_free:
 * @self: (transfer full): a plan
 */
void habla_setup_plan_free (HablaSetupPlan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaSetupPlan, habla_setup_plan_free)

G_END_DECLS
