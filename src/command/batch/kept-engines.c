/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/batch/kept-engines.h"

#include <habla/synthesizer.h>
#include <habla/translator.h>

struct _HablaKeptEngines {
  GstElement *pipeline;
  GPtrArray *engines; /* of GstElement */
};

static void
kept_engines_add (const GValue *item, gpointer user_data)
{
  HablaKeptEngines *self = user_data;
  GstElement *element = g_value_get_object (item);

  if (HABLA_IS_TRANSLATOR (element) || HABLA_IS_SYNTHESIZER (element))
    g_ptr_array_add (self->engines, gst_object_ref (element));
}

HablaKeptEngines *
habla_kept_engines_new (GstElement *pipeline)
{
  HablaKeptEngines *self = g_new0 (HablaKeptEngines, 1);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));

  self->pipeline = gst_object_ref (pipeline);
  self->engines = g_ptr_array_new_with_free_func (gst_object_unref);
  gst_iterator_foreach (elements, kept_engines_add, self);
  for (guint i = 0; i < self->engines->len; i++)
    gst_element_set_locked_state (g_ptr_array_index (self->engines, i), TRUE);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return self;
}

void
habla_kept_engines_free (HablaKeptEngines *self)
{
  for (guint i = 0; i < self->engines->len; i++) {
    gst_element_set_locked_state (g_ptr_array_index (self->engines, i), FALSE);
    gst_element_set_state (g_ptr_array_index (self->engines, i), GST_STATE_NULL);
  }
  g_ptr_array_unref (self->engines);
  gst_object_unref (self->pipeline);
  g_free (self);
}
