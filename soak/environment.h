/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "run.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Adds the member "environment" to the object that @builder builds: machine, system, versions of
 * libraries, and commit. */
void soak_environment_add (JsonBuilder *builder, SoakRun *run);

G_END_DECLS
