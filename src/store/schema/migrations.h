/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * habla_migrations_run:
 * @connection: a writable database of any version, which is its `user_version`; 0 means empty
 *
 * Upgrades @connection to the version of this build, each step in a transaction of its own.
 *
 * Returns: SQLITE_OK, or the result code of the step that failed; SQLITE_SCHEMA if the database
 *   has a newer version than this build
 */
int habla_migrations_run (sqlite3 *connection);

G_END_DECLS
