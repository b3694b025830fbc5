/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-transcriber.h"

#define ONSET (40 * GST_MSECOND)
#define HANGOVER (100 * GST_MSECOND)
#define MS (HABLA_TRANSCRIBER_RATE / 1000)

typedef struct {
  gboolean started;
  gboolean begun;
  gboolean fail_begin;
  gboolean fail_end;
  guint n_begun;
  guint largest_feed;
  guint64 audio_time; /* of the statistics, at the last feed */
  GString *text;
  gsize n_samples;
  gsize last_word;   /* number of its first sample */
  gsize last_length; /* length of @text before it */
  gint16 last;       /* sample */
  gsize run;         /* of speech or silence, in samples */
  gboolean in_speech;
} TestTranscriberPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (TestTranscriber, test_transcriber, HABLA_TYPE_TRANSCRIBER)

/* A subclass without cut(). */
typedef TestTranscriber TestUncut;
typedef TestTranscriberClass TestUncutClass;
static GType test_uncut_get_type (void);
G_DEFINE_TYPE (TestUncut, test_uncut, TEST_TYPE_TRANSCRIBER)

static TestTranscriberPrivate *
get_private (gpointer self)
{
  return test_transcriber_get_instance_private (TEST_TRANSCRIBER (self));
}

static gboolean
test_transcriber_start (HablaTranscriber *transcriber, const char *language, GError **error)
{
  TestTranscriberPrivate *priv = get_private (transcriber);

  if (g_str_equal (language, "xx")) {
    g_set_error (
        error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "Language %s is not installed", language);
    return FALSE;
  }
  g_assert_false (priv->started);
  priv->started = TRUE;
  return TRUE;
}

static void
test_transcriber_stop (HablaTranscriber *transcriber)
{
  TestTranscriberPrivate *priv = get_private (transcriber);

  g_assert_true (priv->started);
  g_assert_false (priv->begun);
  priv->started = FALSE;
}

static gboolean
test_transcriber_begin (HablaTranscriber *transcriber, GError **error)
{
  TestTranscriberPrivate *priv = get_private (transcriber);

  g_assert_true (priv->started);
  g_assert_false (priv->begun);
  priv->n_begun++;
  if (priv->fail_begin) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "It does not listen");
    return FALSE;
  }
  priv->begun = TRUE;
  priv->fail_end = FALSE;
  priv->n_samples = 0;
  priv->last = 0;
  priv->run = 0;
  priv->in_speech = FALSE;
  g_string_truncate (priv->text, 0);
  return TRUE;
}

static gboolean
test_transcriber_feed (HablaTranscriber *transcriber, const gint16 *samples, gsize n_samples,
    gboolean *in_speech, GError **error)
{
  TestTranscriberPrivate *priv = get_private (transcriber);
  g_autoptr (GstStructure) stats = NULL;

  g_assert_true (priv->begun);
  priv->largest_feed = MAX (priv->largest_feed, n_samples);
  g_object_get (transcriber, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, "audio-time", &priv->audio_time));
  for (gsize i = 0; i < n_samples; i++) {
    if (samples[i] == TEST_TRANSCRIBER_FAIL_FEED) {
      g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "It does not understand");
      return FALSE;
    }
    if (samples[i] != 0 && samples[i] != priv->last &&
        samples[i] != TEST_TRANSCRIBER_MUMBLE * 100) {
      priv->last_word = priv->n_samples + i;
      priv->last_length = priv->text->len;
      g_string_append_printf (priv->text, " w%d ", samples[i] / 100);
    }
    priv->fail_end = priv->fail_end || samples[i] == TEST_TRANSCRIBER_FAIL_END;
    priv->run = (samples[i] != 0) == (priv->last != 0) ? priv->run + 1 : 1;
    priv->last = samples[i];
  }
  priv->n_samples += n_samples;
  if (priv->last != 0 && priv->run >= ONSET / GST_MSECOND * MS)
    priv->in_speech = TRUE;
  else if (priv->last == 0 && priv->run >= HANGOVER / GST_MSECOND * MS)
    priv->in_speech = FALSE;
  *in_speech = priv->in_speech;
  return TRUE;
}

static char *
test_transcriber_get_hypothesis (HablaTranscriber *transcriber)
{
  TestTranscriberPrivate *priv = get_private (transcriber);

  g_assert_true (priv->begun);
  return g_strdup (priv->text->str);
}

static char *
test_transcriber_end (HablaTranscriber *transcriber, double *confidence, GError **error)
{
  TestTranscriberPrivate *priv = get_private (transcriber);

  g_assert_true (priv->begun);
  priv->begun = FALSE;
  if (priv->fail_end) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "It does not answer");
    return NULL;
  }
  if (confidence != NULL)
    *confidence = 0.5;
  return priv->text->len > 0 ? g_strdup (priv->text->str) : NULL;
}

static char *
test_transcriber_cut (
    HablaTranscriber *transcriber, gsize *n_samples, double *confidence, GError **error)
{
  TestTranscriberPrivate *priv = get_private (transcriber);
  char *text = test_transcriber_end (transcriber, confidence, error);

  if (text != NULL && priv->last_length > 0) {
    text[priv->last_length] = '\0';
    *n_samples = priv->last_word;
  }
  return text;
}

static GStrv
test_transcriber_list_languages (HablaTranscriber *transcriber)
{
  static const char *const languages[] = { "en", NULL };

  return g_strdupv ((GStrv) languages);
}

static void
test_transcriber_finalize (GObject *object)
{
  g_string_free (get_private (object)->text, TRUE);
  G_OBJECT_CLASS (test_transcriber_parent_class)->finalize (object);
}

static void
test_transcriber_class_init (TestTranscriberClass *klass)
{
  HablaTranscriberClass *transcriber_class = HABLA_TRANSCRIBER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_transcriber_finalize;
  transcriber_class->onset = ONSET;
  transcriber_class->hangover = HANGOVER;
  transcriber_class->start = test_transcriber_start;
  transcriber_class->stop = test_transcriber_stop;
  transcriber_class->begin = test_transcriber_begin;
  transcriber_class->feed = test_transcriber_feed;
  transcriber_class->get_hypothesis = test_transcriber_get_hypothesis;
  transcriber_class->end = test_transcriber_end;
  transcriber_class->cut = test_transcriber_cut;
  transcriber_class->list_languages = test_transcriber_list_languages;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Test transcriber",
      "Filter/Text", "Reads words from samples", "Habla developers");
}

static void
test_transcriber_init (TestTranscriber *self)
{
  get_private (self)->text = g_string_new (NULL);
}

static void
test_uncut_class_init (TestUncutClass *klass)
{
  HABLA_TRANSCRIBER_CLASS (klass)->cut = NULL;
}

static void
test_uncut_init (TestUncut *self)
{
}

TestTranscriber *
test_transcriber_new (gboolean can_cut)
{
  return g_object_ref_sink (
      g_object_new (can_cut ? TEST_TYPE_TRANSCRIBER : test_uncut_get_type (), NULL));
}

void
test_transcriber_fail_begin (TestTranscriber *self, gboolean fail)
{
  get_private (self)->fail_begin = fail;
}

guint
test_transcriber_get_n_begun (TestTranscriber *self)
{
  return get_private (self)->n_begun;
}

guint
test_transcriber_get_largest_feed (TestTranscriber *self)
{
  return get_private (self)->largest_feed;
}

guint64
test_transcriber_get_audio_time (TestTranscriber *self)
{
  return get_private (self)->audio_time;
}
