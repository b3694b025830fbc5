/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pipeline-fixture.h"

#include <habla/utterance-meta.h>
#include <pipeline/pipeline-private.h>

#define SECONDS habla_test_scale (120)

gboolean
session_fixture_has_engines (void)
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
 * session_fixture_keep_models:
 *
 * Models stay loaded from their first use on, as long as there is a transcriber: in the address
 * sanitizer, to load one takes ten seconds and more.
 *
 * Returns: (transfer full) (nullable): that one
 */
GstElement *
session_fixture_keep_models (void)
{
  GstElement *transcriber = gst_element_factory_make ("pocketsphinxtranscriber", NULL);

  return transcriber != NULL ? gst_object_ref_sink (transcriber) : NULL;
}

static void
take_state (HablaPipeline *session, guint from, guint to, guint64 lasted, SessionFixture *self)
{
  g_assert_cmpuint (to, ==, habla_pipeline_get_state (session));
  g_string_append_printf (
      self->states, "%s%s", self->states->len > 0 ? " " : "", habla_pipeline_state_get_name (to));
}

static void
take_utterance (
    HablaPipeline *session, const char *language, HablaUtterance *utterance, SessionFixture *self)
{
  GString *texts = g_hash_table_lookup (self->captions, language);

  g_assert_cmpuint (habla_pipeline_get_state (session), <, HABLA_PIPELINE_FAILED);
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
take_failure (HablaPipeline *session, GError *error, SessionFixture *self)
{
  g_ptr_array_add (self->failures, g_strdup (error->message));
}

static void
take_bad_language (
    HablaPipeline *session, const char *language, GError *error, SessionFixture *self)
{
  g_ptr_array_add (self->bad, g_strdup_printf ("%s: %s", language, error->message));
}

static void
take_loss (HablaPipeline *session, guint64 bytes, SessionFixture *self)
{
  g_assert_cmpuint (bytes, >, 0);
  self->n_lost++;
}

static void
take_overload (HablaPipeline *session, guint level, SessionFixture *self)
{
  self->overload = MAX (self->overload, level);
}

static void
take_closed (HablaPipeline *session, SessionFixture *self)
{
  g_assert_cmpuint (habla_pipeline_get_state (session), ==, HABLA_PIPELINE_CLOSED);
  self->n_closed++;
}

static void
string_free (gpointer string)
{
  g_string_free (string, TRUE);
}

SessionFixture *
session_fixture_new_full (const HablaPipelineOptions *options)
{
  SessionFixture *self = g_new0 (SessionFixture, 1);

  /* On a busy machine, a pipeline may take longer than the limit that is meant for a server. */
  habla_pipeline_set_teardown_limit (habla_test_scale (60000));
  self->states = g_string_new (NULL);
  self->captions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, string_free);
  self->failures = g_ptr_array_new_with_free_func (g_free);
  self->bad = g_ptr_array_new_with_free_func (g_free);
  self->session = habla_pipeline_new (options);
  g_signal_connect (self->session, "state-changed", G_CALLBACK (take_state), self);
  g_signal_connect (self->session, "utterance", G_CALLBACK (take_utterance), self);
  g_signal_connect (self->session, "failed", G_CALLBACK (take_failure), self);
  g_signal_connect (self->session, "language-failed", G_CALLBACK (take_bad_language), self);
  g_signal_connect (self->session, "audio-lost", G_CALLBACK (take_loss), self);
  g_signal_connect (self->session, "overload", G_CALLBACK (take_overload), self);
  g_signal_connect (self->session, "closed", G_CALLBACK (take_closed), self);
  return self;
}

/* @to: (nullable): one language */
SessionFixture *
session_fixture_new (HablaPipelineInput input, const char *source, const char *from, const char *to)
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

  return session_fixture_new_full (&options);
}

/* Closes it, and sees that nothing is left. */
void
session_fixture_free (SessionFixture *self)
{
  gpointer session = self->session;
  guint n_before = habla_pipeline_count ();
  gboolean was_closed = habla_pipeline_get_state (self->session) == HABLA_PIPELINE_CLOSED;

  habla_pipeline_abort (self->session);
  session_fixture_wait_for_state (self, HABLA_PIPELINE_CLOSED);
  g_assert_cmpuint (self->n_closed, ==, 1);
  g_assert_cmpuint (habla_pipeline_count (), ==, n_before - !was_closed);
  g_object_add_weak_pointer (session, &session);
  g_object_unref (self->session);
  while (session != NULL)
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
session_fixture_spin (guint milliseconds)
{
  gboolean is_over = FALSE;

  g_timeout_add (milliseconds, wake_up, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* So that a deadline is noticed. */
static gboolean
keep_on (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
check_deadline (SessionFixture *self, gint64 deadline, const char *what)
{
  if (g_get_monotonic_time () > deadline)
    g_error ("%s did not come; states: %s; failures: %s", what, self->states->str,
        self->failures->len > 0 ? (char *) self->failures->pdata[0] : "none");
}

void
session_fixture_wait_for_state (SessionFixture *self, HablaPipelineState state)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;
  guint ticker = g_timeout_add (20, keep_on, NULL);

  while (habla_pipeline_get_state (self->session) != state) {
    g_main_context_iteration (NULL, TRUE);
    check_deadline (self, deadline, habla_pipeline_state_get_name (state));
  }
  g_source_remove (ticker);
}

const char *
session_fixture_get_captions (SessionFixture *self, const char *language)
{
  GString *texts = g_hash_table_lookup (self->captions, language);

  return texts != NULL ? texts->str : "";
}

guint
session_fixture_count_captions (SessionFixture *self, const char *language)
{
  g_auto (GStrv) parts = g_strsplit (session_fixture_get_captions (self, language), " / ", -1);

  return MAX (g_strv_length (parts), 1) - 1;
}

void
session_fixture_wait_for_captions (SessionFixture *self, const char *language, guint n_captions)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;
  guint ticker = g_timeout_add (20, keep_on, NULL);

  while (session_fixture_count_captions (self, language) < n_captions) {
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
 * session_fixture_record:
 * @source: a launch fragment that gives audio
 * @encoder: a launch fragment from raw audio to a container
 *
 * Returns: (transfer full) (element-type GBytes): about a second each
 */
GPtrArray *
session_fixture_record (const char *source, const char *encoder)
{
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "recording", NULL);
  g_autofree char *line = g_strdup_printf (
      "%s ! audioconvert ! audioresample ! %s ! filesink location=%s", source, encoder, path);
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GBytes) all = NULL;
  gint64 duration;
  char *data;
  gsize size, piece;

  g_assert_no_error (error);
  gst_object_ref_sink (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_message_unref (habla_test_wait_for_message (pipeline, GST_MESSAGE_EOS, SECONDS));
  g_assert_true (gst_element_query_position (pipeline, GST_FORMAT_TIME, &duration));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_true (g_file_get_contents (path, &data, &size, &error));
  all = g_bytes_new_take (data, size);
  piece = MAX (gst_util_uint64_scale (size, GST_SECOND, MAX (duration, 1)), 100);
  for (gsize i = 0; i < size; i += piece)
    g_ptr_array_add (pieces, g_bytes_new_from_bytes (all, i, MIN (piece, size - i)));
  return pieces;
}

void
session_fixture_push (SessionFixture *self, GPtrArray *pieces)
{
  for (guint i = 0; i < pieces->len; i++)
    g_assert_true (habla_pipeline_push_audio (self->session, pieces->pdata[i]));
}

/* The last audio after the stop is the client's word that none comes any more. */
void
session_fixture_push_nothing (SessionFixture *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  habla_pipeline_push_audio (self->session, nothing);
}

void
session_fixture_say (SessionFixture *self, GPtrArray *pieces)
{
  for (guint i = 0; i < pieces->len; i++) {
    if (i + 1 == pieces->len)
      habla_pipeline_stop (self->session);
    g_assert_true (habla_pipeline_push_audio (self->session, pieces->pdata[i]));
  }
}

static void
take_buffer (GstElement *sink, GstBuffer *buffer, GstPad *pad, GString *texts)
{
  guint64 last_id = 0;
  GstSegment segment;
  g_autoptr (HablaUtterance) utterance = NULL;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  utterance = habla_utterance_from_buffer (buffer, &segment, &last_id);
  g_string_append_printf (texts, "%s / ", utterance->text);
}

/* Returns: (transfer full): as session_fixture_get_captions() */
char *
session_fixture_transcribe (GPtrArray *pieces)
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

  for (guint i = 0; i < pieces->len; i++)
    g_byte_array_append (
        all, g_bytes_get_data (pieces->pdata[i], NULL), g_bytes_get_size (pieces->pdata[i]));
  g_assert_true (g_file_set_contents (path, (char *) all->data, all->len, NULL));
  pipeline = gst_object_ref_sink (gst_parse_launch (line, &error));
  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_signal_connect (sink, "handoff", G_CALLBACK (take_buffer), texts);
  run_to_eos (pipeline);
  return g_string_free (texts, FALSE);
}
