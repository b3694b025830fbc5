/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/error.h"

/* G_DEFINE_QUARK() writes a static variable without a lock. */
GQuark
habla_error_quark (void)
{
  return g_quark_from_static_string ("habla-error-quark");
}
