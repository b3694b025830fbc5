/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla/glossary/glossary-source.h"

void
habla_glossary_source_init (HablaGlossarySource *self)
{
  g_mutex_init (&self->lock);
  g_mutex_init (&self->load_lock);
}

void
habla_glossary_source_clear (HablaGlossarySource *self)
{
  g_clear_pointer (&self->glossary, habla_glossary_unref);
  g_clear_pointer (&self->path, g_free);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->load_lock);
}

void
habla_glossary_source_set_path (HablaGlossarySource *self, const char *path)
{
  g_mutex_lock (&self->lock);
  g_free (self->path);
  self->path = path != NULL && *path != '\0' ? g_strdup (path) : NULL;
  self->changed = TRUE;
  g_mutex_unlock (&self->lock);
}

char *
habla_glossary_source_dup_path (HablaGlossarySource *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->path);
}

gboolean
habla_glossary_source_refresh (HablaGlossarySource *self, GError **error)
{
  g_autoptr (GMutexLocker) loading = g_mutex_locker_new (&self->load_lock);
  g_autoptr (HablaGlossary) glossary = NULL;
  g_autofree char *path = NULL;
  gboolean changed;

  g_mutex_lock (&self->lock);
  changed = self->changed;
  self->changed = FALSE;
  if (changed)
    path = g_strdup (self->path);
  g_mutex_unlock (&self->lock);
  if (!changed)
    return TRUE;
  if (path != NULL) {
    glossary = habla_glossary_load (path, error);
    if (glossary == NULL)
      return FALSE;
  }
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->glossary, habla_glossary_unref);
  self->glossary = g_steal_pointer (&glossary);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

HablaGlossary *
habla_glossary_source_ref (HablaGlossarySource *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->glossary != NULL ? habla_glossary_ref (self->glossary) : NULL;
}
