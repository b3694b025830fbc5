/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filter whose change of state to NULL blocks while the file $HABLA_TEST_STUCK exists, as some
 * foreign elements do. */
#include <gst/base/gstbasetransform.h>

G_DECLARE_FINAL_TYPE (StuckElement, stuck_element, STUCK, ELEMENT, GstBaseTransform)

struct _StuckElement {
  GstBaseTransform parent_instance;
};

G_DEFINE_TYPE (StuckElement, stuck_element, GST_TYPE_BASE_TRANSFORM)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate source_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GstStateChangeReturn
stuck_element_change_state (GstElement *element, GstStateChange transition)
{
  const char *path = g_getenv ("HABLA_TEST_STUCK");

  while (transition == GST_STATE_CHANGE_READY_TO_NULL && path != NULL &&
         g_file_test (path, G_FILE_TEST_EXISTS))
    g_usleep (10000);
  return GST_ELEMENT_CLASS (stuck_element_parent_class)->change_state (element, transition);
}

static void
stuck_element_class_init (StuckElementClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_element_class_set_static_metadata (
      element_class, "Stuck", "Filter", "Blocks on its way to NULL", "Habla developers");
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &source_template);
  element_class->change_state = stuck_element_change_state;
}

static void
stuck_element_init (StuckElement *self)
{
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), TRUE);
}

static gboolean
plugin_init (GstPlugin *plugin)
{
  return gst_element_register (plugin, "stuckelement", GST_RANK_NONE, stuck_element_get_type ());
}

#define PACKAGE "stuck"
GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, stuck, "Stuck", plugin_init, "1.0", "LGPL",
    "stuck", "https://habla.example/")
