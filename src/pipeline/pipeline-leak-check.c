/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-leak-check.h"

/* More names than this tell no more. */
#define MAX_NAMES 8

struct _HablaPipelineLeakCheck {
  GPtrArray *objects; /* of GWeakRef: each stays where it is */
};

static void
weak_ref_free (GWeakRef *weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
add (HablaPipelineLeakCheck *self, gpointer object)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  g_ptr_array_add (self->objects, weak);
}

static gboolean
add_pad (GstElement *element, GstPad *pad, gpointer user_data)
{
  add (user_data, pad);
  return TRUE;
}

static void
add_element (HablaPipelineLeakCheck *self, GstElement *element)
{
  add (self, element);
  gst_element_foreach_pad (element, add_pad, self);
}

/* Also what is inside of elements; while it changes, what is seen twice is there twice. */
HablaPipelineLeakCheck *
habla_pipeline_leak_check_new (GstElement *pipeline)
{
  HablaPipelineLeakCheck *self = g_new0 (HablaPipelineLeakCheck, 1);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  g_auto (GValue) value = G_VALUE_INIT;
  GstIteratorResult result;

  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) weak_ref_free);
  add_element (self, pipeline);
  add (self, bus);
  while ((result = gst_iterator_next (elements, &value)) == GST_ITERATOR_OK ||
         result == GST_ITERATOR_RESYNC) {
    if (result == GST_ITERATOR_RESYNC) {
      gst_iterator_resync (elements);
      continue;
    }
    add_element (self, g_value_get_object (&value));
    g_value_reset (&value);
  }
  return self;
}

void
habla_pipeline_leak_check_free (HablaPipelineLeakCheck *self)
{
  g_ptr_array_unref (self->objects);
  g_free (self);
}

char *
habla_pipeline_leak_check_describe (HablaPipelineLeakCheck *self)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < self->objects->len; i++) {
    g_autoptr (GObject) object = g_weak_ref_get (g_ptr_array_index (self->objects, i));

    if (object == NULL)
      continue;
    /* Without that of here. */
    if (n < MAX_NAMES)
      g_string_append_printf (names, "%s%s “%s” (%u references)", n > 0 ? ", " : "",
          G_OBJECT_TYPE_NAME (object), GST_OBJECT_NAME (object), object->ref_count - 1);
    n++;
  }
  if (n > MAX_NAMES)
    g_string_append_printf (names, " and %u more", n - MAX_NAMES);
  return n > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}
