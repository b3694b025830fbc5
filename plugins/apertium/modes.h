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

ApertiumModes *apertium_modes_load (void);
void apertium_modes_free (ApertiumModes *self);

GStrv apertium_modes_list_pairs (ApertiumModes *self);
GPtrArray *apertium_modes_find_path (
    ApertiumModes *self, const char *from, const char *to, GError **error);

GPtrArray *apertium_mode_load_stages (const ApertiumMode *mode, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ApertiumModes, apertium_modes_free)

G_END_DECLS
