/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests a session of plugins/sherpa with Whisper on a machine that is too slow: the lag is given.
 * Skipped without the models. */
#include "habla-test.h"
#include "speech.h"

#include <glib/gstdio.h>
#include <habla/habla.h>
#include <session.h>
#include <stderr-capture.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (SPEECH_RATE / 50)
#define MS (SPEECH_RATE / 1000)

static HablaRecognizer *recognizer;
static HablaSherpaModel *voice_activity_model;

typedef struct {
  GString *text;
  guint n_segments;
  guint n_hypotheses; /* different ones */
} Result;

static void
result_clear (Result *self)
{
  g_string_free (self->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static HablaSession *
make_session (void)
{
  static const HablaSessionSettings settings = { 350 * MS, 150 * MS, 3000 * MS, FALSE };
  g_autoptr (GError) error = NULL;
  HablaVoiceActivity *voice_activity = habla_voice_activity_new (voice_activity_model, 60, &error);
  HablaSession *session;

  g_assert_no_error (error);
  session = habla_segment_session_new (recognizer, voice_activity);
  session->configure (session, &settings);
  return session;
}

static void
end (HablaSession *session, Result *result)
{
  double confidence;
  g_autofree char *text = session->end (session, &confidence);

  if (text != NULL)
    g_string_append_printf (result->text, "%s ", text);
  result->n_segments += text != NULL;
  session->begin (session);
}

/* As the base class does. */
static void
hear (const GArray *samples, GstClockTime lag, Result *result)
{
  HablaSession *session = make_session ();
  g_autofree char *last = NULL;
  gboolean was_in_speech = FALSE;

  *result = (Result){ .text = g_string_new (NULL) };
  session->begin (session);
  for (gsize i = 0; i + CHUNK <= samples->len; i += CHUNK) {
    gboolean in_speech;

    session->feed (session, &g_array_index (samples, gint16, i), CHUNK, lag, &in_speech);
    if (in_speech) {
      char *hypothesis = session->get_hypothesis (session, lag);

      result->n_hypotheses += hypothesis != NULL && g_strcmp0 (hypothesis, last) != 0;
      g_free (last);
      last = hypothesis;
    } else if (was_in_speech) {
      end (session, result);
    }
    was_in_speech = in_speech;
  }
  if (was_in_speech)
    end (session, result);
  session->free (session);
}

/* Two recordings of three seconds, with a pause between them. */
static GArray *
load_speech (void)
{
  GArray *samples = speech_load (1);
  g_autoptr (GArray) other = speech_load (4);
  guint pause = samples->len;

  g_array_set_size (samples, samples->len + 300 * MS);
  memset (&g_array_index (samples, gint16, pause), 0, 300 * MS * sizeof (gint16));
  return g_array_append_vals (samples, other->data, other->len);
}

/* Hypotheses are omitted first, then segments are merged; all words come. */
static void
test_lag (void)
{
  g_autoptr (GArray) samples = load_speech ();
  g_auto (Result) good = { 0 };
  g_auto (Result) late = { 0 };
  g_auto (Result) very_late = { 0 };

  hear (samples, 0, &good);
  hear (samples, 700 * GST_MSECOND, &late);
  hear (samples, 5 * GST_SECOND, &very_late);
  g_test_message ("%s| %s| %s", good.text->str, late.text->str, very_late.text->str);
  g_assert_cmpuint (good.n_segments, ==, 2);
  g_assert_cmpuint (good.n_hypotheses, >=, 4);
  g_assert_cmpuint (late.n_segments, ==, 2);
  g_assert_cmpuint (late.n_hypotheses, ==, 0);
  g_assert_cmpuint (very_late.n_segments, ==, 1);
  g_assert_cmpuint (very_late.n_hypotheses, ==, 0);
  g_assert_nonnull (strstr (late.text->str, "He was not"));
  g_assert_nonnull (strstr (late.text->str, "himself"));
  g_assert_nonnull (strstr (very_late.text->str, "He was not"));
  g_assert_nonnull (strstr (very_late.text->str, "himself"));
}

/* A text that is not needed is not decoded. */
static void
test_drop (void)
{
  g_autoptr (GArray) samples = load_speech ();
  HablaSession *session = make_session ();
  gboolean in_speech = FALSE;
  double confidence;

  session->begin (session);
  for (gsize i = 0; i < 2 * SPEECH_RATE; i += CHUNK)
    session->feed (session, &g_array_index (samples, gint16, i), CHUNK, 0, &in_speech);
  g_assert_true (in_speech);
  g_assert_null (session->end (session, NULL));
  session->begin (session);
  g_assert_null (session->end (session, &confidence));
  session->free (session);
}

/* Elements share a recogniser; the one that was used last is kept while there are elements. */
static void
test_pool (void)
{
  const HablaRecognizerSettings settings = { "en", 1, 0 };
  const HablaRecognizerSettings american = { "en-US", 1, 0 };
  HablaRecognizer *again = habla_recognizer_take (recognizer->model, &settings, NULL);
  HablaRecognizer *variety;

  g_assert_true (again == recognizer);
  habla_recognizer_give (again);
  /* The model is told "en" for both. */
  variety = habla_recognizer_take (recognizer->model, &american, NULL);
  g_assert_true (variety == recognizer);
  habla_recognizer_give (variety);
}

/* Settings that the library gets at its creation need a recogniser of their own, which is shared
 * in turn; the pause of streaming models is none of them here. */
static void
test_pool_key (void)
{
  const HablaRecognizerSettings settings[] = {
    { "en", 2, 0 },
    { "auto", 1, 0 },
  };
  const HablaRecognizerSettings pause = { "en", 1, 500 };
  HablaRecognizer *same = habla_recognizer_take (recognizer->model, &pause, NULL);

  g_assert_true (same == recognizer);
  habla_recognizer_give (same);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autoptr (GError) error = NULL;
    HablaRecognizer *first = habla_recognizer_take (recognizer->model, &settings[i], &error);
    HablaRecognizer *second;

    g_assert_no_error (error);
    g_assert_true (first != recognizer);
    g_assert_true (first->detects_language == g_str_equal (settings[i].language, "auto"));
    second = habla_recognizer_take (recognizer->model, &settings[i], &error);
    g_assert_true (second == first);
    habla_recognizer_give (second);
    habla_recognizer_give (first);
  }
}

static void
print (const char *text)
{
  g_assert_cmpint (write (STDERR_FILENO, text, strlen (text)), ==, strlen (text));
}

/* The reason of a failure is the last message of the library, with its further lines after an
 * exception. What other threads print meanwhile is not lost. */
static void
test_capture (void)
{
  static const struct {
    const char *printed;
    const char *reason;
    const char *passed;
  } cases[] = {
    { "", NULL, "" },
    { "/x/sherpa-onnx/csrc/a.cc:1 first\n/x/sherpa-onnx/csrc/b.cc:2 second\n",
        "/x/sherpa-onnx/csrc/b.cc:2 second", "" },
    { "of another thread\n/x/sherpa-onnx/csrc/a.cc:1 first\n", "/x/sherpa-onnx/csrc/a.cc:1 first",
        "of another thread\n" },
    { "Caught exception\nin the model\n", "Caught exception in the model", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = NULL;
    g_autofree char *reason = NULL;
    int file = g_file_open_tmp (NULL, &path, NULL);
    int saved = dup (STDERR_FILENO);
    char passed[100] = "";

    g_unlink (path);
    dup2 (file, STDERR_FILENO);
    habla_stderr_capture_begin ();
    print (cases[i].printed);
    reason = habla_stderr_capture_end ();
    dup2 (saved, STDERR_FILENO);
    g_assert_cmpint (pread (file, passed, sizeof passed - 1, 0), >=, 0);
    close (saved);
    close (file);
    g_assert_cmpstr (reason, ==, cases[i].reason);
    g_assert_cmpstr (passed, ==, cases[i].passed);
  }
}

int
main (int argc, char *argv[])
{
  const HablaRecognizerSettings settings = { "en", 1, 0 };
  const char *models = g_getenv ("HABLA_TEST_MODELS");
  g_autofree char *whisper =
      g_build_filename (models != NULL ? models : "", "whisper-tiny.en", NULL);
  g_autofree char *silero = g_build_filename (models != NULL ? models : "", "silero-vad", NULL);
  g_autoptr (HablaSherpaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  habla_test_init (&argc, &argv);
  if (!g_file_test (whisper, G_FILE_TEST_IS_DIR) || !speech_is_installed ()) {
    g_print ("1..0 # SKIP the model whisper-tiny.en or pocketsphinx-testdata is not installed\n");
    return habla_test_run ();
  }
  model = habla_sherpa_model_open (whisper, HABLA_MODEL_JOB_TRANSCRIBER, &error);
  g_assert_no_error (error);
  voice_activity_model = habla_sherpa_model_open (silero, HABLA_MODEL_JOB_VOICE_ACTIVITY, &error);
  g_assert_no_error (error);
  recognizer = habla_recognizer_take (model, &settings, &error);
  g_assert_no_error (error);
  g_test_add_func ("/sherpa-session/lag", test_lag);
  g_test_add_func ("/sherpa-session/drop", test_drop);
  g_test_add_func ("/sherpa-session/pool", test_pool);
  g_test_add_func ("/sherpa-session/pool-key", test_pool_key);
  g_test_add_func ("/sherpa-session/capture", test_capture);
  status = habla_test_run ();
  habla_recognizer_give (recognizer);
  habla_sherpa_model_unref (voice_activity_model);
  return status;
}
