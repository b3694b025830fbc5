/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* Of a database that is as this version wants it: its `user_version`. */
int habla_migrations_get_version (void);
/* Takes @connection from whatever version it has to this one; each step is whole or not done.
 * Returns: SQLITE_OK, or what failed; SQLITE_SCHEMA if a newer version made it */
int habla_migrations_run (sqlite3 *connection);

G_END_DECLS
