/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-relay.h"

#include <room/relay/record.h>
#include <string.h>
#include <util/source.h>

#define BLOCK 1000000

typedef struct {
  GBytes *bytes;
  gboolean is_durable;
} Sent;

typedef struct {
  TestNode *node;
  HablaRoom *room;
  gboolean is_loaded;
  gboolean has_gap;
} Mirror;

typedef struct {
  char *name;
  TestNode *owner;    /* NULL = it died */
  HablaRoom *room;    /* of the owner */
  char *key;          /* of the owner; NULL = none */
  GPtrArray *lines;   /* of GBytes: the durable records */
  GQueue waiting;     /* of Sent */
  GPtrArray *mirrors; /* of Mirror */
  TestNode *claimer;  /* NULL = none */
  HablaRoom *claimed;
  GHashTable *ids; /* of messages */
} Log;

static void
sent_free (Sent *sent)
{
  g_bytes_unref (sent->bytes);
  g_free (sent);
}

static void
log_free (Log *log)
{
  g_free (log->name);
  g_free (log->key);
  g_ptr_array_unref (log->lines);
  g_queue_clear_full (&log->waiting, (GDestroyNotify) sent_free);
  g_ptr_array_unref (log->mirrors);
  g_hash_table_unref (log->ids);
  g_free (log);
}

static Log *
net_need_log (TestNet *self, const char *name)
{
  Log *log = g_hash_table_lookup (self->logs, name);

  if (log != NULL)
    return log;
  log = g_new0 (Log, 1);
  log->name = g_strdup (name);
  log->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  log->mirrors = g_ptr_array_new_with_free_func (g_free);
  log->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&log->waiting);
  g_hash_table_insert (self->logs, g_strdup (name), log);
  return log;
}

static Log *
net_get_log (TestNet *self, HablaRoom *room)
{
  return net_need_log (self, habla_room_get_name (room));
}

/* Passing on */

static void
apply (Mirror *mirror, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;

  habla_room_apply (mirror->room, bytes, &error);
  g_assert_no_error (error);
}

static void
mirror_read_log (Mirror *mirror, Log *log)
{
  for (guint i = 0; i < log->lines->len; i++)
    apply (mirror, g_ptr_array_index (log->lines, i));
  mirror->has_gap = FALSE;
}

static void
mirror_receive (TestNet *self, Mirror *mirror, Log *log, Sent *sent)
{
  if (!mirror->is_loaded || mirror->node->is_dead)
    return;
  if (self->loss != 0 && g_test_rand_int_range (0, self->loss) == 0) {
    mirror->has_gap = TRUE;
    self->n_lost++;
    return;
  }
  if (mirror->has_gap)
    mirror_read_log (mirror, log);
  apply (mirror, sent->bytes);
}

static void
log_pass (TestNet *self, Log *log)
{
  Sent *sent = g_queue_pop_head (&log->waiting);
  HablaRoom *room = log->room;

  if (sent->is_durable)
    g_ptr_array_add (log->lines, g_bytes_ref (sent->bytes));
  for (guint i = 0; i < log->mirrors->len; i++)
    mirror_receive (self, g_ptr_array_index (log->mirrors, i), log, sent);
  sent_free (sent);
  habla_room_commit (room);
}

static void
log_load (Log *log)
{
  for (guint i = 0; i < log->mirrors->len; i++) {
    Mirror *mirror = g_ptr_array_index (log->mirrors, i);

    if (mirror->is_loaded || mirror->node->is_dead)
      continue;
    mirror_read_log (mirror, log);
    habla_room_set_loaded (mirror->room);
    mirror->is_loaded = TRUE;
  }
}

static void
log_move (TestNet *self, Log *log)
{
  HablaRoom *room = log->claimed;
  TestNode *node = log->claimer;
  g_autoptr (GError) error = NULL;

  if (log->owner != NULL)
    habla_room_demote (log->room, "the owner is connected elsewhere");
  g_queue_clear_full (&log->waiting, (GDestroyNotify) sent_free);
  for (guint i = 0; i < log->mirrors->len; i++)
    mirror_read_log (g_ptr_array_index (log->mirrors, i), log);
  /* The block of an earlier node is greater, unless it starts after it. */
  if (self->next_block > 2)
    g_assert_false (habla_room_promote (room, NULL));
  habla_room_manager_raise_ids (
      node->fixture.manager, self->next_block * BLOCK, self->next_block * BLOCK);
  self->next_block++;
  log->owner = node;
  log->room = room;
  log->claimed = NULL;
  log->claimer = NULL;
  g_free (log->key);
  log->key = g_strdup (habla_room_get_key (room));
  g_assert_true (habla_room_promote (room, &error));
  g_assert_no_error (error);
}

/* One step of one room, by chance. */
static gboolean
on_step (gpointer user_data)
{
  TestNet *self = user_data;
  g_autoptr (GList) logs = g_hash_table_get_values (self->logs);
  g_autoptr (GPtrArray) ready = g_ptr_array_new ();
  Log *log;

  if (self->is_held)
    return G_SOURCE_CONTINUE;
  for (GList *l = logs; l != NULL; l = l->next) {
    log = l->data;
    if (log->claimed != NULL || !g_queue_is_empty (&log->waiting))
      g_ptr_array_add (ready, log);
    else
      log_load (log);
  }
  if (ready->len == 0)
    return G_SOURCE_CONTINUE;
  log = g_ptr_array_index (ready, g_test_rand_int_range (0, ready->len));
  if (log->claimed != NULL)
    log_move (self, log);
  else
    log_pass (self, log);
  return G_SOURCE_CONTINUE;
}

/* The relay of a node */

static void
on_publish (HablaRoom *room, GBytes *record, gboolean is_durable, const char *message_id,
    gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_get_log (node->net, room);
  Sent *sent;

  if (node->is_dead)
    return;
  g_assert_true (log->owner == node && log->room == room);
  g_assert_true (is_durable == (message_id != NULL));
  if (is_durable)
    g_assert_true (g_hash_table_add (log->ids, g_strdup (message_id)));
  sent = g_new0 (Sent, 1);
  sent->bytes = g_bytes_ref (record);
  sent->is_durable = is_durable;
  g_queue_push_tail (&log->waiting, sent);
}

static void
on_room_opened (HablaRoom *room, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_get_log (node->net, room);

  g_assert_null (log->owner);
  log->owner = node;
  log->room = room;
  g_free (log->key);
  log->key = g_strdup (habla_room_get_key (room));
}

static void
on_room_claimed (HablaRoom *room, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_get_log (node->net, room);

  g_assert_true (habla_room_is_claimed (room));
  log->claimer = node;
  log->claimed = room;
}

static void
on_room_closed (HablaRoom *room, gpointer user_data)
{
  TestNode *node = user_data;

  if (!node->is_dead)
    g_hash_table_remove (node->net->logs, habla_room_get_name (room));
}

static void
on_mirror_opened (HablaRoom *room, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_get_log (node->net, room);
  Mirror *mirror = g_new0 (Mirror, 1);

  mirror->node = node;
  mirror->room = room;
  g_ptr_array_add (log->mirrors, mirror);
}

static void
on_mirror_closed (HablaRoom *room, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = g_hash_table_lookup (node->net->logs, habla_room_get_name (room));

  for (guint i = 0; log != NULL && i < log->mirrors->len; i++) {
    if (((Mirror *) g_ptr_array_index (log->mirrors, i))->room != room)
      continue;
    g_ptr_array_remove_index (log->mirrors, i);
    break;
  }
  if (log != NULL && log->owner != NULL && !node->is_dead)
    habla_room_set_remote_readers (log->room, node->name, NULL);
}

static void
on_readers_changed (HablaRoom *room, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_get_log (node->net, room);
  g_autoptr (GArray) readers = habla_room_list_readers (room);

  if (log->owner != NULL && log->owner != node && !node->is_dead)
    habla_room_set_remote_readers (log->room, node->name, readers);
}

static Log *
net_find (TestNet *self, const char *name, const char *key)
{
  GHashTableIter iter;
  gpointer log;

  if (name != NULL)
    return g_hash_table_lookup (self->logs, name);
  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, NULL, &log))
    if (key == NULL || g_strcmp0 (((Log *) log)->key, key) == 0)
      return log;
  return NULL;
}

static GBytes *
on_find_room (const char *name, const char *key, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_find (node->net, name, key);

  if (log == NULL || log->lines->len == 0)
    return NULL;
  if (log->owner != NULL)
    return habla_room_encode_state (log->room);
  for (guint i = log->lines->len; i > 0; i--) {
    GBytes *line = g_ptr_array_index (log->lines, i - 1);
    g_autoptr (HablaRecord) record = habla_record_decode (line, NULL);

    if (record->state != NULL)
      return g_bytes_ref (line);
  }
  return NULL;
}

static gboolean
on_may_own (const char *name, const char *key, GError **error, gpointer user_data)
{
  TestNode *node = user_data;
  Log *log = net_need_log (node->net, name);

  if (log->owner == NULL || g_strcmp0 (log->key, key) == 0)
    return TRUE;
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_EXISTS, "Another browser speaks in the room of that name");
  return FALSE;
}

/* The net */

void
test_net_set_up (TestNet *self, gconstpointer data)
{
  self->logs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) log_free);
  self->next_block = 1;
  for (guint i = 0; i < TEST_NODES; i++) {
    TestNode *node = &self->nodes[i];
    HablaRoomRelay relay = {
      .publish = on_publish,
      .room_opened = on_room_opened,
      .room_claimed = on_room_claimed,
      .room_closed = on_room_closed,
      .mirror_opened = on_mirror_opened,
      .mirror_closed = on_mirror_closed,
      .readers_changed = on_readers_changed,
      .find_room = on_find_room,
      .may_own = on_may_own,
      .user_data = node,
    };

    node->net = self;
    node->name = g_strdup_printf ("node%u", i);
    relay.node = node->name;
    room_fixture_set_up (&node->fixture, NULL);
    /* A pipeline for each text, so that several follow each other, and none outlasts a test. */
    node->fixture.options.typed_idle = 200;
    room_fixture_start (&node->fixture);
    habla_room_manager_set_relay (node->fixture.manager, &relay);
    habla_room_manager_raise_ids (node->fixture.manager, (i == 0) * BLOCK, (i == 0) * BLOCK);
  }
  self->next_block = 2;
  habla_source_start_timer (&self->source, 1, "[test] TestNet step", on_step, self);
}

void
test_net_tear_down (TestNet *self, gconstpointer data)
{
  self->is_held = FALSE;
  for (guint i = 0; i < TEST_NODES; i++) {
    habla_room_manager_set_relay (self->nodes[i].fixture.manager, NULL);
    self->nodes[i].is_dead = TRUE;
  }
  habla_source_clear (&self->source);
  for (guint i = 0; i < TEST_NODES; i++) {
    room_fixture_tear_down (&self->nodes[i].fixture, NULL);
    g_free (self->nodes[i].name);
  }
  g_hash_table_unref (self->logs);
}

void
test_net_kill (TestNet *self, guint node)
{
  GHashTableIter iter;
  gpointer value;

  self->nodes[node].is_dead = TRUE;
  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Log *log = value;

    for (guint i = log->mirrors->len; i > 0; i--)
      if (((Mirror *) g_ptr_array_index (log->mirrors, i - 1))->node == &self->nodes[node])
        g_ptr_array_remove_index (log->mirrors, i - 1);
    if (log->owner != &self->nodes[node])
      continue;
    log->owner = NULL;
    log->room = NULL;
    g_queue_clear_full (&log->waiting, (GDestroyNotify) sent_free);
  }
}

static gboolean
is_settled (gpointer data)
{
  TestNet *self = data;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Log *log = value;

    if (!g_queue_is_empty (&log->waiting) || log->claimed != NULL)
      return FALSE;
    for (guint i = 0; i < log->mirrors->len; i++)
      if (!((Mirror *) g_ptr_array_index (log->mirrors, i))->is_loaded)
        return FALSE;
  }
  return TRUE;
}

void
test_net_settle (TestNet *self)
{
  GHashTableIter iter;
  gpointer value;

  room_fixture_iterate_until (is_settled, self, 60);
  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < ((Log *) value)->mirrors->len; i++)
      mirror_read_log (g_ptr_array_index (((Log *) value)->mirrors, i), value);
}

guint
test_net_count_durable (TestNet *self, const char *room)
{
  return net_need_log (self, room)->lines->len;
}

guint
test_net_count_mirrors (TestNet *self)
{
  GHashTableIter iter;
  gpointer log;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->logs);
  while (g_hash_table_iter_next (&iter, NULL, &log))
    n += ((Log *) log)->mirrors->len;
  return n;
}

gboolean
test_net_forge (TestNet *self, const char *room, const char *record)
{
  g_autoptr (GBytes) bytes = g_bytes_new (record, strlen (record));
  Log *log = net_need_log (self, room);
  g_autoptr (GError) error = NULL;
  gboolean is_valid =
      habla_room_apply (((Mirror *) g_ptr_array_index (log->mirrors, 0))->room, bytes, &error);

  g_assert_true (is_valid == (error == NULL));
  return is_valid;
}
