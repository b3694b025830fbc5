/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <habla/error.h>
#include <pipeline/template/missing-element.h>

static void
test_package (void)
{
  g_autofree char *known = habla_missing_element_get_remedy ("opusenc");
  g_autofree char *unknown = habla_missing_element_get_remedy ("nosuchelement");

  g_assert_cmpstr (habla_missing_element_find_package ("opusenc"), ==, "gstreamer1.0-plugins-base");
  g_assert_null (habla_missing_element_find_package ("nosuchelement"));
  g_assert_cmpstr (known, ==, "install gstreamer1.0-plugins-base");
  g_assert_cmpstr (unknown, ==, "run “habla doctor” to see what is missing");
}

static GError *
explain (const char *type, const char *detail, const char *name)
{
  GstStructure *structure = gst_structure_new ("missing-plugin", "type", G_TYPE_STRING, type,
      "detail", G_TYPE_STRING, detail, "name", G_TYPE_STRING, name, NULL);
  g_autoptr (GstMessage) message = gst_message_new_element (NULL, structure);

  return habla_missing_element_explain (message);
}

static void
test_explain (void)
{
  g_autoptr (GError) element = explain ("element", "srtenc", "GStreamer element srtenc");
  g_autoptr (GError) decoder = explain ("decoder", "audio/x-shorten", "Shorten decoder");
  g_autoptr (GstMessage) other = gst_message_new_eos (NULL);

  g_assert_error (element, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED);
  g_assert_cmpstr (element->message, ==,
      "There is no GStreamer element srtenc here; install gstreamer1.0-plugins-bad");
  g_assert_cmpstr (decoder->message, ==,
      "There is no Shorten decoder here; install gstreamer1.0-libav or gstreamer1.0-plugins-ugly");
  g_assert_null (habla_missing_element_explain (other));
}

static void
test_needed (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (habla_missing_element_check_needed (&error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/missing-element/package", test_package);
  g_test_add_func ("/missing-element/explain", test_explain);
  g_test_add_func ("/missing-element/needed", test_needed);
  return habla_test_run ();
}
