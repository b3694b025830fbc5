/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room-fixture.h"

#include <room/relay/room-relay.h>

G_BEGIN_DECLS

#define TEST_NODES 3

/* Logs of rooms in this process, which pass records on as JSON: late, in the order of each room but
 * not among rooms, and with losses, after which a mirror reads the log again. */
typedef struct _TestNet TestNet;

typedef struct {
  TestNet *net;
  RoomFixture fixture;
  char *name;
  gboolean is_dead; /* nothing that it publishes arrives */
} TestNode;

struct _TestNet {
  TestNode nodes[TEST_NODES];
  GHashTable *logs; /* of rooms, by name */
  GSource *source;
  gboolean is_held; /* nothing is committed */
  guint loss;       /* every so-many-th record is lost on its way to a mirror; 0 = none */
  guint n_lost;
  guint64 next_block; /* of ids */
};

void test_net_set_up (TestNet *self, gconstpointer data);
void test_net_tear_down (TestNet *self, gconstpointer data);
/* The node dies: what it has published and is not in the log is lost. */
void test_net_kill (TestNet *self, guint node);
/* Waits until every record is committed, and every mirror has it. */
void test_net_settle (TestNet *self);
guint test_net_count_durable (TestNet *self, const char *room);
guint test_net_count_mirrors (TestNet *self);
/* Appends @record to the log of @room as if its owner had published it, unless that is refused. */
gboolean test_net_forge (TestNet *self, const char *room, const char *record);

G_END_DECLS
