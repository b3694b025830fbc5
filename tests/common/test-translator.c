/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-translator.h"

#define DEADLINE (120 * G_TIME_SPAN_SECOND)

struct _TestTranslator {
  HablaTranslator parent;

  GMutex lock;
  GCond changed;
  GHashTable *held;            /* protected by lock */
  GHashTable *requests;        /* protected by lock */
  TestTranslatorCounts counts; /* protected by lock */
};

G_DEFINE_TYPE (TestTranslator, test_translator, HABLA_TYPE_TRANSLATOR)

static gboolean
test_translator_start (
    HablaTranslator *translator, const char *input, const char *output, GError **error)
{
  TestTranslator *self = TEST_TRANSLATOR (translator);

  if (g_str_equal (output, "xx")) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_NOT_INSTALLED,
        "No translation from %s to %s is installed", input, output);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  self->counts.starts++;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
test_translator_stop (HablaTranslator *translator)
{
  TestTranslator *self = TEST_TRANSLATOR (translator);

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (self->counts.running, ==, 0);
  self->counts.stops++;
  g_mutex_unlock (&self->lock);
}

static void
wake (GCancellable *cancellable, TestTranslator *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* Called with lock held. Returns: whether the wait was not interrupted */
static gboolean
wait_for_end (TestTranslator *self, const char *text, GCancellable *cancellable)
{
  gboolean stubborn = g_str_has_prefix (text, "stubborn");
  gint64 end = g_get_monotonic_time ();

  if (g_str_has_prefix (text, "delay "))
    end += g_ascii_strtoull (text + strlen ("delay "), NULL, 10);
  while (g_hash_table_contains (self->held, text) &&
         (stubborn || !g_cancellable_is_cancelled (cancellable)))
    g_cond_wait (&self->changed, &self->lock);
  while (g_get_monotonic_time () < end && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->changed, &self->lock, end);
  return !g_cancellable_is_cancelled (cancellable);
}

static char *
test_translator_translate (
    HablaTranslator *translator, const char *text, GCancellable *cancellable, GError **error)
{
  TestTranslator *self = TEST_TRANSLATOR (translator);
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (wake), self, NULL);
  gboolean completed;

  g_mutex_lock (&self->lock);
  self->counts.calls++;
  self->counts.running++;
  self->counts.peak = MAX (self->counts.peak, self->counts.running);
  g_hash_table_add (self->requests, g_strdup (text));
  g_cond_broadcast (&self->changed);
  completed = wait_for_end (self, text, cancellable);
  self->counts.running--;
  self->counts.cancelled += !completed;
  g_mutex_unlock (&self->lock);
  g_cancellable_disconnect (cancellable, handler);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (g_str_has_prefix (text, "fail")) {
    g_set_error (error, HABLA_ERROR, HABLA_ERROR_ENGINE, "The engine broke on “%s”", text);
    return NULL;
  }
  if (g_str_has_prefix (text, "retry"))
    habla_translator_count_retry (translator);
  if (g_str_has_prefix (text, "invalid"))
    return g_strdup ("\xff");
  if (g_str_has_prefix (text, "nothing"))
    return NULL;
  return g_utf8_strup (text, -1);
}

static GStrv
test_translator_list_pairs (HablaTranslator *translator)
{
  static const char *const pairs[] = { "en>es", "en>es>fr", NULL };

  return g_strdupv ((GStrv) pairs);
}

static void
test_translator_finalize (GObject *object)
{
  TestTranslator *self = TEST_TRANSLATOR (object);

  g_hash_table_unref (self->held);
  g_hash_table_unref (self->requests);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (test_translator_parent_class)->finalize (object);
}

static void
test_translator_class_init (TestTranslatorClass *klass)
{
  HablaTranslatorClass *translator_class = HABLA_TRANSLATOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_translator_finalize;
  translator_class->start = test_translator_start;
  translator_class->stop = test_translator_stop;
  translator_class->translate = test_translator_translate;
  translator_class->list_pairs = test_translator_list_pairs;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Test translator",
      "Filter/Text", "Writes in capitals", "Habla developers");
}

static void
test_translator_init (TestTranslator *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

TestTranslator *
test_translator_new (void)
{
  return g_object_ref_sink (g_object_new (TEST_TYPE_TRANSLATOR, NULL));
}

void
test_translator_hold (TestTranslator *self, const char *text)
{
  g_mutex_lock (&self->lock);
  g_hash_table_add (self->held, g_strdup (text));
  g_mutex_unlock (&self->lock);
}

void
test_translator_release (TestTranslator *self, const char *text)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->held, text);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
test_translator_wait_for_call (TestTranslator *self, const char *text)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE;

  g_mutex_lock (&self->lock);
  while (!g_hash_table_contains (self->requests, text))
    if (!g_cond_wait_until (&self->changed, &self->lock, deadline))
      g_error ("The engine received no request “%s”", text);
  g_mutex_unlock (&self->lock);
}

gboolean
test_translator_has_request (TestTranslator *self, const char *text)
{
  gboolean requests;

  g_mutex_lock (&self->lock);
  requests = g_hash_table_contains (self->requests, text);
  g_mutex_unlock (&self->lock);
  return requests;
}

void
test_translator_get_counts (TestTranslator *self, TestTranslatorCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}
