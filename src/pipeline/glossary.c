/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/glossary.h"

#include <habla/translator.h>

static gboolean
use_glossary (GstElement *element, const char *path)
{
  if (!HABLA_IS_TRANSLATOR (element))
    return FALSE;
  g_object_set (element, "glossary", path, NULL);
  return TRUE;
}

static void
on_element_added (GstBin *bin, GstBin *parent, GstElement *element, gpointer path)
{
  use_glossary (element, path);
}

static void
free_path (gpointer path, GClosure *closure)
{
  g_free (path);
}

guint
habla_pipeline_use_glossary (GstBin *bin, const char *path)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (bin);
  g_auto (GValue) item = G_VALUE_INIT;
  guint n = 0;

  g_signal_connect_data (bin, "deep-element-added", G_CALLBACK (on_element_added), g_strdup (path),
      free_path, G_CONNECT_DEFAULT);
  while (gst_iterator_next (iterator, &item) == GST_ITERATOR_OK) {
    n += use_glossary (g_value_get_object (&item), path);
    g_value_reset (&item);
  }
  return n;
}
