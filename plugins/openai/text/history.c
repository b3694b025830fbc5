/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text/history.h"

static void
history_exchange_free (gpointer data)
{
  HistoryExchange *exchange = data;

  g_free (exchange->speaker);
  g_free (exchange->source);
  g_free (exchange->translation);
  g_free (exchange);
}

static HistoryExchange *
history_exchange_new (const char *speaker, const char *source, const char *translation)
{
  HistoryExchange *exchange = g_new (HistoryExchange, 1);

  *exchange = (HistoryExchange){
    speaker != NULL ? g_utf8_substring (speaker, 0, MIN (g_utf8_strlen (speaker, -1), 100)) : NULL,
    g_utf8_substring (source, 0, MIN (g_utf8_strlen (source, -1), HISTORY_MAX_TEXT)),
    g_utf8_substring (translation, 0, MIN (g_utf8_strlen (translation, -1), HISTORY_MAX_TEXT)),
  };
  return exchange;
}

void
history_init (History *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->exchanges);
}

void
history_clear (History *self)
{
  g_mutex_lock (&self->lock);
  g_queue_clear_full (&self->exchanges, history_exchange_free);
  g_mutex_unlock (&self->lock);
}

void
history_destroy (History *self)
{
  history_clear (self);
  g_mutex_clear (&self->lock);
}

void
history_add (History *self, const char *speaker, const char *source, const char *translation)
{
  HistoryExchange *exchange = history_exchange_new (speaker, source, translation);

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->exchanges, exchange);
  if (self->exchanges.length > HISTORY_MAX_EXCHANGES)
    history_exchange_free (g_queue_pop_head (&self->exchanges));
  g_mutex_unlock (&self->lock);
}

GPtrArray *
history_copy (History *self, guint n)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func (history_exchange_free);

  g_mutex_lock (&self->lock);
  for (guint i = MIN (n, self->exchanges.length); i > 0; i--) {
    const HistoryExchange *exchange =
        g_queue_peek_nth (&self->exchanges, self->exchanges.length - i);

    g_ptr_array_add (
        copies, history_exchange_new (exchange->speaker, exchange->source, exchange->translation));
  }
  g_mutex_unlock (&self->lock);
  return copies;
}
