/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline/engines/topic.h"

/* Exchanges from one summary to the next, unless the launch line of the translator says so. */
#define INTERVAL 10

struct _HablaPipelineTopic {
  GMutex lock;
  char *text;      /* protected by lock; empty = unknown, NULL = as the launch line has it */
  GWeakRef writer; /* thread-safe; the translator that writes the topic */
};

HablaPipelineTopic *
habla_pipeline_topic_new (const char *text)
{
  HablaPipelineTopic *self = g_atomic_rc_box_new0 (HablaPipelineTopic);

  g_mutex_init (&self->lock);
  g_weak_ref_init (&self->writer, NULL);
  self->text = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  return self;
}

static void
pipeline_topic_clear (gpointer data)
{
  HablaPipelineTopic *self = data;

  g_weak_ref_clear (&self->writer);
  g_mutex_clear (&self->lock);
  g_free (self->text);
}

void
habla_pipeline_topic_unref (HablaPipelineTopic *self)
{
  g_atomic_rc_box_release_full (self, pipeline_topic_clear);
}

/* Called with lock held. Returns: whether @element writes the topic */
static gboolean
pipeline_topic_is_writer (HablaPipelineTopic *self, GstElement *element)
{
  g_autoptr (GstElement) writer = g_weak_ref_get (&self->writer);

  if (writer == NULL)
    g_weak_ref_set (&self->writer, element);
  return writer == NULL || writer == element;
}

static void
pipeline_topic_apply (HablaPipelineTopic *self, GstElement *element)
{
  guint interval;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "topic-interval") == NULL)
    return;
  g_object_get (element, "topic-interval", &interval, NULL);
  g_mutex_lock (&self->lock);
  if (!pipeline_topic_is_writer (self, element))
    interval = 0;
  else if (interval == 0)
    interval = INTERVAL;
  g_object_set (element, "topic-interval", interval, NULL);
  if (self->text != NULL)
    g_object_set (element, "topic", self->text, NULL);
  g_mutex_unlock (&self->lock);
}

static void
apply_item (const GValue *item, gpointer self)
{
  pipeline_topic_apply (self, g_value_get_object (item));
}

static void
forget_item (const GValue *item, gpointer self)
{
  GObject *element = g_value_get_object (item);

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "topic-interval") != NULL)
    g_object_set (element, "topic", NULL, NULL);
}

static void
pipeline_topic_call_all (HablaPipelineTopic *self, GstBin *bin, GstIteratorForeachFunction func)
{
  g_autoptr (GstIterator) iterator = gst_bin_iterate_recurse (bin);

  while (gst_iterator_foreach (iterator, func, self) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (iterator);
}

/* On the thread that adds @element. */
static void
on_element_added (GstBin *bin, GstBin *parent, GstElement *element, gpointer self)
{
  pipeline_topic_apply (self, element);
}

/* Another translator writes the topic then. */
static void
on_element_removed (GstBin *bin, GstBin *parent, GstElement *element, gpointer data)
{
  HablaPipelineTopic *self = data;
  g_autoptr (GstElement) writer = g_weak_ref_get (&self->writer);

  if (writer != element)
    return;
  g_weak_ref_set (&self->writer, NULL);
  pipeline_topic_call_all (self, bin, apply_item);
}

static void
unref_closure_data (gpointer self, GClosure *closure)
{
  habla_pipeline_topic_unref (self);
}

void
habla_pipeline_topic_attach (HablaPipelineTopic *self, GstBin *bin)
{
  g_signal_connect_data (bin, "deep-element-added", G_CALLBACK (on_element_added),
      g_atomic_rc_box_acquire (self), unref_closure_data, G_CONNECT_DEFAULT);
  g_signal_connect_data (bin, "deep-element-removed", G_CALLBACK (on_element_removed),
      g_atomic_rc_box_acquire (self), unref_closure_data, G_CONNECT_DEFAULT);
  pipeline_topic_call_all (self, bin, apply_item);
}

void
habla_pipeline_topic_set (HablaPipelineTopic *self, GstBin *bin, const char *text)
{
  g_mutex_lock (&self->lock);
  g_free (self->text);
  self->text = g_strdup (text != NULL ? text : "");
  g_mutex_unlock (&self->lock);
  pipeline_topic_call_all (self, bin, text != NULL ? apply_item : forget_item);
}
