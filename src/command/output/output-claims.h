/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaOutputClaims:
 *
 * Finds outputs that would overwrite an input, or that two inputs would write, before anything is
 * written.
 */
typedef struct _HablaOutputClaims HablaOutputClaims;

/**
 * habla_output_claims_new:
 *
 * Returns: (transfer full): claims without files
 */
HablaOutputClaims *habla_output_claims_new (void);

/**
 * habla_output_claims_free:
 * @self: (transfer full): claims
 */
void habla_output_claims_free (HablaOutputClaims *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaOutputClaims, habla_output_claims_free)

/**
 * habla_output_claims_add_input:
 * @self: claims
 * @path: path of an input; ignored if it is not a file
 */
void habla_output_claims_add_input (HablaOutputClaims *self, const char *path);

/**
 * habla_output_claims_add_outputs:
 * @self: claims with all inputs
 * @outputs: (element-type filename): paths of outputs
 * @owner: name of the input that they are written for, in UTF-8
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Returns: %FALSE if one of @outputs is an input, or is claimed already
 */
gboolean habla_output_claims_add_outputs (
    HablaOutputClaims *self, GPtrArray *outputs, const char *owner, GError **error);

G_END_DECLS
