/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TranscriberRun:
 * @text: all text
 * @delays: (element-type double): from the end of speech to its text, in ms, if the program plays
 *   the file in real time
 * @cpu: CPU time of the program and its children, in seconds
 * @memory: highest resident memory of the program or of one child, in MB
 *
 * What a program has made of a file.
 */
typedef struct {
  GString *text;
  GArray *delays;
  double cpu;
  double memory;
} TranscriberRun;

/**
 * transcriber_run:
 * @argv: (array zero-terminated=1): a program and its arguments. It prints a line for each text:
 *   END, AT and TEXT with tabs between them. END is the end of its speech, AT the time of the text,
 *   in seconds since the begin of the file, or "-" if the file is not played in real time
 * @run: (out caller-allocates): the result; clear with transcriber_run_clear()
 *
 * Runs @argv to its end.
 *
 * Returns: whether it exited with 0
 */
gboolean transcriber_run (const char *const *argv, TranscriberRun *run);

/**
 * transcriber_run_clear:
 * @run: a result
 */
void transcriber_run_clear (TranscriberRun *run);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TranscriberRun, transcriber_run_clear)

G_END_DECLS
