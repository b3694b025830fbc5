/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/pipeline-leak-check.h"

/* Upper bound on objects that are described by name. */
#define MAX_NAMES 8

struct _HablaPipelineLeakCheck {
  GPtrArray *objects; /* of GWeakRef, whose addresses must not change */
};

static void
weak_ref_free (GWeakRef *weak)
{
  g_weak_ref_clear (weak);
  g_free (weak);
}

static void
leak_check_add (HablaPipelineLeakCheck *self, gpointer object)
{
  GWeakRef *weak = g_new (GWeakRef, 1);

  g_weak_ref_init (weak, object);
  g_ptr_array_add (self->objects, weak);
}

static gboolean
leak_check_add_pad (GstElement *element, GstPad *pad, gpointer user_data)
{
  leak_check_add (user_data, pad);
  return TRUE;
}

static void
leak_check_add_element (HablaPipelineLeakCheck *self, GstElement *element)
{
  leak_check_add (self, element);
  gst_element_foreach_pad (element, leak_check_add_pad, self);
}

/* If the pipeline changes meanwhile, an object may be added twice. */
HablaPipelineLeakCheck *
habla_pipeline_leak_check_new (GstElement *pipeline)
{
  HablaPipelineLeakCheck *self = g_new0 (HablaPipelineLeakCheck, 1);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  g_auto (GValue) value = G_VALUE_INIT;
  GstIteratorResult result;

  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) weak_ref_free);
  leak_check_add_element (self, pipeline);
  leak_check_add (self, bus);
  while ((result = gst_iterator_next (elements, &value)) == GST_ITERATOR_OK ||
         result == GST_ITERATOR_RESYNC) {
    if (result == GST_ITERATOR_RESYNC) {
      gst_iterator_resync (elements);
      continue;
    }
    leak_check_add_element (self, g_value_get_object (&value));
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
    /* Without the reference of this function. */
    if (n < MAX_NAMES)
      g_string_append_printf (names, "%s%s “%s” (%u references)", n > 0 ? ", " : "",
          G_OBJECT_TYPE_NAME (object), GST_OBJECT_NAME (object), object->ref_count - 1);
    n++;
  }
  if (n > MAX_NAMES)
    g_string_append_printf (names, " and %u more", n - MAX_NAMES);
  return n > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}
