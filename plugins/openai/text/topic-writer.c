/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/topic-writer.h"

#include "text/answer.h"

/* Summaries that are cancelled in a row before the next interval begins. */
#define MAX_CANCELLED 3

struct _TopicWriter {
  TopicFunc func;
  gpointer user_data;

  GMutex lock;
  guint n_exchanges;    /* protected by lock; since the last summary */
  guint n_cancelled;    /* protected by lock; since the last summary */
  guint n_texts;        /* protected by lock; that the server translates now */
  gboolean is_served;   /* protected by lock; whether the server has translated the last text */
  gboolean is_stopping; /* protected by lock */
  GThread *thread;      /* protected by lock; of the last summary; NULL = joined */
  GCancellable *cancellable; /* protected by lock; NULL = no summary is being written */
};

TopicWriter *
topic_writer_new (TopicFunc func, gpointer user_data)
{
  TopicWriter *self = g_new0 (TopicWriter, 1);

  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  return self;
}

void
topic_writer_free (TopicWriter *self)
{
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gpointer
topic_writer_run (gpointer data)
{
  TopicWriter *self = data;
  g_autoptr (GCancellable) cancellable = NULL;
  gboolean is_done;

  g_mutex_lock (&self->lock);
  cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);
  is_done = self->func (cancellable, self->user_data);
  g_mutex_lock (&self->lock);
  g_clear_object (&self->cancellable);
  if (is_done || ++self->n_cancelled >= MAX_CANCELLED)
    self->n_exchanges = self->n_cancelled = 0;
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* Called with lock held. */
static gboolean
topic_writer_is_due (const TopicWriter *self, guint interval)
{
  return interval > 0 && self->n_exchanges >= interval && self->n_texts == 0 && self->is_served &&
         self->cancellable == NULL && !self->is_stopping;
}

void
topic_writer_begin_text (TopicWriter *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&self->lock);
  self->n_texts++;
  if (self->cancellable != NULL)
    cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (cancellable);
}

void
topic_writer_end_text (TopicWriter *self, gboolean good)
{
  g_mutex_lock (&self->lock);
  self->n_texts--;
  self->is_served = good;
  g_mutex_unlock (&self->lock);
}

void
topic_writer_add_exchange (TopicWriter *self, guint interval)
{
  GThread *previous = NULL;

  g_mutex_lock (&self->lock);
  self->n_exchanges++;
  if (topic_writer_is_due (self, interval)) {
    previous = g_steal_pointer (&self->thread);
    self->cancellable = g_cancellable_new ();
    self->thread = g_thread_new ("habla-topic", topic_writer_run, self);
  }
  g_mutex_unlock (&self->lock);
  /* It has ended, but for its last lines. */
  if (previous != NULL)
    g_thread_join (previous);
}

void
topic_writer_forget (TopicWriter *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&self->lock);
  self->n_exchanges = self->n_cancelled = 0;
  if (self->cancellable != NULL)
    cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (cancellable);
}

void
topic_writer_stop (TopicWriter *self)
{
  g_autoptr (GCancellable) cancellable = NULL;
  GThread *thread;

  g_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  if (self->cancellable != NULL)
    cancellable = g_object_ref (self->cancellable);
  thread = g_steal_pointer (&self->thread);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (cancellable);
  if (thread != NULL)
    g_thread_join (thread);
  g_mutex_lock (&self->lock);
  self->n_exchanges = self->n_cancelled = 0;
  self->is_served = self->is_stopping = FALSE;
  g_mutex_unlock (&self->lock);
}

char *
topic_clean (const char *text)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  glong length;

  if (text == NULL)
    return NULL;
  words = g_strsplit_set (answer_skip_reasoning (text), " \t\r\n", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (line, "%s%s", line->len > 0 ? " " : "", words[i]);
  length = g_utf8_strlen (line->str, -1);
  if (length > TOPIC_MAX_LENGTH)
    g_string_truncate (line, g_utf8_offset_to_pointer (line->str, TOPIC_MAX_LENGTH) - line->str);
  return length > 0 ? g_strdup (line->str) : NULL;
}
