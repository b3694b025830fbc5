/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaStoreError:
 * @HABLA_STORE_ERROR_NOT_FOUND: there is no such session
 * @HABLA_STORE_ERROR_QUERY: the words to search for are no query
 * @HABLA_STORE_ERROR_REFUSED: the database does not take this one, whenever it comes
 * @HABLA_STORE_ERROR_TOO_SLOW: it was given up; a smaller question may do
 * @HABLA_STORE_ERROR_BUSY: too much waits already
 * @HABLA_STORE_ERROR_CLOSED: the store ends
 * @HABLA_STORE_ERROR_READ_ONLY: the file or its folder cannot be written
 * @HABLA_STORE_ERROR_FULL: the disk is full, or the file as large as it may be
 * @HABLA_STORE_ERROR_LOCKED: another program has it
 * @HABLA_STORE_ERROR_CORRUPT: the file is damaged, or none of a database
 * @HABLA_STORE_ERROR_FAILED: anything else that the file system says, or a file of a newer
 *   version
 *
 * From %HABLA_STORE_ERROR_READ_ONLY on it is the whole store that fails, and may work later.
 */
typedef enum {
  HABLA_STORE_ERROR_NOT_FOUND,
  HABLA_STORE_ERROR_QUERY,
  HABLA_STORE_ERROR_REFUSED,
  HABLA_STORE_ERROR_TOO_SLOW,
  HABLA_STORE_ERROR_BUSY,
  HABLA_STORE_ERROR_CLOSED,
  HABLA_STORE_ERROR_READ_ONLY,
  HABLA_STORE_ERROR_FULL,
  HABLA_STORE_ERROR_LOCKED,
  HABLA_STORE_ERROR_CORRUPT,
  HABLA_STORE_ERROR_FAILED,
} HablaStoreError;

#define HABLA_STORE_ERROR (habla_store_error_quark ())
GQuark habla_store_error_quark (void);

/* Whether @error is of the whole store. */
gboolean habla_store_error_is_general (const GError *error);
/* What @error_number of the file system comes to. */
HablaStoreError habla_store_error_from_errno (int error_number);

G_END_DECLS
