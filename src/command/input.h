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
 * @kind: its contents
 * @name: how the user named it, in UTF-8, for messages
 * @path: (nullable): path of a local file; %NULL for others
 * @uri: (nullable): its URI; %NULL if it is read from @fd
 * @fd: file descriptor of standard input or of a named pipe; -1 for others
 * @needs_subparse: whether it is subtitles in a format that only GStreamer's subparse reads
 * @cut_short: whether the file is shorter than its header or structure says
 */
typedef struct {
  HablaInputKind kind;
  char *name;
  char *path;
  char *uri;
  int fd;
  gboolean needs_subparse;
  gboolean cut_short;
} HablaInput;

/**
 * habla_input_new:
 * @argument: a path, a URI, or "-" for standard input
 * @error: return location for a %HABLA_EXIT_ERROR
 *
 * Reads the first and last 64 KiB of a local file, to find its kind and whether it is complete.
 *
 * Returns: (transfer full) (nullable): an input; %NULL if it cannot be read or is damaged
 */
HablaInput *habla_input_new (const char *argument, GError **error);

/**
 * habla_input_free:
 * @self: (transfer full): an input
 *
 * Closes its pipe.
 */
void habla_input_free (HablaInput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaInput, habla_input_free)

G_END_DECLS
