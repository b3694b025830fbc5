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

void
habla_glossary_source_reload (HablaGlossarySource *self)
{
  g_mutex_lock (&self->lock);
  self->changed = TRUE;
  g_mutex_unlock (&self->lock);
}

char *
habla_glossary_source_dup_path (HablaGlossarySource *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_strdup (self->path);
}

/* Returns: whether the path was set since the last call */
static gboolean
source_take_change (HablaGlossarySource *self, char **path)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean changed = self->changed;

  g_free (*path);
  *path = g_strdup (self->path);
  self->changed = FALSE;
  return changed;
}

static void
source_take_glossary (HablaGlossarySource *self, HablaGlossary *glossary)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_clear_pointer (&self->glossary, habla_glossary_unref);
  self->glossary = glossary;
}

gboolean
habla_glossary_source_refresh (HablaGlossarySource *self, GError **error)
{
  g_autoptr (GMutexLocker) loading = g_mutex_locker_new (&self->load_lock);
  g_autoptr (GError) unreadable = NULL;
  g_autofree char *path = NULL;

  /* A file may be deleted as soon as another one is set. */
  while (source_take_change (self, &path)) {
    HablaGlossary *glossary = NULL;

    g_clear_error (&unreadable);
    if (path != NULL)
      glossary = habla_glossary_load (path, &unreadable);
    if (unreadable == NULL)
      source_take_glossary (self, glossary);
  }
  if (unreadable == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&unreadable));
  return FALSE;
}

HablaGlossary *
habla_glossary_source_ref (HablaGlossarySource *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->glossary != NULL ? habla_glossary_ref (self->glossary) : NULL;
}
