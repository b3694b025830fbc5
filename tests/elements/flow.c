/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every element with a sink pad: flush, EOS twice, seek and new caps in the middle of a stream. */
#include "habla-test.h"

#include <gst/check/gstharness.h>

#include "factories.h"

#define TEXT "text/x-raw, format=(string)"
#define AUDIO "audio/x-raw, layout=(string)interleaved, channels=(int)1, "

/* Streams of an element. */
typedef struct {
  const char *caps;  /* fixed */
  const char *other; /* caps that follow; the same if the element accepts no others */
} Stream;

static const Stream text = { TEXT "utf8", TEXT "pango-markup" };
static const Stream speech = { AUDIO "format=(string)S16LE, rate=(int)16000",
  AUDIO "format=(string)S16LE, rate=(int)16000" };
static const Stream audio = { AUDIO "format=(string)S16LE, rate=(int)16000",
  AUDIO "format=(string)F32LE, rate=(int)48000" };

typedef struct {
  GstHarness *harness; /* (nullable): NULL if an engine is missing */
  GstElement *element;
  GstBus *bus;
  const Stream *stream;
  gboolean has_output;
  guint n_pushed;
  int n_flushes; /* atomic: FLUSH_STOP events that left the element */
  int n_ends;    /* atomic: EOS events that left the element */
  int n_seeks;   /* atomic: SEEK events that came out of the sink pad */
} Fixture;

static GstPadProbeReturn
count_downstream (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Fixture *self = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    g_atomic_int_inc (&self->n_flushes);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    g_atomic_int_inc (&self->n_ends);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
count_upstream (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Fixture *self = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_SEEK)
    g_atomic_int_inc (&self->n_seeks);
  return GST_PAD_PROBE_OK;
}

static const Stream *
get_stream (GstElement *element)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (element, "sink");
  g_autoptr (GstCaps) accepted = gst_pad_get_pad_template_caps (sink);
  g_autoptr (GstCaps) other = gst_caps_from_string (audio.other);
  g_autoptr (GstCaps) markup = gst_caps_from_string (text.other);

  if (gst_caps_can_intersect (accepted, markup))
    return &text;
  return gst_caps_can_intersect (accepted, other) ? &audio : &speech;
}

static const char *
choose_src_pad (GstElement *element)
{
  const GList *templates = gst_element_get_pad_template_list (element);

  for (const GList *l = templates; l != NULL; l = l->next) {
    const char *name = GST_PAD_TEMPLATE_NAME_TEMPLATE (l->data);

    if (g_str_equal (name, "src"))
      return "src";
    if (g_str_equal (name, "captions_%s"))
      return "captions_en";
  }
  return NULL;
}

/* Returns: (nullable): NULL, after g_test_skip(), if the engine is missing or there is no sink pad
 */
static Fixture *
create (const char *factory_name)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GstMessage) error = NULL;
  g_autoptr (GstPad) sink = NULL;

  self->element = gst_object_ref_sink (gst_element_factory_make (factory_name, NULL));
  factories_refuse_connections (self->element);
  /* The pair of the models for the tests. */
  if (g_str_equal (factory_name, "mariantranslator"))
    g_object_set (self->element, "input-language-code", "en", "output-language-code", "pt", NULL);
  self->bus = gst_bus_new ();
  sink = gst_element_get_static_pad (self->element, "sink");
  if (sink == NULL) {
    g_test_skip ("It has no sink pad");
    return self;
  }
  self->stream = get_stream (self->element);
  self->has_output = choose_src_pad (self->element) != NULL;
  gst_element_set_bus (self->element, self->bus);
  if (gst_element_set_state (self->element, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE) {
    error = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);
    g_assert_true (error != NULL && factories_is_missing_engine (error));
    g_test_skip ("The engine is not installed");
    return self;
  }
  gst_element_set_state (self->element, GST_STATE_NULL);
  self->harness =
      gst_harness_new_with_element (self->element, "sink", choose_src_pad (self->element));
  /* The harness has replaced it. */
  gst_element_set_bus (self->element, self->bus);
  if (self->has_output)
    gst_pad_add_probe (self->harness->sinkpad,
        GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH, count_downstream,
        self, NULL);
  gst_pad_add_probe (
      self->harness->srcpad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, count_upstream, self, NULL);
  gst_harness_set_src_caps_str (self->harness, self->stream->caps);
  return self;
}

static void
destroy (Fixture *self)
{
  g_clear_pointer (&self->harness, gst_harness_teardown);
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_element_set_bus (self->element, NULL);
  gst_object_unref (self->bus);
  gst_object_unref (self->element);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, destroy)

/* Text is an utterance each second, audio a tenth of a second of silence. */
static GstFlowReturn
push (Fixture *self)
{
  gboolean is_text = self->stream == &text;
  gsize size = is_text ? strlen ("hello\n") : 3200;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  if (is_text)
    gst_buffer_fill (buffer, 0, "hello\n", size);
  else
    gst_buffer_memset (buffer, 0, 0, size);
  GST_BUFFER_DURATION (buffer) = is_text ? GST_SECOND : 100 * GST_MSECOND;
  GST_BUFFER_PTS (buffer) = self->n_pushed++ * GST_BUFFER_DURATION (buffer);
  return gst_harness_push (self->harness, buffer);
}

static void
push_some (Fixture *self)
{
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (push (self), ==, GST_FLOW_OK);
}

static void
flush (Fixture *self)
{
  GstSegment segment;

  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_start ()));
  g_assert_cmpint (push (self), ==, GST_FLOW_FLUSHING);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  g_assert_true (gst_harness_push_event (self->harness, gst_event_new_segment (&segment)));
  self->n_pushed = 0;
}

/* Sends EOS, and waits until it has left the element. */
static void
end (Fixture *self, int n_ends)
{
  gint64 deadline = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

  gst_harness_push_event (self->harness, gst_event_new_eos ());
  while (self->has_output && g_atomic_int_get (&self->n_ends) < n_ends &&
         g_get_monotonic_time () < deadline)
    g_usleep (1000);
  if (self->has_output)
    g_assert_cmpint (g_atomic_int_get (&self->n_ends), ==, n_ends);
}

static void
check_no_error (Fixture *self)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (self->bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  if (message != NULL) {
    gst_message_parse_error (message, &error, NULL);
    g_error ("%s: %s", GST_ELEMENT_NAME (self->element), error->message);
  }
}

/* Data that is pushed during a flush is refused; afterwards the element works as before. */
static void
test_flush (gconstpointer factory_name)
{
  g_autoptr (Fixture) self = create (factory_name);

  if (self->harness == NULL)
    return;
  for (int i = 1; i <= 3; i++) {
    push_some (self);
    flush (self);
    if (self->has_output)
      g_assert_cmpint (g_atomic_int_get (&self->n_flushes), ==, i);
  }
  push_some (self);
  end (self, 1);
  check_no_error (self);
}

/* A second EOS has no effect; a flush makes the element ready for another stream. */
static void
test_eos_twice (gconstpointer factory_name)
{
  g_autoptr (Fixture) self = create (factory_name);

  if (self->harness == NULL)
    return;
  push_some (self);
  end (self, 1);
  end (self, 1);
  g_assert_cmpint (push (self), ==, GST_FLOW_EOS);
  flush (self);
  push_some (self);
  end (self, 2);
  check_no_error (self);
}

/* A seek reaches the source once, which answers with a flush. */
static void
test_seek (gconstpointer factory_name)
{
  g_autoptr (Fixture) self = create (factory_name);

  if (self->harness == NULL)
    return;
  if (!self->has_output) {
    g_test_skip ("It is a sink that does not seek");
    return;
  }
  push_some (self);
  gst_harness_push_upstream_event (
      self->harness, gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                         GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0));
  g_assert_cmpint (g_atomic_int_get (&self->n_seeks), ==, 1);
  flush (self);
  push_some (self);
  end (self, 1);
  check_no_error (self);
}

/* New caps in the middle of a stream; caps that the element does not accept do not harm it. */
static void
test_new_caps (gconstpointer factory_name)
{
  g_autoptr (Fixture) self = create (factory_name);
  g_autoptr (GstCaps) strange = gst_caps_new_empty_simple ("video/x-strange");
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->element, "sink");
  g_autoptr (GstCaps) accepted = NULL;

  if (self->harness == NULL)
    return;
  push_some (self);
  gst_harness_set_src_caps_str (self->harness, self->stream->other);
  push_some (self);
  accepted = gst_pad_get_pad_template_caps (sink);
  g_assert_true (gst_pad_query_accept_caps (sink, strange) == gst_caps_is_any (accepted));
  gst_harness_set_src_caps_str (self->harness, self->stream->caps);
  push_some (self);
  end (self, 1);
  check_no_error (self);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  if (g_getenv ("HABLA_TEST_MODELS") != NULL)
    g_setenv ("HABLA_MODELS_PATH", g_getenv ("HABLA_TEST_MODELS"), TRUE);
  factories_add_tests ("flow/flush", test_flush);
  factories_add_tests ("flow/eos-twice", test_eos_twice);
  factories_add_tests ("flow/seek", test_seek);
  factories_add_tests ("flow/new-caps", test_new_caps);
  return habla_test_run ();
}
