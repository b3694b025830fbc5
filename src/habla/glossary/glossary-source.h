/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <habla/glossary.h>

G_BEGIN_DECLS

/**
 * HablaGlossarySource:
 * @lock: protects the others
 * @load_lock: held while a file is read, which no other function waits for
 * @path: (nullable): the file
 * @changed: whether @path has not been read since it was set
 * @glossary: (nullable): the glossary in use
 *
 * The glossary of an element, whose file is set on one thread and read on another one, which may
 * wait for a disk.
 */
typedef struct {
  GMutex lock;
  GMutex load_lock;
  char *path;              /* protected by lock */
  gboolean changed;        /* protected by lock */
  HablaGlossary *glossary; /* protected by lock */
} HablaGlossarySource;

/**
 * habla_glossary_source_init:
 * @self: zeroed memory
 */
void habla_glossary_source_init (HablaGlossarySource *self);

/**
 * habla_glossary_source_clear:
 * @self: a source
 *
 * Frees the members of @self.
 */
void habla_glossary_source_clear (HablaGlossarySource *self);

/**
 * habla_glossary_source_set_path:
 * @self: a source
 * @path: (nullable): the file; %NULL or empty for no glossary
 *
 * The file is read by the next habla_glossary_source_refresh(), also if the path is the same. Any
 * thread; does not block.
 */
void habla_glossary_source_set_path (HablaGlossarySource *self, const char *path);

/**
 * habla_glossary_source_reload:
 * @self: a source
 *
 * The file is read by the next habla_glossary_source_refresh(). Any thread; does not block.
 */
void habla_glossary_source_reload (HablaGlossarySource *self);

/**
 * habla_glossary_source_dup_path:
 * @self: a source
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the path that was set
 */
char *habla_glossary_source_dup_path (HablaGlossarySource *self);

/**
 * habla_glossary_source_refresh:
 * @self: a source
 * @error: return location for an error of habla_glossary_load()
 *
 * Reads the file if it was set since the last call; a file that is set meanwhile is read too. After
 * an error, the glossary in use stays. Any thread that may block.
 *
 * Returns: %FALSE with @error set if the file is unusable
 */
gboolean habla_glossary_source_refresh (HablaGlossarySource *self, GError **error);

/**
 * habla_glossary_source_ref:
 * @self: a source
 *
 * Any thread; does not block.
 *
 * Returns: (transfer full) (nullable): the glossary in use
 */
HablaGlossary *habla_glossary_source_ref (HablaGlossarySource *self);

G_END_DECLS
