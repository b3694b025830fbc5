/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text-harness.h"

#define DEADLINE (120 * G_TIME_SPAN_SECOND)

static char *
describe_event (GstEvent *event)
{
  g_autoptr (HablaUtterance) utterance = NULL;

  if (!habla_utterance_is_event (event))
    return g_strdup (GST_EVENT_TYPE_NAME (event));
  utterance = habla_utterance_from_event (event);
  g_assert_false (utterance->is_final);
  return g_strconcat ("partial ", utterance->text, NULL);
}

static char *
describe_buffer (GstBuffer *buffer)
{
  g_autoptr (HablaUtterance) utterance = NULL;
  GstSegment segment;
  guint64 last_id = 0;

  g_assert_nonnull (gst_buffer_get_custom_meta (buffer, HABLA_UTTERANCE_META));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_assert_true (utterance->is_final);
  return g_strconcat (utterance->untranslated ? "untranslated " : "final ", utterance->text, NULL);
}

static GstPadProbeReturn
log_item (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  TextHarness *self = data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    g_ptr_array_add (self->log, describe_buffer (GST_PAD_PROBE_INFO_BUFFER (info)));
  else
    g_ptr_array_add (self->log, describe_event (GST_PAD_PROBE_INFO_EVENT (info)));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

TextHarness *
text_harness_new (const char *caps, guint max_in_flight)
{
  TextHarness *self = g_new0 (TextHarness, 1);
  g_autoptr (GstPad) pad = NULL;

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->translator = test_translator_new ();
  g_object_set (self->translator, "max-in-flight", max_in_flight, NULL);
  self->bus = gst_bus_new ();
  gst_element_set_bus (GST_ELEMENT (self->translator), self->bus);
  pad = gst_element_get_static_pad (GST_ELEMENT (self->translator), "src");
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
          GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      log_item, self, NULL);

  self->harness = gst_harness_new_with_element (GST_ELEMENT (self->translator), "sink", "src");
  if (caps != NULL) {
    gst_harness_set_src_caps_str (self->harness, caps);
    text_harness_expect (self, "stream-start", "caps", "segment", NULL);
  }
  return self;
}

void
text_harness_free (TextHarness *self)
{
  gst_harness_teardown (self->harness);
  gst_element_set_bus (GST_ELEMENT (self->translator), NULL);
  for (guint i = 0; i < self->log->len; i++)
    g_error ("Unexpected output: %s", (char *) self->log->pdata[i]);
  /* Messages hold references to the translator. */
  gst_bus_set_flushing (self->bus, TRUE);
  g_assert_finalize_object (self->translator);
  g_assert_finalize_object (self->bus);
  g_ptr_array_unref (self->log);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

GstBuffer *
text_harness_make_buffer (const char *text, GstClockTime pts)
{
  gsize size = strlen (text);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_fill (buffer, 0, text, size);
  GST_BUFFER_PTS (buffer) = pts;
  if (GST_CLOCK_TIME_IS_VALID (pts))
    GST_BUFFER_DURATION (buffer) = GST_SECOND;
  return buffer;
}

GstFlowReturn
text_harness_push (TextHarness *self, const char *text)
{
  return gst_harness_push (self->harness, text_harness_make_buffer (text, GST_CLOCK_TIME_NONE));
}

typedef struct {
  TextHarness *harness;
  char *text;
} Push;

static gpointer
run_push (gpointer data)
{
  Push *push = data;
  GstFlowReturn flow = text_harness_push (push->harness, push->text);

  g_free (push->text);
  g_free (push);
  return GINT_TO_POINTER (flow);
}

GThread *
text_harness_push_in_thread (TextHarness *self, const char *text)
{
  Push *push = g_new0 (Push, 1);

  push->harness = self;
  push->text = g_strdup (text);
  return g_thread_new ("push", run_push, push);
}

gboolean
text_harness_push_partial (TextHarness *self, guint64 id, const char *text)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (id, text, "en");

  utterance->is_final = FALSE;
  return gst_harness_push_event (self->harness, habla_utterance_to_event (utterance));
}

gboolean
text_harness_push_utterance (TextHarness *self, const HablaUtterance *utterance)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_harness_push (self->harness, habla_utterance_to_buffer (utterance, &segment)) ==
         GST_FLOW_OK;
}

void
text_harness_expect (TextHarness *self, const char *first, ...)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;
  va_list arguments;

  va_start (arguments, first);
  g_mutex_lock (&self->lock);
  for (const char *expected = first; expected != NULL; expected = va_arg (arguments, char *)) {
    while (self->log->len == 0)
      if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
        g_error ("No output, expected “%s”", expected);
    g_assert_cmpstr (self->log->pdata[0], ==, expected);
    g_ptr_array_remove_index (self->log, 0);
  }
  g_mutex_unlock (&self->lock);
  va_end (arguments);
}

guint64
text_harness_get_stat (TextHarness *self, const char *name)
{
  return habla_test_get_stat (self->translator, name);
}

void
text_harness_wait_for_stat (TextHarness *self, const char *name, guint64 value)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

  while (text_harness_get_stat (self, name) != value) {
    if (g_get_monotonic_time () > deadline)
      g_error ("%s is %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT, name,
          text_harness_get_stat (self, name), value);
    g_usleep (1000);
  }
}
