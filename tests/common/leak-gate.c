/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

/* habla_test_init() installs the tracer with this name. GStreamer ignores tracers that it does not
 * know, hence the assertion. */
static GstTracer *
find_leaks_tracer (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  GstTracer *found = NULL;

  for (GList *l = tracers; l != NULL; l = l->next)
    if (found == NULL && g_strcmp0 (GST_OBJECT_NAME (l->data), "all") == 0)
      found = gst_object_ref (l->data);
  g_list_free_full (tracers, gst_object_unref);
  g_assert_nonnull (found);
  return found;
}

static void
count_objects (const GstStructure *checkpoint, const char *field, int step, GHashTable *balance)
{
  const GValue *list = gst_structure_get_value (checkpoint, field);

  g_assert_nonnull (list);
  for (guint i = 0; i < gst_value_list_get_size (list); i++) {
    const GstStructure *object = gst_value_get_structure (gst_value_list_get_value (list, i));
    g_autofree char *key = g_strdup_printf ("%s %s", gst_structure_get_string (object, "type-name"),
        gst_structure_get_string (object, "address"));
    int count = GPOINTER_TO_INT (g_hash_table_lookup (balance, key)) + step;

    if (count == 0)
      g_hash_table_remove (balance, key);
    else
      g_hash_table_replace (balance, g_steal_pointer (&key), GINT_TO_POINTER (count));
  }
}

static GstStructure *
take_checkpoint (GstTracer *tracer)
{
  GstStructure *checkpoint = NULL;

  gst_task_cleanup_all ();
  g_signal_emit_by_name (tracer, "activity-get-checkpoint", &checkpoint);
  g_assert_nonnull (checkpoint);
  return checkpoint;
}

void
habla_test_leak_gate (HablaTestCycle cycle, gpointer data, guint cycles)
{
  g_autoptr (GstTracer) tracer = find_leaks_tracer ();
  g_autoptr (GHashTable) balance = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer object, count;

  /* Starting the tracking a second time deadlocks before GStreamer 1.26; the pipeline's metrics may
   * have started it already. */
  if (g_object_get_data (G_OBJECT (tracer), "habla-tracking") == NULL) {
    g_object_set_data (G_OBJECT (tracer), "habla-tracking", GINT_TO_POINTER (TRUE));
    g_signal_emit_by_name (tracer, "activity-start-tracking");
  }
  cycle (data);
  gst_structure_free (take_checkpoint (tracer));

  for (guint i = 0; i < cycles; i++) {
    cycle (data);
    /* Checkpoints keep the tracer's tables small. */
    if (i % 100 == 99 || i == cycles - 1) {
      g_autoptr (GstStructure) checkpoint = take_checkpoint (tracer);

      count_objects (checkpoint, "objects-created-list", 1, balance);
      count_objects (checkpoint, "objects-removed-list", -1, balance);
    }
  }

  g_hash_table_iter_init (&iter, balance);
  while (g_hash_table_iter_next (&iter, &object, &count))
    g_test_message (
        "%s: %d left after %u cycles", (char *) object, GPOINTER_TO_INT (count), cycles);
  g_assert_cmpuint (g_hash_table_size (balance), ==, 0);
}

void
habla_test_end_tasks (GstElement *element)
{
  GList *pads;

  if (GST_IS_BIN (element)) {
    g_autoptr (GstIterator) children = gst_bin_iterate_elements (GST_BIN (element));
    g_auto (GValue) child = G_VALUE_INIT;

    while (gst_iterator_next (children, &child) == GST_ITERATOR_OK) {
      habla_test_end_tasks (g_value_get_object (&child));
      g_value_reset (&child);
    }
  }
  GST_OBJECT_LOCK (element);
  pads = g_list_copy_deep (element->srcpads, (GCopyFunc) (GCallback) gst_object_ref, NULL);
  GST_OBJECT_UNLOCK (element);
  for (GList *l = pads; l != NULL; l = l->next)
    g_assert_true (gst_pad_set_active (l->data, FALSE));
  g_list_free_full (pads, gst_object_unref);
}
