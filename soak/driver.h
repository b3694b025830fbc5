/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "options.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SoakDriver:
 *
 * The daemon under test: the real program, in folders of its own, on a port of its own; or
 * one that runs already. And a server that does nothing but answer, to compare with.
 */
typedef struct _SoakDriver SoakDriver;

SoakDriver *soak_driver_new (const SoakOptions *options, GError **error);
/* Ends it. Returns: whether it ended well */
gboolean soak_driver_stop (SoakDriver *self, GError **error);
void soak_driver_free (SoakDriver *self);

const char *soak_driver_get_url (SoakDriver *self);
/* Of a bare libsoup server. */
const char *soak_driver_get_bare_url (SoakDriver *self);
/* Returns: 0 of one that ran already */
GPid soak_driver_get_pid (SoakDriver *self);
/* Returns: (nullable): how it ended although nobody had asked for it */
const char *soak_driver_get_death (SoakDriver *self);
/* The log since the last call that is a warning or worse: (transfer full) (element-type utf8) */
GPtrArray *soak_driver_take_log_issues (SoakDriver *self);
/* Returns: files in its folder, without its log */
guint soak_driver_count_files (SoakDriver *self);

/* What habla-soak is when it is the bare server: serves until it is killed. */
int soak_driver_serve_bare (void);

G_END_DECLS
