/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ApertiumMode:
 * @name: its name in the `apertium` command, for example "eng-spa"
 * @file: its path
 * @from: BCP 47 code of the language to translate from
 * @to: BCP 47 code of the language to translate to
 * @program: (nullable): a required program that is not installed
 *
 * An installed translation direction.
 */
typedef struct {
  char *name;
  char *file;
  char *from;
  char *to;
  char *program;
} ApertiumMode;

/**
 * ApertiumModes:
 *
 * The installed language pairs, and translation paths through them.
 */
typedef struct _ApertiumModes ApertiumModes;

/**
 * apertium_modes_load:
 *
 * Finds the installed modes in $APERTIUM_DATADIR or the folder of Debian's packages, like the
 * `apertium` command. Does not start a program.
 *
 * Returns: (transfer full): the modes; none if nothing is installed
 */
ApertiumModes *apertium_modes_load (void);

/**
 * apertium_modes_free:
 * @self: (transfer full): installed modes
 */
void apertium_modes_free (ApertiumModes *self);

/**
 * apertium_modes_list_pairs:
 * @self: the installed modes
 *
 * Returns: (transfer full): the pairs that can be translated, sorted: "en>es" or, through a
 *   third language, "en>es>fr"
 */
GStrv apertium_modes_list_pairs (ApertiumModes *self);

/**
 * apertium_modes_find_path:
 * @self: the installed modes
 * @from: BCP 47 code
 * @to: BCP 47 code
 * @error: return location for a %HABLA_ERROR_LANGUAGE if the pair does not exist, or
 *   a %HABLA_ERROR_NOT_INSTALLED that names the packages to install
 *
 * Finds the shortest path of modes. A variety without a mode falls back to its parent
 * language: es-MX to es.
 *
 * Returns: (transfer container) (element-type ApertiumMode) (nullable): the modes, in
 *   order, owned by @self
 */
GPtrArray *apertium_modes_find_path (
    ApertiumModes *self, const char *from, const char *to, GError **error);

/**
 * apertium_mode_load_stages:
 * @mode: a mode
 * @error: return location for an error
 *
 * Loads the programs of @mode, with the options that make each of them flush its output at a
 * NUL. `apertium-wblank-mode`, which the `apertium` command runs as well, knows these options
 * and other changes of a mode file. The programs that it adds for marked-up text are left
 * out, because they do not change text without markup.
 *
 * Returns: (transfer full) (element-type GStrv) (nullable): the arguments of each
 *   program, beginning with its name
 */
GPtrArray *apertium_mode_load_stages (const ApertiumMode *mode, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApertiumModes, apertium_modes_free)

G_END_DECLS
