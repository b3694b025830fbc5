/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "missing-error.h"

#include "habla/engine.h"
#include "habla/error.h"

void
habla_missing_error_set (gpointer element, const char *what, GError **error)
{
  if (error != NULL && *error == NULL)
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The engine of %s %s",
        habla_engine_get_element_name (element), what);
}
