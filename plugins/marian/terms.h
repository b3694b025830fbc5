/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/glossary.h>
#include <marian.h>

G_BEGIN_DECLS

/**
 * Terms:
 * @glossary: (nullable): the glossary of the first model
 * @lock: protects @used
 * @used: translations that the first model has put into the text
 * @kept: (nullable): keeps these when the next model translates the text
 *
 * The terms of one text on its way through the models.
 */
typedef struct {
  HablaGlossary *glossary;
  GMutex lock;
  GHashTable *used; /* protected by lock */
  HablaGlossary *kept;
} Terms;

/**
 * terms_init:
 * @self: uninitialised memory
 * @glossary: (transfer full) (nullable): the glossary
 */
void terms_init (Terms *self, HablaGlossary *glossary);

/**
 * terms_clear:
 * @self: terms
 *
 * Frees the members of @self.
 */
void terms_clear (Terms *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Terms, terms_clear)

/**
 * terms_get_context:
 * @self: terms
 * @step: index of the model, from 0, called in order
 * @language: language that the model reads
 *
 * Returns: the context for the text of this step; valid as long as @self and @language
 */
MarianContext terms_get_context (Terms *self, guint step, const char *language);

G_END_DECLS
