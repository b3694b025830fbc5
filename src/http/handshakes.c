/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http/handshakes.h"

#define MAX_RUNNING 6 /* of the ten threads of GTask's pool */
#define MAX_RUNNING_OF_PEER 4

struct _HablaHandshakes {
  GQueue waiting; /* of HablaConnection */
  guint n_running;
};

HablaHandshakes *
habla_handshakes_new (void)
{
  return g_new0 (HablaHandshakes, 1);
}

void
habla_handshakes_free (HablaHandshakes *self)
{
  g_warn_if_fail (self->n_running == 0 && self->waiting.length == 0);
  g_free (self);
}

/* Returns: (nullable): the one whose turn it is */
static GList *
find_next (HablaHandshakes *self)
{
  guint fewest = MAX_RUNNING_OF_PEER;
  GList *next = NULL;

  for (GList *link = self->waiting.head; link != NULL && fewest > 0; link = link->next) {
    HablaConnection *connection = link->data;
    guint running = habla_peer_get_handshakes (connection->peer);

    if (running < fewest) {
      fewest = running;
      next = link;
    }
  }
  return next;
}

static void
start_some (HablaHandshakes *self)
{
  GList *next;

  while (self->n_running < MAX_RUNNING && (next = find_next (self)) != NULL) {
    HablaConnection *connection = next->data;

    g_queue_delete_link (&self->waiting, next);
    self->n_running++;
    habla_peer_add_handshakes (connection->peer, 1);
    habla_connection_start_handshake (connection);
  }
}

void
habla_handshakes_add (HablaHandshakes *self, HablaConnection *connection)
{
  g_queue_push_tail (&self->waiting, connection);
  start_some (self);
}

void
habla_handshakes_remove (HablaHandshakes *self, HablaConnection *connection)
{
  if (connection->handshake_began != 0) {
    connection->handshake_began = 0;
    self->n_running--;
    habla_peer_add_handshakes (connection->peer, -1);
    start_some (self);
  } else {
    g_queue_remove (&self->waiting, connection);
  }
}
