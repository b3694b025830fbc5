/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * SoakSlo:
 *
 * The limits, as soak/slo.json has them; docs/slo.md says why they are what they are.
 */
typedef struct _SoakSlo SoakSlo;

SoakSlo *soak_slo_load (const char *path, GError **error);
SoakSlo *soak_slo_parse (const char *text, GError **error);
void soak_slo_free (SoakSlo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SoakSlo, soak_slo_free)

/* What "scenarios" has under @scenario goes before the rest from now on. */
void soak_slo_set_scenario (SoakSlo *self, const char *scenario);

/* @path: members, as "rest/seconds". Returns: @otherwise if there is none */
double soak_slo_get (const SoakSlo *self, const char *path, double otherwise);
/* Returns: (transfer none) (nullable): the object there */
JsonObject *soak_slo_get_object (const SoakSlo *self, const char *path);

G_END_DECLS
