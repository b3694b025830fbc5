/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HablaStoreError:
 * @HABLA_STORE_ERROR_NOT_FOUND: there is no such session, exchange or vocabulary item
 * @HABLA_STORE_ERROR_CONFLICT: another record has this name, or there are too many records
 * @HABLA_STORE_ERROR_REFUSED: the database rejects this record; retrying does not help
 * @HABLA_STORE_ERROR_TOO_SLOW: the query exceeded its time limit; a smaller one may succeed
 * @HABLA_STORE_ERROR_BUSY: a queue of the store is full
 * @HABLA_STORE_ERROR_CLOSED: the store is shutting down
 * @HABLA_STORE_ERROR_READ_ONLY: the file or its folder is not writable
 * @HABLA_STORE_ERROR_FULL: the disk is full, or the file has reached its size limit
 * @HABLA_STORE_ERROR_LOCKED: another program uses the file
 * @HABLA_STORE_ERROR_CORRUPT: the file is damaged, or not a database
 * @HABLA_STORE_ERROR_FAILED: any other error of the file system, or a file of a newer version
 *
 * %HABLA_STORE_ERROR_READ_ONLY and all later codes concern the whole store, which may recover.
 */
typedef enum {
  HABLA_STORE_ERROR_NOT_FOUND,
  HABLA_STORE_ERROR_CONFLICT,
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

/**
 * habla_store_error_is_general:
 * @error: any error
 *
 * Returns: whether @error concerns the whole store rather than one request
 */
gboolean habla_store_error_is_general (const GError *error);

/**
 * habla_store_error_from_errno:
 * @error_number: an `errno` value of a file operation
 *
 * Returns: the matching code; %HABLA_STORE_ERROR_FAILED for unknown values
 */
HablaStoreError habla_store_error_from_errno (int error_number);

G_END_DECLS
