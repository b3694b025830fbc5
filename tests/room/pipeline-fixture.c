/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline-fixture.h"

#include <habla/utterance-meta.h>
#include <pipeline/pipeline-private.h>

#define SECONDS habla_test_scale (120)

gboolean
pipeline_fixture_has_engines (void)
{
  static const char *const names[] = { "pocketsphinxtranscriber", "apertiumtranslator", "opusenc",
    "webmmux" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstElementFactory) factory = gst_element_factory_find (names[i]);

    if (factory == NULL || !g_file_test (LIBRIVOX "0880.wav", G_FILE_TEST_EXISTS)) {
      g_test_skip ("an engine or Debian package pocketsphinx-testdata is not installed");
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * pipeline_fixture_keep_models:
 *
 * Models stay loaded from their first use on, as long as there is a transcriber: in the address
 * sanitizer, to load one takes ten seconds and more.
 *
 * Returns: (transfer full) (nullable): that one
 */
GstElement *
pipeline_fixture_keep_models (void)
{
  GstElement *transcriber = gst_element_factory_make ("pocketsphinxtranscriber", NULL);

  return transcriber != NULL ? gst_object_ref_sink (transcriber) : NULL;
}

static void
fixture_on_state_changed (
    HablaPipeline *pipeline, guint from, guint to, guint64 lasted, PipelineFixture *self)
{
  g_assert_cmpuint (to, ==, habla_pipeline_get_state (pipeline));
  g_string_append_printf (
      self->states, "%s%s", self->states->len > 0 ? " " : "", habla_pipeline_state_get_name (to));
}

static void
fixture_on_utterance (
    HablaPipeline *pipeline, const char *language, HablaUtterance *utterance, PipelineFixture *self)
{
  GString *texts = g_hash_table_lookup (self->captions, language);

  /* However fast the audio was decoded. */
  g_assert_cmpuint (habla_pipeline_get_state (pipeline), >, HABLA_PIPELINE_STARTING);
  g_assert_cmpuint (habla_pipeline_get_state (pipeline), <, HABLA_PIPELINE_FAILED);
  if (!utterance->is_final) {
    self->n_partials++;
    return;
  }
  if (texts == NULL) {
    texts = g_string_new (NULL);
    g_hash_table_insert (self->captions, g_strdup (language), texts);
  }
  g_string_append_printf (texts, "%s / ", utterance->text);
}

static void
fixture_on_failed (HablaPipeline *pipeline, GError *error, PipelineFixture *self)
{
  g_ptr_array_add (self->failures, g_strdup (error->message));
}

static void
fixture_on_language_failed (
    HablaPipeline *pipeline, const char *language, GError *error, PipelineFixture *self)
{
  g_ptr_array_add (self->bad, g_strdup_printf ("%s: %s", language, error->message));
}

static void
fixture_on_audio_lost (HablaPipeline *pipeline, guint64 bytes, PipelineFixture *self)
{
  g_assert_cmpuint (bytes, >, 0);
  self->n_lost++;
}

static void
fixture_on_overload (HablaPipeline *pipeline, guint level, PipelineFixture *self)
{
  self->overload = MAX (self->overload, level);
}

static void
fixture_on_closed (HablaPipeline *pipeline, PipelineFixture *self)
{
  g_assert_cmpuint (habla_pipeline_get_state (pipeline), ==, HABLA_PIPELINE_CLOSED);
  self->n_closed++;
}

static void
string_free (gpointer string)
{
  g_string_free (string, TRUE);
}

PipelineFixture *
pipeline_fixture_new_full (const HablaPipelineOptions *options)
{
  PipelineFixture *self = g_new0 (PipelineFixture, 1);

  /* On a busy machine, a pipeline may take longer than the limit that is meant for a server. */
  habla_pipeline_set_teardown_limit (habla_test_scale (60000));
  self->states = g_string_new (NULL);
  self->captions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, string_free);
  self->failures = g_ptr_array_new_with_free_func (g_free);
  self->bad = g_ptr_array_new_with_free_func (g_free);
  self->pipeline = habla_pipeline_new (options);
  g_signal_connect (self->pipeline, "state-changed", G_CALLBACK (fixture_on_state_changed), self);
  g_signal_connect (self->pipeline, "utterance", G_CALLBACK (fixture_on_utterance), self);
  g_signal_connect (self->pipeline, "failed", G_CALLBACK (fixture_on_failed), self);
  g_signal_connect (
      self->pipeline, "language-failed", G_CALLBACK (fixture_on_language_failed), self);
  g_signal_connect (self->pipeline, "audio-lost", G_CALLBACK (fixture_on_audio_lost), self);
  g_signal_connect (self->pipeline, "overload", G_CALLBACK (fixture_on_overload), self);
  g_signal_connect (self->pipeline, "closed", G_CALLBACK (fixture_on_closed), self);
  return self;
}

/* @to: (nullable): one language */
PipelineFixture *
pipeline_fixture_new (
    HablaPipelineInput input, const char *source, const char *from, const char *to)
{
  const char *languages[] = { to, NULL };
  HablaPipelineOptions options = { .label = "test",
    .pipeline = "session",
    .input = input,
    .source = source,
    .from = from,
    .to = languages,
    .drain_timeout = habla_test_scale (60000),
    .max_audio_backlog = 50 * 1000 * 1000 };

  return pipeline_fixture_new_full (&options);
}

/* Aborts the pipeline, and checks that it is freed. */
void
pipeline_fixture_free (PipelineFixture *self)
{
  gpointer pipeline = self->pipeline;
  guint n_before = habla_pipeline_count ();
  gboolean was_closed = habla_pipeline_get_state (self->pipeline) == HABLA_PIPELINE_CLOSED;

  habla_pipeline_abort (self->pipeline);
  pipeline_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->n_closed, ==, 1);
  g_assert_cmpuint (habla_pipeline_count (), ==, n_before - !was_closed);
  g_object_add_weak_pointer (pipeline, &pipeline);
  g_object_unref (self->pipeline);
  while (pipeline != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_string_free (self->states, TRUE);
  g_hash_table_unref (self->captions);
  g_ptr_array_unref (self->failures);
  g_ptr_array_unref (self->bad);
  g_free (self);
}

static gboolean
wake_up (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets the main loop run. */
void
pipeline_fixture_spin (guint milliseconds)
{
  gboolean is_over = FALSE;

  g_timeout_add (milliseconds, wake_up, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Wakes the main loop up to check a deadline. */
static gboolean
keep_on (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
check_deadline (PipelineFixture *self, gint64 deadline, const char *what)
{
  if (g_get_monotonic_time () > deadline)
    g_error ("%s did not come; states: %s; failures: %s", what, self->states->str,
        self->failures->len > 0 ? (char *) self->failures->pdata[0] : "none");
}

void
pipeline_fixture_wait_for_state (PipelineFixture *self, HablaPipelineState state)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;
  guint ticker = g_timeout_add (20, keep_on, NULL);

  while (habla_pipeline_get_state (self->pipeline) != state) {
    g_main_context_iteration (NULL, TRUE);
    check_deadline (self, deadline, habla_pipeline_state_get_name (state));
  }
  g_source_remove (ticker);
}

const char *
pipeline_fixture_get_captions (PipelineFixture *self, const char *language)
{
  GString *texts = g_hash_table_lookup (self->captions, language);

  return texts != NULL ? texts->str : "";
}

guint
pipeline_fixture_count_captions (PipelineFixture *self, const char *language)
{
  g_auto (GStrv) parts = g_strsplit (pipeline_fixture_get_captions (self, language), " / ", -1);

  return MAX (g_strv_length (parts), 1) - 1;
}

void
pipeline_fixture_wait_for_captions (PipelineFixture *self, const char *language, guint n_captions)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;
  guint ticker = g_timeout_add (20, keep_on, NULL);

  while (pipeline_fixture_count_captions (self, language) < n_captions) {
    g_main_context_iteration (NULL, TRUE);
    check_deadline (self, deadline, "a caption");
  }
  g_source_remove (ticker);
}

static void
run_to_eos (GstElement *pipeline)
{
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, SECONDS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/**
 * pipeline_fixture_record:
 * @source: a launch fragment that gives audio
 * @encoder: a launch fragment from raw audio to a container
 *
 * Returns: (transfer full) (element-type GBytes): about a second each
 */
GPtrArray *
pipeline_fixture_record (const char *source, const char *encoder)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "recording", NULL);
  g_autofree char *line = g_strdup_printf (
      "%s ! audioconvert ! audioresample ! %s ! filesink location=%s", source, encoder, path);
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GBytes) all = NULL;
  gint64 duration;
  char *data;
  gsize size, chunk;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, SECONDS));
  g_assert_true (gst_element_query_position (pipeline, GST_FORMAT_TIME, &duration));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  all = g_bytes_new_take (data, size);
  chunk = MAX (gst_util_uint64_scale (size, GST_SECOND, MAX (duration, 1)), 100);
  for (gsize i = 0; i < size; i += chunk)
    g_ptr_array_add (chunks, g_bytes_new_from_bytes (all, i, MIN (chunk, size - i)));
  return chunks;
}

void
pipeline_fixture_push (PipelineFixture *self, GPtrArray *chunks)
{
  for (guint i = 0; i < chunks->len; i++)
    g_assert_true (habla_pipeline_push_audio (self->pipeline, chunks->pdata[i]));
}

/* An empty chunk after the stop means that the client has no more audio. */
void
pipeline_fixture_stop (PipelineFixture *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  habla_pipeline_stop (self->pipeline);
  habla_pipeline_push_audio (self->pipeline, nothing);
}

void
pipeline_fixture_say (PipelineFixture *self, GPtrArray *chunks)
{
  for (guint i = 0; i < chunks->len; i++) {
    if (i + 1 == chunks->len)
      habla_pipeline_stop (self->pipeline);
    g_assert_true (habla_pipeline_push_audio (self->pipeline, chunks->pdata[i]));
  }
}

static void
fixture_on_buffer (GstElement *sink, GstBuffer *buffer, GstPad *pad, GString *texts)
{
  guint64 last_id = 0;
  GstSegment segment;
  g_autoptr (HablaUtterance) utterance = NULL;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_string_append_printf (texts, "%s / ", utterance->text);
}

/* Returns: (transfer full): as pipeline_fixture_get_captions() */
char *
pipeline_fixture_transcribe (GPtrArray *chunks)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "recording", NULL);
  g_autofree char *line = g_strdup_printf (
      "filesrc location=%s ! decodebin ! audioconvert ! audioresample ! pocketsphinxtranscriber ! "
      "fakesink name=sink signal-handoffs=true sync=false",
      path);
  GString *texts = g_string_new (NULL);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) sink = NULL;

  for (guint i = 0; i < chunks->len; i++)
    g_byte_array_append (
        all, g_bytes_get_data (chunks->pdata[i], NULL), g_bytes_get_size (chunks->pdata[i]));
  g_assert_true (g_file_set_contents (path, (char *) all->data, all->len, NULL));
  pipeline = gst_object_ref_sink (gst_parse_launch (line, &error));
  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (fixture_on_buffer), texts);
  run_to_eos (pipeline);
  return g_string_free (texts, FALSE);
}
