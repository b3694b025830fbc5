/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ApertiumMode:
 * @name: the name that the `apertium` command knows it by, for example "eng-spa"
 * @file: its path
 * @from: BCP 47 code of the language that it translates
 * @to: BCP 47 code of the language that it translates to
 * @program: (nullable): a program that it needs and that is not installed
 *
 * One direction of a pair of languages that is installed.
 */
typedef struct {
  char *name;
  char *file;
  char *from;
  char *to;
  char *program;
} ApertiumMode;

/* The installed modes. */
typedef struct _ApertiumModes ApertiumModes;

/**
 * apertium_modes_load:
 *
 * Finds the installed modes, in $APERTIUM_DATADIR or where Debian's packages put
 * them, as the `apertium` command does. Starts no program.
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
 * Returns: (transfer full): what can be translated, sorted: "en>es" or, through
 *   a third language, "en>es>fr"
 */
GStrv apertium_modes_list_pairs (ApertiumModes *self);

/**
 * apertium_modes_find_path:
 * @self: the installed modes
 * @from: BCP 47 code
 * @to: BCP 47 code
 * @error: return location for a %HABLA_ERROR_LANGUAGE if the pair does not exist, or
 *   a %HABLA_ERROR_NOT_INSTALLED that names what to install
 *
 * Finds the modes to translate with, one after the other. A language that is not
 * covered falls back to what it is a variety of: es-MX to es.
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
 * The programs that translate @mode, in the form in which each of them answers a
 * NUL with a NUL. How that is asked of each of them, and what else the command
 * changes in a mode file, is known to `apertium-wblank-mode`, which the command runs
 * as well. What that puts in for marked-up text is left out: it does nothing to
 * text without.
 *
 * Returns: (transfer full) (element-type GStrv) (nullable): the arguments of each
 *   program, beginning with its name
 */
GPtrArray *apertium_mode_load_stages (const ApertiumMode *mode, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApertiumModes, apertium_modes_free)

G_END_DECLS
