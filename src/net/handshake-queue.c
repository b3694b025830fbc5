/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/handshake-queue.h"

#define MAX_RUNNING 6 /* of the ten threads of GTask's pool */
#define MAX_RUNNING_OF_PEER 4

struct _HablaHandshakeQueue {
  GQueue waiting; /* of HablaHandshake */
  guint n_running;
};

struct _HablaHandshake {
  GList link; /* in the queue */
  HablaHandshakeQueue *queue;
  HablaPeer *peer;
  HablaHandshakeStart start;
  gpointer user_data;
  gboolean is_running;
};

HablaHandshakeQueue *
habla_handshake_queue_new (void)
{
  return g_new0 (HablaHandshakeQueue, 1);
}

void
habla_handshake_queue_free (HablaHandshakeQueue *self)
{
  g_warn_if_fail (self->n_running == 0 && self->waiting.length == 0);
  g_free (self);
}

/* Returns: (nullable): the handshake to start next */
static HablaHandshake *
handshake_queue_find_next (HablaHandshakeQueue *self)
{
  guint fewest = MAX_RUNNING_OF_PEER;
  HablaHandshake *next = NULL;

  for (GList *link = self->waiting.head; link != NULL && fewest > 0; link = link->next) {
    HablaHandshake *handshake = link->data;
    guint n_running = habla_peer_get_handshakes (handshake->peer);

    if (n_running < fewest) {
      fewest = n_running;
      next = handshake;
    }
  }
  return next;
}

static void
handshake_queue_start_next (HablaHandshakeQueue *self)
{
  HablaHandshake *next;

  while (self->n_running < MAX_RUNNING && (next = handshake_queue_find_next (self)) != NULL) {
    g_queue_unlink (&self->waiting, &next->link);
    self->n_running++;
    next->is_running = TRUE;
    habla_peer_add_handshakes (next->peer, 1);
    next->start (next->user_data);
  }
}

HablaHandshake *
habla_handshake_queue_add (
    HablaHandshakeQueue *self, HablaPeer *peer, HablaHandshakeStart start, gpointer user_data)
{
  HablaHandshake *handshake = g_new0 (HablaHandshake, 1);

  handshake->link.data = handshake;
  handshake->queue = self;
  handshake->peer = peer;
  handshake->start = start;
  handshake->user_data = user_data;
  g_queue_push_tail_link (&self->waiting, &handshake->link);
  handshake_queue_start_next (self);
  return handshake;
}

void
habla_handshake_end (HablaHandshake *self)
{
  HablaHandshakeQueue *queue = self->queue;

  if (self->is_running) {
    queue->n_running--;
    habla_peer_add_handshakes (self->peer, -1);
  } else {
    g_queue_unlink (&queue->waiting, &self->link);
  }
  g_free (self);
  handshake_queue_start_next (queue);
}
