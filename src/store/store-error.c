/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store-error.h"

#include <errno.h>

/* G_DEFINE_QUARK() would write a static variable without a lock; several threads call this. */
GQuark
habla_store_error_quark (void)
{
  return g_quark_from_static_string ("habla-store-error-quark");
}

gboolean
habla_store_error_is_general (const GError *error)
{
  return error->domain == HABLA_STORE_ERROR && error->code >= HABLA_STORE_ERROR_READ_ONLY;
}

HablaStoreError
habla_store_error_from_errno (int error_number)
{
  switch (error_number) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return HABLA_STORE_ERROR_FULL;
  case EACCES:
  case EPERM:
  case EROFS:
    return HABLA_STORE_ERROR_READ_ONLY;
  case EAGAIN:
    return HABLA_STORE_ERROR_LOCKED;
  default:
    return HABLA_STORE_ERROR_FAILED;
  }
}
