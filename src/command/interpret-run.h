/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <command/terminal-output.h>

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaInterpretOptions:
 * @inputs: (element-type HablaInput): one after another; none = live
 * @from: the language that is spoken, normalized
 * @to: what it is translated into, normalized
 * @captions: (nullable): path of the captions
 * @speech: (nullable): path of the speech
 * @pipeline: (nullable): name or path of the pipeline; %NULL = what fits the inputs
 * @settings: (nullable): "NAME=VALUE", parameters of the pipeline
 * @speed: times as fast as it was spoken; 0 = as fast as can be
 *
 * What is asked for.
 */
typedef struct {
  GPtrArray *inputs;
  char *from;
  GStrv to;
  char *captions;
  char *speech;
  char *pipeline;
  GStrv settings;
  double speed;
} HablaInterpretOptions;

char *habla_interpret_get_file_name (
    const HablaInterpretOptions *self, const char *path, const char *language);
GstElement *habla_interpret_create_pipeline (
    const HablaInterpretOptions *self, gboolean *hears, GError **error);
int habla_interpret_run (const HablaInterpretOptions *self, HablaTerminalOutput *terminal);

G_END_DECLS
