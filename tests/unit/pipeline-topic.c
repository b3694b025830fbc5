/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <pipeline/engines/topic.h>

static GstElement *
add_translator (GstBin *bin, const char *properties)
{
  g_autofree char *line = g_strconcat ("openaitranslator ", properties, NULL);
  g_autoptr (GError) error = NULL;
  GstElement *element = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  gst_bin_add (bin, element);
  return element;
}

static void
check (GstElement *translator, guint interval, const char *topic)
{
  g_autofree char *found = NULL;
  guint found_interval;

  g_object_get (translator, "topic-interval", &found_interval, "topic", &found, NULL);
  g_assert_cmpuint (found_interval, ==, interval);
  g_assert_cmpstr (found, ==, topic);
}

/* One translator writes the topic, also after the one that wrote it has gone; all get it. */
static void
test_writer (void)
{
  g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (HablaPipelineTopic) topic = habla_pipeline_topic_new (NULL);
  GstElement *first = add_translator (GST_BIN (bin), "topic=Maths");
  GstElement *second, *third;

  habla_pipeline_topic_attach (topic, GST_BIN (bin));
  second = add_translator (GST_BIN (bin), "topic-interval=3");
  check (first, 10, "Maths");
  check (second, 0, NULL);
  habla_pipeline_topic_set (topic, GST_BIN (bin), "Numbers");
  third = add_translator (GST_BIN (bin), "");
  check (first, 10, "Numbers");
  check (second, 0, "Numbers");
  check (third, 0, "Numbers");
  gst_bin_remove (GST_BIN (bin), first);
  check (third, 10, "Numbers");
  check (second, 0, "Numbers");
  habla_pipeline_topic_set (topic, GST_BIN (bin), NULL);
  check (second, 0, NULL);
  check (third, 10, NULL);
}

/* Later pipelines of a session begin with its topic. */
static void
test_begin (void)
{
  g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new (NULL));
  g_autoptr (HablaPipelineTopic) topic = habla_pipeline_topic_new ("Numbers");
  GstElement *first;

  habla_pipeline_topic_attach (topic, GST_BIN (bin));
  first = add_translator (GST_BIN (bin), "topic-interval=3");
  check (first, 3, "Numbers");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/pipeline-topic/writer", test_writer);
  g_test_add_func ("/pipeline-topic/begin", test_begin);

  return habla_test_run ();
}
