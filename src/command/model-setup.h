/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "command/model-run.h"

G_BEGIN_DECLS

/**
 * habla_model_setup_run:
 * @run: loads, installs and collects failures
 * @catalogue: the models that can be installed
 * @languages: (array zero-terminated=1): normalized BCP 47 codes, at least one
 * @yes: whether to install without a question
 *
 * Chooses models for some languages and this machine, prints what they are for and what they cost,
 * asks on standard input whether to install them, installs them, and prints what works then.
 */
void habla_model_setup_run (
    HablaModelRun *run, HablaCatalogue *catalogue, const char *const *languages, gboolean yes);

/**
 * habla_model_setup_install:
 * @run: installs and collects failures
 * @catalogue: the models that can be installed
 * @model: one of them
 *
 * Installs a model, and voice activity first if @model needs it and none is installed.
 */
void habla_model_setup_install (
    HablaModelRun *run, HablaCatalogue *catalogue, HablaAvailableModel *model);

G_END_DECLS
