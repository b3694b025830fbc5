/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SoakSlo:
 *
 * The limits of a run, as in soak/slo.json. docs/slo.md explains each one.
 */
typedef struct _SoakSlo SoakSlo;

/* Reads @path. Returns: (transfer full) (nullable): the limits; %NULL with @error set */
SoakSlo *soak_slo_load (const char *path, GError **error);

/* Parses @text. Returns: (transfer full) (nullable): the limits; %NULL with @error set if @text is
 * no JSON object */
SoakSlo *soak_slo_parse (const char *text, GError **error);

/* Frees @self. */
void soak_slo_free (SoakSlo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakSlo, soak_slo_free)

/* From now on, members of "scenarios/@scenario" take precedence over those of the root. */
void soak_slo_set_scenario (SoakSlo *self, const char *scenario);

/* @path: names of members, as "rest/seconds". Returns: the number there, or @otherwise */
double soak_slo_get (const SoakSlo *self, const char *path, double otherwise);

/* @path: names of members. Returns: (transfer none) (nullable): the object there */
JsonObject *soak_slo_get_object (const SoakSlo *self, const char *path);

G_END_DECLS
