/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/glossary.h"

#include <habla/translator.h>

/* Data of an element. */
#define OWN_PATH "habla-own-glossary"

struct _HablaPipelineGlossary {
  char *path;                  /* (nullable) */
  HablaGlossaryFolder *folder; /* (nullable) */
  char *room;
  GMutex lock; /* held from the choice to the change of an element, so that the last one wins */
};

HablaPipelineGlossary *
habla_pipeline_glossary_new (const char *path, HablaGlossaryFolder *folder, const char *room)
{
  HablaPipelineGlossary *self = g_atomic_rc_box_new0 (HablaPipelineGlossary);

  self->path = g_strdup (path);
  self->folder = folder != NULL && room != NULL ? habla_glossary_folder_ref (folder) : NULL;
  self->room = g_strdup (room);
  g_mutex_init (&self->lock);
  return self;
}

static void
pipeline_glossary_clear (gpointer data)
{
  HablaPipelineGlossary *self = data;

  g_clear_pointer (&self->folder, habla_glossary_folder_unref);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self->room);
}

void
habla_pipeline_glossary_unref (HablaPipelineGlossary *self)
{
  g_atomic_rc_box_release_full (self, pipeline_glossary_clear);
}

/* Called with lock held. Returns: (transfer none) (nullable): what the element had before, which a
 * launch line may have set */
static const char *
get_own_path (GstElement *engine)
{
  char *own = g_object_get_data (G_OBJECT (engine), OWN_PATH);

  if (own == NULL) {
    g_object_get (engine, "glossary", &own, NULL);
    if (own == NULL)
      own = g_strdup ("");
    g_object_set_data_full (G_OBJECT (engine), OWN_PATH, own, g_free);
  }
  return own;
}

/* Called with lock held. Returns: (transfer full): a path; empty = none */
static char *
pipeline_glossary_choose (HablaPipelineGlossary *self, GstElement *engine)
{
  const char *own = get_own_path (engine);
  g_autofree char *from = NULL, *to = NULL, *path = NULL;

  if (self->folder != NULL) {
    if (HABLA_IS_TRANSLATOR (engine))
      g_object_get (engine, "input-language-code", &from, "output-language-code", &to, NULL);
    path = habla_glossary_folder_find (
        self->folder, &(HablaGlossaryKey){ .room = self->room, .from = from, .to = to });
  }
  return path != NULL ? g_steal_pointer (&path) : g_strdup (self->path != NULL ? self->path : own);
}

static void
pipeline_glossary_set (HablaPipelineGlossary *self, GstElement *element)
{
  g_autofree char *path = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "glossary") == NULL)
    return;
  g_mutex_lock (&self->lock);
  path = pipeline_glossary_choose (self, element);
  g_object_set (element, "glossary", path, NULL);
  g_mutex_unlock (&self->lock);
}

static void
set_item (const GValue *item, gpointer self)
{
  pipeline_glossary_set (self, g_value_get_object (item));
}

/* On the thread that adds @element. */
static void
on_element_added (GstBin *bin, GstBin *parent, GstElement *element, gpointer self)
{
  pipeline_glossary_set (self, element);
}

static void
unref_closure_data (gpointer self, GClosure *closure)
{
  habla_pipeline_glossary_unref (self);
}

void
habla_pipeline_glossary_attach (HablaPipelineGlossary *self, GstBin *bin)
{
  g_signal_connect_data (bin, "deep-element-added", G_CALLBACK (on_element_added),
      g_atomic_rc_box_acquire (self), unref_closure_data, G_CONNECT_DEFAULT);
  habla_pipeline_glossary_update (self, bin);
}

void
habla_pipeline_glossary_update (HablaPipelineGlossary *self, GstBin *bin)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (bin);

  while (gst_iterator_foreach (iterator, set_item, self) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (iterator);
}
