/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <api/websocket/lobby.h>

typedef struct {
  HablaLobbyEntry entry;
  HablaLobby *lobby;
  guint n_let_in;
  gboolean waits_again;
} Guest;

static void
on_let_in (gpointer user_data)
{
  Guest *self = user_data;

  self->n_let_in++;
  if (self->waits_again)
    g_assert_true (habla_lobby_wait (self->lobby, &self->entry, "physics", on_let_in, self));
}

static Guest *
wait_for (HablaLobby *lobby, const char *room)
{
  Guest *self = g_new0 (Guest, 1);

  self->lobby = lobby;
  g_assert_true (habla_lobby_wait (lobby, &self->entry, room, on_let_in, self));
  return self;
}

static void
guest_free (Guest *self)
{
  habla_lobby_leave (&self->entry);
  habla_lobby_leave (&self->entry);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Guest, guest_free)

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_rooms (void)
{
  HablaLobby *lobby = habla_lobby_new ();
  g_autoptr (Guest) physics = wait_for (lobby, "physics");
  g_autoptr (Guest) second = wait_for (lobby, "physics");
  g_autoptr (Guest) music = wait_for (lobby, "music");
  g_autoptr (Guest) any = wait_for (lobby, "latest");

  g_assert_cmpuint (habla_lobby_count (lobby, "physics"), ==, 2);
  g_assert_cmpuint (habla_lobby_count (lobby, "chemistry"), ==, 0);
  habla_lobby_open (lobby, "physics");
  /* Later: the owner is still joining. */
  g_assert_cmpuint (physics->n_let_in, ==, 0);
  iterate ();
  g_assert_cmpuint (physics->n_let_in, ==, 1);
  g_assert_cmpuint (second->n_let_in, ==, 1);
  g_assert_cmpuint (any->n_let_in, ==, 1);
  g_assert_cmpuint (music->n_let_in, ==, 0);
  g_assert_cmpuint (habla_lobby_count (lobby, "physics"), ==, 0);
  g_clear_pointer (&music, guest_free);
  habla_lobby_free (lobby);
}

/* Someone leaves between the opening and the turn; another one waits again. */
static void
test_leave (void)
{
  HablaLobby *lobby = habla_lobby_new ();
  g_autoptr (Guest) first = wait_for (lobby, "physics");
  g_autoptr (Guest) second = wait_for (lobby, "physics");

  second->waits_again = TRUE;
  habla_lobby_open (lobby, "physics");
  g_clear_pointer (&first, guest_free);
  iterate ();
  g_assert_cmpuint (second->n_let_in, ==, 1);
  g_assert_cmpuint (habla_lobby_count (lobby, "physics"), ==, 1);
  habla_lobby_open (lobby, "physics");
  iterate ();
  g_assert_cmpuint (second->n_let_in, ==, 2);
  g_clear_pointer (&second, guest_free);
  habla_lobby_free (lobby);
}

static void
test_full (void)
{
  HablaLobby *lobby = habla_lobby_new ();
  g_autoptr (GPtrArray) guests = g_ptr_array_new_with_free_func ((GDestroyNotify) guest_free);
  g_autoptr (Guest) music = NULL;
  Guest late = { .lobby = lobby };

  for (guint i = 0; i < HABLA_LOBBY_MAX; i++)
    g_ptr_array_add (guests, wait_for (lobby, "physics"));
  g_assert_false (habla_lobby_wait (lobby, &late.entry, "physics", on_let_in, &late));
  habla_lobby_leave (&late.entry);
  music = wait_for (lobby, "music");
  g_ptr_array_remove_index (guests, 7);
  g_assert_true (habla_lobby_wait (lobby, &late.entry, "physics", on_let_in, &late));
  habla_lobby_leave (&late.entry);
  g_ptr_array_set_size (guests, 0);
  g_clear_pointer (&music, guest_free);
  habla_lobby_free (lobby);
}

/* Other sources run while a thousand listeners are let in. */
static void
test_batches (void)
{
  HablaLobby *lobby = habla_lobby_new ();
  g_autoptr (GPtrArray) guests = g_ptr_array_new_with_free_func ((GDestroyNotify) guest_free);
  guint n_iterations = 0, n_before = 0;

  for (guint i = 0; i < HABLA_LOBBY_MAX; i++)
    g_ptr_array_add (guests, wait_for (lobby, "physics"));
  habla_lobby_open (lobby, "physics");
  while (((Guest *) guests->pdata[HABLA_LOBBY_MAX - 1])->n_let_in == 0) {
    guint n = 0;

    g_main_context_iteration (NULL, TRUE);
    for (guint i = 0; i < guests->len; i++)
      n += ((Guest *) guests->pdata[i])->n_let_in;
    g_assert_cmpuint (n - n_before, <=, 20);
    n_before = n;
    n_iterations++;
  }
  g_assert_cmpuint (n_iterations, >=, HABLA_LOBBY_MAX / 20);
  g_ptr_array_set_size (guests, 0);
  habla_lobby_free (lobby);
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/lobby/rooms", test_rooms);
  g_test_add_func ("/lobby/leave", test_leave);
  g_test_add_func ("/lobby/full", test_full);
  g_test_add_func ("/lobby/batches", test_batches);
  return habla_test_run ();
}
