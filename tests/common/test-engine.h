/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/habla.h>

G_BEGIN_DECLS

/**
 * TestEngine:
 * @element: name of the element factory, which also begins each text of a transcriber or translator
 * @kind: the kind of engine
 * @rank: the rank of the factory
 * @languages: (nullable) (array zero-terminated=1): what the engine lists; %NULL = it has no such
 *   list, like many elements that are not Habla's
 * @folder: (nullable): the engine lists its languages only while this subfolder of the first folder
 *   of models exists
 * @n_running: (nullable): atomic; counts the translators that have started and not stopped. They
 *   must not start in the thread of the main loop
 *
 * @detects: whether a transcriber detects its first two languages: words from
 *   %TEST_ENGINE_SECOND_LANGUAGE on are in the second
 *
 * A real element whose languages a test defines. Transcribers read words from samples, see
 * #TestTranscriber; translators add their name to the text; synthesizers speak nothing.
 */
typedef struct {
  const char *element;
  HablaEngineKind kind;
  guint rank;
  const char *const *languages;
  const char *folder;
  int *n_running;
  gboolean detects;
} TestEngine;

#define TEST_ENGINE_SECOND_LANGUAGE 100

/**
 * test_engine_register:
 * @plugin: (nullable): the plugin that provides it
 * @engine: the engine; must exist as long as the process
 *
 * Registers the element.
 */
void test_engine_register (GstPlugin *plugin, const TestEngine *engine);

G_END_DECLS
