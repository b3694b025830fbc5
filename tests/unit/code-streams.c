/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <api/rooms/code-streams.h>

typedef struct {
  HablaCodeStream stream;
  guint n_ended;
  HablaCodeStream *other; /* (nullable): ends with it */
} Listener;

static void
on_end (gpointer user_data)
{
  Listener *self = user_data;

  self->n_ended++;
  if (self->other != NULL)
    habla_code_stream_remove (self->other);
}

/* The streams of one room end, each once, also if one takes another along. */
static void
test_end (void)
{
  HablaCodeStreams *streams = habla_code_streams_new ();
  Listener listeners[4] = { 0 };

  listeners[1].other = &listeners[2].stream;
  for (guint i = 0; i < G_N_ELEMENTS (listeners); i++)
    habla_code_streams_add (
        streams, &listeners[i].stream, i == 0 ? "music" : "physics", on_end, &listeners[i]);
  habla_code_streams_end (streams, "chemistry");
  habla_code_streams_end (streams, "physics");
  habla_code_streams_end (streams, "physics");
  g_assert_cmpuint (listeners[0].n_ended, ==, 0);
  g_assert_cmpuint (listeners[1].n_ended, ==, 1);
  g_assert_cmpuint (listeners[2].n_ended, ==, 0);
  g_assert_cmpuint (listeners[3].n_ended, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (listeners); i++)
    habla_code_stream_remove (&listeners[i].stream);
  habla_code_streams_free (streams);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/code-streams/end", test_end);
  return g_test_run ();
}
