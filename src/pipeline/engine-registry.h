/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  HABLA_ENGINE_TRANSCRIBER,
  HABLA_ENGINE_TRANSLATOR,
  HABLA_ENGINE_SYNTHESIZER,
} HablaEngineKind;

/**
 * HablaEngine:
 * @kind: what it does
 * @element: the name of its factory
 * @languages: what it hears or speaks, in BCP 47; or for a translator its pairs: "en>es",
 *   or "en>es>fr" for one that goes through a third language
 */
typedef struct {
  HablaEngineKind kind;
  char *element;
  GStrv languages;
} HablaEngine;

GPtrArray *habla_engine_registry_list (void);
HablaEngine *habla_engine_new (const char *element);
void habla_engine_free (HablaEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaEngine, habla_engine_free)

gboolean habla_engine_check_language (HablaEngine *self, const char *language, GError **error);
gboolean habla_engine_check_pair (
    HablaEngine *self, const char *from, const char *to, GError **error);
GStrv habla_pair_split (const char *pair);

G_END_DECLS
