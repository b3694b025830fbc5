/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  HABLA_INPUT_RECORDING,
  HABLA_INPUT_SUBTITLES,
} HablaInputKind;

/**
 * HablaInput:
 * @kind: what is read from it
 * @name: as it was asked for, in UTF-8, for people
 * @path: (nullable): of a local file
 * @uri: (nullable): where it is; %NULL = what @fd is
 * @fd: standard input, or a pipe that has a name; -1 = neither
 * @cut_short: it is less than its own header or structure says
 */
typedef struct {
  HablaInputKind kind;
  char *name;
  char *path;
  char *uri;
  int fd;
  gboolean cut_short;
} HablaInput;

HablaInput *habla_input_new (const char *argument, GError **error);
void habla_input_free (HablaInput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaInput, habla_input_free)

G_END_DECLS
