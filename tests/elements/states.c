/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of every element: states and properties. */
#include "habla-test.h"

#include "factories.h"

typedef struct {
  GstElement *element;
  GstBus *bus;
} Fixture;

static Fixture *
create (const char *factory_name)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->element = gst_object_ref_sink (gst_element_factory_make (factory_name, NULL));
  self->bus = gst_bus_new ();
  gst_element_set_bus (self->element, self->bus);
  factories_refuse_connections (self->element);
  return self;
}

static void
destroy (Fixture *self)
{
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_element_set_bus (self->element, NULL);
  gst_object_unref (self->bus);
  g_assert_cmpint (G_OBJECT (self->element)->ref_count, ==, 1);
  gst_object_unref (self->element);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, destroy)

/* Fails the test unless an engine is missing. */
static void
explain_failure (Fixture *self, GstState state)
{
  g_autoptr (GstMessage) error = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) details = NULL;

  if (error == NULL)
    g_error ("%s: %s failed without a message", GST_ELEMENT_NAME (self->element),
        gst_element_state_get_name (state));
  gst_message_parse_error (error, &details, NULL);
  if (!factories_is_missing_engine (error))
    g_error ("%s: %s: %s", GST_ELEMENT_NAME (self->element), gst_element_state_get_name (state),
        details->message);
  g_test_skip (details->message);
}

static gboolean
read_property (Fixture *self, GParamSpec *pspec)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (self->element), pspec->name, &value);
  return TRUE;
}

static void
read_properties (Fixture *self)
{
  guint n_pspecs;
  g_autofree GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (self->element), &n_pspecs);

  for (guint i = 0; i < n_pspecs; i++)
    if (pspecs[i]->flags & G_PARAM_READABLE)
      read_property (self, pspecs[i]);
}

/* Changes from each state to each other one, twice, and reads all properties in each. A sink
 * may wait for its first buffer indefinitely. */
static void
test_states (gconstpointer factory_name)
{
  static const GstState walk[] = { GST_STATE_READY, GST_STATE_NULL, GST_STATE_PAUSED,
    GST_STATE_NULL, GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_READY,
    GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_NULL };
  g_autoptr (Fixture) self = create (factory_name);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (walk); i++) {
    GstState state = walk[i % G_N_ELEMENTS (walk)];
    GstStateChangeReturn ret = gst_element_set_state (self->element, state);

    if (ret == GST_STATE_CHANGE_FAILURE) {
      explain_failure (self, state);
      return;
    }
    if (ret != GST_STATE_CHANGE_ASYNC)
      g_assert_cmpint (GST_STATE (self->element), ==, state);
    read_properties (self);
  }
}

/* Sets each writable property to its default, and reads it back. */
static void
test_properties (gconstpointer factory_name)
{
  g_autoptr (Fixture) self = create (factory_name);
  guint n_pspecs;
  g_autofree GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (self->element), &n_pspecs);

  for (guint i = 0; i < n_pspecs; i++) {
    g_auto (GValue) value = G_VALUE_INIT;
    g_auto (GValue) got = G_VALUE_INIT;
    g_autofree char *serialized = NULL;

    if (pspecs[i]->owner_type == GST_TYPE_OBJECT || !(pspecs[i]->flags & G_PARAM_WRITABLE) ||
        (pspecs[i]->flags & G_PARAM_CONSTRUCT_ONLY))
      continue;
    g_value_init (&value, pspecs[i]->value_type);
    g_value_init (&got, pspecs[i]->value_type);
    g_param_value_set_default (pspecs[i], &value);
    g_object_set_property (G_OBJECT (self->element), pspecs[i]->name, &value);
    if (!(pspecs[i]->flags & G_PARAM_READABLE))
      continue;
    g_object_get_property (G_OBJECT (self->element), pspecs[i]->name, &got);
    if (g_param_values_cmp (pspecs[i], &value, &got) != 0)
      g_error ("%s of %s is not its default after it was set to it", pspecs[i]->name,
          (const char *) factory_name);
  }
  read_properties (self);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  factories_add_tests ("states", test_states);
  factories_add_tests ("properties", test_properties);
  return habla_test_run ();
}
