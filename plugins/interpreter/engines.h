/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  ENGINE_TRANSCRIBER,
  ENGINE_TRANSLATOR,
  ENGINE_SYNTHESIZER,
  N_ENGINES,
} EngineKind;

const char *engine_get_name (EngineKind kind);
GstElement *engine_create_best (EngineKind kind, GError **error);
GstElement *engine_create_alike (GstElement *model, GError **error);
void engine_set_language (GstElement *engine, const char *property, const char *language);

G_END_DECLS
