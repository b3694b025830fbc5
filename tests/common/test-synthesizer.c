/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-synthesizer.h"

#define DEADLINE (120 * G_TIME_SPAN_SECOND)

struct _TestSynthesizer {
  HablaSynthesizer parent;

  GMutex lock;
  GCond changed;
  guint next_rate;   /* protected by lock; samples a second from the next start on */
  guint rate;        /* protected by lock; samples a second */
  gboolean released; /* protected by lock */
  gboolean running;  /* protected by lock */
  guint n_calls;     /* protected by lock */
  double speed;      /* protected by lock; of the last call */
  GString *requests; /* protected by lock; "LANGUAGE:TEXT, LANGUAGE:TEXT" */
};

G_DEFINE_TYPE (TestSynthesizer, test_synthesizer, HABLA_TYPE_SYNTHESIZER)

static gboolean
test_synthesizer_start (HablaSynthesizer *synthesizer, const char *language, GError **error)
{
  TestSynthesizer *self = TEST_SYNTHESIZER (synthesizer);

  g_mutex_lock (&self->lock);
  self->rate = self->next_rate != 0 ? self->next_rate : HABLA_SYNTHESIZER_RATE;
  if (self->next_rate != 0)
    habla_synthesizer_set_rate (synthesizer, self->rate);
  g_mutex_unlock (&self->lock);
  if (!g_str_equal (language, "xx"))
    return TRUE;
  g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "No voice for %s", language);
  return FALSE;
}

static void
test_synthesizer_stop (HablaSynthesizer *synthesizer)
{
  g_assert_false (TEST_SYNTHESIZER (synthesizer)->running);
}

static void
wake (GCancellable *cancellable, TestSynthesizer *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

static void
wait_for_release (TestSynthesizer *self, GCancellable *cancellable)
{
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (wake), self, NULL);

  g_mutex_lock (&self->lock);
  while (!self->released && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);
}

static gboolean
say (HablaSynthesizer *synthesizer, guint milliseconds, double speed)
{
  gsize n_samples = milliseconds * (TEST_SYNTHESIZER (synthesizer)->rate / 1000.0) / speed + 0.5;
  g_autofree gint16 *samples = g_new (gint16, n_samples);

  for (gsize i = 0; i < n_samples; i++)
    samples[i] = i % 1000 + 1;
  /* An odd chunk size, so that chunks straddle buffers. */
  for (gsize i = 0; i < n_samples; i += 777)
    if (!habla_synthesizer_push (synthesizer, samples + i, MIN (777, n_samples - i)))
      return TRUE;
  return TRUE;
}

static gboolean
test_synthesizer_synthesize (HablaSynthesizer *synthesizer, const char *text, const char *language,
    double speed, GCancellable *cancellable, GError **error)
{
  TestSynthesizer *self = TEST_SYNTHESIZER (synthesizer);
  const char *number = strchr (text, ' ');
  gboolean spoken = FALSE;

  g_mutex_lock (&self->lock);
  self->running = TRUE;
  self->n_calls++;
  self->speed = speed;
  g_string_append_printf (
      self->requests, "%s%s:%s", self->requests->len > 0 ? ", " : "", language, text);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  if (g_str_has_prefix (text, "wait"))
    wait_for_release (self, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    spoken = FALSE;
  else if (g_str_equal (text, "fail"))
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The engine broke");
  else if (g_str_equal (text, "foreign"))
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED, "No voice");
  else if (!g_str_equal (text, "nothing"))
    spoken = say (synthesizer, number != NULL ? g_ascii_strtoull (number, NULL, 10) : 0, speed);

  g_mutex_lock (&self->lock);
  self->running = FALSE;
  g_mutex_unlock (&self->lock);
  return spoken;
}

static GStrv
test_synthesizer_list_languages (HablaSynthesizer *synthesizer)
{
  return g_strsplit ("en,es", ",", -1);
}

static void
test_synthesizer_finalize (GObject *object)
{
  TestSynthesizer *self = TEST_SYNTHESIZER (object);

  g_string_free (self->requests, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (test_synthesizer_parent_class)->finalize (object);
}

static void
test_synthesizer_class_init (TestSynthesizerClass *klass)
{
  HablaSynthesizerClass *synthesizer_class = HABLA_SYNTHESIZER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_synthesizer_finalize;
  synthesizer_class->start = test_synthesizer_start;
  synthesizer_class->stop = test_synthesizer_stop;
  synthesizer_class->synthesize = test_synthesizer_synthesize;
  synthesizer_class->list_languages = test_synthesizer_list_languages;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Test synthesizer",
      "Text/Audio/Filter", "Produces audio of a given duration", "Habla developers");
}

static void
test_synthesizer_init (TestSynthesizer *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->requests = g_string_new (NULL);
}

TestSynthesizer *
test_synthesizer_new (void)
{
  return g_object_ref_sink (g_object_new (TEST_TYPE_SYNTHESIZER, NULL));
}

/* Releases waiting calls; later ones do not wait. */
void
test_synthesizer_set_rate (TestSynthesizer *self, guint rate)
{
  g_mutex_lock (&self->lock);
  self->next_rate = rate;
  g_mutex_unlock (&self->lock);
}

void
test_synthesizer_release (TestSynthesizer *self)
{
  g_mutex_lock (&self->lock);
  self->released = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
test_synthesizer_wait_for_calls (TestSynthesizer *self, guint n_calls)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

  g_mutex_lock (&self->lock);
  while (self->n_calls < n_calls)
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
      g_error ("Only %u of %u calls began", self->n_calls, n_calls);
  g_mutex_unlock (&self->lock);
}

guint
test_synthesizer_get_n_calls (TestSynthesizer *self)
{
  guint n_calls;

  g_mutex_lock (&self->lock);
  n_calls = self->n_calls;
  g_mutex_unlock (&self->lock);
  return n_calls;
}

double
test_synthesizer_get_speed (TestSynthesizer *self)
{
  double speed;

  g_mutex_lock (&self->lock);
  speed = self->speed;
  g_mutex_unlock (&self->lock);
  return speed;
}

/* Returns: (transfer full): the requests, in order */
char *
test_synthesizer_get_requests (TestSynthesizer *self)
{
  char *requests;

  g_mutex_lock (&self->lock);
  requests = g_strdup (self->requests->str);
  g_mutex_unlock (&self->lock);
  return requests;
}
